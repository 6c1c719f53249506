import { writeFileSync } from "node:fs";
import { InputError } from "../input/inputError.js";

/** Writes a file that the user named. */
export function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new InputError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}
