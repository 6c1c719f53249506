import { outOfRange, requireNumber, requireNumbers } from "../numeric/check.js";
import { type AtomicData, lawOfClass } from "./atoms.js";

/** α = √(1 − σ²), and 1 − α to its own digits. */
export interface NoiseLevel {
  readonly sigma: number;
  readonly alpha: number;
  readonly alphaLess1: number;
}

/** A noise level: σ strictly between 0 and 1. */
export function requireSigma(caller: string, argument: string, sigma: unknown): NoiseLevel {
  const x = requireNumber(caller, argument, sigma);
  if (!(x > 0 && x < 1)) throw outOfRange(caller, argument, "be between 0 and 1", x);
  const alpha = Math.sqrt((1 - x) * (1 + x));
  return { sigma: x, alpha, alphaLess1: (-x * x) / (1 + alpha) };
}

/** x − αa, from whichever of αa and (1 − α)a is small beside a. */
function residual(x: number, a: number, { alpha, alphaLess1 }: NoiseLevel): number {
  return alpha < 0.5 ? x - alpha * a : x - a - alphaLess1 * a;
}

/** The posterior of the atoms given a noisy point, read from the nearest of them. */
export interface Posterior {
  /** The index of the nearest atom of positive weight. */
  readonly nearest: number;
  /** x_t − α·(the nearest atom). */
  readonly residual: Float64Array;
  /** q_i: the probability that the point comes from atom i. */
  readonly weight: Float64Array;
  /** E[x₀ | x_t] − the nearest atom. */
  readonly shift: Float64Array;
}

/**
 * q_i ∝ p_i exp(−|x − αa_i|²/2σ²), all distances as differences from that to the nearest atom, so that neither σ near 0
 * nor a far-off x costs digits: |x − αa_i|² − |x − αa_j|² = α(a_i − a_j)·(α(a_i − a_j) − 2(x − αa_j)).
 */
export function posteriorOf(data: AtomicData, logWeight: Float64Array, x: Float64Array, level: NoiseLevel): Posterior {
  const { points, size, dimension: d } = data;
  const { sigma, alpha } = level;
  let nearest = -1;
  let least = Infinity;
  for (let i = 0; i < size; i++) {
    if (logWeight[i] === -Infinity) continue;
    let distance = 0;
    for (let k = 0; k < d; k++) {
      const r = x[k] - alpha * points[i * d + k];
      distance += r * r;
    }
    if (distance < least || nearest < 0) {
      least = distance;
      nearest = i;
    }
  }
  const from = nearest * d;
  const gap = new Float64Array(d);
  for (let k = 0; k < d; k++) gap[k] = residual(x[k], points[from + k], level);
  const weight = new Float64Array(size);
  let top = -Infinity;
  for (let i = 0; i < size; i++) {
    if (logWeight[i] === -Infinity) {
      weight[i] = -Infinity;
      continue;
    }
    let farther = 0;
    for (let k = 0; k < d; k++) {
      const step = (alpha * (points[i * d + k] - points[from + k])) / sigma;
      farther += step * (step / 2 - gap[k] / sigma);
    }
    weight[i] = logWeight[i] - farther;
    if (weight[i] > top) top = weight[i];
  }
  let total = 0;
  for (let i = 0; i < size; i++) {
    weight[i] = Math.exp(weight[i] - top);
    total += weight[i];
  }
  const shift = new Float64Array(d);
  for (let i = 0; i < size; i++) {
    weight[i] /= total;
    if (weight[i] === 0) continue;
    for (let k = 0; k < d; k++) shift[k] += weight[i] * (points[i * d + k] - points[from + k]);
  }
  return { nearest, residual: gap, weight, shift };
}

/** The arguments that every predictor has, checked, and their posterior. */
function read(caller: string, data: AtomicData, x: ArrayLike<number>, sigma: number, label: string | undefined) {
  const law = lawOfClass(caller, data, label);
  const level = requireSigma(caller, "sigma", sigma);
  const point = requireNumbers(caller, "x", x, Number.isFinite, "be finite");
  if (point.length !== data.dimension)
    throw new TypeError(`${caller}: x must have ${data.dimension} coordinates, got ${point.length}`);
  return { level, posterior: posteriorOf(data, law.logMass, point, level) };
}

/**
 * The exact noise predictor ε*(x_t | c) = E[ε | x_t, c] on atomic data, for x_t = √(1−σ²)·x + σε: the minimiser of the
 * denoising loss (30). With α = √(1−σ²) and q_i ∝ p_i exp(−|x_t − αa_i|²/2σ²),
 *
 * $$\varepsilon^*(x_t) = \frac{x_t - \alpha \sum_i q_i a_i}{\sigma} .$$
 *
 * Computed from the nearest atom, by differences: it keeps its digits from σ = 1e−8 to 1 − 1e−12 and at |x_t| = 1e6. Time
 * grows as K·d.
 *
 * @param data the atoms
 * @param x the noisy point x_t, d finite coordinates
 * @param sigma the noise level σ in (0, 1)
 * @param label the class c; the marginal law when left out
 * @returns the expected noise, d coordinates
 * @throws TypeError when an argument has the wrong type or x the wrong length
 * @throws RangeError when σ is outside (0, 1), a coordinate is not finite, or the class is unknown
 * @example
 * ```ts
 * import { atomicData, noisePrediction } from "exptilt";
 * const data = atomicData({ atoms: [[-1], [1]] });
 * noisePrediction(data, [0.6], 0.8) // => [0.367628]
 * noisePrediction(data, [1 + 1e-8], 1e-8) // => [1.000000]
 * ```
 */
export function noisePrediction(data: AtomicData, x: ArrayLike<number>, sigma: number, label?: string): Float64Array {
  const { level, posterior } = read("noisePrediction", data, x, sigma, label);
  const { residual: gap, shift } = posterior;
  return gap.map((r, k) => (r - level.alpha * shift[k]) / sigma);
}

/**
 * The score ∇ log p_σ(x_t | c) of the noised data, −1/σ times the expected noise.
 *
 * $$\nabla \log p_\sigma(x_t) = -\varepsilon^*(x_t)/\sigma$$
 *
 * @param data the atoms
 * @param x the noisy point x_t, d finite coordinates
 * @param sigma the noise level σ in (0, 1)
 * @param label the class c; the marginal law when left out
 * @returns the score, d coordinates
 * @throws TypeError when an argument has the wrong type or x the wrong length
 * @throws RangeError when σ is outside (0, 1), a coordinate is not finite, or the class is unknown
 * @example
 * ```ts
 * import { atomicData, score } from "exptilt";
 * score(atomicData({ atoms: [[2]] }), [2.2], 0.6) // => [-1.666667]
 * ```
 */
export function score(data: AtomicData, x: ArrayLike<number>, sigma: number, label?: string): Float64Array {
  const { level, posterior } = read("score", data, x, sigma, label);
  const { residual: gap, shift } = posterior;
  return gap.map((r, k) => -(r - level.alpha * shift[k]) / sigma / sigma);
}

/**
 * The denoiser E[x | x_t, c]: the posterior mean of the atoms.
 *
 * $$\mathbb{E}[x \mid x_t] = \sum_i q_i a_i, \qquad q_i \propto p_i \exp\left( -\frac{|x_t - \alpha a_i|^2}{2\sigma^2} \right)$$
 *
 * @param data the atoms
 * @param x the noisy point x_t, d finite coordinates
 * @param sigma the noise level σ in (0, 1)
 * @param label the class c; the marginal law when left out
 * @returns the mean, d coordinates
 * @throws TypeError when an argument has the wrong type or x the wrong length
 * @throws RangeError when σ is outside (0, 1), a coordinate is not finite, or the class is unknown
 * @example
 * ```ts
 * import { atomicData, denoise } from "exptilt";
 * denoise(atomicData({ atoms: [[-1], [1]] }), [0.6], 0.8) // => [0.509830]
 * ```
 */
export function denoise(data: AtomicData, x: ArrayLike<number>, sigma: number, label?: string): Float64Array {
  const { nearest, shift } = read("denoise", data, x, sigma, label).posterior;
  return shift.map((s, k) => data.points[nearest * data.dimension + k] + s);
}

/**
 * The guided noise predictor of classifier-free guidance, (1 + w)·ε(x_t|c) − w·ε(x_t): as printed the note leaves out the
 * second w (erratum E3). It is not the predictor of any noised data law.
 *
 * $$\tilde\varepsilon(x_t \mid c) = (1 + w)\, \varepsilon(x_t \mid c) - w\, \varepsilon(x_t)$$
 *
 * Computed as ε(x_t|c) plus w times the difference of the two denoisers, so that what they share does not cancel.
 *
 * @param data the atoms
 * @param x the noisy point x_t, d finite coordinates
 * @param sigma the noise level σ in (0, 1)
 * @param label the class c
 * @param w the guidance strength, finite
 * @returns the guided noise, d coordinates
 * @throws TypeError when an argument has the wrong type or x the wrong length
 * @throws RangeError when σ is outside (0, 1), a coordinate or w is not finite, or the class is unknown
 * @example
 * ```ts
 * import { atomicData, guidedNoisePrediction } from "exptilt";
 * const data = atomicData({ atoms: [[-1], [1]], classes: { left: [1, 0], right: [0, 1] } });
 * guidedNoisePrediction(data, [0], 0.8, "right", 0) // => [-0.75]
 * guidedNoisePrediction(data, [0], 0.8, "right", 2) // => [-2.25]
 * ```
 */
export function guidedNoisePrediction(
  data: AtomicData,
  x: ArrayLike<number>,
  sigma: number,
  label: string,
  w: number,
): Float64Array {
  const caller = "guidedNoisePrediction";
  requireNumber(caller, "w", w);
  if (!Number.isFinite(w)) throw outOfRange(caller, "w", "be finite", w);
  const { level, posterior } = read(caller, data, x, sigma, label);
  const { posterior: all } = read(caller, data, x, sigma, undefined);
  const { points, dimension: d } = data;
  return posterior.residual.map((r, k) => {
    const between =
      points[all.nearest * d + k] - points[posterior.nearest * d + k] + (all.shift[k] - posterior.shift[k]);
    return (r - level.alpha * posterior.shift[k] + w * level.alpha * between) / sigma;
  });
}
