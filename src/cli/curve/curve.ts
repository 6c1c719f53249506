import { createHash } from "node:crypto";
import { show } from "../../numeric/check.js";
import { inBatches, type QueryText, readTexts, take } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { numberList } from "../input/numberList.js";
import { type OptionTable, parseOptions, type Usage, wholeNumber } from "../input/options.js";
import { brokenAfter, readUntilBroken } from "../run/brokenOff.js";
import { forEachOnWorkers } from "../run/pool.js";
import { Progress } from "../terminal/progress.js";
import { type CurveReading, type CurveSettings, readCurveOf } from "./readCurve.js";
import { claim, REPORT_OPTIONS, refuseTwoForms, report } from "./report.js";
import { CurveTally } from "./tally.js";

const OPTIONS = {
  beta: { value: "LIST", help: "temperatures, 0 for best-of-N (default 0,0.02,0.1)" },
  n: { value: "LIST", help: "numbers of draws, like 1,2,4,…,1024 (the default)" },
  limit: { value: "N", help: "read the first N queries only" },
  jobs: { value: "J", help: "worker threads (default 1: the work is done in this one)" },
  ...REPORT_OPTIONS,
} satisfies OptionTable;

export const usage: Usage = {
  line: "exptilt curve [FILE] [options]",
  about:
    "What best-of-N gives as N grows, exactly, averaged over the queries of FILE (- for standard input; the embedded data\n" +
    "when left out): expected reward and gold reward, KL to the reference and win rate, beside the RLHF optimum.",
  options: OPTIONS,
  readsQueries: true,
};

/** Runs `exptilt curve` and gives its exit status. */
export async function curve(args: readonly string[]): Promise<number> {
  const { files, options } = parseOptions("curve", OPTIONS, args);
  if (files.length > 1) throw new InputError("curve takes one FILE");
  refuseTwoForms(options);
  const settings: CurveSettings = {
    betas: numberList("beta", options.beta ?? "0,0.02,0.1", (x) => x >= 0, "at least 0"),
    ns: numberList("n", options.n ?? "1,2,4,…,1024", (x) => x >= 1 && x < Infinity, "at least 1 and finite"),
  };
  const limit = wholeNumber("limit", options.limit, 1, Infinity);
  const jobs = wholeNumber("jobs", options.jobs, 1, 1);

  const [file] = files;
  const tally = new CurveTally(settings);
  claim(options, file);
  const broken = await readUntilBroken((signal) => read(take(readTexts(file, signal), limit), jobs, tally));
  tally.broken = broken?.message;
  report(tally, file ?? "the embedded data", options);
  if (broken !== undefined) throw brokenAfter(broken, tally.queries);
  if (tally.queries === 0 && options.partial === undefined)
    throw new InputError(`${file ?? "the data set"}: there are no queries`);
  return 0;
}

/** A batch for a worker, in characters: its work takes far longer than sending it, and little is left to wait for at the end. */
const BATCH_CHARACTERS = 2 ** 16;

async function read(texts: AsyncIterable<QueryText>, jobs: number, tally: CurveTally): Promise<void> {
  const progress = new Progress("curve");
  const digest = createHash("sha256");
  const add = (reading: CurveReading) => {
    requireGoldAlike(reading, tally);
    tally.add(reading.readings);
    digest.update(reading.digest);
    progress.update(tally.queries);
  };
  try {
    if (jobs === 1) {
      for await (const text of texts) add(readCurveOf(text, tally.settings));
    } else {
      const script = new URL("./worker.js", import.meta.url);
      await forEachOnWorkers(inBatches(texts, BATCH_CHARACTERS), script, tally.settings, jobs, add);
    }
  } finally {
    progress.end();
    tally.seal(digest.digest("hex"));
  }
}

/** Every query has gold where the first has, and none has where it has none. */
function requireGoldAlike({ place, query, gold }: CurveReading, tally: CurveTally): void {
  tally.gold ??= gold;
  if (gold === tally.gold) return;
  const name = show(query);
  throw new InputError(
    gold
      ? `${place}: query ${name} has "gold", which the queries before it have not`
      : `${place}: query ${name} has no "gold", which the queries before it have`,
  );
}
