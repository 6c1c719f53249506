import { readFileSync } from "node:fs";
import { fc } from "@fast-check/vitest";
import { fromLogMass, measure, uniform } from "exptilt";
import {
  drawnWeights,
  effectiveSampleSize,
  importanceWeights,
  paretoK,
  paretoSmoothedWeights,
  selfNormalizedWeights,
  type TailOptions,
} from "exptilt/training";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";

interface TailCase {
  readonly id: string;
  readonly logWeight: readonly (number | "-Infinity")[];
  readonly options: TailOptions;
  readonly k: string;
  readonly smoothed: readonly string[];
}
const cases = JSON.parse(
  readFileSync(new URL("../reference/psisTail.json", import.meta.url), "utf8"),
) as readonly TailCase[];

describe("the tail of weights has the k̂ and the quantiles of exact arithmetic", () => {
  it.each(cases.map((one) => [one.id, one] as const))("%s", (_, { logWeight, options, k, smoothed }) => {
    const weights = { logWeight: logWeight.map(Number) };
    const got = paretoSmoothedWeights(weights, options);
    expect(Math.abs(got.paretoK / Number(k) - 1)).toBeLessThanOrEqual(1e-11);
    expect(paretoK(weights, options)).toBe(got.paretoK);
    for (const [i, want] of smoothed.map(Number).entries()) {
      // A logarithm of thousands of nats is a double to 1e-12.
      if (want === -Infinity) expect(got.logWeight[i]).toBe(-Infinity);
      else expect(Math.abs(got.logWeight[i] - want)).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(want)));
    }
  });
});

/** Log-weights of every hostile kind: spreads to 6,000 nats, ties, weights of 0. */
const spreads = fc
  .record({
    scale: fc.constantFrom(1e-3, 1, 40, 700, 6000),
    steps: fc.array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.25, 1)), {
      minLength: 1,
      maxLength: 120,
    }),
    zeros: fc.nat(20),
  })
  .map(({ scale, steps, zeros }) => [
    // Multiples of 2⁻³⁰, so that a shift of thousands rounds nothing.
    ...steps.map((s) => Math.round(-scale * s * 2 ** 30) / 2 ** 30),
    ...Array.from({ length: zeros }, () => -Infinity),
  ]);

/** The weights in another order, and where each has gone. */
const rotated = <T>(x: readonly T[], by: number): T[] => x.map((_, i) => x[(i + by) % x.length]);

describe("whatever the weights", () => {
  test.prop([spreads, fc.integer({ min: -5000, max: 5000 }), fc.nat(200)])(
    "k̂ and smoothed weights depend neither on a common factor nor on the order, and keep the order of the weights",
    (logWeight, shift, by) => {
      const { paretoK: k, logWeight: smoothed } = paretoSmoothedWeights({ logWeight });
      expect(Number.isNaN(k)).toBe(false);
      const moved = paretoSmoothedWeights({ logWeight: logWeight.map((l) => l + shift) });
      const turned = paretoSmoothedWeights({ logWeight: rotated(logWeight, by) });
      expect(moved.paretoK).toBe(k);
      expect(turned.paretoK).toBe(k);
      expect([...moved.logWeight]).toEqual([...smoothed]);
      expect([...turned.logWeight]).toEqual(rotated([...smoothed], by));
      const order = [...logWeight.keys()].sort((i, j) => logWeight[i] - logWeight[j]);
      for (let r = 1; r < order.length; r++) {
        const [a, b] = [order[r - 1], order[r]];
        expect(smoothed[a]).toBeLessThanOrEqual(smoothed[b]);
        if (logWeight[a] === logWeight[b]) expect(smoothed[a]).toBe(smoothed[b]);
      }
      expect(Math.max(...smoothed)).toBeLessThanOrEqual(0);
      const total = selfNormalizedWeights({ logWeight: smoothed }).reduce((s, w) => s + w, 0);
      expect(Math.abs(total - 1)).toBeLessThanOrEqual(1e-13);
    },
  );

  test.prop([fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 60, maxLength: 150 })])(
    "far out k̂ grows as the spread does",
    (steps) => {
      const k = (nats: number) => paretoK({ logWeight: steps.map((s) => nats * s) });
      // Half a nat from the prior and the logarithms of a few numbers stay as they are.
      expect(Math.abs(k(2000) - 2 * k(1000))).toBeLessThanOrEqual(5);
      expect(k(1000)).toBeGreaterThan(100);
    },
  );

  test.prop([
    fc.array(fc.oneof(fc.double({ min: 0, max: 1e300, noNaN: true }), fc.constantFrom(0.1, 0.3)), {
      minLength: 1,
      maxLength: 60,
    }),
  ])("1 ≤ ESS ≤ n, not even an ulp outside", (weight) => {
    fc.pre(weight.some((w) => w > 0));
    const size = effectiveSampleSize({ weight });
    expect(size).toBeGreaterThanOrEqual(1);
    expect(size).toBeLessThanOrEqual(weight.length);
    expect(effectiveSampleSize({ weight: weight.map(() => weight.find((w) => w > 0) as number) })).toBe(weight.length);
  });

  test.prop([
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 20,
    }),
    fc.constantFrom(1e-5, 1e-3, 0.1, 10, Infinity),
    fc.array(fc.nat(19), { minLength: 1, maxLength: 80 }),
  ])("effective fractions are in [0, 1]", (rows, beta, draws) => {
    const ref = fromLogMass(
      [...rows.keys()],
      rows.map(([l]) => -6000 * l),
    );
    const problem = { ref, reward: rows.map(([, r]) => r), beta };
    const drawn = drawnWeights(
      problem,
      draws.map((d) => d % rows.length),
    );
    for (const fraction of [
      drawn.effectiveFraction,
      beta === Infinity ? 1 : importanceWeights(problem).effectiveFraction,
    ]) {
      expect(fraction).toBeGreaterThanOrEqual(0);
      expect(fraction).toBeLessThanOrEqual(1);
    }
    expect(Number.isNaN(drawn.paretoK)).toBe(false);
  });
});

describe("plateaus", () => {
  const runs = (...lengths: readonly (readonly [number, number])[]) =>
    lengths.flatMap(([count, value]) => Array.from({ length: count }, () => value));

  it("the largest weights are a plateau when they are fewer than the tail, fill it, or are more", () => {
    for (const count of [5, 10, 19, 20, 21, 60, 100]) {
      expect(paretoK({ weight: runs([100 - count, 1], [count, 2]) }), String(count)).toBe(-Infinity);
    }
    for (const count of [1, 2, 3, 4]) {
      expect(paretoK({ weight: runs([100 - count, 1], [count, 2]) }), String(count)).toBe(Infinity);
    }
  });

  test.prop([fc.integer({ min: 1, max: 99 }), fc.constantFrom(0.1, 0.3, 1, 1e6, -7.7), fc.constantFrom(1e-3, 0.1, 1)])(
    "rewards that differ by a rounding are equal draws",
    (many, reward, beta) => {
      const support = [0, 1];
      const near = reward * (1 + Number.EPSILON);
      const draws = runs([many, 0], [100 - many, 1]);
      const read = drawnWeights({ ref: uniform(support), reward: [reward, near], beta }, draws);
      expect(read.paretoK).toBe(-Infinity);
      expect(read.effectiveSampleSize / 100).toBeCloseTo(1, 5);
    },
  );

  it("a fraction that χ² has no double for", () => {
    // ref(long) = e^{−730}, π*(long) = 1 to 270 nats: 1/(1 + χ²) = e^{−730} = 9.2263e−318.
    const rare = { ref: fromLogMass(["long", "short"], [-730, 0]), reward: [1, 0], beta: 1e-3 };
    expect(importanceWeights(rare).effectiveFraction).toBe(9.226315e-318);
    const subnormal = { ref: measure(["a", "b"], [1e-310, 1]), reward: [1, 0], beta: 1e-3 };
    expect(importanceWeights(subnormal).effectiveFraction / 1e-310).toBeCloseTo(1, 12);
  });
});

describe("what a tail may be", () => {
  const logWeight = Array.from({ length: 100 }, (_, i) => i / 10);
  it.each([
    [{ tailLength: 0 }, "paretoK: options.tailLength must be a whole number of at least 1, got 0"],
    [{ tailLength: 100 }, "paretoK: options.tailLength must be below the number of draws, 100, got 100"],
    [{ relativeEfficiency: 0 }, "paretoK: options.relativeEfficiency must be positive and finite, got 0"],
  ] as const)("%o is refused by name", (options, message) => {
    expect(() => paretoK({ logWeight }, options)).toThrow(message);
  });
  it("of draws that are dependent it is longer: ⌈3√(n/r)⌉, a fifth of them at most", () => {
    const n = 1000;
    const long = { logWeight: Array.from({ length: n }, (_, i) => -0.5 * Math.log1p(-(i + 0.5) / n)) };
    expect(paretoK(long, { relativeEfficiency: 0.5 })).toBe(paretoK(long, { tailLength: 135 }));
    expect(paretoK(long, { relativeEfficiency: 1 })).toBe(paretoK(long));
    expect(paretoK(long, { relativeEfficiency: 1e-3 })).toBe(paretoK(long, { tailLength: 200 }));
  });
});
