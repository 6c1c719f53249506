import { type Dataset, inBatches, type Piece, placeOf } from "../input/dataset.js";
import { Progress } from "../terminal/progress.js";
import { forEachOnWorkers } from "./pool.js";

/** A batch for a worker, in characters: its work takes far longer than sending it, and little is left to wait for at the end. */
export const BATCH_CHARACTERS: number = 2 ** 16;

/** How pieces are worked off. */
export interface PieceRun {
  /** What the line of progress begins with. */
  readonly label: string;
  readonly dataset: Dataset;
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Characters of a batch; `BATCH_CHARACTERS` where left out. */
  readonly batch?: number;
}

/** Has the pieces of a data set worked off by a script on worker threads, and takes the results in the order of the data. */
export async function forEachPiece<Result>(
  pieces: AsyncIterable<Piece>,
  script: URL,
  workerData: object,
  { label, dataset, jobs, signal, batch = BATCH_CHARACTERS }: PieceRun,
  take: (result: Result) => unknown,
): Promise<void> {
  const progress = new Progress(label, dataset);
  let taken = 0;
  const counted = (result: Result) => {
    progress.update(++taken);
    return take(result);
  };
  try {
    const batches = inBatches(pieces, batch);
    await forEachOnWorkers(
      batches,
      script,
      { columns: dataset.columns, ...workerData },
      { jobs, signal, placeOf },
      counted,
    );
  } finally {
    progress.end();
  }
}
