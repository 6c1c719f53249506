import { writeFileSync } from "node:fs";
import { fileError } from "../input/fileError.js";

/** Writes a file that the user named. */
export function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw fileError(file, error);
  }
}
