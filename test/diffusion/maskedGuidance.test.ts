import {
  fromLogMass,
  type Measure,
  measure,
  normalize,
  power,
  product,
  randomSource,
  rlhfOptimum,
  totalVariation,
  uniform,
} from "exptilt";
import { type MaskedGuidanceOptions, maskedGuidanceLaw } from "exptilt/diffusion";
import { exactAlgebra } from "exptilt/exact";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../objective/witnesses.js";
import { binomialBounds } from "../support/binomial.js";
import { test } from "../support/test.js";

const A = exactAlgebra({ digits: 60 });
const both: MaskedGuidanceOptions[] = [{}, { normalized: true }];

/** All sequences of `length` tokens out of `tokens`. */
const sequences = (tokens: number, length: number): number[][] =>
  length === 0
    ? [[]]
    : sequences(tokens, length - 1).flatMap((s) => Array.from({ length: tokens }, (_, v) => [...s, v]));

const SHAPES = [
  [2, 1],
  [5, 1],
  [2, 2],
  [3, 2],
  [2, 3],
];
const lawsOn = (weights: fc.Arbitrary<number>, shapes: number[][] = [...SHAPES, [3, 3], [2, 4]]) =>
  fc
    .constantFrom(...shapes)
    .chain(([tokens, length]) => {
      const size = tokens ** length;
      const row = fc.array(weights, { minLength: size, maxLength: size });
      return fc.record({ support: fc.constant(sequences(tokens, length)), p: row, q: row });
    })
    .filter(({ p }) => p.some((m) => m !== 0));

const weights = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  fc.double({ min: -12, max: 2, noNaN: true }).map((x) => 10 ** x),
);
const withZeros = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 5, arbitrary: weights });
const strengths = fc.oneof(
  fc.constantFrom(-1, 1, 3),
  fc.integer({ min: -128, max: 640 }).map((x) => x / 64),
);

/** A fraction of whole numbers. */
type Fraction = readonly [bigint, bigint];
const fraction = (a: bigint, b: bigint): Fraction => {
  let [g, rest] = [a, b];
  while (rest !== 0n) [g, rest] = [rest, g % rest];
  return [a / g, b / g];
};
const times = ([a, b]: Fraction, [c, d]: Fraction) => fraction(a * c, b * d);
const plus = ([a, b]: Fraction, [c, d]: Fraction) => fraction(a * d + c * b, b * d);
const over = ([a, b]: Fraction, [c, d]: Fraction) => fraction(a * d, b * c);
const ZERO: Fraction = [0n, 1n];

/**
 * The law in fractions, order by order: for each sequence the sum over the orders of its positions of the products of the
 * jump probabilities on the way, each from the conditional probabilities of one token.
 */
function byOrders(support: number[][], p: number[], q: number[], w: number, normalized: boolean): Fraction[] {
  const length = support[0].length;
  const total = (mass: number[], s: number[]): Fraction => [
    BigInt(support.reduce((sum, o, k) => (s.every((t, i) => t < 0 || t === o[i]) ? sum + mass[k] : sum), 0)),
    1n,
  ];
  const rate = (s: number[], i: number, v: number): Fraction => {
    const next = s.with(i, v);
    if (total(p, next)[0] === 0n) return ZERO;
    const [own, all] = [over(total(p, next), total(p, s)), over(total(q, next), total(q, s))];
    const [a, b] = over(own, all);
    return times(own, fraction(a ** BigInt(w), b ** BigInt(w)));
  };
  const known = new Map<string, Fraction>();
  const jump = (s: number[], i: number, v: number): Fraction => {
    const key = [...s, i, v].join();
    const value = known.get(key) ?? computed(s, i, v);
    known.set(key, value);
    return value;
  };
  const computed = (s: number[], i: number, v: number): Fraction => {
    const masked = [...s.keys()].filter((k) => s[k] < 0);
    const tokens = (k: number) => [...new Set(support.map((o) => o[k]))];
    const sum = (k: number) => tokens(k).reduce((t, u) => plus(t, rate(s, k, u)), ZERO);
    if (normalized) return over(rate(s, i, v), times(sum(i), [BigInt(masked.length), 1n]));
    return over(
      rate(s, i, v),
      masked.reduce((t, k) => plus(t, sum(k)), ZERO),
    );
  };
  const reached = (s: number[], o: number[]): Fraction =>
    s.every((t) => t >= 0)
      ? [1n, 1n]
      : [...s.keys()]
          .filter((i) => s[i] < 0)
          .reduce((t, i) => {
            const step = jump(s, i, o[i]);
            return step[0] === 0n ? t : plus(t, times(step, reached(s.with(i, o[i]), o)));
          }, ZERO);
  return support.map((o, k) => (p[k] === 0 ? ZERO : reached(Array(length).fill(-1), o)));
}

const numberOf = ([a, b]: Fraction) => Number((a * 10n ** 40n) / b) / 1e40;

/** The target ∝ p^{1+w} q^{−w}. */
const tiltOf = (p: Measure<number[]>, q: Measure<number[]>, w: number) =>
  normalize(product(power(p, 1 + w), power(q, -w)));

describe("the law of masked guidance", () => {
  const whole = lawsOn(fc.integer({ min: 0, max: 9 }), SHAPES);
  test.prop([whole, fc.integer({ min: 1, max: 3 }), fc.boolean()], { numRuns: runs(30) })(
    "is that of its jump chain in fractions, order by order of the positions",
    ({ support, p, q }, w, normalized) => {
      const all = q.map((m) => m + 1);
      const want = byOrders(support, p, all, w, normalized);
      const got = maskedGuidanceLaw(measure(support, p), measure(support, all), w, { normalized }).mass;
      for (const [k, f] of want.entries()) {
        const exact = numberOf(f);
        expect(Math.abs(got[k] - exact)).toBeLessThanOrEqual(1e-13 * exact);
      }
      expect(want.reduce((sum, f) => sum + numberOf(f), 0)).toBeCloseTo(1, 14);
    },
  );

  test.prop([lawsOn(weights), strengths, fc.constantFrom(...both)], { numRuns: runs(20) })(
    "is met at 60 digits, to 1e-13 over twelve orders",
    ({ support, p, q }, w, options) => {
      const want = A.maskedGuidanceLaw(A.measure(support, p), A.measure(support, q), w, options);
      const got = maskedGuidanceLaw(measure(support, p), measure(support, q), w, options);
      for (let k = 0; k < p.length; k++) {
        const exact = Number(want.mass[k]);
        expect(Math.abs(got.mass[k] - exact)).toBeLessThanOrEqual(1e-13 * (1 + Math.abs(w)) * exact);
      }
    },
  );

  test.prop(
    [
      lawsOn(
        fc
          .integer({ min: -8000, max: 0 })
          .map((x) => x / 8)
          .filter((x) => x < 0),
      ),
      strengths,
      fc.constantFrom(...both),
    ],
    {
      numRuns: runs(15),
    },
  )("has masses 1,000 nats apart in its logarithms", ({ support, p, q }, w, options) => {
    const want = A.maskedGuidanceLaw(A.fromLogMass(support, p), A.fromLogMass(support, q), w, options);
    const got = maskedGuidanceLaw(fromLogMass(support, p), fromLogMass(support, q), w, options);
    for (let k = 0; k < p.length; k++) {
      const exact = Number(want.logMass[k]);
      expect(Math.abs(got.logMass[k] - exact)).toBeLessThanOrEqual(
        1e-12 * (1 + Math.abs(w)) * Math.max(1, Math.abs(exact)),
      );
    }
  });

  test.prop([lawsOn(weights).filter(({ support }) => support[0].length === 1), strengths, fc.constantFrom(...both)])(
    "of one position is the tilt",
    ({ support, p, q }, w, options) => {
      const [own, all] = [measure(support, p), measure(support, q)];
      const reward = normalize(own).mass.map((m, k) => w * Math.log(m / normalize(all).mass[k]));
      const tilted = rlhfOptimum({ ref: own, reward, beta: 1 }).mass;
      const got = maskedGuidanceLaw(own, all, w, options).mass;
      for (const [k, m] of tilted.entries())
        expect(Math.abs(got[k] - m)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(w)) * m);
    },
  );

  test.prop([lawsOn(withZeros), fc.constantFrom(...both)])(
    "without guidance is p_c to the last bit, whatever the other law, and near it next to w = 0",
    ({ support, p, q }, options) => {
      const own = measure(support, p);
      const some = q.some((m) => m > 0) ? q : p;
      expect(maskedGuidanceLaw(own, measure(support, some), 0, options).mass).toEqual(normalize(own).mass);
      const full = measure(
        support,
        q.map((m) => m + 1),
      );
      expect(totalVariation(maskedGuidanceLaw(own, full, 1e-9, options), own)).toBeLessThan(1e-6);
    },
  );

  test.prop([lawsOn(withZeros), strengths, fc.constantFrom(...both)])(
    "is p_c where the two laws are one, at any strength, and has mass just where p_c has",
    ({ support, p, q }, w, options) => {
      const own = measure(support, p);
      const got = maskedGuidanceLaw(own, own, w, options).mass;
      for (const [k, m] of normalize(own).mass.entries()) expect(Math.abs(got[k] - m)).toBeLessThanOrEqual(1e-13 * m);
      const law = maskedGuidanceLaw(
        own,
        measure(
          support,
          q.map((m) => m + 1e-3),
        ),
        w,
        options,
      );
      for (const [k, m] of p.entries()) expect(law.logMass[k] > -Infinity).toBe(m > 0);
      expect(law.mass.reduce((a, b) => a + b)).toBeCloseTo(1, 13);
    },
  );

  test.prop([fc.array(fc.tuple(weights, weights), { minLength: 2, maxLength: 2 }), strengths])(
    "of positions that are independent in both laws is the product of their tilts when normalized",
    ([[a, b], [c, d]], w) => {
      const support = sequences(2, 2);
      const of = ([x, y]: number[], [z, t]: number[]) => measure(support, [x * z, x * t, y * z, y * t]);
      const [own, all] = [of([a, 1], [b, 2]), of([c, 1], [d, 1])];
      const got = maskedGuidanceLaw(own, all, w, { normalized: true });
      expect(totalVariation(got, tiltOf(own, all, w))).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(w)));
    },
  );

  it("does not depend on the names of tokens, the order of the sequences, or the order of the positions", () => {
    const support = sequences(2, 3);
    const [p, q] = [
      [4, 3, 1, 2, 2, 1, 1, 2],
      [1, 1, 2, 2, 1, 1, 4, 4],
    ];
    const law = maskedGuidanceLaw(measure(support, p), measure(support, q), 3);
    const renamed = support.map(([a, b, c]) => [`${c}`, { a: Boolean(a) }.a, BigInt(b)] as unknown[]).reverse();
    const [own, all] = [p, q].map((mass) => measure(renamed, mass.toReversed()));
    const other = maskedGuidanceLaw(own, all, 3).mass.toReversed();
    for (const [k, m] of law.mass.entries()) expect(Math.abs(other[k] - m)).toBeLessThanOrEqual(1e-14 * m);
  });

  it("misses the tilt from two positions on, and normalized rates are another law", () => {
    const support = sequences(2, 3);
    const far = (p: number[], q: number[]) => {
      const [own, all] = [measure(support, p), measure(support, q)];
      const target = tiltOf(own, all, 3);
      return both.map((options) => totalVariation(maskedGuidanceLaw(own, all, 3, options), target));
    };
    const [raw, normalized] = far([4, 3, 1, 2, 2, 1, 1, 2], [1, 1, 2, 2, 1, 1, 4, 4]);
    expect(raw).toBeCloseTo(0.0121, 4);
    expect(normalized).toBeCloseTo(0.1211, 4);
    const [first, second] = far([6, 2, 1, 1, 2, 1, 1, 6], [1, 1, 1, 1, 1, 1, 1, 1]);
    expect(first).toBeCloseTo(0.0709, 4);
    expect(second).toBeCloseTo(0.0686, 4);
  });

  it.each(both)("holds the counts of the continuous-time process within binomial bounds at q = 1e-6, %s", (options) => {
    const support = sequences(2, 3);
    const [p, q, w] = [[4, 3, 1, 2, 2, 1, 1, 2], [1, 1, 2, 2, 1, 1, 4, 4], 2];
    const rng = randomSource(`masked ${options.normalized}`);
    const on = (mass: number[], s: number[]) =>
      support.reduce((sum, o, k) => (s.every((t, i) => t < 0 || t === o[i]) ? sum + mass[k] : sum), 0);
    /** Each token of each masked position rings after a time of its own; a clock that runs unevenly changes no order. */
    const simulate = (): number[] => {
      let s = [-1, -1, -1];
      while (s.includes(-1)) {
        let [soonest, next] = [Infinity, s];
        for (const i of s.keys()) {
          if (s[i] >= 0) continue;
          const rates = [0, 1].map((v) => {
            const t = s.with(i, v);
            return (on(p, t) / on(p, s)) ** (1 + w) * (on(q, t) / on(q, s)) ** -w;
          });
          const unit = options.normalized === true ? rates[0] + rates[1] : 1;
          for (const v of [0, 1]) {
            const time = (-Math.log(1 - rng()) * unit) / rates[v];
            if (time < soonest) [soonest, next] = [time, s.with(i, v)];
          }
        }
        s = next;
      }
      return s;
    };
    const counts = new Map<string, number>();
    const draws = 20_000;
    for (let n = 0; n < draws; n++) {
      const o = simulate().join();
      counts.set(o, (counts.get(o) ?? 0) + 1);
    }
    const { mass } = maskedGuidanceLaw(measure(support, p), measure(support, q), w, options);
    for (const [k, o] of support.entries()) {
      const [low, high] = binomialBounds(draws, mass[k], 1e-6 / 8);
      const count = counts.get(o.join()) ?? 0;
      expect(count).toBeGreaterThanOrEqual(low);
      expect(count).toBeLessThanOrEqual(high);
    }
  });
});

describe("bad input", () => {
  const two = uniform([[0], [1]]);
  const half = measure([[0], [1]], [1, 0]);
  it.each<[() => unknown, ErrorConstructor, string]>([
    [() => maskedGuidanceLaw(null as never, two, 1), TypeError, "maskedGuidanceLaw: conditional must be a measure"],
    [() => maskedGuidanceLaw(two, 3 as never, 1), TypeError, "maskedGuidanceLaw: unconditional must be a measure"],
    [
      () => maskedGuidanceLaw(two, uniform([[0], [2]]), 1),
      TypeError,
      "maskedGuidanceLaw: both measures' support[1] must be the same answer in conditional and unconditional",
    ],
    [
      () => maskedGuidanceLaw(uniform(["a"]) as never, uniform(["a"]) as never, 1),
      TypeError,
      'maskedGuidanceLaw: conditional.support[0] must be an array of tokens, got "a"',
    ],
    [
      () => maskedGuidanceLaw(uniform([[0], [0, 1]]), uniform([[0], [0, 1]]), 1),
      RangeError,
      "maskedGuidanceLaw: conditional.support[1] must have 1 tokens, as the first",
    ],
    [
      () => maskedGuidanceLaw(uniform([[]]), uniform([[]]), 1),
      RangeError,
      "maskedGuidanceLaw: conditional.support[0] must have at least one token",
    ],
    [
      () => maskedGuidanceLaw(uniform([Array(30).fill(0)]), uniform([Array(30).fill(0)]), 1),
      RangeError,
      "maskedGuidanceLaw: conditional.support must have K·2^L of at most 4194304",
    ],
    [
      () => maskedGuidanceLaw(two, two, Infinity),
      RangeError,
      "maskedGuidanceLaw: strength must be finite, got Infinity",
    ],
    [
      () => maskedGuidanceLaw(two, half, 1),
      RangeError,
      "maskedGuidanceLaw: unconditional.mass[1] must be positive where the conditional has mass, got 0",
    ],
    [() => maskedGuidanceLaw(two, half, -0.5), RangeError, "maskedGuidanceLaw: unconditional.mass[1]"],
    [
      () => maskedGuidanceLaw(two, two, 1, { normalized: 1 as never }),
      TypeError,
      "maskedGuidanceLaw: options.normalized must be a boolean, got 1",
    ],
  ])("%s", (call, error, message) => {
    expect(call).toThrow(error);
    expect(call).toThrow(message);
  });

  it("inputs stay as they are", () => {
    const support = Object.freeze([Object.freeze(["x"]), Object.freeze(["y"])]);
    const [own, all] = [measure(support, Object.freeze([1, 3])), measure(support, Object.freeze([2, 2]))];
    maskedGuidanceLaw(own, all, 2, Object.freeze({ normalized: true }));
    expect([own.mass, all.mass]).toEqual([Float64Array.of(1, 3), Float64Array.of(2, 2)]);
  });

  it("a law without mass in an answer may guide one that has none there either", () => {
    expect(maskedGuidanceLaw(half, half, 2).mass).toEqual(Float64Array.of(1, 0));
    expect(maskedGuidanceLaw(half, two, 2).mass).toEqual(Float64Array.of(1, 0));
  });
});
