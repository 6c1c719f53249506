import { fc } from "@fast-check/vitest";
import { klDivergence, measure, rlhfObjective, rlhfOptimum, rlhfRegret, softBestOfNLaw, uniform } from "exptilt";
import {
  bestOfNDistillation,
  fitPolicyGradient,
  fitWeightedMle,
  importanceWeights,
  logLinearPolicy,
  policyDistribution,
  rewardWeightedRegression,
  tabularPolicy,
} from "exptilt/training";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";

const problems = fc
  .record({
    rows: fc.array(
      fc.tuple(fc.double({ min: 0.05, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
      { minLength: 2, maxLength: 6 },
    ),
    beta: fc.constantFrom(0.05, 0.2, 1, 10),
  })
  .map(({ rows, beta }) => ({
    ref: measure(
      [...rows.keys()],
      rows.map(([m]) => m),
    ),
    reward: rows.map(([, r]) => r),
    beta,
  }));

describe("both roads to the RLHF optimum", () => {
  test.prop([problems], { numRuns: 40 })(
    "exact policy gradient on (5) ends where weighted likelihood does",
    async (problem) => {
      const policy = tabularPolicy(problem.ref.support);
      const rl = await fitPolicyGradient(policy, problem);
      const mle = await fitWeightedMle(policy, importanceWeights(problem));
      const [a, b] = [rl, mle].map(({ parameters }) => policyDistribution(policy, parameters));
      expect(klDivergence(a, rlhfOptimum(problem))).toBeLessThanOrEqual(1e-12);
      expect(klDivergence(a, b)).toBeLessThanOrEqual(1e-12);
      expect(rl.regret).toBeLessThanOrEqual(1e-11);
    },
  );

  it("J and the regret are those of the policy reached, also where the policy cannot express the optimum", async () => {
    const problem = { ref: measure([0, 1, 2, 3], [1, 2, 3, 4]), reward: [0, 1, 0.2, 0.7], beta: 0.3 };
    const policy = logLinearPolicy<number>({ size: 1, base: () => problem.ref, features: (_, o) => [o] });
    const rl = await fitPolicyGradient(policy, problem);
    const reached = policyDistribution(policy, rl.parameters);
    expect(rl.converged).toBe(true);
    expect(rl.objective).toBeCloseTo(rlhfObjective(problem, reached), 13);
    expect(rl.regret).toBeCloseTo(rlhfRegret(problem, reached), 13);
    for (const h of [-1e-3, 1e-3]) {
      const beside = policyDistribution(policy, [rl.parameters[0] + h]);
      expect(rlhfObjective(problem, beside)).toBeLessThan(rl.objective);
    }
    // Maximum likelihood is best in the other direction of KL.
    const mle = await fitWeightedMle(policy, importanceWeights(problem));
    const imitator = policyDistribution(policy, mle.parameters);
    expect(rlhfObjective(problem, imitator)).toBeLessThan(rl.objective);
    expect(klDivergence(rlhfOptimum(problem), imitator)).toBeLessThan(klDivergence(rlhfOptimum(problem), reached));
  });

  it("Adam follows the exact gradient too", async () => {
    const problem = { ref: measure([0, 1, 2], [1, 2, 3]), reward: [0, 1, 0.2], beta: 0.3 };
    const policy = tabularPolicy([0, 1, 2]);
    const { parameters } = await fitPolicyGradient(policy, problem, { method: "adam" });
    expect(klDivergence(policyDistribution(policy, parameters), rlhfOptimum(problem))).toBeLessThanOrEqual(1e-12);
  });
});

describe("other things to imitate", () => {
  test.prop([problems, fc.constantFrom(1, 2, 7, 64)], { numRuns: 50 })(
    "best-of-N distillation reaches the exact law of soft best-of-N",
    async (problem, n) => {
      const policy = tabularPolicy(problem.ref.support);
      const { parameters } = await fitWeightedMle(policy, bestOfNDistillation(problem, n));
      expect(klDivergence(softBestOfNLaw(problem, n), policyDistribution(policy, parameters))).toBeLessThanOrEqual(
        1e-20,
      );
    },
  );

  it("as N grows distillation imitates what the importance weights do", () => {
    const problem = { ref: measure([0, 1, 2], [1, 2, 3]), reward: [0, 1, 0.2], beta: 0.3 };
    const { target } = importanceWeights(problem);
    const gap = (n: number) => klDivergence(target, bestOfNDistillation(problem, n).target);
    expect(gap(1000) / gap(100)).toBeCloseTo(0.01, 3);
  });

  it("reward-weighted regression of rewards e^{r/β} is the importance-weighted fit", () => {
    const problem = { ref: measure([0, 1, 2], [1, 2, 3]), reward: [0, 1, 0.2], beta: 0.3 };
    const { target } = rewardWeightedRegression({ ...problem, reward: (o) => Math.exp(problem.reward[o] / 0.3) });
    expect(klDivergence(target, rlhfOptimum(problem))).toBeLessThanOrEqual(1e-28);
  });
});

describe("bad input is refused by name", () => {
  const ref = uniform(["a", "b"]);
  const policy = tabularPolicy(["a", "b"]);
  it.each([
    [
      "a reward below 0",
      () => rewardWeightedRegression({ ref, reward: [1, -1] }),
      RangeError,
      "reward[1] must be non-negative",
    ],
    ["no reward", () => rewardWeightedRegression({ ref, reward: [0, 0] }), RangeError, "reward must be above 0"],
    ["N below 1", () => bestOfNDistillation({ ref, reward: [0, 1], beta: 1 }, 0.5), RangeError, "must be at least 1"],
  ] as const)("%s", (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
  it.each([
    [
      "mass where ref has none",
      () => fitPolicyGradient(policy, { ref: measure(["a", "b"], [1, 0]), reward: [0, 1], beta: 1 }),
      "policy must have no mass where ref has none",
    ],
    [
      "an unknown answer",
      () => fitPolicyGradient(policy, { ref: uniform(["a", "c" as "b"]), reward: [0, 1], beta: 1 }),
      "data[0].ref.support[1] must be an answer of the policy",
    ],
    [
      "Newton",
      () => fitPolicyGradient(policy, { ref, reward: [0, 1], beta: 1 }, { method: "newton" }),
      "options.method must be lbfgs or adam",
    ],
  ] as const)("%s", async (_, call, message) => {
    await expect(call()).rejects.toThrow(RangeError);
    await expect(call()).rejects.toThrow(message);
  });
});
