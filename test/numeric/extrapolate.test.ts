import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { solveOde } from "../../src/numeric/extrapolate.js";
import { test } from "../support/test.js";

const time = fc.integer({ min: -64, max: 64 }).map((n) => n / 16);
const start = fc.double({ min: -3, max: 3, noNaN: true });
const TOLERANCE = 1e-13;

/** Local errors of 1e−13 of max(1, |y|) add up over the steps and grow as the solution does. */
const allowed = (size: number) => 300 * TOLERANCE * Math.max(1, size);

describe("the solution of dy/dt = f(t, y), either way in time", () => {
  test.prop([time, time, start])("y′ = −y: y(b) = y(a)·e^{a − b}", (a, b, y) => {
    expect(Math.abs(solveOde((_, v) => -v, a, b, y, TOLERANCE) - y * Math.exp(a - b))).toBeLessThanOrEqual(
      allowed(3 * Math.exp(Math.abs(a - b))),
    );
  });
  test.prop([time, time, start])("y′ = y·cos t: y(b) = y(a)·e^{sin b − sin a}", (a, b, y) => {
    const exact = y * Math.exp(Math.sin(b) - Math.sin(a));
    expect(Math.abs(solveOde((t, v) => v * Math.cos(t), a, b, y, TOLERANCE) - exact)).toBeLessThanOrEqual(
      allowed(3 * Math.exp(2)),
    );
  });
  test.prop([time, time, start])("y′ = 1/(1 + 100t²): the integral of a peak, atan(10t)/10", (a, b, y) => {
    const exact = y + (Math.atan(10 * b) - Math.atan(10 * a)) / 10;
    expect(Math.abs(solveOde((t) => 1 / (1 + 100 * t * t), a, b, y, TOLERANCE) - exact)).toBeLessThanOrEqual(
      allowed(3),
    );
  });
  it("y′ = y²: up to a hair before the pole at 1", () => {
    expect(solveOde((_, y) => y * y, 0, 0.999, 1, TOLERANCE) / 1000).toBeCloseTo(1, 8);
  });
  it("no time, no change; a field of 0 leaves y as it is", () => {
    expect(solveOde(() => 7, 2, 2, 5, TOLERANCE)).toBe(5);
    expect(solveOde(() => 0, 0, 3, 5, TOLERANCE)).toBe(5);
  });
});
