import { createReadStream } from "node:fs";
import { fileURLToPath } from "node:url";
import { readLines } from "./lines.js";
import { parseQuery, type Query } from "./query.js";

export { parseQuery, type Query };

/** The data set that the package carries. */
export const EMBEDDED: string = fileURLToPath(new URL("../../src/data/humaneval-codegen16b.jsonl", import.meta.url));

/** The queries of a data set in order, one at a time: `-` is standard input, no file the embedded data set. */
export async function* readDataset(file: string | undefined): AsyncGenerator<Query> {
  const name = file === undefined ? "embedded data set" : file === "-" ? "standard input" : file;
  yield* readQueries(file === "-" ? process.stdin : createReadStream(file ?? EMBEDDED), name);
}

/** The queries in a stream of bytes that is called by a name; lines that are blank count, but hold none. */
export async function* readQueries(stream: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Query> {
  for await (const { text, number } of readLines(stream, name)) {
    if (text.trim() !== "") yield parseQuery(text, `${name}:${number}`);
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
