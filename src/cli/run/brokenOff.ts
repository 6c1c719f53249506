import { InputError } from "../input/inputError.js";
import { countedQueries } from "../terminal/countedQueries.js";
import { Interrupted, onInterrupt } from "../terminal/interrupt.js";

/**
 * Reads a data set as far as it goes. Returns the error that ends it early (bad input, a signal or a fault of the program), so
 * that the queries before it are reported first.
 */
export async function readUntilBroken(read: (signal: AbortSignal) => Promise<void>): Promise<Error | undefined> {
  const { signal, release } = onInterrupt();
  try {
    await read(signal);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    release();
  }
}

/** The error to throw after the queries before it are reported. */
export function brokenAfter(broken: Error, queries: number): Error {
  if (queries > 0 && (broken instanceof InputError || broken instanceof Interrupted))
    broken.message += ` (the ${countedQueries(queries)} before it ${queries === 1 ? "is" : "are"} reported above)`;
  return broken;
}
