import { twoProduct, twoSum } from "./doubleDouble.js";

/**
 * Tables of e^x and log x, made at import in a fraction of a millisecond by + − × ÷ and √ alone, and small enough to stay in
 * the first cache beside the numbers that stream through it.
 */

/** Cells of e^x: 2^(j/EXP_CELLS). */
export const EXP_CELLS = 512;
/** Cells of log x between 1 and 2. */
export const LOG_CELLS = 256;
export const LN2_HI: number = 0.6931471803691238; // 32 bits, so that k·LN2_HI is exact
export const LN2_LO = 1.9082149292705877e-10;

/** √(hi + lo) in double-double, by one Newton step. */
function squareRoot(hi: number, lo: number): { hi: number; lo: number } {
  const s = Math.sqrt(hi);
  const p = twoProduct(s, s);
  return twoSum(s, (hi - p.hi - p.lo + lo) / (2 * s));
}

/** 2^(j/EXP_CELLS) as hi·(1 + lo): the product of the roots 2^(1/2), 2^(1/4), … that j has bits for. */
function powersOfTwo(): [hi: Float64Array, lo: Float64Array] {
  const high = new Float64Array(EXP_CELLS).fill(1);
  const low = new Float64Array(EXP_CELLS);
  let root = { hi: 2, lo: 0 };
  for (let bit = EXP_CELLS / 2; bit >= 1; bit /= 2) {
    root = squareRoot(root.hi, root.lo);
    // Entries that end in this bit, from those that end before it.
    for (let j = bit; j < EXP_CELLS; j += 2 * bit) {
      const [hi, lo] = [high[j - bit], low[j - bit]];
      const p = twoProduct(hi, root.hi);
      const s = twoSum(p.hi, p.lo + hi * root.lo + lo * root.hi);
      high[j] = s.hi;
      low[j] = s.lo;
    }
  }
  for (let j = 0; j < EXP_CELLS; j++) low[j] /= high[j];
  return [high, low];
}

/** log(j/LOG_CELLS) as hi + lo, for j from LOG_CELLS/2 to 2·LOG_CELLS: to the left and to the right of log 1 = 0. */
function logarithms(): [hi: Float64Array, lo: Float64Array] {
  const high = new Float64Array(2 * LOG_CELLS);
  const low = new Float64Array(2 * LOG_CELLS);
  /** log(j + side) from log(j): the step is log((c + ½)/(c − ½)) = 2 atanh(1/(2c)), c between the two. */
  const step = (j: number, side: 1 | -1) => {
    const d = 2 * j + side;
    const z = 1 / d;
    const e = twoProduct(z, d);
    const zLow = (1 - e.hi - e.lo) / d;
    const tail = z * z * z * (1 / 3 + z * z * (1 / 5 + z * z * (1 / 7 + z * z * (1 / 9))));
    const s = twoSum(high[j], side * 2 * z);
    const t = twoSum(s.hi, s.lo + low[j] + side * 2 * (zLow + tail));
    high[j + side] = t.hi;
    low[j + side] = t.lo;
  };
  for (let j = LOG_CELLS; j < 2 * LOG_CELLS - 1; j++) step(j, 1);
  for (let j = LOG_CELLS; j > LOG_CELLS / 2; j--) step(j, -1);
  return [high, low];
}

const powers = powersOfTwo();
/** 2^(j/EXP_CELLS), and what it misses, relative to it. */
export const power: Float64Array = powers[0];
export const powerLow: Float64Array = powers[1];
const logarithm = logarithms();
/** log(j/LOG_CELLS), and what it misses. */
export const logs: Float64Array = logarithm[0];
export const logsLow: Float64Array = logarithm[1];
/** LOG_CELLS/j. */
export const inverse: Float64Array = new Float64Array(2 * LOG_CELLS);
for (let j = LOG_CELLS / 2; j < 2 * LOG_CELLS; j++) inverse[j] = LOG_CELLS / j;
/** 2^e at e + 1024, for e from −1024 to 1023. */
export const scale: Float64Array = new Float64Array(2048);
for (let e = 0, up = 1; e < 1024; e++, up *= 2) {
  scale[1024 + e] = up;
  scale[1024 - e] = 1 / up;
}
scale[0] = 2 ** -1024;

export const PER_CELL: number = EXP_CELLS / Math.LN2;
export const CELL_HI: number = LN2_HI / EXP_CELLS;
export const CELL_LO: number = LN2_LO / EXP_CELLS;
/** Adding and taking away 1.5·2^52 rounds to a whole number. */
export const ROUND = 6755399441055744;

/** Which of the two words of a double holds its sign, exponent and leading bits. */
export const HIGH: number = new Uint8Array(Float64Array.of(1).buffer)[7] === 0x3f ? 1 : 0;

/** The high word of 1. */
export const ONE = 0x3ff00000;
