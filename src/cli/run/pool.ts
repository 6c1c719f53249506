import { parentPort, Worker } from "node:worker_threads";
import { InputError } from "../input/inputError.js";

/** What a worker makes of a batch: the results in order, and what was wrong with the input after the last of them. */
interface Reply<Result> {
  readonly results: readonly Result[];
  readonly refused: string | undefined;
}

/** On a worker: answers every batch with what `work` makes of its items, up to one that is refused. */
export function serve<Item, Result>(work: (item: Item) => Result): void {
  parentPort?.on("message", (batch: readonly Item[]) => {
    const results: Result[] = [];
    let refused: string | undefined;
    try {
      for (const item of batch) results.push(work(item));
    } catch (error) {
      // An error that crosses to another thread is of no class any more.
      if (!(error instanceof InputError)) throw error;
      refused = error.message;
    }
    parentPort?.postMessage({ results, refused } satisfies Reply<Result>);
  });
}

/** So many batches wait at each worker: enough for it never to be idle, few enough for memory to stay bounded. */
const MAX_WAITING_BATCHES = 4;

/**
 * Runs the items of a stream on worker threads, and takes their results in the order of the stream: whichever worker is
 * quicker, and wherever the stream breaks off or an item is refused, what was taken is what one thread alone would take.
 *
 * The pools on npm (piscina, tinypool, workerpool) give out single tasks and settle each by itself: the order, the bound on
 * what waits and the end at the first refusal, which are what this file is about, would be to write all the same.
 */
export async function forEachOnWorkers<Item, Result>(
  batches: AsyncIterable<readonly Item[]>,
  script: URL,
  workerData: unknown,
  jobs: number,
  take: (result: Result) => void,
): Promise<void> {
  const workers = Array.from({ length: jobs }, () => new WorkerQueue<Item, Result>(script, workerData));
  const pending: Promise<Reply<Result>>[] = [];
  const takeFirst = async (): Promise<void> => {
    try {
      const { results, refused } = await (pending.shift() as Promise<Reply<Result>>);
      for (const result of results) take(result);
      if (refused !== undefined) throw new InputError(refused);
    } catch (error) {
      // What comes after it does not count.
      pending.length = 0;
      throw error;
    }
  };
  try {
    try {
      for await (const batch of batches) {
        const worker = workers.reduce((a, b) => (b.waiting < a.waiting ? b : a));
        pending.push(worker.run(batch));
        if (pending.length >= MAX_WAITING_BATCHES * jobs) await takeFirst();
      }
    } finally {
      // What was under way when the stream broke off is finished and counted.
      while (pending.length > 0) await takeFirst();
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
}

/** A worker that answers its messages in order. */
class WorkerQueue<Item, Result> {
  readonly #worker: Worker;
  readonly #callers: { resolve: (reply: Reply<Result>) => void; reject: (error: Error) => void }[] = [];
  #failure: Error | undefined;

  constructor(script: URL, workerData: unknown) {
    this.#worker = new Worker(script, { workerData });
    this.#worker.on("message", (reply: Reply<Result>) => this.#callers.shift()?.resolve(reply));
    this.#worker.on("error", (error: Error) => this.#fail(error));
    this.#worker.on("exit", (status) => this.#fail(new Error(`a worker ended with status ${status}`)));
  }

  get waiting(): number {
    return this.#callers.length;
  }

  run(batch: readonly Item[]): Promise<Reply<Result>> {
    const reply = new Promise<Reply<Result>>((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#callers.push({ resolve, reject });
      this.#worker.postMessage(batch);
    });
    // A failure is met when the reply's turn comes.
    reply.catch(() => {});
    return reply;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#callers.splice(0)) reject(this.#failure);
  }
}
