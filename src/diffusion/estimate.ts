import type { Law } from "../measure/law.js";
import { type Measure, measure } from "../measure/measure.js";
import { categoricalSampler } from "../measure/sampler.js";
import { outOfRange, requireInteger, requireOptions } from "../numeric/check.js";
import { exp, log, square } from "../numeric/elementary.js";
import { gaussianSource } from "../numeric/gaussian.js";
import { requireRandom } from "../numeric/random.js";
import { type AtomicData, type AtomLaw, requireAtomLaw, requirePoint, requirePresent } from "./atoms.js";
import { excess, lawsOfRatio, requireAtom } from "./densityRatio.js";
import { guidance } from "./guidanceGap.js";
import { covers, requireLaws } from "./lawPair.js";
import { distance } from "./mismatch.js";
import { NoisedPoint, type OfShifts } from "./noisedPoint.js";
import { requireSigma } from "./noiseLevel.js";
import { requireRootSnr, requireSteps, requireWeights } from "./schedule.js";

/** A mean of seeded draws, and how far it may be off. */
export interface MonteCarloEstimate {
  /** The mean of the draws: an unbiased estimate. */
  readonly value: number;
  /**
   * Its standard error: the truth is within 1.96 standard errors in 95 of 100 seeds, where the draws meet all that the mean
   * is made of. Atoms, or noise that leads to them, may be missed where they are rarer than some 10 in `samples` draws;
   * neither value nor error then shows it.
   */
  readonly standardError: number;
  /** How many draws were made. */
  readonly samples: number;
}

/** What may be chosen in an estimate. */
export interface EstimateOptions {
  /** The number of draws, at least 2; 10,000 when left out. */
  readonly samples?: number;
  /** The noise levels σ, increasing in (0, 1); all levels when left out. */
  readonly grid?: ArrayLike<number>;
}

/** An infinite value needs no draws. */
const INFINITE: MonteCarloEstimate = { value: Infinity, standardError: 0, samples: 0 };

/** A random level: its u, and what its integrand is to be multiplied by. */
type LevelSource = () => { readonly u: number; readonly weight: number };

/** Levels of a grid, each with probability ω_t/Σω. A draw then weighs Σω·u²; leaving out Σω is erratum E2. */
function gridLevels(caller: string, levels: Float64Array, rng: () => number): LevelSource {
  const omega = requireWeights(caller, levels);
  const total = omega.reduce((s, w) => s + w, 0);
  const draw = categoricalSampler(measure([...omega.keys()], omega), rng);
  const roots = levels.map((sigma, t) => requireRootSnr(caller, `options.grid[${t}]`, sigma));
  return () => {
    const u = roots[draw()];
    return { u, weight: total * u * u };
  };
}

/**
 * All levels of an atom. Up to the scale of the farthest other atom u² is uniform, as the integrand is flat there. From there
 * to where the noise reaches no other atom log u² is uniform.
 */
function allLevels(point: NoisedPoint, rng: () => number): LevelSource {
  const extent = point.extent();
  if (extent === undefined) return () => ({ u: 0, weight: 0 });
  const { from, to } = extent;
  const share = 1 / (1 + log(to / from));
  return () => {
    const v = rng();
    // The density in u² is share/from below `from` and share/u² above: continuous, and of total 1.
    const u2 = v < share ? (v / share) * from : from * exp((v - share) / share);
    return { u: Math.sqrt(u2), weight: (v < share ? from : u2) / (2 * share) };
  };
}

/** Checked options; without a grid `levelsAt` draws from all levels of a point. */
function readOptions(caller: string, options: EstimateOptions, rng: () => number) {
  requireOptions(caller, options, { samples: true, grid: true });
  const samples = requireInteger(caller, "options.samples", options.samples ?? 10_000, 2);
  const levels = options.grid === undefined ? undefined : requireSteps(caller, options.grid);
  const random = requireRandom(caller, rng);
  const levelsAt = (point: NoisedPoint) =>
    levels === undefined ? allLevels(point, random) : gridLevels(caller, levels, random);
  return { samples, hasGrid: levels !== undefined, levelsAt, random };
}

/** Draws at a point: a level, and the mean of f over noise and its opposite, whose odd parts cancel. */
function drawsAt(point: NoisedPoint, level: LevelSource, normal: () => number, f: OfShifts): () => number {
  const noise = new Float64Array(point.dimension);
  const shifts = point.logWeights.map(() => new Float64Array(point.dimension));
  const value = () => {
    for (let l = 0; l < shifts.length; l++) point.shift(l, noise, shifts[l]);
    return f(shifts);
  };
  return () => {
    const { u, weight } = level();
    if (weight === 0) return 0;
    point.setLevel(u);
    for (let k = 0; k < noise.length; k++) noise[k] = normal();
    const there = value();
    for (let k = 0; k < noise.length; k++) noise[k] = -noise[k];
    return (weight * (there + value())) / 2;
  };
}

/** The mean and standard error of draws at points, `count` at each. */
function estimate(
  caller: string,
  draws: Iterable<{ readonly point: NoisedPoint; readonly count: number }>,
  levels: (point: NoisedPoint) => LevelSource,
  normal: () => number,
  f: OfShifts,
): MonteCarloEstimate {
  let [samples, mean, squares] = [0, 0, 0];
  for (const { point, count } of draws) {
    const draw = drawsAt(point, levels(point), normal, f);
    for (let i = 0; i < count; i++) {
      // Welford's update.
      const delta = draw() - mean;
      samples++;
      mean += delta / samples;
      squares += delta * (delta * (1 - 1 / samples));
    }
  }
  const standardError = Math.sqrt(squares / (samples - 1) / samples);
  // Squared distances overflow where atoms are too far apart for the levels.
  if (!Number.isFinite(mean) || !Number.isFinite(standardError))
    throw outOfRange(caller, "data", "have distances whose squares are doubles, at these levels", mean);
  return { value: mean, standardError, samples };
}

/**
 * The loss L(x;c) of (37) in any dimension, by seeded draws of the noise and the level: unbiased for the integral over all
 * levels, −log p(x|c)/p(x) at an atom, or for the sum over a grid.
 *
 * $$L(x; c) = \mathbb{E}_{\varepsilon, t}\Bigl[ \frac{\omega_t}{p_t} \bigl( |\varepsilon - \varepsilon(x_t \mid c)|^2 - |\varepsilon - \varepsilon(x_t)|^2 \bigr) \Bigr]$$
 *
 * Each draw takes the noise and its opposite. Time grows as the number of draws times K·d.
 *
 * @param data the atoms
 * @param x a point; without a grid, at an atom of positive p(x)
 * @param label the class c, of positive p(c)
 * @param rng gives uniform numbers in [0, 1)
 * @param options the number of draws, and a grid
 * @returns the estimate of L in nats, with its standard error; ∞ at an atom that the class has not, where there is no grid
 * @throws TypeError when an argument has the wrong type or x the wrong length
 * @throws RangeError when the class is unknown or has prior 0, x is no atom and there is no grid, or an option is out of range
 * @example
 * ```ts
 * import { randomSource } from "exptilt";
 * import { atomicData, estimateDensityRatioLoss, logDensityRatio } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[0, 0], [1, 1]], classes: { a: [0.5, 0.5], b: [0, 1] } });
 * const { value, standardError } = estimateDensityRatioLoss(data, [1, 1], "a", randomSource(1));
 * standardError < 0.01 // => true
 * Math.abs(value + logDensityRatio(data, [1, 1], "a")) < 4 * standardError // => true
 * ```
 */
export function estimateDensityRatioLoss(
  data: AtomicData,
  x: ArrayLike<number>,
  label: string,
  rng: () => number,
  options: EstimateOptions = {},
): MonteCarloEstimate {
  const caller = "estimateDensityRatioLoss";
  const { samples, hasGrid, levelsAt, random } = readOptions(caller, options, rng);
  requirePresent(caller, data, label);
  if (!hasGrid && !(requireAtom(caller, data, x, label).own > 0)) return { ...INFINITE };
  const point = new NoisedPoint(data, lawsOfRatio(caller, data, label), requirePoint(caller, "x", data, x));
  return estimate(caller, [{ point, count: samples }], levelsAt, gaussianSource(random, caller), excess);
}

/**
 * KL(p‖q) between two laws of atoms in any dimension by mismatched estimation, from seeded draws of an atom of p, noise
 * and a level: unbiased for `klByMismatchedEstimation`, which is the quadrature of it on a line.
 *
 * $$\mathrm{KL}(p \| q) = \tfrac12 \int \mathbb{E}_p |\varepsilon_p - \varepsilon_q|^2\, d\lambda$$
 *
 * Atoms of p are drawn by their probability: the share of one rarer than some 10/samples is likely in neither the value nor
 * its standard error. Time grows as the number of draws, and of the different atoms drawn, times K·d.
 *
 * @param data the atoms
 * @param p the law of x₀: a class, any measure on the atoms' indices, or undefined for the marginal
 * @param q the other law
 * @param rng gives uniform numbers in [0, 1)
 * @param options the number of draws, and a grid
 * @returns the estimate in nats, with its standard error; without a grid ∞ where p has mass on a point and q has none
 * @throws TypeError when an argument has the wrong type or a measure is not on the atoms' indices
 * @throws RangeError when a class is unknown, or an option is out of range
 * @example
 * ```ts
 * import { klDivergence, measure, randomSource } from "exptilt";
 * import { atomicData, estimateKlByMismatchedEstimation } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[0, 0], [1, 1], [0, 2]] });
 * const p = measure([0, 1, 2], [3, 2, 1]);
 * const { value, standardError } = estimateKlByMismatchedEstimation(data, p, undefined, randomSource(1));
 * Math.abs(value - klDivergence(p, data.marginal)) < 4 * standardError // => true
 * ```
 */
export function estimateKlByMismatchedEstimation(
  data: AtomicData,
  p: AtomLaw,
  q: AtomLaw,
  rng: () => number,
  options: EstimateOptions = {},
): MonteCarloEstimate {
  const caller = "estimateKlByMismatchedEstimation";
  const { samples, hasGrid, levelsAt, random } = readOptions(caller, options, rng);
  const laws = requireLaws(caller, data, p, q);
  if (!hasGrid && !covers(data, laws[0], laws[1])) return { ...INFINITE };
  const draws = drawnPoints(data, laws, requireAtomLaw(caller, "p", data, p), samples, random);
  return estimate(caller, draws, levelsAt, gaussianSource(random, caller), distance);
}

/** Draws of atoms, counted and given atom by atom: one `NoisedPoint` is alive at a time. */
function* drawnPoints(
  data: AtomicData,
  laws: readonly Law[],
  from: Measure<number>,
  samples: number,
  rng: () => number,
): Generator<{ readonly point: NoisedPoint; readonly count: number }> {
  const { size, dimension: d, points } = data;
  const counts = new Int32Array(size);
  const pick = categoricalSampler(from, rng);
  for (let i = 0; i < samples; i++) counts[pick()]++;
  for (let i = 0; i < size; i++) {
    if (counts[i] > 0) yield { point: new NoisedPoint(data, laws, points.slice(i * d, (i + 1) * d)), count: counts[i] };
  }
}

/**
 * The guidance gap of `guidanceGap` in any dimension, by seeded draws of an atom of the target and of noise, at one level.
 *
 * $$\mathbb{E}_{x_t \sim p_w}\, |\tilde\varepsilon(x_t \mid c) - \varepsilon_{p_w}(x_t)|^2$$
 *
 * @param data the atoms
 * @param label the class c, of positive p(c)
 * @param strength the guidance strength w, finite
 * @param sigma the noise level σ in (0, 1)
 * @param rng gives uniform numbers in [0, 1)
 * @param options the number of draws
 * @returns the estimate of the mean squared difference of the predicted noises, with its standard error
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when the class is unknown or has prior 0, the strength is not finite, σ is outside (0, 1), or an option is out of range
 * @example
 * ```ts
 * import { randomSource } from "exptilt";
 * import { atomicData, estimateGuidanceGap } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[-1, 0], [0, 1], [1, 0]], classes: { a: [0.5, 0.3, 0.2], b: [0.1, 0.1, 0.8] } });
 * estimateGuidanceGap(data, "a", 0, 0.7, randomSource(1)).value // => 0
 * estimateGuidanceGap(data, "a", 2, 0.7, randomSource(1)).value > 0.1 // => true
 * ```
 */
export function estimateGuidanceGap(
  data: AtomicData,
  label: string,
  strength: number,
  sigma: number,
  rng: () => number,
  options: Omit<EstimateOptions, "grid"> = {},
): MonteCarloEstimate {
  const caller = "estimateGuidanceGap";
  const { samples, random } = readOptions(caller, options, rng);
  const { target, laws, gap } = guidance(caller, data, label, strength);
  const u = requireRootSnr(caller, "sigma", requireSigma(caller, "sigma", sigma).sigma);
  const level = { u, weight: square(u) };
  const draws = drawnPoints(data, laws, target, samples, random);
  return estimate(caller, draws, () => () => level, gaussianSource(random, caller), gap);
}
