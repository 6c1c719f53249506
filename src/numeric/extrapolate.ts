import { pow, square } from "./elementary.js";

/** Substeps of the modified midpoint rule whose results are extrapolated to a step of order 12. */
const SUBSTEPS = [2, 4, 6, 8, 10, 12];

/** The result of the modified midpoint rule (Gragg 1965), whose error is a series in h². */
function midpoint(f: (t: number, y: number) => number, t: number, y: number, step: number, count: number): number {
  const h = step / count;
  let before = y;
  let now = y + h * f(t, y);
  for (let k = 1; k < count; k++) {
    const next = before + 2 * h * f(t + k * h, now);
    before = now;
    now = next;
  }
  return (now + before + h * f(t + step, now)) / 2;
}

/**
 * The solution at `to` of dy/dt = f(t, y) from y at `from`, either way in time: midpoint rules extrapolated to order 12
 * (Bulirsch and Stoer 1966), in steps at which the last two orders agree to the tolerance, relative to max(1, |y|).
 */
export function solveOde(
  f: (t: number, y: number) => number,
  from: number,
  to: number,
  start: number,
  tolerance: number,
): number {
  let [t, y, step] = [from, start, (to - from) / 16];
  const row = new Float64Array(SUBSTEPS.length);
  while (t !== to) {
    if (!(Math.abs(step) < Math.abs(to - t))) step = to - t;
    let [value, error] = [y, Infinity];
    // Neville's scheme at h² = 0.
    for (let k = 0; k < SUBSTEPS.length; k++) {
      value = midpoint(f, t, y, step, SUBSTEPS[k]);
      for (let j = 1; j <= k; j++) {
        const before = row[j - 1];
        row[j - 1] = value;
        value += (value - before) / (square(SUBSTEPS[k] / SUBSTEPS[k - j]) - 1);
      }
      if (k > 0) error = Math.abs(value - row[k - 1]);
      row[k] = value;
    }
    const allowed = tolerance * Math.max(1, Math.abs(y));
    if (error <= allowed) {
      t = step === to - t ? to : t + step;
      y = value;
    }
    step *= Math.min(3, Math.max(0.2, 0.9 * pow(allowed / error, 1 / 11)));
  }
  return y;
}
