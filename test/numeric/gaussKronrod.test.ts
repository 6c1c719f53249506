import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { integrate } from "../../src/numeric/gaussKronrod.js";
import { test } from "../support/test.js";

const number = fc.double({ min: -2, max: 2, noNaN: true });

describe("∫ f by adaptive Gauss–Kronrod panels", () => {
  test.prop([fc.array(number, { minLength: 1, maxLength: 23 }), number, fc.double({ min: 0.1, max: 3, noNaN: true })])(
    "one panel integrates polynomials of degree 22 exactly",
    (coefficients, from, length) => {
      const to = from + length;
      const value = (x: number) => coefficients.reduceRight((s, c) => s * x + c, 0);
      const primitive = (x: number) => coefficients.reduceRight((s, c, k) => s * x + c / (k + 1), 0) * x;
      const size = coefficients.reduce(
        (s, c, k) => s + Math.abs(c) * Math.max(Math.abs(from), Math.abs(to)) ** (k + 1),
        1,
      );
      // A tolerance of 1 accepts the first panel.
      expect(Math.abs(integrate(value, [from, to], 1) - (primitive(to) - primitive(from)))).toBeLessThanOrEqual(
        1e-13 * size * length,
      );
    },
  );

  it.each([
    ["∫₀¹ e^x = e − 1", Math.exp, [0, 1], Math.E - 1],
    ["∫₀^π sin = 2", Math.sin, [0, 1, 2, Math.PI], 2],
    ["∫₋₅⁵ 1/(1 + 10⁴x²) = 2·atan(500)/100", (x: number) => 1 / (1 + 1e4 * x * x), [-5, 5], (2 * Math.atan(500)) / 100],
    ["∫₋₁¹ |x − 1/3| = 10/9, with a bend inside a panel", (x: number) => Math.abs(x - 1 / 3), [-1, 1], 10 / 9],
    ["∫₋₂₀²⁰ e^{−x²/2} = √(2π)", (x: number) => Math.exp((-x * x) / 2), [-20, 20], Math.sqrt(2 * Math.PI)],
    ["∫₀¹ √x = 2/3, with an infinite slope", Math.sqrt, [0, 1], 2 / 3],
    ["∫ 0 = 0", () => 0, [0, 1, 5], 0],
  ] as const)("%s", (_, f, points, exact) => {
    // The error at a bend falls with the panel, slower than the estimate of it, which is for smooth functions.
    const room = f(1 / 3) === 0 && exact > 0 ? 1e-12 : 1e-13;
    expect(Math.abs(integrate(f, points, 1e-14) - exact)).toBeLessThanOrEqual(room * Math.max(1, exact));
  });

  it("an integrand that is all rounding is given up on", () => {
    let count = 0;
    const rounding = (x: number) => {
      count++;
      return (1 + x - 1 - x) ** 2;
    };
    const value = integrate(rounding, [0, 1, 2], 1e-14);
    expect(value).toBeLessThan(1e-30);
    expect(count).toBeLessThan(20_000);
  });

  it("a looser tolerance takes fewer evaluations and still keeps it", () => {
    const run = (tolerance: number) => {
      let count = 0;
      const counted = (x: number) => {
        count++;
        return 1 / (1 + 1e4 * x * x);
      };
      const value = integrate(counted, [-5, 5], tolerance);
      return { count, error: Math.abs(value / ((2 * Math.atan(500)) / 100) - 1) };
    };
    const [rough, fine] = [run(1e-5), run(1e-14)];
    expect(rough.count).toBeLessThan(fine.count);
    expect(rough.error).toBeLessThanOrEqual(1e-5);
  });
});
