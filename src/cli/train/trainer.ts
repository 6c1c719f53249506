import { Worker } from "node:worker_threads";
import type { TrainingProgress } from "../../optimize/minimize.js";
import type { TrainingState } from "../../optimize/state.js";
import type { Columns, Piece } from "../input/dataset.js";
import { InputError } from "../input/inputError.js";
import { afterSignal } from "../run/afterSignal.js";
import { workerFailure } from "../run/workerFailure.js";
import { workerScript } from "../run/workerScript.js";
import type { Trained, TrainSettings } from "./trained.js";

/** What the worker is asked: to forget what it has, to take a query, to train, to stop. */
export type Asked =
  | { readonly kind: "again" | "train" | "stop" }
  | { readonly kind: "piece"; readonly piece: Piece; readonly heldOut: boolean };

type Progress = Omit<TrainingProgress, "save">;

/** What the worker tells. */
export type Told =
  | { readonly kind: "parsed" }
  | { readonly kind: "checkpoint"; readonly progress: Progress; readonly state: TrainingState }
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "done"; readonly result: Trained };

/** The state is told no more often. */
export const CHECKPOINT_MS = 100;

/** After a signal the end of the step and the table may still come in, for so long. */
const LAST_WORDS_MS = 500;

/** Queries that wait at the worker: what is read is parsed soon, so that a bad line ends the reading. */
const MAX_WAITING = 64;

/** A training on a worker thread. The thread that holds it stays free for signals, however large a query is. */
export class Trainer {
  readonly #worker: Worker;
  readonly #result: Promise<Trained | undefined>;
  #settle: (result: Trained | undefined) => void = () => {};
  #fail: (error: Error) => void = () => {};
  #error: Error | undefined;
  #givenUp = false;
  /** Calls off what a signal would do. */
  readonly #forget: () => void;
  #waiting = 0;
  #wake: () => void = () => {};
  /** The last state that the worker told. */
  state: TrainingState | undefined;

  constructor(
    columns: Columns,
    settings: TrainSettings,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ) {
    this.#result = new Promise((settle, fail) => {
      [this.#settle, this.#fail] = [settle, fail];
    });
    // It may be refused before anybody waits for it.
    this.#result.catch(() => {});
    const fail = (error: Error) => {
      this.#error ??= error;
      this.#fail(error);
      this.#wake();
    };
    try {
      this.#worker = new Worker(workerScript("trainWorker"), { workerData: { columns, settings } });
    } catch (error) {
      throw workerFailure(error as Error, settings.blamed);
    }
    this.#worker.on("error", (error) => fail(workerFailure(error, settings.blamed)));
    this.#worker.on("exit", (status) => fail(new Error(`the worker ended with status ${status}`)));
    this.#worker.on("message", (told: Told) => {
      if (told.kind === "parsed") {
        this.#waiting--;
        this.#wake();
      } else if (told.kind === "checkpoint") {
        this.state = told.state;
        onProgress(told.progress);
      } else if (told.kind === "refused") fail(new InputError(told.message));
      else this.#settle(told.result);
    });
    const forget = [
      afterSignal(signal, 0, () => this.#ask({ kind: "stop" })),
      afterSignal(signal, LAST_WORDS_MS, () => {
        this.#givenUp = true;
        this.#settle(undefined);
        this.#wake();
      }),
    ];
    this.#forget = () => {
      for (const each of forget) each();
    };
  }

  /** Forgets the queries given so far: the reading begins again. */
  again(): void {
    this.#ask({ kind: "again" });
  }

  /** Gives the worker a query; waits while many wait to be parsed. Throws the error of an earlier one. */
  add(piece: Piece, heldOut: boolean): Promise<void> {
    this.#waiting++;
    this.#ask({ kind: "piece", piece, heldOut });
    return this.parsed(MAX_WAITING);
  }

  /** Waits until no more than so many queries are to be parsed, or time is up. Throws the error of one. */
  async parsed(most = 0): Promise<void> {
    while (this.#waiting > most && this.#error === undefined && !this.#givenUp) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#error !== undefined) throw this.#error;
  }

  /** Trains. Undefined where a signal was raised and the worker did not come to an end within a moment. */
  train(): Promise<Trained | undefined> {
    this.#ask({ kind: "train" });
    return this.#result;
  }

  close(): Promise<number> {
    this.#forget();
    return this.#worker.terminate();
  }

  #ask(asked: Asked): void {
    this.#worker.postMessage(asked);
  }
}
