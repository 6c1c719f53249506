import type { Distribution } from "../measure/measure.js";
import { requireNumber } from "../numeric/check.js";
import { DRAWS } from "./draws.js";
import { prepare, type SelectionProblem } from "./problem.js";
import { lawOfRatios, onAnswers } from "./ratio/law.js";
import type { RatioToRef } from "./ratio/levelRatios.js";
import { metropolisRatios } from "./ratio/metropolis.js";
import type { Prepared } from "./ratio/prepared.js";
import { isSingle, ratiosAt } from "./ratio/ratiosAt.js";

function ratiosOf<A>(prepared: Prepared<A>, n: number): RatioToRef {
  const { levels, beta } = prepared;
  return beta === 0 || isSingle(prepared, n) ? ratiosAt(prepared, [n])[0] : metropolisRatios(levels, beta, n);
}

/**
 * The exact law of Metropolis selection among N draws from ref (independent Metropolis–Hastings): the first draw is
 * held, and each later draw o′ replaces the held o with probability min(1, e^{(r(o′) − r(o))/β}). It keeps one answer
 * and its reward, and no sum of weights. With the answers in levels of w = e^{r/β} from the lowest up, p the mass of
 * a level, v = w/μ, μ = E_ref[w], F and S the sums of p and of p v up to a level, λ = F − S/v, and λ = 1 past the last,
 *
 * $$P_N(o) = \mathrm{ref}(o) \Big[ v_k \Big( F_k T_k + \sum_{j > k} p_j T_j \Big) + \lambda_k^{N-1} \Big], \qquad
 * T_k = \sum_{j \ge k} \frac{\lambda_{j+1}^{N-1} - \lambda_j^{N-1}}{S_j} .$$
 *
 * The eigenvalues λ are those of Liu (1996), Metropolized independent sampling. N = 1 and β = ∞ give ref; β = 0, where an
 * equal reward replaces, is `bestOfNLaw`; N → ∞ gives `rlhfOptimum`. At whole N, in the order of the reward (first-order
 * stochastic), ref ≤ `softBestOfNLaw` ≤ this law ≤ `rlhfOptimum`.
 *
 * A forbidden answer (reward −∞) has weight 0: it may be held while no other was drawn, and any allowed draw replaces it.
 * N forbidden draws are drawn again, so that the law is that of the N draws given that some draw is allowed. It differs
 * from N draws of ref on the allowed answers.
 *
 * The terms are computed so that none cancel: each probability has its own relative accuracy, however small. N is any real
 * number. Time grows as K log K.
 *
 * @param problem the reference policy, the reward and β from 0 to ∞
 * @param n the number of draws N, a real number of at least 1
 * @returns the law of the answer held after N draws
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when n is below 1 or not finite, β is negative or NaN, or a reward is NaN, +∞ or −∞ throughout
 * @example
 * ```ts
 * import { metropolisLaw, uniform } from "exptilt";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, Math.log(2)], beta: 1 };
 * // From a, b is drawn and taken with probability 1/2; from b, a with probability 1/4.
 * metropolisLaw(problem, 2).mass // => [0.375, 0.625]
 * metropolisLaw(problem, 3).mass // => [0.34375, 0.65625]
 * ```
 */
export function metropolisLaw<A>(problem: SelectionProblem<A>, n: number): Distribution<A> {
  const prepared = prepare("metropolisLaw", problem, problem?.beta);
  n = requireNumber("metropolisLaw", "n", n, DRAWS);
  return onAnswers(
    prepared,
    lawOfRatios(prepared, (p) => ratiosOf(p, n)),
  );
}
