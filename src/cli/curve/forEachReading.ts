import { type Dataset, inBatches, type Piece } from "../input/dataset.js";
import { forEachOnWorkers } from "../run/pool.js";
import { Progress } from "../terminal/progress.js";
import { type CurveReading, readCurveOf } from "./readCurve.js";
import type { CurveSettings } from "./settings.js";

/** A batch for a worker, in characters: its work takes far longer than sending it, and little is left to wait for at the end. */
const BATCH_CHARACTERS = 2 ** 16;

/** How every query is read. */
export interface ReadingRun {
  /** What the line of progress begins with. */
  readonly label: string;
  readonly dataset: Dataset;
  readonly settings: CurveSettings;
  readonly jobs: number;
}

/** Reads every query's curves, in this thread or on workers, and takes them in the order of the data. */
export async function forEachReading(
  pieces: AsyncIterable<Piece>,
  { label, dataset, settings, jobs }: ReadingRun,
  take: (reading: CurveReading) => void,
): Promise<void> {
  const { columns } = dataset;
  const progress = new Progress(label, dataset);
  let taken = 0;
  const counted = (reading: CurveReading) => {
    take(reading);
    progress.update(++taken);
  };
  try {
    if (jobs === 1) for await (const piece of pieces) counted(readCurveOf(piece, columns, settings));
    else {
      const script = new URL("./worker.js", import.meta.url);
      await forEachOnWorkers(inBatches(pieces, BATCH_CHARACTERS), script, { columns, settings }, jobs, counted);
    }
  } finally {
    progress.end();
  }
}
