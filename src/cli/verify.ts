import { availableParallelism } from "node:os";
import { brokenAfter, readUntilBroken } from "./brokenOff.js";
import type { Reading, Settings } from "./check.js";
import { inBatches, type QueryText, readTexts, take } from "./dataset.js";
import { InputError } from "./inputError.js";
import { isWhole, type OptionTable, optionValue, parseOptions, type Usage } from "./options.js";
import { forEachOnWorkers } from "./pool.js";
import { printable } from "./printable.js";
import { Progress } from "./progress.js";
import { formatTable } from "./table.js";
import { Tally, type Verdict } from "./tally.js";

const OPTIONS = {
  beta: { value: "B", help: "temperature β of RLHF and soft best-of-N (default 0.1)" },
  length: { value: "L", help: "tokens in an answer, for RLIF (default 16)" },
  vocabulary: { value: "V", help: "tokens in the vocabulary, for RLIF (default 51200)" },
  digits: { value: "D", help: "significant digits of the exact check (default 60)" },
  limit: { value: "N", help: "check the first N queries only" },
  jobs: { value: "J", help: "worker threads (default: one a core)" },
  json: { help: "print JSON instead of a table" },
} satisfies OptionTable;

export const usage: Usage = {
  line: "exptilt verify [FILE] [options]",
  about:
    "Check every equation and erratum on every query of FILE (- for standard input; the embedded data when left out).",
  options: OPTIONS,
};

/** Runs `exptilt verify` and gives its exit status: 0 when every claim holds, 1 when one fails. */
export async function verify(args: readonly string[]): Promise<number> {
  const { files, options } = parseOptions("verify", OPTIONS, args);
  if (files.length > 1) throw new InputError("verify takes one FILE");
  const settings: Settings = {
    beta: optionValue(
      "beta",
      options.beta ?? "0.1",
      (x) => x >= 1e-9 && x <= 1e9,
      "a positive number from 1e-9 to 1e9",
    ),
    length: optionValue("length", options.length ?? "16", isWhole(1), "a whole number of at least 1"),
    vocabularySize: optionValue(
      "vocabulary",
      options.vocabulary ?? "51200",
      isWhole(1),
      "a whole number of at least 1",
    ),
    digits: optionValue(
      "digits",
      options.digits ?? "60",
      (x) => isWhole(20)(x) && x <= 1000,
      "a whole number from 20 to 1000",
    ),
  };
  const limit = optionValue(
    "limit",
    options.limit ?? "Infinity",
    (x) => x === Infinity || isWhole(1)(x),
    "a whole number of at least 1",
  );
  const jobs = optionValue(
    "jobs",
    options.jobs ?? String(Math.min(8, availableParallelism())),
    isWhole(1),
    "a whole number of at least 1",
  );

  const [file] = files;
  const tally = new Tally();
  const broken = await readUntilBroken((signal) => run(take(readTexts(file, signal), limit), settings, jobs, tally));
  if (tally.queries > 0) {
    process.stdout.write(
      options.json ? `${JSON.stringify(report(file, settings, tally), undefined, 2)}\n` : table(settings, tally),
    );
  }
  if (broken !== undefined) throw brokenAfter(broken, tally.queries);
  if (tally.queries === 0) throw new InputError(`${file ?? "the data set"}: there are no queries`);
  return tally.holds ? 0 : 1;
}

/** Reads and checks the data set, one query at a time for each worker. */
async function run(texts: AsyncIterable<QueryText>, settings: Settings, jobs: number, tally: Tally): Promise<void> {
  const progress = new Progress("verify");
  const add = ({ query, readings }: { query: string; readings: Reading[] }) => {
    tally.add(readings, query);
    progress.update(tally.queries);
  };
  try {
    await forEachOnWorkers(inBatches(texts, 1), new URL("./worker.js", import.meta.url), settings, jobs, add);
  } finally {
    progress.end();
  }
}

function table({ digits, beta, length }: Settings, tally: Tally): string {
  const columns = [
    { heading: "equation" },
    { heading: "statement", wrap: true },
    { heading: "float64", align: "right" },
    { heading: `${digits} digits`, align: "right" },
    { heading: "verdict" },
  ] as const;
  const rows = tally.verdicts.map((v) => [
    v.claim.equation,
    v.claim.statement,
    gapText(v.gap),
    gapText(v.exactGap),
    verdictText(v),
  ]);
  const width = process.stdout.columns ?? 120;
  const failed = tally.verdicts.filter((v) => v.failed.length > 0);
  const first = failed[0];
  const summary =
    first === undefined
      ? `All ${tally.verdicts.length} claims hold on ${tally.queries} queries (β = ${beta}, L = ${length}).`
      : `${failed.length} of ${tally.verdicts.length} claims fail on ${tally.queries} queries, first ${first.claim.equation} on ${printable(first.failed.sort()[0])}.`;
  const legend =
    "Gaps are the worst over all queries, relative to the larger side or term; an erratum fails as printed by at least the figure given.";
  return `${formatTable(columns, rows, width)}\n\n${summary}\n${legend}\n`;
}

function gapText(gap: number): string {
  return gap === 0 ? "0" : gap.toExponential(1);
}

function verdictText({ claim, printedGap, failed }: Verdict): string {
  if (failed.length > 0) return `FAILS on ${failed.length}`;
  return claim.kind === "identity" ? "holds" : `holds; as printed off by ${(printedGap ?? 0).toPrecision(2)}`;
}

/** JSON has no infinities: they are written as strings. */
function finite(x: number | undefined): number | string | undefined {
  return x === undefined || Number.isFinite(x) ? x : String(x);
}

function report(file: string | undefined, settings: Settings, tally: Tally): unknown {
  return {
    dataset: file ?? "embedded",
    queries: tally.queries,
    ...settings,
    holds: tally.holds,
    claims: tally.verdicts.map(({ claim, gap, exactGap, printedGap, worstQuery, failed }) => ({
      equation: claim.equation,
      kind: claim.kind,
      statement: claim.statement,
      hypotheses: claim.hypotheses,
      float64Gap: finite(gap),
      worstQuery,
      exactGap: finite(exactGap),
      printedGap: finite(printedGap),
      holds: failed.length === 0,
      failedOn: failed.sort(),
    })),
  };
}
