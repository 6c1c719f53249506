import { exp, log } from "./elementary.js";

/** A function at a point: its value, and its slope there on logarithmic scales, d log f/d log x. */
export interface LogPoint {
  readonly value: number;
  readonly slope: number;
}

/** Far more than any start needs, by steps that grow and bisection alone. */
const MOST_ROUNDS = 200;

/** No step of Newton's method is longer: far from the root its slope says little. */
const LONGEST = 16;

/**
 * Where an increasing positive function of x > 0 has a wanted value: Newton's method on log f against log x, which finds
 * the root of a power in one step, kept inside a bracket that bisection shrinks where the slope leads out of it.
 */
export function logRoot(f: (x: number) => LogPoint, wanted: number, start: number): number {
  let x = start;
  let [low, high] = [0, Infinity];
  // While one side has no bound: each step is the square of the one before, so that no power of ten is far.
  let stride = 4;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { value, slope } = f(x);
    if (value === wanted) return x;
    if (value < wanted) low = x;
    else high = x;
    const newton = x * exp(log(wanted / value) / slope);
    const inside = newton > Math.max(low, x / LONGEST) && newton < Math.min(high, x * LONGEST);
    let next = newton;
    if (!inside) {
      const open = high === Infinity || low === 0;
      next =
        high === Infinity
          ? Math.min(low * stride, Number.MAX_VALUE)
          : low === 0
            ? high / stride
            : Math.sqrt(low) * Math.sqrt(high);
      if (open) stride = Math.min(stride * stride, 1e100);
    }
    if (next === low || next === high) return next;
    x = next;
  }
  return x;
}
