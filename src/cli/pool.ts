import { Worker } from "node:worker_threads";

/** Runs a task for each item of a stream on some worker threads, at most two items waiting at each: memory stays bounded. */
export async function forEachOnWorkers<Item, Result>(
  items: AsyncIterable<Item>,
  script: URL,
  workerData: unknown,
  jobs: number,
  take: (result: Result, item: Item) => void,
): Promise<void> {
  const workers = Array.from({ length: jobs }, () => new WorkerQueue<Item, Result>(script, workerData));
  const pending = new Set<Promise<void>>();
  try {
    for await (const item of items) {
      const worker = workers.reduce((a, b) => (b.waiting < a.waiting ? b : a));
      const done: Promise<void> = worker.run(item).then((result) => {
        pending.delete(done);
        take(result, item);
      });
      pending.add(done);
      if (pending.size >= 2 * jobs) await Promise.race(pending);
    }
  } finally {
    // What was under way when the stream broke off is finished and counted.
    await Promise.allSettled(pending);
    await Promise.all(workers.map((worker) => worker.close()));
  }
  await Promise.all(pending);
}

/** A worker that answers its messages in order. */
class WorkerQueue<Item, Result> {
  readonly #worker: Worker;
  readonly #callers: { resolve: (result: Result) => void; reject: (error: Error) => void }[] = [];

  constructor(script: URL, workerData: unknown) {
    this.#worker = new Worker(script, { workerData });
    this.#worker.on("message", (result: Result) => this.#callers.shift()?.resolve(result));
    this.#worker.on("error", (error: Error) => {
      for (const { reject } of this.#callers.splice(0)) reject(error);
    });
  }

  get waiting(): number {
    return this.#callers.length;
  }

  run(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#callers.push({ resolve, reject });
      this.#worker.postMessage(item);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
