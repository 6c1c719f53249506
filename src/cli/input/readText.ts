import { readFileSync } from "node:fs";
import { InputError } from "./inputError.js";

/** The text of a small file. */
export function readText(file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    throw new InputError(`${file}: ${error instanceof TypeError ? "it is not UTF-8" : (error as Error).message}`);
  }
}
