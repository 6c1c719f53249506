import type { Distribution } from "../measure/measure.js";
import { FINITE, requireNumber, requireOptions } from "../numeric/check.js";
import { DRAWS } from "./draws.js";
import { prepare, type SelectionProblem } from "./problem.js";
import { lawOfRatios, onAnswers } from "./ratio/law.js";
import { rejectionRatios } from "./ratio/rejection.js";

/** Options of `rejectionSamplingLaw`. */
export interface RejectionSamplingOptions {
  /** From this reward on a draw is always accepted; the largest reward that ref supports where left out. */
  readonly cap?: number;
}

/** What rejection with a budget of draws gives and takes. */
export interface RejectionSampling<A = unknown> {
  /** The law of the answer taken. */
  readonly law: Distribution<A>;
  /** The expected number of draws, those included that are drawn again. */
  readonly expectedDraws: number;
  /** The probability A that a draw is accepted. */
  readonly acceptance: number;
}

/**
 * The exact law of rejection sampling with at most N draws from ref: a draw before the N-th is accepted with probability
 * a = min(1, e^{(r − cap)/β}), and the N-th is taken whatever it is. With A = E_ref[a],
 *
 * $$P_N(o) = \mathrm{ref}(o) \left[ \frac{a(o)}{A} \left( 1 - (1 - A)^{N-1} \right) + (1 - A)^{N-1} \right], \qquad
 * \mathrm{E}[\text{draws}] = \frac{1 - (1 - A)^N}{A} .$$
 *
 * With cap = max r, as when it is left out, what is accepted has the law `rlhfOptimum` (statistical rejection sampling, Liu
 * and others, arXiv 2309.06657). A lower cap gives the optimum of the reward min(r, cap), more often accepted; a higher one
 * changes only how often. N = 1 and β = ∞ give ref. At β = 0 rewards of at least the cap are accepted, and no others; where
 * there are none, A = 0 and all N draws are made.
 *
 * A forbidden answer (reward −∞) is never accepted. Where the N-th draw is forbidden, all N are drawn again: the law is that
 * given an allowed answer, and `expectedDraws` counts every draw.
 *
 * All terms are non-negative: each probability has its own relative accuracy. N is any real number, for which the formulas
 * stand as they are. Time grows as K log K.
 *
 * @param problem the reference policy, the reward and β from 0 to ∞
 * @param n the most draws N, a real number of at least 1
 * @param options the cap, a finite number
 * @returns the law, the expected number of draws and the probability of acceptance
 * @throws TypeError when an argument has the wrong type, the lengths differ, or an option has another name
 * @throws RangeError when n is below 1 or not finite, β is negative or NaN, the cap is not finite, or a reward is NaN, +∞ or −∞
 *   throughout
 * @example
 * ```ts
 * import { rejectionSamplingLaw, uniform } from "exptilt";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, Math.log(2)], beta: 1 };
 * const { law, expectedDraws, acceptance } = rejectionSamplingLaw(problem, 2);
 * acceptance // => 0.75
 * expectedDraws // => 1.25
 * law.mass // => [0.375, 0.625]
 * rejectionSamplingLaw(problem, 2, { cap: 0 }).law.mass // => [0.5, 0.5]
 * ```
 */
export function rejectionSamplingLaw<A>(
  problem: SelectionProblem<A>,
  n: number,
  options: RejectionSamplingOptions = {},
): RejectionSampling<A> {
  const caller = "rejectionSamplingLaw";
  const prepared = prepare(caller, problem, problem?.beta);
  n = requireNumber(caller, "n", n, DRAWS);
  const { cap: given } = requireOptions(caller, options, { cap: true });
  const cap = given === undefined ? prepared.levels.reward[0] : requireNumber(caller, "options.cap", given, FINITE);
  const first = rejectionRatios(prepared, cap, n);
  const { acceptance, expectedDraws } = first;
  const law = lawOfRatios(prepared, (p) => (p === prepared ? first : rejectionRatios(p, cap, n)));
  return { law: onAnswers(prepared, law), expectedDraws, acceptance };
}
