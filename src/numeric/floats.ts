/** Arrays of up to so many numbers are cut from a block of `BLOCK_LENGTH`. */
const MAX_SHARED_LENGTH = 512;
const BLOCK_LENGTH = 4096;

let block = new ArrayBuffer(0);
let used = 0;

/** Where in the block so many bytes are free; a new block where they are not. */
function reserve(bytes: number): number {
  if (used + bytes > block.byteLength) {
    block = new ArrayBuffer(8 * BLOCK_LENGTH);
    used = 0;
  }
  const from = used;
  used += (bytes + 7) & ~7;
  return from;
}

/**
 * A fresh array of zeros for numbers on the way to a result. A short one is cut from a block that it shares with others,
 * which costs a tenth of a block of its own: with a few answers, allocation would cost more than the arithmetic. Each
 * piece is given out once; the block goes when its last piece does, so that results, which stay, have their own arrays.
 */
export function floats(size: number): Float64Array {
  if (size > MAX_SHARED_LENGTH) return new Float64Array(size);
  const from = reserve(8 * size);
  return new Float64Array(block, from, size);
}

/** The same for whole numbers. */
export function integers(size: number): Int32Array {
  if (size > MAX_SHARED_LENGTH) return new Int32Array(size);
  const from = reserve(4 * size);
  return new Int32Array(block, from, size);
}

/**
 * Arrays that serve again: after `begin` the same ones are given out anew, so that a computation done a million times
 * allocates but once. What was given out before must no longer be read.
 */
export class Workspace {
  /** The short arrays by their size, and how many of each are given out. */
  readonly #shelves: { round: number; given: number; readonly arrays: Float64Array[] }[] = [];
  #round = 0;
  #table = floats(0);

  begin(): void {
    this.#round++;
  }

  /** An array of zeros. */
  floats(size: number): Float64Array {
    if (size > MAX_SHARED_LENGTH) return new Float64Array(size);
    this.#shelves[size] ??= { round: 0, given: 0, arrays: [] };
    const shelf = this.#shelves[size];
    if (shelf.round !== this.#round) {
      shelf.round = this.#round;
      shelf.given = 0;
    }
    const array = shelf.arrays[shelf.given++];
    if (array !== undefined) return array.fill(0);
    shelf.arrays.push(new Float64Array(size));
    return shelf.arrays[shelf.given - 1];
  }

  /** The one long array: of at least so many numbers, whatever they are. */
  table(size: number): Float64Array {
    if (this.#table.length < size) this.#table = new Float64Array(size);
    return this.#table;
  }
}
