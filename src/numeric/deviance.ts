import { expm1, log, log1p } from "./elementary.js";
import { highWords, logScaled } from "./expLog.js";
import { isNormal, SMALLEST_NORMAL } from "./float64.js";

/** 1/k. */
const inverse: Float64Array = new Float64Array(34);
for (let k = 1; k < inverse.length; k++) inverse[k] = 1 / k;

/** 2(1/3 + v²/5 + v⁴/7 + …) = 2(atanh(v) − v)/v³ for |v| ≤ 1/3, up to v³⁰, or less far where v is small. */
function atanhTail(v: number): number {
  const v2 = v * v;
  let s = 0;
  for (let k = v2 > 2e-3 ? 33 : v2 > 1e-7 ? 15 : 7; k >= 3; k -= 2) s = s * v2 + inverse[k];
  return 2 * s;
}

/**
 * The deviance a·log(a/b) − a + b ≥ 0 of two non-negative numbers, given their difference n = b − a to full relative
 * accuracy. Near a = b it is of second order in n, and this form keeps all its digits (Loader 2000):
 * with v = n/(a + b), log(b/a) = 2·atanh(v), so the deviance is n·v − 2a·v³(1/3 + v²/5 + v⁴/7 + …).
 * 0·log(0/b) = 0; a > 0 = b gives +∞.
 */
export function deviance(a: number, b: number, n: number): number {
  if (a === 0) return b;
  if (b === 0) return Infinity;
  const s = a + b;
  const v = s < Infinity ? n / s : n / 2 / (a / 2 + b / 2);
  if (v >= -1 / 3 && v <= 1 / 3) return n * v - a * v * v * v * atanhTail(v);
  return a * (logRatio(a, b) - 1) + b;
}

/** log(a/b) of positive numbers, also where the quotient leaves the range of normal doubles. */
export function logRatio(a: number, b: number): number {
  const ratio = a / b;
  return isNormal(ratio) ? log(ratio) : log(a) - log(b);
}

/** log(a/b) of each a ≥ 0 and a normal b, −∞ at 0. The exponents are read off the arrays. */
export function logRatios(values: Float64Array, b: number): Float64Array {
  const out = new Float64Array(values.length);
  const high = highWords(values);
  const [highB] = highWords(Float64Array.of(b));
  for (let i = 0; i < out.length; i++) {
    const a = values[i];
    const ratio = a / b;
    out[i] = a >= SMALLEST_NORMAL && isNormal(ratio) ? logScaled(ratio, high[2 * i], highB) : logRatio(a, b);
  }
  return out;
}

/** log(a/b), with the digits of a difference near a = b kept through log1p((a − b)/b), exact for a/b in [1/2, 2]. */
export function logRatioNearOne(a: number, b: number): number {
  return a < 2 * b && b < 2 * a ? log1p((a - b) / b) : logRatio(a, b);
}

/** e^x − 1 − x ≥ 0, of second order at 0 and accurate there. */
export function expm1MinusX(x: number): number {
  if (!(x > -0.5 && x < 0.5)) return expm1(x) - x;
  let s = 0;
  for (let k = 16; k >= 3; k--) s = (s + 1) * (x / k);
  return 0.5 * x * x * (1 + s);
}
