import { InputError } from "../inputError.js";
import { inCommand } from "./refused.js";

/** A part of Zstandard data that lies in one frame, and whether the frame ends with it. */
export interface FramePart {
  readonly part: Uint8Array;
  readonly ends: boolean;
  /** The checksum of the frame's content that ends with the part, where there is one. */
  readonly checksum?: number | undefined;
}

/** What the zstd command takes without being asked, too. */
const MAX_WINDOW = 2 ** 27;

/** What is wanted of the bytes that follow: some to look at, or some that do not matter; or the frame has ended. */
type Wish = { readonly look: number } | { readonly skip: number } | { readonly checksum: number | undefined };

/** Splits Zstandard data (RFC 8878) where its frames end; what is no such data, somewhere. */
export class FrameSplitter {
  readonly #reader: Generator<Wish, never, Buffer>;
  #wish: Wish;
  /** The bytes that were looked at for the wish, and the number that were passed for it. */
  readonly #seen = Buffer.alloc(16);
  #passed = 0;

  /** `name` is the file's in errors. */
  constructor(name: string) {
    this.#reader = frames(name);
    this.#wish = this.#reader.next().value;
  }

  *split(piece: Uint8Array): Generator<FramePart> {
    let start = 0;
    for (let at = 0; at < piece.length; ) {
      const wanted = "look" in this.#wish ? this.#wish.look : "skip" in this.#wish ? this.#wish.skip : 0;
      const size = Math.min(wanted - this.#passed, piece.length - at);
      if ("look" in this.#wish) this.#seen.set(piece.subarray(at, at + size), this.#passed);
      this.#passed += size;
      at += size;
      if (this.#passed < wanted) break;
      this.#wish = this.#reader.next(this.#seen).value;
      this.#passed = 0;
      if (!("checksum" in this.#wish)) continue;
      yield { part: piece.subarray(start, at), ends: true, checksum: this.#wish.checksum };
      start = at;
      this.#wish = this.#reader.next(this.#seen).value;
    }
    yield { part: piece.subarray(start), ends: false };
  }
}

const SKIPPABLE = 0x184d2a5;

/** Reads frame after frame. */
function* frames(name: string): Generator<Wish, never, Buffer> {
  for (;;) {
    const seen = yield { look: 5 };
    const descriptor = seen[4];
    if (seen.readUInt32LE() >>> 4 === SKIPPABLE) {
      const rest = (yield { look: 3 }).readUIntLE(0, 3);
      yield { skip: descriptor + 256 * rest };
      continue;
    }
    const size = headerSize(descriptor);
    if (windowSize(yield { look: size }, descriptor, size) > MAX_WINDOW) {
      const convert = `zstd -dc --long=31 ${inCommand(name)} > out.jsonl`;
      throw new InputError(`${name}: its Zstandard data need a window of more than 128 MiB; convert it: ${convert}`);
    }
    for (let isLast = false; !isLast; ) {
      const header = (yield { look: 3 }).readUIntLE(0, 3);
      isLast = header % 2 === 1;
      // A block of one byte that is repeated has the number of times in place of its size.
      const isRepeated = ((header >> 1) & 3) === 1;
      yield { skip: isRepeated ? 1 : header >> 3 };
    }
    const hasChecksum = (descriptor & 4) !== 0;
    yield { checksum: hasChecksum ? (yield { look: 4 }).readUInt32LE() : undefined };
  }
}

/** The bytes of a frame's header after its descriptor: of the window, the dictionary and the size of the content. */
function headerSize(descriptor: number): number {
  const dictionary = [0, 1, 2, 4][descriptor & 3];
  return 1 - isSingle(descriptor) + dictionary + contentBytes(descriptor);
}

/** The bytes of the past that a frame refers to: those of a window, or all of its content. */
function windowSize(header: Buffer, descriptor: number, size: number): number {
  if (!isSingle(descriptor)) return 2 ** (10 + (header[0] >> 3)) * (1 + (header[0] & 7) / 8);
  const bytes = contentBytes(descriptor);
  return bytes === 8 ? Number(header.readBigUInt64LE(size - 8)) : header.readUIntLE(size - bytes, bytes);
}

/** 1 where the content is the window. */
const isSingle = (descriptor: number) => (descriptor >> 5) & 1;
const contentBytes = (descriptor: number) => (descriptor >> 6 === 0 ? isSingle(descriptor) : 2 ** (descriptor >> 6));
