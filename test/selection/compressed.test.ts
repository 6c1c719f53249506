import fc from "fast-check";
import { describe, expect } from "vitest";
import { measure } from "../../src/measure/measure.js";
import { prepare } from "../../src/selection/problem.js";
import { compressedWeights } from "../../src/selection/ratio/compressed.js";
import { ratiosOf } from "../../src/selection/ratio/ratiosAt.js";
import { runs } from "../support/runs.js";
import { test } from "../support/test.js";

/** Many answers whose masses span `orders` powers of ten, whose rewards span `range`, crowded or tied by `power`. */
const problems = fc
  .record({
    size: fc.integer({ min: 400, max: 3000 }),
    orders: fc.integer({ min: 0, max: 150 }),
    // A wide range takes more cells than these answers are worth.
    log10Range: fc.oneof(fc.double({ min: -12, max: 0.5, noNaN: true }), fc.constantFrom(0.5, 1.5)),
    power: fc.constantFrom(0.2, 1, 7),
    ties: fc.boolean(),
    zeros: fc.boolean(),
    seed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
    offset: fc.constantFrom(0, -3, 1e3),
  })
  .map(({ size, orders, log10Range, power, ties, zeros, seed, offset }) => {
    let state = seed;
    const next = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const mass = Float64Array.from({ length: size }, (_, i) => (zeros && i % 7 === 3 ? 0 : 10 ** -(orders * next())));
    const reward = Float64Array.from({ length: size }, () => {
      const u = next() ** power;
      return offset + 10 ** log10Range * (ties ? Math.round(u * 50) / 50 : u);
    });
    return { ref: measure([...mass.keys()], mass), reward };
  });

const draws = fc.oneof(fc.integer({ min: 2, max: 100 }), fc.integer({ min: 2, max: 2 ** 50 }), fc.constantFrom(1e20));

describe("soft best-of-N of many answers in cells of log-weight", () => {
  test.prop([problems, draws], { numRuns: runs(60) })("is the law by reward level", (problem, n) => {
    const prepared = prepare("test", problem, 1);
    const weights = compressedWeights(prepared, n, 1);
    const { ratio } = ratiosOf(prepared, n);
    if (weights === undefined) return;
    for (const [i, weight] of weights.entries()) {
      const level = prepared.levels.levelOf[i];
      const want = level < 0 ? 0 : prepared.law.weight[i] * ratio[level];
      expect(Math.abs(weight - want), `answer ${i}`).toBeLessThanOrEqual(1e-14 * want);
    }
  });

  test.prop([problems], { numRuns: runs(15) })("is 2 Σ_j ref(j) w/(w + w_j) times ref for two draws", (problem) => {
    const prepared = prepare("test", problem, 1);
    const weights = compressedWeights(prepared, 2, 1);
    if (weights === undefined) return;
    const { score, law } = prepared;
    for (let i = 0; i < score.length; i += 37) {
      let share = 0;
      for (let j = 0; j < score.length; j++) share += law.probability(j) / (1 + Math.exp(score[j] - score[i]));
      const want = 2 * law.weight[i] * share;
      expect(Math.abs(weights[i] - want), `answer ${i}`).toBeLessThanOrEqual(1e-13 * want);
    }
  });

  test("is left to the levels where answers are few, forbidden or rare, draws are no whole number, or β has no weights", () => {
    const mass = new Float64Array(1000).fill(1);
    const reward = mass.map((_, i) => i / 1000);
    const of = (mass: Float64Array, reward: Float64Array, beta = 1, n = 8) =>
      compressedWeights(prepare("test", { ref: measure([...mass.keys()], mass), reward }, beta), n, 1);
    expect(of(mass, reward)).toHaveLength(1000);
    const but = (values: Float64Array, value: number) => values.map((x, i) => (i === 5 ? value : x));
    expect(of(mass, but(reward, -Infinity))).toBeUndefined();
    expect(of(mass, but(reward, 900))).toBeUndefined();
    expect(of(but(mass, 1e-250), reward)).toBeUndefined();
    expect(of(mass, mass)).toBeUndefined();
    expect(of(mass.slice(0, 200), reward.slice(0, 200))).toBeUndefined();
    for (const beta of [0, Infinity, 1e-3]) expect(of(mass, reward, beta)).toBeUndefined();
    // A wide range has cells enough for many answers, but their logarithms count.
    const many = new Float64Array(220_000).fill(1);
    expect(
      of(
        many,
        many.map((_, i) => (590 * i) / many.length),
      ),
    ).toHaveLength(many.length);
    expect(
      of(
        many,
        many.map((_, i) => (610 * i) / many.length),
      ),
    ).toBeUndefined();
    for (const n of [1, 2.5, 2 ** 101]) expect(of(mass, reward, 1, n)).toBeUndefined();
    expect(of(but(mass, 0), but(reward, -Infinity))?.[5]).toBe(0);
  });
});
