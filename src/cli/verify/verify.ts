import { availableParallelism } from "node:os";
import { take } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { withDataset } from "../input/openDataset.js";
import { type OptionTable, oneFile, parseOptions, type Usage } from "../input/options.js";
import { optionValue, wholeNumber } from "../input/optionValue.js";
import { READING_OPTIONS, readingSettings, requireOneReward } from "../input/reading.js";
import { brokenAfter, readUntilBroken } from "../run/brokenOff.js";
import { forEachPiece } from "../run/forEachPiece.js";
import { jobsOf } from "../run/jobs.js";
import { workerScript } from "../run/workerScript.js";
import { countedQueries } from "../terminal/countedQueries.js";
import { jsonOutput } from "../terminal/jsonOutput.js";
import { print } from "../terminal/output.js";
import { printable } from "../terminal/printable.js";
import { say } from "../terminal/say.js";
import { formatTable } from "../terminal/table.js";
import type { CheckedQuery, Settings } from "./check.js";
import { Tally, type Verdict, verdictOf } from "./tally.js";

const OPTIONS = {
  beta: { value: "B", help: "temperature β of RLHF and soft best-of-N (default 0.1)" },
  length: { value: "L", help: "tokens in an answer, for RLIF (default 16)" },
  vocabulary: { value: "V", help: "tokens in the vocabulary, for RLIF (default 51200)" },
  digits: { value: "D", help: "significant digits of the exact check (default 60)" },
  limit: { value: "N", help: "check the first N queries only" },
  jobs: { value: "J", help: "worker threads (default: one a core)" },
  json: { help: "print JSON instead of a table" },
  ...READING_OPTIONS,
} satisfies OptionTable;

export const usage: Usage = {
  line: "exptilt verify [FILE] [options]",
  about:
    "Check every equation and erratum on every query of FILE (- for standard input; the embedded data when left out).",
  options: OPTIONS,
  readsQueries: true,
};

const WORKER = workerScript("verifyWorker");

const areDigits = (x: number): boolean => Number.isInteger(x) && x >= 20 && x <= 1000;

/** Runs `exptilt verify` and gives its exit status: 0 when no claim fails, 1 when one does. */
export async function verify(args: readonly string[]): Promise<number> {
  const { files, options } = parseOptions("verify", OPTIONS, args);
  const file = oneFile("verify", files, options);
  const settings: Settings = {
    beta: optionValue(
      "beta",
      options.beta ?? "0.1",
      (x) => x >= 1e-9 && x <= 1e9,
      "a positive number from 1e-9 to 1e9",
    ),
    length: wholeNumber("length", options.length, 1, 16),
    vocabularySize: wholeNumber("vocabulary", options.vocabulary, 1, 51_200),
    digits: optionValue("digits", options.digits ?? "60", areDigits, "a whole number from 20 to 1000"),
  };
  const limit = wholeNumber("limit", options.limit, 1, Infinity);
  const jobs = jobsOf(options.jobs, Math.min(8, availableParallelism()));

  const reading = readingSettings(options);
  requireOneReward("verify", reading);
  let tally = new Tally();
  const broken = await readUntilBroken((signal) =>
    withDataset(file, reading, { again: false, texts: false, rewardNeeded: true, say, signal }, (dataset) =>
      dataset.read((pieces) => {
        const own = new Tally();
        tally = own;
        // One query at a time for each worker.
        const run = { label: "verify", dataset, jobs, signal, batch: 1 };
        return forEachPiece(take(pieces, limit), WORKER, { settings }, run, ({ query, readings }: CheckedQuery) =>
          own.add(readings, query),
        );
      }, signal),
    ),
  );
  if (tally.queries > 0) await print(options.json ? jsonOutput(report(file, settings, tally)) : table(settings, tally));
  if (broken !== undefined) throw brokenAfter(broken, tally.queries);
  if (tally.queries === 0) throw new InputError(`${file ?? "the data set"}: there are no queries`);
  return tally.holds ? 0 : 1;
}

function table({ digits, beta, length }: Settings, tally: Tally): string {
  const columns = [
    { heading: "equation" },
    { heading: "statement", wrap: true },
    { heading: "float64", align: "right" },
    { heading: `${digits} digits`, align: "right" },
    { heading: "verdict", wrap: true },
  ] as const;
  const rows = tally.verdicts.map((v) => [
    v.claim.equation,
    v.claim.statement,
    gapText(v.gap),
    gapText(v.exactGap),
    verdictText(v, digits),
  ]);
  const summary = summaryOf(tally, `(β = ${beta}, L = ${length})`, digits);
  const legend =
    "A gap is the worst over all queries, relative to the larger side or term. The printed form of an erratum is off by at least that much on every query.";
  return `${formatTable({ columns, rows }, process.stdout.columns ?? 120)}\n\n${summary}\n${legend}\n`;
}

function gapText(gap: number): string {
  return gap === 0 ? "0" : gap.toExponential(1);
}

function summaryOf({ verdicts, queries }: Tally, at: string, digits: number): string {
  const [first, ...more] = verdicts.filter((v) => v.failed.length > 0);
  if (first !== undefined) {
    const place = `${first.claim.equation} on ${printable(first.failed.sort()[0])}`;
    return `${more.length + 1} of ${verdicts.length} claims fail on ${countedQueries(queries)}, first ${place}.`;
  }
  const open = verdicts.filter((v) => v.undecided.length > 0).length;
  const fast = verdicts.filter((v) => v.undecidedInFloat64 > 0).length;
  const hold =
    open === 0 ? `All ${verdicts.length} claims hold` : `${verdicts.length - open} of ${verdicts.length} claims hold`;
  const notes = [
    ...(open === 0 ? [] : [`${open} could not be decided`]),
    ...(fast === 0 ? [] : [`${fast} could be decided at ${digits} digits only on some`]),
  ];
  return [`${hold} on ${countedQueries(queries)} ${at}`, ...notes].join("; ").concat(".");
}

function verdictText(verdict: Verdict, digits: number): string {
  const { claim, printedGap, failed, undecided, undecidedInFloat64, float64Reason, exactReason } = verdict;
  if (failed.length > 0) return `FAILS on ${failed.length}`;
  if (undecided.length > 0) return `not decided on ${undecided.length}: ${exactReason?.text ?? ""}`;
  const notes = [
    ...(claim.kind === "erratum" ? [`the printed form is off by ${(printedGap ?? 0).toPrecision(2)}`] : []),
    ...(undecidedInFloat64 === 0
      ? []
      : [`on ${undecidedInFloat64} decided at ${digits} digits only: ${float64Reason?.text ?? ""}`]),
  ];
  return ["holds", ...notes].join("; ");
}

function report(file: string | undefined, settings: Settings, tally: Tally): unknown {
  return {
    dataset: file ?? "embedded",
    queries: tally.queries,
    ...settings,
    holds: tally.holds,
    notDecided: tally.verdicts.filter((v) => verdictOf(v) === "not decided").length,
    notDecidedInFloat64: tally.verdicts.filter((v) => v.undecidedInFloat64 > 0).length,
    claims: tally.verdicts.map((v) => ({
      equation: v.claim.equation,
      kind: v.claim.kind,
      statement: v.claim.statement,
      hypotheses: v.claim.hypotheses,
      float64Gap: v.gap,
      worstQuery: v.worstQuery,
      exactGap: v.exactGap,
      printedGap: v.printedGap,
      holds: verdictOf(v) === "holds",
      verdict: verdictOf(v),
      failedOn: v.failed.sort(),
      notDecidedOn: v.undecided.sort(),
      notDecidedInFloat64: v.undecidedInFloat64,
      reason: (v.exactReason ?? v.float64Reason)?.text,
    })),
  };
}
