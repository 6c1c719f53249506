import { readFileSync } from "node:fs";
import { fileError } from "./fileError.js";
import { InputError } from "./inputError.js";

/** The text of a small file. */
export function readText(file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof TypeError) throw new InputError(`${file}: it is not UTF-8`);
    throw fileError(file, error);
  }
}
