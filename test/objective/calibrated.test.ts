import { fc } from "@fast-check/vitest";
import {
  bestOfNLaw,
  calibratedReward,
  expectation,
  expectedLogMeanExp,
  maxAtKOptimum,
  measure,
  rlhfOptimum,
  tilt,
  uniform,
} from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import { describe, expect } from "vitest";
import { test } from "../support/test.js";
import { even, keys, problemOf, problems, runs } from "./witnesses.js";

const exact = exactAlgebra({ digits: 60 });
const draws = fc.constantFrom(1, 1.5, 2, 7, 100);

describe("calibratedReward", () => {
  test.prop([problems, draws], { numRuns: runs(100) })("its tilt at β = 1 is best-of-N", (given, n) => {
    const problem = problemOf(given);
    const [law, want] = [tilt(problem.ref, calibratedReward(problem, n), 1), bestOfNLaw(problem, n)];
    for (const [i, l] of law.logMass.entries()) {
      const w = want.logMass[i];
      expect(l === w || Math.abs(l - w) <= 1e-12 * (1 + Math.abs(w)), `${l} ${w}`).toBe(true);
    }
    expect(law.logNormalizer).toBeCloseTo(0, 11);
  });

  test.prop([problems], { numRuns: runs(100) })(
    "without n it is the win rate against a draw of ref, ½ on average",
    (given) => {
      const problem = problemOf(given);
      const { mass } = rlhfOptimum({ ...problem, beta: Infinity, reward: given.reward.map(() => 0) });
      const wins = (r: number) =>
        mass.reduce((sum, p, i) => sum + p * (given.reward[i] < r ? 1 : given.reward[i] === r ? 0.5 : 0), 0);
      const rates = calibratedReward(problem);
      for (const [i, rate] of rates.entries()) {
        if (given.reward[i] === -Infinity || given.mass[i] === 0) expect(rate).toBe(-Infinity);
        else expect(rate).toBeCloseTo(wins(given.reward[i]), 12);
      }
      if (!given.reward.includes(-Infinity)) expect(expectation(problem.ref, rates)).toBeCloseTo(0.5, 12);
    },
  );

  test("no increasing function of the reward changes it", () => {
    const ref = measure(keys([1, 2, 3, 4]), [1, 2, 3, 4]);
    const reward = [0.3, -2, 0.3, 5];
    expect(calibratedReward({ ref, reward: reward.map(Math.exp) })).toEqual(calibratedReward({ ref, reward }));
  });

  test("InfAlign for best-of-N: max@N of the win rate against best-of-N of ref", () => {
    const problem = { ref: measure([0, 1, 2], [2, 5, 3]), reward: [1, 0, 2] };
    const [n, beta] = [4, 0.1];
    const winRate = calibratedReward({ ref: bestOfNLaw(problem, n), reward: problem.reward });
    const value = (policy: ReturnType<typeof uniform<number>>) =>
      expectation(bestOfNLaw({ ref: policy, reward: problem.reward }, n), winRate);
    const aligned = maxAtKOptimum({ ref: problem.ref, reward: winRate, beta }, n);
    const plain = rlhfOptimum({ ref: problem.ref, reward: winRate, beta });
    expect(value(aligned)).toBeGreaterThan(0.5);
    // It keeps nearer to ref than the plain tilt, since best-of-N will do its part.
    expect(aligned.mass[2]).toBeLessThan(plain.mass[2]);
  });
});

/** E log((1/N) Σ w), all draws gone through one by one. */
function drawnMean(mass: readonly number[], logWeight: readonly number[], n: number): number {
  const total = mass.reduce((a, b) => a + b, 0);
  const all = (left: number, chance: number, drawn: number[]): number => {
    if (left === 0) {
      const top = Math.max(...drawn);
      return chance * (top + Math.log(drawn.reduce((sum, l) => sum + Math.exp(l - top), 0) / n));
    }
    return mass.reduce(
      (sum, m, i) => (m > 0 ? sum + all(left - 1, (chance * m) / total, [...drawn, logWeight[i]]) : sum),
      0,
    );
  };
  return all(n, 1, []);
}

describe("expectedLogMeanExp", () => {
  const open = problems.map((g) => ({ ...g, reward: g.reward.map((r) => Math.max(r, -4)) }));

  test.prop([open, fc.constantFrom(1, 2, 3)], { numRuns: runs(100) })(
    "is what going through all draws says",
    (given, n) => {
      const problem = problemOf(given);
      const scaled = given.reward.map((r) => r / given.beta);
      const size = 1 + Math.max(...scaled.map(Math.abs));
      const { mean, bias } = expectedLogMeanExp(problem, n);
      expect(Math.abs(mean - drawnMean(given.mass, scaled, n))).toBeLessThanOrEqual(1e-13 * size);
      expect(Math.abs(mean + bias - rlhfOptimum(problem).logNormalizer)).toBeLessThanOrEqual(1e-13 * size);
      expect(bias).toBeGreaterThanOrEqual(0);
    },
  );

  // Of weights 1 and v, the second with probability p → 0, the bias is p(v − 1 − N log(1 + (v − 1)/N)).
  test.prop([
    fc.double({ min: -300, max: -20, noNaN: true }),
    fc.oneof(fc.double({ min: -2000, max: -0.5, noNaN: true }), fc.double({ min: 0.5, max: 3, noNaN: true })),
    fc.constantFrom(1, 2, 3, 1000),
  ])("has its digits however rare the answer that makes it", (log10, r, n) => {
    const p = 10 ** log10;
    const { bias } = expectedLogMeanExp({ ref: measure([0, 1], [1, p]), reward: [0, r], beta: 1 }, n);
    const v = exact.exp(exact.number(r));
    const mean = v.plus(n - 1).div(n);
    const want = v.minus(1).minus(exact.log(mean).times(n));
    const ratio = bias / p / exact.toNumber(want);
    expect(Math.abs(ratio - 1), `${bias}`).toBeLessThanOrEqual(1e-13);
  });

  test.prop([open, fc.constantFrom(2, 3, 50), even(20, 300), even(20, 1e9)], { numRuns: runs(60) })(
    "an answer that no draw will see costs no digits, however good it is",
    (given, n, nats, reward) => {
      const top = Math.max(...given.reward.filter((_, i) => given.mass[i] > 0)) / given.beta;
      const most = Math.max(...given.mass);
      // Its part of the mean is far below the last digit.
      const mass = most * Math.exp(-nats - 2 * Math.log(reward * n));
      fc.pre(mass > 0 && mass * reward < 1e-18 * most && Math.min(...given.mass.filter((m) => m > 0)) > 1e-9 * most);
      const problem = { ref: measure(keys(given.mass), given.mass), reward: given.reward, beta: given.beta };
      const more = {
        ref: measure(keys([...given.mass, 0]), [...given.mass, mass]),
        reward: [...given.reward, (top + reward) * given.beta],
        beta: given.beta,
      };
      const [without, withOne] = [problem, more].map((p) => expectedLogMeanExp(p, n).mean);
      expect(Math.abs(withOne - without)).toBeLessThan(
        1e-12 * (1 + Math.max(...given.reward.map(Math.abs)) / given.beta),
      );
    },
  );

  test("nears the log-partition as Var(w)/(2Nμ²)", () => {
    const problem = { ref: uniform([0, 1]), reward: [0, 1], beta: 1 };
    const [mean, square] = [(1 + Math.E) / 2, (1 + Math.E ** 2) / 2];
    const { bias } = expectedLogMeanExp(problem, 1e9);
    expect(bias * 2e9).toBeCloseTo(square / mean ** 2 - 1, 8);
  });

  test("the bias falls with N", () => {
    const problem = { ref: measure([0, 1, 2], [60, 1, 39]), reward: [1, 1.2, 0], beta: 0.1 };
    const biases = [1, 2, 3, 10, 100, 1000].map((n) => expectedLogMeanExp(problem, n).bias);
    for (const [i, bias] of biases.entries()) if (i > 0) expect(bias).toBeLessThan(biases[i - 1]);
  });

  test("rewards of billions of β are passed in few steps", () => {
    const { mean, bias } = expectedLogMeanExp({ ref: uniform([0, 1]), reward: [0, 1], beta: 1e-9 }, 2);
    expect(mean).toBeCloseTo(0.75e9 - Math.log(2) / 2, 5);
    expect(bias).toBeCloseTo(0.25e9 - Math.log(2) / 2, 5);
  });

  test("a forbidden answer makes it −∞, one reward gives no bias, and n is a whole number", () => {
    const ref = uniform([0, 1]);
    expect(expectedLogMeanExp({ ref, reward: [-Infinity, 1], beta: 1 }, 5)).toEqual({
      mean: -Infinity,
      bias: Infinity,
    });
    expect(expectedLogMeanExp({ ref, reward: [1, 1], beta: 0.5 }, 5)).toEqual({ mean: 2, bias: 0 });
    expect(expectedLogMeanExp({ ref, reward: [0, 1], beta: Infinity }, 5)).toEqual({ mean: 0, bias: 0 });
    expect(() => expectedLogMeanExp({ ref, reward: [0, 1], beta: 1 }, 1.5)).toThrow(RangeError);
  });
});
