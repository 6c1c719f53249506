import { type Dataset, take } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { withDataset } from "../input/openDataset.js";
import { type OptionTable, oneFile, parseOptions, type Usage } from "../input/options.js";
import { wholeNumber } from "../input/optionValue.js";
import { CLUSTER_OPTION, READING_OPTIONS, readingSettings } from "../input/reading.js";
import { brokenAfter, readUntilBroken } from "../run/brokenOff.js";
import { forEachPiece } from "../run/forEachPiece.js";
import { jobsOf } from "../run/jobs.js";
import { workerScript } from "../run/workerScript.js";
import { countedQueries } from "../terminal/countedQueries.js";
import { requireOutputs } from "../terminal/outputFile.js";
import { say } from "../terminal/say.js";
import { requireGoldAlike } from "./goldAlike.js";
import { METHOD_OPTIONS, methodsOf } from "./methods.js";
import { PerQueryFile } from "./perQuery.js";
import type { CurveReading } from "./readCurve.js";
import { REPORT_OPTIONS, refuseTwoForms, report } from "./report.js";
import { begunIn, OtherQueries, passOver } from "./resume.js";
import { type CurveSettings, DEFAULT_NS, gridOf, needsTexts, versusOf } from "./settings.js";
import { CurveTally } from "./tally.js";
import { temperaturesOf } from "./temperaturesOf.js";

const OPTIONS = {
  beta: { value: "LIST", help: "temperatures, 0 for best-of-N (default: 0, and those that spend ¼, ½, 1 and 2 nats)" },
  n: { value: "LIST", help: "numbers of draws, like 1,2,4,…,1024 (the default)" },
  ...METHOD_OPTIONS,
  "plug-in": { help: "read samples as if they were the law, also for N beyond their number" },
  versus: {
    value: "BETA,N",
    help: "compare every row with this one too, paired over the queries; METHOD,BETA,N with --method",
  },
  limit: { value: "N", help: "read the first N queries only" },
  jobs: { value: "J", help: "worker threads, no more than there are cores (default 1)" },
  resume: { value: "PARTIAL", help: "go on from what an earlier run wrote with --partial before it broke off" },
  ...READING_OPTIONS,
  ...CLUSTER_OPTION,
  ...REPORT_OPTIONS,
  "per-query": { value: "OUT", help: "write what is read on each query to this file too, as comma-separated values" },
} satisfies OptionTable;

export const usage: Usage = {
  line: "exptilt curve [FILE] [options]",
  about:
    "What best-of-N gives as N grows, averaged over the queries of FILE (- for standard input; the embedded data when left\n" +
    "out): expected reward and gold reward, KL to the reference and win rate, beside the RLHF optimum, with standard errors.\n" +
    "Samples give unbiased estimates of reward and gold, for N up to their number; a law gives exact figures for every N.\n" +
    "--method reads other ways to spend the N draws too.",
  options: OPTIONS,
  readsQueries: true,
};

/** The options that say what the figures are of. */
const SETTINGS = [
  "beta",
  "n",
  "method",
  "cap",
  "plug-in",
  "versus",
  ...Object.keys({ ...READING_OPTIONS, ...CLUSTER_OPTION }),
];

const READING_WORKER = workerScript("curveWorker");

/** Runs `exptilt curve` and gives its exit status. */
export async function curve(args: readonly string[]): Promise<number> {
  const { files, options } = parseOptions("curve", OPTIONS, args);
  const file = oneFile("curve", files, options);
  refuseTwoForms(options);
  const { partial, svg, resume, "per-query": perQueryFile } = options;
  // What this run is to write itself may be missing, or of an earlier run on other data: it is made anew then.
  const isOwn = resume === partial;
  const begun = resume === undefined ? undefined : begunIn(resume, isOwn);
  if (begun !== undefined && perQueryFile !== undefined)
    throw new InputError("--per-query and --resume exclude each other: of the queries before only sums are left");
  // Without options of its own a run goes on as it began.
  const asBefore = begun !== undefined && !SETTINGS.some((name) => Object.hasOwn(options, name));
  const { betas, ns = DEFAULT_NS } = asBefore ? { betas: [], ns: begun.settings.ns } : gridOf(options);
  const methods = asBefore ? begun.settings.methods : methodsOf(options, { ns, rewards: options.reward?.length ?? 1 });
  if (betas === undefined && (partial ?? resume) !== undefined)
    throw new InputError(
      `--${partial === undefined ? "resume" : "partial"} needs --beta: every part of a data set has to be read at the same temperatures`,
    );
  const limit = wholeNumber("limit", options.limit, 1, Infinity);
  const jobs = jobsOf(options.jobs, 1);
  const reading = asBefore ? begun.reading : readingSettings(options);
  requireOutputs({ partial, svg, "per-query": perQueryFile }, [file], { output: "partial", input: resume });

  let tally: CurveTally | undefined;
  let perQuery: PerQueryFile | undefined;
  const broken = await readUntilBroken((signal) => {
    const opening = {
      again: betas === undefined || (begun !== undefined && isOwn),
      texts: needsTexts(methods),
      rewardNeeded: true,
      say,
      signal,
    };
    return withDataset(file, reading, opening, async (dataset) => {
      const settings = asBefore ? begun.settings : await askedFor(dataset, signal);
      const run = { dataset, signal };
      const readFrom = (begun: CurveTally | undefined) =>
        dataset.read(async (pieces) => {
          // Afresh: the rows of a query may have turned out to be scattered.
          const own = begun?.copy() ?? new CurveTally(settings, reading);
          perQuery?.discard();
          perQuery = perQueryFile === undefined ? undefined : new PerQueryFile(perQueryFile, settings);
          const all = take(pieces, limit);
          if (begun !== undefined) {
            await passOver(all, begun, run);
            say(`${resume}: going on after ${countedQueries(begun.queries)}`);
          }
          tally = own;
          await forEachPiece(
            all,
            READING_WORKER,
            { settings },
            { ...run, label: "curve", jobs },
            (one: CurveReading) => {
              requireGoldAlike(one, own);
              own.add(one);
              perQuery?.add(one);
            },
          );
        }, signal);
      if (begun === undefined) return readFrom(undefined);
      try {
        if (!begun.isLike(settings, reading)) throw new OtherQueries(`${resume} was made with other options`);
        await readFrom(begun);
      } catch (error) {
        if (!(error instanceof OtherQueries && isOwn)) throw error;
        say(`${error.message}: it is made anew`);
        await readFrom(undefined);
      }
    });
  });
  if (tally === undefined) {
    perQuery?.discard();
    throw broken;
  }
  tally.broken = broken?.message;
  await report(tally, file ?? "the embedded data", options, perQuery);
  if (broken !== undefined) throw brokenAfter(broken, tally.queries);
  if (tally.queries === 0 && partial === undefined)
    throw new InputError(`${file ?? "the data set"}: there are no queries`);
  return 0;

  async function askedFor(dataset: Dataset, signal: AbortSignal): Promise<CurveSettings> {
    const rewards = await temperaturesOf(dataset, betas, limit, signal);
    const plain = { rewards, ns, ...(methods && { methods }), plugIn: options["plug-in"] ?? false };
    const versus = options.versus === undefined ? undefined : versusOf(options.versus, plain);
    return { ...plain, ...(versus && { versus }) };
  }
}
