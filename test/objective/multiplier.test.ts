/** The multiplier near and far from the pole. */
import { describe, expect } from "vitest";
import { Multiplier } from "../../src/objective/multiplier.js";
import { type FDivergence, requireRegularizer } from "../../src/objective/regularizers.js";
import { test } from "../support/test.js";

const f = requireRegularizer("test", { alpha: 0 }) as FDivergence;
const chiSquared = requireRegularizer("test", { alpha: 2 }) as FDivergence;

describe("Multiplier", () => {
  test("at x has densities of x − d, with the digits that x misses", () => {
    const at = Multiplier.at(chiSquared, 2, 2 ** -30);
    expect(at.argument(2)).toBe(2 ** -30);
    expect(at.densities(Float64Array.of(0, 3, Infinity))).toEqual(Float64Array.of(3 + 2 ** -30, 2 ** -30, 0));
    expect(at.logDensity(2)).toBeCloseTo(Math.log1p(2 ** -30), 22);
    expect(at.logDensity(Infinity)).toBe(-Infinity);
    expect(at.best).toBe(undefined);
  });

  test("below the pole has those of the distance to it", () => {
    const below = Multiplier.below(f, 2 ** -60, -60 * Math.LN2);
    expect(below.argument(0)).toBe(1);
    expect(below.densities(Float64Array.of(0, 2 ** -60, 0.5, Infinity))).toEqual(
      Float64Array.of(2 ** 60, 2 ** 59, 1 / (0.5 + 2 ** -60), 0),
    );
    expect(below.logDensity(0)).toBeCloseTo(60 * Math.LN2, 13);
    expect(below.logDensity(2 ** -60)).toBeCloseTo(59 * Math.LN2, 13);
    expect(below.logDensity(Infinity)).toBe(-Infinity);
  });

  test("a distance that no double holds has its logarithm", () => {
    const rare = Multiplier.below(f, 0, -900, { logRef: -901, logShare: -1 });
    expect(rare.logDensity(0)).toBe(900);
    expect(rare.logDensity(0.25)).toBeCloseTo(Math.log(4), 14);
    expect(rare.best?.logShare).toBe(-1);
  });
});
