import { klOf } from "../information/divergence.js";
import { expectationUnder } from "../measure/expectation.js";
import type { Law } from "../measure/law.js";
import { type Distribution, type Measure, requireMeasure, requirePair } from "../measure/measure.js";
import { resolveScore, type Score } from "../measure/score.js";
import { tiltChecked, tiltLaw } from "../measure/tilt.js";
import { NON_NEGATIVE, POSITIVE, POSITIVE_OR_INFINITE, requireNumber, requireObject } from "../numeric/check.js";

/**
 * What RLHF, soft best-of-N sampling and importance-weighted maximum likelihood share: a reference law to be tilted
 * towards reward at a temperature.
 *
 * @typeParam A the type of an answer
 */
export interface TiltProblem<A = unknown> {
  /** The reference policy: any measure, read as the law proportional to it. */
  readonly ref: Measure<A>;
  /** The reward of each answer: an array aligned with the support of `ref`, or a function of the answer. −∞ forbids. */
  readonly reward: Score<A>;
  /** The temperature β > 0, in the units of the reward: the price of one nat of KL to `ref`. */
  readonly beta: number;
}

/**
 * The RLHF objective J(π) = E_π[r] − β KL(π‖ref), in the units of the reward. Equation (5).
 *
 * $$J_{\mathrm{hf}}(\pi) = \mathbb{E}_{\pi}[r] - \beta\, \mathrm{KL}(\pi \,\|\, \mathrm{ref})$$
 *
 * −∞ where π has mass and ref has none, or where π has mass on a forbidden answer (reward −∞). At β = 0, the limit: the
 * expected reward of a policy within the support of ref.
 *
 * @param problem the reference policy, the reward and β; here β = 0 is allowed
 * @param policy any measure on the answers of ref, read as the law proportional to it
 * @returns J(π), to a few units in the last place of E_π|r| + β KL
 * @throws TypeError when an argument has the wrong type or the supports differ
 * @throws RangeError when a reward is NaN or +∞, or β is negative, NaN or infinite
 * @example
 * ```ts
 * import { distribution, rlhfObjective, uniform } from "exptilt";
 * const ref = uniform(["a", "b"]);
 * rlhfObjective({ ref, reward: [0, 1], beta: 0.5 }, ref) // => 0.5
 * rlhfObjective({ ref, reward: [0, 1], beta: 0.5 }, distribution(["a", "b"], [1, 4])) // => 0.703627621489
 * ```
 */
export function rlhfObjective<A>(problem: TiltProblem<A>, policy: Measure<A>): number {
  const caller = "rlhfObjective";
  const beta = requireNumber(caller, "beta", requireObject(caller, "problem", problem).beta, NON_NEGATIVE);
  const [{ support, law: ref }, { law }] = requirePair(caller, ["ref", problem.ref], ["policy", policy]);
  const reward = resolveScore(caller, "reward", support, problem.reward);
  const kl = klOf(law, ref);
  const value = kl === Infinity ? -Infinity : expectationUnder(law, reward) - beta * kl;
  // Rounded, the value of a policy near the optimum may come out above the optimal one.
  return beta > 0 && value > -Infinity ? Math.min(value, optimalValue(caller, ref, reward, beta)) : value;
}

/**
 * The RLHF optimum π*(o) = ref(o) e^{r(o)/β} / E_ref[e^{r/β}], the maximiser of J: the law proportional to hp^{1/β}·ref.
 * Equation (9).
 *
 * $$\pi^*(o) = \frac{\mathrm{ref}(o)\, e^{r(o)/\beta}}{\mathbb{E}_{\mathrm{ref}}[e^{r/\beta}]} \propto \mathrm{hp}(o)^{1/\beta}\, \mathrm{ref}(o)$$
 *
 * β = ∞ gives ref. A reward −∞ forbids its answer. Adding a constant to the reward changes nothing.
 *
 * @param problem the reference policy, the reward and β
 * @returns the optimal policy, with log E_ref[e^{r/β}] in nats as its `logNormalizer`
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when a reward is NaN or +∞ or forbids the whole support, or β is not positive (for β → 0 see `bestOfNLaw`)
 * @example
 * ```ts
 * import { rlhfOptimum, uniform } from "exptilt";
 * rlhfOptimum({ ref: uniform(["a", "b"]), reward: [0, 1], beta: 0.5 }).mass // => [0.119202922022, 0.880797077978]
 * ```
 */
export function rlhfOptimum<A>(problem: TiltProblem<A>): Distribution<A> {
  const { ref, reward, beta } = requireObject("rlhfOptimum", "problem", problem);
  return tiltChecked("rlhfOptimum", "reward", ref, reward, beta);
}

/**
 * The optimal value J(π*) = β log E_ref[e^{r/β}], in the units of the reward. Equations (5) and (9).
 *
 * $$J_{\mathrm{hf}}(\pi^*) = \beta \log \mathbb{E}_{\mathrm{ref}}[e^{r/\beta}]$$
 *
 * Anchored at the answer that dominates the tilt, so that neither a large β (where it tends to E_ref r) nor a small one
 * (where it tends to max r) costs digits. β = ∞ gives E_ref r.
 *
 * @param problem the reference policy, the reward and β
 * @returns the value of the objective at its maximum
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when a reward is NaN or +∞ or forbids the whole support, or β is not positive
 * @example
 * ```ts
 * import { rlhfOptimalValue, uniform } from "exptilt";
 * const ref = uniform(["a", "b"]);
 * rlhfOptimalValue({ ref, reward: [0, 1], beta: 0.5 }) // => 0.7168904152415
 * rlhfOptimalValue({ ref, reward: [0, 1], beta: 1e12 }) // => 0.500000000000125
 * ```
 */
export function rlhfOptimalValue<A>(problem: TiltProblem<A>): number {
  const caller = "rlhfOptimalValue";
  const { ref, reward } = requireObject(caller, "problem", problem);
  const { support, law } = requireMeasure(caller, "ref", ref);
  const score = resolveScore(caller, "reward", support, reward);
  return optimalValue(caller, law, score, requireNumber(caller, "beta", problem.beta, POSITIVE_OR_INFINITE));
}

function optimalValue(caller: string, ref: Law, reward: Float64Array, beta: number): number {
  if (beta === Infinity) return expectationUnder(ref, reward);
  const { anchor, excess } = tiltLaw(caller, ref, reward, beta).logPartition();
  return reward[anchor] + beta * excess;
}

/**
 * The regret J(π*) − J(π) = β KL(π‖π*) of a policy, in the units of the reward: exact, with no difference taken.
 * Equations (5) and (9).
 *
 * $$J_{\mathrm{hf}}(\pi^*) - J_{\mathrm{hf}}(\pi) = \beta\, \mathrm{KL}(\pi \,\|\, \pi^*)$$
 *
 * @param problem the reference policy, the reward and β
 * @param policy any measure on the answers of ref, read as the law proportional to it
 * @returns the regret, in [0, ∞]; 0 for the optimum itself
 * @throws TypeError when an argument has the wrong type or the supports differ
 * @throws RangeError when a reward is NaN or +∞ or forbids the whole support, or β is not positive and finite
 * @example
 * ```ts
 * import { rlhfOptimum, rlhfRegret, uniform } from "exptilt";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 0.5 };
 * rlhfRegret(problem, problem.ref) // => 0.2168904152415
 * rlhfRegret(problem, rlhfOptimum(problem)) // => 0
 * ```
 */
export function rlhfRegret<A>(problem: TiltProblem<A>, policy: Measure<A>): number {
  const caller = "rlhfRegret";
  const beta = requireNumber(caller, "beta", requireObject(caller, "problem", problem).beta, POSITIVE);
  const [{ support, law: ref }, { law }] = requirePair(caller, ["ref", problem.ref], ["policy", policy]);
  const reward = resolveScore(caller, "reward", support, problem.reward);
  const kl = klOf(law, tiltLaw(caller, ref, reward, beta).law);
  return kl === 0 ? 0 : beta * kl;
}
