import { fc } from "@fast-check/vitest";
import {
  chiSquaredDivergence,
  distribution,
  type GrpoOptions,
  grpoOptimum,
  measure,
  normalize,
  rlhfOptimum,
  uniform,
} from "exptilt";
import { describe, expect } from "vitest";
import { advantageGap } from "../../src/objective/groupAdvantage.js";
import { test } from "../support/test.js";
import { problemOf, problems, runs, temperatures, trained } from "./witnesses.js";

const success = (p: number, beta: number) => ({ ref: measure(["right", "wrong"], [p, 1 - p]), reward: [1, 0], beta });
const means = (p: number, beta: number, options: GrpoOptions) =>
  grpoOptimum(success(p, beta), options).fixedPoints.map(({ mean }) => mean);
/** Problems whose masses have a quotient that is a double. */
const comparable = problems.filter(({ mass }) => {
  const on = mass.filter((m) => m > 0);
  return Math.max(...on) / Math.min(...on) < 1e300;
});

const near = (got: number, want: number, rel: number) => expect(Math.abs(got / want - 1)).toBeLessThanOrEqual(rel);

/** E[A | r = 1] − E[A | r = 0] in groups of G, over all outcomes of the other draws. */
function gapOf(p: number, size: number, correction: number): number {
  const advantage = (j: number, r: number) => {
    const variance = (j * (size - j)) / size / (size - correction);
    return variance > 0 ? (r - j / size) / Math.sqrt(variance) : 0;
  };
  let [gap, ways] = [0, 1];
  for (let j = 0; j < size; j++) {
    gap += ways * p ** j * (1 - p) ** (size - 1 - j) * (advantage(j + 1, 1) - advantage(j, 0));
    ways = (ways * (size - 1 - j)) / (j + 1);
  }
  return gap;
}

const binary = fc.record({ p: fc.double({ min: 0.02, max: 0.98, noNaN: true }), beta: temperatures(-1, 1) });

describe("the gap of the expected advantages of success and failure", () => {
  test.prop(
    [fc.double({ min: 0.02, max: 0.98, noNaN: true }), fc.integer({ min: 2, max: 12 }), fc.constantFrom(0, 1)],
    {
      numRuns: runs(100),
    },
  )("is that of enumerated groups, and its slope that of the gap", (p, size, correction) => {
    const logOdds = Math.log(p / (1 - p));
    const at = (x: number) => advantageGap(size, correction as 0 | 1, x);
    near(at(logOdds).gap, gapOf(p, size, correction), 1e-12);
    const step = 1e-4;
    expect(at(logOdds).slope).toBeCloseTo((at(logOdds + step).gap - at(logOdds - step).gap) / (2 * step), 7);
    expect(at(-logOdds).slope).toBeCloseTo(-at(logOdds).slope, 12);
  });

  test("with almost sure success is √(G − 1), and half-way 2 for large groups", () => {
    for (const size of [3, 100, 1e5]) {
      near(advantageGap(size, 0, 200).gap, Math.sqrt(size - 1), 1e-14);
      near(advantageGap(size, 1, -200).gap, (size - 1) / Math.sqrt(size), 1e-14);
    }
    near(advantageGap(1e6, 0, 0).gap, 2, 1e-5);
  });
});

describe("grpoOptimum", () => {
  test.each([
    [0.5, 1.508879562],
    [0.1, 0.6970060106],
    [0.9, 4.13698723],
  ])("collapses below the known β for a success probability of %d", (p, beta) => {
    const { collapse } = grpoOptimum(success(p, 1), { penalty: "kl" });
    near(collapse, beta, 1e-9);
    expect(means(p, collapse * (1 - 1e-6), { penalty: "kl" })).toEqual([1]);
    expect(means(p, collapse * (1 + 1e-6), { penalty: "kl" })).toHaveLength(3);
  });

  test("repeating the tilt ends at the attracting fixed point, and below collapse at 1", () => {
    const ends = (beta: number) => {
      let p = 0.5;
      for (let i = 0; i < 10_000; i++) p = rlhfOptimum(success(0.5, beta * Math.sqrt(p * (1 - p)) || 1e-9)).mass[0];
      return p;
    };
    near(ends(1.6), means(0.5, 1.6, { penalty: "kl" })[0], 1e-9);
    near(ends(1.6), 0.85523205, 1e-8);
    expect(ends(1.4)).toBe(1);
  });

  test("the k3 loss ends where training with it does", () =>
    near(means(0.1, 0.04, { penalty: "k3" })[0], 0.998706, 1e-6));

  test.prop([comparable, temperatures(-1, 2)], { numRuns: runs(100) })(
    "fixed points are RLHF's optima at β·sd, alternately attracting and not, and the collapsed one",
    (given, beta) => {
      // Rewards of 1e-300 beside 1 make η of 1e300.
      const reward = given.reward.map((r) => (Math.abs(r) < 1e-100 ? 0 : r));
      const problem = problemOf({ ...given, reward, beta });
      const { fixedPoints, collapse } = grpoOptimum(problem, { penalty: "kl" });
      if (fixedPoints[0].standardDeviation === 0 && fixedPoints[0].temperature === Infinity) return;
      expect(fixedPoints.at(-1)).toMatchObject({ temperature: 0, standardDeviation: 0, attracts: true });
      for (const [i, { policy, temperature, standardDeviation, attracts }] of fixedPoints.slice(0, -1).entries()) {
        expect(attracts).toBe(i % 2 === 0);
        near(temperature, beta * standardDeviation, 1e-9);
        const tilt = rlhfOptimum({ ...problem, beta: temperature });
        for (const [j, p] of policy.mass.entries()) expect(p).toBeCloseTo(tilt.mass[j], 9);
      }
      expect(fixedPoints.length % 2).toBe(1);
      expect(beta > collapse).toBe(fixedPoints.length > 1);
    },
  );

  test.prop([comparable, temperatures(-1, 1)], { numRuns: runs(100) })(
    "with the k3 loss χ²(ref‖π) is 1/β²",
    (given, beta) => {
      const open = { ...given, reward: given.reward.map((r) => (Math.abs(r) < 1e-100 ? 0 : Math.max(r, -4))), beta };
      const problem = problemOf(open);
      const [{ policy, temperature, standardDeviation }] = grpoOptimum(problem, { penalty: "k3" }).fixedPoints;
      if (temperature === Infinity) return;
      // Where almost all answers are the best, both may be below the doubles.
      if (temperature > 1e-300) near(temperature, beta * standardDeviation, 1e-9);
      near(chiSquaredDivergence(problem.ref, policy), 1 / beta ** 2, 1e-9);
    },
  );

  test.prop([binary, fc.integer({ min: 2, max: 12 }), fc.constantFrom(0, 1)], { numRuns: runs(100) })(
    "finite groups: the log-odds gain what enumerated groups say",
    ({ p, beta }, groupSize, correction) => {
      const options = { groupSize, correction: correction as 0 | 1 };
      for (const { policy } of grpoOptimum(success(p, beta), { penalty: "kl", ...options }).fixedPoints) {
        const [right, wrong] = policy.logMass;
        const gain = right - wrong - Math.log(p / (1 - p));
        near(beta * gain, gapOf(policy.mass[0], groupSize, correction), 1e-9);
      }
      const [{ policy }] = grpoOptimum(success(p, beta), { penalty: "k3", ...options }).fixedPoints;
      const [right, wrong] = policy.mass;
      expect(gapOf(right, groupSize, correction) * right * wrong).toBeCloseTo(beta * (right - p), 9);
    },
  );

  test("two draws: the gap is 1 for the population's deviation and 1/√2 for the sample's, and large groups near G = ∞", () => {
    const [p, beta] = [0.3, 1.7];
    const logit = (x: number) => Math.log(x / (1 - x));
    near(logit(means(p, beta, { penalty: "kl", groupSize: 2 })[0]) - logit(p), 1 / beta, 1e-12);
    const sample = means(p, beta, { penalty: "kl", groupSize: 2, correction: 1 })[0];
    near(logit(sample) - logit(p), Math.SQRT1_2 / beta, 1e-12);
    near(means(p, beta, { penalty: "kl", groupSize: 1e6 })[0], means(p, beta, { penalty: "kl" })[0], 1e-5);
  });

  test.prop([binary, fc.constantFrom(2, 4, 8)], { numRuns: runs(30) })(
    "is where training ends",
    ({ p, beta }, groupSize) => {
      for (const penalty of ["kl", "k3"] as const) {
        const { fixedPoints } = grpoOptimum(success(p, beta), { penalty, groupSize });
        const ref = [p, 1 - p];
        const law = trained(ref, (policy) => {
          const gap = gapOf(policy[0], groupSize, 0);
          const price = (i: number) =>
            penalty === "kl" ? -beta * Math.log(policy[i] / ref[i]) : (beta * ref[i]) / policy[i];
          return [gap + price(0), price(1)];
        });
        const ends = fixedPoints.filter(({ attracts }) => attracts).map(({ mean }) => Math.abs(mean - law[0]));
        expect(Math.min(...ends)).toBeLessThan(1e-6);
      }
    },
  );

  test("without the deviation the own reward in the mean makes the temperature β·G/(G − 1)", () => {
    const problem = { ref: measure([0, 1, 2], [2, 5, 3]), reward: [1, 0, 2], beta: 0.75 };
    const [{ policy, temperature }] = grpoOptimum(problem, {
      penalty: "kl",
      groupSize: 4,
      normalize: "none",
    }).fixedPoints;
    expect(temperature).toBe(1);
    expect(policy.mass).toEqual(rlhfOptimum({ ...problem, beta: 1 }).mass);
  });

  test.prop([problems, fc.constantFrom(2, 5, Infinity)], { numRuns: runs(100) })(
    "with the k3 loss and without the deviation, ref/π falls by Δr/T, T = β·G/(G − 1)",
    (given, groupSize) => {
      const problem = problemOf(given);
      const { fixedPoints } = grpoOptimum(problem, { penalty: "k3", groupSize, normalize: "none" });
      expect(fixedPoints).toHaveLength(1);
      const [{ policy, temperature, attracts }] = fixedPoints;
      expect(attracts).toBe(true);
      const own = groupSize === Infinity ? given.beta : (given.beta * groupSize) / (groupSize - 1);
      near(temperature, own, 1e-15);
      const { logMass } = normalize(problem.ref);
      const on = given.mass.flatMap((m, i) => (m > 0 && given.reward[i] > -Infinity ? [i] : []));
      const quotient = (i: number) => Math.exp(logMass[i] - policy.logMass[i]);
      for (const i of on) {
        const fall = (given.reward[i] - given.reward[on[0]]) / own;
        const size = quotient(on[0]) + quotient(i) + Math.abs(fall);
        expect(Math.abs(quotient(on[0]) - quotient(i) - fall)).toBeLessThan(1e-9 * size);
      }
    },
  );

  test.prop([binary, fc.integer({ min: 2, max: 12 }), fc.constantFrom(0.01, 0.5, 7)], { numRuns: runs(60) })(
    "finite groups: each fixed point is the optimum at its temperature, in units of the reward",
    ({ p, beta }, groupSize, unit) => {
      const ref = measure(["right", "wrong"], [p, 1 - p]);
      const problem = { ref, reward: [3 * unit, 2 * unit], beta };
      for (const { policy, temperature, standardDeviation } of grpoOptimum(problem, { penalty: "kl", groupSize })
        .fixedPoints) {
        near(policy.mass[1], rlhfOptimum({ ...problem, beta: temperature }).mass[1], 1e-9);
        near(standardDeviation, unit * Math.sqrt(policy.mass[0] * policy.mass[1]), 1e-12);
      }
      const [{ policy, temperature }] = grpoOptimum(problem, { penalty: "k3", groupSize }).fixedPoints;
      near((1 - p) / policy.mass[1] - p / policy.mass[0], unit / temperature, 1e-9);
    },
  );

  test.each([0.5, 0.1, 0.9, 0.01, 0.99])("large groups have all fixed points of G = ∞, at p = %d", (p) => {
    const beta = 1.05 * grpoOptimum(success(p, 1), { penalty: "kl" }).collapse;
    for (const groupSize of [1e4, 1e6]) {
      const some = grpoOptimum(success(p, beta), { penalty: "kl", groupSize }).fixedPoints;
      const all = grpoOptimum(success(p, beta), { penalty: "kl" }).fixedPoints;
      expect(some.map(({ attracts }) => attracts)).toEqual([true, false, true]);
      for (const [i, { mean }] of all.entries()) expect(Math.abs(some[i].mean - mean)).toBeLessThan(30 / groupSize);
    }
  });

  test.prop([problems, fc.constantFrom(-400, -40, 40, 400)], { numRuns: runs(40) })(
    "in other units of the reward the policies are the same",
    (given, exponent) => {
      const reward = given.reward.map((r) => (Math.abs(r) < 1e-9 ? 0 : r));
      const problem = problemOf({ ...given, reward });
      const unit = 2 ** exponent;
      for (const penalty of ["kl", "k3"] as const) {
        const { fixedPoints, collapse } = grpoOptimum(problem, { penalty });
        const other = grpoOptimum({ ...problem, reward: reward.map((r) => r * unit) }, { penalty });
        expect(other.fixedPoints).toHaveLength(fixedPoints.length);
        expect(Math.abs(other.collapse - collapse)).toBeLessThanOrEqual(1e-9 * collapse);
        for (const [i, { policy, standardDeviation }] of fixedPoints.entries()) {
          for (const [j, m] of policy.mass.entries())
            expect(Math.abs(other.fixedPoints[i].policy.mass[j] - m)).toBeLessThan(1e-9);
          expect(Math.abs(other.fixedPoints[i].standardDeviation / unit - standardDeviation)).toBeLessThanOrEqual(
            1e-9 * standardDeviation + 1e-300 / unit,
          );
        }
      }
    },
  );

  test("several fixed points coexist in one problem", () => {
    const problem = { ref: measure(["right", "hacked", "wrong"], [60, 1, 39]), reward: [1, 1.2, 0], beta: 2 };
    const { fixedPoints } = grpoOptimum(problem, { penalty: "kl" });
    expect(fixedPoints.map(({ attracts }) => attracts)).toEqual([true, false, true, false, true]);
  });

  test("one reward for all, and β = ∞, give ref", () => {
    const ref = measure([0, 1], [1, 3]);
    for (const [reward, beta] of [
      [[2, 2], 1],
      [[0, 1], Infinity],
    ] as const) {
      for (const penalty of ["kl", "k3"] as const) {
        const { fixedPoints } = grpoOptimum({ ref, reward, beta }, { penalty });
        expect(fixedPoints).toHaveLength(1);
        expect(fixedPoints[0]).toMatchObject({ temperature: Infinity, attracts: true });
        expect(Array.from(fixedPoints[0].policy.mass)).toEqual(Array.from(distribution([0, 1], [1, 3]).mass));
      }
    }
  });

  test("refuses finite groups of more than two rewards, and what is no option", () => {
    const problem = { ref: uniform([0, 1, 2]), reward: [0, 1, 2], beta: 1 };
    expect(() => grpoOptimum(problem, { penalty: "kl", groupSize: 8 })).toThrow(
      "grpoOptimum: options.groupSize must be Infinity where there are more than two rewards, got 8",
    );
    expect(() => grpoOptimum(problem, { penalty: "k2" as never })).toThrow(
      new TypeError('grpoOptimum: options.penalty must be kl or k3, got "k2"'),
    );
    expect(() => grpoOptimum(problem, { penalty: "kl", normalize: "mean" as never })).toThrow(
      new TypeError('grpoOptimum: options.normalize must be std or none, got "mean"'),
    );
    expect(() => grpoOptimum(problem, { penalty: "kl", groupSize: 1 })).toThrow(
      new RangeError("grpoOptimum: options.groupSize must be a whole number of at least 2, got 1"),
    );
    expect(() => grpoOptimum(problem, { penalty: "kl", correction: 2 as never })).toThrow(
      new RangeError("grpoOptimum: options.correction must be 0 or 1, got 2"),
    );
    expect(() => grpoOptimum(problem, { penalty: "kl", correction: "1" as never })).toThrow(
      new TypeError('grpoOptimum: options.correction must be a number, got "1"'),
    );
  });
});
