import type { Distribution } from "../measure/measure.js";
import { requireNumber } from "../numeric/check.js";
import { DRAWS } from "./draws.js";
import { type BestOfNProblem, prepare } from "./problem.js";
import { lawAt, onAnswers } from "./ratio/law.js";

/**
 * The exact law of best-of-N: draw N answers from ref, keep one of the highest reward, ties among the draws broken
 * uniformly. With F and F⁻ the probability under ref of a reward at most and below that of the answer,
 *
 * $$P_N(o) = \frac{\mathrm{ref}(o)}{F - F^-} \left( F^N - (F^-)^N \right) .$$
 *
 * Equations (8) and (13) at β → 0. N = 1 gives ref. A forbidden answer (reward −∞) is never picked: N forbidden draws
 * are drawn again.
 *
 * Each probability has its own relative accuracy, however small and however large N. Time grows as K log K.
 *
 * @param problem the reference policy and the reward
 * @param n the number of draws N, a real number of at least 1
 * @returns the law of the answer kept
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when n is below 1 or not finite, or a reward is NaN, +∞ or −∞ throughout
 * @example
 * ```ts
 * import { bestOfNLaw, uniform } from "exptilt";
 * const problem = { ref: uniform(["a", "b", "c", "d"]), reward: [0, 1, 2, 2] };
 * bestOfNLaw(problem, 2).mass // => [0.0625, 0.1875, 0.375, 0.375]
 * ```
 */
export function bestOfNLaw<A>(problem: BestOfNProblem<A>, n: number): Distribution<A> {
  const prepared = prepare("bestOfNLaw", problem, 0);
  n = requireNumber("bestOfNLaw", "n", n, DRAWS);
  return onAnswers(prepared, lawAt(prepared, n));
}
