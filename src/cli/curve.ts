import { createHash, type Hash } from "node:crypto";
import { show } from "../numeric/check.js";
import { REPORT_OPTIONS, refuseTwoForms, report } from "./curveReport.js";
import { CurveTally } from "./curveTally.js";
import { type Query, readDataset, take } from "./dataset.js";
import { InputError } from "./inputError.js";
import { numberList } from "./numberList.js";
import { isWhole, type OptionTable, optionValue, parseOptions, type Usage } from "./options.js";
import { forEachOnWorkers } from "./pool.js";
import { Progress } from "./progress.js";
import { type CurveSettings, hasGold, readCurve } from "./readCurve.js";

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
  const whole = "a whole number of at least 1";
  const limit = optionValue("limit", options.limit ?? "Infinity", (x) => x === Infinity || isWhole(1)(x), whole);
  const jobs = optionValue("jobs", options.jobs ?? "1", isWhole(1), whole);

  const [file] = files;
  const tally = new CurveTally(settings);
  const broken = await read(file, limit, jobs, tally);
  tally.broken = broken?.message;
  report(tally, file ?? "the embedded data", options);
  if (broken !== undefined) {
    const kept = tally.queries > 0 ? ` (the ${tally.queries} queries before it are reported above)` : "";
    throw new InputError(`${broken.message}${kept}`);
  }
  if (tally.queries === 0 && options.partial === undefined)
    throw new InputError(`${file ?? "the data set"}: there are no queries`);
  return 0;
}

/** Reads the data set, one query at a time; bad input ends the reading, and is returned so that what was done is shown. */
async function read(
  file: string | undefined,
  limit: number,
  jobs: number,
  tally: CurveTally,
): Promise<InputError | undefined> {
  const progress = new Progress("curve");
  const digest = createHash("sha256");
  const queries = withGoldAlike(take(readDataset(file), limit), tally, digest);
  const add = (readings: Float64Array) => {
    tally.add(readings);
    progress.update(tally.queries);
  };
  try {
    if (jobs === 1) for await (const query of queries) add(readCurve(query, tally.settings));
    else await forEachOnWorkers(queries, new URL("./curveWorker.js", import.meta.url), tally.settings, jobs, add);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  } finally {
    progress.end();
    tally.seal(digest.digest("hex"));
  }
  return undefined;
}

/** The queries as long as all have gold or none has, each told to the digest. */
async function* withGoldAlike(queries: AsyncIterable<Query>, tally: CurveTally, digest: Hash): AsyncGenerator<Query> {
  for await (const query of queries) {
    const gold = hasGold(query);
    tally.gold ??= gold;
    if (gold !== tally.gold) {
      const name = show(query.query);
      throw new InputError(
        gold
          ? `${query.place}: query ${name} has "gold", which the queries before it have not`
          : `${query.place}: query ${name} has no "gold", which the queries before it have`,
      );
    }
    const { place: _, ...content } = query;
    digest.update(`${JSON.stringify(content)}\n`);
    yield query;
  }
}
