import { type Distribution, fromLogMass, type Measure, normalize, requireMeasure } from "../../measure/measure.js";
import { resolveScore } from "../../measure/score.js";
import { outOfRange, requireObject } from "../../numeric/check.js";
import { log } from "../../numeric/elementary.js";
import type { BestOfNProblem, SelectionProblem } from "../../selection/problem.js";
import { softLaw } from "../../selection/softBestOfN.js";
import { effectiveFractionOf } from "./effectiveFraction.js";
import type { WeightedAnswers } from "./importanceWeights.js";

function weighted<A>(target: Distribution<A>, ref: Measure<A>): WeightedAnswers<A> {
  return { target, ref, effectiveFraction: effectiveFractionOf(target, ref) };
}

/**
 * What best-of-N distillation imitates: the exact law of soft best-of-N at N draws. Weighted maximum likelihood on it makes N
 * draws cheap: one draw of the policy stands for the best of N.
 *
 * $$\max_\theta \; \mathbb{E}_{P_N}[\log \pi_\theta]$$
 *
 * As N grows it tends to what `importanceWeights` imitates. β = 0 distils hard best-of-N.
 *
 * @param problem the reference policy, the reward and β ≥ 0
 * @param draws N, a real number of at least 1
 * @returns the target P_N for `fitWeightedMle`
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when N is below 1 or not finite, or see `softBestOfNLaw`
 * @example
 * ```ts
 * import { uniform } from "exptilt";
 * import { bestOfNDistillation } from "exptilt/training";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 0 };
 * bestOfNDistillation(problem, 4).target.mass // => [0.0625, 0.9375]
 * ```
 */
export function bestOfNDistillation<A>(problem: SelectionProblem<A>, draws: number): WeightedAnswers<A> {
  const caller = "bestOfNDistillation";
  const target = softLaw(caller, problem, "draws", draws);
  return weighted(target, requireMeasure(caller, "ref", problem.ref));
}

/**
 * What reward-weighted regression imitates: draws of ref weighted by the reward itself (Peters and Schaal 2007), which
 * must be non-negative. It has no temperature: the reward's zero and scale decide how far it leaves ref, and its optimum
 * is in general no optimum of (5).
 *
 * $$\max_\theta \; \mathbb{E}_{\mathrm{ref}}[r \log \pi_\theta], \qquad \mathrm{target}(o) \propto \mathrm{ref}(o)\, r(o)$$
 *
 * @param problem the reference policy and the reward
 * @returns the target ∝ ref·r for `fitWeightedMle`
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when a reward is negative, NaN or infinite, or 0 on the whole support
 * @example
 * ```ts
 * import { uniform } from "exptilt";
 * import { rewardWeightedRegression } from "exptilt/training";
 * rewardWeightedRegression({ ref: uniform(["a", "b"]), reward: [1, 3] }).target.mass // => [0.25, 0.75]
 * ```
 */
export function rewardWeightedRegression<A>(problem: BestOfNProblem<A>): WeightedAnswers<A> {
  const caller = "rewardWeightedRegression";
  const ref = requireMeasure(caller, "ref", requireObject(caller, "problem", problem).ref);
  const base = ref.law.logProbabilities();
  const score = resolveScore(caller, "reward", ref.support, problem.reward);
  const bad = score.findIndex((r) => !(r >= 0));
  if (bad >= 0) throw outOfRange(caller, `reward[${bad}]`, "be non-negative", score[bad]);
  const logMass = base.map((l, i) => l + log(score[i]));
  if (!logMass.some((l) => l > -Infinity)) throw outOfRange(caller, "reward", "be above 0 on the support of ref", 0);
  return weighted(normalize(fromLogMass(ref.support, logMass)), ref);
}
