import { exactAlgebra } from "exptilt/exact";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { angleOf, cos, sin } from "../../src/numeric/angle.js";
import { test } from "../support/test.js";

const exact = exactAlgebra({ digits: 60 });
const big = (x: number) => exact.number(x);
const runs = { numRuns: 300 };
/** Uniform, which `fc.double` is not: half of its numbers are below 1e−150. */
const doubles = (min: number, max: number) =>
  fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((k) => min + (max - min) * (k / (2 ** 31 - 1)));
const sized = fc.tuple(doubles(-300, 300), fc.constantFrom(1, -1)).map(([exponent, sign]) => sign * 10 ** exponent);
const near = (got: number, want: ReturnType<typeof big>, tolerance: number) =>
  expect(big(got).minus(want).abs().toNumber()).toBeLessThanOrEqual(tolerance);

describe("sines, cosines and angles", () => {
  const angle = fc.oneof(doubles(-4, 4), doubles(-1e4, 1e4), doubles(-1e6, 1e6));
  test.prop([angle], runs)("sin and cos err by 1.5e−16", (x) => {
    near(sin(x), big(x).sin(), 1.5e-16);
    near(cos(x), big(x).cos(), 1.5e-16);
  });
  test.prop([doubles(-0.7, 0.7)], runs)("sin keeps its digits near 0", (x) => {
    near(sin(x), big(x).sin(), 3e-16 * Math.abs(x));
  });
  test.prop([sized, sized], runs)("the angle of a point errs by 3 units in its last place", (x, y) => {
    const half = big(1).asin();
    const slope = big(y).div(big(x)).atan();
    const want = x > 0 ? slope : slope.plus(half.times(y > 0 ? 2 : -2));
    near(angleOf(x, y), want, 3 * 2 ** -52 * Math.abs(want.toNumber()) + 1e-320);
  });
  it("at the ends", () => {
    expect(sin(0)).toBe(0);
    expect(cos(0)).toBe(1);
    expect(angleOf(1, 0)).toBe(0);
    expect(angleOf(-1, 0)).toBe(Math.PI);
    near(angleOf(0, 1), big(1).asin(), 2 ** -52);
    near(angleOf(0, -2), big(-1).asin(), 2 ** -52);
  });
});
