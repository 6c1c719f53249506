import { exactAlgebra } from "exptilt/exact";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exp, expm1, log, log1p, logDoubleDouble, pow, sinQuarter } from "../../src/numeric/elementary.js";
import { ulp } from "../accuracy/ulp.js";
import { test } from "../support/test.js";

const A = exactAlgebra({ digits: 60 });
const one = A.number(1);

/** |x − exact| in units of the last place of the exact value. */
function ulps(x: number, exact: ReturnType<typeof A.number>): number {
  return Math.abs(A.toNumber(A.divide(A.subtract(A.number(x), exact), A.number(ulp(A.toNumber(exact))))));
}

/** Uniform, which `fc.double` is not: half of its numbers are below 1e−150. */
const doubles = (min: number, max: number) =>
  fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((k) => min + (max - min) * (k / (2 ** 31 - 1)));
/** Small numbers of both signs, their logarithms uniform. */
const small = fc.tuple(doubles(-20, -1), fc.constantFrom(1, -1)).map(([exponent, sign]) => sign * 10 ** exponent);
const runs = { numRuns: 1000 };

describe("exp, log and their kin err by about one unit in the last place at most", () => {
  test.prop([fc.oneof(doubles(-708, 709.7), doubles(-1, 1))], runs)("e^x: 0.51", (x) => {
    expect(ulps(exp(x), A.exp(A.number(x)))).toBeLessThanOrEqual(0.51);
  });
  test.prop([doubles(-745, -708)])("e^x, where it is subnormal: 1", (x) => {
    expect(ulps(exp(x), A.exp(A.number(x)))).toBeLessThanOrEqual(1);
  });
  test.prop([fc.oneof(doubles(-40, 709), doubles(-1, 1), small)], runs)("e^x − 1: 0.9", (x) => {
    fc.pre(Math.abs(x) > 1e-30);
    expect(ulps(expm1(x), A.subtract(A.exp(A.number(x)), one))).toBeLessThanOrEqual(0.9);
  });
  test.prop(
    [
      fc.oneof(
        fc.double({ min: 2.3e-308, noNaN: true, noDefaultInfinity: true }),
        doubles(0.4, 2.5),
        small.map(Math.abs),
      ),
    ],
    runs,
  )("log x: 0.9", (x) => {
    fc.pre(x !== 1);
    expect(ulps(log(x), A.log(A.number(x)))).toBeLessThanOrEqual(0.9);
  });
  test.prop([doubles(5e-324, 2.2e-308)])("log x of a subnormal x: 1.1", (x) => {
    expect(ulps(log(x), A.log(A.number(x)))).toBeLessThanOrEqual(1.1);
  });
  test.prop([fc.oneof(doubles(-1 + 2 ** -53, 1e308), doubles(-0.6, 2), doubles(-0.02, 0.02), small)], runs)(
    "log(1 + x): 0.9",
    (x) => {
      fc.pre(Math.abs(x) > 1e-30);
      expect(ulps(log1p(x), A.log(A.add(one, A.number(x))))).toBeLessThanOrEqual(0.9);
    },
  );
  test.prop([doubles(-300, 300), doubles(-690, 690)], runs)("x^y, however large y: 1.05", (exponent, target) => {
    const x = 10 ** exponent;
    const y = target / Math.log(x);
    fc.pre(Math.abs(y) < 1e15);
    expect(ulps(pow(x, y), A.exp(A.multiply(A.number(y), A.log(A.number(x)))))).toBeLessThanOrEqual(1.1);
  });
  test.prop([doubles(0, 1)])("sin(πt/2) of a double t, rounded to π/2's double: 1.5", (t) => {
    expect(Math.abs(sinQuarter(t) - Math.sin((Math.PI / 2) * t))).toBeLessThanOrEqual(
      1.5 * ulp(Math.sin((Math.PI / 2) * t)),
    );
  });
});

describe("the values at the ends are those of Math", () => {
  const ends = [
    0,
    -0,
    1,
    -1,
    2,
    Infinity,
    -Infinity,
    Number.NaN,
    5e-324,
    -5e-324,
    2.2250738585072014e-308,
    1.7976931348623157e308,
  ];
  it.each([
    [
      "exp",
      exp,
      [709.782712893384, 709.7827128933841, -745.1332191019411, -745.1332191019412, -746, 710, 1e300, -1e300],
    ],
    ["expm1", expm1, [709.782712893384, 709.7827128933841, 1e300, -1e300, -37, -38]],
    ["log", log, [0.5, 4, 2 ** 1023, 2 ** -1074]],
    ["log1p", log1p, [1e300, -2, 2 ** -60, 1023]],
  ] as const)("%s", (name, own, more) => {
    for (const x of [...ends, ...more]) {
      const want = Math[name](x);
      if (Number.isFinite(want) && want !== 0) expect(own(x) / want, String(x)).toBeCloseTo(1, 15);
      // A zero may lose its sign.
      else expect(own(x) + 0, String(x)).toBe(want + 0);
    }
  });
  it("pow", () => {
    for (const [x, y] of [
      [0, 0],
      [0, 2],
      [0, -1],
      [2, 0],
      [2, 10],
      [4, 0.5],
      [2, -1074],
      [2, -1080],
      [2, 1024],
      [5e-324, 0.5],
      [5e-324, 2],
      [1, 1e300],
      [1, Number.MAX_VALUE],
      [Infinity, 2],
      [Infinity, -1],
      [Infinity, 0],
    ])
      expect(pow(x, y), `${x}^${y}`).toBe(x ** y);
    expect(pow(-1, 0.5)).toBeNaN();
  });
  it("a sum in double-double keeps its digits on both sides of 1", () => {
    expect(logDoubleDouble({ hi: 1, lo: 2 ** -60 })).toBe(2 ** -60);
    expect(logDoubleDouble({ hi: Math.E, lo: 0 })).toBe(1);
  });
});
