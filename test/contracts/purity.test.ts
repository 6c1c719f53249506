import { fc } from "@fast-check/vitest";
import * as library from "exptilt";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";

const { measure } = library;
const mass = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 1e-6, max: 10, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(0) },
);
const instance = fc
  .array(fc.tuple(mass, mass, fc.double({ min: -5, max: 5, noNaN: true })), { minLength: 1, maxLength: 20 })
  .filter((rows) => rows.some(([a]) => a > 0) && rows.some(([, b]) => b > 0))
  .map((rows) => ({ p: rows.map((r) => r[0]), q: rows.map((r) => r[1]), r: rows.map((x) => x[2]) }));

const frozenPreferences = (r: readonly number[]) =>
  Object.freeze(r.map((a) => Object.freeze(r.map((b) => (a === b ? 0.5 : Number(a > b))))));

/** A tie of the first two answers with mass. */
const frozenTie = ({ support, mass }: library.Measure): library.PairwiseComparison<unknown>[] => {
  const [a, b] = support.filter((_, i) => mass[i] > 0);
  return b === undefined ? [] : [Object.freeze({ tie: Object.freeze([a, b] as const) })];
};

/** The policy of one token with a law. */
const nextToken = (law: library.Measure) =>
  library.autoregressivePolicy({ vocabulary: law.support, length: 1, conditional: () => law });

/** Every function of laws and measures, on two measures and a reward. */
const calls: [string, (p: library.Measure, q: library.Measure, r: readonly number[]) => unknown][] = [
  ["normalize", (p) => library.normalize(p)],
  ["power", (p) => library.power(p, 2)],
  ["tilt", (p, _, r) => library.tilt(p, r, 0.5)],
  ["tiltedMass", (p, _, r) => library.tiltedMass(p, r, 0.5, new Float64Array(r.length))],
  ["escort", (p) => library.escort(p, 1.5)],
  ["expectation", (p, _, r) => library.expectation(p, r)],
  ["entropy", (p) => library.entropy(p)],
  ["renyiEntropy", (p) => library.renyiEntropy(p, 2)],
  ["klDivergence", (p, q) => library.klDivergence(p, q)],
  ["generalizedKlDivergence", (p, q) => library.generalizedKlDivergence(p, q)],
  ["totalVariation", (p, q) => library.totalVariation(p, q)],
  ["chiSquaredDivergence", (p, q) => library.chiSquaredDivergence(p, q)],
  ["jensenShannonDivergence", (p, q) => library.jensenShannonDivergence(p, q)],
  ["renyiDivergence", (p, q) => library.renyiDivergence(p, q, 2)],
  ["regularizedOptimum", (p, _, r) => library.regularizedOptimum({ ref: p, reward: r, beta: 0.5 }, { alpha: 2 })],
  ["regularizedOptimum", (p, _, r) => library.regularizedOptimum({ ref: p, reward: r, beta: 0.5 }, { alpha: 0 })],
  [
    "regularizedObjective",
    (p, q, r) => library.regularizedObjective({ ref: p, reward: r, beta: 1 }, q, "jensenShannon"),
  ],
  ["regularizedRegret", (p, q, r) => library.regularizedRegret({ ref: p, reward: r, beta: 1 }, q, "klPlusChiSquared")],
  [
    "klPenaltyOptimum",
    (p, _, r) => library.klPenaltyOptimum({ ref: p, reward: r, beta: 1 }, { estimator: "k1", place: "loss" }),
  ],
  ["klEstimator", (p, q) => library.klEstimator(p, q, "k3", { behavior: p })],
  ["humanPreference", (p, _, r) => library.humanPreference(p.support, r)],
  ["rlhfObjective", (p, q, r) => library.rlhfObjective({ ref: p, reward: r, beta: 0.5 }, q)],
  [
    "utilityOptimum",
    (p, _, r) =>
      library.utilityOptimum({ ref: p, reward: r.map((x) => (x + 6) / 11), beta: 0.5 }, library.passAtKUtility(4))
        .policy,
  ],
  ["grpoOptimum", (p, _, r) => library.grpoOptimum({ ref: p, reward: r, beta: 2 }, { penalty: "kl" }).collapse],
  ["maxAtKOptimum", (p, _, r) => library.maxAtKOptimum({ ref: p, reward: r, beta: 0.5 }, 4)],
  ["calibratedReward", (p, _, r) => library.calibratedReward({ ref: p, reward: r }, 4)[0]],
  ["expectedLogMeanExp", (p, _, r) => library.expectedLogMeanExp({ ref: p, reward: r, beta: 0.5 }, 4).mean],
  ["rlhfOptimum", (p, _, r) => library.rlhfOptimum({ ref: p, reward: r, beta: 0.5 })],
  ["rlhfOptimalValue", (p, _, r) => library.rlhfOptimalValue({ ref: p, reward: r, beta: 0.5 })],
  ["rlhfRegret", (p, q, r) => library.rlhfRegret({ ref: p, reward: r, beta: 0.5 }, q)],
  ["rlifObjective", (p, q) => library.rlifObjective({ ref: p, length: 2, beta: 1, vocabularySize: 3 }, q)],
  ["rlifOptimum", (p) => library.rlifOptimum({ ref: p, length: 2, beta: 1, vocabularySize: 3 })],
  ["rlifOptimalValue", (p) => library.rlifOptimalValue({ ref: p, length: 2, beta: 1, vocabularySize: 3 })],
  ["bestOfNLaw", (p, _, r) => library.bestOfNLaw({ ref: p, reward: r }, 4)],
  ["softBestOfNLaw", (p, _, r) => library.softBestOfNLaw({ ref: p, reward: r, beta: 0.5 }, 4)],
  ["metropolisLaw", (p, _, r) => library.metropolisLaw({ ref: p, reward: r, beta: 0.5 }, 4)],
  ["rejectionSamplingLaw", (p, _, r) => library.rejectionSamplingLaw({ ref: p, reward: r, beta: 0.5 }, 4).law],
  ["bestOfPoissonLaw", (p, _, r) => library.bestOfPoissonLaw({ ref: p, reward: r }, 3)],
  ["softBestOfPoissonLaw", (p, _, r) => library.softBestOfPoissonLaw({ ref: p, reward: r, beta: 0.5 }, 3)],
  ["selectionLimit", (p, _, r) => library.selectionLimit({ ref: p, reward: r, beta: 0 })],
  ["limitDistance", (p, _, r) => library.limitDistance({ ref: p, reward: r, beta: 0.5 }, 4).kl],
  ["selectionCurve", (p, _, r) => library.selectionCurve({ ref: p, reward: r, beta: 0.5 }, [1, 4])[1].klToRef],
  ["winRate", (p, q, r) => library.winRate({ ref: p, reward: r }, q)],
  ["policyReading", (p, q, r) => library.policyReading({ ref: p, reward: r }, q).reward],
  ["softBestOfNBounds", (p, _, r) => library.softBestOfNBounds({ ref: p, reward: r, beta: 0.5 }, 4).upper[0]],
  ["firstOrderExpansion", (p, _, r) => library.firstOrderExpansion({ ref: p, reward: r, beta: 0.5 }).kl],
  ["samplesNeeded", (p, _, r) => library.samplesNeeded({ ref: p, reward: r, beta: 0.5 }, { kl: 1e-3 })],
  ["betaForKl", (p, _, r) => library.betaForKl({ ref: p, reward: r }, 0)],
  ["nashOptimum", (p, _, r) => library.nashOptimum({ ref: p, preference: frozenPreferences(r), beta: 0.5 })],
  ["dpoOptimum", (p) => library.dpoOptimum({ ref: p, beta: 0.5 }, frozenTie(p))],
  ["softValues", (p, _, r) => library.softValues(nextToken(p), r, 0.5).policy.conditional([])],
  ["unifiedObjective", (p, q) => library.unifiedObjective({ ref: p, beta: 1 }, q)],
];

describe("no function changes its inputs: frozen arrays go in, and measures read the same after", () => {
  for (const [name, call] of calls) {
    test.prop([instance])(name, ({ p, q, r }) => {
      const support = Object.freeze(p.map((_, i) => `answer ${i}`));
      const [a, b] = [measure(support, Object.freeze([...p])), measure(support, Object.freeze([...q]))];
      const before = [a, b].map((m) => [m.mass.slice(), m.logMass.slice()]);
      const first = call(a, b, Object.freeze([...r]));
      expect([a, b].map((m) => [m.mass, m.logMass])).toEqual(before);
      // Pure: asked again, the same answer.
      const again = call(a, b, Object.freeze([...r]));
      if (typeof first === "number") expect(again).toBe(first);
      else expect((again as library.Measure).mass).toEqual((first as library.Measure).mass);
    });
  }
});

describe("a measure keeps nothing of the caller's arrays", () => {
  it("writing to them afterwards changes no measure", () => {
    const [answers, masses] = [["a", "b"], Float64Array.of(1, 3)];
    const p = measure(answers, masses);
    answers[0] = "z";
    masses[0] = 100;
    expect(p.support).toEqual(["a", "b"]);
    expect(p.mass).toEqual(Float64Array.of(1, 3));
  });
});
