import { METHOD_OPTIONS, methodsOf } from "../curve/methods.js";
import type { CurveReading } from "../curve/readCurve.js";
import { DEFAULT_NS, gridOf, needsTexts } from "../curve/settings.js";
import { temperaturesOf } from "../curve/temperaturesOf.js";
import { take } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { withDataset } from "../input/openDataset.js";
import { type OptionTable, oneFile, parseOptions, type Usage } from "../input/options.js";
import { wholeNumber } from "../input/optionValue.js";
import { CLUSTER_OPTION, READING_OPTIONS, readingSettings } from "../input/reading.js";
import { brokenAfter, readUntilBroken } from "../run/brokenOff.js";
import { forEachPiece } from "../run/forEachPiece.js";
import { jobsOf } from "../run/jobs.js";
import { workerScript } from "../run/workerScript.js";
import { print } from "../terminal/output.js";
import { requireOutputs, writeText } from "../terminal/outputFile.js";
import { say } from "../terminal/say.js";
import { budgetsOf } from "./budgets.js";
import { DEFAULT_FOLDS, DEFAULT_SEED, findChoices, withOneDraw } from "./findChoices.js";
import type { Found } from "./found.js";
import { choiceJson } from "./json.js";
import { KeptReadings } from "./keptReadings.js";
import { plotChoice } from "./plot.js";
import { choiceText } from "./text.js";

const OPTIONS = {
  kl: { value: "NATS", help: "name the best setting within this KL to the reference too" },
  "max-n": { value: "N", help: "name the best setting within so many draws too" },
  beta: { value: "LIST", help: "temperatures to choose among (default: 0, and those that spend ¼, ½, 1 and 2 nats)" },
  n: {
    value: "LIST",
    help: "numbers of draws to choose among, on the queries with as many samples as the most (default: 1,2,4,…,1024, as far as all have)",
  },
  ...METHOD_OPTIONS,
  folds: { value: "F", help: "parts of the queries; each is read at what the others choose (default 5)" },
  seed: { value: "S", help: "seed of the parts (default 0)" },
  limit: { value: "N", help: "read the first N queries only" },
  jobs: { value: "J", help: "worker threads, no more than there are cores (default 1)" },
  ...READING_OPTIONS,
  ...CLUSTER_OPTION,
  json: { help: "print JSON instead of words" },
  svg: { value: "OUT", help: "write gold against N and against KL as a picture to this file too" },
} satisfies OptionTable;

export const usage: Usage = {
  line: "exptilt choose [FILE] [options]",
  about:
    "Which N and β to use on the queries of FILE (- for standard input; the embedded data when left out), what gold they\n" +
    "give, and what KL they cost; with --method also which way to spend the draws. The setting is found on part of the queries and read on the others, so that the figure is\n" +
    "not flattered by the search. Without gold the same is done by the reward.",
  options: OPTIONS,
  readsQueries: true,
};

const WORKER = workerScript("curveWorker");

/** Runs `exptilt choose` and gives its exit status. */
export async function choose(args: readonly string[]): Promise<number> {
  const { files, options } = parseOptions("choose", OPTIONS, args);
  const file = oneFile("choose", files, options);
  const { betas, ns: asked } = gridOf(options);
  const budgets = budgetsOf(options);
  const methods = methodsOf(options, { ns: asked ?? DEFAULT_NS, rewards: options.reward?.length ?? 1 });
  const folds = wholeNumber("folds", options.folds, 2, DEFAULT_FOLDS);
  const seed = wholeNumber("seed", options.seed, 0, DEFAULT_SEED);
  const limit = wholeNumber("limit", options.limit, 1, Infinity);
  const jobs = jobsOf(options.jobs, 1);

  const name = file ?? "the embedded data";
  const reading = readingSettings(options);
  requireOutputs({ svg: options.svg }, [file]);
  let gathered: KeptReadings | undefined;
  const broken = await readUntilBroken((signal) => {
    const opening = {
      again: betas === undefined,
      texts: needsTexts(methods),
      rewardNeeded: true,
      say,
      signal,
    };
    return withDataset(file, reading, opening, async (dataset) => {
      const rewards = await temperaturesOf(dataset, betas, limit, signal);
      const ns = withOneDraw(asked ?? DEFAULT_NS);
      await dataset.read(async (pieces) => {
        const settings = { rewards, ns, ...(methods && { methods }), plugIn: false };
        const own = new KeptReadings(settings);
        gathered = own;
        const run = { label: "choose", dataset, jobs, signal };
        await forEachPiece(take(pieces, limit), WORKER, { settings }, run, (one: CurveReading) => own.add(one));
      }, signal);
    });
  });
  if (gathered === undefined) throw broken;
  const all = gathered;
  if (all.queries === 0) throw broken ?? new InputError(`${name}: there are no queries`);
  let found: Found[];
  try {
    found = findChoices(all, name, { folds, seed, leaveOut: asked !== undefined, budgets, say });
  } catch (error) {
    // What ended the reading comes first: it may be why there is nothing to choose from.
    throw broken ?? error;
  }
  await print(options.json ? choiceJson(name, all, found) : choiceText(name, all, found, budgets));
  if (options.svg !== undefined) writeText(options.svg, plotChoice(name, found, all.samples !== undefined));
  if (broken !== undefined) throw brokenAfter(broken, all.queries);
  return 0;
}
