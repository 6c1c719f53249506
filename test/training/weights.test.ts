import { readFileSync } from "node:fs";
import { fc } from "@fast-check/vitest";
import {
  chiSquaredDivergence,
  distribution,
  expectation,
  klDivergence,
  measure,
  rlhfOptimum,
  rlifOptimum,
  softBestOfNLaw,
  uniform,
} from "exptilt";
import {
  drawnWeights,
  effectiveSampleSize,
  importanceWeights,
  paretoK,
  paretoSmoothedWeights,
  selfCertaintyWeights,
  selfNormalizedWeights,
} from "exptilt/training";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";

const problems = fc
  .record({
    rows: fc.array(
      fc.tuple(fc.double({ min: 0.01, max: 1, noNaN: true }), fc.double({ min: -2, max: 2, noNaN: true })),
      {
        minLength: 1,
        maxLength: 20,
      },
    ),
    beta: fc.double({ min: 0.05, max: 10, noNaN: true }),
  })
  .map(({ rows, beta }) => ({
    ref: measure(
      [...rows.keys()],
      rows.map(([m]) => m),
    ),
    reward: rows.map(([, r]) => r),
    beta,
  }));

describe("weights of every answer", () => {
  test.prop([problems])("(19) = (20): weighting ref by w/Z is π*, for every function", (problem) => {
    const { weight, target, logNormalizer } = importanceWeights(problem);
    const optimum = rlhfOptimum(problem);
    expect(expectation(problem.ref, weight)).toBeCloseTo(1, 12);
    const g = problem.reward.map((r, i) => Math.sin(r + i));
    const weighted = expectation(
      problem.ref,
      g.map((x, i) => x * weight[i]),
    );
    expect(weighted).toBeCloseTo(expectation(optimum, g), 12);
    expect(klDivergence(optimum, target)).toBe(0);
    expect(logNormalizer).toBe(optimum.logNormalizer);
  });

  test.prop([problems])("(21) = (22): the weights of RLIF lead to its optimum ∝ ref^{a'}", ({ ref, beta }) => {
    const internal = { ref, length: 4, beta: (1 + beta) / 4, vocabularySize: 10 };
    const { weight, target } = selfCertaintyWeights(internal);
    expect(klDivergence(rlifOptimum(internal), target)).toBeLessThanOrEqual(1e-28);
    const tilted = distribution(
      ref.support,
      ref.mass.map((m, i) => m * weight[i]),
    );
    expect(klDivergence(tilted, target)).toBeLessThanOrEqual(1e-26);
  });

  test.prop([problems])("ESS/n of draws in the proportions of ref is 1/(1 + CV²)", ({ ref, reward, beta }) => {
    const counts = ref.mass.map((m) => Math.ceil(20 * m));
    const problem = { ref: measure(ref.support, counts), reward, beta };
    const draws = ref.support.flatMap((o, i) => Array.from({ length: counts[i] }, () => o));
    const drawn = drawnWeights(problem, draws);
    const { effectiveFraction, target } = importanceWeights(problem);
    expect(drawn.effectiveFraction / effectiveFraction).toBeCloseTo(1, 12);
    expect(effectiveFraction).toBeCloseTo(1 / (1 + chiSquaredDivergence(target, problem.ref)), 14);
    expect(klDivergence(drawn.target, target)).toBeLessThanOrEqual(1e-24);
  });

  it("soft best-of-N is self-normalised importance sampling: E[Σ w̄ g] over all N-tuples is E_{P_N}[g]", () => {
    const problem = { ref: distribution([0, 1, 2], [1, 2, 3]), reward: [0.3, 1, -0.5], beta: 0.4 };
    let expected = 0;
    const g = [1, -2, 5];
    for (let code = 0; code < 81; code++) {
      const draws = [0, 1, 2, 3].map((n) => Math.floor(code / 3 ** n) % 3);
      const chance = draws.reduce((p, o) => p * problem.ref.mass[o], 1);
      const { weight } = drawnWeights(problem, draws);
      expected += chance * draws.reduce((s, o, n) => s + weight[n] * g[o], 0);
    }
    expect(expected).toBeCloseTo(expectation(softBestOfNLaw(problem, 4), g), 13);
  });

  it("β = 1e−300 and rewards of 1e300 leave the best answer, and say what that costs", () => {
    const problem = { ref: distribution(["a", "b"], [999, 1]), reward: [0, 1e300], beta: 1e-300 };
    const { target, effectiveFraction } = importanceWeights(problem);
    expect([...target.mass]).toEqual([0, 1]);
    expect(effectiveFraction).toBeCloseTo(1e-3, 12);
  });
});

interface TailCase {
  readonly id: string;
  readonly logWeight: readonly number[];
  readonly k: number;
  readonly smoothed: readonly number[];
}
const tails = JSON.parse(readFileSync(new URL("../reference/psis.json", import.meta.url), "utf8")) as TailCase[];

describe("Pareto smoothing agrees with ArviZ", () => {
  for (const { id, logWeight, k, smoothed } of tails) {
    it(id, () => {
      const got = paretoSmoothedWeights({ logWeight });
      expect(got.paretoK).toBeCloseTo(k, 10);
      expect(paretoK({ logWeight })).toBe(got.paretoK);
      const weight = selfNormalizedWeights(got);
      for (const [i, l] of smoothed.entries()) expect(weight[i] / Math.exp(l)).toBeCloseTo(1, 9);
    });
  }
});

describe("the tail index warns of a β too small for the spread", () => {
  it("n weights (1 − u)^{−k} have tail index k", () => {
    for (const k of [0.3, 0.7, 1, 1.5]) {
      const n = 20_000;
      const logWeight = Array.from({ length: n }, (_, i) => -k * Math.log1p(-(i + 0.5) / n));
      expect(paretoK({ logWeight })).toBeCloseTo(k, 1);
    }
  });

  it("k̂ grows and ESS falls as β does", () => {
    const n = 2000;
    const support = Array.from({ length: n }, (_, i) => i);
    const reward = support.map((i) => -Math.log1p(-(i + 0.5) / n));
    const read = [4, 2, 1, 0.5].map((beta) => drawnWeights({ ref: uniform(support), reward, beta }, support));
    for (let i = 1; i < read.length; i++) {
      expect(read[i].paretoK).toBeGreaterThan(read[i - 1].paretoK);
      expect(read[i].effectiveSampleSize).toBeLessThan(read[i - 1].effectiveSampleSize);
    }
    expect(read[0].paretoK).toBeLessThan(0.5);
    expect(read[3].paretoK).toBeGreaterThan(0.7);
  });

  it("a plateau of largest weights has no tail, and one outstanding draw is never trusted", () => {
    expect(paretoK({ weight: Array.from({ length: 100 }, (_, i) => (i % 2) + 1) })).toBe(-Infinity);
    expect(paretoK({ weight: Array.from({ length: 100 }, (_, i) => (i === 7 ? 50 : 1)) })).toBe(Infinity);
  });

  test.prop([
    fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 200 }),
    fc.double({ min: -50, max: 50, noNaN: true }),
  ])("a common factor of the weights changes neither ESS nor k̂, and 1 ≤ ESS ≤ n", (logWeight, shift) => {
    const moved = logWeight.map((l) => l + shift);
    const size = effectiveSampleSize({ logWeight });
    expect(effectiveSampleSize({ logWeight: moved }) / size).toBeCloseTo(1, 9);
    expect(size).toBeGreaterThanOrEqual(1 - 1e-12);
    expect(size).toBeLessThanOrEqual(logWeight.length * (1 + 1e-12));
    const smooth = paretoSmoothedWeights({ logWeight });
    expect(Math.max(...smooth.logWeight)).toBeLessThanOrEqual(0);
    expect(Number.isNaN(smooth.paretoK)).toBe(false);
  });
});

describe("bad weights are refused by name", () => {
  const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 };
  it.each([
    ["all zero", () => effectiveSampleSize({ weight: [0, 0] }), RangeError, "weight must have a positive total"],
    ["one infinite", () => paretoK({ weight: [1, Infinity] }), RangeError, "weight[1] must be non-negative and finite"],
    ["none", () => selfNormalizedWeights({} as never), TypeError, "weights must be an object with weight or logWeight"],
    [
      "an unknown draw",
      () => drawnWeights(problem, ["a", "c"]),
      RangeError,
      'draws[1] must be an answer of ref, got "c"',
    ],
    ["no draws", () => drawnWeights(problem, []), RangeError, "drawnWeights: draws must have at least one answer"],
    [
      "draws all forbidden",
      () => drawnWeights({ ...problem, reward: [-Infinity, 0] }, ["a"]),
      RangeError,
      "reward must",
    ],
    ["β = 0", () => importanceWeights({ ...problem, beta: 0 }), RangeError, "importanceWeights: beta must be positive"],
    [
      "Lβ ≤ 1",
      () => selfCertaintyWeights({ ref: problem.ref, length: 1, beta: 1, vocabularySize: 2 }),
      RangeError,
      "length * beta - 1",
    ],
  ] as const)("%s", (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
