import type { Smooth } from "./smooth.js";

export interface Point {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

export function pointAt(f: Smooth, x: Float64Array): Point {
  const gradient = new Float64Array(f.size);
  const value = f.evaluate(x, gradient);
  return { x, value, gradient };
}

export function dot(a: Float64Array, b: Float64Array): number {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += a[i] * b[i];
  return s;
}

/** The largest entry in size; NaN where one is. */
export function maxNorm(a: Float64Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]));
  return most;
}

/** The rounding error of a value that is a sum of terms of about a nat each. */
export const roundingOf = (value: number): number => 1e-14 * Math.max(1, Math.abs(value));

/**
 * A point along a direction of descent that satisfies the weak Wolfe conditions, by doubling and bisection. Where values
 * differ by rounding alone the slopes decide. Undefined where the direction does not descend or no point is found.
 */
export function lineSearch(f: Smooth, from: Point, direction: Float64Array, first: number): Point | undefined {
  const slope0 = dot(from.gradient, direction);
  if (!(slope0 < 0)) return undefined;
  let [low, high, t] = [0, Infinity, first];
  for (let trial = 0; trial < 80 && t !== low && t !== high; trial++) {
    const point = pointAt(
      f,
      from.x.map((v, i) => v + t * direction[i]),
    );
    const slope = dot(point.gradient, direction);
    const descends = point.value <= from.value + 1e-4 * t * slope0;
    const maybe = point.value <= from.value + roundingOf(from.value) && slope <= -0.9 * slope0;
    if (!(descends || maybe)) high = t;
    else if (slope < 0.9 * slope0) low = t;
    else return point;
    t = high === Infinity ? 2 * t : (low + high) / 2;
  }
  return undefined;
}
