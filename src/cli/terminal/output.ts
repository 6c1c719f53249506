import { readFileSync, readlinkSync } from "node:fs";
import { reasonOf } from "../input/fileError.js";

/** The descriptor of standard output. */
const STDOUT = 1;

/** The first error of writing to standard output. */
let failed: NodeJS.ErrnoException | undefined;

/** Watches the standard streams from the start of the program: a stream that fails is no crash. */
export function watchOutput(): void {
  process.stdout.on("error", (error) => {
    failed ??= error;
  });
  // What cannot be told cannot be told.
  process.stderr.on("error", () => {});
  // Of a file that grows past its limit writing tells, and the signal need not end the program.
  process.on("SIGXFSZ", () => {});
  if (isClosed()) failed = Object.assign(new Error("closed"), { code: "EBADF" });
}

/**
 * Whether the program was started without a standard output. Node.js then opens /dev/null in its place for reading and
 * writing, where a shell that discards the output opens it for writing alone. Where standard error is of the same kind, the
 * program that started this one discards both.
 */
function isClosed(): boolean {
  const isOpenedBoth = (descriptor: number): boolean => {
    if (readlinkSync(`/proc/self/fd/${descriptor}`) !== "/dev/null") return false;
    const [, flags = "0"] = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8")) ?? [];
    return (Number.parseInt(flags, 8) & 3) === 2;
  };
  try {
    return isOpenedBoth(STDOUT) && !isOpenedBoth(2);
  } catch {
    // No such folder: not Linux.
    return false;
  }
}

/** Whether standard output takes no more: nobody reads it, or it failed. */
export const isOutputEnded = (): boolean => failed !== undefined;

/** Prints a text; a promise where it has to wait until that is taken. After an error of standard output it is dropped. */
export function print(text: string): Promise<void> | undefined {
  if (failed !== undefined) return undefined;
  let isTaken = false;
  const taken = new Promise<void>((resolve) => {
    isTaken = process.stdout.write(text, () => resolve());
  });
  return isTaken ? undefined : taken;
}

/** Waits until all that was printed is written, or is known not to be. */
export const printed = (): Promise<void> => new Promise((resolve) => process.stdout.write("", () => resolve()));

/** What is wrong with standard output, in words. A reader that left early, as `head` does, is nothing wrong. */
export function outputComplaint(): string | undefined {
  if (failed === undefined || failed.code === "EPIPE") return undefined;
  return `standard output: ${failed.code === "EBADF" ? "it is closed" : reasonOf(failed)}`;
}
