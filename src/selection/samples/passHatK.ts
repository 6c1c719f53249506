import { requireInteger } from "../../numeric/check.js";
import { timesRatio } from "../../numeric/doubleDouble.js";
import { exp } from "../../numeric/elementary.js";
import { logOfMany } from "./passAtK.js";
import { requireSuccesses } from "./successes.js";

/** Up to this many factors are taken one by one. */
const MAX_FACTORS = 2 ** 16;

/** The product starts here, so that it keeps its digits down to the smallest double. */
const UNIT = 2 ** 500;

/**
 * pass^k: the unbiased estimate, from n samples of which c are correct, of the probability that all of k are correct: the
 * share of the subsets of k samples that hold correct ones alone. It is `atLeastMOfK` with m = k.
 *
 * $$\mathrm{pass}^k = \binom{c}{k} \Big/ \binom{n}{k}$$
 *
 * @param n the number of samples
 * @param c the number of correct samples, at most n
 * @param k the number of attempts, from 1 to n
 * @returns the estimate, in [0, 1]: to its last digit, however small, and to 13 digits where k and n − c are both above 65,536
 * @throws TypeError when an argument is no number
 * @throws RangeError when an argument is no whole number below 2⁵³, n or k is below 1, c is negative, or c or k is above n
 * @example
 * ```ts
 * import { passHatK } from "exptilt";
 * passHatK(100, 80, 1) // => 0.8
 * passHatK(100, 80, 8) // => 0.155773363222
 * ```
 */
export function passHatK(n: number, c: number, k: number): number {
  [n, c, k] = requireSuccesses("passHatK", n, c, k, requireInteger);
  if (c < k) return 0;
  // C(c, k)/C(n, k) is symmetric in n − c and k.
  const [few, many] = n - c < k ? [n - c, k] : [k, n - c];
  // Each factor is at most 1 − many/n: past this the product is below the doubles.
  if (few * (many / n) > 800) return 0;
  if (few > MAX_FACTORS) return exp(logOfMany(n, few, many));
  let share = { hi: UNIT, lo: 0 };
  for (let i = 0; i < few; i++) share = timesRatio(share, n - many - i, n - i);
  return share.hi / UNIT;
}
