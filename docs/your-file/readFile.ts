import { budgetsOf } from "../../src/cli/choose/budgets.js";
import { withOneDraw } from "../../src/cli/choose/findChoices.js";
import { KeptReadings } from "../../src/cli/choose/keptReadings.js";
import { requireGoldAlike } from "../../src/cli/curve/goldAlike.js";
import { methodsOf } from "../../src/cli/curve/methods.js";
import { readCurveOf } from "../../src/cli/curve/readCurve.js";
import { DEFAULT_NS, gridOf, needsTexts } from "../../src/cli/curve/settings.js";
import { CurveTally } from "../../src/cli/curve/tally.js";
import { DefaultTemperatures } from "../../src/cli/curve/temperatures.js";
import { containerOf } from "../../src/cli/input/containers/containerOf.js";
import { type Dataset, datasetOf, type Piece, queryOf } from "../../src/cli/input/dataset.js";
import { InputError } from "../../src/cli/input/inputError.js";
import { readingSettings } from "../../src/cli/input/reading.js";
import { GivenFile } from "./givenFile.js";
import type { Options, Outcome, Progress } from "./messages.js";
import { resultsOf } from "./results.js";

/** How a reading tells of itself, and is ended. */
export interface Run {
  readonly say: (line: string) => void;
  readonly progress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/** What was read so far. */
export interface Read {
  readonly tally: CurveTally;
  readonly kept: KeptReadings;
}

/** Reads a file as `curve` and `choose` do, as far as it goes. */
export async function readFile(file: File, options: Options, run: Run): Promise<Outcome> {
  let read: Read | undefined;
  let error: string | undefined;
  try {
    await readQueries(file, options, run, (begun) => {
      read = begun;
    });
  } catch (thrown) {
    if (!(thrown instanceof InputError)) throw thrown;
    error = thrown.message;
  }
  if (read === undefined || read.tally.queries === 0) return { error: error ?? `${file.name}: there are no queries` };
  run.progress({ label: "Choosing", queries: read.tally.queries, position: file.size, size: file.size });
  const choice = { leaveOut: options.n !== undefined, budgets: budgetsOf(options), say: run.say };
  return { results: resultsOf(file.name, read, choice), ...(error !== undefined && { error }) };
}

/** Reads all queries; `begin` is given what they are added to, anew where the reading begins afresh. */
async function readQueries(file: File, options: Options, run: Run, begin: (read: Read) => void): Promise<void> {
  const { say, signal } = run;
  const { betas, ns = DEFAULT_NS } = gridOf(options);
  const methods = methodsOf(options, { ns, rewards: options.reward?.length ?? 1 });
  const reading = readingSettings(options);
  budgetsOf(options);
  const container = await containerOf(new GivenFile(file), { say, signal });
  const opening = { texts: needsTexts(methods), rewardNeeded: true, say, signal };
  const dataset = await datasetOf(container, reading, opening);
  const { columns, rewardNames } = dataset;
  const found = betas === undefined ? await temperaturesOf(dataset, run) : undefined;
  const rewards = rewardNames.map((name, r) => ({ name, betas: betas ?? found?.of(r) ?? [] }));
  const settings = { rewards, ns, ...(methods && { methods }), plugIn: false };
  // To choose from, one draw is always among the numbers of draws.
  const chosenFrom = withOneDraw(ns);
  const isSame = String(chosenFrom) === String(ns);
  const choosing = { ...settings, ns: chosenFrom };
  await dataset.read(async (pieces) => {
    const [tally, kept] = [new CurveTally(settings, reading), new KeptReadings(choosing)];
    begin({ tally, kept });
    for await (const piece of watched(pieces, "Reading", dataset, run)) {
      const one = readCurveOf(piece, columns, settings);
      requireGoldAlike(one, tally);
      tally.add(one);
      kept.add(isSame ? one : readCurveOf(piece, columns, choosing));
    }
  }, signal);
}

/** What finds the temperatures, after a reading of its own. What is wrong in the data is told by the next reading. */
async function temperaturesOf(dataset: Dataset, run: Run): Promise<DefaultTemperatures> {
  let all = new DefaultTemperatures();
  try {
    await dataset.read(async (pieces) => {
      all = new DefaultTemperatures();
      for await (const piece of watched(pieces, "Finding the temperatures", dataset, run))
        all.add(queryOf(piece, dataset.columns));
    }, run.signal);
  } catch (error) {
    if (!(error instanceof InputError) || run.signal.aborted) throw error;
  }
  if (all.every > 1) run.say(`the temperatures are found on one in ${all.every} queries`);
  return all;
}

/** How often progress is told, and messages of the page are taken, in ms. */
const EVERY_MS = 100;

/** The same pieces, with word of how far they are. */
async function* watched(
  pieces: AsyncIterable<Piece>,
  label: string,
  dataset: Dataset,
  { progress, signal }: Run,
): AsyncGenerator<Piece> {
  let queries = 0;
  let told = performance.now();
  for await (const piece of pieces) {
    yield piece;
    queries++;
    if (performance.now() - told < EVERY_MS) continue;
    progress({ label, queries, position: dataset.position, size: dataset.size ?? 0 });
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
    told = performance.now();
  }
}
