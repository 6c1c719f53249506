import type { Law } from "../measure/law.js";
import { exp, log, log1p } from "../numeric/elementary.js";
import { isNormal } from "../numeric/float64.js";
import { geometricMean } from "../numeric/increasingRoot.js";
import { logSumExp } from "../numeric/logSumExp.js";
import { sum } from "../numeric/sum.js";
import { Multiplier } from "./multiplier.js";
import type { FDivergence } from "./regularizers.js";

/** Masses below this share of the total may have densities that no double holds. */
const MIN_ORDINARY_SHARE: number = 2 ** -900;

/** Where almost all of ref is forbidden, x may be beyond the doubles, and distances are nothing beside it. */
const FAR: number = 2 ** 1000;
const MAX_ARGUMENT: number = 2 ** 1020;

/** The multiplier of a law's answers at given distances, 0 for the best and ∞ for those that may have no mass. */
export function solveMultiplier(law: Law, distance: Float64Array, f: FDivergence): Multiplier {
  if (!law.hasTail && law.leastPositive > MIN_ORDINARY_SHARE * law.total.hi) {
    const root = solve(f, ordinaryMeans({ weight: law.weight, total: law.total.hi, distance }, f));
    if (root !== undefined) return root;
  }
  return belowByLogarithm(law, distance, f) ?? solve(f, logMeans(law, distance, f)) ?? Multiplier.at(f, FAR, 0);
}

/** A distance to the pole whose logarithm is below this is nothing beside that of any other answer. */
const MIN_LOG_GAP = -690;

/**
 * The multiplier where the best answers are so rare that x is next to the pole: the others have what they have at the pole,
 * and the best ones the rest. Undefined elsewhere.
 */
function belowByLogarithm(law: Law, distance: Float64Array, f: FDivergence): Multiplier | undefined {
  if (f.pole === Infinity) return undefined;
  const logs = law.logProbabilities();
  const logRef = logSumExp(logs.map((l, i) => (distance[i] === 0 ? l : -Infinity)));
  const others = logs.map((l, i) =>
    distance[i] > 0 && distance[i] < Infinity ? exp(l + f.logDensityBelow(log(distance[i]))) : 0,
  );
  const { hi, lo } = sum(others);
  if (!(hi < 1)) return undefined;
  const logShare = log1p(-(hi + lo));
  const logGap = f.logGapOf(logShare - logRef);
  return logGap < MIN_LOG_GAP ? Multiplier.below(f, exp(logGap), logGap, { logRef, logShare }) : undefined;
}

/** The mean density under ref as a function of x, or of the logarithm of its distance to the pole. */
interface Means {
  /** Where the search for x starts: the mean distance, which Jensen's inequality puts on the good side of the root. */
  readonly start: number;
  /** Whether the start is the root of a part of the answers. */
  readonly sampled: boolean;
  /** Whether answers may have no mass, so that x may be above that side. */
  readonly open: boolean;
  /** The logarithm of the mean density, and its slope in x. */
  at(x: number): MeanDensity;
  /** The same at a distance below the pole, and its slope in the logarithm of that. */
  below(gap: number): MeanDensity;
  /** The logarithm of a distance that is not above the root, and at which no answer has more than all mass. */
  logGapStart(): number;
}

interface MeanDensity {
  readonly logMean: number;
  readonly slope: number;
}

function solve(f: FDivergence, means: Means): Multiplier | undefined {
  const { pole } = f;
  const half = pole / 2;
  if (pole < Infinity && (means.open || means.start > half)) {
    // A start from a part of the answers says on which side of the middle the root likely is, and saves a pass.
    const likely = means.sampled && means.start > half ? solveBelow(f, means, half) : undefined;
    if (likely !== undefined && likely.argument(0) > half * (1 + MIN_STEP)) return likely;
    const { logMean } = means.at(half);
    if (Number.isNaN(logMean)) return undefined;
    if (logMean < 0) return solveBelow(f, means, half);
  }
  const high = pole < Infinity ? half : Infinity;
  const found = newton(f, (y) => means.at(y), {
    start: Math.min(means.start, high),
    low: 0,
    high,
    unit: Math.min(1, pole),
    falling: false,
    move: (from, step) => from + step,
    between: (low, high) => (high === Infinity ? 2 * low + 1 : low + (high - low) / 2),
  });
  return found && Multiplier.at(f, found.at, found.step);
}

/** Steps are made in the distance: next to the pole a mean density is all but a power of it. */
function solveBelow(f: FDivergence, means: Means, half: number): Multiplier | undefined {
  const low = Math.max(MIN_LOG_GAP - 1, means.logGapStart());
  const start = Math.min(log(half), means.start < f.pole ? Math.max(low, log(f.pole - means.start)) : low);
  const move = (from: number, step: number) => from + from * step;
  const found = newton(f, (at) => means.below(at), {
    start: exp(start),
    low: exp(low) / 2,
    high: half,
    unit: 0,
    falling: true,
    move,
    between: geometricMean,
  });
  const gap = found && move(found.at, found.step);
  // Next to the end of the bracket: the root is below it.
  return gap === undefined || log(gap) < MIN_LOG_GAP ? undefined : Multiplier.below(f, gap, log(gap));
}

/** Bisection alone would end in as many rounds. */
const MAX_ROUNDS = 1100;

/** Newton's method squares errors, and the mean is nearly linear: after a step of this size the next may change nothing. */
const MIN_STEP = 2 ** -30;

/** Steps that shrink fast enough leave an error below this; next to an answer that is about to drop out they do not. */
const MAX_ERROR = 2 ** -58;

/** A step of this size is rounding. */
const ROUNDING = 2 ** -52;

/** How much shorter a step of Newton's method must be than the last. */
const MAX_STEP_RATIO = 0.95;

interface Search {
  readonly start: number;
  readonly low: number;
  readonly high: number;
  /** Below this size the unknown needs no digits of its own. */
  readonly unit: number;
  /** Whether the mean falls where the unknown rises. */
  readonly falling: boolean;
  /** Where a step leads, and a point between two. */
  readonly move: (from: number, step: number) => number;
  readonly between: (low: number, high: number) => number;
}

/**
 * Where the mean density is 1: Newton's method on f′ of the mean, which is nearly linear in x (for an α-divergence it is a
 * power mean of 1 + (α − 1)x), kept inside a bracket; the root is one step further. Undefined where a mean is NaN or ∞,
 * or the root far away.
 */
function newton(
  f: FDivergence,
  mean: (at: number) => MeanDensity,
  { start, low, high, unit, falling, move, between }: Search,
): { readonly at: number; readonly step: number } | undefined {
  let at = start;
  // A step that is no shorter than the last halves the bracket: near an answer that is about to drop out, Newton's may circle.
  let most = Number.MAX_VALUE;
  let last = Infinity;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { logMean, slope } = mean(at);
    if (Number.isNaN(logMean) || logMean === Infinity || at > MAX_ARGUMENT) return undefined;
    if (logMean === 0) return { at, step: 0 };
    if (logMean > 0 === falling) low = at;
    else high = at;
    const step = -f.derivative(logMean) / (f.curvature(logMean) * slope);
    const next = move(at, step);
    const inside = next >= low && next <= high && Math.abs(next - at) <= most;
    const size = Math.max(Math.abs(next), unit);
    if (inside && Math.abs(next - at) <= MIN_STEP * size) {
      const shrunk = step / last;
      if (Math.abs(step) * shrunk * shrunk <= MAX_ERROR || Math.abs(next - at) <= ROUNDING * size) return { at, step };
    }
    last = step;
    const middle = between(low, high);
    if (!inside && (middle === low || middle === high)) return { at: middle, step: 0 };
    const moved = inside ? next : middle;
    most = high === Infinity ? Number.MAX_VALUE : Math.abs(moved - at) * MAX_STEP_RATIO;
    at = moved;
  }
  return { at, step: 0 };
}

/** Σ of weights, and of weights times distances, of the answers that may have mass. */
function allowedMeans(weight: Float64Array, distance: Float64Array): { mass: number; mean: number; best: number } {
  let [mass, moved, best] = [0, 0, 0];
  for (let i = 0; i < weight.length; i++) {
    const d = distance[i];
    if (d === Infinity) continue;
    mass += weight[i];
    moved += weight[i] * d;
    if (d === 0) best += weight[i];
  }
  return { mass, mean: moved / mass, best };
}

/** Weights, their total, and distances. */
interface Answers {
  readonly weight: Float64Array;
  readonly distance: Float64Array;
  readonly total: number;
}

/** Of more answers the search starts where it ends for every 64th. */
const MIN_SIZE_FOR_SAMPLE = 4096;
const SAMPLED = 64;

/** A part of many answers, whose root is near that of all; undefined for few. */
export function sampleOf(weight: Float64Array, distance: Float64Array): Answers | undefined {
  if (weight.length < MIN_SIZE_FOR_SAMPLE) return undefined;
  const size = Math.ceil(weight.length / SAMPLED);
  const part = { weight: new Float64Array(size), distance: new Float64Array(size), total: 0 };
  for (let j = 0; j < size; j++) {
    part.weight[j] = weight[j * SAMPLED];
    part.distance[j] = distance[j * SAMPLED];
    part.total += part.weight[j];
  }
  return part;
}

/** The mean distance, or for many answers the root of a part of them. */
function startOf({ weight, distance }: Answers, f: FDivergence, mean: number): Pick<Means, "start" | "sampled"> {
  const part = sampleOf(weight, distance);
  const root = part && part.total > 0 ? solve(f, ordinaryMeans(part, f)) : undefined;
  return { start: root?.argument(0) ?? mean, sampled: root !== undefined };
}

/** Means from masses that are ordinary doubles. */
function ordinaryMeans(answers: Answers, f: FDivergence): Means {
  const { weight, distance, total } = answers;
  const { mass, mean, best } = allowedMeans(weight, distance);
  return {
    ...startOf(answers, f, mean),
    open: mass < total,
    logGapStart: () => f.logGapOf(-log(best / total)),
    at(x) {
      let [sum, moved, lost] = [0, 0, 0];
      for (let i = 0; i < weight.length; i++) {
        const d = distance[i];
        if (d === Infinity) continue;
        const y = x - d;
        const t = f.density(y);
        if (t === 0) continue;
        const term = weight[i] * t;
        const s = sum + term;
        lost += sum > term ? sum - s + term : term - s + sum;
        sum = s;
        moved += term * f.slope(y, t);
      }
      const all = sum + lost;
      return { logMean: log(all / total), slope: moved / all };
    },
    below(gap) {
      let [sum, moved, lost] = [0, 0, 0];
      for (let i = 0; i < weight.length; i++) {
        const d = distance[i];
        if (d === Infinity) continue;
        const y = gap + d;
        const term = weight[i] * f.densityBelow(y);
        const s = sum + term;
        lost += sum > term ? sum - s + term : term - s + sum;
        sum = s;
        // In this order: 1/y alone may bring a term out of range.
        moved += term * ((f.steepnessBelow(y) * gap) / y);
      }
      const all = sum + lost;
      return { logMean: log(all / total), slope: -moved / all };
    },
  };
}

/** Means of any masses: a term is made of logarithms where a mass or a density is no normal double. */
function logMeans(law: Law, distance: Float64Array, f: FDivergence): Means {
  const logs = law.logProbabilities();
  const masses = law.probabilities();
  const { mass, mean } = allowedMeans(masses, distance);
  const indices = Array.from(logs.keys()).filter((i) => distance[i] < Infinity && logs[i] > -Infinity);
  const meanOf = (
    density: (d: number) => number,
    logDensity: (d: number) => number,
    slope: (d: number, density: number) => number,
  ): MeanDensity => {
    const terms = indices.map((i) => {
      const t = density(distance[i]);
      const term = masses[i] * t;
      const plain = t === 0 || (isNormal(masses[i]) && isNormal(t) && isNormal(term));
      return plain ? term : exp(logs[i] + logDensity(distance[i]));
    });
    const { hi } = sum(Float64Array.from(terms));
    // Far from the root terms may overflow.
    const logMean =
      hi > 0 && hi < Infinity ? log(hi) : logSumExp(indices.map((i) => logs[i] + logDensity(distance[i])));
    let moved = 0;
    for (const [j, i] of indices.entries()) {
      const share = hi > 0 && hi < Infinity ? terms[j] / hi : exp(logs[i] + logDensity(distance[i]) - logMean);
      if (share > 0) moved += share * slope(distance[i], density(distance[i]));
    }
    return { logMean, slope: moved };
  };
  return {
    start: mass > 0 ? mean : 0,
    sampled: false,
    open: indices.length < logs.length,
    logGapStart: () =>
      indices.reduce((most, i) => {
        const l = f.logGapOf(-logs[i]);
        const above = 1 - distance[i] * exp(-l);
        return distance[i] === 0 ? Math.max(most, l) : above > 0 ? Math.max(most, l + log(above)) : most;
      }, -Infinity),
    at: (x) =>
      meanOf(
        (d) => f.density(x - d),
        (d) => f.logDensity(x - d),
        (d, t) => f.slope(x - d, t),
      ),
    below(gap) {
      return meanOf(
        (d) => f.densityBelow(gap + d),
        (d) => f.logDensityBelow(log(gap + d)),
        (d) => -f.steepnessBelow(gap + d) * (d === 0 ? 1 : gap / (gap + d)),
      );
    },
  };
}
