import type { DoubleDouble } from "./doubleDouble.js";
import { exp, logOfSum, powerOf } from "./expLog.js";
import { isNormal, SMALLEST_NORMAL } from "./float64.js";

export { exp, expm1 } from "./expLog.js";

/**
 * exp, log and their kin on all doubles, from + − × ÷ alone, with errors of about one unit in the last place. The
 * standard leaves the digits of Math.exp to the engine. These functions have the same bits in every engine, and a seed
 * has the same draws. All of the float64 library uses them.
 */

/** e^{x + low}, where low is the rounding error of x. */
export function expPlus(x: number, low: number): number {
  const e = exp(x);
  return low === 0 || e === Infinity ? e : e + e * low;
}

/** e^{x + low}·factor, by two exponentials of x/2 where one of x, or a product on the way, is out of range. */
export function expTimes(x: number, low: number, factor: number): number {
  if (x > -600 && x < 600) return expPlus(x, low) * factor;
  if (!(x > -1400 && x < 1400)) return factor === 0 ? 0 : exp(x + log(factor));
  const half = expPlus(x / 2, low / 2);
  return half * factor * half;
}

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

/** sin(πt/2) for t in [0, 1]. */
export function sinQuarter(t: number): number {
  const near = t <= 0.5;
  const x = (Math.PI / 2) * (near ? t : 1 - t);
  // The series of sin x, or of cos x, from its smallest term.
  let s = 1;
  for (let k = 18; k >= 2; k -= 2) s = 1 - (s * x * x) / (k * (near ? k + 1 : k - 1));
  return near ? s * x : s;
}
