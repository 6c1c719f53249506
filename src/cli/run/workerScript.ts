/** The scripts of the worker threads, each built into one file (see build.js): a worker that starts loads no other. */
export const workerScript = (name: WorkerName): URL => new URL(`../../node/${name}.js`, import.meta.url);

export type WorkerName = "convertWorker" | "curveWorker" | "digestWorker" | "temperaturesWorker" | "verifyWorker";
