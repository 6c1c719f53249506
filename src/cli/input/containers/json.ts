import { batchesOf, type Splitter } from "../batches.js";
import { Gathered } from "../gathered.js";
import { InputError } from "../inputError.js";
import { parseJson } from "../jsonText.js";
import type { Line } from "../lines.js";
import type { Contents, Reader, Row } from "./container.js";

/** JSON: an array of records, however its lines are broken, or objects of several lines one after the other. */
export function json(contents: Contents, name: string, isArray: boolean): Reader {
  return {
    kind: "JSON",
    async *rows(signal?: AbortSignal): AsyncGenerator<Row> {
      let [count, last] = [0, 0];
      for await (const values of batchesOf(contents(signal), new ValueSplitter(name, isArray))) {
        for (const { text, number } of values) {
          count++;
          // A line with many values does not tell which of them it is.
          const place = `${name}:${number}${number === last ? `: ${isArray ? "element" : "object"} ${count}` : ""}`;
          yield { record: parseJson(text, place, "the value"), place };
          last = number;
        }
      }
    },
  };
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_SQUARE = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_SQUARE = 0x5d;
const OPEN_CURLY = 0x7b;
const CLOSE_CURLY = 0x7d;

/**
 * The texts of the elements of an array, or of objects in a row, each with the line on which it begins. It sees brackets,
 * commas and strings only: what is no JSON between them is left to the parser.
 */
class ValueSplitter implements Splitter<Uint8Array, Line> {
  readonly #name: string;
  readonly #isArray: boolean;
  readonly #value: Gathered;
  #line = 1;
  #depth = 0;
  #quoted = false;
  #escaped = false;
  /** Values that have ended. */
  #count = 0;
  /** Whether the array has ended. */
  #closed = false;
  /** The line of the value's first character, once it has one. */
  #begun: number | undefined;

  constructor(name: string, isArray: boolean) {
    this.#name = name;
    this.#isArray = isArray;
    this.#value = new Gathered("the value");
  }

  take(chunk: Uint8Array, out: Line[]): void {
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (byte === NEWLINE) this.#line++;
      if (this.#quoted) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#quoted = false;
        continue;
      }
      if (byte <= 0x20) continue;
      const depth = this.#depth;
      if (byte === OPEN_SQUARE || byte === OPEN_CURLY) this.#depth++;
      else if (byte === CLOSE_SQUARE || (byte === CLOSE_CURLY && depth > Number(this.#isArray))) this.#depth--;
      else if (byte === QUOTE) this.#quoted = true;

      if (this.#closed) throw this.#refused("something follows the end of the array");
      if (this.#isArray && depth === 0) {
        // The array's own bracket, after a byte order mark if there is one.
        start = i + 1;
        continue;
      }
      const closes = this.#isArray && this.#depth === 0;
      const ends = this.#isArray ? closes || (depth === 1 && byte === COMMA) : depth > 0 && this.#depth === 0;
      if (!ends || !this.#isArray) this.#begun ??= this.#line;
      if (!ends) continue;
      this.#value.add(chunk.subarray(start, this.#isArray ? i : i + 1), this.#place);
      start = i + 1;
      this.#closed = closes;
      this.#end(out);
    }
    if (this.#begun !== undefined) this.#value.add(chunk.subarray(start), this.#place);
  }

  end(): void {
    const open = this.#isArray
      ? !this.#closed && "the array"
      : this.#begun !== undefined && "the object that begins here";
    if (open) throw this.#refused(`${open} does not end: it is cut off, or its brackets do not match`);
  }

  /** A value has ended. Before the bracket of an empty array there is none. */
  #end(out: Line[]): void {
    const text = this.#value.text(this.#place).replace(/^\ufeff/, "");
    const number = this.#begun ?? this.#line;
    if (this.#begun !== undefined || !this.#closed || this.#count > 0) out.push({ text, number });
    this.#count++;
    this.#begun = undefined;
  }

  get #place(): string {
    return `${this.#name}:${this.#begun ?? this.#line}`;
  }

  #refused(what: string): InputError {
    return new InputError(`${this.#place}: ${what}`);
  }
}
