import { parentPort, Worker } from "node:worker_threads";
import { InputError } from "../input/inputError.js";

/** The results of a batch in order, and the error of the item after the last of them. */
interface Reply<Result> {
  readonly results: readonly Result[];
  readonly refused: string | undefined;
}

/** On a worker: answers every batch with the results of its items, up to one that is refused. */
export function serve<Item, Result>(work: (item: Item) => Result): void {
  parentPort?.on("message", (batch: readonly Item[]) => {
    const results: Result[] = [];
    let refused: string | undefined;
    try {
      for (const item of batch) results.push(work(item));
    } catch (error) {
      // An error loses its class on the way to another thread.
      if (!(error instanceof InputError)) throw error;
      refused = error.message;
    }
    parentPort?.postMessage({ results, refused } satisfies Reply<Result>);
  });
}

/** Batches that wait at each worker: enough to keep it busy, few enough to bound the memory. */
const MAX_WAITING_BATCHES = 4;

/**
 * Runs the items of a stream on worker threads and takes their results in the order of the stream. What is taken does not
 * depend on which worker is quicker: it ends where one thread would, at the end of the stream or at the first refused item.
 *
 * The pools on npm (piscina, tinypool, workerpool) settle single tasks. The order, the bound on what waits and the end at the
 * first refusal would have to be written on top of them.
 */
export async function forEachOnWorkers<Item, Result>(
  batches: AsyncIterable<readonly Item[]>,
  script: URL,
  workerData: unknown,
  jobs: number,
  take: (result: Result) => void,
): Promise<void> {
  const workers: WorkerQueue<Item, Result>[] = [];
  /** The worker that is first to be free. A new one starts only where all have something to do: each loads what it needs. */
  const freest = (): WorkerQueue<Item, Result> => {
    if (workers.length < jobs && workers.every(({ waiting }) => waiting > 0))
      workers.push(new WorkerQueue<Item, Result>(script, workerData));
    return workers.reduce((a, b) => (b.waiting < a.waiting ? b : a));
  };
  const pending: Promise<Reply<Result>>[] = [];
  const takeFirst = async (): Promise<void> => {
    try {
      const { results, refused } = await (pending.shift() as Promise<Reply<Result>>);
      for (const result of results) take(result);
      if (refused !== undefined) throw new InputError(refused);
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
    // The caller sees a failure when the turn of the reply comes.
    reply.catch(() => {});
    return reply;
  }

  close(): Promise<number> {
    return this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#callers.splice(0)) reject(this.#failure);
  }
}
