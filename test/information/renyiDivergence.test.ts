import { fc } from "@fast-check/vitest";
import { fromLogMass, klDivergence, measure, normalize, renyiDivergence, tilt } from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";

const A = exactAlgebra();
const keys = (values: readonly unknown[]) => [...values.keys()];

const masses = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.constant(0),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: -300, max: 300 }).map((e) => 10 ** e),
      ),
      fc.oneof(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: -300, max: 300 }).map((e) => 10 ** e),
        fc.constant(0),
      ),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .filter((rows) => rows.some(([p]) => p > 0) && rows.some(([, q]) => q > 0));
const orders = fc.oneof(
  fc.constantFrom(0, 0.5, 1, 2, Infinity),
  fc.integer({ min: 1, max: 5000 }).map((n) => n / 1000),
);

/** Σ P^a Q^{1−a} at 60 digits, term by term. */
function written(p: ReturnType<typeof A.normalize>, q: ReturnType<typeof A.normalize>, order: number) {
  const a = A.number(order);
  const terms = keys(Array.from(p.mass)).map((i) => {
    const [u, v] = [p.mass[i], q.mass[i]];
    if (u.isZero() && order > 0) return u;
    if (u.isZero()) return u;
    if (v.isZero()) return order < 1 ? v : A.number(Infinity);
    return A.exp(p.logMass[i].times(a).plus(q.logMass[i].times(A.number(1).minus(a))));
  });
  return terms.reduce((sum, t) => sum.plus(t), A.number(0));
}

describe("the Rényi divergence", () => {
  test.prop([masses, orders], { numRuns: 200 })("is log Σ P^a Q^(1−a)/(a − 1) at 60 digits", (rows, order) => {
    const [u, v] = [rows.map(([p]) => p), rows.map(([, q]) => q)];
    const got = renyiDivergence(measure(keys(u), u), measure(keys(v), v), order);
    const [p, q] = [A.normalize(A.measure(keys(u), u)), A.normalize(A.measure(keys(v), v))];
    const want = (() => {
      if (order === 1) return A.toNumber(A.klDivergence(p, q));
      if (order === Infinity) {
        const ratios = keys(u).flatMap((i) =>
          u[i] > 0 ? [v[i] > 0 ? A.toNumber(p.logMass[i].minus(q.logMass[i])) : Infinity] : [],
        );
        return Math.max(...ratios);
      }
      return A.toNumber(A.log(written(p, q, order)).div(A.number(order).minus(1)));
    })();
    expect(got === want || Math.abs(got - want) <= 1e-12 * want + 1e-70, `${got}, not ${want}`).toBe(true);
  });

  test.prop([masses], { numRuns: 100 })("does not fall as the order rises, and is KL at order 1", (rows) => {
    const [p, q] = [
      measure(
        keys(rows),
        rows.map(([p]) => p),
      ),
      measure(
        keys(rows),
        rows.map(([, q]) => q),
      ),
    ];
    const values = [0, 0.25, 0.5, 0.999, 1, 1.001, 2, 8, Infinity].map((order) => renyiDivergence(p, q, order));
    for (const [i, value] of values.slice(1).entries()) expect(value).toBeGreaterThanOrEqual(values[i] * (1 - 1e-12));
    expect(renyiDivergence(p, q, 1)).toBe(klDivergence(p, q));
  });

  it("keeps its digits between near-equal laws: a·½χ² at second order", () => {
    const ref = measure(["a", "b"], [0.5, 0.5]);
    const near = tilt(ref, [0, 1e-9]);
    for (const order of [0.3, 0.5, 2, 5]) {
      const value = renyiDivergence(near, ref, order);
      expect(Math.abs(value / ((order * 1e-18) / 8) - 1)).toBeLessThan(1e-8);
    }
    expect(renyiDivergence(ref, normalize(ref), 2)).toBe(0);
  });

  it("holds laws that no double does", () => {
    const p = fromLogMass(["a", "b"], [0, -2000]);
    const q = fromLogMass(["a", "b"], [-2000, 0]);
    expect(renyiDivergence(p, q, 3)).toBeCloseTo(2000, 9);
    expect(renyiDivergence(p, q, 0.5)).toBeCloseTo(2 * (1000 - Math.LN2), 9);
  });
});
