import type { Law } from "../measure/law.js";
import type { Distribution } from "../measure/measure.js";
import { scaledExp } from "../measure/score.js";
import { tiltLaw } from "../measure/tilt.js";
import { expm1MinusX } from "../numeric/deviance.js";
import { exp, log, log1p } from "../numeric/elementary.js";
import { isNormal } from "../numeric/float64.js";
import { peakOf } from "../numeric/peak.js";
import { sum } from "../numeric/sum.js";
import { onAnswers, type Prepared, prepare, requireDraws, type SelectionProblem } from "./problem.js";
import type { LevelRatios } from "./ratio.js";
import { ratiosAt } from "./ratios.js";

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

/** How far a law of N draws still is from its limit. */
export interface LimitDistance {
  /** ½ Σ |P_N − π*|, in [0, 1]. */
  readonly totalVariation: number;
  /** KL(π*‖P_N), in nats. */
  readonly kl: number;
  /** KL(P_N‖π*), in nats: infinite for hard selection, whose limit drops answers. */
  readonly reverseKl: number;
}

/** The limit's probability of each level, and what its weights are relative to. */
export interface LimitLevels {
  readonly mass: Float64Array;
  readonly logMass: Float64Array;
  /** The likeliest level. */
  readonly peak: number;
}

/** The limit's probability of each level. */
export function limitLevels<A>({ levels, ladder, beta }: Prepared<A>): LimitLevels {
  const { mass, reward } = levels;
  const logMass = mass.map(log);
  if (ladder !== undefined) {
    const { x, logMean } = ladder;
    for (let i = 0; i < logMass.length; i++) logMass[i] += x[i] - logMean;
    // From the likeliest level: products keep the digits that large logarithms lose.
    const peak = peakOf(logMass);
    const relative = mass.map((p, i) => p * scaledExp(reward[i], reward[peak], beta));
    const total = sum(relative).hi;
    const limit = relative.map((v, i) => (isNormal(v) && isNormal(mass[i]) ? v / total : exp(logMass[i])));
    return { mass: isNormal(total) ? limit : logMass.map(exp), logMass, peak };
  }
  if (beta === 0) {
    logMass.fill(-Infinity);
    logMass[0] = 0;
  } else {
    const logAllowed = log(sum(mass).hi);
    for (let i = 0; i < logMass.length; i++) logMass[i] -= logAllowed;
  }
  return { mass: logMass.map(exp), logMass, peak: peakOf(logMass) };
}

/**
 * The distances from the ratios to the limit: since Σ π*·(P/π* − 1) = 0, both divergences are sums of non-negative
 * terms, of second order in the gaps and as accurate as these.
 */
export function limitDistanceOf(limit: LimitLevels, ratios: LevelRatios): LimitDistance {
  const { mass, logMass, peak } = limit;
  const { gap, logGap } = ratios;
  // Hard selection: the limit is ref on the best level, and all that misses it lies where the limit has nothing.
  if (logMass.includes(-Infinity)) return { totalVariation: -gap[0], kl: -logGap[0], reverseKl: Infinity };
  const [above, below, kl, reverse] = [0, 1, 2, 3].map(() => new Float64Array(mass.length));
  const add = (i: number, d: number, l: number) => {
    const p = mass[i];
    if (d < 0.5) {
      if (d < 0) below[i] = -p * d;
      else above[i] = p * d;
      // With l = log(1 + d): d − l = e^l − 1 − l, and (1 + d)·l − d = (1 + d)(e^{−l} − 1 + l).
      kl[i] = p * expm1MinusX(l);
      reverse[i] = l > -1 ? p * (1 + d) * expm1MinusX(-l) : p * ((1 + d) * l - d);
    } else {
      // P itself may be large where π* underflows.
      const q = exp(logMass[i] + l);
      above[i] = q - p;
      kl[i] = q - p - p * l;
      reverse[i] = q * l - q + p;
    }
  };
  for (let i = 0; i < mass.length; i++) if (i !== peak) add(i, gap[i], logGap[i]);
  // What is gained equals what is lost: the likeliest level's gap, which may be far below its rounding, is that of the others.
  const [gained, lost] = [sum(above).hi, sum(below).hi];
  const own = (lost - gained) / mass[peak];
  if (Math.abs(own) < 0.01) add(peak, own, log1p(own));
  else add(peak, gap[peak], logGap[peak]);
  return {
    totalVariation: Math.min(1, Math.max(gained, lost)),
    kl: Math.max(0, sum(kl).hi),
    reverseKl: Math.max(0, sum(reverse).hi),
  };
}

/**
 * How far the law of N draws still is from its limit N → ∞: the RLHF optimum, or at β = 0 ref on the best answers.
 *
 * At β > 0 the distances fall like 1/N (total variation) and 1/N² (both divergences), and keep their digits however
 * large N: the law is computed as its limit times 1 plus a gap, and the gap by its own integral. For hard selection
 * total variation is (F⁻)^N and KL(π*‖P_N) is −log(1 − (F⁻)^N), F⁻ the probability of all answers but the best.
 *
 * @param problem the reference policy, the reward and β from 0 to ∞
 * @param n the number of draws N, a real number of at least 1
 * @returns the distances, each with some 12 digits
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when n is below 1 or not finite, β is negative or NaN, or a reward is NaN, +∞ or −∞ throughout
 * @example
 * ```ts
 * import { limitDistance, uniform } from "exptilt";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 };
 * limitDistance(problem, 100).totalVariation // => 0.00182884272
 * limitDistance(problem, 1e12).totalVariation // => 1.81715495e-13
 * limitDistance({ ...problem, beta: 0 }, 10).totalVariation // => 0.0009765625
 * ```
 */
export function limitDistance<A>(problem: SelectionProblem<A>, n: number): LimitDistance {
  const prepared = prepare("limitDistance", problem, problem?.beta);
  requireDraws("limitDistance", "n", n);
  const [ratios] = ratiosAt(prepared, [n]);
  return limitDistanceOf(limitLevels(prepared), ratios);
}
