import { isAscii } from "node:buffer";
import { InputError } from "./inputError.js";

/** A text without an end must not fill the memory. */
const MAX_BYTES = 2 ** 26;

/** The text of a line, or of another part of a file, gathered from the pieces in which its bytes come. */
export class Gathered {
  readonly #what: string;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #pieces: Uint8Array[] = [];
  #size = 0;

  /** `what` names the part in errors: "the line". */
  constructor(what: string) {
    this.#what = what;
  }

  /** The bytes gathered so far. */
  get size(): number {
    return this.#size;
  }

  add(piece: Uint8Array, place: string): void {
    this.#size += piece.length;
    if (this.#size > MAX_BYTES)
      throw new InputError(`${place}: ${this.#what} is longer than ${MAX_BYTES / 2 ** 20} MiB`);
    this.#pieces.push(piece);
  }

  /** The text of the pieces, which are forgotten. */
  text(place: string): string {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#size = 0;
    // Bytes of ASCII need no decoder, which takes longer than the copy.
    if (isAscii(bytes)) return bytes.toString("latin1");
    try {
      return this.#decoder.decode(bytes);
    } catch {
      throw new InputError(`${place}: ${this.#what} is not UTF-8`);
    }
  }
}
