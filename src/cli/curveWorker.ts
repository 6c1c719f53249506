import { parentPort, workerData } from "node:worker_threads";
import type { Query } from "./dataset.js";
import { type CurveSettings, readCurve } from "./readCurve.js";

const settings = workerData as CurveSettings;

parentPort?.on("message", (query: Query) => {
  parentPort?.postMessage(readCurve(query, settings));
});
