import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { solveSemidefinite } from "../../src/optimize/cholesky.js";
import { test } from "../support/test.js";

const vectors = (rows: number, size: number) =>
  fc.array(fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: size, maxLength: size }), {
    minLength: rows,
    maxLength: rows,
  });

/** Σ v vᵀ, row by row. */
function gram(rows: readonly (readonly number[])[], size: number): Float64Array {
  const out = new Float64Array(size * size);
  for (const v of rows) for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) out[i * size + j] += v[i] * v[j];
  return out;
}

const times = (matrix: Float64Array, x: ArrayLike<number>) =>
  Float64Array.from(x, (_, i) => Array.from(x).reduce((s, v, j) => s + matrix[i * x.length + j] * v, 0));

describe("a semidefinite system", () => {
  const factors = fc.integer({ min: 1, max: 6 }).chain((n) =>
    fc.record({
      n: fc.constant(n),
      g: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n * n, maxLength: n * n }),
      scale: fc.array(fc.integer({ min: -6, max: 6 }), { minLength: n, maxLength: n }),
      x: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n, maxLength: n }),
    }),
  );
  test.prop([factors])("is solved: A x = b for A = S(GᵀG + I)S, in any units", ({ n, g, scale, x }) => {
    const s = scale.map((e) => 10 ** e);
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        let dot = Number(i === j);
        for (let k = 0; k < n; k++) dot += g[k * n + i] * g[k * n + j];
        matrix[i * n + j] = dot * s[i] * s[j];
      }
    const wanted = x.map((v, i) => v / s[i]);
    const b = Float64Array.from({ length: n }, (_, i) => wanted.reduce((t, v, j) => t + matrix[i * n + j] * v, 0));
    for (const [i, got] of solveSemidefinite(matrix, b).entries())
      expect(Math.abs(got * s[i] - x[i])).toBeLessThanOrEqual(1e-12);
  });
  it("has 0 where a direction depends on those before it, or has no size", () => {
    expect([...solveSemidefinite(Float64Array.of(1, 1, 1, 1), Float64Array.of(2, 2))]).toEqual([2, 0]);
    expect([...solveSemidefinite(Float64Array.of(4, 0, 0, 0), Float64Array.of(8, 0))]).toEqual([2, 0]);
    expect([...solveSemidefinite(Float64Array.of(0, 0, 0, 4), Float64Array.of(0, 8))]).toEqual([0, 2]);
    const x = solveSemidefinite(Float64Array.of(1, 2, 3, 2, 4, 6, 3, 6, 10), Float64Array.of(1, 2, 4));
    expect([...x]).toEqual([-2, 0, 1].map((v) => expect.closeTo(v, 10)));
  });

  test.prop([vectors(3, 5), vectors(1, 5)])(
    "of rank 3 in 5 unknowns is solved where it has a solution",
    (rows, [x]) => {
      const matrix = gram(rows, 5);
      const b = times(matrix, x);
      const again = times(matrix, solveSemidefinite(matrix, b));
      for (const [i, want] of b.entries())
        expect(Math.abs(again[i] - want)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(want)));
    },
  );

  it("keeps its digits whatever the units of the unknowns", () => {
    const matrix = Float64Array.of(2e20, 1, 1, 2e-20);
    expect([...solveSemidefinite(matrix, Float64Array.of(3e10, 3e-10))]).toEqual([
      expect.closeTo(1e-10, 24),
      expect.closeTo(1e10, -1),
    ]);
  });

  it("a zero matrix moves nothing", () => {
    expect([...solveSemidefinite(new Float64Array(4), new Float64Array(2))]).toEqual([0, 0]);
  });
});
