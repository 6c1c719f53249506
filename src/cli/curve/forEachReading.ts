import { type Columns, inBatches, type Piece } from "../input/dataset.js";
import { forEachOnWorkers } from "../run/pool.js";
import { type CurveReading, readCurveOf } from "./readCurve.js";
import type { CurveSettings } from "./settings.js";

/** A batch for a worker, in characters: its work takes far longer than sending it, and little is left to wait for at the end. */
const BATCH_CHARACTERS = 2 ** 16;

/** Reads every query's curves, in this thread or on workers, and takes them in the order of the data. */
export async function forEachReading(
  pieces: AsyncIterable<Piece>,
  columns: Columns,
  settings: CurveSettings,
  jobs: number,
  take: (reading: CurveReading) => void,
): Promise<void> {
  if (jobs === 1) {
    for await (const piece of pieces) take(readCurveOf(piece, columns, settings));
    return;
  }
  const script = new URL("./worker.js", import.meta.url);
  await forEachOnWorkers(inBatches(pieces, BATCH_CHARACTERS), script, { columns, settings }, jobs, take);
}
