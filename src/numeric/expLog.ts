import { type DoubleDouble, twoProduct, twoSum } from "./doubleDouble.js";
import {
  CELL_HI,
  CELL_LO,
  EXP_CELLS,
  HIGH,
  inverse,
  LN2_HI,
  LN2_LO,
  LOG_CELLS,
  logs,
  logsLow,
  ONE,
  PER_CELL,
  power,
  powerLow,
  ROUND,
  scale,
} from "./expLogTables.js";
import { SMALLEST_NORMAL } from "./float64.js";
import { sum as sumOf } from "./sum.js";

/**
 * exp and log by table: a third of the time of Math.exp and Math.log in the engines at hand, with an error below one unit
 * in the last place, and the same bits in every engine, since only + − × ÷ are used. The tables are small enough to be
 * made at import in a fraction of a millisecond and to stay in the first cache beside the numbers that stream through it.
 */

/** e^x for x in [−700, 700]: no check is made, and beyond that range `exp` is the one to call. */
export function expNormal(x: number): number {
  const k = x * PER_CELL + ROUND - ROUND;
  const r = x - k * CELL_HI - k * CELL_LO;
  const n = k | 0;
  const j = n & (EXP_CELLS - 1);
  const v = power[j];
  // |r| ≤ 6.8e−4: the next term is 1.2e−18.
  return (v + v * (r + (r * r * (0.5 + r * (1 / 6 + r * (1 / 24))) + powerLow[j]))) * scale[((n >> 9) + 1024) & 2047];
}

/** Constants that a loop keeps in registers: written into it, the engine would load each of them anew for every entry. */
const HELD: Float64Array = Float64Array.of(PER_CELL, CELL_HI, CELL_LO, ROUND, 0.5, 1 / 6, 1 / 24);

/** out[to + j] = e^{values[from + j]·factor} for j from 0 to count − 1, the exponents in [−700, 700]. */
export function expOfMultiples(
  out: Float64Array,
  to: number,
  values: Float64Array,
  from: number,
  count: number,
  factor: number,
): void {
  const perCell = HELD[0];
  const cellHi = HELD[1];
  const cellLo = HELD[2];
  const round = HELD[3];
  const c2 = HELD[4];
  const c3 = HELD[5];
  const c4 = HELD[6];
  // Read once: a name of another module is looked up at each use.
  const cell = power;
  const cellLow = powerLow;
  const powers = scale;
  const mask = EXP_CELLS - 1;
  for (let i = 0; i < count; i++) {
    const x = values[from + i] * factor;
    const k = x * perCell + round - round;
    const r = x - k * cellHi - k * cellLo;
    const n = k | 0;
    const j = n & mask;
    const v = cell[j] * powers[((n >> 9) + 1024) & 2047];
    const square = r * r;
    out[to + i] = v + v * (r + square * (c2 + r * c3) + (square * square * c4 + cellLow[j]));
  }
}

/**
 * out[i] = weight[i]·e^{(score[i] − top)/β}, and 0 where the weight is, whatever the score. The exponents of the others
 * must lie in [−700, 700]; `bound` is at least as large as every entry of `out`. Where β or 1/β is so large that the error
 * of the latter cannot be had, about 2^997, all is NaN.
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
  const perCell = HELD[0];
  const cellHi = HELD[1];
  const cellLo = HELD[2];
  const round = HELD[3];
  const c2 = HELD[4];
  const c3 = HELD[5];
  const c4 = HELD[6];
  // Read once: a name of another module is looked up at each use.
  const cell = power;
  const cellLow = powerLow;
  const powers = scale;
  const mask = EXP_CELLS - 1;
  // Begun at the bound, the running sum is never below an entry, and its rounding error is exact in three operations.
  let hi = bound;
  let lo = 0;
  let i = 0;
  // Two entries at a time, so that neither waits for what the other is made of.
  for (; i + 1 < out.length; i += 2) {
    const d = score[i] - top;
    const e = score[i + 1] - top;
    const x = d * inverse + d * inverseLow;
    const y = e * inverse + e * inverseLow;
    const k = x * perCell + round - round;
    const l = y * perCell + round - round;
    const r = x - k * cellHi - k * cellLo;
    const q = y - l * cellHi - l * cellLo;
    const m = k | 0;
    const n = l | 0;
    const v = weight[i] * cell[m & mask] * powers[((m >> 9) + 1024) & 2047];
    const w = weight[i + 1] * cell[n & mask] * powers[((n >> 9) + 1024) & 2047];
    const rr = r * r;
    const qq = q * q;
    const a = v + v * (r + rr * (c2 + r * c3) + (rr * rr * c4 + cellLow[m & mask]));
    const b = w + w * (q + qq * (c2 + q * c3) + (qq * qq * c4 + cellLow[n & mask]));
    out[i] = a;
    out[i + 1] = b;
    const s = hi + a;
    lo += a - (s - hi);
    hi = s + b;
    lo += b - (hi - s);
  }
  // Not a number: some weight of 0 has a score of −∞, or one so large that 0 times its power is none. Then one by one.
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

/** w·e^x, bit for bit as the loop above has it. */
function weightedExp(w: number, x: number): number {
  const k = x * PER_CELL + ROUND - ROUND;
  const r = x - k * CELL_HI - k * CELL_LO;
  const n = k | 0;
  const j = n & (EXP_CELLS - 1);
  const v = w * power[j] * scale[((n >> 9) + 1024) & 2047];
  const square = r * r;
  return v + v * (r + square * (0.5 + r * (1 / 6)) + (square * square * (1 / 24) + powerLow[j]));
}

/** The largest and the smallest of some numbers; the largest is +∞ where one is NaN. */
export function rangeOf(values: Float64Array): { top: number; bottom: number } {
  let top = values[0];
  let bottom = top;
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (v > top) top = v;
    else if (v < bottom) bottom = v;
    else if (!(v >= bottom)) return { top: Infinity, bottom };
  }
  return { top, bottom };
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** log(1 + r) − r for |r| ≤ 1/256. */
export function logSeries(r: number): number {
  return r * r * (-0.5 + r * (1 / 3 + r * (-0.25 + r * (0.2 - r * (1 / 6)))));
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
  const r = (m - k * (1 / LOG_CELLS)) * inverse[j];
  return e * LN2_HI + logs[j] + (r + (logSeries(r) + (logsLow[j] + e * LN2_LO)));
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
