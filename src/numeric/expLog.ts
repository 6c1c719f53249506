import { twoProduct, twoSum } from "./doubleDouble.js";
import { SMALLEST_NORMAL } from "./float64.js";

/**
 * exp and log by table, from + − × ÷ and √ alone: the same bits in every engine, an error below one unit in the last place,
 * and a third of the time of Math.exp and Math.log. The tables take a fraction of a millisecond at import, and fit into the
 * first cache. Tables and kernels share a file: across files V8 reads an import anew at each use, which doubles the time
 * of a loop (Node 20.20, AMD EPYC, November 2026).
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
const powerLow: Float64Array = powers[1];
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

/** e^r − 1 for |r| ≤ 6.8e−4, with the rounding error of power[j] added: the next term of the series is 1.2e−18. */
export function expRest(r: number, j: number): number {
  return r + (r * r * (0.5 + r * (1 / 6 + r * (1 / 24))) + powerLow[j]);
}

/** e^x for x in [−700, 700]: no check is made, and beyond that range `exp` is the one to call. */
export function expNormal(x: number): number {
  const k = x * PER_CELL + ROUND - ROUND;
  const n = k | 0;
  const j = n & (EXP_CELLS - 1);
  const v = power[j];
  return (v + v * expRest(x - k * CELL_HI - k * CELL_LO, j)) * scale[((n >> 9) + 1024) & 2047];
}

/** w·e^x for x in [−700, 700], with fewer steps that wait for each other than w·expNormal(x), and other last digits. */
export function weightedExp(w: number, x: number): number {
  const k = x * PER_CELL + ROUND - ROUND;
  const r = x - k * CELL_HI - k * CELL_LO;
  const n = k | 0;
  const j = n & (EXP_CELLS - 1);
  const v = w * power[j] * scale[((n >> 9) + 1024) & 2047];
  const square = r * r;
  return v + v * (r + square * (0.5 + r * (1 / 6)) + (square * square * (1 / 24) + powerLow[j]));
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** log(1 + r) + low for |r| ≤ 1/256, with the error of the logarithm of cell j added. */
function logRest(j: number, r: number, low: number): number {
  return r + (r * r * (-0.5 + r * (1 / 3 + r * (-0.25 + r * (0.2 - r * (1 / 6))))) + (logsLow[j] + low));
}

/** log x for a normal positive double: no check is made, and for all else `log` is the one to call. */
export function logNormal(x: number): number {
  double[0] = x;
  return logScaled(x, words[HIGH], ONE);
}

/**
 * log x for x = a/b normal and positive, given the high words of a and b, whose difference is log₂ x to 0.09, in units of
 * 2^−20: so near that no exponent needs be read off x itself.
 */
export function logScaled(x: number, highA: number, highB: number): number {
  const e = (highA - highB + 0x80000) >> 20;
  // In [0.66, 1.51]: around 1 the cell boundary is 1 and e = 0, so that log x keeps its digits on both sides.
  const m = x * scale[(1024 - e) & 2047];
  const k = m * LOG_CELLS + ROUND - ROUND;
  const j = k & (2 * LOG_CELLS - 1);
  return e * LN2_HI + logs[j] + logRest(j, (m - k * (1 / LOG_CELLS)) * inverse[j], e * LN2_LO);
}

/** log(u + low), away from 1, for a normal u and its rounding error `low`: log u with the largest rounding corrected. */
export function logOfSum(u: number, low: number): number {
  double[0] = u;
  const e = (words[HIGH] - ONE + 0x80000) >> 20;
  const s = scale[(1024 - e) & 2047];
  const m = u * s;
  const k = m * LOG_CELLS + ROUND - ROUND;
  const j = k & (2 * LOG_CELLS - 1);
  const a = e * LN2_HI;
  const b = a + logs[j];
  return b + logRest(j, (m - k * (1 / LOG_CELLS) + low * s) * inverse[j], a - b + logs[j] + e * LN2_LO);
}

/** The high words of the entries of an array stand at every second place of this one, from the first. */
export function highWords(values: Float64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset + 4 * HIGH, 2 * values.length - 1);
}

/** log(values[i]·2^−exponent) of each of some non-negative values, the exponent between −500 and 500; −∞ at 0. */
export function logsScaled(values: Float64Array, exponent: number): Float64Array {
  const out = new Float64Array(values.length);
  const high = highWords(values);
  const factor = 2 ** -exponent;
  const one = ONE + exponent * 2 ** 20;
  for (let i = 0; i < out.length; i++) {
    const v = values[i];
    const x = v * factor;
    if (v >= SMALLEST_NORMAL && x >= SMALLEST_NORMAL) out[i] = logScaled(x, high[2 * i], one);
    else if (v >= SMALLEST_NORMAL) out[i] = logNormal(v) - exponent * Math.LN2;
    else out[i] = v > 0 ? logNormal(v * 2 ** 54) - (exponent + 54) * Math.LN2 : -Infinity;
  }
  return out;
}
