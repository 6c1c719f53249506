import { fc } from "@fast-check/vitest";
import {
  distribution,
  expectation,
  klDivergence,
  logUtility,
  type MarginalUtility,
  type Measure,
  maxAtKOptimum,
  measure,
  normalize,
  passAtKUtility,
  rlhfOptimum,
  uniform,
  utilityOptimum,
} from "exptilt";
import { describe, expect } from "vitest";
import { test } from "../support/test.js";
import { expectReference, massesOf, referenceCases } from "./reference.js";
import { expectNoBetter, type Given, problemOf, problems, runs, trainable, trained } from "./witnesses.js";

const utilities: Readonly<Record<string, { U: (m: number) => number; slope: MarginalUtility }>> = {
  "pass@1": { U: (m) => m, slope: passAtKUtility(1) },
  "pass@1.5": { U: (m) => 1 - (1 - m) ** 1.5, slope: passAtKUtility(1.5) },
  "pass@4": { U: (m) => 1 - (1 - m) ** 4, slope: passAtKUtility(4) },
  log: { U: Math.log, slope: logUtility },
  root: { U: Math.sqrt, slope: (m) => 1 / (2 * Math.sqrt(m)) },
};
const named = fc.constantFrom(...Object.keys(utilities));

/** The rewards brought to [0, 1], of which some are above 0. */
const unit = ({ mass, reward, beta }: Given): Given => ({
  mass,
  reward: reward.map((r) => (r === -Infinity ? r : (r + 5) / 10)),
  beta,
});

describe("utilityOptimum", () => {
  test.each(referenceCases("utilityOptimum").map((c) => [c.id, c] as const))("%s", (_, c) => {
    const { kind, k } = c.utility;
    const { policy } = utilityOptimum(
      { ref: massesOf(c.mass), reward: c.reward, beta: c.beta },
      kind === "log" ? logUtility : passAtKUtility(k),
    );
    expectReference(policy.mass, c.expect.law, c);
  });

  test.prop([problems, named], { numRuns: runs(100) })("is the tilt at the temperature β/U′(m)", (given, name) => {
    const problem = problemOf(unit(given));
    const { policy, mean, temperature } = utilityOptimum(problem, utilities[name].slope);
    expect(mean).toBeCloseTo(expectation(policy, problem.reward), 12);
    const shortfall = expectation(
      policy,
      problem.reward.map((r) => (r === -Infinity ? 0 : 1 - r)),
    );
    const set = given.beta / utilities[name].slope(mean, shortfall);
    expect(Math.abs(temperature - set)).toBeLessThanOrEqual(1e-9 * set);
    // A temperature is rounded, and the masses are those of the one before that.
    const tilt = rlhfOptimum({ ...problem, beta: temperature });
    for (const [i, p] of tilt.mass.entries()) expect(Math.abs(policy.mass[i] - p)).toBeLessThanOrEqual(1e-12 * p);
    const { logNormalizer } = tilt;
    expect(Math.abs(policy.logNormalizer - logNormalizer)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(logNormalizer)));
  });

  test.prop([problems], { numRuns: runs(100) })("is rlhfOptimum to the last digit at pass@1", (given) => {
    const problem = problemOf(unit(given));
    expect(utilityOptimum(problem, passAtKUtility(1)).policy.mass).toEqual(rlhfOptimum(problem).mass);
  });

  test.prop([problems, named], { numRuns: runs(100) })("is beaten by no policy", (given, name) => {
    const problem = problemOf(unit(given));
    const value = (policy: Measure<number>) => {
      const mean = expectation(policy, problem.reward);
      return mean < 0
        ? -Infinity
        : utilities[name].U(Math.min(1, mean)) - problem.beta * klDivergence(policy, problem.ref);
    };
    const { policy } = utilityOptimum(problem, utilities[name].slope);
    expectNoBetter(value, policy, problem.ref, 1e-12 * (1 + problem.beta * klDivergence(policy, problem.ref)));
  });

  test.prop([trainable, named], { numRuns: runs(30) })("is where training ends", (given, name) => {
    const top = Math.max(...given.reward) || 1;
    const reward = given.reward.map((r) => 0.1 + (0.8 * r) / top);
    // Plain steps take as many as range/β to come back from where a rare answer led them.
    const scaled = { ...given, reward, beta: Math.min(Math.max(given.beta, 0.1), 2) };
    const problem = problemOf(scaled);
    const ref = distribution(problem.ref.support, scaled.mass);
    const law = trained(scaled.mass, (policy) => {
      const mean = policy.reduce((sum, p, i) => sum + p * scaled.reward[i], 0);
      const slope = utilities[name].slope(mean, 1 - mean);
      return policy.map((p, i) => slope * scaled.reward[i] - scaled.beta * (Math.log(p / ref.mass[i]) || 0));
    });
    const { policy } = utilityOptimum(problem, utilities[name].slope);
    for (const [i, p] of law.entries()) expect(policy.mass[i]).toBeCloseTo(p, 7);
  });

  test("is ref at β = ∞, and where no more reward is wanted", () => {
    const ref = measure(["a", "b"], [1, 3]);
    expect(utilityOptimum({ ref, reward: [0, 1], beta: Infinity }, logUtility)).toMatchObject({
      mean: 0.75,
      temperature: Infinity,
    });
    const { policy, temperature } = utilityOptimum({ ref, reward: [0, 1], beta: 1 }, (m) => (m < 0.7 ? 1 : 0));
    expect([policy.mass[1], temperature]).toEqual([0.75, Infinity]);
  });

  test("nears the best answers as β → 0", () => {
    const { policy } = utilityOptimum({ ref: uniform([0, 1, 2]), reward: [0, 1, 1], beta: 1e-6 }, logUtility);
    expect(Array.from(policy.mass)).toEqual([0, 0.5, 0.5]);
  });

  test("forbidden answers are left out of the mean, and rewards below 0 are passed by at log", () => {
    const ref = measure([0, 1, 2], [5, 1, 1]);
    const left = utilityOptimum({ ref, reward: [-Infinity, 0, 1], beta: 1 }, passAtKUtility(2));
    const right = utilityOptimum({ ref: measure([1, 2], [1, 1]), reward: [0, 1], beta: 1 }, passAtKUtility(2));
    expect(left.mean).toBe(right.mean);
    expect(utilityOptimum({ ref, reward: [-1, -1, 1], beta: 1 }, logUtility).mean).toBeGreaterThan(0);
  });

  test.each([
    ["negative", () => -1, /derivative\(1\) must be at least 0 .*, got -1/],
    ["no number", () => "1" as never, TypeError],
    ["increasing", (m: number) => m, /must not increase/],
    ["infinite at the largest reward", () => Infinity, /must be finite at the largest reward/],
  ])("a derivative that is %s is refused", (_, derivative, error) => {
    const problem = { ref: uniform([0, 1]), reward: [0, 1], beta: 1 };
    expect(() => utilityOptimum(problem, derivative)).toThrow(error as RegExp);
  });

  test("pass@k refuses rewards outside [0, 1], and k below 1", () => {
    const problem = { ref: uniform([0, 1]), reward: [0, 1.2], beta: 1 };
    expect(() => utilityOptimum(problem, passAtKUtility(2))).toThrow(/ must be from 0 to 1, got /);
    expect(() => passAtKUtility(0.9)).toThrow(/^passAtKUtility: k must be at least 1/);
    expect(() => utilityOptimum({ ...problem, reward: [0, 1] }, 1 as never)).toThrow(
      new TypeError("utilityOptimum: derivative must be a function, got 1"),
    );
    // Without the shortfall it is 1 − m.
    expect(passAtKUtility(3)(0.25)).toBe(3 * 0.75 ** 2);
  });
});

describe("utilityOptimum, edges", () => {
  const two = (p: number, beta: number) => ({ ref: measure([0, 1], [p, 1]), reward: [1, 0], beta });

  test("masses far apart keep their digits: ref e^{1/T} is settled to the last", () => {
    for (const want of [0.1, 0.5, 0.9]) {
      for (const exponent of [-200, -250, -300, -320]) {
        // With U = log, T = βm: the log-odds are log 10^exponent + 1/(βm). At 10^−320 U′ of ref's mean is ∞.
        const logOdds = Math.log(want / (1 - want)) - Math.log(10 ** exponent);
        const { policy } = utilityOptimum(two(10 ** exponent, 1 / (want * logOdds)), logUtility);
        expect(Math.abs(policy.mass[0] - want)).toBeLessThanOrEqual(8 * 2 ** -53 * want);
      }
    }
  });

  test("β = ∞ and U′ = 0 give ref", () => {
    for (const derivative of [logUtility, passAtKUtility(3), () => 0, (m: number) => (m < 0.1 ? 1 : 0)]) {
      for (const beta of [derivative === logUtility ? Infinity : 2, Infinity]) {
        if (derivative.length > 0 && beta < Infinity && derivative(0.2, 0.8) > 0) continue;
        const { policy, mean, temperature } = utilityOptimum(two(1, beta), derivative);
        expect(policy.mass).toEqual(Float64Array.of(0.5, 0.5));
        expect([mean, temperature]).toEqual([0.5, Infinity]);
      }
    }
  });

  test("few values of U′ are asked for", () => {
    for (const [p, beta] of [
      [1, 1],
      [1e-3, 0.1],
      [1e-300, 1e-3],
      [1e-12, 10],
    ]) {
      let asked = 0;
      const counted = (m: number) => {
        asked++;
        return logUtility(m);
      };
      utilityOptimum(two(p, beta), counted);
      expect(asked).toBeLessThanOrEqual(55);
    }
  });

  test("a derivative that is seen to increase is refused, and the message says where", () => {
    const problem = two(1, 1);
    const scripted = (values: Record<number, number>) => (m: number) => values[m] ?? 0.3;
    expect(() => utilityOptimum(problem, scripted({ 0: 0.4, 1: 0.5 }))).toThrow(
      /^utilityOptimum: derivative\(0\) must not increase: it is 0.5 at 1, got 0.4$/,
    );
    expect(() => utilityOptimum(problem, scripted({ 0: 0.1, 0.5: 0.2, 1: 0.05 }))).toThrow(
      /^utilityOptimum: derivative\(0.5\) must not increase: it is 0.1 at 0, got 0.2$/,
    );
    expect(() => utilityOptimum(problem, scripted({ 1: Infinity }))).toThrow(
      /^utilityOptimum: derivative\(1\) must be finite at the largest reward/,
    );
    expect(() => utilityOptimum(problem, scripted({ 1: -1 }))).toThrow(/^utilityOptimum: derivative\(1\) must be/);
    // A rounding is none, and equal means may have values that are apart by it.
    expect(utilityOptimum(problem, scripted({ 0: 0.3 * (1 - 2 ** -45), 1: 0.3 })).mean).toBeGreaterThan(0.5);
    expect(() => utilityOptimum(problem, scripted({ 0: 0.3 * (1 - 2 ** -35), 1: 0.3 }))).toThrow(/must not increase/);
  });

  test("means and shortfalls outside [0, 1] are named", () => {
    expect(() => passAtKUtility(2)(1.5)).toThrow(/^passAtKUtility: mean must be from 0 to 1, got 1.5/);
    expect(() => passAtKUtility(2)(0.5, -1)).toThrow(/^passAtKUtility: shortfall must be from 0 to 1, got -1/);
    expect(logUtility(0)).toBe(Infinity);
    expect(logUtility(-0)).toBe(Infinity);
  });
});

/** E[max of k draws]: Σ r (F^k − F⁻^k). */
function bestOf(policy: Measure<number>, reward: readonly number[], k: number): number {
  const { mass } = distribution(policy.support, policy.mass);
  if (reward.some((r, i) => r === -Infinity && mass[i] > 0)) return -Infinity;
  const levels = [...new Set(reward)].filter((r) => r > -Infinity).sort((a, b) => a - b);
  const upTo = levels.map((r) => mass.reduce((sum, p, i) => (reward[i] <= r ? sum + p : sum), 0));
  return levels.reduce(
    (sum, r, l) => sum + r * (Math.min(1, upTo[l]) ** k - (l > 0 ? Math.min(1, upTo[l - 1]) ** k : 0)),
    0,
  );
}
const ks = fc.constantFrom(1.01, 1.5, 2, 3.7, 8, 100);

describe("maxAtKOptimum", () => {
  test.each(referenceCases("maxAtKOptimum").map((c) => [c.id, c] as const))("%s", (_, c) => {
    const law = maxAtKOptimum({ ref: massesOf(c.mass), reward: c.reward, beta: c.beta }, c.k);
    expectReference(law.mass, c.expect.law, c);
  });

  test.prop([problems], { numRuns: runs(100) })("is rlhfOptimum to the last digit at k = 1", (given) => {
    const problem = problemOf(given);
    const [law, tilt] = [maxAtKOptimum(problem, 1), rlhfOptimum(problem)];
    expect(law.mass).toEqual(tilt.mass);
    expect(law.logNormalizer).toBe(tilt.logNormalizer);
  });

  test.prop([problems, ks], { numRuns: runs(100) })("is pass@k's optimum for success and failure", (given, k) => {
    const problem = problemOf({ ...given, reward: given.reward.map((r) => (r === -Infinity ? r : Number(r > 0))) });
    const [law, other] = [maxAtKOptimum(problem, k), utilityOptimum(problem, passAtKUtility(k)).policy];
    // A utility is told 1 − m as a double, of which a subnormal one has few digits.
    const shortfall = expectation(other, (i) => Number(problem.reward[i] === 0));
    if (shortfall < 1e-300) return;
    for (const [i, l] of law.logMass.entries()) {
      const want = other.logMass[i];
      expect(l === want || Math.abs(l - want) <= 1e-10 * (1 + Math.abs(want)), `${l} ${want}`).toBe(true);
    }
  });

  test.prop([problems, ks], { numRuns: runs(100) })(
    "log π/ref is the derivative of the mean best over β, from the lowest reward on, less the log-normaliser",
    (given, k) => {
      const problem = problemOf(given);
      const { mass, logMass, logNormalizer } = maxAtKOptimum(problem, k);
      const { logMass: before } = normalize(problem.ref);
      const on = given.mass.flatMap((m, i) => (m > 0 && given.reward[i] > -Infinity ? [i] : []));
      const levels = [...new Set(on.map((i) => given.reward[i]))].sort((a, b) => a - b);
      let derivative = levels[0] / given.beta;
      for (const [l, r] of levels.entries()) {
        for (const i of on.filter((i) => given.reward[i] === r)) {
          const size = 1 + Math.abs(logMass[i]) + Math.abs(before[i]) + Math.abs(derivative) + Math.abs(logNormalizer);
          expect(Math.abs(logMass[i] - before[i] - derivative + logNormalizer)).toBeLessThan(1e-11 * k * size);
        }
        const above = mass.reduce((sum, m, i) => (given.reward[i] > r ? sum + m : sum), 0);
        const upTo = mass.reduce((sum, m, i) => (given.reward[i] <= r ? sum + m : sum), 0);
        const logF = above < 0.5 ? Math.log1p(-above) : Math.log(upTo);
        derivative += (k * Math.exp((k - 1) * logF) * (levels[l + 1] - r)) / given.beta;
      }
    },
  );

  test.prop([problems, ks], { numRuns: runs(100) })("is beaten by no policy", (given, k) => {
    const problem = problemOf(given);
    const value = (policy: Measure<number>) =>
      bestOf(policy, given.reward, k) - given.beta * klDivergence(policy, problem.ref);
    const law = maxAtKOptimum(problem, k);
    expectNoBetter(value, law, problem.ref, 1e-11 * (1 + given.beta * klDivergence(law, problem.ref)));
  });

  test.prop([trainable, fc.constantFrom(1.5, 2, 4)], { numRuns: runs(30) })("is where training ends", (given, k) => {
    const problem = problemOf(given);
    const ref = distribution(problem.ref.support, given.mass);
    const law = trained(given.mass, (policy) => {
      const upTo = (r: number) => policy.reduce((sum, p, i) => (given.reward[i] <= r ? sum + p : sum), 0);
      // The derivative of E[max] = top − Σ F^k Δr by a probability.
      const levels = [...new Set(given.reward)].sort((a, b) => a - b);
      const gain = (own: number) =>
        -levels.slice(1).reduce((sum, r, l) => {
          const F = Math.min(1, upTo(levels[l]));
          return own <= levels[l] ? sum + k * F ** (k - 1) * (r - levels[l]) : sum;
        }, 0);
      return policy.map((p, i) => gain(given.reward[i]) - given.beta * (Math.log(p / ref.mass[i]) || 0));
    });
    const optimum = maxAtKOptimum(problem, k);
    for (const [i, p] of law.entries()) expect(optimum.mass[i]).toBeCloseTo(p, 7);
  });

  test("is ref at β = ∞ and refuses k below 1", () => {
    const problem = { ref: measure([0, 1], [1, 3]), reward: [0, 1], beta: Infinity };
    expect(Array.from(maxAtKOptimum(problem, 3).mass)).toEqual([0.25, 0.75]);
    expect(() => maxAtKOptimum(problem, 0.5)).toThrow(/^maxAtKOptimum: k must be at least 1 and finite, got 0.5/);
    expect(() => maxAtKOptimum({ ...problem, reward: [-Infinity, -Infinity] }, 2)).toThrow(RangeError);
  });
});
