import { estimateBestOfN, estimateSoftBestOfN, expectation, measure, normalize, softBestOfNLaw } from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ContourMeans, isForContour } from "../../src/selection/samples/contourMeans.js";
import { sampleLevels } from "../../src/selection/samples/levels.js";
import { SampleGrid } from "../../src/selection/samples/sampleGrid.js";
import { SampleWeights } from "../../src/selection/samples/sampleWeights.js";
import { subsetEstimates } from "../../src/selection/samples/subsetEstimates.js";
import { integrals } from "../../src/selection/samples/subsetIntegrals.js";
import { SymmetricMeans } from "../../src/selection/samples/symmetricMeans.js";
import { test } from "../support/test.js";

const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const value = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: -2, max: 3, noNaN: true }));
const temperature = fc.oneof(
  fc.constantFrom(0, 1e-6, 1e-2, Infinity),
  fc.double({ min: -2, max: 2, noNaN: true }).map((x) => 10 ** x),
);
const drawsOf = (size: number, p: number) => 1 + Math.floor(p * size);
const total = (count: readonly number[]) => count.reduce((s, m) => s + m, 0);
const near = (got: number | undefined, want: number, tolerance = 1e-14) =>
  expect(Math.abs((got ?? Number.NaN) - want), `${got} for ${want}`).toBeLessThanOrEqual(tolerance);

/** Samples with counts, some of them 0, and the same with each sample written out. */
const counted = fc
  .array(fc.record({ reward: value, gold: value, count: fc.integer({ min: 0, max: 12 }) }), {
    minLength: 1,
    maxLength: 12,
  })
  .filter((rows) => rows.some(({ count }) => count > 0))
  .map((rows) => {
    const of = (all: typeof rows) => ({ reward: all.map((r) => r.reward), gold: all.map((r) => r.gold) });
    return {
      counted: { ...of(rows), count: rows.map((r) => r.count) },
      each: of(rows.flatMap((row) => new Array<typeof row>(row.count).fill(row))),
    };
  });

describe("counts and several n are a short way to write it", () => {
  test.prop([counted, part, temperature])("a count of samples is so many samples", ({ counted, each }, p, beta) => {
    const n = drawsOf(each.reward.length, p);
    const got = estimateSoftBestOfN({ ...counted, beta }, n);
    const want = estimateSoftBestOfN({ ...each, beta }, n);
    near(got.reward, want.reward);
    near(got.gold, want.gold ?? 0);
    near(got.plugIn.reward, want.plugIn.reward);
    near(got.plugIn.gold, want.plugIn.gold ?? 0);
    const hard = estimateBestOfN(counted, n);
    near(hard.gold, estimateBestOfN(each, n).gold ?? 0);
  });

  test.prop([counted, fc.array(part, { maxLength: 6 }), temperature])(
    "a list of n, in any order, is each n by itself",
    ({ counted }, parts, beta) => {
      const ns = parts.map((p) => drawsOf(total(counted.count), p));
      const list = estimateSoftBestOfN({ ...counted, beta }, ns);
      expect(list.length).toBe(ns.length);
      const hard = estimateBestOfN(counted, Float64Array.from(ns));
      for (const [i, n] of ns.entries()) {
        const one = estimateSoftBestOfN({ ...counted, beta }, n);
        near(list[i].reward, one.reward);
        near(list[i].gold, one.gold ?? 0);
        near(list[i].plugIn.reward, one.plugIn.reward);
        near(list[i].plugIn.gold, one.plugIn.gold ?? 0);
        near(hard[i].gold, estimateBestOfN(counted, n).gold ?? 0);
      }
    },
  );

  test.prop([counted, part, temperature])("and the core takes any values", ({ counted, each }, p, beta) => {
    const n = drawsOf(each.reward.length, p);
    const [reward, gold, count] = [counted.reward, counted.gold, counted.count].map((x) => Float64Array.from(x));
    const constant = reward.map(() => -7);
    const [golds, rewards, constants] = subsetEstimates(reward, count, [gold, reward, constant], beta, [n, n]);
    const want = estimateSoftBestOfN({ ...counted, beta }, n);
    expect([...golds]).toEqual([want.gold, want.gold]);
    expect([...rewards]).toEqual([want.reward, want.reward]);
    expect([...constants]).toEqual([-7, -7]);
  });
});

/** All ways to write a whole number as a sum of so many. */
function* countsOf(size: number, parts: number): Generator<number[]> {
  if (parts === 1) yield [size];
  else for (let m = 0; m <= size; m++) for (const rest of countsOf(size - m, parts - 1)) yield [m, ...rest];
}

describe("the estimates are unbiased: over all counts of M samples from ref, their mean is the value under the law", () => {
  const answers = fc.array(fc.record({ mass: fc.integer({ min: 1, max: 9 }), reward: value, gold: value }), {
    minLength: 1,
    maxLength: 3,
  });
  const logFactorial = [0];
  for (let k = 1; k <= 200; k++) logFactorial.push(logFactorial[k - 1] + Math.log(k));

  test.prop([answers, fc.integer({ min: 1, max: 12 }), part, temperature.filter((beta) => beta !== 1e-6)], {
    numRuns: 100,
  })("soft and hard", (rows, size, p, beta) => {
    const n = drawsOf(size, p);
    const ref = measure(
      rows.map((_, i) => i),
      rows.map((r) => r.mass),
    );
    const { mass } = normalize(ref);
    const [reward, gold] = [rows.map((r) => r.reward), rows.map((r) => r.gold)];
    let [meanReward, meanGold] = [0, 0];
    for (const count of countsOf(size, rows.length)) {
      const probability = count.reduce(
        (s, m, i) => (s * mass[i] ** m) / Math.exp(logFactorial[m]),
        Math.exp(logFactorial[size]),
      );
      const estimate = estimateSoftBestOfN({ reward, gold, count, beta }, n);
      meanReward += probability * estimate.reward;
      meanGold += probability * (estimate.gold ?? Number.NaN);
    }
    const law = softBestOfNLaw({ ref, reward, beta }, n);
    near(meanReward, expectation(law, reward), 1e-13);
    near(meanGold, expectation(law, gold), 1e-13);
  });

  test.prop([fc.integer({ min: 42, max: 200 }), part, part, fc.double({ min: -3, max: 3, noNaN: true })], {
    numRuns: 20,
  })("by contour too", (size, p, share, log) => {
    const n = 2 + Math.floor(p * (size - 41));
    const reward = [10 ** log, 0];
    let mean = 0;
    for (let m = 0; m <= size; m++) {
      const probability = Math.exp(
        logFactorial[size] -
          logFactorial[m] -
          logFactorial[size - m] +
          m * Math.log(share) +
          (size - m) * Math.log1p(-share),
      );
      if (probability > 0) mean += probability * byContour(reward, [m, size - m], [0.5, 0], n);
    }
    const law = softBestOfNLaw({ ref: measure([0, 1], [share, 1 - share]), reward, beta: 1 }, n);
    near(mean, law.mass[0] / 2, 1e-12);
  });
});

function setUp(reward: readonly number[], count: readonly number[], f: readonly number[], n: number): SampleWeights {
  const levels = sampleLevels(Float64Array.from(reward), Float64Array.from(count), [Float64Array.from(f)]);
  return new SampleWeights(levels, 1, n);
}

/** The mean over the subsets of n of f, 0 ≤ f < 1, averaged with weights e^reward, by the contour integral. */
function byContour(reward: readonly number[], count: readonly number[], f: readonly number[], n: number): number {
  const weights = setUp(reward, count, f, n);
  const grids = (block: number, fineness: number) => new SampleGrid(weights, block, fineness);
  let [at, grid] = [-1, grids(0, 1)];
  const kept = (block: number, fineness: number) => {
    if (block !== at) [at, grid] = [block, grids(block, fineness)];
    return grid;
  };
  return integrals(weights, new ContourMeans(weights, n, kept))[0][0];
}

/** The same by the recurrence. */
function byRecurrence(reward: readonly number[], count: readonly number[], f: readonly number[], n: number): number {
  const weights = setUp(reward, count, f, n);
  return integrals(weights, new SymmetricMeans(weights, [n]))[0][0];
}

describe("the recurrence and the contour integral agree", () => {
  const rows = fc.array(
    fc.record({
      steps: fc.integer({ min: 0, max: 9 }),
      near: fc.oneof(fc.constantFrom(0, 1e-18, 5e-324), fc.double({ min: 0, max: 1, noNaN: true })),
      gold: fc.oneof(fc.constantFrom(0, 0.5), fc.double({ min: 0, max: 0.99, noNaN: true })),
      count: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 20 })),
    }),
    { minLength: 42, maxLength: 80 },
  );
  const spread = fc.constantFrom(0, 1e-6, 0.3, 3, 10, 30, 49, 100, 900, 1e9);
  const place = fc.oneof(fc.constantFrom(0, 0.5, 0.999), part);
  test.prop([rows, spread, place], { numRuns: 150 })(
    "on ties, clusters and spreads up to 1e9 nats",
    (all, apart, p) => {
      const count = all.map((r) => r.count);
      const size = total(count);
      fc.pre(size <= 500);
      const n = 2 + Math.floor(p * (size - 41));
      expect(isForContour(n, size)).toBe(true);
      const reward = all.map((r) => r.steps * apart + r.near);
      const gold = all.map((r) => r.gold);
      const range = Math.max(...reward) - Math.min(...reward);
      near(
        byContour(reward, count, gold, n),
        byRecurrence(reward, count, gold, n),
        1e-15 * (8 + Math.min(range, 10_000)),
      );
    },
  );
});

describe("samples far apart", () => {
  test.prop([fc.double({ min: 0.4, max: 20, noNaN: true }), part, fc.integer({ min: 1, max: 1000 })], { numRuns: 8 })(
    "more than the recurrence takes in one place",
    (gap, p, seed) => {
      let state = seed;
      const random = () => {
        state = (state * 48271) % 2147483647;
        return state / 2147483647;
      };
      const rows = Array.from({ length: 510 }, (_, i) => ({ reward: gap * (i + random()), gold: random() }));
      const reward = rows.map((r) => r.reward);
      const gold = rows.map((r) => r.gold);
      const n = 2 + Math.floor(p * p * 254);
      const want = byContour(
        reward,
        reward.map(() => 1),
        gold.map((f) => f / 2),
        n,
      );
      near(estimateSoftBestOfN({ reward, gold, beta: 1 }, n).gold, 2 * want, 1e-15 * (8 + 510 * gap));
    },
  );
});

describe("of two rewards, the mean over the hypergeometric law", () => {
  /** Σ over k of the n that have the better reward, from the likeliest k on both sides. */
  function hypergeometric(better: number, worse: number, n: number, f: (k: number) => number): number {
    const [least, most] = [Math.max(0, n - worse), Math.min(n, better)];
    const ratio = (k: number) => ((better - k) / (k + 1)) * ((n - k) / (worse - n + k + 1));
    const mode = Math.min(most, Math.max(least, Math.floor(((better + 1) * (n + 1)) / (better + worse + 2))));
    let [mass, mean] = [1, f(mode)];
    for (let k = mode, p = 1; k < most && p > 1e-20; k++) {
      p *= ratio(k);
      mass += p;
      mean += p * f(k + 1);
    }
    for (let k = mode, p = 1; k > least && p > 1e-20; k--) {
      p /= ratio(k - 1);
      mass += p;
      mean += p * f(k - 1);
    }
    return mean / mass;
  }
  const size = fc.tuple(fc.double({ min: 0, max: 9, noNaN: true }), part).map(([log, p]) => {
    const all = 2 + Math.floor(10 ** log);
    const better = 1 + Math.floor(p * (all - 1));
    return [better, all - better];
  });
  const gap = fc.oneof(fc.double({ min: -6, max: 2.9, noNaN: true }).map((x) => 10 ** x));
  test.prop([size, gap, part, fc.constantFrom<"low" | "half" | "high" | "any">("low", "half", "high", "any")], {
    numRuns: 300,
  })("up to a thousand million samples, at any n", ([better, worse], apart, p, where) => {
    const all = better + worse;
    const n =
      where === "any"
        ? 1 + Math.floor(p * all)
        : where === "half"
          ? Math.ceil(all / 2)
          : Math.max(1, Math.min(all, where === "low" ? Math.floor(p * 300) : all - Math.floor(p * 60)));
    const w = Math.exp(-apart);
    const samples = { reward: [apart, 0], gold: [1, 0], count: [better, worse], beta: 1 };
    // The law is a product of some √n rounded ratios.
    const tolerance = 1e-14 + 1e-17 * Math.sqrt(n);
    const want = hypergeometric(better, worse, n, (k) => (k === 0 ? 0 : k / (k + (n - k) * w)));
    near(estimateSoftBestOfN(samples, n).gold, want, tolerance);
    const hard = hypergeometric(better, worse, n, (k) => Number(k > 0));
    near(estimateBestOfN(samples, n).gold, hard, tolerance);
  });
});

describe("ten thousand samples", () => {
  let state = 5;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const size = 10_000;
  const reward = Array.from({ length: size }, random);
  const gold = Array.from({ length: size }, () => Number(random() < 0.3));
  const beta = 0.1;

  it("n = 2 is the mean over all pairs", () => {
    let sum = 0;
    for (let i = 0; i < size; i++) {
      let row = 0;
      const w = Math.exp(reward[i] / beta);
      for (let j = 0; j < i; j++) {
        const v = Math.exp(reward[j] / beta);
        row += (w * gold[i] + v * gold[j]) / (w + v);
      }
      sum += row;
    }
    near(estimateSoftBestOfN({ reward, gold, beta }, 2).gold, sum / ((size * (size - 1)) / 2), 1e-13);
  });

  it("n = M − 1 leaves each sample out, and n = M is the softmax-weighted average", () => {
    const w = reward.map((r) => Math.exp((r - 1) / beta));
    const [all, held] = [total(w), total(w.map((x, i) => x * gold[i]))];
    const without = total(w.map((x, i) => (held - x * gold[i]) / (all - x))) / size;
    const [last, whole] = estimateSoftBestOfN({ reward, gold, beta }, [size - 1, size]);
    near(last.gold, without, 1e-13);
    near(whole.gold, held / all, 1e-13);
  });

  it("gains less and less from one n to the next, and tends to the hard estimate", () => {
    const ns = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 9950, 9970, 10_000];
    const soft = [0.01, 0.1, 10].map((b) => estimateSoftBestOfN({ reward, beta: b }, ns).map((e) => e.reward));
    const hard = estimateBestOfN({ reward }, ns).map((e) => e.reward);
    for (const [i, n] of ns.entries()) {
      expect(soft[0][i]).toBeLessThanOrEqual(hard[i] + 1e-14);
      if (n > 1) expect(soft[1][i]).toBeLessThan(soft[0][i]);
      for (const curve of [...soft, hard]) {
        if (i > 0) expect(curve[i]).toBeGreaterThan(curve[i - 1]);
        // Unbiased values at all n are concave in n.
        if (i > 1)
          expect((curve[i] - curve[i - 1]) / (n - ns[i - 1])).toBeLessThan(
            (curve[i - 1] - curve[i - 2]) / (ns[i - 1] - ns[i - 2]),
          );
      }
    }
    near(soft[0][8], hard[8], 0.01);
  });
});
