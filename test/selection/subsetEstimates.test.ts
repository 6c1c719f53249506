/** What the ways to estimate from samples have in common. */
import { estimateBestOfN, estimateMetropolis, estimateRejectionSampling, estimateSoftBestOfN } from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { subsetEstimates } from "../../src/selection/samples/subsetEstimates.js";
import { test } from "../support/test.js";

const near = (got: number | undefined, want: number | undefined, error = 1e-14) =>
  expect(Math.abs((got ?? Number.NaN) - (want ?? Number.NaN)), `${got} for ${want}`).toBeLessThanOrEqual(error);
const value = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: -2, max: 3, noNaN: true }));
const rows = fc.array(fc.record({ reward: value, gold: value, count: fc.integer({ min: 1, max: 4 }) }), {
  minLength: 1,
  maxLength: 6,
});
const read = (all: readonly { reward: number; gold: number; count: number }[]) => ({
  reward: all.map((r) => r.reward),
  gold: all.map((r) => r.gold),
  count: all.map((r) => r.count),
});

describe("estimates from samples", () => {
  const parts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 });
  test.prop([rows, parts, fc.constantFrom(0, 0.3, 1, Infinity)])(
    "of a list of n are those of each, in any order",
    (all, ps, beta) => {
      const samples = { ...read(all), beta };
      const size = samples.count.reduce((s, m) => s + m, 0);
      const ns = ps.map((p) => 1 + Math.floor(p * (size - 1)));
      const ways = [
        (n: never) => estimateSoftBestOfN(samples, n),
        (n: never) => estimateBestOfN(samples, n),
        (n: never) => estimateMetropolis(samples, n),
        (n: never) => estimateRejectionSampling({ ...samples, cap: 1 }, n),
      ];
      for (const way of ways) {
        const list = way(ns as never) as unknown as { reward: number; gold: number }[];
        expect(list.length).toBe(ns.length);
        for (const [i, n] of ns.entries()) {
          const one = way(n as never) as unknown as { reward: number; gold: number };
          near(list[i].reward, one.reward);
          near(list[i].gold, one.gold);
        }
      }
    },
  );

  test.prop([rows, fc.double({ min: 0, max: 1, noNaN: true })])(
    "are the mean of one draw at n = 1 and β = ∞, and the best at β = 0",
    (all, p) => {
      const samples = read(all);
      const size = samples.count.reduce((s, m) => s + m, 0);
      const n = 1 + Math.floor(p * (size - 1));
      const mean = samples.gold.reduce((s, g, i) => s + g * samples.count[i], 0) / size;
      for (const beta of [0, 0.5, Infinity]) {
        const at = beta === Infinity ? n : 1;
        near(estimateSoftBestOfN({ ...samples, beta }, at).gold, mean);
        near(estimateMetropolis({ ...samples, beta }, at).gold, mean);
        near(estimateRejectionSampling({ ...samples, beta, cap: 0.5 }, at).gold, mean);
      }
      const hard = estimateBestOfN(samples, n);
      near(estimateSoftBestOfN({ ...samples, beta: 0 }, n).gold, hard.gold);
      near(estimateMetropolis({ ...samples, beta: 0 }, n).gold, hard.gold);
      // At β = 0 rejection takes the first at the cap or above, which is the best where the cap is.
      near(estimateRejectionSampling({ ...samples, beta: 0, cap: -3 }, n).gold, mean);
      near(estimateRejectionSampling({ ...samples, beta: 0, cap: 9 }, n).gold, mean);
      expect(hard.plugIn.gold).not.toBeUndefined();
      expect("gold" in estimateBestOfN({ reward: samples.reward, count: samples.count }, n)).toBe(false);
      expect("gold" in estimateBestOfN({ reward: samples.reward, count: samples.count }, n).plugIn).toBe(false);
    },
  );

  it("take no draws at once", () => {
    const nothing = subsetEstimates(Float64Array.of(1, 2), Float64Array.of(1, 1), [Float64Array.of(3, 4)], 1, []);
    expect(nothing.map((x) => [...x])).toEqual([[]]);
  });
});
