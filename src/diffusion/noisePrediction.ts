import { lawOf } from "../measure/measure.js";
import { outOfRange } from "../numeric/check.js";
import { share } from "./atomSums.js";
import { type AtomicData, type AtomLaw, requireAtomLaw, requirePoint } from "./atoms.js";
import { requireSigma } from "./noiseLevel.js";
import { type Posterior, posteriorOf } from "./posterior.js";

/** The checked arguments of a predictor: its posterior, and the expected noise. */
export function readPosterior(
  caller: string,
  data: AtomicData,
  x: ArrayLike<number>,
  sigma: number,
  law: AtomLaw,
): { readonly alpha: number; readonly posterior: Posterior; readonly noise: Float64Array } {
  const atoms = lawOf(caller, "law", requireAtomLaw(caller, "law", data, law));
  const level = requireSigma(caller, "sigma", sigma);
  const point = requirePoint(caller, "x", data, x);
  const alpha = level.alpha.hi;
  const posterior = posteriorOf(data, atoms, point, level);
  const noise = posterior.residual.map((r, k) => (r - alpha * posterior.shift[k]) / level.sigma);
  return { alpha, posterior, noise };
}

/** Finite values: large x and 1/σ may give results beyond the doubles. */
export function requireHeld(caller: string, values: Float64Array): Float64Array {
  const at = values.findIndex((v) => !Number.isFinite(v));
  if (at >= 0) throw outOfRange(caller, `x[${at}] and sigma`, "give a value within the range of doubles", values[at]);
  return values;
}

/**
 * The exact noise predictor ε*(x_t | c) = E[ε | x_t, c] on atomic data, for x_t = √(1−σ²)·x + σε: the minimiser of the
 * denoising loss (30). With α = √(1−σ²) and q_i ∝ p_i exp(−|x_t − αa_i|²/2σ²),
 *
 * $$\varepsilon^*(x_t) = \frac{x_t - \alpha \sum_i q_i a_i}{\sigma} .$$
 *
 * Computed from differences to the nearest atom: accurate from σ = 1e−8 to 1 − 1e−12 and at |x_t| = 1e6. Time grows as K·d.
 *
 * @param data the atoms
 * @param x the noisy point x_t, d finite coordinates
 * @param sigma the noise level σ in (0, 1)
 * @param law a class, or any measure on the atoms' indices; the marginal law when left out
 * @returns the expected noise, d coordinates
 * @throws TypeError when an argument has the wrong type or x the wrong length
 * @throws RangeError when σ is outside (0, 1), a coordinate is not finite, the class is unknown, or the noise is no double
 * @example
 * ```ts
 * import { atomicData, noisePrediction } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[-1], [1]] });
 * noisePrediction(data, [0.6], 0.8) // => [0.367628]
 * noisePrediction(data, [1 + 1e-8], 1e-8) // => [1.000000]
 * ```
 */
export function noisePrediction(data: AtomicData, x: ArrayLike<number>, sigma: number, law?: AtomLaw): Float64Array {
  return requireHeld("noisePrediction", readPosterior("noisePrediction", data, x, sigma, law).noise);
}

/**
 * The score ∇ log p_σ(x_t | c) of the noised data, −1/σ times the expected noise.
 *
 * $$\nabla \log p_\sigma(x_t) = -\varepsilon^*(x_t)/\sigma$$
 *
 * @param data the atoms
 * @param x the noisy point x_t, d finite coordinates
 * @param sigma the noise level σ in (0, 1)
 * @param law a class, or any measure on the atoms' indices; the marginal law when left out
 * @returns the score, d coordinates
 * @throws TypeError when an argument has the wrong type or x the wrong length
 * @throws RangeError when σ is outside (0, 1), a coordinate is not finite, the class is unknown, or the score is no double
 * @example
 * ```ts
 * import { atomicData, score } from "exptilt/diffusion";
 * score(atomicData({ atoms: [[2]] }), [2.2], 0.6) // => [-1.666667]
 * ```
 */
export function score(data: AtomicData, x: ArrayLike<number>, sigma: number, law?: AtomLaw): Float64Array {
  const { noise } = readPosterior("score", data, x, sigma, law);
  return requireHeld(
    "score",
    noise.map((e) => -e / sigma),
  );
}

/**
 * The denoiser E[x | x_t, c]: the posterior mean of the atoms.
 *
 * $$\mathbb{E}[x \mid x_t] = \sum_i q_i a_i, \qquad q_i \propto p_i \exp\left( -\frac{|x_t - \alpha a_i|^2}{2\sigma^2} \right)$$
 *
 * @param data the atoms
 * @param x the noisy point x_t, d finite coordinates
 * @param sigma the noise level σ in (0, 1)
 * @param law a class, or any measure on the atoms' indices; the marginal law when left out
 * @returns the mean, d coordinates
 * @throws TypeError when an argument has the wrong type or x the wrong length
 * @throws RangeError when σ is outside (0, 1), a coordinate is not finite, or the class is unknown
 * @example
 * ```ts
 * import { atomicData, denoise } from "exptilt/diffusion";
 * denoise(atomicData({ atoms: [[-1], [1]] }), [0.6], 0.8) // => [0.509830]
 * ```
 */
export function denoise(data: AtomicData, x: ArrayLike<number>, sigma: number, law?: AtomLaw): Float64Array {
  const { weight } = readPosterior("denoise", data, x, sigma, law).posterior;
  const { points, dimension: d } = data;
  // Differences are taken to the likeliest atom. It need not be the nearest.
  const from = weight.reduce((best, q, i) => (q > weight[best] ? i : best), 0) * d;
  const mean = points.slice(from, from + d);
  for (const [i, q] of weight.entries())
    if (q > 0) for (let k = 0; k < d; k++) mean[k] += share(q, points[i * d + k], points[from + k]);
  return mean;
}
