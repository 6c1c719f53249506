import { type DoubleDouble, twoProduct, twoSum } from "./doubleDouble.js";
import { weightedExp } from "./expLog.js";
import { sum as sumOf } from "./sum.js";

/**
 * Exponentials of whole arrays, two entries at a time, so that neither waits for what the other is made of.
 *
 * Time for an entry of 100, 1,000 and 20,000, in ns, against a plain loop over `expNormal`: `expWeighted` 4.8, 4.6, 4.5
 * against 5.6, 5.4, 5.4; `expOfMultiples` 3.2, 3.1, 3.1 against 3.7, 3.6, 3.7. (Node 20.20.2, AMD EPYC of family 25, best
 * of 60 alternating runs, 29 November 2026; the benchmark that shows it is `tilt`.)
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
 * out[i] = weight[i]·e^{(score[i] − top)/β}, and 0 where the weight is 0, whatever the score. The other exponents must lie
 * in [−700, 700]; `bound` is at least as large as every entry of `out`. All entries are NaN where β or 1/β is above some
 * 2^997, as the error of 1/β overflows there.
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
