import { parseJson } from "../jsonText.js";
import { readLineBatches } from "../lines.js";
import type { Contents, QueryText, Reader, Row } from "./container.js";

/** JSON Lines: a record a line. Blank lines count, but hold no record. */
export function jsonLines(contents: Contents, name: string): Reader {
  return {
    kind: "JSON Lines",
    async *texts(signal?: AbortSignal): AsyncGenerator<QueryText> {
      for await (const lines of readLineBatches(contents(signal), name))
        for (const { text, number } of lines) if (text.trim() !== "") yield { text, place: `${name}:${number}` };
    },
    async *rows(signal?: AbortSignal): AsyncGenerator<Row> {
      for await (const lines of readLineBatches(contents(signal), name)) {
        for (const { text, number } of lines) {
          if (text.trim() === "") continue;
          const place = `${name}:${number}`;
          yield { record: parseJson(text, place, "the line"), place };
        }
      }
    },
  };
}
