import {
  BETWEEN_ZERO_AND_ONE,
  type Condition,
  FINITE,
  outOfRange,
  requireInteger,
  requireNumber,
  requireNumbers,
} from "../numeric/check.js";
import { exp, expm1, log1p, sinQuarter } from "../numeric/elementary.js";
import { exponentOf, timesPowerOfTwo } from "../numeric/powerOfTwo.js";

/**
 * A noise grid uniform in log-SNR λ = log((1−σ²)/σ²): σ² = 1/(1 + e^λ), increasing.
 *
 * $$\sigma_i^2 = \frac{1}{1 + e^{\lambda_i}}, \qquad \lambda_i \text{ from } \lambda_{\max} \text{ down to } \lambda_{\min}$$
 *
 * @param steps the number of levels, at least 2
 * @param most λ_max, where the noise is least; 20 when left out
 * @param least λ_min, where it is most; −20 when left out
 * @returns the levels σ, increasing in (0, 1)
 * @throws TypeError when an argument is no number
 * @throws RangeError when steps is not whole and at least 2, or the λ do not decrease within ±30
 * @example
 * ```ts
 * import { logSnrSchedule } from "exptilt/diffusion";
 * logSnrSchedule(3, 2, -2) // => [0.345258, 0.707107, 0.938508]
 * ```
 */
export function logSnrSchedule(steps: number, most = 20, least = -20): Float64Array {
  const caller = "logSnrSchedule";
  steps = requireInteger(caller, "steps", steps, 2);
  most = requireNumber(caller, "most", most, FINITE);
  least = requireNumber(caller, "least", least, FINITE);
  // Beyond 30 nats σ or 1 − σ² rounds to 1.
  if (!(most > least && most <= 30 && least >= -30))
    throw outOfRange(caller, "most and least", "decrease within ±30", `${most}, ${least}`);
  return Float64Array.from({ length: steps }, (_, i) => {
    const lambda = most + ((least - most) * i) / (steps - 1);
    return Math.sqrt(1 / (1 + exp(lambda)));
  });
}

/**
 * The variance-preserving cosine grid: σ_i = sin(π/2·(i − ½)/T), i = 1 … T (Nichol and Dhariwal 2021, without offset).
 *
 * $$\sigma_i = \sin\left( \frac{\pi}{2} \cdot \frac{i - 1/2}{T} \right)$$
 *
 * @param steps the number of levels T, at least 2
 * @returns the levels σ, increasing in (0, 1)
 * @throws TypeError when steps is no number
 * @throws RangeError when steps is not whole and at least 2
 * @example
 * ```ts
 * import { cosineSchedule } from "exptilt/diffusion";
 * cosineSchedule(2) // => [0.382683, 0.923880]
 * ```
 */
export function cosineSchedule(steps: number): Float64Array {
  steps = requireInteger("cosineSchedule", "steps", steps, 2);
  return Float64Array.from({ length: steps }, (_, i) => sinQuarter((i + 0.5) / steps));
}

/**
 * The variance-preserving linear grid of DDPM (Ho and others 2020): σ_i² = 1 − Π_{j ≤ i}(1 − β_j), with β from 1e−4 to 0.02
 * over 1,000 steps, and in proportion over fewer or more.
 *
 * $$\sigma_i^2 = 1 - \prod_{j \le i} (1 - \beta_j)$$
 *
 * @param steps the number of levels T, at least 21, below which a β would exceed 1
 * @returns the levels σ, increasing in (0, 1)
 * @throws TypeError when steps is no number
 * @throws RangeError when steps is not whole and at least 21
 * @example
 * ```ts
 * import { linearSchedule } from "exptilt/diffusion";
 * const grid = linearSchedule(1000);
 * [grid[0], grid[499], grid[999]] // => [0.01, 0.959902, 0.999980]
 * ```
 */
export function linearSchedule(steps: number): Float64Array {
  steps = requireInteger("linearSchedule", "steps", steps, 21);
  const out = new Float64Array(steps);
  let log = 0;
  for (let i = 0; i < steps; i++) {
    const beta = ((1e-4 + ((0.02 - 1e-4) * i) / (steps - 1)) * 1000) / steps;
    log += log1p(-beta);
    out[i] = Math.sqrt(-expm1(log));
  }
  return out;
}

/** A noise grid of at least one level, increasing in (0, 1). */
export function requireGrid(caller: string, argument: string, grid: unknown): Float64Array {
  const out = requireNumbers(caller, argument, grid, BETWEEN_ZERO_AND_ONE);
  if (out.length === 0) throw outOfRange(caller, argument, "have at least one level", out);
  for (let i = 1; i < out.length; i++)
    if (!(out[i] > out[i - 1])) throw outOfRange(caller, `${argument}[${i}]`, "exceed the level before it", out[i]);
  return out;
}

/** At this u no noise hides a distance of normal doubles. Products of it and distances are finite. */
const MAX_ROOT_SNR = 1e300;

/** u = α/σ, the root of the signal-to-noise ratio, for coordinates multiplied by 2^power. */
export function rootSnr(sigma: number, power = 0): number {
  return Math.min(MAX_ROOT_SNR, Math.sqrt((1 - sigma) * (1 + sigma)) / timesPowerOfTwo(sigma, power));
}

const LEVEL_OF_FINITE_SNR: Condition = { ...BETWEEN_ZERO_AND_ONE, least: 1e-150, says: "be at least 1e-150" };

/** u of a level where u² is a double. */
export function requireRootSnr(caller: string, argument: string, sigma: number): number {
  return rootSnr(requireNumber(caller, argument, sigma, LEVEL_OF_FINITE_SNR));
}

/** A grid of at least two levels. */
export function requireSteps(caller: string, grid: ArrayLike<number>): Float64Array {
  const levels = requireGrid(caller, "grid", grid);
  if (levels.length < 2) throw outOfRange(caller, "grid", "have at least two levels", levels.length);
  return levels;
}

/** Levels below this have squares that lose digits or underflow. */
const MIN_PLAIN_SIGMA = 2 ** -400;

/** The weights ω_t of (37), see `densityRatioWeights`, each of which must be a double. */
export function requireWeights(caller: string, levels: Float64Array): Float64Array {
  return Float64Array.from({ length: levels.length - 1 }, (_, t) => {
    const [s, next] = [levels[t], levels[t + 1]];
    if (s >= MIN_PLAIN_SIGMA) return ((next - s) * (next + s)) / (2 * s * s * (1 - s) * (1 + s));
    const omega = weighted(1, s, next);
    if (!(omega < Infinity)) throw outOfRange(caller, `grid[${t}]`, "have a weight below 1.8e308", s);
    return omega;
  });
}

/** ω·mean of a level and the next, where ω alone may be too large for a double. */
function weighted(mean: number, s: number, next: number): number {
  if (mean === 0) return 0;
  if (!Number.isFinite(mean)) return mean;
  const parts = [mean, next - s, next + s, s];
  const [i, j, k, own] = parts.map((x) => exponentOf(Math.abs(x)));
  const [m, a, b, unit] = parts.map((x, n) => timesPowerOfTwo(x, -[i, j, k, own][n]));
  return timesPowerOfTwo((m * a * b) / (2 * unit * unit * (1 - s) * (1 + s)), i + j + k - 2 * own);
}

/** Σ ω_t·means_t. */
export function weightedSum(levels: Float64Array, means: Float64Array): number {
  let sum = 0;
  for (let t = 0; t + 1 < levels.length; t++) sum += weighted(means[t], levels[t], levels[t + 1]);
  return sum;
}

/** A sum that a double holds. */
export function requireFiniteSum(caller: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw new RangeError(`${caller}: at these levels, grid gives a value beyond the largest double`);
}
