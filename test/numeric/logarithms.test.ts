/** Geometric sums, factorials and l + e^l, at 60 digits. */
import { exactAlgebra } from "exptilt/exact";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { geometricSum, logGeometricSum, logPowerOfRest, powerOfRest } from "../../src/numeric/geometric.js";
import { solveLogPlusExp } from "../../src/numeric/logPlusExp.js";
import { logFactorial, stirlingError } from "../../src/numeric/stirling.js";
import { test } from "../support/test.js";

const exact = exactAlgebra({ digits: 60 });
const big = (x: number) => exact.number(x);
type Big = ReturnType<typeof big>;
const one = big(1);
const near = (got: number, want: Big, tolerance: number) =>
  expect(big(got).minus(want).abs().toNumber(), `${got} for ${want.toNumber()}`).toBeLessThanOrEqual(tolerance);
const ulp = (x: Big) => 2 ** -52 * Math.abs(x.toNumber()) + 1e-323;

/** A probability and the rest of 1, either of which may be small. */
const split = fc
  .tuple(fc.double({ min: 0, max: 80, noNaN: true }), fc.constantFrom("q", "rest"))
  .map(([nats, small]) => {
    const x = Math.exp(-nats - 1e-3);
    return small === "q" ? { q: x, rest: 1 - x, exact: big(x) } : { q: 1 - x, rest: x, exact: one.minus(big(x)) };
  });
const counts = fc.oneof(
  fc.integer({ min: 1, max: 1000 }),
  fc.double({ min: -36, max: 36, noNaN: true }).map((e) => 10 ** e),
);

describe("1 + (1 − q) + … + (1 − q)^{n−1}", () => {
  test.prop([split, counts])("has its digits whatever q, and so has its logarithm", ({ q, rest, exact: p }, n) => {
    const logRest = one.minus(p).ln();
    const power = logRest.times(big(n)).exp();
    const want = one.minus(power).div(p);
    near(geometricSum(q, rest, n), want, 8 * ulp(want));
    const nats = Math.abs(logRest.toNumber() * n);
    near(powerOfRest(q, rest, n), power, (4 + 3 * nats) * ulp(power));
    const [logQ, logR] = [p.ln().toNumber(), logRest.toNumber()];
    near(logPowerOfRest(logQ, logR, n), logRest.times(big(n)), 2e-15 * nats + 1e-15 * nats * Math.abs(logQ));
    near(logGeometricSum(logQ, logR, n), want.ln(), 1e-15 * (4 + Math.abs(logQ) + Math.abs(Math.log(n))));
  });

  it("is n where q is 0, of whole numbers their sum, and of logarithms that no double holds", () => {
    for (const q of [0, 5e-324, 1e-300, 1e-280, 1e-60]) expect(geometricSum(q, 1, 7)).toBeCloseTo(7, 14);
    expect(geometricSum(0.5, 0.5, 0)).toBe(0);
    expect(geometricSum(1, 0, 3)).toBe(1);
    expect(geometricSum(0.5, 0.5, 3)).toBe(1.75);
    expect(powerOfRest(1, 0, 3)).toBe(0);
    expect(powerOfRest(0, 1, 3)).toBe(1);
    expect(powerOfRest(0.75, 0.25, 2)).toBeCloseTo(0.0625, 16);
    expect(logGeometricSum(-5000, 0, 10)).toBe(Math.log(10));
    expect(logPowerOfRest(-5000, 0, 10)).toBeCloseTo(0, 300);
    expect(Math.log(-logPowerOfRest(-800, 0, Math.exp(300)))).toBeCloseTo(-500, 9);
    // Each side is read where it has the digits, and there alone.
    expect(logPowerOfRest(-1, Number.NaN, 3)).toBeCloseTo(3 * Math.log1p(-Math.exp(-1)), 13);
    expect(logPowerOfRest(-1e-20, -1e-20 - 46, 3)).toBeCloseTo(-138, 12);
    expect(logPowerOfRest(-100, 0, 10)).toBeCloseTo(-10 * Math.exp(-100), 55);
  });
});

describe("log n!", () => {
  it("and the error of Stirling's formula have all their digits", () => {
    let log = big(0);
    const logTwoPi = big(1).asin().times(big(4)).ln();
    for (let n = 1; n <= 400; n++) {
      log = log.plus(big(n).ln());
      const logN = big(n).ln();
      const stirling = logTwoPi
        .plus(logN)
        .div(big(2))
        .plus(big(n).times(logN.minus(one)));
      const error = log.minus(stirling);
      near(stirlingError(n), error, 2 * ulp(error));
      // A sum of parts of up to n log n.
      near(logFactorial(n), log, 1e-15 * (1 + n * Math.log(n)));
    }
    expect(logFactorial(0)).toBe(0);
  });
});

describe("the l with l + e^l − 1 = x", () => {
  const x = fc.oneof(
    fc.double({ min: -60, max: 60, noNaN: true }),
    fc.double({ min: -3, max: 3, noNaN: true }),
    fc.double({ min: -300, max: 300, noNaN: true }).map((e) => 10 ** e),
    fc.double({ min: -300, max: 2, noNaN: true }).map((e) => -(10 ** e)),
  );
  test.prop([x])("has its digits, near 0 too", (x) => {
    const l = solveLogPlusExp(x);
    // What is left of x/2 there is beyond 60 digits.
    if (Math.abs(x) < 1e-20) {
      expect(l).toBe(x / 2);
      return;
    }
    const e = big(l).exp();
    const off = big(l).plus(e).minus(one).minus(big(x)).div(one.plus(e));
    expect(off.abs().toNumber()).toBeLessThanOrEqual(4 * 2 ** -52 * Math.abs(l));
  });
  it("at 0, 1 and 2", () => {
    expect(solveLogPlusExp(0)).toBe(0);
    expect(solveLogPlusExp(Math.E)).toBeCloseTo(1, 15);
    expect(solveLogPlusExp(-1000)).toBe(-999);
    expect(solveLogPlusExp(1e300)).toBeCloseTo(300 * Math.LN10, 10);
  });
});
