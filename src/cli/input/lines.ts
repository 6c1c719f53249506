import { isAscii } from "node:buffer";
import { fileError } from "./fileError.js";
import { Gathered } from "./gathered.js";

const NEWLINE = 0x0a;

/** A line of text and its number, from 1. */
export interface Line {
  readonly text: string;
  readonly number: number;
}

/**
 * The lines of a byte stream, decoded as UTF-8, without a byte order mark at the start. Each line is decoded by itself, so
 * that an error names its line and comes after all lines before it.
 */
export async function* readLines(stream: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Line> {
  for await (const lines of readLineBatches(reading(stream, name), name)) yield* lines;
}

/** The stream, with its name in its errors. */
async function* reading(stream: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    throw fileError(name, error);
  }
}

/** The same lines, those that end in one piece of the stream together: a step of a stream costs more than most lines. */
export async function* readLineBatches(stream: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Line[]> {
  const begun = new Gathered("the line");
  let number = 1;
  const line = (text: string): Line => {
    const whole = number === 1 && text.startsWith("\ufeff") ? text.slice(1) : text;
    return { text: whole, number: number++ };
  };
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const ascii = isAscii(bytes);
    const lines: Line[] = [];
    let refused: unknown;
    try {
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
        if (ascii && begun.size === 0) lines.push(line(bytes.toString("latin1", start, end)));
        else {
          const place = `${name}:${number}`;
          begun.add(bytes.subarray(start, end), place);
          lines.push(line(begun.text(place)));
        }
        start = end + 1;
      }
      if (start < bytes.length) begun.add(bytes.subarray(start), `${name}:${number}`);
    } catch (error) {
      refused = error;
    }
    if (lines.length > 0) yield lines;
    if (refused !== undefined) throw refused;
  }
  if (begun.size > 0) yield [line(begun.text(`${name}:${number}`))];
}
