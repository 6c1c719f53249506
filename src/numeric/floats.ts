/** Arrays of up to so many numbers are cut from a block of `BLOCK`. */
const SHORT = 512;
const BLOCK = 4096;

let block = new ArrayBuffer(0);
let used = 0;

/**
 * A fresh array of zeros for numbers on the way to a result. A short one is cut from a block that it shares with others,
 * which costs a tenth of a block of its own: with a few answers, allocation would cost more than the arithmetic. Each
 * piece is given out once; the block goes when its last piece does, so that results, which stay, have their own arrays.
 */
export function floats(size: number): Float64Array {
  if (size > SHORT) return new Float64Array(size);
  if (used + 8 * size > block.byteLength) {
    block = new ArrayBuffer(8 * BLOCK);
    used = 0;
  }
  const piece = new Float64Array(block, used, size);
  used += 8 * size;
  return piece;
}
