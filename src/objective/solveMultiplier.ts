import type { Law } from "../measure/law.js";
import { sumError } from "../numeric/doubleDouble.js";
import { exp, log, log1p } from "../numeric/elementary.js";
import { SMALLEST_NORMAL } from "../numeric/float64.js";
import { logSumExp } from "../numeric/logSumExp.js";
import { sum } from "../numeric/sum.js";
import { Multiplier } from "./multiplier.js";
import type { FDivergence } from "./regularizers.js";

/** Where almost all of ref is forbidden, x may be beyond this, and distances are nothing beside it. */
export const FAR: number = 2 ** 1000;

/** A distance to the pole whose logarithm is below this is nothing beside that of any other answer. */
const MIN_LOG_GAP = -690;

/**
 * The multiplier of a law's answers at given distances, 0 for the best and ∞ for those that may have no mass. Undefined
 * where it is far.
 */
export function solveMultiplier(law: Law, distance: Float64Array, f: FDivergence): Multiplier | undefined {
  const answers = {
    weight: law.weight,
    total: law.total.hi,
    distance,
    logProbability: (i: number) => law.logProbability(i),
  };
  const range = rangeOf(answers);
  if (!(f.derivative(range.low) < FAR)) return undefined;
  const rare = f.logGapOf(range.high) < MIN_LOG_GAP ? rareBest(law, distance, f) : undefined;
  if (rare !== undefined) return rare;
  const { below, at, step } = solve(answers, range, f);
  return below ? Multiplier.below(f, at + step, log(at + step)) : Multiplier.at(f, at, step);
}

/**
 * The multiplier where the best answers are so rare that x is next to the pole: the others have what they have at the pole,
 * and the best ones the rest. Undefined elsewhere.
 */
function rareBest(law: Law, distance: Float64Array, f: FDivergence): Multiplier | undefined {
  const logs = law.logProbabilities();
  const logRef = logSumExp(logs.map((l, i) => (distance[i] === 0 ? l : -Infinity)));
  const others = logs.map((l, i) => (distance[i] > 0 ? exp(l + f.logDensityBelow(log(distance[i]))) : 0));
  const { hi, lo } = sum(others);
  const logShare = log1p(-(hi + lo));
  const logGap = f.logGapOf(logShare - logRef);
  return logGap < MIN_LOG_GAP ? Multiplier.below(f, exp(logGap), logGap, { logRef, logShare }) : undefined;
}

/** Weights and their total, distances, and the logarithms of probabilities, for weights that are no normal doubles. */
interface Answers {
  readonly weight: Float64Array;
  readonly total: number;
  readonly distance: Float64Array;
  logProbability(i: number): number;
}

/** Where the logarithm of the density of the best answers is: their mass is at most all, and so is that of the others. */
interface Range {
  readonly low: number;
  readonly high: number;
  /** The mean distance of the answers that may have mass. */
  readonly mean: number;
}

/** Sums are rounded. */
const SLACK = 2 ** -20;

function rangeOf({ weight, total, distance, logProbability }: Answers): Range {
  let [mass, moved, best] = [0, 0, 0];
  for (let i = 0; i < weight.length; i++) {
    const d = distance[i];
    if (d === Infinity) continue;
    mass += weight[i];
    moved += weight[i] * d;
    if (d === 0) best += weight[i];
  }
  const logShare = (of: number, most: number): number => {
    if (of >= SMALLEST_NORMAL) return log(of / total);
    return logSumExp(distance.map((d, i) => (d <= most ? logProbability(i) : -Infinity)));
  };
  return {
    low: -logShare(mass, Number.MAX_VALUE) - SLACK,
    high: -logShare(best, 0) + SLACK,
    mean: moved / mass,
  };
}

/** Of more answers the search starts where it ends for every 64th. */
const MIN_SIZE_FOR_SAMPLE = 4096;
const SAMPLED = 64;

/** A part of many answers, whose root is near that of all: its weights, and how far its answers are behind the best of it. */
export interface Sample {
  readonly weight: Float64Array;
  readonly distance: Float64Array;
  /** The distance of the best. */
  readonly nearest: number;
}

/** Every 64th of many answers; undefined for few, and where none of it may have mass. */
export function sampleOf(weight: Float64Array, distance: Float64Array): Sample | undefined {
  if (weight.length < MIN_SIZE_FOR_SAMPLE) return undefined;
  const every64th = (all: Float64Array) => new Float64Array(all.length / SAMPLED).map((_, j) => all[j * SAMPLED]);
  const apart = every64th(distance);
  const nearest = apart.reduce((a, b) => Math.min(a, b));
  if (nearest === Infinity) return undefined;
  return { weight: every64th(weight), distance: apart.map((d) => d - nearest), nearest };
}

/** Where the logarithm of the density of the best answers likely is: by Jensen's inequality, or by a part of the answers. */
function startOf({ weight, distance, logProbability }: Answers, { low, high, mean }: Range, f: FDivergence): number {
  let x = mean + f.derivative(low);
  const sample = sampleOf(weight, distance);
  if (sample !== undefined) {
    const total = sample.weight.reduce((a, b) => a + b);
    const part = { ...sample, total, logProbability: (j: number) => logProbability(j * SAMPLED) };
    const { below, at, step } = solve(part, rangeOf(part), f);
    x = sample.nearest + (below ? f.pole - (at + step) : at + step);
  }
  return x < f.pole ? Math.min(f.logDensity(x), high) : high;
}

/** A root: x, or where that is beyond the middle its distance to the pole, and a last step that leads to it. */
interface Root {
  readonly below: boolean;
  readonly at: number;
  readonly step: number;
}

/** Newton's method squares errors: from the last two the next one is told, and where it is this small no step is needed. */
const MAX_ERROR = 2 ** -58;
const MAX_GAIN = 2 ** -32;

/**
 * Where the mean density is 1: Newton's method on f′ of the mean, which is nearly linear in x (for an α-divergence it is a
 * power mean of 1 + (α − 1)x), in a bracket of the logarithm of the best density. Where a step leaves more than half of
 * the error, or leads out of the bracket, that is halved: near an answer that is about to drop out, Newton's may circle.
 */
function solve(answers: Answers, range: Range, f: FDivergence): Root {
  let { low, high } = range;
  let logDensity = startOf(answers, range, f);
  for (let last = Infinity; ; ) {
    const x = f.derivative(logDensity);
    const below = x > f.pole / 2;
    const at = below ? exp(f.logGapOf(logDensity)) : x;
    const { logMean, slope } = meanDensity(answers, f, at, below);
    if (logMean > 0) high = logDensity;
    else low = logDensity;
    const error = f.derivative(logMean);
    const step = -error / (f.curvature(logMean) * slope);
    const next = below ? f.logDensityBelow(log(at + step)) : f.logDensity(at + step);
    // Next to the pole the mean may be flat, and the best density far from what it will be.
    const size = Math.max(Math.abs(error), Math.abs(next - logDensity));
    const left = size / last;
    if (size * Math.max(left * left, MAX_GAIN) <= MAX_ERROR || next === logDensity) return { below, at, step };
    last = size;
    logDensity = left <= 0.5 && next > low && next < high ? next : (low + high) / 2;
    if (logDensity === low || logDensity === high) return { below, at, step: 0 };
  }
}

/** The logarithm of the mean density at x, or at a distance below the pole, and the slope of that. */
function meanDensity(
  { weight, total, distance, logProbability }: Answers,
  f: FDivergence,
  at: number,
  below: boolean,
): { readonly logMean: number; readonly slope: number } {
  let [sum, lost, moved] = [0, 0, 0];
  for (let i = 0; i < weight.length; i++) {
    const d = distance[i];
    if (d === Infinity) continue;
    const y = below ? at + d : at - d;
    const t = below ? f.densityBelow(y) : f.density(y);
    if (t === 0) continue;
    // Beyond the doubles, where the mass may be below them.
    const term =
      t < Infinity
        ? weight[i] * t
        : total * exp(logProbability(i) + (below ? f.logDensityBelow(log(y)) : f.logDensity(y)));
    const s = sum + term;
    lost += sumError(sum, term, s);
    sum = s;
    // By the logarithm of the distance: 1/y alone may bring a term out of range.
    moved += term * (below ? f.steepnessBelow(y) * (at / y) : f.slope(y, t));
  }
  const all = sum + lost;
  return { logMean: log(all / total), slope: (below ? -1 / at : 1) * (moved / all) };
}
