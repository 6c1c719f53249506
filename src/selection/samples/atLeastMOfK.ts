import { outOfRange, requireInteger } from "../../numeric/check.js";
import { type DoubleDouble, timesRatio, twoSum } from "../../numeric/doubleDouble.js";
import { requireSuccesses } from "./successes.js";

/** The weight of the likeliest number of correct ones: others keep their digits down to the smallest double. */
const UNIT = 2 ** 700;

/** What is less than this share of a sum is left out of it, with all that follows. */
const NEGLIGIBLE = 1e-30;

/** From here on a weight is below the smallest double in units of UNIT. */
const NOTHING = 2 ** -400;

/**
 * The unbiased estimate, from n samples of which c are correct, of the probability that at least m of k are correct (G-pass@k
 * asks for m = ⌈τk⌉): the share of the subsets of k samples that hold m correct ones, the tail of a hypergeometric law.
 * m = 1 is `passAtK`, m = k is `passHatK`.
 *
 * $$\sum_{j \ge m} \binom{c}{j} \binom{n - c}{k - j} \Big/ \binom{n}{k}$$
 *
 * Time grows as the standard deviation of the number of correct ones, at most √k/2.
 *
 * @param n the number of samples
 * @param c the number of correct samples, at most n
 * @param k the number of attempts, from 1 to n
 * @param m how many of them must be correct, from 0 to k
 * @returns the estimate, in [0, 1], to its last digit, however small
 * @throws TypeError when an argument is no number
 * @throws RangeError when an argument is no whole number below 2⁵³, n or k is below 1, c or m is negative, c or k is above n, or
 *   m is above k
 * @example
 * ```ts
 * import { atLeastMOfK } from "exptilt";
 * atLeastMOfK(5, 3, 3, 2) // => 0.7
 * atLeastMOfK(100, 80, 8, 8) // => 0.155773363222
 * ```
 */
export function atLeastMOfK(n: number, c: number, k: number, m: number): number {
  [n, c, k] = requireSuccesses("atLeastMOfK", n, c, k, requireInteger);
  m = requireInteger("atLeastMOfK", "m", m, 0);
  if (m > k) throw outOfRange("atLeastMOfK", "m", `be at most k = ${k}`, m);
  const [least, most] = [Math.max(0, k - (n - c)), Math.min(c, k)];
  if (m <= least) return 1;
  if (m > most) return 0;
  const likeliest = Math.min(most, Math.max(least, Math.floor(((k + 1) * (c + 1)) / (n + 2))));
  const wrong = n - c - k;
  const up = (w: DoubleDouble, j: number) => timesRatio(timesRatio(w, c - j, j + 1), k - j, wrong + j + 1);
  const down = (w: DoubleDouble, j: number) => timesRatio(timesRatio(w, j, c - j + 1), wrong + j, k - j + 1);
  // What is counted, and what is not: fewer than m.
  const [tail, rest] = [new Total(), new Total()];
  let w: DoubleDouble = { hi: UNIT, lo: 0 };
  for (let j = likeliest; j <= most && w.hi > NOTHING; w = up(w, j++)) {
    const total = j < m ? rest : tail;
    if (w.hi < NEGLIGIBLE * total.hi && j >= m) break;
    total.add(w);
  }
  w = { hi: UNIT, lo: 0 };
  for (let j = likeliest; j > least; ) {
    w = down(w, j--);
    if (w.hi < NEGLIGIBLE * Math.max(rest.hi, tail.hi)) break;
    (j < m ? rest : tail).add(w);
  }
  return tail.hi / (tail.hi + rest.hi);
}

/** A compensated sum of positive terms. */
class Total {
  hi = 0;
  #lo = 0;

  add(term: DoubleDouble): void {
    const { hi, lo } = twoSum(this.hi, term.hi);
    ({ hi: this.hi, lo: this.#lo } = twoSum(hi, lo + this.#lo + term.lo));
  }
}
