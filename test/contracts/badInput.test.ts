import {
  autoregressivePolicy,
  bestOfNLaw,
  bestOfPoissonLaw,
  calibratedReward,
  chiSquaredDivergence,
  distribution,
  dpoOptimum,
  entropy,
  escort,
  expectation,
  expectedLogMeanExp,
  fromLogMass,
  generalizedKlDivergence,
  grpoOptimum,
  humanPreference,
  jensenShannonDivergence,
  klDivergence,
  klEstimator,
  limitDistance,
  logUtility,
  type Measure,
  maxAtKOptimum,
  measure,
  nashOptimum,
  normalize,
  power,
  product,
  regularizedObjective,
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
  selectionLimit,
  selfCertainty,
  softBestOfNLaw,
  softBestOfPoissonLaw,
  tilt,
  totalVariation,
  unifiedObjective,
  uniform,
  utilityOptimum,
  weightedBestOfNLaw,
} from "exptilt";
import { describe, expect, test } from "vitest";

const ab = ["a", "b"];
const p = measure(ab, [1, 3]);
const other = measure(["a", "c"], [1, 1]);
const three = measure(["a", "b", "c"], [1, 1, 1]);
const problem = { ref: p, reward: [0, 1], beta: 0.5 };
const internal = { ref: p, length: 2, beta: 1, vocabularySize: 2 };
const wrong = (value: unknown) => value as never;

type Row = [name: string, call: () => unknown, type: typeof TypeError | typeof RangeError, message: string];

function refused(rows: readonly Row[]): void {
  test.each(rows)("%s", (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
}

describe("masses that are no measure are refused, with function, argument, index and value", () => {
  for (const [name, build] of [
    ["measure", measure],
    ["distribution", distribution],
  ] as const) {
    refused([
      [`${name}: no answers`, () => build([], []), RangeError, `${name}: support must have at least one answer`],
      [
        `${name}: a repeated answer`,
        () => build(["x", "y", "x"], [1, 1, 1]),
        RangeError,
        `${name}: support[2] must differ from every other answer (support[0] is the same), got "x"`,
      ],
      [
        `${name}: a repeated sequence`,
        () => build([["t"], ["t"]], [1, 1]),
        RangeError,
        `${name}: support[1] must differ`,
      ],
      [
        `${name}: NaN twice`,
        () => build([Number.NaN, Number.NaN], [1, 1]),
        RangeError,
        `${name}: support[1] must differ`,
      ],
      [
        `${name}: no array of answers`,
        () => build(wrong("ab"), [1, 1]),
        TypeError,
        `${name}: support must be an array of answers, got "ab"`,
      ],
      [
        `${name}: lengths differ`,
        () => build(ab, [1]),
        TypeError,
        `${name}: mass must have length 2, one entry per answer, got length 1`,
      ],
      [`${name}: no array of masses`, () => build(ab, wrong(1)), TypeError, `${name}: mass must be an array, got 1`],
      [
        `${name}: a text for a mass`,
        () => build(ab, wrong([1, "2"])),
        TypeError,
        `${name}: mass[1] must be a number, got "2"`,
      ],
      [
        `${name}: a negative mass`,
        () => build(ab, [1, -1]),
        RangeError,
        `${name}: mass[1] must be non-negative and finite, got -1`,
      ],
      [
        `${name}: a subnormal negative mass`,
        () => build(ab, [1, -5e-324]),
        RangeError,
        `${name}: mass[1] must be non-negative`,
      ],
      [
        `${name}: a NaN mass`,
        () => build(ab, [Number.NaN, 1]),
        RangeError,
        `${name}: mass[0] must be non-negative and finite, got NaN`,
      ],
      [
        `${name}: an infinite mass`,
        () => build(ab, [1, Infinity]),
        RangeError,
        `${name}: mass[1] must be non-negative and finite, got Infinity`,
      ],
      [`${name}: no mass at all`, () => build(ab, [0, 0]), RangeError, `${name}: mass must have a positive total`],
    ]);
  }
  refused([
    [
      "fromLogMass: NaN",
      () => fromLogMass(ab, [0, Number.NaN]),
      RangeError,
      "fromLogMass: logMass[1] must be a number below Infinity, got NaN",
    ],
    ["fromLogMass: +∞", () => fromLogMass(ab, [0, Infinity]), RangeError, "fromLogMass: logMass[1]"],
    [
      "fromLogMass: −∞ throughout",
      () => fromLogMass(ab, [-Infinity, -Infinity]),
      RangeError,
      "fromLogMass: logMass must have an entry above -Infinity",
    ],
    ["uniform: no answers", () => uniform([]), RangeError, "uniform: support must have at least one answer"],
  ]);
});

describe("what is no measure, or lists other answers, is refused", () => {
  const readers: [string, (m: Measure) => unknown][] = [
    ["entropy", (m) => entropy(m)],
    ["renyiEntropy", (m) => renyiEntropy(m, 2)],
    ["normalize", (m) => normalize(m)],
    ["escort", (m) => escort(m, 2)],
    ["tilt", (m) => tilt(m, [0, 1])],
    ["expectation", (m) => expectation(m, [0, 1])],
    ["utilityOptimum", (m) => utilityOptimum({ ...problem, ref: m }, logUtility)],
    ["grpoOptimum", (m) => grpoOptimum({ ...problem, ref: m }, { penalty: "k3" })],
    ["maxAtKOptimum", (m) => maxAtKOptimum({ ...problem, ref: m }, 2)],
    ["calibratedReward", (m) => calibratedReward({ ...problem, ref: m })],
    ["expectedLogMeanExp", (m) => expectedLogMeanExp({ ...problem, ref: m }, 2)],
    ["rlhfOptimum", (m) => rlhfOptimum({ ...problem, ref: m })],
    ["rlifOptimum", (m) => rlifOptimum({ ...internal, ref: m })],
    ["nashOptimum", (m) => nashOptimum({ ref: m, preference: [[0.5]], beta: 1 })],
    ["dpoOptimum", (m) => dpoOptimum({ ref: m, beta: 1 }, [])],
  ];
  test.each(readers)("%s of null or a number", (_, read) => {
    expect(() => read(wrong(null))).toThrow(TypeError);
    expect(() => read(wrong(3))).toThrow(TypeError);
  });
  const pairs: [string, (a: Measure, b: Measure) => unknown][] = [
    ["klDivergence", klDivergence],
    ["generalizedKlDivergence", generalizedKlDivergence],
    ["totalVariation", totalVariation],
    ["chiSquaredDivergence", chiSquaredDivergence],
    ["jensenShannonDivergence", jensenShannonDivergence],
    ["klEstimator", (a, b) => klEstimator(a, b, "k3")],
    ["klEstimator", (a, b) => klEstimator(a, a, "k3", { behavior: b })],
    ["renyiDivergence", (a, b) => renyiDivergence(a, b, 2)],
    [
      "regularizedObjective",
      (a, b) => regularizedObjective({ ref: a, reward: a.support.map(() => 0), beta: 1 }, b, { alpha: 2 }),
    ],
    [
      "regularizedRegret",
      (a, b) => regularizedRegret({ ref: a, reward: a.support.map(() => 0), beta: 1 }, b, { alpha: 0 }),
    ],
    ["product", product],
    ["rlhfObjective", (a, b) => rlhfObjective({ ...problem, ref: a, reward: a.support.map(() => 0) }, b)],
    ["rlhfRegret", (a, b) => rlhfRegret({ ...problem, ref: a, reward: a.support.map(() => 0) }, b)],
    ["rlifObjective", (a, b) => rlifObjective({ ...internal, ref: a }, b)],
    ["unifiedObjective", (a, b) => unifiedObjective({ ref: a, beta: 1 }, b)],
  ];
  test.each(pairs)("%s of measures on different answers", (name, f) => {
    expect(() => f(p, other)).toThrow(TypeError);
    expect(() => f(p, other)).toThrow(`${name}: both measures' support[1] must be the same answer`);
    expect(() => f(p, three)).toThrow(`${name}: both measures must have the same support, got 2 and 3 answers`);
  });
  test("measures built apart on equal answers match, sequences by their tokens", () => {
    expect(klDivergence(p, measure(["a", "b"], [1, 3]))).toBe(0);
    expect(klDivergence(measure([["x"], ["y"]], [1, 1]), measure([["x"], ["y"]], [1, 1]))).toBe(0);
  });
});

describe("rewards and temperatures out of range are refused", () => {
  const solvers: [string, (reward: ArrayLike<number>, beta: number) => unknown][] = [
    ["rlhfOptimum", (reward, beta) => rlhfOptimum({ ref: p, reward, beta })],
    ["rlhfOptimalValue", (reward, beta) => rlhfOptimalValue({ ref: p, reward, beta })],
    ["rlhfRegret", (reward, beta) => rlhfRegret({ ref: p, reward, beta }, p)],
    ["rlhfObjective", (reward, beta) => rlhfObjective({ ref: p, reward, beta }, p)],
  ];
  for (const [name, solve] of solvers) {
    refused([
      [
        `${name}: NaN reward`,
        () => solve([0, Number.NaN], 1),
        RangeError,
        `${name}: reward[1] must be a number below Infinity, got NaN`,
      ],
      [
        `${name}: +∞ reward`,
        () => solve([Infinity, 0], 1),
        RangeError,
        `${name}: reward[0] must be a number below Infinity, got Infinity`,
      ],
      [`${name}: too few rewards`, () => solve([0], 1), TypeError, `${name}: reward must have length 2`],
      [`${name}: negative β`, () => solve([0, 1], -1), RangeError, `${name}: beta must be`],
      [`${name}: NaN β`, () => solve([0, 1], Number.NaN), RangeError, `${name}: beta must be`],
      [`${name}: a text for β`, () => solve([0, 1], wrong("1")), TypeError, `${name}: beta must be a number, got "1"`],
    ]);
  }
  refused([
    [
      "β = 0 has no tilt",
      () => rlhfOptimum({ ...problem, beta: 0 }),
      RangeError,
      "rlhfOptimum: beta must be positive (Infinity allowed), got 0",
    ],
    ["β = −0 neither", () => tilt(p, [0, 1], -0), RangeError, "tilt: beta must be positive (Infinity allowed), got -0"],
    [
      "β = ∞ has no objective",
      () => rlhfObjective({ ...problem, beta: Infinity }, p),
      RangeError,
      "rlhfObjective: beta must be non-negative and finite, got Infinity",
    ],
    [
      "β = ∞ has no regret",
      () => rlhfRegret({ ...problem, beta: Infinity }, p),
      RangeError,
      "rlhfRegret: beta must be positive and finite",
    ],
    ["NaN off the support", () => tilt(measure(ab, [1, 0]), [0, Number.NaN]), RangeError, "tilt: score[1]"],
    [
      "a reward function that gives NaN",
      () => tilt(p, () => Number.NaN),
      RangeError,
      "tilt: score of support[0] must be a number below Infinity, got NaN",
    ],
    [
      "every answer forbidden",
      () => tilt(p, [-Infinity, -Infinity]),
      RangeError,
      "tilt: score must be above -Infinity",
    ],
    [
      "every rewarded answer forbidden",
      () => humanPreference(ab, [-Infinity, -Infinity]),
      RangeError,
      "humanPreference: reward must be above -Infinity",
    ],
    ["infinite exponent", () => escort(p, Infinity), RangeError, "escort: exponent must be finite, got Infinity"],
    [
      "negative power of mass 0",
      () => power(measure(ab, [1, 0]), -1),
      RangeError,
      "power: exponent -1 is negative, but mass[1] is 0",
    ],
    [
      "negative Rényi order",
      () => renyiEntropy(p, -1),
      RangeError,
      "renyiEntropy: order must be at least 0 (Infinity allowed), got -1",
    ],
    [
      "disjoint supports",
      () => product(measure(ab, [1, 0]), measure(ab, [0, 1])),
      RangeError,
      "product: no answer has positive mass under both",
    ],
  ]);
});

describe("lengths and vocabularies out of range are refused", () => {
  for (const [name, solve] of [
    ["rlifOptimum", rlifOptimum],
    ["rlifOptimalValue", rlifOptimalValue],
    ["rlifObjective", (q: typeof internal) => rlifObjective(q, p)],
    ["rlhfEquivalent", rlhfEquivalent],
  ] as [string, (q: typeof internal) => unknown][]) {
    refused([
      [
        `${name}: L = 1.5`,
        () => solve({ ...internal, length: 1.5 }),
        RangeError,
        `${name}: length must be a whole number of at least 1, got 1.5`,
      ],
      [`${name}: L = 0`, () => solve({ ...internal, length: 0 }), RangeError, `${name}: length must be a whole number`],
      [
        `${name}: |V| = NaN`,
        () => solve({ ...internal, vocabularySize: Number.NaN }),
        RangeError,
        `${name}: vocabularySize must be a whole number`,
      ],
      [
        `${name}: β < 0`,
        () => solve({ ...internal, beta: -1 }),
        RangeError,
        `${name}: beta must be non-negative and finite, got -1`,
      ],
      [
        `${name}: β = ∞`,
        () => solve({ ...internal, beta: Infinity }),
        RangeError,
        `${name}: beta must be non-negative and finite`,
      ],
    ]);
  }
  const policy = autoregressivePolicy({ vocabulary: ["x", "y"], length: 2, conditional: () => [1, 1] });
  refused([
    [
      "rlhfEquivalent: Lβ ≤ 1",
      () => rlhfEquivalent({ ...internal, beta: 0.5 }),
      RangeError,
      "rlhfEquivalent: length * beta - 1 must be positive",
    ],
    [
      "rlifEquivalent: an unfaithful reference",
      () => rlifEquivalent(problem, { length: 1, vocabularySize: 2 }),
      RangeError,
      "rlifEquivalent: ref must be the human-preference law",
    ],
    [
      "autoregressivePolicy: a repeated token",
      () => autoregressivePolicy({ vocabulary: ["x", "x"], length: 1, conditional: () => [1, 1] }),
      RangeError,
      "autoregressivePolicy: vocabulary[1] must differ",
    ],
    [
      "selfCertainty: an incomplete sequence",
      () => selfCertainty(policy, ["x"]),
      RangeError,
      "selfCertainty: sequence must have 2 tokens",
    ],
    [
      "selfCertainty: an unknown token",
      () => selfCertainty(policy, ["x", "z"]),
      RangeError,
      'selfCertainty: sequence[1] must be a token of the vocabulary, got "z"',
    ],
    [
      "selfCertainty: an unknown form",
      () => selfCertainty(policy, ["x", "y"], wrong("both")),
      RangeError,
      'selfCertainty: form must be "variant" or "original"',
    ],
  ]);
});

describe("limits that exist are taken", () => {
  test("β = ∞ gives ref, and its value is E_ref[r]", () => {
    expect(rlhfOptimum({ ...problem, beta: Infinity }).mass).toEqual(normalize(p).mass);
    expect(rlhfOptimalValue({ ...problem, beta: Infinity })).toBe(0.75);
  });
  test("the objective at β = 0 is the expected reward, −∞ outside the support of ref", () => {
    expect(rlhfObjective({ ...problem, beta: 0 }, p)).toBe(0.75);
    expect(rlhfObjective({ ref: measure(ab, [1, 0]), reward: [0, 1], beta: 0 }, p)).toBe(-Infinity);
  });
  test("a reward −∞ forbids its answer", () => {
    expect(rlhfOptimum({ ref: p, reward: [0, -Infinity], beta: 1 }).mass).toEqual(Float64Array.of(1, 0));
    expect(rlhfObjective({ ref: p, reward: [0, -Infinity], beta: 1 }, p)).toBe(-Infinity);
    expect(rlhfObjective({ ref: p, reward: [0, -Infinity], beta: 1 }, measure(ab, [1, 0]))).toBeCloseTo(
      -Math.log(4),
      15,
    );
  });
  test("at Lβ = 1 and below, RLIF sits on the modes: ties listed, the first taken", () => {
    const ref = measure(["a", "b", "c"], [2, 1, 2]);
    for (const beta of [0, 0.25, 0.5]) {
      const optimum = rlifOptimum({ ref, length: 2, beta, vocabularySize: 4 });
      expect([optimum.regime, optimum.exponent, optimum.unique, optimum.modes]).toEqual([
        "mode",
        Infinity,
        false,
        ["a", "c"],
      ]);
      expect(optimum.mass).toEqual(Float64Array.of(1, 0, 0));
      expect(optimum.value).toBeCloseTo(Math.log(4) + beta * Math.log(0.4), 15);
    }
  });
});

describe("selection is refused a number of draws, a temperature or a reward that is none", () => {
  const at = (n: unknown, beta: unknown = 1, reward: unknown = [0, 1]) =>
    softBestOfNLaw({ ref: p, reward: wrong(reward), beta: wrong(beta) }, wrong(n));
  refused([
    ["n = 0", () => at(0), RangeError, "softBestOfNLaw: n must be at least 1 and finite, got 0"],
    ["n = 0.99", () => at(0.99), RangeError, "softBestOfNLaw: n must be at least 1 and finite, got 0.99"],
    ["n = NaN", () => at(Number.NaN), RangeError, "softBestOfNLaw: n must be at least 1 and finite, got NaN"],
    ["n = ∞", () => at(Infinity), RangeError, "softBestOfNLaw: n must be at least 1 and finite, got Infinity"],
    ["n a string", () => at("4"), TypeError, 'softBestOfNLaw: n must be a number, got "4"'],
    ["β < 0", () => at(4, -0.1), RangeError, "softBestOfNLaw: beta must be at least 0"],
    ["β = NaN", () => at(4, Number.NaN), RangeError, "softBestOfNLaw: beta must be at least 0"],
    ["β left out", () => at(4, null), TypeError, "softBestOfNLaw: beta must be a number, got null"],
    ["a NaN reward", () => at(4, 1, [0, Number.NaN]), RangeError, "softBestOfNLaw: reward[1] must be a number below"],
    ["a reward of ∞", () => at(4, 1, [Infinity, 0]), RangeError, "softBestOfNLaw: reward[0] must be a number below"],
    ["rewards too few", () => at(4, 1, [0]), TypeError, "softBestOfNLaw: reward must have length 2"],
    [
      "all forbidden",
      () => at(4, 1, [-Infinity, -Infinity]),
      RangeError,
      "softBestOfNLaw: reward must be above -Infinity",
    ],
    ["no problem", () => softBestOfNLaw(wrong(undefined), 2), TypeError, "softBestOfNLaw: problem must be an object"],
    ["hard, n = 0", () => bestOfNLaw(problem, 0), RangeError, "bestOfNLaw: n must be at least 1 and finite, got 0"],
    ["hard, no problem", () => bestOfNLaw(wrong(1), 2), TypeError, "bestOfNLaw: problem must be an object"],
    [
      "rate < 0",
      () => bestOfPoissonLaw(problem, -1),
      RangeError,
      "bestOfPoissonLaw: rate must be non-negative and finite",
    ],
    ["rate NaN", () => softBestOfPoissonLaw(problem, Number.NaN), RangeError, "softBestOfPoissonLaw: rate must be"],
    [
      "limit, β < 0",
      () => selectionLimit({ ...problem, beta: -1 }),
      RangeError,
      "selectionLimit: beta must be at least 0",
    ],
    [
      "distance, n < 1",
      () => limitDistance(problem, 0.5),
      RangeError,
      "limitDistance: n must be at least 1 and finite",
    ],
    [
      "a weight below 0",
      () => weightedBestOfNLaw({ ref: p, weight: [1, -1] }, 2),
      RangeError,
      "weightedBestOfNLaw: weight[1] must be non-negative and finite, got -1",
    ],
    [
      "all weights 0",
      () => weightedBestOfNLaw({ ref: p, weight: [0, 0] }, 2),
      RangeError,
      "weightedBestOfNLaw: weight must be positive for some answer of the support, got 0",
    ],
    ["weights, no problem", () => weightedBestOfNLaw(wrong(null), 2), TypeError, "weightedBestOfNLaw: problem must be"],
  ]);
});
