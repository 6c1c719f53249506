import type { Law } from "../measure/law.js";
import type { Distribution } from "../measure/measure.js";
import { tiltLaw } from "../measure/tilt.js";
import { requireNumber } from "../numeric/check.js";
import { DRAWS } from "./draws.js";
import { type MethodOptions, methodOf, requireDraws } from "./method.js";
import { prepare, type SelectionProblem } from "./problem.js";
import { onAnswers } from "./ratio/law.js";
import type { LimitDistance } from "./ratio/limitDistanceOf.js";
import type { Prepared } from "./ratio/prepared.js";
import { distancesOf } from "./readings.js";

/** The law that selection tends to as N grows: the tilt at β > 0, ref on the best level at β = 0. */
export function limitLaw<A>(prepared: Prepared<A>): Law {
  const { caller, law, score, levels, beta } = prepared;
  if (beta > 0) return tiltLaw(caller, law, score, beta).law;
  const hard = Float64Array.from(score, (_, i) => (levels.levelOf[i] === 0 ? 0 : -Infinity));
  return tiltLaw(caller, law, hard, 1).law;
}

/**
 * What selection among ever more draws tends to: the RLHF optimum at β > 0, and ref restricted to the answers of highest
 * reward at β = 0. Equations (15) and (16).
 *
 * @param problem the reference policy, the reward and β from 0 to ∞
 * @returns the law of the answer picked as N → ∞
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when β is negative or NaN, or a reward is NaN, +∞ or −∞ throughout
 * @example
 * ```ts
 * import { selectionLimit, uniform } from "exptilt";
 * const ref = uniform(["a", "b", "c"]);
 * selectionLimit({ ref, reward: [0, 1, 1], beta: 0 }).mass // => [0, 0.5, 0.5]
 * ```
 */
export function selectionLimit<A>(problem: SelectionProblem<A>): Distribution<A> {
  const prepared = prepare("selectionLimit", problem, problem?.beta);
  return onAnswers(prepared, limitLaw(prepared));
}

/**
 * How far the law of N draws still is from its limit N → ∞: the RLHF optimum, or at β = 0 ref on the best answers.
 *
 * At β > 0 the distances fall like 1/N (total variation) and 1/N² (both divergences), and keep their digits however
 * large N: the law is computed as its limit times 1 plus a gap, and the gap by its own integral. For hard selection
 * total variation is (F⁻)^N and KL(π*‖P_N) is −log(1 − (F⁻)^N), F⁻ the probability of all answers but the best.
 *
 * With a `method` the law and its limit are those of another way to spend the draws. Metropolis and rejection tend to the
 * optimum exponentially, rejection with a lower cap to that of the capped reward; Metropolis by its eigenvalues λ, as a
 * difference of terms that lose no digits, rejection as (1 − A)^{N−1} times the distance of ref. Votes, of a whole N, tend to the
 * mode of ref, weighted ones to that of the optimum, several modes alike. (Three or more answers of unlike rewards that tie
 * exactly in the optimum are not won equally often even then.)
 *
 * @param problem the reference policy, the reward and β from 0 to ∞
 * @param n the number of draws N, a real number of at least 1
 * @param options the method, soft best-of-N where left out, and the cap of rejection
 * @returns the distances, each with some 12 digits
 * @throws TypeError when an argument has the wrong type, the lengths differ, or an option has another name
 * @throws RangeError when n is below 1 or not finite, the method is none, a cap is not finite or not of rejection, β is negative or NaN, or a reward is NaN, +∞ or −∞ throughout
 * @example
 * ```ts
 * import { limitDistance, uniform } from "exptilt";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 };
 * limitDistance(problem, 100).totalVariation // => 0.00182884272
 * limitDistance(problem, 1e12).totalVariation // => 1.81715495e-13
 * limitDistance({ ...problem, beta: 0 }, 10).totalVariation // => 0.0009765625
 * limitDistance(problem, 100, { method: "metropolis" }).totalVariation // => 6.93336635e-51
 * ```
 */
export function limitDistance<A>(problem: SelectionProblem<A>, n: number, options: MethodOptions = {}): LimitDistance {
  const caller = "limitDistance";
  const prepared = prepare(caller, problem, problem?.beta);
  const method = methodOf(caller, options);
  n = requireDraws(caller, "n", requireNumber(caller, "n", n, DRAWS), method);
  return distancesOf(prepared, method)([n])[0];
}
