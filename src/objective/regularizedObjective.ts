import type { TiltProblem } from "../alignment/rlhf.js";
import { klOf, liftedProbability, UPSCALE } from "../information/divergence.js";
import { sumOverLogRatios } from "../information/logRatio.js";
import { expectationUnder } from "../measure/expectation.js";
import type { Law } from "../measure/law.js";
import { type Measure, requirePair } from "../measure/measure.js";
import { resolveScore } from "../measure/score.js";
import { tiltLaw } from "../measure/tilt.js";
import { NON_NEGATIVE, POSITIVE, requireNumber, requireObject } from "../numeric/check.js";
import { regularizedLaw } from "./regularizedOptimum.js";
import { type Regularizer, requireRegularizer } from "./regularizers.js";

/**
 * The regularised objective E_π[r] − β D_f(π‖ref), in the units of the reward; see `regularizedOptimum` for the divergences.
 *
 * $$J(\pi) = \mathbb{E}_{\pi}[r] - \beta D_f(\pi \,\|\, \mathrm{ref})$$
 *
 * −∞ where π has mass and ref has none, also below α = 1, where D_f would be finite, or where π has mass on a forbidden
 * answer. At α ≤ 0 it is −∞ too where ref has mass and π has none; a forbidden answer of ref, on which no policy may have
 * mass, is then left out of D_f. At β = 0, the expected reward of a policy within the support of ref.
 *
 * @param problem the reference policy, the reward and β; here β = 0 is allowed
 * @param policy any measure on the answers of ref, read as the law proportional to it
 * @param regularizer `{ alpha }` with any finite number, or a name
 * @returns J(π), to a few units in the last place of E_π|r| + β D_f
 * @throws TypeError when an argument has the wrong type or the supports differ
 * @throws RangeError when a reward is NaN or +∞, β is negative, NaN or infinite, or α is not finite
 * @example
 * ```ts
 * import { measure, regularizedObjective, uniform } from "exptilt";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 0.5 };
 * regularizedObjective(problem, measure(["a", "b"], [1, 4]), { alpha: 2 }) // => 0.71
 * regularizedObjective(problem, measure(["a", "b"], [1, 4]), "jensenShannon") // => 0.774664081507
 * ```
 */
export function regularizedObjective<A>(problem: TiltProblem<A>, policy: Measure<A>, regularizer: Regularizer): number {
  const caller = "regularizedObjective";
  const beta = requireNumber(caller, "beta", requireObject(caller, "problem", problem).beta, NON_NEGATIVE);
  const [{ support, law: ref }, { law }] = requirePair(caller, ["ref", problem.ref], ["policy", policy]);
  const f = requireRegularizer(caller, regularizer);
  const reward = resolveScore(caller, "reward", support, problem.reward);
  if (!within(law, ref, reward)) return -Infinity;
  const gain = expectationUnder(law, reward);
  if (beta === 0) return gain;
  const divergence = f === undefined ? klOf(law, ref) : f.divergence(law, ref, (i) => reward[i] === -Infinity);
  return gain - beta * divergence;
}

/** Whether a policy has mass only where ref has, and on no forbidden answer. */
function within(law: Law, ref: Law, reward: Float64Array): boolean {
  return reward.every((r, i) => !law.supports(i) || (r > -Infinity && ref.supports(i)));
}

/**
 * The regret J(π*) − J(π) of a policy under a regularised objective, in the units of the reward: exact, with no difference
 * taken. It is β times the Bregman divergence of D_f between π and π*, and what a policy loses on answers that the optimum
 * drops. With s = π* / ref and t = π/ref, for an α-divergence,
 *
 * $$J(\pi^*) - J(\pi) = \beta \sum_{s > 0} \mathrm{ref}\; s^{\alpha} f_\alpha\Bigl(\frac ts\Bigr)
 *   + \sum_{s = 0} \Bigl[\frac{\beta\, \mathrm{ref}\; t^{\alpha}}{\alpha(\alpha - 1)}
 *   + \pi \Bigl(\nu - r - \frac{\beta}{\alpha - 1}\Bigr)\Bigr]$$
 *
 * ∞ where π has mass and ref has none, or on a forbidden answer, and at α ≤ 0 where it has none on an answer that the
 * optimum has.
 *
 * @param problem the reference policy, the reward and β
 * @param policy any measure on the answers of ref, read as the law proportional to it
 * @param regularizer `{ alpha }` with any finite number, or a name
 * @returns the regret, in [0, ∞]; 0 for the optimum itself
 * @throws TypeError when an argument has the wrong type or the supports differ
 * @throws RangeError when a reward is NaN or +∞ or forbids the whole support, β is not positive and finite, or α is not
 * finite
 * @example
 * ```ts
 * import { regularizedOptimum, regularizedRegret, uniform } from "exptilt";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 };
 * regularizedRegret(problem, problem.ref, { alpha: 2 }) // => 0.125
 * regularizedRegret(problem, regularizedOptimum(problem, { alpha: 2 }), { alpha: 2 }) // => 0
 * ```
 */
export function regularizedRegret<A>(problem: TiltProblem<A>, policy: Measure<A>, regularizer: Regularizer): number {
  const caller = "regularizedRegret";
  const beta = requireNumber(caller, "beta", requireObject(caller, "problem", problem).beta, POSITIVE);
  const [{ support, law: ref }, { law }] = requirePair(caller, ["ref", problem.ref], ["policy", policy]);
  const f = requireRegularizer(caller, regularizer);
  const reward = resolveScore(caller, "reward", support, problem.reward);
  if (f === undefined) {
    const kl = klOf(law, tiltLaw(caller, ref, reward, beta).law);
    return kl === 0 ? 0 : beta * kl;
  }
  const { law: optimum, multiplier, distance } = regularizedLaw(caller, ref, reward, beta, f);
  if (!within(law, ref, reward)) return Infinity;
  const density = multiplier.densities(distance);
  const bregman = sumOverLogRatios(law, optimum, (l, mass, best, i, unit) => {
    const argument = multiplier.argument(distance[i]);
    const logDensity = multiplier.logDensity(distance[i]);
    const refMass = liftedProbability(ref, i, ref.logProbability(i)) * (unit / UPSCALE);
    return f.regret({ l, policy: mass, optimum: best, ref: refMass, argument, density: density[i], logDensity });
  });
  return bregman === 0 ? 0 : beta * bregman;
}
