import {
  distribution,
  entropy,
  fromLogMass,
  klDivergence,
  measure,
  renyiEntropy,
  rlhfEquivalent,
  rlhfObjective,
  rlhfOptimalValue,
  rlhfOptimum,
  rlhfRegret,
  rlifEquivalent,
  rlifObjective,
  rlifOptimalValue,
  rlifOptimum,
  rlifRegret,
  tilt,
  unifiedObjective,
} from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";

const support = ["aa", "ab", "ba", "bb"];
const ref = measure(support, [1, 2, 3, 3]);
const internal = (beta: number, length = 2) => ({ ref, length, beta, vocabularySize: 2 });
const point = measure(support, [0, 0, 1, 0]);

describe("the regret of self-certainty", () => {
  const masses = fc.array(fc.constantFrom(0, 1e-30, 1e-6, 0.2, 1, 1, 5), { minLength: 4, maxLength: 4 });
  const some = masses.filter((m) => m.some((x) => x > 0));
  const betas = fc.constantFrom(0, 0.2, 0.5 - 2 ** -54, 0.5, 0.5 + 2 ** -53, 0.7, 3, 1e6);
  test.prop([some, some, betas])(
    "is by how much the objective falls short of its maximum, and 0 there",
    (p, q, beta) => {
      const problem = { ref: measure(support, p), length: 2, beta, vocabularySize: 2 };
      const policy = measure(support, q);
      const [regret, value] = [rlifRegret(problem, policy), rlifObjective(problem, policy)];
      expect(regret).toBeGreaterThanOrEqual(0);
      // The objective counts no mass outside the support at β = 0.
      if (beta > 0 && q.some((x, i) => x > 0 && p[i] === 0)) expect([regret, value]).toEqual([Infinity, -Infinity]);
      else if (value > -Infinity) {
        const size = Math.max(1, regret, Math.abs(value));
        expect(Math.abs(rlifOptimalValue(problem) - value - regret)).toBeLessThanOrEqual(1e-14 * size);
      }
      expect(rlifRegret(problem, rlifOptimum(problem))).toBeLessThanOrEqual(1e-30);
    },
  );

  it("keeps its digits next to the optimum, where the values have few", () => {
    const problem = internal(2);
    const near = tilt(rlifOptimum(problem), [1, 0, 0, 0], 1e6);
    // (β − 1/L)/2 of the variance of the reward, over 1e12.
    const first = rlifOptimum(problem).mass[0];
    expect(rlifRegret(problem, near) / (0.75e-12 * first * (1 - first))).toBeCloseTo(1, 5);
    expect(rlifOptimalValue(problem) - rlifObjective(problem, near)).toBeLessThan(1e-12);
  });
});

describe("the optimum of self-certainty says what it is", () => {
  it("for Lβ > 1 the escort of exponent Lβ/(Lβ − 1), the only one", () => {
    const optimum = rlifOptimum(internal(2));
    expect(optimum.regime).toBe("escort");
    expect(optimum.exponent).toBe(4 / 3);
    expect(optimum.unique).toBe(true);
    expect(optimum.modes).toEqual(["ba", "bb"]);
    expect(optimum.value).toBe(rlifOptimalValue(internal(2)));
    expect(optimum.value).toBeCloseTo(rlifObjective(internal(2), optimum), 15);
    expect(optimum.value).toBeCloseTo(Math.log(2) - renyiEntropy(ref, 4 / 3) / 2, 15);
  });

  it.each([0.5, 0.25, 0])("for Lβ ≤ 1 the modes: β = %d", (beta) => {
    const optimum = rlifOptimum(internal(beta));
    expect([optimum.regime, optimum.exponent, optimum.unique]).toEqual(["mode", Infinity, false]);
    expect([...optimum.mass]).toEqual([0, 0, 1, 0]);
    expect(optimum.logNormalizer).toBe(0);
    expect(optimum.value).toBeCloseTo(Math.log(2) + beta * Math.log(1 / 3), 15);
    expect(rlifObjective(internal(beta), point)).toBeCloseTo(optimum.value, 15);
    expect(rlifOptimum({ ...internal(beta), ref: measure(support, [1, 2, 4, 3]) }).unique).toBe(true);
  });

  it("Lβ is the exact product: 10 · 0.1 is above 1 by 5.55e−17, and 3 · 0.3333333333333333 is below", () => {
    const above = rlifOptimum(internal(0.1, 10));
    expect(above.regime).toBe("escort");
    expect(above.exponent).toBeCloseTo(1 / 5.551115123125783e-17, -2);
    expect(above.mass[2]).toBe(0.5);
    expect(rlifOptimum(internal(0.3333333333333333, 3)).regime).toBe("mode");
    expect(rlhfEquivalent(internal(0.1, 10)).beta).toBe(2 ** -54);
    // 1/3 + 2⁻⁵⁴·4/3 is a double; three times it is 1 + 2⁻⁵³, which rounds to 1.
    expect(rlhfEquivalent(internal(0.33333333333333337, 3)).beta).toBe(2 ** -53);
    expect(() => rlhfEquivalent(internal(0.5))).toThrow("rlhfEquivalent: length * beta - 1 must be positive");
  });

  it("modes are told apart by their logarithms where the masses have underflowed to a tie", () => {
    const close = fromLogMass(support, [0, -1e-17, -2e-17, 0]);
    expect(rlifOptimum({ ...internal(0.1), ref: close }).modes).toEqual(["aa", "bb"]);
  });
});

describe("a policy outside the support of ref", () => {
  const half = measure(support, [1, 1, 0, 0]);
  it("has objective −∞, and infinite regret", () => {
    expect(rlifObjective({ ...internal(1), ref: half }, point)).toBe(-Infinity);
    expect(rlhfObjective({ ref: half, reward: [0, 1, 2, 3], beta: 1 }, point)).toBe(-Infinity);
    expect(rlhfObjective({ ref: half, reward: [0, 1, 2, 3], beta: 0 }, point)).toBe(-Infinity);
    expect(rlhfRegret({ ref: half, reward: [0, 1, 2, 3], beta: 1 }, point)).toBe(Infinity);
    expect(unifiedObjective({ ref: half, beta: 1 }, point)).toBe(Infinity);
  });
});

describe("the regret", () => {
  const problem = { ref, reward: [0, 1, -1, 2], beta: 0.5 };
  it("is β·KL to the optimum, what the policy falls short of the optimal value by, and 0 at the optimum", () => {
    const optimum = rlhfOptimum(problem);
    expect(rlhfRegret(problem, ref)).toBeCloseTo(0.5 * klDivergence(ref, optimum), 15);
    expect(rlhfRegret(problem, ref)).toBeCloseTo(rlhfOptimalValue(problem) - rlhfObjective(problem, ref), 14);
    expect(rlhfRegret(problem, optimum)).toBe(0);
    expect(rlhfRegret({ ...problem, beta: 1e308 }, ref)).toBe(0);
  });
});

describe("RLHF without a price, or at an infinite one", () => {
  const problem = { ref, reward: [0, 1, -1, 2] };
  it("has as objective the mean reward at β = 0, and as optimal value that of ref at β = ∞", () => {
    expect(rlhfObjective({ ...problem, beta: 0 }, point)).toBe(-1);
    expect(rlhfOptimalValue({ ...problem, beta: Infinity })).toBeCloseTo((2 - 3 + 6) / 9, 15);
    expect([...rlhfOptimum({ ...problem, beta: Infinity }).mass]).toEqual([...distribution(support, ref.mass).mass]);
  });
});

describe("the two problems in each other's terms", () => {
  const hp = { ref, reward: ref.logMass, beta: 0.5 };
  const sizes = { length: 2, vocabularySize: 2 };
  it("β_if = (β_hf + 1)/L, and back", () => {
    const equivalent = rlifEquivalent(hp, sizes);
    expect(equivalent).toEqual({ ref, ...sizes, beta: 0.75 });
    expect(rlhfEquivalent(equivalent).beta).toBe(0.5);
    expect([...(rlhfEquivalent(equivalent).reward as Float64Array)]).toEqual([
      ...distribution(support, ref.mass).logMass,
    ]);
  });

  it("the unified objective is entropy + (β + 1)·KL", () => {
    const policy = measure(support, [4, 3, 2, 1]);
    expect(unifiedObjective({ ref, beta: 0.5 }, policy)).toBeCloseTo(
      entropy(policy) + 1.5 * klDivergence(policy, ref),
      15,
    );
  });

  it.each<[() => unknown, string]>([
    [() => rlifEquivalent({ ...hp, beta: 0 }, sizes), "rlifEquivalent: beta must be positive"],
    [
      () => rlifEquivalent(hp, { ...sizes, length: 1.5 }),
      "rlifEquivalent: length must be a whole number of at least 1, got 1.5",
    ],
    [
      () => rlifEquivalent(hp, { ...sizes, vocabularySize: 0 }),
      "rlifEquivalent: vocabularySize must be a whole number of at least 1, got 0",
    ],
    [
      () => rlifEquivalent({ ...hp, reward: [0, 0, 0, 0] }, sizes),
      "rlifEquivalent: ref must be the human-preference law of the reward to a total variation of 1e-9, got 0.1",
    ],
    [() => unifiedObjective({ ref, beta: -1 }, ref), "unifiedObjective: beta must be positive"],
    [() => rlhfObjective({ ref, reward: [0, 0, 0, 0], beta: -1 }, ref), "rlhfObjective: beta must be non-negative"],
    [() => rlhfObjective({ ref, reward: [0, 0], beta: 1 }, ref), "rlhfObjective: reward must have length 4"],
    [() => rlhfOptimalValue({ ref, reward: [0, 0, 0, 0], beta: 0 }), "rlhfOptimalValue: beta must be positive"],
    [() => rlhfOptimalValue({ ref, reward: [0, 0], beta: 1 }), "rlhfOptimalValue: reward must have length 4"],
    [() => rlhfRegret({ ref, reward: [0, 0, 0, 0], beta: 0 }, ref), "rlhfRegret: beta must be positive"],
    [() => rlhfRegret({ ref, reward: [0, 0], beta: 1 }, ref), "rlhfRegret: reward must have length 4"],
    [() => rlhfOptimum({ ref, reward: [0, 0], beta: 1 }), "rlhfOptimum: reward must have length 4"],
    [
      () => rlhfOptimum({ ref: point, reward: [0, 0, -Infinity, 0], beta: 1 }),
      "rlhfOptimum: reward must be above -Infinity for some answer of the support",
    ],
    [
      () => rlhfRegret({ ref: point, reward: [0, 0, -Infinity, 0], beta: 1 }, ref),
      "rlhfRegret: reward must be above -Infinity for some",
    ],
    [
      () => rlhfOptimalValue({ ref: point, reward: [0, 0, -Infinity, 0], beta: 1 }),
      "rlhfOptimalValue: reward must be above -Infinity for some",
    ],
    [
      () => rlifOptimalValue({ ...internal(1), length: 0 }),
      "rlifOptimalValue: length must be a whole number of at least 1, got 0",
    ],
    [
      () => rlifOptimalValue({ ...internal(1), vocabularySize: 0.5 }),
      "rlifOptimalValue: vocabularySize must be a whole number of at least 1, got 0.5",
    ],
    [() => rlifObjective(internal(-1), ref), "rlifObjective: beta must be non-negative"],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
});
