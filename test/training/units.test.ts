import { fc } from "@fast-check/vitest";
import { klDivergence, type Measure, measure, rlhfOptimum, totalVariation, uniform } from "exptilt";
import {
  autoregressiveLogLinearPolicy,
  bestOfNDistillation,
  fitPolicyGradient,
  fitWeightedMle,
  fitWeightedMleStream,
  importanceWeights,
  logLinearPolicy,
  policyDistribution,
  rewardWeightedRegression,
  type TrainingMethod,
  tabularPolicy,
} from "exptilt/training";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";

/** Numbers with 10 binary digits, so that offsets of 2³⁰ of their unit lose none of them. */
const short = fc.integer({ min: 0, max: 1024 }).map((i) => i / 1024);
const problems = fc
  .array(fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), short, short), { minLength: 3, maxLength: 6 }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((queries) =>
    queries.map((rows) => ({
      ref: measure(
        [...rows.keys()],
        rows.map(([m]) => m),
      ) as Measure<number>,
      reward: rows.map(([, r]) => r),
      other: rows.map(([, , f]) => f),
      beta: 0.25,
    })),
  )
  .filter((queries) => queries.every(({ reward, other }) => new Set(reward).size > 2 && new Set(other).size > 2));
type Problems = typeof problems extends fc.Arbitrary<infer T> ? T : never;

/** Units are powers of two, or not; offsets are what a feature of that unit can carry. */
const units = fc.tuple(
  fc.constantFrom(2 ** -40, 1e-12, 1e-6, 1, 1e6, 1e12, 2 ** 40),
  fc.constantFrom(0, 0, 1, 2 ** 20, -(2 ** 30)),
);

function policyIn(queries: Problems, unit: number, offset: number) {
  // What is added in decimals is rounded: only powers of two carry an offset without loss.
  const shift = Number.isInteger(Math.log2(unit)) ? offset * unit : 0;
  return logLinearPolicy<number, number>({
    size: 2,
    base: (q) => queries[q].ref,
    features: (q, o) => [queries[q].reward[o] * unit + shift, queries[q].other[o]],
  });
}

interface Outcome {
  readonly reason: string;
  readonly iterations: number;
  readonly parameters: Float64Array;
}

const imitate = (queries: Problems) => queries.map((p, query) => ({ query, ...importanceWeights(p) }));
const distil = (queries: Problems) => queries.map((p, query) => ({ query, ...bestOfNDistillation(p, 4) }));
const regress = (queries: Problems) =>
  queries.map(({ ref, reward }, query) => ({ query, ...rewardWeightedRegression({ ref, reward }) }));
const asked = (queries: Problems) => queries.map((p, query) => ({ query, ...p }));

type Policy2 = ReturnType<typeof policyIn>;
const roads: Readonly<Record<string, (policy: Policy2, queries: Problems) => Promise<Outcome>>> = {
  "maximum likelihood, Newton": (p, q) => fitWeightedMle(p, imitate(q), { method: "newton" }),
  "maximum likelihood, L-BFGS": (p, q) => fitWeightedMle(p, imitate(q), { method: "lbfgs" }),
  "maximum likelihood, Adam": (p, q) => fitWeightedMle(p, imitate(q), { method: "adam", maxIterations: 200 }),
  "best-of-N distillation": (p, q) => fitWeightedMle(p, distil(q)),
  "reward-weighted regression": (p, q) => fitWeightedMle(p, regress(q)),
  "policy gradient, L-BFGS": (p, q) => fitPolicyGradient(p, asked(q)),
  "policy gradient, Adam": (p, q) => fitPolicyGradient(p, asked(q), { method: "adam", maxIterations: 200 }),
  "a stream": (p, q) =>
    fitWeightedMleStream(
      p,
      Array.from({ length: 60 }, () => imitate(q)),
      { learningRate: 0.1 },
    ),
};

describe("the units and the offset of a feature change neither the policy, nor the reason to stop, nor the steps", () => {
  for (const [name, road] of Object.entries(roads)) {
    test.prop([problems, units], { numRuns: 8 })(name, async (queries, [unit, offset]) => {
      const [plain, moved] = [policyIn(queries, 1, 0), policyIn(queries, unit, offset)];
      const [a, b] = [await road(plain, queries), await road(moved, queries)];
      expect(b.reason).toBe(a.reason);
      // Near the rounding of the gradient a step more or less is chance.
      expect(Math.abs(b.iterations - a.iterations)).toBeLessThanOrEqual(3);
      for (const query of queries.keys()) {
        const [p, q] = [policyDistribution(plain, a.parameters, query), policyDistribution(moved, b.parameters, query)];
        expect(totalVariation(p, q)).toBeLessThanOrEqual(1e-9);
      }
    });
  }

  test.prop([problems, fc.constantFrom(1e-12, 1e-3, 1e3, 1e12)], { numRuns: 10 })(
    "nor do the units of reward and β in policy gradient",
    async (queries, unit) => {
      const policy = policyIn(queries, 1, 0);
      const scaled = queries.map((p) => ({ ...p, reward: p.reward.map((r) => r * unit), beta: p.beta * unit }));
      const [a, b] = [await fitPolicyGradient(policy, asked(queries)), await fitPolicyGradient(policy, asked(scaled))];
      expect(b.reason).toBe(a.reason);
      for (const [j, x] of a.parameters.entries()) expect(b.parameters[j]).toBeCloseTo(x, 6);
    },
  );

  it("nor do those of a feature of prefixes", async () => {
    const trained = (unit: number, offset: number) => {
      const policy = autoregressiveLogLinearPolicy<number>({
        vocabulary: [0, 1, 2],
        length: 2,
        size: 2,
        features: (prefix, token) => [unit * (token + offset), Number(token === prefix.at(-1))],
      });
      const { support } = policy.on(undefined);
      const target = measure(
        support,
        support.map((_, i) => 1 + ((7 * i) % 5)),
      );
      return fitWeightedMle(policy, { target });
    };
    const plain = await trained(1, 0);
    for (const [unit, offset] of [
      [1e-12, 0],
      [1e12, 0],
      [2 ** -30, 2 ** 40],
    ] as const) {
      const { reason, parameters, klFromTarget } = await trained(unit, offset);
      expect(reason).toBe(plain.reason);
      expect(parameters[0] * unit).toBeCloseTo(plain.parameters[0], 9);
      expect(klFromTarget).toBeCloseTo(plain.klFromTarget, 12);
    }
  });
});

const iterative: readonly TrainingMethod[] = ["newton", "lbfgs", "adam"];

describe("an optimum lies at infinity where the target has nothing of an answer, and nowhere else", () => {
  test.prop(
    [
      fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.double({ min: 0, max: 1, noNaN: true })), {
        minLength: 2,
        maxLength: 30,
      }),
      fc.constantFrom(1e-5, 1e-3, 1e-2, 0.1),
      fc.constantFrom<TrainingMethod>("newton", "lbfgs"),
    ],
    { numRuns: 25 },
  )("a tabular policy meets every tilt, however little the target has of an answer", async (rows, beta, method) => {
    const ref = measure(
      [...rows.keys()],
      rows.map(([m]) => m),
    );
    const problem = { ref, reward: rows.map(([, r]) => r), beta };
    const fitted = await fitWeightedMle(tabularPolicy(ref.support), importanceWeights(problem), { method });
    expect(fitted.reason).not.toBe("unbounded");
    expect(fitted.converged).toBe(true);
    expect(fitted.klFromTarget).toBeLessThanOrEqual(1e-12);
    const closed = await fitWeightedMle(tabularPolicy(ref.support), importanceWeights(problem));
    const law = policyDistribution(tabularPolicy(ref.support), closed.parameters);
    // What the target has too little of for a double is still in its logarithm.
    expect(klDivergence(rlhfOptimum(problem), law)).toBeLessThanOrEqual(1e-20);
    const climbed = await fitPolicyGradient(tabularPolicy(ref.support), problem);
    expect(climbed.converged).toBe(true);
    expect(climbed.regret / beta).toBeLessThanOrEqual(1e-10);
  });

  const corners = [
    [0, 0],
    [1, 0],
    [0, 1],
  ];
  it.each([
    ["newton", 1e-12],
    ["newton", 1],
    ["newton", 1e12],
    ["lbfgs", 1e-12],
    ["lbfgs", 1],
    ["lbfgs", 1e12],
  ] as const)("%s, features in units of %d: separable, also where no feature points there", async (method, unit) => {
    const base = () => uniform([0, 1, 2]);
    const straight = logLinearPolicy<number>({
      size: 2,
      base,
      features: (_, o) => [corners[o][0], unit * corners[o][1]],
    });
    const turned = logLinearPolicy<number>({
      size: 2,
      base,
      features: (_, o) => [corners[o][0] + corners[o][1], unit * (corners[o][0] - corners[o][1])],
    });
    for (const policy of [straight, turned]) {
      const sure = await fitWeightedMle(policy, { target: measure([0, 1], [1, 1]) }, { method });
      expect(sure).toMatchObject({ converged: false, reason: "unbounded" });
      expect(sure.objective).toBeCloseTo(-Math.log(2), 10);
      const nearly = await fitWeightedMle(policy, { target: measure([0, 1, 2], [1, 1, 1e-9]) }, { method });
      expect(nearly.converged).toBe(true);
    }
    // The answer that the target has nothing of lies between two that it has something of.
    const between = logLinearPolicy<number>({ size: 1, base, features: (_, o) => [unit * o] });
    const inside = await fitWeightedMle(between, { target: measure([0, 2], [1, 3]) }, { method });
    expect(inside.converged).toBe(true);
  });
});

describe("logits that start at −∞ stay there", () => {
  const ref = measure([0, 1, 2, 3], [1, 2, 3, 4]);
  const policy = tabularPolicy(ref.support);
  const start = [0, -Infinity, 0.5, -1];
  const problem = { ref, reward: [0.3, 0.1, 0.9, 0.5], beta: 0.2 };
  // The best law without answer 1.
  const best = measure(
    [0, 1, 2, 3],
    Array.from(rlhfOptimum(problem).mass, (m, i) => (i === 1 ? 0 : m)),
  );

  it.each(iterative)("%s converges on the others", async (method) => {
    const fitted = await fitWeightedMle(policy, { target: best }, { method, start });
    expect(fitted).toMatchObject({ converged: true, reason: "gradient" });
    expect(fitted.parameters[1]).toBe(-Infinity);
    expect(fitted.klFromTarget).toBeLessThanOrEqual(1e-20);
  });

  it.each(["lbfgs", "adam"] as const)("policy gradient by %s converges on the others", async (method) => {
    const fitted = await fitPolicyGradient(policy, problem, { method, start });
    expect(fitted).toMatchObject({ converged: true, reason: "gradient" });
    expect(fitted.parameters[1]).toBe(-Infinity);
    expect(klDivergence(policyDistribution(policy, fitted.parameters), best)).toBeLessThanOrEqual(1e-14);
  });

  it("but not with a ridge, and a policy that has lost an answer says that it is at no optimum", async () => {
    await expect(fitWeightedMle(policy, { target: best }, { method: "lbfgs", start, ridge: 1 })).rejects.toThrow(
      "fitWeightedMle: options.start[1] must be finite where options.ridge is above 0, got -Infinity",
    );
    const lost = await fitPolicyGradient(policy, problem, { start: [0, 0, -800, 0] });
    expect(lost).toMatchObject({ converged: false, reason: "rounding" });
    const found = await fitWeightedMle(
      policy,
      { target: rlhfOptimum(problem) },
      { method: "newton", start: [0, 0, -800, 0] },
    );
    expect(found.converged).toBe(true);
  });
});
