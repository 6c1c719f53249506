import { exp, log } from "../numeric/elementary.js";
import { integrate } from "../numeric/gaussKronrod.js";
import { NoisedPoint } from "./noisedPoint.js";
import { rootSnr } from "./schedule.js";

/** What is averaged: a function of the posterior means less x, one for each law. */
export type OfShifts = (shifts: readonly Float64Array[]) => number;

const DENSITY = 1 / Math.sqrt(2 * Math.PI);

/** To this share of the integral of its size, the integral over levels is exact. */
const TOLERANCE = 1e-14;

/** Visits the nodes of the trapezoid rule for E over ε ~ N(0, 1), each with its weight. */
export function forEachNoise(step: number, visit: (noise: Float64Array, weight: number) => void): void {
  const count = Math.ceil(NoisedPoint.reach / step);
  const h = NoisedPoint.reach / count;
  const noise = new Float64Array(1);
  for (let n = -count; n <= count; n++) {
    noise[0] = n * h;
    visit(noise, h * DENSITY * exp(-(noise[0] * noise[0]) / 2));
  }
}

/**
 * The step in ε at which the trapezoid rule gives E over ε ~ N(0, 1) of functions of the posterior to some 1e−13. They have poles at a
 * distance of π over the spread of s, and the error falls as e^(−2π·distance/step): Gauss–Hermite rules, whose error falls
 * as e^(−distance·√(2·nodes)), would need some 2,000 nodes where this needs 200.
 */
export function noiseStep(spread: number): number {
  return Math.min(0.4, 0.65 / spread);
}

/**
 * E over ε ~ N(0, 1) of f at level u. `room` is how many nats the heaviest atom has over the one at x, where there is one:
 * the transitions to it then lie where ε is unlikely, and a coarser step will do.
 */
export function meanOverNoise(point: NoisedPoint, u: number, f: OfShifts, room: number = Infinity): number {
  const spread = point.setLevel(u);
  const step = Math.max(noiseStep(spread), 1 / (9 + 4 * Math.sqrt(room)));
  const shifts = point.logWeights.map(() => new Float64Array(1));
  let sum = 0;
  forEachNoise(step, (noise, weight) => {
    for (let l = 0; l < shifts.length; l++) point.shift(l, noise, shifts[l]);
    sum += weight * f(shifts);
  });
  return sum;
}

/** Points of a law, each with its mass. */
export type WeightedPoints = readonly { readonly point: NoisedPoint; readonly mass: number }[];

/** u² E[f] at each level of a grid, over x₀ from the points and ε: what squared errors of noise predictors are sums of. */
export function meansOnGrid(points: WeightedPoints, levels: Float64Array, f: OfShifts): Float64Array {
  const out = new Float64Array(levels.length);
  for (const { point, mass } of points) {
    for (let t = 0; t < out.length; t++) {
      const u = rootSnr(levels[t]);
      out[t] += mass * u * u * meanOverNoise(point, u, f);
    }
  }
  return out;
}

/**
 * ½ ∫ u² E_ε[f(E_p[a | ux + ε] − x, E_q[a | ux + ε] − x)] dλ over all log-SNR λ = 2 log u, in one dimension, at an atom x
 * of both laws. Over λ by adaptive Gauss–Kronrod panels: where a rare atom emerges between heavy ones the integrand has a
 * bend as sharp as the logarithm of its rarity. Below the scale of the farthest atom, where it is analytic in u², over u².
 */
export function integrateOverLevels(point: NoisedPoint, f: OfShifts): number {
  const extent = point.extent();
  // One point alone: the posterior is always there.
  if (extent === undefined) return 0;
  const mean = (u2: number) => meanOverNoise(point, Math.sqrt(u2), f, extent.room);
  const [from, to] = [log(extent.from), log(extent.to)];
  const panels = Math.ceil((to - from) / 1.5);
  const points = Array.from({ length: panels + 1 }, (_, k) => from + ((to - from) * k) / panels);
  const overSnr = integrate(mean, [0, extent.from], TOLERANCE);
  const overLog = integrate((lambda) => exp(lambda) * mean(exp(lambda)), points, TOLERANCE);
  return (overSnr + overLog) / 2;
}
