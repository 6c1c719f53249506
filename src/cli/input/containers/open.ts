import { createReadStream } from "node:fs";
import { addAbortSignal } from "node:stream";
import { fileURLToPath } from "node:url";
import { parseJson } from "../jsonText.js";
import { readLines } from "../lines.js";
import type { Container, QueryText } from "./container.js";

/** The data set that the package carries. */
export const EMBEDDED: string = fileURLToPath(
  new URL("../../../../src/data/humaneval-codegen16b.jsonl", import.meta.url),
);

// A stand-in: JSON Lines alone.
export async function openContainer(
  file: string | undefined,
  _settings: { readonly again: boolean; readonly say: (line: string) => void; readonly signal?: AbortSignal },
): Promise<Container> {
  const name = file === undefined ? "embedded data set" : file === "-" ? "standard input" : file;
  async function* texts(signal?: AbortSignal): AsyncGenerator<QueryText> {
    const stream = file === "-" ? process.stdin : createReadStream(file ?? EMBEDDED);
    if (signal !== undefined) addAbortSignal(signal, stream);
    try {
      yield* textsOf(stream, name);
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  }
  return {
    kind: "JSON Lines",
    name,
    texts,
    async *rows(signal) {
      for await (const { text, place } of texts(signal)) yield { record: parseJson(text, place, "the line"), place };
    },
    size: undefined,
    position: 0,
    close: async () => {},
  };
}

/** The lines of a named stream of bytes. Blank lines count, but hold no query. */
export async function* textsOf(stream: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<QueryText> {
  for await (const { text, number } of readLines(stream, name)) {
    if (text.trim() !== "") yield { text, place: `${name}:${number}` };
  }
}
