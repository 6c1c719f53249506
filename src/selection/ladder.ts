import { missedBy, scaledDifference } from "../measure/score.js";
import { logRatioNearOne } from "../numeric/deviance.js";
import { expm1, expPlus, log, log1p } from "../numeric/elementary.js";
import { SMALLEST_NORMAL } from "../numeric/float64.js";
import { floats } from "../numeric/floats.js";
import { sum } from "../numeric/sum.js";
import type { Levels } from "./levels.js";

/**
 * Levels with their log-weights: what a law of soft selection is made of. The anchor, of log-weight 0, is the heaviest
 * level whose probability is a normal double; only answers rarer than 1e−308 may weigh more.
 */
export interface Ladder {
  /** log w of each level relative to the anchor, decreasing. */
  readonly x: Float64Array;
  /** What x misses of log w. */
  readonly low: Float64Array;
  /** w itself. */
  readonly weight: Float64Array;
  /** Whether the weights were given, so that they have digits which their logarithms have not. */
  readonly byWeight: boolean;
  /** The probability of each level under ref. */
  readonly mass: Float64Array;
  /** The probability under ref of weight zero. */
  readonly forbidden: number;
  /** μ = E_ref[w], relative to the anchor's weight; and μ − 1 to its own digits. */
  readonly mean: number;
  readonly meanLess1: number;
  /** log μ. */
  readonly logMean: number;
}

function ladderOf(levels: Levels, x: Float64Array, low: Float64Array, given?: Float64Array): Ladder {
  const { mass, forbidden } = levels;
  const weight = given ?? floats(x.length);
  if (given === undefined) for (let i = 0; i < x.length; i++) weight[i] = expPlus(x[i], low[i]);
  const size = x.length;
  const terms = floats(size + 1);
  // The masses total 1, so that Σ p w − 1 = Σ p (w − 1), forbidden draws counting −1 each.
  for (let i = 0; i < size; i++) {
    const more = x[i] > -0.5 ? expm1(x[i]) : weight[i] - 1;
    terms[i] = mass[i] < SMALLEST_NORMAL ? 0 : mass[i] * more;
  }
  terms[size] = -forbidden;
  let meanLess1 = sum(terms).hi;
  let mean = 1 + meanLess1;
  let logMean = log1p(meanLess1);
  if (!(meanLess1 > -0.5)) {
    for (let i = 0; i < size; i++) terms[i] = mass[i] < SMALLEST_NORMAL ? 0 : mass[i] * weight[i];
    terms[size] = 0;
    mean = sum(terms).hi;
    meanLess1 = mean - 1;
    logMean = log(mean);
  }
  return { x, low, weight, byWeight: given !== undefined, mass, forbidden, mean, meanLess1, logMean };
}

/** μ − w of a level, to its own digits where both are near 1 and where both are small. */
export function meanLessWeight({ x, weight, mean, meanLess1 }: Ladder, i: number): number {
  return meanLess1 > -0.5 && x[i] > -0.5 ? meanLess1 - expm1(x[i]) : mean - weight[i];
}

function anchorOf(levels: Levels): number {
  const { mass } = levels;
  for (let i = 0; i < mass.length; i++) if (mass[i] >= SMALLEST_NORMAL) return i;
  return 0;
}

/**
 * Past so many nats a double no longer tells one node of the grid from the next. Gaps are then cut to what is left to
 * each, far more than lets two levels meet.
 */
const LONGEST = 1e14;

/** The ladder of rewards at a finite temperature: w = e^{(r − r_anchor)/β}, the difference taken first. */
export function ladderOfRewards(levels: Levels, beta: number): Ladder {
  const { reward } = levels;
  const anchor = anchorOf(levels);
  const last = reward.length - 1;
  const x = floats(reward.length);
  const low = floats(reward.length);
  for (let i = 0; i <= last; i++) {
    x[i] = scaledDifference(reward[i], reward[anchor], beta);
    low[i] = missedBy(x[i], reward[i], reward[anchor], beta);
  }
  if (x[0] - x[last] > LONGEST) {
    const gap = (i: number) => Math.min(scaledDifference(reward[i - 1], reward[i], beta), LONGEST / last);
    low.fill(0);
    for (let i = anchor; i > 0; i--) x[i - 1] = x[i] + gap(i);
    for (let i = anchor + 1; i <= last; i++) x[i] = x[i - 1] - gap(i);
  }
  return ladderOf(levels, x, low);
}

/** The ladder of weights given as they are: the levels' rewards are the weights themselves. */
export function ladderOfWeights(levels: Levels): Ladder {
  const { reward: weight } = levels;
  const top = weight[anchorOf(levels)];
  return ladderOf(
    levels,
    weight.map((w) => logRatioNearOne(w, top)),
    floats(weight.length),
    weight.map((w) => w / top),
  );
}
