import type { Law } from "../measure/law.js";
import { isRounded, type Levels, logMassAt } from "../measure/levels.js";
import type { Distribution } from "../measure/measure.js";
import { missedBy, scaledDifference } from "../measure/score.js";
import { tiltLaw } from "../measure/tilt.js";
import { requireNumber } from "../numeric/check.js";
import { expm1MinusX } from "../numeric/deviance.js";
import { exp, expm1, expTimes, log, log1p } from "../numeric/elementary.js";
import { isNormal } from "../numeric/float64.js";
import { floats } from "../numeric/floats.js";
import { sum } from "../numeric/sum.js";
import { DRAWS } from "./draws.js";
import { prepare, type SelectionProblem } from "./problem.js";
import { onAnswers } from "./ratio/law.js";
import type { LevelRatios, RatioToRef } from "./ratio/levelRatios.js";
import type { Prepared } from "./ratio/prepared.js";
import { ratiosAt } from "./ratio/ratiosAt.js";

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

/** The limit's probability of each level, and its ratio to ref, w/μ. */
export interface LimitLevels {
  readonly mass: Float64Array;
  /** Its logarithm. Made when first asked for. */
  readonly logMass: Float64Array;
  /** Whether levels of ref have no mass at all: the limit is hard. */
  readonly drops: boolean;
  /** log(w/μ) = log(π* / ref), exact also where π* or ref underflows. */
  readonly logRatio: Float64Array;
  /** The likeliest level. */
  readonly peak: number;
}

class LimitOfLevels implements LimitLevels {
  readonly mass: Float64Array;
  readonly logRatio: Float64Array;
  readonly peak: number;
  readonly drops: boolean;
  readonly #levels: Levels;
  #logMass: Float64Array | undefined;

  constructor(levels: Levels, mass: Float64Array, logRatio: Float64Array, peak: number) {
    this.#levels = levels;
    this.mass = mass;
    this.logRatio = logRatio;
    this.peak = peak;
    this.drops = logRatio.includes(-Infinity);
  }

  get logMass(): Float64Array {
    this.#logMass ??= this.mass.map((p, i) => (isRounded(p) ? this.#levels.logMass[i] + this.logRatio[i] : log(p)));
    return this.#logMass;
  }
}

/** The limit's probability of each level. */
export function limitLevels<A>({ levels, beta }: Prepared<A>): LimitLevels {
  const { mass: ref, reward } = levels;
  const size = ref.length;
  if (beta === 0) {
    const logRatio = floats(size).fill(-Infinity);
    logRatio[0] = -logMassAt(levels, 0);
    const mass = floats(size);
    mass[0] = 1;
    return new LimitOfLevels(levels, mass, logRatio, 0);
  }
  const { logMass: logRef } = levels;
  // From the likeliest level: products keep the digits that large logarithms lose.
  const x = floats(size);
  let peak = 0;
  for (let i = 1; i < size; i++) {
    if (scaledDifference(reward[i], reward[peak], beta) + (logRef[i] - logRef[peak]) > 0) peak = i;
  }
  const low = floats(size);
  const top = ref[peak];
  const odds = (i: number, total: number) =>
    isNormal(top) && isNormal(ref[i])
      ? expTimes(x[i], low[i], ref[i] / top / total)
      : exp(logRef[i] - logRef[peak] + x[i] - log(total));
  // Relative to the likeliest level's probability.
  const mass = floats(size);
  for (let i = 0; i < size; i++) {
    x[i] = scaledDifference(reward[i], reward[peak], beta);
    low[i] = missedBy(x[i], reward[i], reward[peak], beta);
    mass[i] = odds(i, 1);
  }
  const total = sum(mass).hi;
  for (let i = 0; i < size; i++) mass[i] = isNormal(mass[i]) ? mass[i] / total : odds(i, total);
  const logScale = logRef[peak] + log(total);
  const logRatio = floats(size);
  for (let i = 0; i < size; i++) logRatio[i] = x[i] - logScale;
  return new LimitOfLevels(levels, mass, logRatio, peak);
}

/** The probability of each level under the law of these ratios. */
export function levelMass(levels: Levels, ratios: RatioToRef): Float64Array {
  const out = floats(levels.mass.length);
  for (let i = 0; i < out.length; i++) out[i] = levelMassAt(levels, ratios, i);
  return out;
}

function levelMassAt(levels: Levels, ratios: RatioToRef, i: number): number {
  const p = levels.mass[i];
  const ratio = ratios.ratio[i];
  return isNormal(p) && ratio < Infinity ? p * ratio : exp(levels.logMass[i] + ratios.logRatio[i]);
}

/** What levels too rare for the draws to meet add to μ, relative to the other levels. */
export function silentShare(limit: LimitLevels, heard: Float64Array | undefined): number {
  if (heard === undefined || heard.every(isNormal)) return 0;
  const part = (rare: boolean) => sum(limit.mass.map((p, i) => (isNormal(heard?.[i] ?? 1) === rare ? 0 : p))).hi;
  return part(true) / part(false);
}

/**
 * The distances from the ratios to the limit: since Σ π*·(P/π* − 1) = 0, both divergences are sums of non-negative
 * terms, of second order in the gaps and as accurate as these.
 */
export function limitDistanceOf(levels: Levels, limit: LimitLevels, ratios: LevelRatios): LimitDistance {
  const { mass, peak } = limit;
  // Hard selection: the limit is ref on the best level, and all that misses it lies where the limit has nothing.
  if (limit.drops) {
    return { totalVariation: 0 - ratios.gap[0], kl: 0 - ratios.logGap[0], reverseKl: Infinity };
  }
  const silent = silentShare(limit, ratios.heard);
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
      const q = levelMassAt(levels, ratios, i);
      above[i] = q - p;
      kl[i] = q - p - (p === 0 ? 0 : p * l);
      reverse[i] = p - q + (q === 0 ? 0 : q * l);
    }
  };
  const { gap, logGap, heard } = ratios;
  const addOwn = (i: number) => {
    // The gaps are those to the limit over the levels that the draws meet. μ is larger, by the others' share.
    const d = silent === 0 ? gap[i] : gap[i] + silent * (1 + gap[i]);
    const near = Math.abs(d) < 0.5 && (silent === 0 || (silent < 1 && isNormal(heard?.[i] ?? 1)));
    if (near) return add(i, d, silent === 0 ? logGap[i] : log1p(d));
    const l = ratios.logRatio[i] - limit.logRatio[i];
    add(i, silent === 0 ? d : expm1(l), l);
  };
  for (let i = 0; i < mass.length; i++) if (i !== peak) addOwn(i);
  // Gains equal losses: the likeliest level's gap, which rounding may hide, is that of the others.
  const [gained, lost] = [sum(above).hi, sum(below).hi];
  const own = (lost - gained) / mass[peak];
  if (Math.abs(own) < 0.01) add(peak, own, log1p(own));
  else addOwn(peak);
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
  n = requireNumber("limitDistance", "n", n, DRAWS);
  const [ratios] = ratiosAt(prepared, [n]);
  return limitDistanceOf(prepared.levels, limitLevels(prepared), ratios);
}
