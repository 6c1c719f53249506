/** A measure that others made is read when a function needs it: what is wrong with it is said under the argument's name. */
import {
  calibratedReward,
  categoricalQuantile,
  categoricalSampler,
  chiSquaredDivergence,
  dpoOptimum,
  entropy,
  escort,
  expectation,
  expectedLogMeanExp,
  generalizedKlDivergence,
  grpoOptimum,
  jensenShannonDivergence,
  klDivergence,
  klEstimator,
  klPenaltyOptimum,
  logUtility,
  type Measure,
  maxAtKOptimum,
  measure,
  nashOptimum,
  normalize,
  power,
  product,
  randomSource,
  regularizedObjective,
  regularizedOptimum,
  regularizedRegret,
  renyiDivergence,
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
  samplingProbabilities,
  tilt,
  tiltedMass,
  totalVariation,
  unifiedObjective,
  utilityOptimum,
} from "exptilt";
import { describe, expect, it } from "vitest";

const support = ["a", "b"];
const good = measure(support, [1, 3]);
const bad = { support, mass: Float64Array.of(1, Number.NaN), logMass: Float64Array.of(0, 0) };
const reward = (answer: string) => Number(answer === "b");
const preference = [
  [0.5, 0.25],
  [0.75, 0.5],
];
const comparisons = [{ tie: ["a", "b"] as const }] as never;
const length = 2;
const vocabularySize = 2;
const out = new Float64Array(2);
const rng = randomSource(1);

const calls: [string, argument: string, (p: Measure<string>) => unknown][] = [
  ["entropy", "p", (p) => entropy(p)],
  ["renyiEntropy", "p", (p) => renyiEntropy(p, 2)],
  ["klDivergence", "p", (p) => klDivergence(p, good)],
  ["klDivergence", "q", (q) => klDivergence(good, q)],
  ["generalizedKlDivergence", "p", (p) => generalizedKlDivergence(p, good)],
  ["generalizedKlDivergence", "q", (q) => generalizedKlDivergence(good, q)],
  ["totalVariation", "p", (p) => totalVariation(p, good)],
  ["totalVariation", "q", (q) => totalVariation(good, q)],
  ["chiSquaredDivergence", "p", (p) => chiSquaredDivergence(p, good)],
  ["chiSquaredDivergence", "q", (q) => chiSquaredDivergence(good, q)],
  ["jensenShannonDivergence", "p", (p) => jensenShannonDivergence(p, good)],
  ["jensenShannonDivergence", "q", (q) => jensenShannonDivergence(good, q)],
  ["klEstimator", "policy", (p) => klEstimator(p, good, "k1")],
  ["klEstimator", "ref", (q) => klEstimator(good, q, "k1")],
  ["klEstimator", "options.behavior", (behavior) => klEstimator(good, good, "k1", { behavior })],
  ["renyiDivergence", "p", (p) => renyiDivergence(p, good, 2)],
  ["renyiDivergence", "q", (q) => renyiDivergence(good, q, 2)],
  ["normalize", "p", (p) => normalize(p)],
  ["power", "p", (p) => power(p, 2)],
  ["product", "p", (p) => product(p, good)],
  ["product", "q", (q) => product(good, q)],
  ["expectation", "p", (p) => expectation(p, reward)],
  ["tilt", "ref", (ref) => tilt(ref, reward)],
  ["tiltedMass", "ref", (ref) => tiltedMass(ref, reward, 1, out)],
  ["escort", "ref", (ref) => escort(ref, 2)],
  ["categoricalSampler", "p", (p) => categoricalSampler(p, rng)],
  ["categoricalQuantile", "p", (p) => categoricalQuantile(p, 0.5)],
  ["samplingProbabilities", "p", (p) => samplingProbabilities(p)],
  ["rlhfObjective", "ref", (ref) => rlhfObjective({ ref, reward, beta: 1 }, good)],
  ["rlhfObjective", "policy", (policy) => rlhfObjective({ ref: good, reward, beta: 1 }, policy)],
  ["regularizedObjective", "ref", (ref) => regularizedObjective({ ref, reward, beta: 1 }, good, { alpha: 2 })],
  ["regularizedObjective", "policy", (p) => regularizedObjective({ ref: good, reward, beta: 1 }, p, { alpha: 2 })],
  ["regularizedOptimum", "ref", (ref) => regularizedOptimum({ ref, reward, beta: 1 }, { alpha: 2 })],
  ["regularizedRegret", "ref", (ref) => regularizedRegret({ ref, reward, beta: 1 }, good, "jensenShannon")],
  ["regularizedRegret", "policy", (p) => regularizedRegret({ ref: good, reward, beta: 1 }, p, "klPlusChiSquared")],
  ["klPenaltyOptimum", "ref", (ref) => klPenaltyOptimum({ ref, reward, beta: 1 }, { estimator: "k3", place: "loss" })],
  ["utilityOptimum", "ref", (ref) => utilityOptimum({ ref, reward, beta: 1 }, logUtility)],
  ["grpoOptimum", "ref", (ref) => grpoOptimum({ ref, reward, beta: 1 }, { penalty: "kl" })],
  ["maxAtKOptimum", "ref", (ref) => maxAtKOptimum({ ref, reward, beta: 1 }, 2)],
  ["calibratedReward", "ref", (ref) => calibratedReward({ ref, reward })],
  ["expectedLogMeanExp", "ref", (ref) => expectedLogMeanExp({ ref, reward, beta: 1 }, 2)],
  ["rlhfOptimum", "ref", (ref) => rlhfOptimum({ ref, reward, beta: 1 })],
  ["rlhfOptimalValue", "ref", (ref) => rlhfOptimalValue({ ref, reward, beta: 1 })],
  ["rlhfRegret", "ref", (ref) => rlhfRegret({ ref, reward, beta: 1 }, good)],
  ["rlhfRegret", "policy", (policy) => rlhfRegret({ ref: good, reward, beta: 1 }, policy)],
  ["rlifObjective", "ref", (ref) => rlifObjective({ ref, length, beta: 1, vocabularySize }, good)],
  ["rlifObjective", "policy", (policy) => rlifObjective({ ref: good, length, beta: 1, vocabularySize }, policy)],
  ["rlifOptimum", "ref", (ref) => rlifOptimum({ ref, length, beta: 1, vocabularySize })],
  ["rlifOptimalValue", "ref", (ref) => rlifOptimalValue({ ref, length, beta: 1, vocabularySize })],
  ["rlhfEquivalent", "ref", (ref) => rlhfEquivalent({ ref, length, beta: 1, vocabularySize })],
  ["rlifEquivalent", "ref", (ref) => rlifEquivalent({ ref, reward, beta: 1 }, { length, vocabularySize })],
  ["nashOptimum", "ref", (ref) => nashOptimum({ ref, preference, beta: 1 })],
  ["dpoOptimum", "ref", (ref) => dpoOptimum({ ref, beta: 1 }, comparisons)],
  ["unifiedObjective", "ref", (ref) => unifiedObjective({ ref, beta: 1 }, good)],
  ["unifiedObjective", "policy", (policy) => unifiedObjective({ ref: good, beta: 1 }, policy)],
];

describe("a mass that is none is named by function, argument and index", () => {
  it.each(calls)("%s: %s", (name, argument, call) => {
    expect(() => call(bad)).toThrow(`${name}: ${argument}.mass[1] must be non-negative and finite, got NaN`);
    expect(() => call({ ...bad, mass: new Float64Array(2) })).toThrow(
      `${name}: ${argument}.mass must have a positive total, got 0`,
    );
    expect(() => call({ ...bad, mass: Float64Array.of(1) })).toThrow(`${name}: ${argument}.mass must have length 2`);
    // Read whole, masses are a measure wherever they come from.
    expect(() => call({ ...bad, mass: Float64Array.of(1, Math.E) })).not.toThrow();
  });
});

const problems: [string, (problem: never) => unknown, ...fields: ("reward" | "beta")[]][] = [
  ["rlhfObjective", (problem) => rlhfObjective(problem, good), "reward", "beta"],
  ["rlhfOptimum", (problem) => rlhfOptimum(problem), "reward", "beta"],
  ["rlhfRegret", (problem) => rlhfRegret(problem, good), "reward", "beta"],
  ["regularizedObjective", (problem) => regularizedObjective(problem, good, { alpha: 2 }), "reward", "beta"],
  ["regularizedOptimum", (problem) => regularizedOptimum(problem, { alpha: 2 }), "reward", "beta"],
  ["regularizedRegret", (problem) => regularizedRegret(problem, good, { alpha: 2 }), "reward", "beta"],
  ["klPenaltyOptimum", (problem) => klPenaltyOptimum(problem, { estimator: "k1", place: "loss" }), "reward", "beta"],
  ["klPenaltyOptimum", (problem) => klPenaltyOptimum(problem, { estimator: "k2", place: "loss" }), "reward", "beta"],
  ["klPenaltyOptimum", (problem) => klPenaltyOptimum(problem, { estimator: "k3", place: "loss" }), "reward", "beta"],
  ["utilityOptimum", (problem) => utilityOptimum(problem, logUtility), "reward", "beta"],
  ["grpoOptimum", (problem) => grpoOptimum(problem, { penalty: "kl" }), "reward", "beta"],
  ["maxAtKOptimum", (problem) => maxAtKOptimum(problem, 2), "reward", "beta"],
  ["calibratedReward", (problem) => calibratedReward(problem), "reward"],
  ["expectedLogMeanExp", (problem) => expectedLogMeanExp(problem, 2), "reward", "beta"],
  ["nashOptimum", (problem) => nashOptimum(problem), "beta"],
  ["dpoOptimum", (problem) => dpoOptimum(problem, comparisons), "beta"],
];

describe("a problem that is none, its reward and its temperature are named by function and argument", () => {
  it.each(problems)("%s", (name, call, ...fields) => {
    const problem = { ref: good, reward: [0, 1], preference, beta: 1 };
    expect(() => call(problem as never)).not.toThrow();
    expect(() => call(3 as never)).toThrow(new TypeError(`${name}: problem must be an object, got 3`));
    if (fields.includes("reward")) {
      const wrong = { ...problem, reward: [0, 1, 2] };
      expect(() => call(wrong as never)).toThrow(`${name}: reward must have length 2`);
    }
    if (fields.includes("beta")) {
      const wrong = { ...problem, beta: -1 };
      expect(() => call(wrong as never)).toThrow(new RegExp(`^${name}: beta must be .*, got -1$`));
    }
  });
});

describe("what is no measure at all is named where no support is compared first", () => {
  const alone = calls.filter(([name]) =>
    [
      "entropy",
      "renyiEntropy",
      "normalize",
      "power",
      "categoricalSampler",
      "categoricalQuantile",
      "samplingProbabilities",
    ].includes(name),
  );
  it.each(alone)("%s: %s", (name, argument, call) => {
    for (const nothing of [null, undefined, 3, "a"]) {
      expect(() => call(nothing as never)).toThrow(
        new TypeError(
          `${name}: ${argument} must be a measure, made by measure(support, mass) or distribution(…), got ${JSON.stringify(nothing)}`,
        ),
      );
    }
  });
});

describe("two measures on other answers are no pair", () => {
  const pairs = calls.filter(([name]) => calls.filter(([other]) => other === name).length === 2);
  it.each(pairs)("%s: %s", (name, _, call) => {
    const other = `${name}: both measures' support[1] must be the same answer`;
    expect(() => call(measure(["a", "c"], [1, 1]))).toThrow(other);
    const message = new RegExp(`^${name}: both measures must have the same support, got (3 and 2|2 and 3) answers$`);
    expect(() => call(measure(["a", "b", "c"], [1, 1, 1]))).toThrow(message);
  });
});
