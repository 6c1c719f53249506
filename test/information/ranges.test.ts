/** What mathematics bounds is bounded as rounded: averages, entropies, objectives; and laws that differ are told apart. */
import { fc } from "@fast-check/vitest";
import {
  categoricalQuantile,
  entropy,
  expectation,
  measure,
  power,
  renyiEntropy,
  rlhfObjective,
  rlhfOptimalValue,
  rlhfOptimum,
  tilt,
  totalVariation,
  uniform,
} from "exptilt";
import { expect, it } from "vitest";
import { test } from "../support/test.js";

const mass = fc.oneof(fc.double({ min: 1e-9, max: 10, noNaN: true }), fc.constantFrom(0, 1, 1e-300));
const reward = fc.oneof(fc.double({ min: -5, max: 5, noNaN: true }), fc.constantFrom(0.1, 1));
const problem = fc
  .array(fc.tuple(mass, reward), { minLength: 1, maxLength: 12 })
  .filter((rows) => rows.some(([m]) => m > 0))
  .map((rows) => ({
    ref: measure(
      [...rows.keys()],
      rows.map(([m]) => m),
    ),
    reward: rows.map(([, r]) => r),
  }));

test.prop([problem, fc.double({ min: 1e-3, max: 1e3, noNaN: true })])(
  "within their ranges",
  ({ ref, reward }, beta) => {
    const on = reward.filter((_, i) => ref.mass[i] > 0);
    expect(expectation(ref, reward)).toBeGreaterThanOrEqual(Math.min(...on));
    expect(expectation(ref, reward)).toBeLessThanOrEqual(Math.max(...on));
    for (const h of [entropy(ref), renyiEntropy(ref, 0.5), renyiEntropy(ref, 2), renyiEntropy(ref, Infinity)]) {
      // The logarithm rounded to nearest: that of some engines is a unit below it, at 3 for instance.
      expect(h).toBeLessThanOrEqual(uniform([...on.keys()]).logNormalizer);
      expect(Object.is(h, -0)).toBe(false);
    }
    const known = { ref, reward, beta };
    for (const policy of [ref, rlhfOptimum(known)]) {
      expect(rlhfObjective(known, policy)).toBeLessThanOrEqual(rlhfOptimalValue(known));
    }
  },
);

it("laws 3e-33 and 2.5e-33 apart are apart", () => {
  const e = 2 ** -53;
  expect(totalVariation(measure([0, 1], [1, 1 - e]), measure([0, 1], [1 - e, 1 - 2 * e])) / (e * e * 0.25)).toBeCloseTo(
    1,
    12,
  );
  const p = uniform([0, 1]);
  expect(totalVariation(p, tilt(p, [0, 1e-32])) / 2.5e-33).toBeCloseTo(1, 12);
});

it("a quantile compares exactly, and no logarithm of 1 is −0", () => {
  expect(categoricalQuantile(measure([0, 1, 2], [1, 1, 1]), 1 / 3)).toBe(0);
  expect(categoricalQuantile(measure([0, 1], [1, 1]), 0.5)).toBe(1);
  expect(Object.is(measure([0], [1]).logMass[0], 0)).toBe(true);
  expect(Object.is(power(measure([0], [1]), -1).logMass[0], 0)).toBe(true);
  expect(expectation(uniform([...Array(10).keys()]), Array(10).fill(0.1))).toBe(0.1);
});
