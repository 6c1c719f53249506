import { isOutOfFiles, reasonOf } from "../input/fileError.js";
import { InputError } from "../input/inputError.js";

/** What the machine could not give a worker, said in words with the place that it was at; another error as it is. */
export function workerFailure(error: NodeJS.ErrnoException, place?: string): Error {
  const at = place === undefined ? "" : `${place}: `;
  if (error.code === "ERR_WORKER_INIT_FAILED" || isOutOfFiles(error)) return notStarted(error, at);
  if (!isOutOfMemory(error)) return error;
  return new InputError(
    `${at}a worker ran out of memory at it (NODE_OPTIONS=--max-old-space-size=8192 gives each worker 8 GB)`,
  );
}

/** V8 ends a worker whose heap is full; what an array would need beyond that is a RangeError. */
const isOutOfMemory = ({ code, message }: NodeJS.ErrnoException): boolean =>
  code === "ERR_WORKER_OUT_OF_MEMORY" ||
  /allocation failed|^Invalid (typed )?array length|out of memory/i.test(message);

/** A worker needs a few files and a thread of its own. */
export function notStarted(error: unknown, at = ""): InputError {
  const code = /\b(E[A-Z]{3,})\b/.exec((error as Error).message)?.[1];
  return new InputError(
    `${at}a worker could not be started: ${code === undefined ? (error as Error).message : reasonOf({ code })}; fewer --jobs need less`,
  );
}
