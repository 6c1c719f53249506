import { exactAlgebra } from "exptilt/exact";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expNormal, logNormal } from "../../src/numeric/expLog.js";
import { test } from "../support/test.js";

const A = exactAlgebra({ digits: 40 });

/** |x − exact|/ulp(exact), the exact value given as a big number. */
function ulps(x: number, exact: ReturnType<typeof A.number>): number {
  const near = A.toNumber(exact);
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(near))) - 52);
  return Math.abs(A.toNumber(A.divide(A.subtract(A.number(x), exact), A.number(unit))));
}

describe("exp and log by table", () => {
  test.prop([fc.oneof(fc.double({ min: -700, max: 700, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }))], {
    numRuns: 2000,
  })("e^x is within 0.51 ulp", (x) => {
    expect(ulps(expNormal(x), A.exp(A.number(x)))).toBeLessThanOrEqual(0.51);
  });

  const normal = fc.oneof(
    fc.double({ min: 2.3e-308, max: 1e308, noNaN: true }),
    fc.double({ min: 0.4, max: 2.5, noNaN: true }),
    fc.double({ min: -1e-3, max: 1e-3, noNaN: true }).map((d) => 1 + d),
  );
  test.prop([normal], { numRuns: 2000 })("log x is within 1.1 ulp, on both sides of 1 too", (x) => {
    if (x === 1) expect(logNormal(x)).toBe(0);
    else expect(ulps(logNormal(x), A.log(A.number(x)))).toBeLessThanOrEqual(1.1);
  });

  it("meets the exact values at the ends of its range and at cell boundaries", () => {
    expect(expNormal(0)).toBe(1);
    expect(expNormal(-0)).toBe(1);
    expect([logNormal(1), logNormal(2), logNormal(0.5)]).toEqual([0, Math.LN2, -Math.LN2]);
    for (const x of [2.2250738585072014e-308, Number.MAX_VALUE, 1 - 2 ** -53, 1 + 2 ** -52, 2 - 2 ** -52]) {
      expect(ulps(logNormal(x), A.log(A.number(x)))).toBeLessThanOrEqual(1.1);
    }
    for (const x of [-700, 700]) expect(ulps(expNormal(x), A.exp(A.number(x)))).toBeLessThanOrEqual(0.51);
  });
});
