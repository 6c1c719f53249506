import { sum } from "../numeric/sum.js";
import type { Law } from "./law.js";
import { type Measure, requireMeasure } from "./measure.js";
import { resolveScore, type Score } from "./score.js";

/** E_p[f] over a law: 0 where the law has no mass, whatever f is there. */
export function expectationUnder(law: Law, f: Float64Array): number {
  const { weight, total } = law;
  const terms = new Float64Array(weight.length);
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < terms.length; i++) {
    const x = f[i];
    if (x === -Infinity && law.supports(i)) return -Infinity;
    if (!(weight[i] > 0)) continue;
    terms[i] = (weight[i] / total.hi) * x;
    if (x < least) least = x;
    if (x > most) most = x;
  }
  const { hi, lo } = sum(terms);
  // A sum of the largest doubles may overflow where the mean does not.
  const mean = Number.isNaN(hi) ? 4 * sum(terms.map((t) => t / 4)).hi : hi + lo;
  // Rounding may take a mean out of the range of f.
  return Math.min(most, Math.max(least, mean));
}

/**
 * The expectation E_p[f] = Σ p(o) f(o) under the law proportional to p.
 *
 * $$\mathbb{E}_p[f] = \frac{\sum_o p(o) f(o)}{\sum_o p(o)}$$
 *
 * Answers of mass 0 add nothing, whatever f is there; f = −∞ on the support gives −∞. The sum is compensated: the
 * relative error is a few units in the last place of Σ p|f|.
 *
 * @param p any measure, read as the law proportional to it
 * @param f a number for each answer: an aligned array, or a function of the answer; −∞ allowed
 * @returns the expectation, in the units of f
 * @throws TypeError when p is no measure, or f has the wrong length or type
 * @throws RangeError when a value of f is NaN or +∞
 * @example
 * ```ts
 * import { expectation, measure } from "exptilt";
 * expectation(measure(["a", "bb"], [3, 1]), [0, 10]) // => 2.5
 * expectation(measure(["a", "bb"], [3, 1]), (answer) => answer.length) // => 1.25
 * ```
 */
export function expectation<A>(p: Measure<A>, f: Score<A>): number {
  const { law, support } = requireMeasure("expectation", "p", p);
  return expectationUnder(law, resolveScore("expectation", "f", support, f));
}
