import { isAscii } from "node:buffer";
import { batchesOf, type Splitter } from "./batches.js";
import { Gathered } from "./gathered.js";

const NEWLINE = 0x0a;

/** A line of text and its number, from 1; or the text of something that begins on that line. */
export interface Line {
  readonly text: string;
  readonly number: number;
}

/**
 * The lines of a byte stream, many at a time, decoded as UTF-8, without a byte order mark at the start. Each line is decoded
 * by itself, so that an error names its line and comes after all lines before it.
 */
export function readLineBatches(stream: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Line[]> {
  return batchesOf(stream, new LineSplitter(name));
}

class LineSplitter implements Splitter<Uint8Array, Line> {
  readonly #name: string;
  readonly #begun = new Gathered("the line");
  #number = 1;

  constructor(name: string) {
    this.#name = name;
  }

  take(piece: Uint8Array, out: Line[]): void {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    const ascii = isAscii(chunk);
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      if (ascii && this.#begun.size === 0) out.push(this.#line(chunk.toString("latin1", start, end)));
      else {
        this.#begun.add(chunk.subarray(start, end), this.#place);
        out.push(this.#line(this.#begun.text(this.#place)));
      }
      start = end + 1;
    }
    if (start < chunk.length) this.#begun.add(chunk.subarray(start), this.#place);
  }

  end(out: Line[]): void {
    if (this.#begun.size > 0) out.push(this.#line(this.#begun.text(this.#place)));
  }

  get #place(): string {
    return `${this.#name}:${this.#number}`;
  }

  #line(text: string): Line {
    const first = this.#number === 1 && text.startsWith("\ufeff");
    return { text: first ? text.slice(1) : text, number: this.#number++ };
  }
}
