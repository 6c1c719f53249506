import { levelsOf, massFrom } from "../measure/levels.js";
import { requireMeasure } from "../measure/measure.js";
import { resolveScore } from "../measure/score.js";
import { requireNumber, requireObject } from "../numeric/check.js";
import { DRAWS } from "../selection/draws.js";
import type { BestOfNProblem } from "../selection/problem.js";
import { prepare } from "../selection/problem.js";
import { ratiosAt } from "../selection/ratio/ratiosAt.js";

/**
 * The reward as its rank under ref. With F and F⁻ the probability under ref of a reward at most and below the answer's:
 *
 * - without n, the win rate against a draw of ref, ties counting half: InfAlign's calibrated reward (arXiv:2412.19792), in
 *   [0, 1], which no increasing function of the reward changes;
 * - with n, the reward whose tilt at β = 1 is best-of-N: what BOND (arXiv:2407.14622) and BoNBoN (arXiv:2406.00832) distil.
 *
 * $$\tfrac12 (F + F^-) \qquad\text{and}\qquad \log \frac{F^N - (F^-)^N}{F - F^-}$$
 *
 * The second is log(P_N/ref) for the law P_N of `bestOfNLaw`, in nats, and 0 at N = 1; where draws may be forbidden it is
 * less by the logarithm of the probability that some draw is not. An answer that is forbidden (reward −∞), or that ref never
 * draws, has −∞: a tilt forbids it again.
 *
 * @param problem the reference policy and the reward
 * @param n the number of draws N, a real number of at least 1; left out for the win rate
 * @returns the calibrated reward of each answer, in the order of the support
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when n is below 1 or not finite, or a reward is NaN, +∞ or −∞ throughout
 * @example
 * ```ts
 * import { bestOfNLaw, calibratedReward, tilt, uniform } from "exptilt";
 * const problem = { ref: uniform(["a", "b", "c", "d"]), reward: [0, 1, 2, 2] };
 * calibratedReward(problem) // => [0.125, 0.375, 0.75, 0.75]
 * tilt(problem.ref, calibratedReward(problem, 2), 1).mass // => [0.0625, 0.1875, 0.375, 0.375]
 * bestOfNLaw(problem, 2).mass // => [0.0625, 0.1875, 0.375, 0.375]
 * ```
 */
export function calibratedReward<A>(problem: BestOfNProblem<A>, n?: number): Float64Array {
  const caller = "calibratedReward";
  if (n !== undefined) {
    const prepared = prepare(caller, problem, 0);
    const { logRatio } = ratiosAt(prepared, [requireNumber(caller, "n", n, DRAWS)])[0];
    return Float64Array.from(prepared.levels.levelOf, (level) => (level < 0 ? -Infinity : logRatio[level]));
  }
  const { support, law } = requireMeasure(caller, "ref", requireObject(caller, "problem", problem).ref);
  const levels = levelsOf(caller, law, resolveScore(caller, "reward", support, problem.reward));
  const from = massFrom(levels.mass, levels.forbidden);
  return Float64Array.from(levels.levelOf, (level) =>
    level < 0 ? -Infinity : from[level + 1] + levels.mass[level] / 2,
  );
}
