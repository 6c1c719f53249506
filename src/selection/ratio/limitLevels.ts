import { isRounded, type Levels, logMassAt } from "../../measure/levels.js";
import { missedBy, scaledDifference } from "../../measure/score.js";
import { exp, expTimes, log } from "../../numeric/elementary.js";
import { isNormal } from "../../numeric/float64.js";
import { floats } from "../../numeric/floats.js";
import { sum } from "../../numeric/sum.js";
import type { RatioToRef } from "./levelRatios.js";
import type { Prepared } from "./prepared.js";

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

/** The same of one level. */
export function levelMassAt(levels: Levels, ratios: RatioToRef, i: number): number {
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
