import { readFileSync } from "node:fs";
import {
  bestOfNLaw,
  estimateBestOfN,
  estimateSoftBestOfN,
  expectation,
  measure,
  normalize,
  passAtK,
  type SelectedValues,
  type SoftScoredSamples,
  softBestOfNLaw,
} from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hardShares } from "../../src/selection/samples/hardSubsets.js";
import { test } from "../support/test.js";

/** The subsets of n of the numbers from `from` to m − 1. */
function* subsets(m: number, n: number, from = 0, before: number[] = []): Generator<number[]> {
  if (before.length === n) yield before;
  else for (let i = from; i < m; i++) yield* subsets(m, n, i + 1, [...before, i]);
}

/** The mean over the given subsets of f averaged with the weights of selection. */
function meanOver(all: Iterable<number[]>, reward: readonly number[], f: readonly number[], beta: number): number {
  let [total, count] = [0, 0];
  for (const subset of all) {
    const top = Math.max(...subset.map((i) => reward[i]));
    const weight = subset.map((i) => (beta > 0 ? Math.exp((reward[i] - top) / beta) : Number(reward[i] === top)));
    const w = weight.reduce((s, x) => s + x, 0);
    total += weight.reduce((s, x, k) => s + x * f[subset[k]], 0) / w;
    count++;
  }
  return total / count;
}

const value = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: -2, max: 3, noNaN: true }));
const scored = fc.array(fc.record({ reward: value, gold: value }), { minLength: 1, maxLength: 8 }).map((rows) => ({
  reward: rows.map((r) => r.reward),
  gold: rows.map((r) => r.gold),
}));
const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const temperature = fc.oneof(
  fc.constantFrom(0, 1e-300, 1e-6, Infinity),
  fc.double({ min: -3, max: 3, noNaN: true }).map((x) => 10 ** x),
);
const drawsOf = (size: number, p: number) => 1 + Math.floor(p * size);
const near = (got: number | undefined, want: number, tolerance = 1e-13) =>
  expect(Math.abs((got ?? Number.NaN) - want)).toBeLessThanOrEqual(tolerance);

describe("the estimates are the mean over all subsets of n samples", () => {
  test.prop([scored, part, temperature])("soft, ties and repeated samples included", (samples, p, beta) => {
    const n = drawsOf(samples.reward.length, p);
    const estimate = estimateSoftBestOfN({ ...samples, beta }, n);
    const all = [...subsets(samples.reward.length, n)];
    near(estimate.reward, meanOver(all, samples.reward, samples.reward, beta));
    near(estimate.gold, meanOver(all, samples.reward, samples.gold, beta));
  });

  test.prop([scored, part])("hard, ties broken uniformly", (samples, p) => {
    const n = drawsOf(samples.reward.length, p);
    const estimate = estimateBestOfN(samples, n);
    const all = [...subsets(samples.reward.length, n)];
    near(estimate.reward, meanOver(all, samples.reward, samples.reward, 0), 1e-15 * 8);
    near(estimate.gold, meanOver(all, samples.reward, samples.gold, 0), 1e-15 * 8);
    expect(estimateSoftBestOfN({ ...samples, beta: 0 }, n)).toEqual(estimate);
  });
});

describe("the share of the subsets of n samples whose best is in each level", () => {
  const levels = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 9 });
  test.prop([levels, part])("is (C(b, n) − C(b − m, n))/C(M, n), to the last digits", (counts, p) => {
    const size = counts.reduce((s, m) => s + m, 0);
    const n = drawsOf(size, p);
    // C(b, n) in 2¹¹⁰⁰ths of C(M, n), from C(b + 1, n).
    const within = new Array<bigint>(size + 1).fill(0n);
    within[size] = 1n << 1100n;
    for (let b = size; b > n; b--) within[b - 1] = (within[b] * BigInt(b - n)) / BigInt(b);
    let below = size;
    for (const [i, share] of hardShares(Float64Array.from(counts), n).entries()) {
      const exact = within[below] - within[below - counts[i]];
      below -= counts[i];
      const want = Number(exact >> 60n) * 2 ** -1000 * 2 ** -40;
      near(share, want, want > 1e-290 ? 4e-16 * want : 1e-290);
    }
  });
});

describe("golds of one sign keep their digits, however little a sample with gold counts", () => {
  const spread = fc.constantFrom(1, 10, 30, 100, 300, 790, 810, 1e9);
  const rows = fc.array(
    fc.record({
      steps: fc.integer({ min: 0, max: 3 }),
      near: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3, noNaN: true })),
      gold: fc.oneof(fc.constantFrom(0, 0, 1), fc.double({ min: 0.1, max: 1, noNaN: true })),
    }),
    { minLength: 2, maxLength: 9 },
  );
  test.prop([rows, spread, part], { numRuns: 200 })(
    "soft, of samples any number of nats apart",
    (samples, apart, p) => {
      const n = drawsOf(samples.length, p);
      const reward = samples.map((r) => r.steps * apart + r.near);
      const gold = samples.map((r) => r.gold);
      const want = meanOver(subsets(samples.length, n), reward, gold, 1);
      const got = estimateSoftBestOfN({ reward, gold, beta: 1 }, n).gold;
      // What is below 1e−300 has no digits of its own.
      near(got, want, 1e-12 * want + 1e-300);
    },
  );

  it("of samples that count for nothing beside the best, by the sum of what they do count", () => {
    const w = [1, Math.exp(-1)].map((x) => x * Math.exp(-49));
    for (const gold of [
      [0, 0, 1, 0],
      [0, 0, 0, 1],
      [0, 0, 1, 1],
    ]) {
      const [one, other] = [gold[2] * w[0], gold[3] * w[1]];
      const best = estimateSoftBestOfN({ reward: [50, 50, 1, 0], gold, beta: 1 }, 3).gold ?? 0;
      // Both of the best and one of these, twice; or one of the best and both of these, twice.
      near(best / ((one / 2 + other / 2 + 2 * (one + other)) / 4), 1, 1e-12);
      // The same in a block of its own, a thousand nats below: of the four subsets, that without the best.
      const below =
        estimateSoftBestOfN({ reward: [1000, 50, 1, 0], gold: [0, ...gold.slice(1)], beta: 1 }, 3).gold ?? 0;
      near(below / ((one + other) / 4), 1, 1e-12);
    }
  });

  it("of two far below the best, each by its own difference from the other", () => {
    const { gold } = estimateSoftBestOfN({ reward: [1e9, 0.7, 0], gold: [0, 1, 0], beta: 1 }, 2);
    near(gold, 1 / (1 + Math.exp(-0.7)) / 3, 1e-15);
  });
});

describe("the estimates are unbiased: over all M samples from ref, their mean is the value under the law of n draws", () => {
  const answers = fc.array(fc.record({ mass: fc.integer({ min: 0, max: 9 }), reward: value, gold: value }), {
    minLength: 1,
    maxLength: 3,
  });
  test.prop(
    [
      answers.filter((rows) => rows.some((r) => r.mass > 0)),
      fc.integer({ min: 1, max: 5 }),
      part,
      temperature.filter((beta) => beta !== 1e-300),
    ],
    { numRuns: 60 },
  )("soft and hard", (rows, size, p, beta) => {
    const n = drawsOf(size, p);
    const ref = measure(
      rows.map((_, i) => i),
      rows.map((r) => r.mass),
    );
    const { mass } = normalize(ref);
    const [reward, gold] = [rows.map((r) => r.reward), rows.map((r) => r.gold)];
    let [meanReward, meanGold] = [0, 0];
    for (let code = 0; code < rows.length ** size; code++) {
      const drawn = Array.from({ length: size }, (_, k) => Math.floor(code / rows.length ** k) % rows.length);
      const probability = drawn.reduce((q, i) => q * mass[i], 1);
      if (probability === 0) continue;
      const of = (f: readonly number[]) => drawn.map((i) => f[i]);
      const estimate = estimateSoftBestOfN({ reward: of(reward), gold: of(gold), beta }, n);
      meanReward += probability * estimate.reward;
      meanGold += probability * (estimate.gold ?? Number.NaN);
    }
    const law = beta === 0 ? bestOfNLaw({ ref, reward }, n) : softBestOfNLaw({ ref, reward, beta }, n);
    const tolerance = Math.max(1e-13, beta > 0 && beta < 1e-3 ? 1e-9 : 0);
    near(meanReward, expectation(law, reward), tolerance);
    near(meanGold, expectation(law, gold), tolerance);
  });
});

describe("many samples", () => {
  let state = 7;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const samples = (size: number): SoftScoredSamples & { reward: number[]; gold: number[] } => ({
    reward: Array.from({ length: size }, random),
    gold: Array.from({ length: size }, () => Number(random() < 0.3)),
    beta: 0.05,
  });
  const compare = (given: ReturnType<typeof samples>, n: number, all: Iterable<number[]>) => {
    const list = [...all];
    const { reward, gold } = estimateSoftBestOfN(given, n);
    near((reward ?? 0) / meanOver(list, given.reward, given.reward, given.beta), 1, 3e-14);
    near((gold ?? 0) / meanOver(list, given.reward, given.gold, given.beta), 1, 3e-14);
  };

  it("n = 2 is the mean over all pairs, n = 3 over all triples", () => {
    compare(samples(400), 2, subsets(400, 2));
    compare(samples(50), 3, subsets(50, 3));
  });
  it("n = M − 1 leaves each sample out, and n = M is the softmax-weighted average", () => {
    const given = samples(300);
    const all = [...given.reward.keys()];
    compare(
      given,
      299,
      all.map((left) => all.filter((i) => i !== left)),
    );
    compare(given, 300, [all]);
  });
  it("n = 1 and β = ∞ give the mean", () => {
    const given = samples(1000);
    const mean = given.reward.reduce((s, r) => s + r, 0) / 1000;
    near(estimateSoftBestOfN(given, 1).reward, mean);
    near(estimateSoftBestOfN({ ...given, beta: Infinity }, 500).reward, mean);
    near(estimateSoftBestOfN({ ...given, beta: 1e12 }, 500).reward, mean, 1e-11);
  });
  it("tends to the hard estimate as β → 0, and reaches it", () => {
    const given = samples(200);
    for (const n of [2, 20, 150, 200]) {
      const hard = estimateBestOfN(given, n);
      const gap = (beta: number) => Math.abs(estimateSoftBestOfN({ ...given, beta }, n).reward - hard.reward);
      expect(gap(1e-3)).toBeLessThan(gap(1e-2));
      for (const beta of [1e-9, 1e-17, 1e-300, 5e-324]) near(gap(beta), 0);
    }
  });
  it("increases with n, and lies above the plug-in value, which draws some samples twice", () => {
    const given = samples(100);
    for (const beta of [0, 0.05, 1]) {
      const rewards = [1, 2, 5, 20, 50, 99, 100].map((n) => estimateSoftBestOfN({ ...given, beta }, n));
      for (const [i, { reward, plugIn }] of rewards.entries()) {
        expect(plugIn.reward).toBeLessThanOrEqual(reward + 1e-14);
        if (i > 0) expect(reward).toBeGreaterThan(rewards[i - 1].reward);
      }
    }
  });
  it("keeps a gold reward that only a hopeless sample has: e^{−500}", () => {
    const { gold } = estimateSoftBestOfN({ reward: [0, 5, 5], gold: [1, 0, 0], beta: 0.01 }, 3);
    near((gold ?? 0) / (Math.exp(-500) / 2), 1, 1e-12);
  });
  it("meets rewards and golds at the ends of the range of doubles", () => {
    const given = { reward: [1.7e308, 0, 0, -1.7e308], gold: [-1.7e308, 1.7e308, 1.7e308, 1.7e308] };
    near((estimateBestOfN(given, 2).reward ?? 0) / 1.7e308, 0.5);
    near((estimateSoftBestOfN({ ...given, beta: 1e-300 }, 2).gold ?? 0) / 1.7e308, 0);
    const w = [Math.exp(1), 1, 1, Math.exp(-1)];
    const want = meanOver(subsets(4, 2), w.map(Math.log), [-1, 1, 1, 1], 1);
    near((estimateSoftBestOfN({ ...given, beta: 1.7e308 }, 2).gold ?? 0) / 1.7e308, want);
  });
});

describe("pass@k", () => {
  test.prop([fc.integer({ min: 1, max: 200 }), part, part])("is best-of-k of the labels", (n, p, q) => {
    const [c, k] = [Math.floor(p * (n + 1)), drawsOf(n, q)];
    const want = estimateBestOfN({ reward: Array.from({ length: n }, (_, i) => Number(i < c)) }, k).reward;
    near(passAtK(n, c, k), want, 2e-14 * want);
  });
  test.prop([fc.bigInt({ min: 1n, max: 60n }), part, part])("is the quotient of binomials", (n, p, q) => {
    const choose = (m: bigint, k: bigint): bigint => (k === 0n ? 1n : (choose(m - 1n, k - 1n) * m) / k);
    const [c, k] = [BigInt(Math.floor(p * (Number(n) + 1))), BigInt(drawsOf(Number(n), q))];
    const [none, all] = [k > n - c ? 0n : choose(n - c, k), choose(n, k)];
    const want = Number((10n ** 30n * (all - none)) / all) / 1e30;
    near(passAtK(Number(n), Number(c), Number(k)), want, 1e-14 * want);
  });
  it("keeps its digits where a success is rare", () => {
    near(passAtK(1e15, 1, 1), 1e-15, 1e-30);
    near(passAtK(1e12, 3, 7), 2.1e-11, 1e-21);
  });
});

describe("the embedded samples", () => {
  const queries = readFileSync(new URL("../../src/data/humaneval-codegen16b.jsonl", import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const { answers } = JSON.parse(line) as { answers: { count: number; reward: number; gold: number }[] };
      const all = (f: (a: (typeof answers)[0]) => number) =>
        answers.flatMap((a) => new Array<number>(a.count).fill(f(a)));
      return { reward: all((a) => a.reward), gold: all((a) => a.gold) };
    });
  const percent = (f: (samples: (typeof queries)[0]) => number | undefined) =>
    (100 * queries.reduce((s, q) => s + (f(q) ?? Number.NaN), 0)) / queries.length;

  it("have the published pass@1, pass@10 and pass@100", () => {
    const at = (k: number) => percent(({ gold }) => passAtK(gold.length, gold.filter((g) => g === 1).length, k));
    expect([1, 10, 100].map((k) => at(k).toFixed(2))).toEqual(["22.12", "50.38", "73.78"]);
  });
  it("have the curves of their own law as plug-in values", () => {
    const gold = (f: (n: number) => (q: (typeof queries)[0]) => SelectedValues) =>
      [1, 4, 16].map((n) => percent((q) => f(n)(q).gold));
    expect(gold((n) => (q) => estimateBestOfN(q, n).plugIn).map((x) => x.toFixed(3))).toEqual([
      "22.116",
      "30.134",
      "27.811",
    ]);
    const soft = gold((n) => (q) => estimateSoftBestOfN({ ...q, beta: 0.02 }, n).plugIn);
    expect(soft.map((x) => x.toFixed(2))).toEqual(["22.12", "30.19", "29.41"]);
  });
});

describe("bad input is refused by name", () => {
  const wrong = (x: unknown) => x as never;
  const samples = { reward: [0, 1, 2], gold: [0, 1, 0], beta: 1 };
  it.each<[string, () => unknown, typeof TypeError | typeof RangeError, string]>([
    [
      "no samples",
      () => estimateBestOfN({ reward: [] }, 1),
      RangeError,
      "estimateBestOfN: reward must have at least one",
    ],
    [
      "no object",
      () => estimateSoftBestOfN(wrong(null), 1),
      TypeError,
      "estimateSoftBestOfN: samples must be an object",
    ],
    [
      "n > M",
      () => estimateBestOfN(samples, 4),
      RangeError,
      "estimateBestOfN: n must be at most 3, the number of samples, got 4",
    ],
    [
      "n < 1",
      () => estimateSoftBestOfN(samples, 0),
      RangeError,
      "estimateSoftBestOfN: n must be a whole number of at least 1, got 0",
    ],
    ["n = 1.5", () => estimateBestOfN(samples, 1.5), RangeError, "n must be a whole number of at least 1, got 1.5"],
    [
      "NaN reward",
      () => estimateBestOfN({ reward: [0, Number.NaN] }, 1),
      RangeError,
      "reward[1] must be finite, got NaN",
    ],
    [
      "−∞ reward",
      () => estimateBestOfN({ reward: [-Infinity] }, 1),
      RangeError,
      "reward[0] must be finite (a draw of reward -Infinity would have been drawn again, which biases the estimate; leave it out), got -Infinity",
    ],
    [
      "infinite gold",
      () => estimateBestOfN({ reward: [0], gold: [Infinity] }, 1),
      RangeError,
      "gold[0] must be finite",
    ],
    ["a gold lacking", () => estimateBestOfN({ reward: [0, 1], gold: [1] }, 1), TypeError, "gold must have length 2"],
    [
      "a gold missing",
      () => estimateBestOfN({ reward: [0, 1], gold: wrong([1, undefined]) }, 1),
      TypeError,
      "gold[1] must be a number, got undefined",
    ],
    ["no reward", () => estimateBestOfN(wrong({}), 1), TypeError, "reward must be an array, got undefined"],
    ["β < 0", () => estimateSoftBestOfN({ ...samples, beta: -1 }, 1), RangeError, "beta must be at least 0"],
    ["no β", () => estimateSoftBestOfN(wrong({ reward: [0] }), 1), TypeError, "beta must be a number, got undefined"],
    ["c > n", () => passAtK(3, 4, 1), RangeError, "passAtK: c must be at most n = 3, got 4"],
    ["k > n", () => passAtK(3, 1, 4), RangeError, "passAtK: k must be at most n = 3, got 4"],
    ["k = 0", () => passAtK(3, 1, 0), RangeError, "passAtK: k must be a whole number of at least 1, got 0"],
  ])("%s", (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
  it("and good input is left as it was", () => {
    const given = { reward: Object.freeze([2, 0, 1]), gold: Object.freeze([0, 1, 0]), beta: 1 };
    estimateSoftBestOfN(given, 2);
    expect(given).toEqual({ reward: [2, 0, 1], gold: [0, 1, 0], beta: 1 });
  });
});
