import type { Levels } from "../measure/levels.js";
import { type Distribution, type Measure, requireMeasure } from "../measure/measure.js";
import type { Score } from "../measure/score.js";
import { resolveScore } from "../measure/score.js";
import { outOfRange, requireNumber } from "../numeric/check.js";
import { DRAWS } from "./draws.js";
import { weightsAsGiven } from "./integral/weights.js";
import { prepare, requireProblem, type SelectionProblem } from "./problem.js";
import { lawAt, onAnswers, softLawAt } from "./ratio/law.js";
import { Prepared } from "./ratio/prepared.js";

/**
 * The exact law of soft best-of-N: draw o⁽¹⁾ … o⁽ᴺ⁾ from ref, pick one with probability ∝ e^{r/β}. With w = e^{r/β} and
 * φ(t) = Σ_j ref(j) e^{−t w(j)},
 *
 * $$P_N(o) = N \, \mathrm{ref}(o) \, w(o) \int_0^\infty e^{-t w(o)} \varphi(t)^{N-1} \, dt .$$
 *
 * Equations (13) and (26) of Jiao, Chen and Li (2025). N = 1 and β = ∞ give ref; β = 0 is `bestOfNLaw`; N → ∞ gives
 * `rlhfOptimum`. A forbidden answer (reward −∞) is never picked: N forbidden draws are drawn again.
 *
 * - Each probability has a relative error of a few units in the last place, however small it is, and also for answers
 *   near each other far below the best. The law is exact beside ref, so `klDivergence(law, ref)` keeps its digits.
 * - N is any real number from 1 to 1e15 and past it, with 13 digits where N is not whole and small.
 * - β matters to rewards within some 40 β of each other; others follow the hard law to 1e−13.
 * - Time grows as K log K up to some thousand answers, and as K beyond: some 20 µs for 32 answers and 0.1 s for 10⁶.
 *
 * @param problem the reference policy, the reward and β from 0 to ∞
 * @param n the number of draws N, a real number of at least 1
 * @returns the law of the answer picked
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when n is below 1 or not finite, β is negative or NaN, or a reward is NaN, +∞ or −∞ throughout
 * @example
 * ```ts
 * import { softBestOfNLaw, uniform } from "exptilt";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 };
 * softBestOfNLaw(problem, 2).mass // => [0.384470710685, 0.615529289315]
 * softBestOfNLaw({ ...problem, beta: 0 }, 2).mass // => [0.25, 0.75]
 * softBestOfNLaw(problem, 1e15).mass // => [0.268941421370, 0.731058578630]
 * ```
 */
export function softBestOfNLaw<A>(problem: SelectionProblem<A>, n: number): Distribution<A> {
  return softLaw("softBestOfNLaw", problem, n);
}

/** `softBestOfNLaw` under another function's name. */
export function softLaw<A>(caller: string, problem: SelectionProblem<A>, n: number): Distribution<A> {
  const prepared = prepare(caller, problem, problem?.beta);
  n = requireNumber(caller, "n", n, DRAWS);
  return onAnswers(prepared, softLawAt(prepared, n));
}

/**
 * The same law for weights given as they are: one of N draws from ref is picked with probability ∝ its weight. The
 * scale of the weights does not matter.
 *
 * An answer of weight 0 is never picked: N draws of weight 0 are drawn again, so that the law is that of the draws with
 * a winner, and sums to 1.
 *
 * @param problem the reference policy, and a non-negative weight for each answer, one at least positive on the support
 * @param n the number of draws N, a real number of at least 1
 * @returns the law of the answer picked
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when n is below 1 or not finite, or a weight is negative, NaN or infinite, or all are 0
 * @example
 * ```ts
 * import { distribution, weightedBestOfNLaw } from "exptilt";
 * const ref = distribution(["a", "b", "c"], [2, 3, 5]);
 * weightedBestOfNLaw({ ref, weight: [1, 2, 3] }, 2).mass // => [0.13, 0.29, 0.58]
 * ```
 */
export function weightedBestOfNLaw<A>(
  problem: { readonly ref: Measure<A>; readonly weight: Score<A> },
  n: number,
): Distribution<A> {
  const caller = "weightedBestOfNLaw";
  requireProblem(caller, problem);
  const { weight } = problem;
  const ref = requireMeasure(caller, "ref", problem.ref);
  const { law } = ref;
  const score = resolveScore(caller, "weight", ref.support, weight);
  for (let i = 0; i < score.length; i++) {
    if (!(score[i] >= 0)) throw outOfRange(caller, `weight[${i}]`, "be non-negative and finite", score[i]);
    if (score[i] === 0) score[i] = -Infinity;
  }
  if (!score.some((w, i) => w > 0 && law.supports(i)))
    throw outOfRange(caller, "weight", "be positive for some answer of the support", 0);
  n = requireNumber(caller, "n", n, DRAWS);
  const prepared = new Prepared({ caller, ref, law, score, beta: 1 }, weightsByReward);
  return onAnswers(prepared, lawAt(prepared, n));
}

/** The rewards are the weights. */
const weightsByReward = (levels: Levels, _beta: number, lift: number) => weightsAsGiven(levels, lift);
