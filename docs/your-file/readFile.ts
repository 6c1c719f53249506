import { budgetsOf } from "../../src/cli/choose/budgets.js";
import { withOneDraw } from "../../src/cli/choose/findChoices.js";
import { KeptReadings } from "../../src/cli/choose/keptReadings.js";
import { requireGoldAlike } from "../../src/cli/curve/goldAlike.js";
import { methodsOf } from "../../src/cli/curve/methods.js";
import type { CurveReading } from "../../src/cli/curve/readCurve.js";
import { type CurveSettings, DEFAULT_NS, gridOf, needsTexts } from "../../src/cli/curve/settings.js";
import { CurveTally } from "../../src/cli/curve/tally.js";
import { DefaultTemperatures } from "../../src/cli/curve/temperatures.js";
import { containerOf } from "../../src/cli/input/containers/containerOf.js";
import { type Columns, type Dataset, datasetOf, inBatches, type Piece, queryOf } from "../../src/cli/input/dataset.js";
import { InputError } from "../../src/cli/input/inputError.js";
import { readingSettings } from "../../src/cli/input/reading.js";
import { BATCH_CHARACTERS } from "../../src/cli/run/forEachPiece.js";
import { forEachOnWorkers } from "../../src/cli/run/pool.js";
import { GivenFile } from "./givenFile.js";
import type { Options, Outcome, Progress } from "./messages.js";
import { resultsOf } from "./results.js";

/** How a reading tells of itself, and is ended. */
export interface Run {
  readonly say: (line: string) => void;
  readonly progress: (progress: Progress) => void;
  readonly signal: AbortSignal;
  /** The script of the workers. */
  readonly script: URL;
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
  const { queries } = read.tally;
  run.progress({ label: "Choosing", queries, total: queries, position: file.size, size: file.size });
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
  const found = betas === undefined ? await temperaturesOf(dataset, run) : undefined;
  const rewards = dataset.rewardNames.map((name, r) => ({ name, betas: betas ?? found?.betas[r] ?? [] }));
  const settings = { rewards, ns, ...(methods && { methods }), plugIn: options["plug-in"] ?? false };
  // To choose from, one draw is always among the numbers of draws.
  const choosing = { ...settings, ns: withOneDraw(ns) };
  const isSame = String(choosing.ns) === String(ns);
  const grids = isSame || settings.plugIn ? [settings] : [settings, choosing];
  await dataset.read(async (pieces) => {
    const [tally, kept] = [new CurveTally(settings, reading), new KeptReadings(choosing)];
    begin({ tally, kept });
    const counter = new Counter("Reading", dataset, run, found?.queries);
    await forEachOnWorkers<Piece, CurveReading[]>(
      inBatches(pieces, BATCH_CHARACTERS),
      run.script,
      { columns: dataset.columns, grids } satisfies Task,
      { jobs: navigator.hardwareConcurrency, signal },
      ([one, other = one]) => {
        requireGoldAlike(one, tally);
        tally.add(one);
        kept.add(other);
        counter.count();
      },
    );
  }, signal);
}

/** What a worker of the pool is to do with each piece: to read it at every point of some grids. */
export interface Task {
  readonly columns: Columns;
  readonly grids: readonly CurveSettings[];
}

/** What a reading for the temperatures finds. */
interface Found {
  /** The temperatures of each reward. */
  readonly betas: readonly (readonly number[])[];
  readonly queries: number;
}

/** Finds the temperatures by a reading of its own. What is wrong in the data is told by the next reading. */
async function temperaturesOf(dataset: Dataset, run: Run): Promise<Found> {
  let all = new DefaultTemperatures();
  let queries = 0;
  try {
    await dataset.read(async (pieces) => {
      all = new DefaultTemperatures();
      queries = 0;
      const counter = new Counter("Finding the temperatures", dataset, run);
      for await (const piece of pieces) {
        all.add(queryOf(piece, dataset.columns));
        queries++;
        if (!counter.count()) continue;
        // Messages of the page come in between.
        await new Promise((resolve) => setTimeout(resolve));
        run.signal.throwIfAborted();
      }
    }, run.signal);
  } catch (error) {
    if (!(error instanceof InputError) || run.signal.aborted) throw error;
  }
  if (all.every > 1) run.say(`the temperatures are found on one in ${all.every} queries`);
  return { betas: dataset.rewardNames.map((_, r) => all.of(r)), queries };
}

/** How often progress is told, in ms. */
const EVERY_MS = 100;

/** Counts queries, and tells of them now and then. */
class Counter {
  readonly #label: string;
  readonly #dataset: Dataset;
  readonly #run: Run;
  readonly #total: number | undefined;
  #queries = 0;
  #told = performance.now();

  constructor(label: string, dataset: Dataset, run: Run, total?: number) {
    this.#label = label;
    this.#dataset = dataset;
    this.#run = run;
    this.#total = total;
  }

  /** One more; whether it was told. */
  count(): boolean {
    this.#queries++;
    const now = performance.now();
    if (now - this.#told < EVERY_MS) return false;
    this.#told = now;
    const { position, size = 0 } = this.#dataset;
    const total = this.#total === undefined ? {} : { total: this.#total };
    this.#run.progress({ label: this.#label, queries: this.#queries, ...total, position, size });
    return true;
  }
}
