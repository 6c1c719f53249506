import { integrate } from "../numeric/gaussKronrod.js";
import { NoisedPoint } from "./noisedPoint.js";

/** What is averaged: a function of the posterior means less x, of two laws. */
export type OfShifts = (first: Float64Array, second: Float64Array) => number;

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
    visit(noise, h * DENSITY * Math.exp(-(noise[0] * noise[0]) / 2));
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
  const [first, second] = [new Float64Array(1), new Float64Array(1)];
  let sum = 0;
  forEachNoise(step, (noise, weight) => {
    point.shift(0, noise, first);
    point.shift(1, noise, second);
    sum += weight * f(first, second);
  });
  return sum;
}

/**
 * ½ ∫ u² E_ε[f(E_p[a | ux + ε] − x, E_q[a | ux + ε] − x)] dλ over all log-SNR λ = 2 log u, in one dimension, at an atom x
 * of both laws. Over λ by adaptive Gauss–Kronrod panels: where a rare atom emerges between heavy ones the integrand has a
 * bend as sharp as the logarithm of its rarity. Below the scale of the farthest atom, where it is analytic in u², over u².
 */
export function integrateOverLevels(point: NoisedPoint, f: OfShifts): number {
  const { square, logWeights } = point;
  let [nearest, farthest, room] = [Infinity, 0, 0];
  for (const logWeight of logWeights) {
    const own = square.reduce((most, s, j) => (s === 0 ? Math.max(most, logWeight[j]) : most), -Infinity);
    for (let j = 0; j < square.length; j++) {
      if (square[j] === 0) continue;
      nearest = Math.min(nearest, square[j]);
      farthest = Math.max(farthest, square[j]);
      room = Math.max(room, logWeight[j] - own);
    }
  }
  // One point alone: the posterior is always there.
  if (farthest === 0) return 0;
  const mean = (u2: number) => meanOverNoise(point, Math.sqrt(u2), f, room);
  const least = 0.25 / farthest;
  // From where on every other atom is out of reach of the noise.
  const most = (NoisedPoint.reach + Math.sqrt(NoisedPoint.reach ** 2 + 2 * (room + 40))) ** 2 / nearest;
  const [from, to] = [Math.log(least), Math.log(most)];
  const panels = Math.ceil((to - from) / 1.5);
  const points = Array.from({ length: panels + 1 }, (_, k) => from + ((to - from) * k) / panels);
  const overSnr = integrate(mean, [0, least], TOLERANCE);
  const overLog = integrate((lambda) => Math.exp(lambda) * mean(Math.exp(lambda)), points, TOLERANCE);
  return (overSnr + overLog) / 2;
}
