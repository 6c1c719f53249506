import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LogPoint, logRoot } from "../../src/numeric/logRoot.js";
import { test } from "../support/test.js";

/** The root, and where the function was looked at on the way. */
function found(f: (x: number) => LogPoint, wanted: number, start: number): { root: number; seen: number[] } {
  const seen: number[] = [];
  const root = logRoot(
    (x) => {
      seen.push(x);
      return f(x);
    },
    wanted,
    start,
  );
  return { root, seen };
}

const factor = (a: number, b: number) => Math.max(a / b, b / a);
const exponents = fc.double({ min: 0.2, max: 4, noNaN: true });
const scales = fc.double({ min: -30, max: 30, noNaN: true }).map((x) => 10 ** x);
const nearby = fc.double({ min: 1 / 15, max: 15, noNaN: true });

describe("the root of an increasing function by Newton's method on logarithmic scales", () => {
  test.prop([exponents, scales, nearby])("is found in one step where the function is a power", (p, root, away) => {
    const { root: got, seen } = found((x) => ({ value: (x / root) ** p, slope: p }), 1, root * away);
    expect(Math.abs(got / root - 1)).toBeLessThanOrEqual(1e-14);
    // The second look is at the root; what is left is rounding.
    if (seen.length > 1) expect(Math.abs(seen[1] / root - 1)).toBeLessThanOrEqual(1e-14);
    expect(seen.length).toBeLessThanOrEqual(60);
  });

  it("of x + x² is found with ever more digits, their number doubling", () => {
    for (const wanted of [1e-12, 1e-3, 2, 1e5, 1e14]) {
      const f = (x: number) => ({ value: x + x * x, slope: (1 + 2 * x) / (1 + x) });
      const { root, seen } = found(f, wanted, Math.sqrt(wanted));
      expect(Math.abs(root / ((2 * wanted) / (1 + Math.sqrt(1 + 4 * wanted))) - 1)).toBeLessThanOrEqual(4e-16);
      const far = seen.map((x) => Math.abs(Math.log(x / root)));
      const close = far.findIndex((d) => d < 0.1);
      for (const [more, most] of [0.02, 1e-3, 1e-6].entries()) expect(far[close + 1 + more] ?? 0).toBeLessThan(most);
      expect(seen.length).toBeLessThanOrEqual(20);
    }
  });

  const slopes = fc.constantFrom(Number.NaN, 0, -1, Infinity, 1e-3, 0.3, 3, 1e9);
  test.prop([scales, scales, slopes], { numRuns: 40 })(
    "is kept in its bracket and to steps of 16, and found to the last digit whatever the slopes say",
    (root, start, slope) => {
      const f = (x: number) => ({ value: x < root ? x / root / 2 : (2 * x) / root, slope });
      const { root: got, seen } = found(f, 1, start);
      expect(Math.abs(got / root - 1)).toBeLessThanOrEqual(2 ** -51);
      // Newton's 50 rounds, and then every second one: four-fold steps over 60 decades, and 60 halvings.
      expect(seen.length).toBeLessThan(400);
      let [low, high] = [0, Infinity];
      let kept = true;
      for (const [i, x] of seen.entries()) {
        kept &&= x > low && x < high;
        // A longer step is to the middle of the bracket.
        if (i > 0 && factor(x, seen[i - 1]) > 16) kept &&= Math.abs(x / Math.sqrt(low) / Math.sqrt(high) - 1) < 1e-14;
        if (x < root) low = x;
        else high = x;
      }
      expect(kept).toBe(true);
    },
  );

  it("goes four-fold where the slope is no use and one end is not known, and to the middle where both are", () => {
    const step = (root: number) => (x: number) => ({ value: x < root ? 0.5 : 2, slope: 0 });
    expect(found(step(100), 1, 1).seen.slice(0, 6)).toEqual([1, 4, 16, 64, 256, 128]);
    expect(found(step(1 / 100), 1, 1).seen.slice(0, 6)).toEqual([1, 1 / 4, 1 / 16, 1 / 64, 1 / 256, 1 / 128]);
  });

  it("is 0 or ∞ where no double is small or large enough", () => {
    expect(logRoot(() => ({ value: 2, slope: 0 }), 1, 1e-300)).toBe(0);
    expect(logRoot(() => ({ value: 0.5, slope: 0 }), 1, 1e300)).toBe(Infinity);
  });

  it("is where the value is the wanted one, at the first look", () => {
    expect(found((x) => ({ value: x, slope: 1 }), 3, 3)).toEqual({ root: 3, seen: [3] });
  });

  it("ends at 0 or ∞ also where slopes that are far too steep make steps of nothing", () => {
    expect(logRoot(() => ({ value: 0.5, slope: 1e14 }), 1, 5e-324)).toBe(Infinity);
    expect(logRoot(() => ({ value: 2, slope: 1e14 }), 1, 1e308)).toBe(0);
  });
});
