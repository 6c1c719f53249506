import { type DoubleDouble, productError, twoSum } from "./doubleDouble.js";
import {
  CELL_HI,
  CELL_LO,
  EXP_CELLS,
  expNormal,
  expRest,
  HIGH,
  inverse,
  LN2_HI,
  LN2_LO,
  LOG_CELLS,
  logOfSum,
  logs,
  logsLow,
  ONE,
  PER_CELL,
  power,
  ROUND,
  scale,
} from "./expLog.js";
import { isNormal, SMALLEST_NORMAL } from "./float64.js";

/**
 * exp, log and their kin on all doubles, below one unit in the last place or little above, from + − × ÷ alone. The standard
 * leaves the digits of Math.exp and its kin to the engine; with these a computation has the same bits in every one of them,
 * and a seed the same draws. They take the place of Math's in all of the float64 library.
 */

/** e^x. */
export function exp(x: number): number {
  if (x > -700 && x < 700) return expNormal(x);
  if (!(x < 709.79)) return x > 0 ? Infinity : Number.NaN;
  if (x < -745.2) return 0;
  // The power of two in two steps, so that the last one alone may over- or underflow.
  const n = Math.round(x * PER_CELL);
  const j = n & (EXP_CELLS - 1);
  const v = power[j] + power[j] * expRest(x - n * CELL_HI - n * CELL_LO, j);
  const e = n >> 9;
  return x > 0 ? v * scale[1023 + e] * 2 : v * scale[1124 + e] * 2 ** -100;
}

/** e^{x + low}, low being a rounding of x. */
export function expPlus(x: number, low: number): number {
  const e = exp(x);
  return low === 0 || e === Infinity ? e : e + e * low;
}

/** e^{x + low}·factor, by two exponentials of half where one alone, or the product on the way, is out of range. */
export function expTimes(x: number, low: number, factor: number): number {
  if (x > -600 && x < 600) return expPlus(x, low) * factor;
  if (!(x > -1400 && x < 1400)) return factor === 0 ? 0 : exp(x + log(factor));
  const half = expPlus(x / 2, low / 2);
  return half * factor * half;
}

/** e^x − 1, accurate near 0. */
export function expm1(x: number): number {
  if (x > -0.02 && x < 0.02) {
    const series = 1 / 6 + x * (1 / 24 + x * (1 / 120 + x * (1 / 720 + x * (1 / 5040))));
    return x + x * x * (0.5 + x * series);
  }
  if (!(x > -40 && x < 700)) return x <= -40 ? -1 : exp(x);
  const k = x * PER_CELL + ROUND - ROUND;
  const n = k | 0;
  const j = n & (EXP_CELLS - 1);
  const v = power[j] * scale[((n >> 9) + 1024) & 2047];
  const d = v - 1;
  const left = v > 1 ? v - d - 1 : v - (d + 1);
  return d + (left + v * expRest(x - k * CELL_HI - k * CELL_LO, j));
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** log(1 + x) for |x| ≤ 0.01. */
function log1pSmall(x: number): number {
  const series = 1 / 3 + x * (-1 / 4 + x * (1 / 5 + x * (-1 / 6 + x * (1 / 7 - x * (1 / 8)))));
  return x + x * x * (-0.5 + x * series);
}

/** log x. */
export function log(x: number): number {
  if (x > 0.99 && x < 1.01) return log1pSmall(x - 1);
  if (isNormal(x)) return logOfSum(x, 0);
  if (x > 0) return x === Infinity ? x : logOfSum(x * 2 ** 54, 0) - 54 * Math.LN2;
  return x === 0 ? -Infinity : Number.NaN;
}

/** log(1 + x), accurate near 0. */
export function log1p(x: number): number {
  if (x > -0.01 && x < 0.01) return log1pSmall(x);
  if (!(x > -1 && x < Infinity)) return x === -1 ? -Infinity : x > 0 ? x : Number.NaN;
  const u = 1 + x;
  return logOfSum(u, x > 1 ? 1 - (u - x) : x - (u - 1));
}

/** log(hi + lo), with the digits of a sum near 1 kept. */
export function logDoubleDouble({ hi, lo }: DoubleDouble): number {
  return hi > 0.5 && hi < 2 ? log1p(hi - 1 + lo) : log(hi);
}

/** x², rounded once, as the operator ** need not be. */
export function square(x: number): number {
  return x * x;
}

/** x^y for x ≥ 0 and finite y: by log x in double-double, so that a large y costs no digits. */
export function pow(x: number, y: number): number {
  if (isNormal(x)) return powerOf(x, y, 0);
  if (x > 0 && x < SMALLEST_NORMAL) return powerOf(x * 2 ** 54, y, -54);
  return y === 0 ? 1 : exp(y * log(x));
}

/** (x·2^shift)^y for normal x. */
function powerOf(x: number, y: number, shift: number): number {
  double[0] = x;
  const e = (words[HIGH] - ONE + 0x80000) >> 20;
  const m = x * scale[(1024 - e) & 2047];
  const k = m * LOG_CELLS + ROUND - ROUND;
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
  // Where the power leaves the range of doubles, and of x = 1, there is nothing to correct.
  if (!(value > 0 && value < Infinity) || high === 0) return value;
  return value + value * (productError(y, high, product) + y * (tail - (high - q.hi)));
}

/** sin(πt/2) for t in [0, 1]. */
export function sinQuarter(t: number): number {
  const near = t <= 0.5;
  const x = (Math.PI / 2) * (near ? t : 1 - t);
  // The series of sin x, or of cos x, from its smallest term.
  let s = 1;
  for (let k = 18; k >= 2; k -= 2) s = 1 - (s * x * x) / (k * (near ? k + 1 : k - 1));
  return near ? s * x : s;
}
