import { readFileSync } from "node:fs";
import { fc } from "@fast-check/vitest";
import { klDivergence, measure, randomSource, rlhfOptimum, rlifOptimum, uniform } from "exptilt";
import {
  type ConditionalPolicy,
  drawnWeights,
  fitWeightedMle,
  importanceWeights,
  logLinearPolicy,
  type Policy,
  policyDistribution,
  selfCertaintyWeights,
  type TrainingMethod,
  type TrainingState,
  tabularPolicy,
} from "exptilt/training";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";

const iterative: readonly TrainingMethod[] = ["newton", "lbfgs", "adam"];

const problems = fc
  .array(
    fc.tuple(
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
    ),
    { minLength: 2, maxLength: 8 },
  )
  .map((rows) => ({
    ref: measure(
      [...rows.keys()],
      rows.map(([m]) => m),
    ),
    reward: rows.map(([, r]) => r),
    start: rows.map(([, , s]) => s),
  }));

describe("a tabular policy reaches π* on the population objective", () => {
  for (const beta of [0.05, 0.3, 1, 10]) {
    test.prop([problems], { numRuns: 30 })(`β = ${beta}: KL ≤ 1e−20 by the closed form`, async ({ ref, reward }) => {
      const problem = { ref, reward, beta };
      const policy = tabularPolicy(ref.support);
      const fitted = await fitWeightedMle(policy, importanceWeights(problem));
      const kl = klDivergence(rlhfOptimum(problem), policyDistribution(policy, fitted.parameters));
      expect(kl).toBeLessThanOrEqual(1e-20);
      expect(fitted).toMatchObject({ reason: "closed form", converged: true });
    });
    test.prop([problems], { numRuns: 8 })(
      `β = ${beta}: KL ≤ 1e−12 by Newton, L-BFGS and Adam from random starts`,
      async ({ ref, reward, start }) => {
        const problem = { ref, reward, beta };
        const policy = tabularPolicy(ref.support);
        for (const method of iterative) {
          const fitted = await fitWeightedMle(policy, importanceWeights(problem), {
            method,
            start,
            maxIterations: 40_000,
          });
          const kl = klDivergence(rlhfOptimum(problem), policyDistribution(policy, fitted.parameters));
          expect(kl, method).toBeLessThanOrEqual(1e-12);
          expect(fitted.klFromTarget, method).toBeLessThanOrEqual(1e-12);
        }
      },
    );
  }

  it("the RLIF optimum is reached by the weights of (21)", async () => {
    const problem = { ref: measure([0, 1, 2], [1, 2, 5]), length: 3, beta: 0.6, vocabularySize: 2 };
    const policy = tabularPolicy([0, 1, 2]);
    const { parameters } = await fitWeightedMle(policy, selfCertaintyWeights(problem));
    expect(klDivergence(rlifOptimum(problem), policyDistribution(policy, parameters))).toBeLessThanOrEqual(1e-20);
  });

  it("with λ KL(ref‖π) the closed form is (π* + λ ref)/(1 + λ), and Newton agrees", async () => {
    const problem = { ref: measure([0, 1, 2], [1, 2, 5]), reward: [1, 0, -1], beta: 0.5 };
    const policy = tabularPolicy([0, 1, 2]);
    const expected = measure(
      [0, 1, 2],
      rlhfOptimum(problem).mass.map((p, i) => p + 0.25 * (problem.ref.mass[i] / 8)),
    );
    for (const method of ["closed form", "newton"] as const) {
      const { parameters } = await fitWeightedMle(policy, importanceWeights(problem), { klToRef: 0.25, method });
      expect(klDivergence(expected, policyDistribution(policy, parameters))).toBeLessThanOrEqual(1e-22);
    }
  });
});

interface LogLinearCase {
  readonly id: string;
  readonly size: number;
  readonly ridge: number;
  readonly queries: readonly { base: number[]; target: number[]; features: number[][] }[];
  readonly theta: readonly string[];
}
const cases = JSON.parse(
  readFileSync(new URL("../reference/logLinear.json", import.meta.url), "utf8"),
) as LogLinearCase[];

describe("a log-linear policy agrees with the optimum at 60 digits", () => {
  for (const { id, size, ridge, queries, theta } of cases) {
    const policy = logLinearPolicy<number, number>({
      size,
      base: (q) => measure([...queries[q].base.keys()], queries[q].base),
      features: (q, o) => queries[q].features[o],
    });
    const data = queries.map(({ target }, query) => ({ query, target: measure([...target.keys()], target) }));
    it.each([
      ["newton", 1e-10],
      ["lbfgs", id.startsWith("nearly") ? 1e-3 : 1e-10],
    ] as const)(`${id}, %s`, async (method, tolerance) => {
      const fitted = await fitWeightedMle(policy, data, { method, ridge, tolerance: 1e-13 });
      expect(fitted.converged).toBe(true);
      for (const [j, want] of theta.map(Number).entries()) {
        expect(Math.abs(fitted.parameters[j] - want)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(want)));
      }
    });
  }

  it("with the reward among the features and ref for base, the optimum is θ = 1/β", async () => {
    const refs = [measure([0, 1, 2], [1, 2, 3]), measure([0, 1, 2], [3, 1, 1])];
    const rewards = [
      [0, 1, 0.5],
      [1, 0, 0.25],
    ];
    const policy = logLinearPolicy<number, number>({
      size: 2,
      base: (q) => refs[q],
      features: (q, o) => [rewards[q][o], o * o],
    });
    const data = refs.map((ref, query) => ({
      query,
      ...importanceWeights({ ref, reward: rewards[query], beta: 0.2 }),
    }));
    const { parameters, klFromTarget } = await fitWeightedMle(policy, data);
    expect(parameters[0]).toBeCloseTo(5, 10);
    expect(parameters[1]).toBeCloseTo(0, 10);
    expect(klFromTarget).toBeLessThanOrEqual(1e-22);
  });
});

describe("an optimum at infinity is reported, without NaN", () => {
  const base = () => uniform([0, 1, 2]);
  const corner = logLinearPolicy<number>({
    size: 2,
    base,
    features: (_, o) =>
      [
        [0, 0],
        [1, 0],
        [0, 1],
      ][o],
  });
  it.each(["newton", "lbfgs"] as const)("separable features, %s", async (method) => {
    const fitted = await fitWeightedMle(corner, { target: measure([0, 1], [1, 1]) }, { method });
    expect(fitted).toMatchObject({ converged: false, reason: "unbounded" });
    expect(fitted.parameters.every(Number.isFinite)).toBe(true);
    expect(fitted.objective).toBeCloseTo(-Math.log(2), 12);
  });
  it("by Adam it does not converge, and a ridge makes it finite", async () => {
    const target = measure([0, 1], [1, 1]);
    expect(await fitWeightedMle(corner, { target }, { method: "adam", maxIterations: 300 })).toMatchObject({
      converged: false,
      reason: "iterations",
    });
    for (const method of iterative) {
      expect(await fitWeightedMle(corner, { target }, { method, ridge: 1e-3 })).toMatchObject({ converged: true });
    }
  });
  it("nearly separable features converge, far out", async () => {
    for (const method of ["newton", "lbfgs"] as const) {
      const fitted = await fitWeightedMle(corner, { target: measure([0, 1, 2], [1, 1, 2e-9]) }, { method });
      expect(fitted.converged).toBe(true);
      expect(fitted.parameters[1]).toBeCloseTo(Math.log(2e-9), 2);
    }
  });
});

describe("runs", () => {
  const policy = logLinearPolicy<number, number>({
    size: 4,
    base: () => uniform([0, 1, 2, 3, 4]),
    features: (q, o) => [0, 1, 2, 3].map((j) => Math.sin(q + 7 * o * (j + 1))),
  });
  const data = Array.from({ length: 12 }, (_, query) => ({
    query,
    ...importanceWeights({ ref: uniform([0, 1, 2, 3, 4]), reward: (o: number) => Math.cos(o * query), beta: 0.3 }),
  }));

  it.each([
    ["newton", {}],
    ["lbfgs", { depth: 3 }],
    ["adam", { batchSize: 5, seed: 7, maxIterations: 60 }],
  ] as const)("%s: stopped, stored as JSON and resumed, it ends on the same bits", async (method, more) => {
    const whole = await fitWeightedMle(policy, data, { method, ...more });
    const controller = new AbortController();
    const stopped = await fitWeightedMle(policy, data, {
      method,
      ...more,
      signal: controller.signal,
      onProgress: ({ iteration }) => iteration >= 2 && controller.abort(),
    });
    expect(stopped).toMatchObject({ reason: "aborted", converged: false, iterations: 2 });
    const resume = JSON.parse(JSON.stringify(stopped.save())) as TrainingState;
    const resumed = await fitWeightedMle(policy, data, { method, ...more, resume });
    expect([...resumed.parameters]).toEqual([...whole.parameters]);
    expect(resumed.iterations).toBe(whole.iterations);
    expect(resumed.objective).toBe(whole.objective);
  });

  it.each([
    ["newton", {}],
    ["lbfgs", { depth: 3 }],
    ["adam", { batchSize: 5, seed: 7, maxIterations: 40 }],
  ] as const)("%s: each checkpoint of a run leads to its end, to the same bits", async (method, more) => {
    const checkpoints: string[] = [];
    const whole = await fitWeightedMle(policy, data, {
      method,
      ...more,
      onProgress: ({ save }) => checkpoints.push(JSON.stringify(save())),
    });
    expect(checkpoints).toHaveLength(whole.iterations + 1);
    expect(JSON.parse(checkpoints.at(-1) as string)).toEqual(JSON.parse(JSON.stringify(whole.save())));
    for (const text of checkpoints.filter((_, i) => i % 7 === 1)) {
      const resumed = await fitWeightedMle(policy, data, {
        method,
        ...more,
        resume: JSON.parse(text) as TrainingState,
      });
      expect([...resumed.parameters]).toEqual([...whole.parameters]);
    }
  });

  it("the same seed gives the same bits, another seed another order", async () => {
    const run = (seed: number) =>
      fitWeightedMle(policy, data, { method: "adam", batchSize: 4, seed, maxIterations: 20 });
    const [a, b, c] = [await run(3), await run(3), await run(4)];
    expect([...a.parameters]).toEqual([...b.parameters]);
    expect([...a.parameters]).not.toEqual([...c.parameters]);
  });

  it("minibatches of Adam lead to the optimum of all queries", async () => {
    const best = await fitWeightedMle(policy, data);
    const fitted = await fitWeightedMle(policy, data, { method: "adam", batchSize: 4, maxIterations: 2000 });
    expect(best.objective - fitted.objective).toBeLessThanOrEqual(1e-6);
  });

  it("progress names the iteration and an objective that only rises", async () => {
    const seen: number[] = [];
    const fitted = await fitWeightedMle(policy, data, {
      method: "lbfgs",
      onProgress: ({ iteration, objective }) => expect(seen.push(objective)).toBe(iteration + 1),
    });
    expect(seen.length).toBe(fitted.iterations + 1);
    for (let i = 1; i < seen.length; i++) expect(seen[i]).toBeGreaterThanOrEqual(seen[i - 1] - 1e-13);
  });

  it("a policy of one's own needs log-probabilities and a gradient", async () => {
    // Two answers, π(1) = σ(θ³ + θ): no library policy has that.
    const on: ConditionalPolicy<number> = {
      support: [0, 1],
      logProbabilities: ([t]) =>
        Float64Array.of(-Math.log1p(Math.exp(t ** 3 + t)), -Math.log1p(Math.exp(-(t ** 3) - t))),
      addGradient([t], [a, b], gradient) {
        const p = 1 / (1 + Math.exp(-(t ** 3) - t));
        gradient[0] += (b * (1 - p) - a * p) * (3 * t * t + 1);
      },
      sample: () => 0,
    };
    const own: Policy<unknown, number> = { size: 1, on: () => on };
    const fitted = await fitWeightedMle(own, { target: measure([0, 1], [1, 9]) });
    expect(fitted.converged).toBe(true);
    expect(fitted.parameters[0] ** 3 + fitted.parameters[0]).toBeCloseTo(Math.log(9), 9);
  });
});

describe("bad input is refused by name", () => {
  const policy = tabularPolicy(["a", "b"]);
  const weights = importanceWeights({ ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 });
  const half = logLinearPolicy({ size: 1, base: () => measure(["a", "b"], [1, 0]), features: () => [1] });
  it.each([
    [
      "an unknown answer",
      () => fitWeightedMle(policy, { target: uniform(["a", "c" as "b"]) }),
      RangeError,
      "data.target.support[1] must be an answer of the policy",
    ],
    ["an impossible answer", () => fitWeightedMle(half, weights), RangeError, "data must have mass only on answers"],
    ["no data", () => fitWeightedMle(policy, []), RangeError, "data must have at least one target"],
    ["no target", () => fitWeightedMle(policy, {} as never), TypeError, "data must be an object with a target"],
    [
      "no ref",
      () => fitWeightedMle(policy, { target: weights.target }, { klToRef: 1 }),
      TypeError,
      "data.ref must be a measure",
    ],
    [
      "no closed form",
      () => fitWeightedMle(policy, weights, { ridge: 1, method: "closed form" }),
      RangeError,
      "options.method must be an iterative one",
    ],
    [
      "a method",
      () => fitWeightedMle(policy, weights, { method: "magic" as never }),
      RangeError,
      "options.method must be one of",
    ],
    [
      "a start of wrong length",
      () => fitWeightedMle(policy, weights, { start: [0] }),
      TypeError,
      "parameters must have length 2",
    ],
    [
      "a ridge below 0",
      () => fitWeightedMle(policy, weights, { ridge: -1 }),
      RangeError,
      "options.ridge must be non-negative",
    ],
    [
      "a state of another kind",
      () => fitWeightedMle(policy, weights, { resume: {} as never }),
      TypeError,
      "options.resume must be a state",
    ],
  ] as const)("%s", async (_, call, type, message) => {
    await expect(call()).rejects.toThrow(type);
    await expect(call()).rejects.toThrow(message);
  });

  it("a β too small for the draws shows in the effective sample size and in k̂", async () => {
    const support = Array.from({ length: 1000 }, (_, i) => i);
    const reward = support.map((i) => -Math.log1p(-(i + 0.5) / 1000));
    const read = async (beta: number) =>
      fitWeightedMle(tabularPolicy(support), drawnWeights({ ref: uniform(support), reward, beta }, support));
    const [easy, hard] = [await read(4), await read(0.4)];
    expect(easy.paretoK).toBeLessThan(0.5);
    expect(easy.effectiveSampleSize).toBeGreaterThan(500);
    expect(hard.paretoK).toBeGreaterThan(0.7);
    expect(hard.effectiveSampleSize).toBeLessThan(10);
  });
});

describe("a log-linear policy on many queries at once", () => {
  const queries = fc.array(
    fc.record({
      shares: fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 2, maxLength: 7 }),
      forbidden: fc.nat(9),
      seed: fc.nat(1e6),
    }),
    { minLength: 2, maxLength: 12 },
  );
  test.prop([
    queries,
    fc.integer({ min: 1, max: 6 }),
    fc.constantFrom("newton", "lbfgs"),
    fc.constantFrom(1, 1e-150, 1e200),
  ])(
    "has the features of the targets in the mean: its gradient, by a plain sum, vanishes in the unit of the features",
    async (list, size, method, unit) => {
      // A ridge in the square of large units is no double. The targets have mass on all answers, so that the optimum is finite.
      const ridge = unit > 1 ? 0 : 0.01 * unit * unit;
      const read = list.map(({ shares, forbidden, seed }) => {
        const random = randomSource(String(seed));
        const support = shares.map((_, o) => o);
        const base = shares.map((_, o) => (o === forbidden ? 0 : 0.5 + random()));
        const target = shares.map((t, o) => (o === forbidden ? 0 : t));
        const rows = shares.map(() => Float64Array.from({ length: size }, () => unit * (random() - 0.5)));
        return { rows, base: measure(support, base), target: measure(support, target) };
      });
      const policy = logLinearPolicy<number, (typeof read)[number]>({
        size,
        base: (query) => query.base,
        features: (query, _, o) => query.rows[o],
      });
      const data = read.map((query) => ({ query, target: query.target }));
      const { parameters, gradientNorm, klFromTarget } = await fitWeightedMle(policy, data, { method, ridge });
      const gradient = Array.from(parameters, (t) => -ridge * t);
      let kl = 0;
      for (const query of read) {
        const score = query.rows.map(
          (row, o) => query.base.mass[o] * Math.exp(row.reduce((s, f, j) => s + f * parameters[j], 0)),
        );
        const [z, t] = [score, [...query.target.mass]].map((values) => values.reduce((s, v) => s + v, 0));
        for (const [o, row] of query.rows.entries()) {
          const [p, target] = [score[o] / z, query.target.mass[o] / t];
          if (target > 0) kl += (target * Math.log(target / p)) / read.length;
          for (let j = 0; j < size; j++) gradient[j] += ((target - p) * row[j]) / read.length;
        }
      }
      for (const g of gradient) expect(Math.abs(g)).toBeLessThanOrEqual(2e-11 * unit);
      expect(gradientNorm).toBeLessThanOrEqual(2e-11 * unit);
      expect(klFromTarget).toBeCloseTo(kl, 10);
    },
  );
});
