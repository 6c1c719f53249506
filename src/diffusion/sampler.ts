import { FINITE, outOfRange, requireNumbers, wrongType } from "../numeric/check.js";
import { square } from "../numeric/elementary.js";
import { gaussianSource } from "../numeric/gaussian.js";
import { requireRandom } from "../numeric/random.js";
import { requireCoordinates } from "./atoms.js";
import { requireGrid } from "./schedule.js";

/**
 * A noise predictor: what `noisePrediction` or `guidedNoisePrediction` is for one class, or a trained network.
 *
 * @param x the noisy point x_t
 * @param sigma the noise level σ
 * @returns the noise expected in it
 */
export type NoisePredictor = (x: Float64Array, sigma: number) => ArrayLike<number>;

const alphaOf = (sigma: number) => Math.sqrt((1 - sigma) * (1 + sigma));

/** Walks down the grid from a start. `move` makes the step from each level to the next lower one; the last is denoised. */
function walk(
  caller: string,
  predict: NoisePredictor,
  levels: ArrayLike<number>,
  start: ArrayLike<number>,
  move: (x: Float64Array, noise: Float64Array, sigma: number, lower: number) => void,
): Float64Array {
  if (typeof predict !== "function") throw wrongType(caller, "predict", "be a function", predict);
  const x = requireNumbers(caller, "x", start, FINITE);
  const grid = requireGrid(caller, "grid", levels);
  for (let t = grid.length - 1; t >= 0; t--) {
    const sigma = grid[t];
    const noise = requireCoordinates(caller, "predict(x, sigma)", predict(x, sigma), x.length);
    if (t === 0) return x.map((v, k) => (v - sigma * noise[k]) / alphaOf(sigma));
    move(x, noise, sigma, grid[t - 1]);
    for (let k = 0; k < x.length; k++)
      if (!Number.isFinite(x[k])) throw outOfRange(caller, `the sample at sigma ${sigma}`, "stay finite", x[k]);
  }
  return x;
}

/**
 * DDIM (Song and others 2021): the deterministic map from noise to data, level by level down a grid, then a denoising. With
 * x̂ = (x_t − σ_t ε)/α_t,
 *
 * $$x_s = \alpha_s \hat x + \sigma_s\, \varepsilon(x_t), \qquad \alpha = \sqrt{1 - \sigma^2}$$
 *
 * @param predict the noise predictor
 * @param grid the noise levels σ, increasing in (0, 1)
 * @param x where to start: a point of noise at the highest level, finite coordinates
 * @returns the sample
 * @throws TypeError when an argument has the wrong type, or the predicted noise the wrong length
 * @throws RangeError when the grid does not increase in (0, 1), or a coordinate is not finite
 * @example
 * ```ts
 * import { atomicData, ddimSample, logSnrSchedule, noisePrediction } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[-1], [1]], classes: { all: [0.5, 0.5] } });
 * const predict = (x: Float64Array, sigma: number) => noisePrediction(data, x, sigma);
 * ddimSample(predict, logSnrSchedule(200), [0.3]) // => [1.000000]
 * ddimSample(predict, logSnrSchedule(200), [-0.3]) // => [-1.000000]
 * ```
 */
export function ddimSample(predict: NoisePredictor, grid: ArrayLike<number>, x: ArrayLike<number>): Float64Array {
  return walk("ddimSample", predict, grid, x, (point, noise, sigma, lower) => {
    const scale = alphaOf(lower) / alphaOf(sigma);
    for (let k = 0; k < point.length; k++) point[k] = scale * (point[k] - sigma * noise[k]) + lower * noise[k];
  });
}

/**
 * The ancestral sampler of DDPM (Ho and others 2020): each level adds fresh noise of the posterior's variance
 * σ̃² = (σ_s²/σ_t²)(1 − α_t²/α_s²) at each level.
 *
 * $$x_s = \alpha_s \hat x + \sqrt{\sigma_s^2 - \tilde\sigma^2}\, \varepsilon(x_t) + \tilde\sigma z, \qquad z \sim N(0, I)$$
 *
 * @param predict the noise predictor
 * @param grid the noise levels σ, increasing in (0, 1)
 * @param x where to start: a point of noise at the highest level, finite coordinates
 * @param rng gives uniform numbers in [0, 1)
 * @returns the sample
 * @throws TypeError when an argument has the wrong type, or the predicted noise the wrong length
 * @throws RangeError when the grid does not increase in (0, 1), or a coordinate is not finite
 * @example
 * ```ts
 * import { randomSource } from "exptilt";
 * import { atomicData, ddpmSample, logSnrSchedule, noisePrediction } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[2]] });
 * ddpmSample((x, sigma) => noisePrediction(data, x, sigma), logSnrSchedule(50), [0.3], randomSource(1)) // => [2]
 * ```
 */
export function ddpmSample(
  predict: NoisePredictor,
  grid: ArrayLike<number>,
  x: ArrayLike<number>,
  rng: () => number,
): Float64Array {
  const caller = "ddpmSample";
  const normal = gaussianSource(requireRandom(caller, rng), caller);
  return walk(caller, predict, grid, x, (point, noise, sigma, lower) => {
    const [alpha, lowerAlpha] = [alphaOf(sigma), alphaOf(lower)];
    // 1 − α_t²/α_s² = (σ_t² − σ_s²)/α_s².
    const fresh = square(lower / sigma) * (((sigma - lower) * (sigma + lower)) / square(lowerAlpha));
    const kept = Math.sqrt(Math.max(0, lower * lower - fresh));
    for (let k = 0; k < point.length; k++) {
      const mean = (lowerAlpha / alpha) * (point[k] - sigma * noise[k]) + kept * noise[k];
      point[k] = mean + Math.sqrt(fresh) * normal();
    }
  });
}
