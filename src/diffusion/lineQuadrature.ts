import { exp, log } from "../numeric/elementary.js";
import { integrate } from "../numeric/gaussKronrod.js";
import { NoisedPoint } from "./noisedPoint.js";

/** The density of N(0, 1) at 0. */
export const NORMAL_DENSITY_AT_0: number = 1 / Math.sqrt(2 * Math.PI);

/** The error of the integral over levels, as a share of the integral of its absolute value. */
const RELATIVE_TOLERANCE = 1e-13;

/** The width of the first panels of the integration, in log u. */
const PANEL_WIDTH = 0.75;

/** Visits the nodes of the trapezoid rule for E over ε ~ N(0, 1), each with its weight. */
export function forEachNoise(step: number, visit: (noise: Float64Array, weight: number) => void): void {
  const count = Math.ceil(NoisedPoint.reach / step);
  const h = NoisedPoint.reach / count;
  const noise = new Float64Array(1);
  for (let n = -count; n <= count; n++) {
    noise[0] = n * h;
    visit(noise, h * NORMAL_DENSITY_AT_0 * exp(-(noise[0] * noise[0]) / 2));
  }
}

/**
 * The step in ε at which the trapezoid rule gives E over ε ~ N(0, 1) of functions of the posterior to some 1e−13. They have
 * poles at a distance of π over the spread of s, and the error falls as e^(−2π·distance/step). That of Gauss–Hermite rules
 * falls as e^(−distance·√(2·nodes)): they need some 2,000 nodes where this rule needs 200.
 */
export function noiseStep(spread: number): number {
  return Math.min(0.4, 0.65 / spread);
}

/** ½ ∫ E f dλ over all log-SNR λ = 2 log u, where E f = O(u²) at u = 0; `mean` gives E f at u, and the range is that of u. */
export function integrateOverLevels({ from, to }: { from: number; to: number }, mean: (u: number) => number): number {
  // The posterior of a single point does not depend on the noise.
  if (!(to < Infinity)) return 0;
  const [low, high] = [log(from), log(to)];
  // Below the scale of the farthest atom E f is analytic in u², and w is a multiple of u². Above it the integral is over
  // log u: rare atoms that emerge between heavy ones make bends as sharp as the logarithm of their rarity.
  const below = integrate((w) => mean(2 * Math.sqrt(w) * from) / w, [0, 0.25], RELATIVE_TOLERANCE);
  const panels = Math.ceil((high - low) / PANEL_WIDTH);
  const points = Array.from({ length: panels + 1 }, (_, k) => low + ((high - low) * k) / panels);
  return below / 2 + integrate((t) => mean(exp(t)), points, RELATIVE_TOLERANCE, 200 + 50 * panels);
}
