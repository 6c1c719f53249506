import { outOfRange, requireInteger } from "../numeric/check.js";
import { expm1, log1p } from "../numeric/elementary.js";
import { sum } from "../numeric/sum.js";

/**
 * pass@k: the unbiased estimate, from n samples of which c are correct, of the probability that at least one of k is
 * correct (Chen and others 2021, arXiv 2107.03374): the share of the subsets of k samples that hold a correct one. It is
 * `estimateBestOfN` with the 0/1 label for the reward.
 *
 * $$\mathrm{pass@}k = 1 - \binom{n - c}{k} \Big/ \binom{n}{k}$$
 *
 * @param n the number of samples
 * @param c the number of correct samples, at most n
 * @param k the number of attempts, from 1 to n
 * @returns the estimate, in [0, 1], with its own relative accuracy; in time min(c, k)
 * @throws TypeError when an argument is no number
 * @throws RangeError when an argument is no whole number, n or k is below 1, c is negative, or c or k is above n
 * @example
 * ```ts
 * import { passAtK } from "exptilt";
 * passAtK(100, 22, 1) // => 0.22
 * passAtK(100, 22, 10) // => 0.927308291797
 * ```
 */
export function passAtK(n: number, c: number, k: number): number {
  n = requireInteger("passAtK", "n", n, 1);
  c = requireInteger("passAtK", "c", c, 0);
  k = requireInteger("passAtK", "k", k, 1);
  if (c > n) throw outOfRange("passAtK", "c", `be at most n = ${n}`, c);
  if (k > n) throw outOfRange("passAtK", "k", `be at most n = ${n}`, k);
  if (c + k > n) return 1;
  // C(n−c, k)/C(n, k) is symmetric in c and k.
  const [few, many] = c < k ? [c, k] : [k, c];
  const logs = new Float64Array(few);
  for (let i = 0; i < few; i++) logs[i] = log1p(-many / (n - i));
  return -expm1(sum(logs).hi);
}
