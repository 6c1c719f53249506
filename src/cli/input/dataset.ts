import { createReadStream } from "node:fs";
import { addAbortSignal } from "node:stream";
import { fileURLToPath } from "node:url";
import { readLines } from "./lines.js";
import { parseQuery, type Query, requireFiniteRewards } from "./query.js";

export { parseQuery, type Query, requireFiniteRewards };

/** The data set that the package carries. */
export const EMBEDDED: string = fileURLToPath(new URL("../../../src/data/humaneval-codegen16b.jsonl", import.meta.url));

/** The text of a query, not parsed yet, and its place: `file:line`. */
export interface QueryText {
  readonly text: string;
  readonly place: string;
}

/**
 * The texts of a data set's queries in order. `-` is standard input; without a file it is the embedded data set. A raised
 * signal ends them with its reason.
 */
export async function* readTexts(file: string | undefined, signal?: AbortSignal): AsyncGenerator<QueryText> {
  const name = file === undefined ? "embedded data set" : file === "-" ? "standard input" : file;
  const stream = file === "-" ? process.stdin : createReadStream(file ?? EMBEDDED);
  if (signal !== undefined) addAbortSignal(signal, stream);
  try {
    yield* textsOf(stream, name);
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}

/** The queries of a data set in order, one at a time. */
export async function* readDataset(file: string | undefined, signal?: AbortSignal): AsyncGenerator<Query> {
  for await (const { text, place } of readTexts(file, signal)) yield parseQuery(text, place);
}

/** The lines of a named stream of bytes. Blank lines count, but hold no query. */
export async function* textsOf(stream: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<QueryText> {
  for await (const { text, number } of readLines(stream, name)) {
    if (text.trim() !== "") yield { text, place: `${name}:${number}` };
  }
}

/** Texts in batches of about so many characters. An error comes after the last batch. */
export async function* inBatches(texts: AsyncIterable<QueryText>, characters: number): AsyncGenerator<QueryText[]> {
  let batch: QueryText[] = [];
  let size = 0;
  try {
    for await (const one of texts) {
      batch.push(one);
      size += one.text.length;
      if (size < characters) continue;
      yield batch;
      batch = [];
      size = 0;
    }
  } catch (error) {
    if (batch.length > 0) yield batch;
    throw error;
  }
  if (batch.length > 0) yield batch;
}

/** The first so many of the items. */
export async function* take<T>(items: AsyncIterable<T>, limit: number): AsyncGenerator<T> {
  let left = limit;
  for await (const item of items) {
    yield item;
    if (--left <= 0) return;
  }
}
