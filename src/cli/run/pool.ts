import { parentPort, Worker, workerData } from "node:worker_threads";
import { InputError } from "../input/inputError.js";
import { afterSignal } from "./afterSignal.js";
import { notStarted, workerFailure } from "./workerFailure.js";

/** Results of a batch in order; at its end, or where an item is refused, the last of them. */
interface Reply<Result> {
  readonly results: readonly Result[];
  readonly ended: boolean;
  /** The error of the item after the last result. */
  readonly refused?: string;
}

/** What every worker is started with, beside its own data. */
interface Started {
  /** Which item of its batch the worker is at: what remains to be read where it ends without a word. */
  readonly at: Int32Array;
}

/** Results are not held back longer: what is done counts, also where the next item takes long or is never done. */
const REPLY_MS = 100;

/** On a worker: answers every batch with the results of its items, up to one that is refused. */
export function serve<Item, Result>(work: (item: Item) => Result): void {
  const { at } = workerData as Started;
  parentPort?.on("message", (batch: readonly Item[]) => {
    let results: Result[] = [];
    let sent = performance.now();
    const reply = (more: Omit<Reply<Result>, "results">) => {
      parentPort?.postMessage({ results, ...more } satisfies Reply<Result>);
      results = [];
      sent = performance.now();
    };
    try {
      for (const [i, item] of batch.entries()) {
        at[0] = i;
        results.push(work(item));
        if (performance.now() - sent > REPLY_MS) reply({ ended: false });
      }
      reply({ ended: true });
    } catch (error) {
      // An error loses its class on the way to another thread.
      if (!(error instanceof InputError)) throw error;
      reply({ ended: true, refused: error.message });
    }
  });
}

/** Batches that wait at each worker: enough to keep it busy, few enough to bound the memory. */
const MAX_WAITING_BATCHES = 4;

/** After a signal what is under way may still come in, for so long. */
const LAST_WORDS_MS = 300;

/** How a stream is worked off. */
export interface PoolSettings<Item> {
  readonly jobs: number;
  /** Ends the work: what is not done within a moment is given up. */
  readonly signal?: AbortSignal | undefined;
  /** Where an item stands, for the error of a worker that ends at it. */
  readonly placeOf?: (item: Item) => string;
}

/**
 * Runs the items of a stream on worker threads and takes their results in the order of the stream. What is taken does not
 * depend on which worker is quicker: it ends where one thread would, at the end of the stream or at the first refused item.
 * The thread that calls it stays free for signals, however long an item takes.
 *
 * The pools on npm (piscina, tinypool, workerpool) settle single tasks. The order, the bound on what waits and the end at the
 * first refusal would have to be written on top of them.
 */
export async function forEachOnWorkers<Item, Result>(
  batches: AsyncIterable<readonly Item[]>,
  script: URL,
  workerData: object,
  settings: PoolSettings<Item>,
  take: (result: Result) => unknown,
): Promise<void> {
  const { jobs, signal } = settings;
  const workers: WorkerQueue<Item, Result>[] = [];
  /** The worker that is first to be free. A new one starts only where all have something to do: each loads what it needs. */
  const freest = (): WorkerQueue<Item, Result> => {
    if (workers.length < jobs && workers.every(({ waiting }) => waiting > 0))
      workers.push(new WorkerQueue<Item, Result>(script, workerData, settings));
    return workers.reduce((a, b) => (b.waiting < a.waiting ? b : a));
  };
  const pending: Batch<Item, Result>[] = [];
  const forget = afterSignal(signal, LAST_WORDS_MS, (reason) => {
    for (const batch of pending) batch.fail(reason);
  });
  const takeAll = async ({ results }: Batch<Item, Result>): Promise<void> => {
    // While one is taken, others may come in.
    while (results.length > 0)
      for (const result of results.splice(0)) {
        const taken = take(result);
        if (taken instanceof Promise) await taken;
      }
  };
  const takeFirst = async (): Promise<void> => {
    const [batch] = pending;
    try {
      for (await takeAll(batch); !batch.ended; await takeAll(batch)) await batch.news();
      if (batch.error !== undefined) throw batch.error;
      pending.shift();
    } catch (error) {
      // Later results do not count.
      pending.length = 0;
      throw error;
    }
  };
  try {
    try {
      for await (const batch of batches) {
        pending.push(freest().run(batch));
        if (pending.length >= MAX_WAITING_BATCHES * jobs) await takeFirst();
      }
    } finally {
      // Batches under way when the stream ends early are finished and counted.
      while (pending.length > 0) await takeFirst();
    }
  } finally {
    forget();
    await Promise.all(workers.map((worker) => worker.close()));
  }
}

/** Items that a worker is given together, and what has come back of them. */
class Batch<Item, Result> {
  readonly items: readonly Item[];
  /** What is not taken yet. */
  readonly results: Result[] = [];
  ended = false;
  /** What ended it, after the results. */
  error: Error | undefined;
  #wake = () => {};

  constructor(items: readonly Item[]) {
    this.items = items;
  }

  add({ results, ended, refused }: Reply<Result>): void {
    if (this.ended) return;
    this.results.push(...results);
    this.ended = ended;
    if (refused !== undefined) this.error = new InputError(refused);
    this.#wake();
  }

  /** Ends what has not ended. */
  fail(error: Error): void {
    if (this.ended) return;
    this.ended = true;
    this.error = error;
    this.#wake();
  }

  /** Settles when something comes back; at once where something has. */
  news(): Promise<void> {
    if (this.ended || this.results.length > 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** A worker that answers its messages in order. */
class WorkerQueue<Item, Result> {
  readonly #worker: Worker;
  readonly #placeOf: ((item: Item) => string) | undefined;
  readonly #at = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #batches: Batch<Item, Result>[] = [];
  #failure: Error | undefined;

  constructor(script: URL, workerData: object, { placeOf }: PoolSettings<Item>) {
    this.#placeOf = placeOf;
    try {
      this.#worker = new Worker(script, { workerData: { ...workerData, at: this.#at } satisfies Started });
    } catch (error) {
      throw notStarted(error);
    }
    this.#worker.on("message", (reply: Reply<Result>) => {
      this.#batches[0]?.add(reply);
      if (reply.ended) this.#batches.shift();
    });
    this.#worker.on("error", (error: Error) => this.#fail(error));
    this.#worker.on("exit", (status) => this.#fail(new Error(`a worker ended with status ${status}`)));
  }

  get waiting(): number {
    return this.#batches.length;
  }

  run(items: readonly Item[]): Batch<Item, Result> {
    const batch = new Batch<Item, Result>(items);
    if (this.#failure !== undefined) batch.fail(this.#failure);
    else {
      this.#batches.push(batch);
      this.#worker.postMessage(items);
    }
    return batch;
  }

  close(): Promise<number> {
    return this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= this.#inWords(error);
    for (const batch of this.#batches.splice(0)) batch.fail(this.#failure);
  }

  /** What the machine could not give, said in words with the item that the worker was at. */
  #inWords(error: Error): Error {
    const item = this.#batches[0]?.items[this.#at[0]];
    return workerFailure(error, item === undefined ? undefined : this.#placeOf?.(item));
  }
}
