import { packageFile } from "../packageFile.js";

/** The scripts of the worker threads, each built into one file (see build.js): a worker that starts loads no other. */
export const workerScript = (name: WorkerName): URL => packageFile(`dist/node/${name}.js`);

export type WorkerName =
  | "convertWorker"
  | "curveWorker"
  | "digestWorker"
  | "temperaturesWorker"
  | "trainWorker"
  | "verifyWorker";
