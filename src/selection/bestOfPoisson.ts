import type { Distribution } from "../measure/measure.js";
import { NON_NEGATIVE, requireNumber } from "../numeric/check.js";
import { type BestOfNProblem, prepare, type SelectionProblem } from "./problem.js";
import { hardPoissonRatios } from "./ratio/hard.js";
import { lawOfRatios, onAnswers } from "./ratio/law.js";
import type { RatioToRef } from "./ratio/levelRatios.js";
import type { Prepared } from "./ratio/prepared.js";
import { isSingle, unselected } from "./ratio/ratiosAt.js";
import { liftFor } from "./ratio/soft.js";
import { softPoissonRatios } from "./ratio/softPoisson.js";

function poissonRatios<A>(prepared: Prepared<A>, rate: number): RatioToRef {
  const { levels, weights } = prepared;
  if (isSingle(prepared, rate + 1)) return unselected(prepared);
  return weights === undefined
    ? hardPoissonRatios(levels, rate)
    : softPoissonRatios(prepared.weightsFor(liftFor(rate)), rate);
}

function poissonLaw<A>(caller: string, problem: BestOfNProblem<A>, beta: number, rate: number): Distribution<A> {
  const prepared = prepare(caller, problem, beta);
  rate = requireNumber(caller, "rate", rate, NON_NEGATIVE);
  return onAnswers(
    prepared,
    lawOfRatios(prepared, (p) => poissonRatios(p, rate)),
  );
}

/**
 * The exact law of best-of-N when the number of draws is itself random, N = 1 + Poisson(λ): with F and F⁻ the
 * probability under ref of a reward at most and below that of the answer,
 *
 * $$P(o) = \frac{\mathrm{ref}(o)}{F - F^-} \left( F e^{\lambda (F - 1)} - F^- e^{\lambda (F^- - 1)} \right) .$$
 *
 * Best-of-Poisson: Khalaf, Verdun, Oesterling, Lakkaraju and Calmon (arXiv 2506.19248), who show that it is near the
 * RLHF optimum of the same KL. λ = 0 gives ref. A forbidden answer (reward −∞) is never picked: draws that are all
 * forbidden are drawn again.
 *
 * @param problem the reference policy and the reward
 * @param rate the mean λ ≥ 0 of the number of further draws
 * @returns the law of the answer kept
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when the rate is negative or not finite, or a reward is NaN, +∞ or −∞ throughout
 * @example
 * ```ts
 * import { bestOfPoissonLaw, uniform } from "exptilt";
 * bestOfPoissonLaw({ ref: uniform(["a", "b"]), reward: [0, 1] }, 1).mass // => [0.303265329856, 0.696734670144]
 * ```
 */
export function bestOfPoissonLaw<A>(problem: BestOfNProblem<A>, rate: number): Distribution<A> {
  return poissonLaw("bestOfPoissonLaw", problem, 0, rate);
}

/**
 * The exact law of soft best-of-N when the number of draws is itself random, N = 1 + Poisson(λ): the integral of
 * `softBestOfNLaw` with N φ^{N−1} replaced by its average (1 + λφ) e^{λ(φ−1)}.
 *
 * λ = 0 and β = ∞ give ref; β = 0 gives `bestOfPoissonLaw`; λ → ∞ gives `rlhfOptimum`. A forbidden answer is never
 * picked: draws that are all forbidden are drawn again.
 *
 * @param problem the reference policy, the reward and β from 0 to ∞
 * @param rate the mean λ ≥ 0 of the number of further draws
 * @returns the law of the answer picked
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when the rate is negative or not finite, β is negative or NaN, or a reward is NaN, +∞ or −∞ throughout
 * @example
 * ```ts
 * import { softBestOfPoissonLaw, uniform } from "exptilt";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 };
 * softBestOfPoissonLaw(problem, 0).mass // => [0.5, 0.5]
 * softBestOfPoissonLaw(problem, 1e12).mass // => [0.26894142137, 0.73105857863]
 * ```
 */
export function softBestOfPoissonLaw<A>(problem: SelectionProblem<A>, rate: number): Distribution<A> {
  return poissonLaw("softBestOfPoissonLaw", problem, problem?.beta, rate);
}
