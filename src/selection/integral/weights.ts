import { isRounded, type Levels } from "../../measure/levels.js";
import { missedBy, scaledDifference } from "../../measure/score.js";
import { logRatioNearOne } from "../../numeric/deviance.js";
import { exp, expm1, expPlus, expTimes, log, log1p } from "../../numeric/elementary.js";
import { isNormal, SMALLEST_NORMAL } from "../../numeric/float64.js";
import { floats } from "../../numeric/floats.js";
import { exponentOf, timesPowerOfTwo } from "../../numeric/powerOfTwo.js";
import { sum } from "../../numeric/sum.js";

/**
 * Levels with their weights, from which a law of soft selection is computed. The anchor, of log-weight 0, is the
 * heaviest level whose mass is a normal double. Rarer levels may weigh more: N draws do not meet them. From 2¹⁰⁰ draws
 * on, masses are lifted by about N, so that N times a mass which is still below the normal doubles is nothing.
 */
export interface Weights {
  readonly levels: Levels;
  /** Masses, their mean and what is forbidden are probabilities times 2^lift. */
  readonly lift: number;
  /** log w of each level relative to the anchor, decreasing. */
  readonly x: Float64Array;
  /** log w − x, the rounding error of x. */
  readonly low: Float64Array;
  /** log w without cuts, where gaps in x were cut. */
  readonly uncut?: Float64Array;
  /** w itself. */
  readonly weight: Float64Array;
  /** Whether the weights were given: they have more digits than their logarithms. */
  readonly byWeight: boolean;
  /** The probability of each level under ref, lifted. */
  readonly mass: Float64Array;
  /** The probability under ref of weight zero, lifted. */
  readonly forbidden: number;
  /** μ = E_ref[w] over the levels of normal mass, relative to the anchor's weight, lifted. */
  readonly mean: number;
  /** μ − 1 to its own digits, not lifted. */
  readonly meanLess1: number;
  /** log μ, not lifted. */
  readonly logMean: number;
}

/** The masses times 2^lift, those below the normal doubles from their logarithms. */
function liftedMass(levels: Levels, lift: number): Float64Array {
  return levels.mass.map((p, i) => (isRounded(p) ? exp(levels.logMass[i] + lift * Math.LN2) : p * 2 ** lift));
}

function weightsOf(
  { levels, mass, lift }: Lifted,
  x: Float64Array,
  low: Float64Array,
  more: Pick<Weights, "uncut"> = {},
  given?: Float64Array,
): Weights {
  const { forbidden } = levels;
  const weight = given ?? floats(x.length);
  if (given === undefined) for (let i = 0; i < x.length; i++) weight[i] = expPlus(x[i], low[i]);
  const size = x.length;
  const terms = floats(size + 1);
  // The masses total 1, so that Σ p w − 1 = Σ p (w − 1), forbidden draws counting −1 each.
  for (let i = 0; i < size; i++) {
    const more = x[i] > -0.5 ? expm1(x[i]) : weight[i] - 1;
    terms[i] = mass[i] < SMALLEST_NORMAL ? 0 : levels.mass[i] * more;
  }
  terms[size] = -forbidden;
  let meanLess1 = sum(terms).hi;
  const scale = 2 ** lift;
  let mean = scale * (1 + meanLess1);
  let logMean = log1p(meanLess1);
  if (!(meanLess1 > -0.5)) {
    for (let i = 0; i < size; i++) terms[i] = mass[i] < SMALLEST_NORMAL ? 0 : mass[i] * weight[i];
    terms[size] = 0;
    mean = sum(terms).hi;
    meanLess1 = mean / scale - 1;
    logMean = log(mean) - lift * Math.LN2;
  }
  return {
    levels,
    lift,
    x,
    low,
    ...more,
    weight,
    byWeight: given !== undefined,
    mass,
    forbidden: forbidden * scale,
    mean,
    meanLess1,
    logMean,
  };
}

/** μ − w of a level in units of μ, to its own digits where both are near 1 and where both are small. */
export function shortfall(weights: Weights, i: number): number {
  const { x, mean, meanLess1, lift } = weights;
  if (meanLess1 > -0.5 && x[i] > -0.5) return (meanLess1 - expm1(x[i])) / (1 + meanLess1);
  if (lift === 0) return (mean - weights.weight[i]) / mean;
  const factor = 2 ** lift / mean;
  return 1 - (factor < Infinity ? weightTimes(weights, i, factor) : exp(x[i] - weights.logMean));
}

/** The likeliest level of the tilt, and log w of all relative to its own. */
export function aroundLikeliest({ x, low, levels }: Weights): { peak: number; apart: Float64Array } {
  let peak = 0;
  for (let i = 1; i < x.length; i++) {
    if (x[i] - x[peak] + (levels.logMass[i] - levels.logMass[peak]) > 0) peak = i;
  }
  return { peak, apart: x.map((l, i) => l - x[peak] + (low[i] - low[peak])) };
}

/**
 * P/π* − 1 of one draw that is not forbidden, E[w]/w − 1, by level: to its own digits where w is near the likeliest level's.
 * Where a factor overflows it is no finite number.
 */
export function gapsOfOneDraw(weights: Weights): Float64Array {
  const { mass } = weights;
  const { apart } = aroundLikeliest(weights);
  const heard = mass.map((p) => (p < SMALLEST_NORMAL ? 0 : p));
  const allowed = sum(heard).hi;
  const meanOf = (f: (l: number) => number) => sum(heard.map((p, i) => (p === 0 ? 0 : p * f(apart[i])))).hi / allowed;
  const [meanLess1, mean] = [meanOf(expm1), meanOf(exp)];
  return apart.map((l) => (meanLess1 > -0.5 && l > -0.5 ? (meanLess1 - expm1(l)) / exp(l) : mean / exp(l) - 1));
}

/** w·factor of a level, also where w alone is out of the range of normal doubles; Infinity where that is too large. */
export function weightTimes({ levels, x, low, weight, byWeight }: Weights, i: number, factor: number): number {
  if (isNormal(weight[i])) return weight[i] * factor;
  if (!byWeight) return expTimes(x[i], low[i], factor);
  const w = levels.reward[i];
  const top = levels.reward[x.indexOf(0)];
  const [e, f] = [exponentOf(w), exponentOf(top)];
  return timesPowerOfTwo((timesPowerOfTwo(w, -e) / timesPowerOfTwo(top, -f)) * factor, e - f);
}

/** Levels with their masses times 2^lift. */
interface Lifted {
  readonly levels: Levels;
  readonly mass: Float64Array;
  readonly lift: number;
}

function lifted(levels: Levels, lift: number): Lifted {
  return { levels, lift, mass: lift === 0 ? levels.mass : liftedMass(levels, lift) };
}

function anchorOf({ mass }: Lifted): number {
  for (let i = 0; i < mass.length; i++) if (mass[i] >= SMALLEST_NORMAL) return i;
  return 0;
}

/**
 * Beyond this range a double does not tell a node from the next. Gaps are then cut to equal shares of the range, far
 * wider than what lets two levels meet.
 */
const MAX_RANGE_IN_NATS = 1e14;

/** The weights of rewards at a finite temperature: w = e^{(r − r_anchor)/β}, the difference taken first. */
export function weightsOfRewards(levels: Levels, beta: number, lift = 0): Weights {
  const { reward } = levels;
  const own = lifted(levels, lift);
  const anchor = anchorOf(own);
  const last = reward.length - 1;
  const x = floats(reward.length);
  const low = floats(reward.length);
  for (let i = 0; i <= last; i++) {
    x[i] = scaledDifference(reward[i], reward[anchor], beta);
    low[i] = missedBy(x[i], reward[i], reward[anchor], beta);
  }
  if (x[0] - x[last] > MAX_RANGE_IN_NATS) {
    const uncut = x.slice();
    const gap = (i: number) => Math.min(scaledDifference(reward[i - 1], reward[i], beta), MAX_RANGE_IN_NATS / last);
    low.fill(0);
    for (let i = anchor; i > 0; i--) x[i - 1] = x[i] + gap(i);
    for (let i = anchor + 1; i <= last; i++) x[i] = x[i - 1] - gap(i);
    return weightsOf(own, x, low, { uncut });
  }
  return weightsOf(own, x, low);
}

/** Given weights: the levels' rewards are the weights. */
export function weightsAsGiven(levels: Levels, lift = 0): Weights {
  const { reward: weight } = levels;
  const own = lifted(levels, lift);
  const top = weight[anchorOf(own)];
  return weightsOf(
    own,
    weight.map((w) => logRatioNearOne(w, top)),
    floats(weight.length),
    {},
    weight.map((w) => w / top),
  );
}
