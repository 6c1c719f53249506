import { NOT_NAN, outOfRange, requireNumbers } from "./check.js";
import { twoSum } from "./doubleDouble.js";
import { exp, log1p } from "./elementary.js";
import { peakedSum } from "./sum.js";

/** x − max x, exponentiated; `log1pRest` is log Σ e^{x − max}, computed with the maximum kept out of the sum. */
function shifted(caller: string, x: ArrayLike<number>) {
  const shift = requireNumbers(caller, "x", x, NOT_NAN);
  if (shift.length === 0) throw outOfRange(caller, "x", "have at least one entry", x);
  let max = -Infinity;
  for (const v of shift) if (v > max) max = v;
  if (!Number.isFinite(max)) return { max, shift, weight: shift, log1pRest: Number.NaN };
  const weight = new Float64Array(shift.length);
  for (let i = 0; i < shift.length; i++) {
    const { hi, lo } = twoSum(shift[i], -max);
    shift[i] = hi;
    // Far from the maximum the difference is rounded by more than e^x can spare.
    const e = exp(hi);
    weight[i] = e > 0 ? e + e * lo : 0;
  }
  const { rest } = peakedSum(weight);
  return { max, shift, weight, log1pRest: log1p(rest.hi) };
}

function requireLogits(caller: string, max: number): void {
  if (!Number.isFinite(max)) throw outOfRange(caller, "x", "have a finite maximum", max);
}

/**
 * log Σᵢ e^{xᵢ}, without over- or underflow; the maximum stays out of the sum, so logSumExp([0, −40]) keeps its digits.
 *
 * $$\log \sum_i e^{x_i} = m + \log\Bigl(1 + \sum_{i \ne \hat\imath} e^{x_i - m}\Bigr), \quad m = \max_i x_i = x_{\hat\imath}$$
 *
 * The largest entry decides alone where it is infinite: −∞ for entries all −∞, +∞ where one is +∞.
 *
 * @param x the terms' logarithms, in nats
 * @returns the logarithm of the sum, in nats
 * @throws TypeError when x is not an array of numbers
 * @throws RangeError when x is empty or holds NaN
 * @example
 * ```ts
 * import { logSumExp } from "exptilt";
 * logSumExp([1000, 1000]) // => 1000.6931471805599
 * logSumExp([0, -40]) // => 4.248354255291589e-18
 * ```
 */
export function logSumExp(x: ArrayLike<number>): number {
  const { max, log1pRest } = shifted("logSumExp", x);
  return Number.isFinite(max) ? max + log1pRest : max;
}

/**
 * The softmax e^{xᵢ}/Σⱼ e^{xⱼ}; an entry −∞ (a masked logit) has probability exactly 0.
 *
 * $$\operatorname{softmax}(x)_i = \frac{e^{x_i}}{\sum_j e^{x_j}}$$
 *
 * @param x logits, in nats
 * @returns the probabilities, in a fresh array
 * @throws TypeError when x is not an array of numbers
 * @throws RangeError when x is empty, holds NaN or +∞, or is −∞ throughout
 * @example
 * ```ts
 * import { softmax } from "exptilt";
 * softmax([1000, 1001]) // => [0.26894142137, 0.73105857863]
 * ```
 */
export function softmax(x: ArrayLike<number>): Float64Array {
  const { max, weight } = shifted("softmax", x);
  requireLogits("softmax", max);
  const { peak, rest } = peakedSum(weight);
  const total = weight[peak] + rest.hi;
  return weight.map((w) => w / total);
}

/**
 * The log-softmax xᵢ − log Σⱼ e^{xⱼ}, exact to the last digits near 0 too: logSoftmax([0, −40])[0] is −4.2e−18, not 0.
 *
 * $$\log \operatorname{softmax}(x)_i = x_i - \log \sum_j e^{x_j}$$
 *
 * @param x logits, in nats
 * @returns the log-probabilities in nats, in a fresh array
 * @throws TypeError when x is not an array of numbers
 * @throws RangeError when x is empty, holds NaN or +∞, or is −∞ throughout
 * @example
 * ```ts
 * import { logSoftmax } from "exptilt";
 * logSoftmax([0, -40]) // => [-4.248354255291589e-18, -40]
 * ```
 */
export function logSoftmax(x: ArrayLike<number>): Float64Array {
  const { max, shift, log1pRest } = shifted("logSoftmax", x);
  requireLogits("logSoftmax", max);
  return shift.map((d) => d - log1pRest);
}
