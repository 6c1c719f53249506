/** Which of the two ways to the means over subsets is taken, and what it costs. */
import { estimateSoftBestOfN } from "exptilt";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { contourProducts, isForContour } from "../../src/selection/samples/contourMeans.js";
import { SampleWeights } from "../../src/selection/samples/sampleWeights.js";
import { softSubsetMeans, ways } from "../../src/selection/samples/softSubsets.js";
import { MAX_UNSCALED, symmetricProducts } from "../../src/selection/samples/symmetricMeans.js";
import { runs } from "../support/runs.js";
import { test } from "../support/test.js";

const problems = fc
  .record({
    size: fc.oneof(fc.integer({ min: 8, max: 700 }), fc.constantFrom(MAX_UNSCALED, MAX_UNSCALED + 1, 20_000)),
    // Levels far apart: few of them meet at a node.
    apart: fc.constantFrom(0.1, 1, 300),
    shares: fc
      .constantFrom(4, 12)
      .chain((levels) => fc.array(fc.integer({ min: 1, max: 9 }), { minLength: levels, maxLength: levels })),
    draws: fc.uniqueArray(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 }),
    values: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ size, apart, shares, draws, values }) => {
    const total = shares.reduce((s, x) => s + x);
    const count = Float64Array.from(shares, (x) => Math.max(1, Math.floor((size * x) / total)));
    const all = count.reduce((s, m) => s + m);
    const ns = [...new Set(draws.map((p) => 2 + Math.floor(p ** 3 * (all - 2))))].sort((a, b) => a - b);
    const reward = count.map((_, i) => -i * apart);
    const value = count.map((_, i) => (i * 0.17) % 1);
    return { levels: { reward, count, values: Array<Float64Array>(values).fill(value) }, ns };
  });

describe("means over subsets by a contour or by a recurrence", () => {
  test.prop([problems])("each n is done once, by a way that can do it", ({ levels, ns }) => {
    const weights = new SampleWeights(levels, 1, ns[ns.length - 1]);
    const { size } = weights;
    const { byContour, together } = ways(weights, ns);
    expect([...byContour, ...together.flat()].sort((a, b) => a - b)).toEqual(ns);
    expect(together.every((some) => some.length > 0)).toBe(true);
    for (const n of byContour) expect(isForContour(n, size)).toBe(true);
    const [from, to] = weights.densest();
    const met = weights.before[to] - weights.before[from];
    // Of many samples the recurrence has the range for those near M, and for half of M where few samples meet.
    if (size > MAX_UNSCALED)
      for (const n of together.flat()) expect(!isForContour(n, size) || (met <= 128 && n <= size / 2)).toBe(true);
  });

  test.prop([problems])("of those that can, the one with fewer products", ({ levels, ns }) => {
    const weights = new SampleWeights(levels, 1, ns[ns.length - 1]);
    const { size, count, values } = weights;
    const [from, to] = weights.densest();
    const recurrence = (some: readonly number[]) =>
      some.length === 0 ? 0 : symmetricProducts(count.subarray(from, to), size, some, values.length);
    const contour = (some: readonly number[]) => some.reduce((s, n) => s + contourProducts(n, size, values.length), 0);
    const { byContour, together } = ways(weights, ns);
    const work = contour(byContour) + together.reduce((s, some) => s + recurrence(some), 0);
    const may = ns.filter((n) => isForContour(n, size));
    const rest = ns.filter((n) => !isForContour(n, size));
    const met = weights.before[to] - weights.before[from];
    const either = size > MAX_UNSCALED ? (met <= 128 ? may.filter((n) => n <= size / 2) : []) : may;
    const must = may.filter((n) => !either.includes(n));
    const one = size > MAX_UNSCALED ? recurrence(either) + recurrence(rest) : recurrence([...either, ...rest]);
    const other = contour(either) + recurrence(rest);
    expect(work).toBeLessThanOrEqual((contour(must) + Math.min(one, other)) * (1 + 1e-12));
  });

  test.prop([problems], { numRuns: runs(10) })("several n together are each alone", ({ levels, ns }) => {
    fc.pre(levels.count.reduce((s, m) => s + m) < 2000);
    const all = softSubsetMeans(levels, 1, ns);
    expect([...all.keys()].sort((a, b) => a - b)).toEqual(ns);
    for (const n of ns) {
      const reward = [...levels.reward];
      const want = estimateSoftBestOfN({ reward, gold: [...levels.values[0]], count: [...levels.count], beta: 1 }, n);
      const got = all.get(n)?.[0] ?? Number.NaN;
      expect(Math.abs(got - (want.gold ?? Number.NaN)), `${got} for ${want.gold}`).toBeLessThanOrEqual(1e-12);
    }
  });

  test("no n has nothing to be done", () => {
    const levels = { reward: Float64Array.of(1), count: Float64Array.of(5), values: [Float64Array.of(0.5)] };
    expect(softSubsetMeans(levels, 1, []).size).toBe(0);
  });

  // Σ f w/Σ w over all samples but one, or but two, in every way: in whole numbers of samples.
  test.prop([
    fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.double({ min: 0, max: 3, noNaN: true })), {
      minLength: 1,
      maxLength: 4,
    }),
    fc.constantFrom(60, 130, 2 ** 10, 2 ** 24, 2 ** 45),
  ])("of all but one or two samples, however many there are", (rows, unit) => {
    const count = rows.map(([m]) => m * unit);
    const size = count.reduce((s, m) => s + m);
    const reward = rows.map((_, i) => -rows.slice(1, i + 1).reduce((s, [, gap]) => s + gap, 0));
    const weight = reward.map(Math.exp);
    const value = rows.map((_, i) => (0.3 + i * 0.41) % 1);
    const levels = {
      reward: Float64Array.from(reward),
      count: Float64Array.from(count),
      values: [Float64Array.from(value)],
    };
    // Levels of one reward stand only once.
    fc.pre(new Set(reward).size === reward.length);
    const sum = (of: (i: number) => number) => count.reduce((s, m, i) => s + m * of(i), 0);
    const [W, F] = [sum((i) => weight[i]), sum((i) => weight[i] * value[i])];
    const without = (i: number, j?: number) => {
      const lost = weight[i] + (j === undefined ? 0 : weight[j]);
      const lostF = weight[i] * value[i] + (j === undefined ? 0 : weight[j] * value[j]);
      return (F - lostF) / (W - lost);
    };
    const one = sum((i) => without(i)) / size;
    const two = sum((i) => sum((j) => without(i, j)) - without(i, i)) / size / (size - 1);
    const means = softSubsetMeans(levels, 1, [size - 39, size - 2, size - 1, size]);
    for (const [n, want] of [
      [size, F / W],
      [size - 1, one],
      [size - 2, two],
    ]) {
      const got = means.get(n)?.[0] ?? Number.NaN;
      expect(Math.abs(got - want), `${got} for ${want} at M − ${size - n}`).toBeLessThanOrEqual(1e-13 * want);
    }
  });
});
