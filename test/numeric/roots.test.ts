/** Roots of increasing functions, and all roots of smooth ones. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allRoots } from "../../src/numeric/allRoots.js";
import { geometricMean, halfway, increasingRoot } from "../../src/numeric/increasingRoot.js";
import { test } from "../support/test.js";

const bits = new BigInt64Array(1);
const double = new Float64Array(bits.buffer);
/** The next double above a number, or below it. */
function next(x: number, up: boolean): number {
  double[0] = x === 0 ? 0 : x;
  if (x === 0) return up ? 5e-324 : -5e-324;
  bits[0] += up === x > 0 ? 1n : -1n;
  return double[0];
}

/** How often a function is called. */
function counted(f: (x: number) => number) {
  const seen = { calls: 0 };
  const call = (x: number) => {
    seen.calls++;
    return f(x);
  };
  return { seen, call };
}

const place = fc.double({ min: -700, max: 700, noNaN: true }).map(Math.exp);
const shapes = fc.constantFrom<((x: number, root: number) => number)[]>(
  (x, root) => x - root,
  (x, root) => Math.log(x) - Math.log(root),
  (x, root) => x / root - root / x,
  // Flat on one side, and a step.
  (x, root) => (x < root ? -1e-9 : x / root),
  (x, root) => Math.sign(x - root),
);

describe("the root of an increasing function", () => {
  test.prop([place, place, place, shapes])("is found to its last digit, in few steps", (a, b, c, shape) => {
    const [low, root, high] = [a, b, c].sort((x, y) => x - y);
    const { seen, call } = counted((x) => shape(x, root));
    const x = increasingRoot(call, low, high, geometricMean);
    const at = Math.abs(shape(x, root));
    // None of its neighbours is on the same side and nearer to 0.
    for (const up of [true, false]) {
      const beside = next(x, up);
      if (beside >= low && beside <= high && at > 0 && up === shape(x, root) < 0)
        expect(shape(beside, root) * shape(x, root)).toBeLessThanOrEqual(0);
    }
    expect(seen.calls).toBeLessThan(220);
  });

  test.prop([fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: 1, max: 1e6, noNaN: true })])(
    "of any sign, within a bracket that is far longer",
    (root, reach) => {
      const { seen, call } = counted((x) => x ** 3 - root ** 3 + (x - root));
      const x = increasingRoot(call, root - reach, root + 3 * reach);
      expect(Math.abs(x - root)).toBeLessThanOrEqual(2 ** -51);
      // Each step towards 0 halves the rest.
      expect(seen.calls).toBeLessThan(Math.abs(root) > 1e-3 ? 100 : 1200);
    },
  );

  it("is an end where the function has no other sign, at once", () => {
    for (const [low, high, root] of [
      [0, 5, 0],
      [1, 5, 1],
      [-5, 0, 0],
      [-5, -1, -1],
    ]) {
      const { seen, call } = counted((x) => x);
      expect([increasingRoot(call, low, high), seen.calls]).toEqual([root, 2]);
    }
  });

  it("is the nearer in value of the two that enclose it", () => {
    const at = (low: number, high: number) => increasingRoot((x) => (x <= 1 ? -low : high), 0, 3);
    expect(at(1, 2)).toBe(1);
    expect(at(2, 1)).toBe(1 + 2 ** -52);
    // Also where it is an end.
    const step = (at: number, low: number, high: number) => increasingRoot((x) => (x <= at ? -low : high), 1, 4);
    expect(step(1, 1, 2)).toBe(1);
    const below = 4 - 2 ** -51;
    expect([step(below, 2, 1), step(below, 1, 2)]).toEqual([4, below]);
  });

  it("takes a straight line at once, and a bend in a few steps", () => {
    const line = counted((x) => 3 * x - 1);
    expect(increasingRoot(line.call, 0, 1)).toBe(1 / 3);
    expect(line.seen.calls).toBeLessThanOrEqual(3);
    const bend = counted((x) => Math.exp(x) - 2);
    expect(increasingRoot(bend.call, -1, 5)).toBeCloseTo(Math.LN2, 15);
    expect(bend.seen.calls).toBeLessThanOrEqual(20);
  });

  it("halves its bracket at least once in four steps, and most often far sooner", () => {
    const calls = (f: (x: number) => number, low: number, high: number, middle = halfway) => {
      const { seen, call } = counted(f);
      increasingRoot(call, low, high, middle);
      return seen.calls;
    };
    // The secant alone would take thousands of steps on these.
    expect(calls((x) => (x < 0.7 ? -1e-12 : 1e12), 0, 1)).toBeLessThan(4 * 54);
    expect(calls((x) => (x < 0.7 ? -1e12 : 1e-12), 0, 1)).toBeLessThan(4 * 54);
    expect(calls((x) => (x - 0.3) ** 9, 0, 1)).toBeLessThan(4 * 54);
    expect(calls((x) => Math.exp(200 * x) - 2, -1, 1)).toBeLessThan(40);
    expect(calls((x) => 2 - Math.exp(-200 * x), -1, 1)).toBeLessThan(40);
    for (const c of [0.1, 0.5, 0.9]) {
      expect(calls((x) => x ** 3 - c, 0, 1)).toBeLessThan(45);
      expect(calls((x) => c - (1 - x) ** 3, 0, 1)).toBeLessThan(45);
    }
    expect(calls((x) => Math.log(x) - 3, 1e-300, 1e300, geometricMean)).toBeLessThan(80);
  });

  it("has a middle where numbers are as large or as small as they can be", () => {
    expect(halfway(1e308, 1.6e308)).toBe(1.3e308);
    expect(halfway(-3, 5)).toBe(1);
    expect(geometricMean(1e-300, 1e300)).toBeCloseTo(1, 12);
    expect(geometricMean(2 ** 1000, 2 ** 1020)).toBe(2 ** 1010);
  });
});

describe("all roots on a grid", () => {
  const gaps = fc.array(fc.double({ min: 0.6, max: 2, noNaN: true }), { minLength: 0, maxLength: 4 });
  test.prop([gaps, fc.constantFrom(1, -1)])("of a polynomial of the logarithm are its factors'", (apart, sign) => {
    const places = apart.map((_, i) => apart.slice(0, i + 1).reduce((s, g) => s + g, -3));
    const value = (u: number) => sign * places.reduce((s, r) => s * (u - r), 1);
    const slope = (u: number) =>
      sign * places.reduce((s, _, i) => s + places.reduce((p, r, j) => (i === j ? p : p * (u - r)), 1), 0);
    const f = (x: number) => ({ value: value(Math.log(x)), slope: slope(Math.log(x)) });
    const grid = Array.from({ length: 181 }, (_, i) => Math.exp(-3 + i / 20));
    const { roots, highest } = allRoots(f, grid);
    expect(roots.map(({ x }) => Math.log(x))).toEqual(places.map((r) => expect.closeTo(r, 10)));
    for (const { x, rises } of roots) expect(rises).toBe(f(x * 1.001).value > f(x / 1.001).value);
    const most = Math.max(...grid.map((x) => f(x).value));
    expect(f(highest).value).toBeGreaterThanOrEqual(most - 1e-9);
    expect(highest >= grid[0] && highest <= grid[grid.length - 1]).toBe(true);
  });

  it("are found beside points where the slope is 0", () => {
    // Turns at 1, 2 and 3, of which 2 is a point of the grid.
    const value = (x: number) => -((x - 2) ** 4) / 4 + (x - 2) ** 2 / 2;
    const slope = (x: number) => -((x - 2) ** 3) + (x - 2);
    const f = (level: number) => (x: number) => ({ value: value(x) - level, slope: slope(x) });
    const grid = [0.5, 1.4, 2, 2.6, 3.5];
    const { roots, highest } = allRoots(f(0.125), grid);
    const [near, far] = [Math.sqrt(1 - Math.SQRT1_2), Math.sqrt(1 + Math.SQRT1_2)];
    expect(roots.map(({ x }) => x)).toEqual([-far, -near, near, far].map((d) => expect.closeTo(2 + d, 12)));
    expect(roots.map(({ rises }) => rises)).toEqual([true, false, true, false]);
    expect([1, 3].some((x) => Math.abs(highest - x) < 1e-7)).toBe(true);
    // Touching from below is no root; all above has none.
    expect(allRoots(f(0.3), grid).roots).toEqual([]);
    expect(allRoots(f(-9), grid).roots).toEqual([]);
    expect(allRoots(f(0.125), [1, 2]).roots.map(({ rises }) => rises)).toEqual([false]);
  });

  it("are found on both sides of a least value between two points", () => {
    let calls = 0;
    const f = (x: number) => {
      calls++;
      return { value: (x - 1.3) ** 2 - 0.01, slope: 2 * (x - 1.3) };
    };
    const { roots, highest } = allRoots(f, [0.5, 3]);
    expect(roots).toEqual([
      { x: expect.closeTo(1.2, 14), rises: false },
      { x: expect.closeTo(1.4, 14), rises: true },
    ]);
    expect(highest).toBe(3);
    // Where the slope keeps its sign nothing is searched for.
    calls = 0;
    allRoots(f, [2, 2.25, 2.5, 2.75, 3]);
    expect(calls).toBe(7);
  });

  it("reach from the first point to the last", () => {
    const { roots, highest } = allRoots((x) => ({ value: x - 1, slope: 1 }), [1, 2]);
    expect([roots, highest]).toEqual([[], 2]);
    const falling = allRoots((x) => ({ value: 2 - x, slope: -1 }), [1, 1.5, 3]);
    expect(falling).toEqual({ roots: [{ x: 2, rises: false }], highest: 1 });
    expect(allRoots((x) => ({ value: x - 2, slope: 1 }), [1, 2]).roots).toEqual([{ x: 2, rises: true }]);
  });
});
