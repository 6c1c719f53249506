import { createReadStream } from "node:fs";
import { fileURLToPath } from "node:url";
import { InputError } from "./inputError.js";
import { parseQuery, type Query } from "./query.js";

export { parseQuery, type Query };

/** The data set that the package carries. */
export const EMBEDDED: string = fileURLToPath(new URL("../../src/data/humaneval-codegen16b.jsonl", import.meta.url));

/** A longer line is refused, so that a file without line ends cannot fill the memory. */
const LONGEST_LINE = 2 ** 26;

/** The queries of a data set in order, one at a time: `-` is standard input, no file the embedded data set. */
export async function* readDataset(file: string | undefined): AsyncGenerator<Query> {
  const name = file === undefined ? "embedded data set" : file === "-" ? "standard input" : file;
  const stream = file === "-" ? process.stdin : createReadStream(file ?? EMBEDDED);
  let line = 0;
  for await (const text of lines(stream, name)) {
    line++;
    const place = `${name}:${line}`;
    if (text.trim() !== "") yield parseQuery(text, place);
  }
}

/** The first so many of the items. */
export async function* take<T>(items: AsyncIterable<T>, limit: number): AsyncGenerator<T> {
  let left = limit;
  for await (const item of items) {
    yield item;
    if (--left <= 0) return;
  }
}

/** The lines of a byte stream, decoded as UTF-8. */
async function* lines(stream: AsyncIterable<Buffer | string>, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  let line = 1;
  try {
    for await (const chunk of stream) {
      rest += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
      const parts = rest.split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) {
        yield part;
        line++;
      }
      if (rest.length > LONGEST_LINE)
        throw new InputError(`${name}:${line}: the line is longer than ${LONGEST_LINE} characters`);
    }
    rest += decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new InputError(`${name}:${line}: the line is not UTF-8`);
    if (error instanceof Error && "code" in error && "syscall" in error)
      throw new InputError(`${name}: ${error.message}`);
    throw error;
  }
  if (rest !== "") yield rest;
}
