import { fileError } from "./fileError.js";
import { InputError } from "./inputError.js";

/** A file without line ends must not fill the memory. */
const MAX_LINE_BYTES = 2 ** 26;
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
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let number = 1;
  // The pieces of the line that has begun.
  let pieces: Uint8Array[] = [];
  let size = 0;
  const take = (piece: Uint8Array) => {
    size += piece.length;
    if (size > MAX_LINE_BYTES)
      throw new InputError(`${name}:${number}: the line is longer than ${MAX_LINE_BYTES / 2 ** 20} MiB`);
    pieces.push(piece);
  };
  const line = (): Line => {
    let text: string;
    try {
      text = decoder.decode(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces));
    } catch {
      throw new InputError(`${name}:${number}: the line is not UTF-8`);
    }
    pieces = [];
    size = 0;
    if (number === 1 && text.startsWith("\ufeff")) text = text.slice(1);
    return { text, number: number++ };
  };
  for await (const chunk of reading(stream, name)) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, end));
      yield line();
      start = end + 1;
    }
    if (start < chunk.length) take(chunk.subarray(start));
  }
  if (size > 0) yield line();
}

/** The stream, with its name in its errors. */
async function* reading(stream: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    throw fileError(name, error);
  }
}
