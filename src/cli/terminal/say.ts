import { printable } from "./printable.js";

/** Tells something beside the output, on a line of standard error. */
export function say(line: string): void {
  process.stderr.write(`exptilt: ${printable(line)}\n`);
}
