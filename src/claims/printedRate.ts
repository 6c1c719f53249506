import { expTimes, log } from "../numeric/elementary.js";
import { prepareSoft } from "../selection/bounds.js";
import { requireWhole } from "../selection/draws.js";
import type { SelectionProblem } from "../selection/problem.js";

/**
 * The printed rate of (29): the envelope exp((r_max − r_min)/β)·√(log N/N) on |P_N/π* − 1|, up to a constant the paper
 * leaves open. It is far above the truth, whose order is 1/N (`firstOrderExpansion`); `softBestOfNBounds` has constants.
 *
 * @param problem the reference policy, the reward and β > 0
 * @param n the number of draws N, a whole number of at least 1
 * @returns the envelope; Infinity where it overflows or an answer is forbidden (at β = ∞ too), 0 at N = 1
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when n is not a whole number of at least 1, β is not positive, or a reward is NaN, +∞ or −∞ throughout
 * @example
 * ```ts
 * import { uniform } from "exptilt";
 * import { printedRate } from "exptilt/claims";
 * printedRate({ ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 }, 10000) // => 0.0824958918
 * ```
 */
export function printedRate<A>(problem: SelectionProblem<A>, n: number): number {
  const { levels, weights } = prepareSoft("printedRate", problem);
  n = requireWhole("printedRate", "n", n, 1);
  if (n === 1) return 0;
  if (levels.logForbidden > -Infinity) return Infinity;
  const root = Math.sqrt(log(n) / n);
  if (weights === undefined) return root;
  const { x } = weights;
  return expTimes(x[0] - x[x.length - 1], 0, root);
}
