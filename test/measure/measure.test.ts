import {
  categoricalQuantile,
  categoricalSampler,
  distribution,
  entropy,
  escort,
  expectation,
  fromLogMass,
  klDivergence,
  type Measure,
  measure,
  normalize,
  power,
  product,
  rlhfOptimalValue,
  rlhfOptimum,
  samplingProbabilities,
  tilt,
  tiltedMass,
  totalVariation,
  uniform,
} from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lawOf } from "../../src/measure/measure.js";
import { requireSameSupport } from "../../src/measure/support.js";
import { test } from "../support/test.js";

const exact = exactAlgebra({ digits: 60 });
type BigMeasure = ReturnType<typeof exact.measure>;
const given = (mass: ArrayLike<number>) =>
  measure(
    Array.from(mass, (_, i) => i),
    mass,
  );
const byLog = (logMass: readonly number[]) => fromLogMass([...logMass.keys()], logMass);
const near = (got: number, want: number, ulps: number) => {
  if (got === want) return;
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(
    ulps * Math.max(2 ** -52 * Math.abs(want), 2 ** -1074),
  );
};
/** All that a measure says, beside the same at 60 digits. */
const same = (got: Measure, want: BigMeasure, ulps: number) => {
  for (const i of got.support.keys()) {
    near(got.mass[i], want.mass[i].toNumber(), ulps);
    near(got.logMass[i], want.logMass[i].toNumber(), ulps);
  }
};

const masses: [string, Measure<number>, BigMeasure][] = [
  ...[
    [1, 2, 3, 4],
    [5],
    [1, 0, 3, 0],
    [1, 1e-20, 1e-300, 1e-310],
    [3e-320, 1e-322, 5e-324, 0],
    [1e308, 1.7e308, 3, 1e-9],
    [2e150, 1e-150, 1e-300, 1],
    [7, 7, 7, 7],
  ].map((m): [string, Measure<number>, BigMeasure] => [`masses ${m}`, given(m), exact.measure([...m.keys()], m)]),
  ...[
    [0, -1, -2, -3],
    [-800, 0, -2, -750],
    [-1e4, -1e4 - 1, -Infinity, -1e4 + 2],
    [900, 905, 0, -Infinity],
  ].map((l): [string, Measure<number>, BigMeasure] => [
    `logarithms ${l}`,
    byLog(l),
    exact.fromLogMass([...l.keys()], l),
  ]),
];

describe("a measure is what it was given, and its law is proportional to it", () => {
  it.each(masses)("%s", (_, p, q) => {
    same(p, q, 800);
    const law = normalize(p);
    const wanted = exact.normalize(q);
    same(law, wanted, 800);
    near(law.logNormalizer, wanted.logNormalizer.toNumber(), 2);
    near(
      law.mass.reduce((s, m) => s + m, 0),
      1,
      4,
    );
    expect(normalize(law).logNormalizer).toBe(0);
    expect(normalize(law).mass).toEqual(law.mass);
    near(entropy(p), entropy(law), 0);
  });

  it("masses stay to the last bit, −0 as 0, and come back as a copy of what was given", () => {
    const own = [1, -0, 2.5e-310, 1e308];
    const p = given(own);
    expect([...p.mass]).toEqual([1, 0, 2.5e-310, 1e308]);
    expect(Object.is(p.mass[1], 0)).toBe(true);
    own[0] = 7;
    expect(p.mass[0]).toBe(1);
    expect(p.mass).toBe(p.mass);
    expect(p.logMass).toBe(p.logMass);
    near(p.logMass[3], Math.log(1e308), 1);
    expect(p.logMass[1]).toBe(-Infinity);
  });

  it("logarithms stay to the last bit", () => {
    const p = byLog([-1e-17, -1e300, -Infinity]);
    expect([...p.logMass]).toEqual([-1e-17, -1e300, -Infinity]);
    expect([...p.mass]).toEqual([1, 0, 0]);
  });

  it("the weights of a law have their logarithms, in whatever unit the masses are", () => {
    for (const unit of [1, 2 ** -1000, 2 ** -600, 2 ** 600, 2 ** 1000]) {
      const law = lawOf("test", "p", given([3 * unit, unit, 4 * unit, 0]));
      for (const [i, share] of [3 / 8, 1 / 8, 1 / 2, 0].entries()) {
        expect(law.probability(i)).toBe(share);
        near(law.logWeight[i] - law.logTotal, Math.log(share), 2 ** 10);
        near(Math.exp(law.logWeight[i]), law.weight[i], 2 ** 10);
      }
    }
  });

  it("the weights of a tilt have their logarithms too", () => {
    for (const p of [tilt(given([3, 1, 2]), [0, 1, -2]), tilt(byLog([0, -1, 2]), [1, 0, 3], 0.5)]) {
      const { weight, logWeight } = lawOf("test", "p", p);
      for (const [i, w] of weight.entries()) near(Math.exp(logWeight[i]), w, 16);
    }
  });

  it("a law has its least weights, and at its peak the logarithm of what it is short of 1", () => {
    const law = lawOf("test", "p", given([3, 0, 1, 2]));
    expect([law.least, law.leastPositive]).toEqual([0, 1]);
    expect(lawOf("test", "p", given([3, 0.5, 1, 2])).leastPositive).toBe(0.5);
    for (const p of [given([1, 1e-20]), byLog([0, -20 * Math.LN10]), tilt(given([1, 1e-20, 1]), [0, 0, -800])]) {
      const short = lawOf("test", "p", p);
      near(short.logProbability(0), -1e-20, 64);
      near(short.logProbability(1), -20 * Math.LN10, 2);
    }
  });

  it("a uniform law has log K as normaliser", () => {
    const { mass, logMass, logNormalizer } = uniform(["a", "b", "c"]);
    expect([...mass]).toEqual([1 / 3, 1 / 3, 1 / 3]);
    for (const l of logMass) near(l, -Math.log(3), 1);
    near(logNormalizer, Math.log(3), 1);
  });
});

const scores: number[][] = [
  [0, 1, 2, 3],
  [3, 0, 0, 3],
  [0, 700, 1400, -5],
  [1e308, -1e308, 0, 1],
  [-Infinity, 0, 1, 2],
  [0, -Infinity, -Infinity, 1],
  [1e-9, -1e-9, 2e-9, 0],
  [-700, -701, -2000, -699],
  [0, 0, 0, 0],
  [10, 10.5, 20, 30],
];
const betas = [1, 1e-3, 0.02, 30, 1e6, 1e12, 1e300, 1e-300, Infinity];

describe("a tilt is ref·e^{score/β}, normalised: masses, logarithms and the log-partition, to 60 digits", () => {
  for (const [name, ref, wanted] of masses) {
    it.each(scores)(`${name}, scores %d %d %d %d`, (...all) => {
      const score = all.slice(0, ref.support.length);
      if (!score.some((s, i) => s > -Infinity && ref.logMass[i] > -Infinity)) {
        expect(() => tilt(ref, score)).toThrow("tilt: score must be above -Infinity for some answer of the support");
        return;
      }
      for (const beta of betas) {
        const want = exact.tilt(wanted, score, beta);
        const got = tilt(ref, score, beta);
        // An exponent of so many units in the last place moves e^x by as many.
        const finite = score.filter((s, i) => s > -Infinity && ref.logMass[i] > -Infinity);
        const reach = (Math.max(...finite) - Math.min(...finite)) / beta;
        const most = 16 + Math.min(1e3, reach || 0) / 4;
        for (const i of got.support.keys()) {
          near(got.mass[i], want.mass[i].toNumber(), most);
          near(got.logMass[i], want.logMass[i].toNumber(), most);
        }
        const value = want.logNormalizer.toNumber();
        // What is 0 may come out as 5e−322 where masses are subnormal.
        if (Math.abs(got.logNormalizer) > 1e-320) near(got.logNormalizer, value, 400);
        if (beta < 1e9 && Math.abs(value) > 1e-300)
          near(
            rlhfOptimalValue({ ref, reward: score, beta }),
            exact.rlhfOptimalValue({ ref: wanted, reward: score, beta }).toNumber(),
            400,
          );
        expect(tiltedMass(ref, score, beta, new Float64Array(score.length))).toEqual(got.mass);
      }
    });
  }
});

it("a tilt meets a ratio of masses that no double holds: 2²⁰⁷⁰ against e¹⁴³⁴", () => {
  const ref = given([2 ** 1020, 2 ** -1050]);
  const odds = Math.exp(1434 - 2070 * Math.LN2);
  for (const [score, at] of [
    [[0, 1434], 1],
    [[-1434, 0], 1],
  ] as const) {
    const { mass, logNormalizer } = tilt(ref, score);
    near(mass[at], odds / (1 + odds), 2 ** 12);
    near(logNormalizer, score[0] + Math.log1p(odds), 2 ** 12);
  }
});

describe("a tilt whose best-scored answers are too rare to count keeps the digits of those that do", () => {
  it.each<[mass: number[], score: number[], beta: number]>([
    [[1e-200, 0.5, 0.5], [250, 0.1, 0.2], 1],
    [[1e-200, 0.5, 0.5, 0], [250, 0.1, 0.2, 9], 1],
    [[0.5, 0.5, 1e-200], [0.1, 0.2, 250], 1],
    [[0.5, 1e-200, 0.5], [0.2, 250, 0.1], 1],
    [[1e-180, 5e19, 5e19], [250, 0.1, 0.2], 1],
    [[1e-200, 0.5, 0.5], [125, 0.05, 0.1], 0.5],
    [[1e-200, 0.5, 0.5], [2.5, 0.001, 0.002], 0.01],
    [[1e-200, 0.5, 0.5], [25000, 10, 20], 100],
    [[1e-200, 0.5, 0.5], [1, -249.9, -249.8], 1],
    [[1e-100, 0.5, 0.5], [9, 0.1, 0.2], 1],
    [[1e-3, 0.5, 0.5], [9, 0.1, 0.2], 1],
    [[1e110, 1e110], [0, -720], 1],
    [[1e110, 1e110, 1], [-700, -20, 30], 1],
    [[1e-100, 1e-110], [0, -690], 1],
    [[1e-110, 1], [0, -690], 1],
    [[1, 2, 3], [1e305, 2e305, -3e305], 1e305],
    [[1, 2, 3], [1e307, 1.5e308, -1e308], 1.7e308],
    [[1, 2, 3], [1e-305, 2e-305, -3e-305], 1e-305],
    [[1, 2, 3], [5e-324, 1e-323, 0], 5e-324],
    [[1, 2, 3], [4, 4, 4], 1e-305],
  ])("%j, %j, β = %d", (mass, score, beta) => {
    const got = tilt(given(mass), score, beta);
    const want = exact.tilt(exact.measure([...mass.keys()], mass), score, beta);
    // Without the rounding of the scores' own exponents, which those far below the best would have from it.
    for (const i of mass.keys()) if (want.mass[i].toNumber() > 1e-3) near(got.mass[i], want.mass[i].toNumber(), 8);
    same(got, want, 800);
    near(got.logNormalizer, want.logNormalizer.toNumber(), 100);
    expect(tiltedMass(given(mass), score, beta, new Float64Array(mass.length))).toEqual(got.mass);
  });
});

describe("answers without mass leave every bit of a tilt of the others, wherever they stand and whatever their score", () => {
  const numbers = fc.array(
    fc.tuple(fc.double({ min: 1e-3, max: 10, noNaN: true }), fc.double({ min: -9, max: 9, noNaN: true })),
    {
      minLength: 2,
      maxLength: 8,
    },
  );
  const scoresOff = fc.constantFrom(0, 3, -1e308, 1e308, -Infinity);
  test.prop([numbers, fc.nat(8), scoresOff, fc.constantFrom(0.3, 1, 20)])(
    "at the front, between and at the end",
    (rows, at, off, beta) => {
      const [mass, score] = [rows.map(([m]) => m), rows.map(([, x]) => x)];
      const place = at % (rows.length + 1);
      const more = tilt(given(mass.toSpliced(place, 0, 0)), score.toSpliced(place, 0, off), beta);
      const law = tilt(given(mass), score, beta);
      expect([...more.mass].toSpliced(place, 1)).toEqual([...law.mass]);
      expect(more.mass[place]).toBe(0);
    },
  );
});

describe("powers and escorts", () => {
  it.each(masses)("of %s", (name, p, q) => {
    const full = p.logMass.every((l) => l > -Infinity);
    const loose = /log|e-3|e\+/.test(name) ? 1e5 : 12;
    for (const a of [0, 0.5, 1, 1 + 1e-12, 2, 3, 100, ...(full ? [-1, -2.5] : [])]) {
      const [got, want] = [escort(p, a), exact.escort(q, a)];
      for (const i of got.support.keys()) {
        near(got.mass[i], want.mass[i].toNumber(), loose + 2 * a);
        near(got.logMass[i], want.logMass[i].toNumber(), loose + 2 * a);
      }
      near(got.logNormalizer, want.logNormalizer.toNumber(), loose);
      const [u, v] = [power(p, a), exact.power(q, a)];
      for (const i of u.support.keys()) {
        near(u.mass[i], v.mass[i].toNumber(), loose);
        near(u.logMass[i], v.logMass[i].toNumber(), 4);
      }
      near(totalVariation(u, got), 0, 0.5 * 2 ** 53 * 1e-12);
    }
    if (!full) {
      expect(() => escort(p, -1)).toThrow(/^escort: exponent -1 is negative, but mass\[\d\] is 0$/);
      expect(() => power(p, -1)).toThrow(/^power: exponent -1 is negative, but mass\[\d\] is 0$/);
    }
  });

  it("an escort of order 1 is the law itself, to its last digits, and of order 2 its square", () => {
    const mass = [1, 1e-250, 3, 2e-290];
    for (const p of [given(mass), tilt(given([...mass, 1]), [0, 0, 0, 0, -800]), tilt(given(mass), [0, 0, 0, 0])]) {
      for (const a of [1, 1 + 2 ** -52]) {
        const { mass: got } = escort(p, a);
        for (const [i, m] of mass.entries()) near(got[i] * 4, m * (1 + (a - 1) * Math.log(m / 3)), 3);
      }
      near(escort(p, 2).mass[0], 0.1, 2);
      near(escort(p, 0.5).mass[1] / escort(p, 0.5).mass[2], Math.sqrt(1e-250 / 3), 300);
    }
  });

  it("an escort is of the logarithms where these hold more than the masses: tiny differences, and tiny masses", () => {
    const { mass } = escort(byLog([0, -1e-17]), 1e16);
    near(mass[1] / mass[0], Math.exp(-0.1), 4);
    const root = escort(tilt(given([1, 3, 1]), [0, 0, -800]), 0.5).mass;
    near(root[2] / root[0], Math.exp(-400), 2 ** 10);
  });

  it("the sum of powers counts the support at order 0, and holds where a power leaves the doubles", () => {
    near(escort(given([3, 0, 1]), 0).logNormalizer, Math.LN2, 1);
    near(escort(given([1, 1e-300]), -2).logNormalizer, 600 * Math.LN10, 1);
  });
});

describe("a product of measures has the products as masses, their sums as logarithms, and the law of both", () => {
  const pairs = masses.flatMap((a) =>
    masses.filter((b) => b[1].support.length === a[1].support.length).map((b) => [a, b] as const),
  );
  it.each(pairs.map(([[x, ...a], [y, ...b]]) => [x, y, ...a, ...b] as const))("%s; %s", (x, y, p, a, q, b) => {
    const together = p.support.some((i) => p.logMass[i] > -Infinity && q.logMass[i] > -Infinity);
    if (!together) {
      expect(() => product(p, q)).toThrow(new RangeError("product: no answer has positive mass under both measures"));
      return;
    }
    const [got, want] = [product(p, q), exact.product(a, b)];
    const loose = /log|e-3|e\+/.test(x + y) ? 1e5 : 4;
    for (const i of got.support.keys()) {
      near(got.mass[i], want.mass[i].toNumber(), loose);
      near(got.logMass[i], want.logMass[i].toNumber(), 8);
    }
    same(normalize(got), exact.normalize(want), loose === 4 ? 8 : loose);
  });
});

describe("an expectation", () => {
  it("is rounded once, up or down", () => {
    expect(expectation(uniform(["a", "b"]), [1, 1.5 * 2 ** -54])).toBe(0.5);
    expect(expectation(uniform(["a", "b"]), [1, 2.5 * 2 ** -53])).toBe(0.5 + 2 ** -53);
  });

  it("ignores what f is off the support, and is −∞ where the law has mass and f is −∞, however little mass", () => {
    expect(expectation(given([1, 0, 1]), [2, -Infinity, 4])).toBe(3);
    expect(expectation(given([1, 0, 1]), [2, 1e308, 4])).toBe(3);
    expect(expectation(given([1, 1e-300, 1]), [2, -Infinity, 4])).toBe(-Infinity);
    expect(expectation(byLog([0, -800]), [1, -Infinity])).toBe(-Infinity);
    expect(expectation(byLog([0, -Infinity]), [1, -Infinity])).toBe(1);
    expect(expectation(given([1, 1, 1]), [-Infinity, 1e308, -Infinity])).toBe(-Infinity);
  });
  it("holds to the ends of the doubles, and does not cancel", () => {
    const M = Number.MAX_VALUE;
    for (let size = 1; size < 60; size++) {
      const mass = Array.from({ length: size }, (_, i) => 1 + ((i * 7) % 5));
      for (const law of [given(mass), uniform([...mass.keys()])]) {
        near(
          expectation(law, () => M),
          M,
          4,
        );
        near(
          expectation(law, () => -M),
          -M,
          4,
        );
      }
    }
    near(expectation(given([1, 1, 1]), [M, M, M]), M, 1);
    near(expectation(given([1, 1, 1]), [-M, -M, -M]), -M, 1);
    near(expectation(given([1, 1, 1]), [M, -M, M]), M / 3, 1);
    near(expectation(given([1, 1, 1, 1]), [1e300, 1, -1e300, 3]), 1, 1);
    near(expectation(given([1, 1, 1, 1]), [1, 2 ** -60, -1, 2 ** -60]), 2 ** -61, 1);
    near(
      expectation(uniform([0, 1, 2]), (i, place) => i * 10 + place),
      11,
      1,
    );
  });
});

describe("what is no score of every answer has no expectation", () => {
  it.each<[unknown, string]>([
    [[1], "expectation: f must have length 2"],
    [[1, Infinity], "expectation: f[1] must be a number below Infinity, got Infinity"],
    [() => "1", 'expectation: f of support[0] must be a number, got "1"'],
  ])("%s", (f, message) => {
    expect(() => expectation(given([1, 1]), f as never)).toThrow(message);
  });
});

describe("a quantile is the first answer that the sum of masses up to it passes u", () => {
  it("with ties at the boundaries going up, and answers without mass left out", () => {
    const p = given([0, 1, 0, 2, 1, 0]);
    expect([0, 0.2, 0.25, 0.5, 0.7499, 0.75, 0.99, 1 - 2 ** -53].map((u) => categoricalQuantile(p, u))).toEqual([
      1, 1, 3, 3, 3, 4, 4, 4,
    ]);
    expect(categoricalQuantile(given([5]), 0.3)).toBe(0);
    expect(categoricalQuantile(given([1, 1e-20]), 1 - 2 ** -53)).toBe(0);
    // The last of a thousand equal answers, where a running sum of thirds would have gone past.
    const many = given(Array<number>(999).fill(1 / 3));
    expect(categoricalQuantile(many, 998 / 999)).toBe(998);
    expect(categoricalQuantile(many, 997.999 / 999)).toBe(997);
  });
  it("of a number in [0, 1)", () => {
    for (const u of [1, -1e-9, Number.NaN])
      expect(() => categoricalQuantile(given([1]), u)).toThrow(`categoricalQuantile: u must be in [0, 1), got ${u}`);
    expect(() => categoricalQuantile(given([1]), "0" as never)).toThrow(
      'categoricalQuantile: u must be a number, got "0"',
    );
  });
});

describe("a sampler", () => {
  it("of equal masses reads the answer off the first number", () => {
    const numbers = [0.1, 0.5, 0.3, 0.5, 0.6, 0.5, 0.9, 0.5];
    let next = 0;
    const sampler = categoricalSampler(uniform([7, 8, 9, 10]), () => numbers[next++]);
    expect([sampler(), sampler(), sampler(), sampler()]).toEqual([7, 8, 9, 10]);
  });
  it("takes two numbers for each draw: a column, and its coin", () => {
    const p = measure(["a", "b", "c", "d"], [0, 1, 3, 0]);
    const numbers = [0.1, 0.5, 0.3, 0.99, 0.6, 0, 0.9, 0.2];
    let next = 0;
    const sampler = categoricalSampler(p, () => numbers[next++]);
    const drawn = [sampler(), sampler(), sampler(), sampler()];
    expect(next).toBe(8);
    for (const answer of drawn) expect(["b", "c"]).toContain(answer);
    next = 0;
    expect([sampler.index(), sampler.index()].map((i) => p.support[i])).toEqual(drawn.slice(0, 2));
    next = 0;
    const out = new Int32Array(3).fill(9);
    expect(sampler.fill(out)).toBe(out);
    expect([...out].map((i) => p.support[i])).toEqual(drawn.slice(0, 3));
    expect(() => sampler.fill([] as never)).toThrow("categoricalSampler: out must be an Int32Array");
  });
  it("draws with the law's probabilities, zeros exact", () => {
    for (const [, p, q] of masses) {
      const law = exact.normalize(q);
      for (const [i, got] of samplingProbabilities(p).entries()) {
        const want = law.mass[i].toNumber();
        if (want === 0 || want < 1e-290) expect(got).toBeLessThanOrEqual(1e-15);
        else if (!/log/.test(String(p))) expect(Math.abs(got / want - 1)).toBeLessThanOrEqual(1e-12);
      }
    }
  });
});

describe("logarithms are as many as the answers", () => {
  it("or are refused by name", () => {
    expect(() => fromLogMass(["a"], [0, 1])).toThrow(
      "fromLogMass: logMass must have length 1, one entry per answer, got length 2",
    );
    expect(() => fromLogMass(["a", "b"], [-Infinity, -Infinity])).toThrow(
      "fromLogMass: logMass must have an entry above -Infinity, got -Infinity",
    );
    expect(() => tilt(given([1, 0]), [-Infinity, 1])).toThrow("for some answer of the support, got -Infinity");
  });
});

describe("a support", () => {
  it("is copied, frozen and shared by what is built on it", () => {
    const own = ["a", "b"];
    const p = measure(own, [1, 3]);
    own[0] = "x";
    expect(p.support).toEqual(["a", "b"]);
    expect(Object.isFrozen(p.support)).toBe(true);
    for (const q of [
      normalize(p),
      tilt(p, [0, 1]),
      escort(p, 2),
      power(p, 2),
      measure(p.support, [1, 1]),
      rlhfOptimum({ ref: p, reward: [0, 1], beta: 1 }),
    ]) {
      expect(q.support).toBe(p.support);
    }
  });

  it.each<[string, readonly unknown[]]>([
    ["increasing numbers", [1, 2, 2]],
    ["increasing strings", ["a", "b", "b"]],
    ["numbers up and down", [3, 1, 2, 1]],
    ["zeros of either sign", [0, -0]],
    ["NaN", [Number.NaN, 1, Number.NaN]],
    ["a number among strings", ["a", 1, "b", 1]],
    ["symbols and objects", [Symbol.iterator, Symbol.iterator]],
    ["sequences", [["a", 1], ["b"], ["a", 1]]],
    [
      "sequences of sequences",
      [
        [["a"], "b"],
        [["a"], "b"],
      ],
    ],
    ["null", [null, undefined, null]],
  ])("has no answer twice: %s", (_, answers) => {
    expect(() => uniform(answers)).toThrow(
      /^uniform: support\[\d\] must differ from every other answer \(support\[\d\] is the same\), got /,
    );
    expect(() =>
      distribution(
        answers,
        answers.map(() => 1),
      ),
    ).toThrow(/^distribution: support\[\d\] must differ/);
  });

  it.each<[string, readonly unknown[]]>([
    ["a number and its text", [1, "1", true, "true"]],
    ["sequences cut elsewhere", [["a,b"], ["a", "b"], [["a"], "b"], ["a", ["b"]], [["a", "b"]]]],
    ["sequences of numbers and of texts", [[1], ["1"], [null], ["null"]]],
    ["sequences whose texts run together", [[1, 2], [12], [[1, 2]], [[12]], [["a", "b"]], [["a,b"]]]],
    ["sequences of what JSON does not tell apart", [[Number.NaN], [null], [undefined], [Infinity], ["NaN"]]],
    ["objects alike", [{}, {}]],
    ["decreasing strings", ["b", "a"]],
    ["falling numbers", [2, 1]],
    ["a text and its longer ones", ["a", "aa", "aaa"]],
    ["mixed types in order", [1, "2", 3]],
  ])("may have answers that only look the same: %s", (_, answers) => {
    expect(uniform(answers).support).toEqual(answers);
  });

  it("repeats an answer also where each is below the next, as texts or as numbers", () => {
    expect(() => uniform(["10", "9", 9.5, "10"])).toThrow(
      "uniform: support[3] must differ from every other answer (support[0] is the same)",
    );
  });

  it("that is not frozen is compared again each time, for it may have changed", () => {
    for (const length of [3, 2000]) {
      const answers = Array.from({ length }, (_, i) => i);
      const frozen = uniform(answers).support;
      for (const [p, q] of [
        [[...answers], [...answers]],
        [[...answers], frozen],
        [frozen, [...answers]],
      ] as [number[], number[]][]) {
        requireSameSupport("test", p, q);
        const open = Object.isFrozen(p) ? q : p;
        open[1] = -1;
        expect(() => requireSameSupport("test", p, q)).toThrow("both measures' support[1] must be the same answer");
      }
    }
  });

  it("is the same as another if answer by answer it is, sequences by their tokens, NaN as NaN, long ones too", () => {
    for (const length of [3, 1024, 3000]) {
      const texts = Array.from({ length }, (_, i) => `answer ${i}`);
      const [p, q] = [
        uniform(texts),
        measure(
          [...texts],
          texts.map((_, i) => 1 + (i % 2)),
        ),
      ];
      const kl = klDivergence(p, q);
      expect(kl).toBeGreaterThan(0);
      expect(klDivergence(p, q)).toBe(kl);
      const changed = [...texts];
      changed[length - 1] = "another";
      const other = uniform(changed);
      for (const time of [1, 2]) {
        expect(() => klDivergence(p, other), `${time}`).toThrow(
          `klDivergence: both measures' support[${length - 1}] must be the same answer in p and q, got "another"`,
        );
        expect(() => klDivergence(other, p)).toThrow(`got "answer ${length - 1}"`);
      }
    }
    expect(totalVariation(uniform([Number.NaN, 0]), uniform([Number.NaN, -0]))).toBe(0);
    expect(totalVariation(uniform([["a", Number.NaN]]), uniform([["a", Number.NaN]]))).toBe(0);
    expect(() => totalVariation(uniform([["a"]]), uniform([["b"]]))).toThrow(
      "totalVariation: both measures' support[0] must be the same answer",
    );
  });
});

describe("scores", () => {
  const p = measure(["a", "b"], [1, 3]);
  it("come from arrays of any kind, or from a function of the answer and its place", () => {
    const want = tilt(p, [2, 5]).mass;
    expect(tilt(p, Float64Array.of(2, 5)).mass).toEqual(want);
    expect(tilt(p, Int8Array.of(2, 5)).mass).toEqual(want);
    expect(tilt(p, { 0: 2, 1: 5, length: 2 }).mass).toEqual(want);
    expect(tilt(p, (answer) => (answer === "a" ? 2 : 5)).mass).toEqual(want);
    expect(tilt(p, (_, i) => 2 + 3 * i).mass).toEqual(want);
  });
  it.each<[unknown, string]>([
    [[1], "tilt: score must have length 2, one entry per answer, got length 1"],
    [[1, Infinity], "tilt: score[1] must be a number below Infinity, got Infinity"],
    [[Number.NaN, 1], "tilt: score[0] must be a number below Infinity, got NaN"],
    [[1, "2"], 'tilt: score[1] must be a number, got "2"'],
    [7, "tilt: score must be an array, got 7"],
    [() => "1", 'tilt: score of support[0] must be a number, got "1"'],
    [
      (_: string, i: number) => (i === 1 ? Number.NaN : 0),
      "tilt: score of support[1] must be a number below Infinity, got NaN",
    ],
    [() => Infinity, "tilt: score of support[0] must be a number below Infinity, got Infinity"],
  ])("that are none are refused", (score, message) => {
    expect(() => tilt(p, score as never)).toThrow(message);
    expect(() => tiltedMass(p, score as never, 1, new Float64Array(2))).toThrow(
      message.replace("tilt:", "tiltedMass:"),
    );
  });
  it("temperatures and places for the masses too", () => {
    for (const beta of [0, -1, Number.NaN]) {
      expect(() => tilt(p, [0, 1], beta)).toThrow(`tilt: beta must be positive (Infinity allowed), got ${beta}`);
      expect(() => tiltedMass(p, [0, 1], beta, new Float64Array(2))).toThrow("tiltedMass: beta must be positive");
    }
    expect(() => tiltedMass(p, [0, 1], 1, [0, 0] as never)).toThrow("tiltedMass: out must be a Float64Array");
    expect(() => tiltedMass(p, [0, 1], 1, new Float64Array(3))).toThrow("tiltedMass: out must have length 2");
    expect(() => escort(p, Number.NaN)).toThrow("escort: exponent must be finite, got NaN");
    expect(() => power(p, Infinity)).toThrow("power: exponent must be finite, got Infinity");
  });
  it("may be read from where the masses are written", () => {
    const both = Float64Array.of(2, 5);
    const want = tilt(p, [2, 5]).mass;
    expect(tiltedMass(p, both, 1, both)).toBe(both);
    expect(both).toEqual(want);
    const buffer = new Float64Array(3);
    buffer.set([2, 5], 1);
    expect(tiltedMass(p, buffer.subarray(1), 1, buffer.subarray(0, 2))).toEqual(want);
    const bad = Float64Array.of(0, Number.NaN);
    expect(() => tiltedMass(p, bad, 1, new Float64Array(2))).toThrow(
      "tiltedMass: score[1] must be a number below Infinity, got NaN",
    );
  });
});
