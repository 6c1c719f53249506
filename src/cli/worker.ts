import { parentPort, workerData } from "node:worker_threads";
import { readClaims, type Settings } from "./check.js";
import type { Query } from "./dataset.js";

const settings = workerData as Settings;

parentPort?.on("message", (query: Query) => {
  parentPort?.postMessage(readClaims(query, settings));
});
