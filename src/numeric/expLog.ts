import { type DoubleDouble, productError, twoProduct, twoSum } from "./doubleDouble.js";
import { SMALLEST_NORMAL } from "./float64.js";
import { sum as sumOf } from "./sum.js";

/**
 * exp and log by table, from + − × ÷ and √ alone: the same bits in every engine, and errors of about one unit in the
 * last place. The tables are made at import, and fit into the first cache. In a loop e^x takes 3.0 ns and Math.exp 9.3,
 * log x 6.2 ns and Math.log 7.8. Tables and constants stay in this file, and only functions are exported: a loop that reads
 * exported tables takes twice as long in modules that are not bundled (Node 20.20.2, AMD EPYC, 29 November 2026).
 */

/** Cells of e^x: 2^(j/EXP_CELLS). */
const EXP_CELLS = 512;
/** Cells of log x between 1 and 2. */
const LOG_CELLS = 256;
const LN2_HI = 0.6931471803691238; // 32 bits, so that k·LN2_HI is exact
const LN2_LO = 1.9082149292705877e-10;

/** √(hi + lo) in double-double, by one Newton step. */
function squareRoot(hi: number, lo: number): { hi: number; lo: number } {
  const s = Math.sqrt(hi);
  const p = twoProduct(s, s);
  return twoSum(s, (hi - p.hi - p.lo + lo) / (2 * s));
}

/** 2^(j/EXP_CELLS) as hi·(1 + lo): the product of the roots 2^(1/2), 2^(1/4), … for the bits of j. */
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
const power = powers[0];
const powerLow: Float64Array = powers[1];
const logarithm = logarithms();
/** log(j/LOG_CELLS), and what it misses. */
const logs = logarithm[0];
const logsLow = logarithm[1];
/** LOG_CELLS/j. */
const inverse = new Float64Array(2 * LOG_CELLS);
for (let j = LOG_CELLS / 2; j < 2 * LOG_CELLS; j++) inverse[j] = LOG_CELLS / j;
/** 2^e at e + 1024, for e from −1024 to 1023. */
const scale = new Float64Array(2048);
for (let e = 0, up = 1; e < 1024; e++, up *= 2) {
  scale[1024 + e] = up;
  scale[1024 - e] = 1 / up;
}
scale[0] = 2 ** -1024;

const CELLS_PER_NAT = EXP_CELLS / Math.LN2;
const CELL_NATS = LN2_HI / EXP_CELLS;
const CELL_NATS_LOW = LN2_LO / EXP_CELLS;
/** Adding and taking away 1.5·2^52 rounds to a whole number. */
const ROUNDER = 6755399441055744;

/** Which of the two words of a double holds its sign, exponent and leading bits. */
const HIGH_WORD = new Uint8Array(Float64Array.of(1).buffer)[7] === 0x3f ? 1 : 0;

/** The high word of 1. */
const HIGH_WORD_OF_ONE = 0x3ff00000;

/** e^r − 1 for |r| ≤ 6.8e−4, with the rounding error of power[j] added: the next term of the series is 1.2e−18. */
function expRest(r: number, j: number): number {
  return r + (r * r * (0.5 + r * (1 / 6 + r * (1 / 24))) + powerLow[j]);
}

/** e^x for x in [−700, 700]: no check is made, and beyond that range `exp` is the one to call. */
export function expNormal(x: number): number {
  const k = x * CELLS_PER_NAT + ROUNDER - ROUNDER;
  const n = k | 0;
  const j = n & (EXP_CELLS - 1);
  const v = power[j];
  return (v + v * expRest(x - k * CELL_NATS - k * CELL_NATS_LOW, j)) * scale[((n >> 9) + 1024) & 2047];
}

/** w·e^x for x in [−700, 700], with fewer steps that wait for each other than w·expNormal(x), and other last digits. */
function weightedExp(w: number, x: number): number {
  const k = x * CELLS_PER_NAT + ROUNDER - ROUNDER;
  const r = x - k * CELL_NATS - k * CELL_NATS_LOW;
  const n = k | 0;
  const j = n & (EXP_CELLS - 1);
  const v = w * power[j] * scale[((n >> 9) + 1024) & 2047];
  const square = r * r;
  return v + v * (r + square * (0.5 + r * (1 / 6)) + (square * square * (1 / 24) + powerLow[j]));
}

/** e^x. */
export function exp(x: number): number {
  if (x > -700 && x < 700) return expNormal(x);
  if (!(x < 709.79)) return x > 0 ? Infinity : Number.NaN;
  if (x < -745.2) return 0;
  // The power of two comes in two steps, so that only the last may over- or underflow.
  const n = Math.round(x * CELLS_PER_NAT);
  const j = n & (EXP_CELLS - 1);
  const v = power[j] + power[j] * expRest(x - n * CELL_NATS - n * CELL_NATS_LOW, j);
  const e = n >> 9;
  return x > 0 ? v * scale[1023 + e] * 2 : v * scale[1124 + e] * 2 ** -100;
}

/** e^x − 1, accurate near 0. */
export function expm1(x: number): number {
  if (x > -0.02 && x < 0.02) {
    const series = 1 / 6 + x * (1 / 24 + x * (1 / 120 + x * (1 / 720 + x * (1 / 5040))));
    return x + x * x * (0.5 + x * series);
  }
  if (!(x > -40 && x < 700)) return x <= -40 ? -1 : exp(x);
  const k = x * CELLS_PER_NAT + ROUNDER - ROUNDER;
  const n = k | 0;
  const j = n & (EXP_CELLS - 1);
  const v = power[j] * scale[((n >> 9) + 1024) & 2047];
  const d = v - 1;
  const left = v > 1 ? v - d - 1 : v - (d + 1);
  return d + (left + v * expRest(x - k * CELL_NATS - k * CELL_NATS_LOW, j));
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** The word of a double that holds its sign, exponent and leading bits. */
export function highWord(x: number): number {
  double[0] = x;
  return words[HIGH_WORD];
}

/** log(1 + r) + low for |r| ≤ 1/256, with the error of the logarithm of cell j added. */
function logRest(j: number, r: number, low: number): number {
  return r + (r * r * (-0.5 + r * (1 / 3 + r * (-0.25 + r * (0.2 - r * (1 / 6))))) + (logsLow[j] + low));
}

/** log x for a normal positive double: no check is made, and for all else `log` is the one to call. */
export function logNormal(x: number): number {
  return logScaled(x, highWord(x), HIGH_WORD_OF_ONE);
}

/**
 * log x for x = a/b normal and positive, given the high words of a and b: their difference, in units of 2^−20, is log₂
 * x to 0.09, and gives the exponent of x.
 */
export function logScaled(x: number, highA: number, highB: number): number {
  const e = (highA - highB + 0x80000) >> 20;
  // In [0.66, 1.51]: around 1 the cell boundary is 1 and e = 0, so that log x keeps its digits on both sides.
  const m = x * scale[(1024 - e) & 2047];
  const k = m * LOG_CELLS + ROUNDER - ROUNDER;
  const j = k & (2 * LOG_CELLS - 1);
  return e * LN2_HI + logs[j] + logRest(j, (m - k * (1 / LOG_CELLS)) * inverse[j], e * LN2_LO);
}

/** log(u + low), away from 1, for a normal u and its rounding error: log u with its largest rounding corrected. */
export function logOfSum(u: number, low: number): number {
  const e = (highWord(u) - HIGH_WORD_OF_ONE + 0x80000) >> 20;
  const s = scale[(1024 - e) & 2047];
  const m = u * s;
  const k = m * LOG_CELLS + ROUNDER - ROUNDER;
  const j = k & (2 * LOG_CELLS - 1);
  const a = e * LN2_HI;
  const b = a + logs[j];
  return b + logRest(j, (m - k * (1 / LOG_CELLS) + low * s) * inverse[j], a - b + logs[j] + e * LN2_LO);
}

/** (x·2^shift)^y for normal x, by log x in double-double. */
export function powerOf(x: number, y: number, shift: number): number {
  const e = (highWord(x) - HIGH_WORD_OF_ONE + 0x80000) >> 20;
  const m = x * scale[(1024 - e) & 2047];
  const k = m * LOG_CELLS + ROUNDER - ROUNDER;
  const j = k & (2 * LOG_CELLS - 1);
  const c = k * (1 / LOG_CELLS);
  const d = m - c;
  // log(1 + d/c), c the middle of the cell: its first two terms in double-double.
  const r = d * inverse[j];
  const back = r * c;
  const rest = (d - back - productError(r, c, back)) * inverse[j];
  const square = r * r;
  const s = twoSum((e + shift) * LN2_HI, logs[j]);
  const t = twoSum(s.hi, r);
  const q = twoSum(t.hi, -square / 2);
  const series = 1 / 3 + r * (-0.25 + r * (0.2 + r * (-1 / 6 + r * (1 / 7 - r * (1 / 8)))));
  const cubic = r * square * series + rest - r * rest;
  const tail = q.lo + (t.lo + s.lo + (cubic - productError(r, r, square) / 2 + (logsLow[j] + (e + shift) * LN2_LO)));
  const high = q.hi + tail;
  const product = y * high;
  const value = exp(product);
  // A power outside the range of doubles needs no correction, and that of x = 1 none.
  if (!(value > 0 && value < Infinity) || high === 0) return value;
  return value + value * (productError(y, high, product) + y * (tail - (high - q.hi)));
}

/** The high words of the entries of an array stand at every second place of this one, from the first. */
export function highWords(values: Float64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset + 4 * HIGH_WORD, 2 * values.length - 1);
}

/** log(values[i]·2^−exponent) of each of some non-negative values, the exponent between −500 and 500; −∞ at 0. */
export function logsScaled(values: Float64Array, exponent: number): Float64Array {
  const out = new Float64Array(values.length);
  const high = highWords(values);
  const factor = 2 ** -exponent;
  const one = HIGH_WORD_OF_ONE + exponent * 2 ** 20;
  for (let i = 0; i < out.length; i++) {
    const v = values[i];
    const x = v * factor;
    if (v >= SMALLEST_NORMAL && x >= SMALLEST_NORMAL) out[i] = logScaled(x, high[2 * i], one);
    else if (v >= SMALLEST_NORMAL) out[i] = logNormal(v) - exponent * Math.LN2;
    else out[i] = v > 0 ? logNormal(v * 2 ** 54) - (exponent + 54) * Math.LN2 : -Infinity;
  }
  return out;
}

/**
 * Exponentials of whole arrays, two entries at a time, so that neither waits for what the other is made of.
 *
 * Time for an entry of 100, 1,000 and 20,000, in ns, against a plain loop over `expNormal`: `expWeighted` 4.8, 4.6, 4.5
 * against 5.6, 5.4, 5.4; `expOfMultiples` 3.2, 3.1, 3.1 against 3.7, 3.6, 3.7. (Node 20.20.2, AMD EPYC of family 25,
 * best of 60 alternating runs, 29 November 2026; the benchmark that shows it is `tilt`.)
 */

/** out[to + j] = e^{values[from + j]·factor} for j from 0 to count − 1, the exponents in [−700, 700]. */
export function expOfMultiples(
  out: Float64Array,
  to: number,
  values: Float64Array,
  from: number,
  count: number,
  factor: number,
): void {
  let i = 0;
  for (; i + 1 < count; i += 2) {
    const a = weightedExp(1, values[from + i] * factor);
    const b = weightedExp(1, values[from + i + 1] * factor);
    out[to + i] = a;
    out[to + i + 1] = b;
  }
  if (i < count) out[to + i] = weightedExp(1, values[from + i] * factor);
}

/**
 * out[i] = weight[i]·e^{(score[i] − top)/β}, and 0 where the weight is 0, whatever the score. The other exponents must
 * lie in [−700, 700]; `bound` is at least as large as every entry of `out`. All entries are NaN where β or 1/β is above
 * some 2^997, as the error of 1/β overflows there.
 *
 * @returns the sum of `out`, compensated
 */
export function expWeighted(
  out: Float64Array,
  weight: Float64Array,
  score: Float64Array,
  top: number,
  beta: number,
  bound: number,
): DoubleDouble {
  const inverse = 1 / beta;
  const p = twoProduct(inverse, beta);
  const inverseLow = (1 - p.hi - p.lo) * inverse;
  // Begun at the bound, the running sum is never below an entry, and its rounding error is exact in three operations.
  let hi = bound;
  let lo = 0;
  let i = 0;
  for (; i + 1 < out.length; i += 2) {
    const d = score[i] - top;
    const e = score[i + 1] - top;
    const a = weightedExp(weight[i], d * inverse + d * inverseLow);
    const b = weightedExp(weight[i + 1], e * inverse + e * inverseLow);
    out[i] = a;
    out[i + 1] = b;
    const s = hi + a;
    lo += a - (s - hi);
    hi = s + b;
    lo += b - (hi - s);
  }
  // Some weight of 0 has a score of −∞, or one so large that 0 times its power is NaN: all entries again, one by one.
  if (Number.isNaN(hi)) {
    i = 0;
    hi = bound;
    lo = 0;
  }
  for (; i < out.length; i++) {
    const d = score[i] - top;
    const y = weight[i] === 0 ? 0 : weightedExp(weight[i], d * inverse + d * inverseLow);
    out[i] = y;
    const s = hi + y;
    lo += y - (s - hi);
    hi = s;
  }
  const total = hi - bound + lo;
  // Far below the bound the errors of second order count.
  return total > 1e-6 * bound ? twoSum(hi - bound, lo) : sumOf(out);
}
