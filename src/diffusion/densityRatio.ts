import type { Law } from "../measure/law.js";
import { type Distribution, lawOf } from "../measure/measure.js";
import { tiltChecked } from "../measure/tilt.js";
import { type Condition, outOfRange, requireNumber, requireObject } from "../numeric/check.js";
import { log, log1p } from "../numeric/elementary.js";
import { timesPowerOfTwo } from "../numeric/powerOfTwo.js";
import { sum } from "../numeric/sum.js";
import {
  type AtomicData,
  requireAtomicData,
  requireClass,
  requireLine,
  requirePoint,
  requirePresent,
} from "./atoms.js";
import { LineAverage, type OfNoisyPoint } from "./lineAverage.js";
import { LineLaws } from "./lineLaws.js";
import { integrateOverLevels } from "./lineQuadrature.js";
import type { OfShifts } from "./noisedPoint.js";
import { requireFiniteSum, requireSteps, requireWeights, weightedSum } from "./schedule.js";

const LOSS: Condition = { least: -Number.MAX_VALUE, most: Infinity, says: "be above -Infinity" };

/** |E_c[a|·] − x|² − |E[a|·] − x|², of which the loss (37) is an average. */
export const excess: OfShifts = ([own, all]) => {
  let s = 0;
  for (let k = 0; k < own.length; k++) s += (own[k] - all[k]) * (own[k] + all[k]);
  return s;
};

/** The integrand of (37) in units of the noise, |ε − ε(x_t|c)|² − |ε − ε(x_t)|². */
const lost: OfNoisyPoint = (own, more) => (more[0] === 0 ? 0 : -more[0] * (2 * own + more[0]));

/** p(x|c) of every class and p(x) at a point, from all atoms there. */
function massesAt(data: AtomicData, x: Float64Array): { of: Map<string, number>; all: number } {
  const { dimension: d, points, conditional, marginal } = data;
  const here = marginal.support.filter((i) => x.every((v, k) => v === points[i * d + k]));
  const at = ({ mass }: Distribution<number>) => sum(Float64Array.from(here, (i) => mass[i])).hi;
  return { of: new Map(Array.from(conditional, ([name, law]) => [name, at(law)])), all: at(marginal) };
}

/**
 * log p(x|c)/p(x), given p(x|·). Classes that agree in nearly all digits are compared by their differences, others by
 * p(x)/p(x|c) as a sum of terms ≥ 0.
 */
export function logRatioOf({ classes, prior }: AtomicData, label: string, of: (name: string) => number): number {
  const own = of(label);
  if (own === 0) return -Infinity;
  const total = (term: (name: string, p: number) => number) =>
    sum(Float64Array.from(classes, (name, c) => term(name, prior.mass[c]))).hi;
  const excess = total((name, p) => (name === label ? 0 : p * ((of(name) - own) / own)));
  if (excess > -0.5 && excess < 1) return -log1p(excess);
  const inverse = total((name, p) => (name === label ? p : p * (of(name) / own)));
  return inverse < Infinity ? -log(inverse) : log(own) - log(total((name, p) => p * of(name)));
}

/** The point, at an atom of positive p(x). */
export function requireAtom(
  caller: string,
  data: AtomicData,
  x: ArrayLike<number>,
  label: string,
): { point: Float64Array; own: number; of: ReadonlyMap<string, number> } {
  requirePresent(caller, data, label);
  const point = requirePoint(caller, "x", data, x);
  const { of, all } = massesAt(data, point);
  if (!(all > 0)) throw outOfRange(caller, "x", "be an atom of positive p(x), or a grid be given", point);
  return { point, own: of.get(label) as number, of };
}

/**
 * The exact log density ratio log p(x|c)/p(x) at an atom, in nats. Equation (36), whose −L(x;c) it is.
 *
 * $$\log \frac{p(x \mid c)}{p(x)} = -L(x; c)$$
 *
 * Coincident atoms count together: the ratio is that of points.
 *
 * @param data the atoms
 * @param x a point, at an atom of positive p(x)
 * @param label the class c, of positive p(c)
 * @returns the log-ratio; −∞ where p(x|c) = 0
 * @throws TypeError when an argument has the wrong type or x the wrong length
 * @throws RangeError when the class is unknown or has prior 0, or x is no atom of positive p(x)
 * @example
 * ```ts
 * import { atomicData, logDensityRatio } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[0], [1]], classes: { a: [0.5, 0.5], b: [0, 1] } });
 * logDensityRatio(data, [0], "a") // => 0.693147180560
 * logDensityRatio(data, [1], "a") // => -0.405465108108
 * ```
 */
export function logDensityRatio(data: AtomicData, x: ArrayLike<number>, label: string): number {
  const { of } = requireAtom("logDensityRatio", data, x, label);
  return logRatioOf(data, label, (name) => of.get(name) as number);
}

/**
 * The weights ω_t = (σ²_{t+1} − σ²_t)/(2σ_t²(1 − σ_t²)) of (37): the rule for ½∫·dλ over log-SNR. They are not to be
 * normalised: a distribution p_t ∝ ω_t, as in the note, would turn the ratio (36) into its power 1/Σω (erratum E2).
 *
 * $$\omega_t = \frac{\sigma_{t+1}^2 - \sigma_t^2}{2 \sigma_t^2 (1 - \sigma_t^2)}$$
 *
 * @param grid the noise levels σ₁ < … < σ_{T+1}, in (0, 1)
 * @returns ω₁ … ω_T
 * @throws TypeError when the grid is no array of numbers
 * @throws RangeError when it has fewer than two levels, or does not increase in (0, 1)
 * @example
 * ```ts
 * import { densityRatioWeights } from "exptilt/diffusion";
 * densityRatioWeights([0.5, 0.6, 0.8]) // => [0.293333, 0.607639]
 * ```
 */
export function densityRatioWeights(grid: ArrayLike<number>): Float64Array {
  const caller = "densityRatioWeights";
  return requireWeights(caller, requireSteps(caller, grid));
}

/** The two laws that a density ratio compares. */
export function lawsOfRatio(caller: string, data: AtomicData, label: string): Law[] {
  return [requireClass(caller, "label", data, label), data.marginal].map((law) => lawOf(caller, "label", law));
}

/**
 * The loss L(x;c) of (37) in one dimension, exactly. With a grid it is the sum over levels of the note; without one it is the
 * limit of the sum, an integral, which is −log p(x|c)/p(x) at every atom.
 *
 * $$L(x; c) = \sum_t \omega_t\, \mathbb{E}_\varepsilon\bigl[ |\varepsilon - \varepsilon(x_t \mid c)|^2 - |\varepsilon - \varepsilon(x_t)|^2 \bigr] \to \tfrac12 \int \cdot \, d\lambda$$
 *
 * The noise predictors are the exact ones. The integral meets the ratio to some 1e−14, also for an atom of weight 1e−16 and
 * for atoms at any distance. Time grows as K times the logarithm of the range over the smallest distance. In more
 * dimensions `estimateDensityRatioLoss` draws the noise.
 *
 * @param data the atoms, in one dimension
 * @param x a point; without a grid, at an atom of positive p(x)
 * @param label the class c, of positive p(c)
 * @param grid the noise levels σ, increasing in (0, 1); all levels when left out
 * @returns L in nats; ∞ at an atom that the class has not, where there is no grid
 * @throws TypeError when an argument has the wrong type or x the wrong length
 * @throws RangeError when the atoms are not on a line, the class is unknown or has prior 0, or x is no atom and there is no grid
 * @example
 * ```ts
 * import { atomicData, densityRatioLoss, logSnrSchedule } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[0], [1]], classes: { a: [0.5, 0.5], b: [0, 1] } });
 * densityRatioLoss(data, [1], "a") // => 0.405465108108
 * densityRatioLoss(data, [1], "a", logSnrSchedule(1001)) // => 0.4087
 * ```
 */
export function densityRatioLoss(
  data: AtomicData,
  x: ArrayLike<number>,
  label: string,
  grid?: ArrayLike<number>,
): number {
  const caller = "densityRatioLoss";
  requireClass(caller, "label", data, label);
  requireLine(caller, data);
  if (grid === undefined) {
    const { point, own } = requireAtom(caller, data, x, label);
    if (!(own > 0)) return Infinity;
    const { average, at, extent } = seenFrom(caller, data, label, point);
    return integrateOverLevels(extent, (u) => average.around(u, at, lost));
  }
  const levels = requireSteps(caller, grid);
  requirePresent(caller, data, label);
  const { average, at } = seenFrom(caller, data, label, requirePoint(caller, "x", data, x));
  const means = levels.map((sigma) => average.around(average.levelOf(sigma), at, lost));
  return requireFiniteSum(caller, weightedSum(levels, means));
}

/** Averages over noise around a point for the two laws of a ratio, and the range of u over which another point shows. */
function seenFrom(caller: string, data: AtomicData, label: string, [x]: Float64Array) {
  // p(x) is rounded, so near classes are compared with each other.
  const ratio = (i: number) =>
    -logRatioOf(data, label, (name) => (data.conditional.get(name) as Distribution<number>).mass[i]);
  const laws = new LineLaws(caller, data, lawsOfRatio(caller, data, label), [ratio]);
  const average = new LineAverage(laws);
  const at = timesPowerOfTwo(x, laws.power);
  const distances = laws.points.map((a) => Math.abs(a - at)).filter((d) => d > 0);
  const extent = average.levels(
    distances.reduce((a, b) => Math.min(a, b), Infinity),
    distances.reduce((a, b) => Math.max(a, b), 0),
  );
  return { average, at, extent };
}

/**
 * The class of a point from the losses of (37), as a diffusion classifier does it: p(c|x) ∝ p(c)·e^{−L(x;c)}. Equation (36).
 *
 * $$p(c \mid x) \propto p(c)\, e^{-L(x; c)}$$
 *
 * @param data the atoms
 * @param loss L(x;c) of each class, from `densityRatioLoss` or `estimateDensityRatioLoss`; ∞ excludes a class
 * @returns p(c|x), on the names of the classes
 * @throws TypeError when an argument has the wrong type or a class has no loss
 * @throws RangeError when a loss is NaN or −∞, or all of them are ∞
 * @example
 * ```ts
 * import { atomicData, classify, densityRatioLoss } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[0], [1]], classes: { a: [0.5, 0.5], b: [0, 1] } });
 * const loss = { a: densityRatioLoss(data, [1], "a"), b: densityRatioLoss(data, [1], "b") };
 * classify(data, loss).mass // => [0.333333, 0.666667]
 * ```
 */
export function classify(data: AtomicData, loss: Readonly<Record<string, number>>): Distribution<string> {
  const caller = "classify";
  requireAtomicData(caller, data);
  requireObject(caller, "loss", loss);
  const score = data.classes.map((name) => {
    return -requireNumber(caller, `loss.${name}`, Object.hasOwn(loss, name) ? loss[name] : undefined, LOSS);
  });
  if (!score.some((s, c) => s > -Infinity && data.prior.mass[c] > 0))
    throw outOfRange(caller, "loss", "be finite for some class", Infinity);
  return tiltChecked(caller, "loss", data.prior, score, 1);
}
