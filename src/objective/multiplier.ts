import type { Law } from "../measure/law.js";
import { exp, log, log1p } from "../numeric/elementary.js";
import { logSumExp } from "../numeric/logSumExp.js";
import type { FDivergence } from "./regularizers.js";

/**
 * The multiplier ν of a regularised objective, in units of β and from the largest reward: answer i has the density
 * (f′)⁻¹(x − dᵢ), x = (max r − ν)/β ≥ 0, dᵢ = (max r − rᵢ)/β. Near a pole of (f′)⁻¹ the distance of x to it is kept instead,
 * and its logarithm.
 */
export class Multiplier {
  readonly #f: FDivergence;
  readonly #x: number;
  readonly #logGap: number | undefined;
  readonly #gap: number;

  constructor(f: FDivergence, at: { readonly x: number } | { readonly logGap: number }) {
    this.#f = f;
    this.#logGap = "x" in at ? undefined : at.logGap;
    this.#gap = "x" in at ? Number.NaN : exp(at.logGap);
    this.#x = "x" in at ? at.x : f.pole - this.#gap;
  }

  /** x − d. */
  argument(d: number): number {
    return this.#x - d;
  }

  density(d: number): number {
    return this.#logGap === undefined ? this.#f.density(this.#x - d) : this.#f.densityBelow(this.#gap + d);
  }

  logDensity(d: number): number {
    if (d === Infinity) return -Infinity;
    if (this.#logGap === undefined) return this.#f.logDensity(this.#x - d);
    return this.#f.logDensityBelow(d === 0 ? this.#logGap : log(this.#gap + d));
  }
}

/** Masses below this share of the total may have densities that no double holds. */
const MIN_ORDINARY_SHARE: number = 2 ** -900;

/** Where almost all of ref is forbidden, x may be beyond the doubles, and distances are nothing beside it. */
const FAR: number = 2 ** 1000;
const MAX_ARGUMENT: number = 2 ** 1020;

/** The multiplier of a law's answers at given distances, 0 for the best and ∞ for those that may have no mass. */
export function solveMultiplier(law: Law, distance: Float64Array, f: FDivergence): Multiplier {
  if (!law.hasTail && law.leastPositive > MIN_ORDINARY_SHARE * law.total.hi) {
    const root = solve(f, ordinaryMeans(law, distance, f));
    if (root !== undefined) return root;
  }
  return solve(f, logMeans(law, distance, f)) ?? new Multiplier(f, { x: FAR });
}

/** The mean density under ref as a function of x, or of the logarithm of its distance to the pole. */
interface Means {
  /** Where the search for x starts: the mean distance, which Jensen's inequality puts on the good side of the root. */
  readonly start: number;
  /** Whether answers may have no mass, so that x may be above that side. */
  readonly open: boolean;
  /** The logarithm of the mean density, and its slope in x. */
  at(x: number): MeanDensity;
  /** The same, and its slope in the logarithm of the distance, below the pole. */
  below(logGap: number): MeanDensity;
  /** A logarithm of a distance that is not above the root, and at which no answer has more than all mass. */
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
    const { logMean } = means.at(half);
    if (Number.isNaN(logMean)) return undefined;
    if (logMean < 0) {
      const low = means.logGapStart();
      const start = means.start < pole ? Math.max(low, log(pole - means.start)) : low;
      const high = log(half);
      // A mean density near its pole is all but a power of the distance: steps are made in the distance itself.
      const move = (logGap: number, step: number) => logGap + log1p(step);
      const logGap = newton(f, (y) => means.below(y), { start: Math.min(start, high), low, high, falling: true, move });
      return logGap === undefined ? undefined : new Multiplier(f, { logGap });
    }
  }
  const high = pole < Infinity ? half : Infinity;
  const start = Math.min(means.start, high);
  const move = (x: number, step: number) => x + step;
  const x = newton(f, (y) => means.at(y), { start, low: 0, high, falling: false, move });
  return x === undefined ? undefined : new Multiplier(f, { x });
}

/** Bisection alone would end in as many rounds. */
const MAX_ROUNDS = 1100;

/** Newton's method squares errors: after a step of this size the next would change nothing. */
const MIN_STEP = 2 ** -40;

interface Search {
  readonly start: number;
  readonly low: number;
  readonly high: number;
  /** Whether the mean falls where the unknown rises. */
  readonly falling: boolean;
  readonly move: (at: number, step: number) => number;
}

/**
 * Where the mean density is 1: Newton's method on f′ of the mean, which is nearly linear in x (for an α-divergence it is a
 * power mean of 1 + (α − 1)x), kept inside a bracket. Undefined where a mean is NaN or ∞,
 * or the root far away.
 */
function newton(
  f: FDivergence,
  mean: (at: number) => MeanDensity,
  { start, low, high, falling, move }: Search,
): number | undefined {
  let at = start;
  // Steps that do not shrink to half are steps of bisection: near an answer that is about to drop out, Newton's may circle.
  let most = Number.MAX_VALUE;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { logMean, slope } = mean(at);
    if (Number.isNaN(logMean) || logMean === Infinity || at > MAX_ARGUMENT) return undefined;
    if (logMean === 0) return at;
    if (logMean > 0 === falling) low = at;
    else high = at;
    const step = -f.derivative(logMean) / (f.curvature(logMean) * slope);
    const next = move(at, step);
    const inside = next >= low && next <= high && Math.abs(next - at) <= most;
    if (inside && Math.abs(next - at) <= MIN_STEP * Math.max(Math.abs(next), Math.min(1, f.pole))) return next;
    const middle = high === Infinity ? 2 * at + 1 : low + (high - low) / 2;
    if (!inside && (middle === low || middle === high)) return middle;
    const moved = inside ? next : middle;
    most = high === Infinity ? Number.MAX_VALUE : Math.abs(moved - at) / 2;
    at = moved;
  }
  return at;
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

/** Means from masses that are ordinary doubles. */
function ordinaryMeans(law: Law, distance: Float64Array, f: FDivergence): Means {
  const { weight } = law;
  const total = law.total.hi;
  const { mass, mean, best } = allowedMeans(weight, distance);
  return {
    start: mean,
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
    below(logGap) {
      const gap = exp(logGap);
      let [sum, moved, lost] = [0, 0, 0];
      for (let i = 0; i < weight.length; i++) {
        const d = distance[i];
        if (d === Infinity) continue;
        const y = gap + d;
        const term = weight[i] * f.densityBelow(y);
        const s = sum + term;
        lost += sum > term ? sum - s + term : term - s + sum;
        sum = s;
        moved += (term * f.steepnessBelow(y)) / y;
      }
      const all = sum + lost;
      return { logMean: log(all / total), slope: (-moved / all) * gap };
    },
  };
}

/** Means of any masses, by logarithms. */
function logMeans(law: Law, distance: Float64Array, f: FDivergence): Means {
  const logs = law.logProbabilities();
  const { mass, mean } = allowedMeans(law.probabilities(), distance);
  const indices = Array.from(logs.keys()).filter((i) => distance[i] < Infinity && logs[i] > -Infinity);
  const meanOf = (logDensity: (d: number) => number, slope: (d: number, logDensity: number) => number): MeanDensity => {
    const densities = indices.map((i) => logDensity(distance[i]));
    const terms = densities.map((l, j) => logs[indices[j]] + l);
    const logMean = logSumExp(terms);
    const share = (j: number) => exp(terms[j] - logMean) * slope(distance[indices[j]], densities[j]);
    return { logMean, slope: terms.reduce((sum, term, j) => (term === -Infinity ? sum : sum + share(j)), 0) };
  };
  return {
    start: mass > 0 ? mean : 0,
    open: indices.length < logs.length,
    logGapStart: () =>
      indices.reduce((most, i) => {
        const l = f.logGapOf(-logs[i]);
        const above = 1 - distance[i] * exp(-l);
        return distance[i] === 0 ? Math.max(most, l) : above > 0 ? Math.max(most, l + log(above)) : most;
      }, -Infinity),
    at: (x) =>
      meanOf(
        (d) => f.logDensity(x - d),
        (d, l) => f.slope(x - d, exp(l)),
      ),
    below(logGap) {
      const gap = exp(logGap);
      return meanOf(
        (d) => f.logDensityBelow(d === 0 ? logGap : log(gap + d)),
        (d) => -f.steepnessBelow(gap + d) * (d === 0 ? 1 : gap / (gap + d)),
      );
    },
  };
}
