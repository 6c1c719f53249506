import { exp, log } from "./elementary.js";
import { geometricMean } from "./increasingRoot.js";

/** A function at a point: its value, and its slope there on logarithmic scales, d log f/d log x. */
export interface LogPoint {
  readonly value: number;
  readonly slope: number;
}

/** Four-fold steps at every second round cross all doubles in fewer rounds. */
const MAX_ROUNDS = 2200;

/** After so many rounds every second step bisects: a slope that is far too steep makes Newton's steps too short. */
const NEWTON_ROUNDS = 50;

/** A step of Newton's method changes x by this factor at most: far from the root the slope says little. */
const MAX_STEP_FACTOR = 16;

/**
 * Where an increasing positive function of x > 0 has a wanted value: Newton's method on log f against log x, which finds
 * the root of a power in one step, kept inside a bracket that bisection shrinks where the slope leads out of it.
 */
export function logRoot(f: (x: number) => LogPoint, wanted: number, start: number): number {
  let x = start;
  let [low, high] = [0, Infinity];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { value, slope } = f(x);
    if (value === wanted) return x;
    if (value < wanted) low = x;
    else high = x;
    const newton = x * exp(log(wanted / value) / slope);
    const trusted = round < NEWTON_ROUNDS || round % 2 === 0;
    const inside =
      trusted && newton > Math.max(low, x / MAX_STEP_FACTOR) && newton < Math.min(high, x * MAX_STEP_FACTOR);
    const middle = high === Infinity ? low * 4 : low === 0 ? high / 4 : geometricMean(low, high);
    const next = inside ? newton : middle;
    if (next === low || next === high) return next;
    x = next;
  }
  return x;
}
