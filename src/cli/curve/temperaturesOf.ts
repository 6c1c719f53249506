import { type Dataset, inBatches, type Piece, placeOf, take } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { BATCH_CHARACTERS } from "../run/forEachPiece.js";
import { forEachOnWorkers } from "../run/pool.js";
import { workerScript } from "../run/workerScript.js";
import { Progress } from "../terminal/progress.js";
import { say } from "../terminal/say.js";
import type { CurveSettings } from "./settings.js";

/** What a worker has found on the pieces that it was given: sent at their end. */
export interface FoundTemperatures {
  /** The temperatures of each reward. */
  readonly betas: readonly (readonly number[])[];
  /** Of how many queries one was taken. */
  readonly every: number;
}

/** Asks the worker what it has found. */
export const END = "end";

/** Each reward with the temperatures given, or with its own default ones, which takes a reading of its own. */
export async function temperaturesOf(
  dataset: Dataset,
  betas: readonly number[] | undefined,
  limit: number,
  signal: AbortSignal,
): Promise<CurveSettings["rewards"]> {
  const { rewardNames: names, columns } = dataset;
  if (betas !== undefined) return names.map((name) => ({ name, betas }));
  let found: FoundTemperatures = { betas: names.map(() => [0]), every: 1 };
  const progress = new Progress("temperatures", dataset);
  try {
    await dataset.read((pieces) => {
      let read = 0;
      return forEachOnWorkers<Piece | typeof END, FoundTemperatures | undefined>(
        withEnd(inBatches(take(pieces, limit), BATCH_CHARACTERS)),
        workerScript("temperaturesWorker"),
        { columns, rewards: names.length },
        // What it has read so far stays with the worker.
        { jobs: 1, signal, placeOf: (item) => (item === END ? dataset.name : placeOf(item)) },
        (result) => {
          if (result === undefined) progress.update(++read);
          else found = result;
        },
      );
    }, signal);
  } finally {
    progress.end();
  }
  if (found.every > 1) say(`the temperatures are found on one in ${found.every} queries`);
  return names.map((name, r) => ({ name, betas: found.betas[r] }));
}

/** What is wrong in the data is reported when they are read, after all that comes before it. */
async function* withEnd(batches: AsyncIterable<Piece[]>): AsyncGenerator<(Piece | typeof END)[]> {
  try {
    yield* batches;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  yield [END];
}
