import { FINITE, outOfRange, requireNumbers, wrongType } from "../numeric/check.js";
import { square } from "../numeric/elementary.js";
import { gaussianSource } from "../numeric/gaussian.js";
import { requireRandom } from "../numeric/random.js";
import { requireGrid } from "./schedule.js";

/**
 * A noise predictor: what `noisePrediction` or `guidedNoisePrediction` is for one class, or a trained network.
 *
 * @param x the noisy point x_t
 * @param sigma the noise level σ
 * @returns the noise expected in it
 */
export type NoisePredictor = (x: Float64Array, sigma: number) => ArrayLike<number>;

/** One level and the next lower one. */
interface Step {
  readonly sigma: number;
  readonly alpha: number;
  readonly lower: number;
  readonly lowerAlpha: number;
}

const alphaOf = (sigma: number) => Math.sqrt((1 - sigma) * (1 + sigma));

/** Walks down the grid from x, each level by `move`, and denoises at the last. */
function walk(
  caller: string,
  predict: NoisePredictor,
  grid: Float64Array,
  x: Float64Array,
  move: (x: Float64Array, noise: ArrayLike<number>, step: Step) => void,
): Float64Array {
  for (let t = grid.length - 1; t >= 0; t--) {
    const sigma = grid[t];
    const alpha = alphaOf(sigma);
    const noise = requireNumbers(caller, "predict(x, sigma)", predict(x, sigma), FINITE);
    if (noise.length !== x.length)
      throw new TypeError(`${caller}: predict(x, sigma) must have ${x.length} coordinates, got ${noise.length}`);
    if (t === 0) return x.map((v, k) => (v - sigma * noise[k]) / alpha);
    move(x, noise, { sigma, alpha, lower: grid[t - 1], lowerAlpha: alphaOf(grid[t - 1]) });
    for (let k = 0; k < x.length; k++)
      if (!Number.isFinite(x[k])) throw outOfRange(caller, `the sample at sigma ${sigma}`, "stay finite", x[k]);
  }
  return x;
}

function requirePredictor(caller: string, predict: unknown): void {
  if (typeof predict !== "function") throw wrongType(caller, "predict", "be a function", predict);
}

/**
 * DDIM (Song and others 2021): the deterministic map from noise to data, level by level down a grid, and a last denoising.
 * With x̂ = (x_t − σ_t ε)/α_t,
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
  const caller = "ddimSample";
  requirePredictor(caller, predict);
  const start = requireNumbers(caller, "x", x, FINITE);
  return walk(caller, predict, requireGrid(caller, "grid", grid), start, (point, noise, step) => {
    const scale = step.lowerAlpha / step.alpha;
    for (let k = 0; k < point.length; k++)
      point[k] = scale * (point[k] - step.sigma * noise[k]) + step.lower * noise[k];
  });
}

/**
 * The ancestral sampler of DDPM (Ho and others 2020): the same walk with fresh noise of the posterior's variance
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
  requirePredictor(caller, predict);
  const normal = gaussianSource(requireRandom(caller, rng), caller);
  const start = requireNumbers(caller, "x", x, FINITE);
  return walk(caller, predict, requireGrid(caller, "grid", grid), start, (point, noise, step) => {
    const { sigma, alpha, lower, lowerAlpha } = step;
    // 1 − α_t²/α_s² = (σ_t² − σ_s²)/α_s².
    const fresh = square(lower / sigma) * (((sigma - lower) * (sigma + lower)) / square(lowerAlpha));
    const kept = Math.sqrt(Math.max(0, lower * lower - fresh));
    for (let k = 0; k < point.length; k++) {
      const mean = (lowerAlpha / alpha) * (point[k] - sigma * noise[k]) + kept * noise[k];
      point[k] = mean + Math.sqrt(fresh) * normal();
    }
  });
}
