import { createHash } from "node:crypto";
import { isVote } from "../../selection/method.js";
import { take, withDataset } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { type OptionTable, parseOptions, type Usage, wholeNumber } from "../input/options.js";
import { CLUSTER_OPTION, READING_OPTIONS, readingSettings } from "../input/reading.js";
import { brokenAfter, readUntilBroken } from "../run/brokenOff.js";
import { say } from "../terminal/say.js";
import { forEachReading } from "./forEachReading.js";
import { requireGoldAlike } from "./goldAlike.js";
import { METHOD_OPTIONS, methodsOf } from "./methods.js";
import { PerQueryFile } from "./perQuery.js";
import { claim, REPORT_OPTIONS, refuseTwoForms, report } from "./report.js";
import { type CurveSettings, DEFAULT_NS, gridOf, versusOf } from "./settings.js";
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
  jobs: { value: "J", help: "worker threads (default 1: the work is done in this one)" },
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

/** Runs `exptilt curve` and gives its exit status. */
export async function curve(args: readonly string[]): Promise<number> {
  const { files, options } = parseOptions("curve", OPTIONS, args);
  if (files.length > 1) throw new InputError("curve takes one FILE");
  refuseTwoForms(options);
  const { betas, ns = DEFAULT_NS } = gridOf(options);
  const methods = methodsOf(options, { ns, rewards: options.reward?.length ?? 1 });
  if (betas === undefined && options.partial !== undefined)
    throw new InputError("--partial needs --beta: every part of a data set has to be read at the same temperatures");
  const limit = wholeNumber("limit", options.limit, 1, Infinity);
  const jobs = wholeNumber("jobs", options.jobs, 1, 1);
  const { partial, svg, "per-query": perQueryFile } = options;

  const [file] = files;
  const name = file ?? "the embedded data";
  const reading = readingSettings(options);
  claim({ partial, svg, "per-query": perQueryFile }, file);
  let tally: CurveTally | undefined;
  const broken = await readUntilBroken((signal) => {
    const opening = {
      again: betas === undefined,
      texts: methods?.some(isVote) ?? false,
      rewardNeeded: true,
      say,
      signal,
    };
    return withDataset(file, reading, opening, async (dataset) => {
      const rewards = await temperaturesOf(dataset, betas, limit, signal);
      const plain = { rewards, ns, ...(methods && { methods }), plugIn: options["plug-in"] ?? false };
      const versus = options.versus === undefined ? undefined : versusOf(options.versus, plain);
      const settings: CurveSettings = { ...plain, ...(versus && { versus }) };
      await dataset.read(async (pieces) => {
        // Afresh: the rows of a query may have turned out to be scattered.
        const own = new CurveTally(settings);
        tally = own;
        const perQuery = perQueryFile === undefined ? undefined : new PerQueryFile(perQueryFile, settings);
        const digest = createHash("sha256");
        try {
          await forEachReading(take(pieces, limit), { label: "curve", dataset, settings, jobs }, (one) => {
            requireGoldAlike(one, own);
            own.add(one);
            perQuery?.add(one);
            digest.update(one.digest);
          });
        } finally {
          own.seal(digest.digest("hex"));
          perQuery?.close();
        }
      }, signal);
    });
  });
  if (tally === undefined) throw broken;
  tally.broken = broken?.message;
  report(tally, name, options);
  if (broken !== undefined) throw brokenAfter(broken, tally.queries);
  if (tally.queries === 0 && partial === undefined)
    throw new InputError(`${file ?? "the data set"}: there are no queries`);
  return 0;
}
