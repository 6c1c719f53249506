/** Of Node's worker threads what the pool of the command line calls, for a browser. */

/** What this thread was started with. */
export let workerData: unknown;

/** Begins a thread with what it was started with. */
export function begin(data: unknown): void {
  workerData = data;
}

/** The thread that started this one. */
export const parentPort = {
  on: (_: "message", take: (message: unknown) => void): void =>
    addEventListener("message", ({ data }: MessageEvent<unknown>) => take(data)),
  postMessage: (message: unknown): void => postMessage(message),
};

/** The first message to a thread. */
export interface Started {
  readonly workerData: object;
}

/** Another thread. */
export class Worker {
  readonly #worker: globalThis.Worker;

  constructor(script: URL, started: Started) {
    this.#worker = new globalThis.Worker(script);
    this.#worker.postMessage(started);
  }

  on(event: "message" | "error" | "exit", take: (value: never) => void): void {
    if (event === "message") this.#worker.addEventListener("message", ({ data }) => take(data as never));
    if (event === "error") this.#worker.addEventListener("error", ({ message }) => take(new Error(message) as never));
  }

  postMessage(message: unknown): void {
    this.#worker.postMessage(message);
  }

  async terminate(): Promise<number> {
    this.#worker.terminate();
    return 0;
  }
}
