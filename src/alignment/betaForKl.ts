import { klOf } from "../information/divergence.js";
import { expectationUnder } from "../measure/expectation.js";
import type { Law } from "../measure/law.js";
import { levelsOf, massFrom } from "../measure/levels.js";
import { requireMeasure } from "../measure/measure.js";
import { resolveScore } from "../measure/score.js";
import { tiltLaw } from "../measure/tilt.js";
import { outOfRange, requireNumber, requireObject } from "../numeric/check.js";
import { log1p, square } from "../numeric/elementary.js";
import { logRoot } from "../numeric/logRoot.js";
import type { TiltProblem } from "./rlhf.js";

/**
 * The β whose tilt is a given KL away from ref, KL(π_β‖ref) = kl, so that RLHF, soft best-of-N and best-of-N can be
 * compared at equal KL. With η = 1/β and Λ(η) = log E_ref[e^{ηr}], KL = ηΛ′(η) − Λ(η), whose derivative is
 * η Var_{π_β}(r).
 *
 * $$\mathrm{KL}(\pi_\beta \,\|\, \mathrm{ref}) = \eta \Lambda'(\eta) - \Lambda(\eta) = \text{kl}, \qquad \eta = 1/\beta$$
 *
 * Solved by Newton's method on log KL against log η, kept inside a bracket. A KL of 0 gives Infinity. The largest KL of a
 * tilt is −log ref(answers of highest reward), as β → 0: that KL gives 0, a larger one is an error.
 *
 * @param problem the reference policy, and the reward, finite on the support; a β of its own is not read
 * @param kl the KL to spend, in nats
 * @returns β, to the last digits that the KL determines
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when a reward on the support is not finite, or the KL is negative, NaN or more than a tilt can spend
 * @example
 * ```ts
 * import { betaForKl, klDivergence, rlhfOptimum, uniform } from "exptilt";
 * const ref = uniform(["a", "b", "c"]);
 * const beta = betaForKl({ ref, reward: [0, 1, 2] }, 0.5);
 * beta // => 0.6419146745704
 * klDivergence(rlhfOptimum({ ref, reward: [0, 1, 2], beta }), ref) // => 0.5
 * betaForKl({ ref, reward: [0, 1, 2] }, 1.1) // throws RangeError: kl
 * ```
 */
export function betaForKl<A>(problem: Omit<TiltProblem<A>, "beta">, kl: number): number {
  const caller = "betaForKl";
  const { support, law } = requireMeasure(caller, "ref", requireObject(caller, "problem", problem).ref);
  const score = resolveScore(caller, "reward", support, problem.reward);
  requireNumber(caller, "kl", kl);
  for (let i = 0; i < score.length; i++) {
    if (!law.supports(i)) score[i] = 0;
    else if (score[i] === -Infinity) throw outOfRange(caller, `reward[${i}]`, "be finite on the support", score[i]);
  }
  const levels = levelsOf(caller, law, score);
  const { reward: distinct, mass, logMass } = levels;
  const most = mass[0] > 0.5 ? -log1p(-massFrom(mass, 0)[1]) : -logMass[0];
  if (!(kl >= 0 && kl <= most)) throw outOfRange(caller, "kl", `be from 0 to ${most}, what β → 0 spends`, kl);
  if (kl === 0) return Infinity;
  if (kl === most) return 0;
  // In units of the range nothing over- or underflows; halved where the range itself would.
  const [top, bottom] = [distinct[0], distinct[distinct.length - 1]];
  const scale = top - bottom < Infinity ? 1 : 0.5;
  const range = top * scale - bottom * scale;
  const unit = score.map((r) => (r * scale - top * scale) / range);
  return range / steepness(caller, law, unit, kl) / scale;
}

/** The η at which tilting by scores in [−1, 0] spends a KL it can spend. */
function steepness(caller: string, law: Law, score: Float64Array, kl: number): number {
  const spending = (eta: number) => {
    const tilted = tiltLaw(caller, law, score, 1 / eta).law;
    // From the likeliest answer: its distance from the mean would be rounding where little else is likely.
    const apart = score.map((s) => s - score[tilted.peak]);
    const variance = expectationUnder(tilted, apart.map(square)) - square(expectationUnder(tilted, apart));
    const value = klOf(tilted, law);
    return { value, slope: (eta * eta * variance) / value };
  };
  // KL is the integral of η Var, and the variance at most 1/4: the root is at or above this. From below it is found also
  // where KL rises like e^η, and is all but constant a little further up.
  return logRoot(spending, kl, Math.sqrt(8 * kl));
}
