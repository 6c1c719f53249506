/** The worker of `exptilt train`: parses the queries and trains, so that the thread of the command stays free for signals. */
import { parentPort, workerData } from "node:worker_threads";
import { type Columns, queryOf } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import type { Seen } from "./reading.js";
import { type TrainSettings, trained } from "./trained.js";
import { type Asked, CHECKPOINT_MS, type Told } from "./trainer.js";

const { columns, settings } = workerData as { readonly columns: Columns; readonly settings: TrainSettings };
const tell = (told: Told) => parentPort?.postMessage(told);
const stop = new AbortController();
let seen: Seen[] = [];

async function answer(asked: Asked): Promise<void> {
  if (asked.kind === "stop") stop.abort();
  else if (asked.kind === "again") seen = [];
  else if (asked.kind === "piece") {
    seen.push({ query: queryOf(asked.piece, columns), heldOut: asked.heldOut });
    tell({ kind: "parsed" });
  } else {
    let sent = -Infinity;
    const result = await trained(seen, settings, stop.signal, ({ save, ...progress }) => {
      if (performance.now() - sent < CHECKPOINT_MS) return;
      sent = performance.now();
      tell({ kind: "checkpoint", progress, state: save() });
    });
    tell({ kind: "done", result });
  }
}

parentPort?.on("message", (asked: Asked) =>
  answer(asked).catch((error) => {
    // An error loses its class on the way to another thread.
    if (!(error instanceof InputError)) throw error;
    tell({ kind: "refused", message: error.message });
  }),
);
