import { klOf, totalVariationOf } from "../information/divergence.js";
import { entropyOf } from "../information/entropy.js";
import { type Measure, normalized, requireMeasure, requirePair } from "../measure/measure.js";
import { outOfRange, POSITIVE, requireInteger, requireNumber, requireObject } from "../numeric/check.js";
import { preferenceLaw } from "../preference/preference.js";
import type { TiltProblem } from "./rlhf.js";
import { excessTemperature, type SelfCertaintyProblem } from "./rlif.js";

/**
 * The RLHF problem with the same optimum as an RLIF problem: the reward log ref (so that hp = ref) at temperature
 * β_hf = Lβ_if − 1. Equation (11). It is also the soft best-of-N problem whose limit N → ∞ is that optimum, at
 * β_tts = Lβ_if − 1: equation (18).
 *
 * $$\beta_{\mathrm{hf}} = L \beta_{\mathrm{if}} - 1, \quad r = \log \mathrm{ref}$$
 *
 * @param problem an RLIF problem with Lβ_if > 1
 * @returns the tilt problem; answers outside the support of ref have reward −∞
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when Lβ_if ≤ 1, where RLIF has no RLHF counterpart
 * @example
 * ```ts
 * import { distribution, klDivergence, rlhfEquivalent, rlhfOptimum, rlifOptimum } from "exptilt";
 * const internal = { ref: distribution(["aa", "ab"], [1, 3]), length: 2, beta: 0.75, vocabularySize: 2 };
 * rlhfEquivalent(internal).beta // => 0.5
 * rlhfOptimum(rlhfEquivalent(internal)).mass // => [0.0357142857, 0.9642857143]
 * rlifOptimum(internal).mass // => [0.0357142857, 0.9642857143]
 * ```
 */
export function rlhfEquivalent<A>(problem: SelfCertaintyProblem<A>): TiltProblem<A> {
  return equivalentOf("rlhfEquivalent", problem);
}

/** `rlhfEquivalent` under another function's name. */
export function equivalentOf<A>(caller: string, problem: SelfCertaintyProblem<A>): TiltProblem<A> {
  const { ref, beta } = excessTemperature(caller, problem);
  return { ref, reward: normalized(ref).logMass, beta };
}

/** How far hp may be from ref, in total variation, before an equivalence that assumes hp = ref is refused. */
export const FAITHFUL = 1e-9;

/**
 * The RLIF problem with the same optimum as an RLHF problem whose reference is faithful, ref = hp:
 * β_if = (β_hf + 1)/L. Equations (11) and (18), read the other way.
 *
 * $$\beta_{\mathrm{if}} = \frac{\beta_{\mathrm{hf}} + 1}{L}$$
 *
 * @param problem an RLHF (or soft best-of-N) problem with ref(o) ∝ e^{reward(o)}
 * @param options the `length` L of the sequences and the `vocabularySize` |V|
 * @param options.length L, a whole number of at least 1
 * @param options.vocabularySize |V|, a whole number of at least 1
 * @returns the self-certainty problem
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when hp is farther than 1e−9 from ref in total variation, β is not positive and finite, or L or |V| is no whole number ≥ 1
 * @example
 * ```ts
 * import { distribution, rlifEquivalent } from "exptilt";
 * const ref = distribution(["aa", "ab"], [1, 3]);
 * rlifEquivalent({ ref, reward: ref.logMass, beta: 0.5 }, { length: 2, vocabularySize: 2 }).beta // => 0.75
 * rlifEquivalent({ ref, reward: [0, 0], beta: 0.5 }, { length: 2, vocabularySize: 2 }) // throws RangeError
 * ```
 */
export function rlifEquivalent<A>(
  problem: TiltProblem<A>,
  options: { readonly length: number; readonly vocabularySize: number },
): SelfCertaintyProblem<A> {
  const caller = "rlifEquivalent";
  const beta = requireNumber(caller, "beta", requireObject(caller, "problem", problem).beta, POSITIVE);
  const ref = requireMeasure(caller, "ref", problem.ref);
  const { length: tokens, vocabularySize: size } = requireObject(caller, "options", options);
  const length = requireInteger(caller, "length", tokens, 1);
  const vocabularySize = requireInteger(caller, "vocabularySize", size, 1);
  const hp = preferenceLaw(caller, ref.support, problem.reward);
  const gap = totalVariationOf(hp.law, ref.law);
  if (!(gap <= FAITHFUL))
    throw outOfRange(
      caller,
      "ref",
      `be the human-preference law of the reward to a total variation of ${FAITHFUL}`,
      gap,
    );
  return { ref, length, beta: (beta + 1) / length, vocabularySize };
}

/**
 * The unified objective H(π) + (β_hf + 1) KL(π‖hp), in nats, whose minimiser ∝ hp^{1+1/β_hf} is the optimum of RLHF and
 * of RLIF alike where ref = hp. Equation (12).
 *
 * $$H(\pi) + (\beta_{\mathrm{hf}} + 1)\, \mathrm{KL}(\pi \,\|\, \mathrm{hp}), \quad \text{least at } \pi \propto \mathrm{hp}^{1 + 1/\beta_{\mathrm{hf}}}$$
 *
 * @param problem the faithful reference `ref` = hp, and β = β_hf = Lβ_if − 1
 * @param problem.ref hp: any measure, read as the law proportional to it
 * @param problem.beta β_hf, positive and finite
 * @param policy any measure on the answers of ref, read as the law proportional to it
 * @returns the objective in nats, ∞ where π has mass and hp has none
 * @throws TypeError when an argument has the wrong type or the supports differ
 * @throws RangeError when β is not positive and finite
 * @example
 * ```ts
 * import { distribution, escort, unifiedObjective } from "exptilt";
 * const problem = { ref: distribution(["a", "b"], [1, 3]), beta: 1 };
 * unifiedObjective(problem, problem.ref) // => 0.56233514461881
 * unifiedObjective(problem, escort(problem.ref, 2)) // => 0.47000362924574
 * ```
 */
export function unifiedObjective<A>(
  problem: { readonly ref: Measure<A>; readonly beta: number },
  policy: Measure<A>,
): number {
  const caller = "unifiedObjective";
  const beta = requireNumber(caller, "beta", requireObject(caller, "problem", problem).beta, POSITIVE);
  const [{ law: ref }, { law }] = requirePair(caller, ["ref", problem.ref], ["policy", policy]);
  return entropyOf(law) + (beta + 1) * klOf(law, ref);
}
