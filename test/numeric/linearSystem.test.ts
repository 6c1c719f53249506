import { fc } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { linearSystem } from "../../src/numeric/linearSystem.js";
import { test } from "../support/test.js";

describe("linearSystem", () => {
  test.prop([
    fc
      .integer({ min: 1, max: 8 })
      .chain((n) =>
        fc.tuple(
          fc.constant(n),
          fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n * n, maxLength: n * n }),
          fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n, maxLength: n }),
        ),
      ),
  ])("solves I + A − Aᵀ, which no A makes singular", ([n, a, x]) => {
    const matrix = Float64Array.from(a, (_, k) => {
      const [i, j] = [Math.floor(k / n), k % n];
      return Number(i === j) + a[i * n + j] - a[j * n + i];
    });
    const b = x.map((_, i) => x.reduce((sum, value, j) => sum + matrix[i * n + j] * value, 0));
    const before = matrix.slice();
    for (const [i, value] of linearSystem(matrix, n)(b).entries()) expect(Math.abs(value - x[i])).toBeLessThan(1e-12);
    expect(matrix).toEqual(before);
  });

  test.prop([
    fc.integer({ min: 2, max: 7 }).chain((n) =>
      fc.tuple(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n * n, maxLength: n * n }),
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n, maxLength: n }),
        fc.shuffledSubarray(
          Array.from({ length: n }, (_, i) => i),
          { minLength: n, maxLength: n },
        ),
      ),
    ),
  ])("takes the largest pivot: rows in any order, all but one entry of each next to nothing", ([a, x, order]) => {
    const n = x.length;
    const matrix = Float64Array.from(a, (v, k) => v * 1e-17 + Number(order[Math.floor(k / n)] === k % n));
    const solve = linearSystem(matrix, n);
    for (const [i, value] of solve(order.map((j) => x[j])).entries())
      expect(Math.abs(value - x[i])).toBeLessThan(1e-14);
    // Below a row of the largest numbers, too: a factor is never above 1.
    const steep = matrix.map((v, k) => v * 2 ** Math.floor(k / n));
    const b = order.map((j, i) => x[j] * 2 ** i);
    for (const [i, value] of linearSystem(steep, n)(b).entries()) expect(Math.abs(value - x[i])).toBeLessThan(1e-14);
  });

  test("takes another row where a pivot is 0", () => {
    const solve = linearSystem(Float64Array.of(0, 1, 2, 0), 2);
    expect(solve([3, 4])).toEqual(Float64Array.of(2, 3));
    expect(solve([1, 0])).toEqual(Float64Array.of(0, 1));
  });
});
