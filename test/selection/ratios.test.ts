import { measure } from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prepare } from "../../src/selection/problem.js";
import { hardPoissonRatios, hardRatios } from "../../src/selection/ratio/hard.js";
import type { RatioToRef } from "../../src/selection/ratio/levelRatios.js";
import type { Prepared } from "../../src/selection/ratio/prepared.js";
import { ratiosAt } from "../../src/selection/ratio/ratiosAt.js";
import { softPoissonRatios } from "../../src/selection/ratio/softPoisson.js";
import { test } from "../support/test.js";

const problems = fc
  .array(
    fc.record({
      mass: fc.constantFrom(0, 1, 0.3, 1e-3, 7),
      reward: fc.constantFrom(-Infinity, 0, 0.5, 1, 2, 3.7),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .filter((rows) => rows.some((r) => r.mass > 0 && r.reward > -Infinity));
const prepared = (rows: readonly { mass: number; reward: number }[], beta: number) =>
  prepare(
    "test",
    {
      ref: measure(
        rows.map((_, i) => i),
        rows.map((r) => r.mass),
      ),
      reward: rows.map((r) => r.reward),
    },
    beta,
  );

/** E_ref[P/ref] = 1, and the logarithms are those of the ratios. */
function expectLaw({ levels }: Prepared<number>, { ratio, logRatio }: RatioToRef): void {
  expect(Math.abs(levels.mass.reduce((s, p, i) => s + p * ratio[i], 0) - 1)).toBeLessThanOrEqual(1e-13);
  for (const [i, r] of ratio.entries())
    expect(Math.abs(Math.exp(logRatio[i]) - r)).toBeLessThanOrEqual(1e-13 * (1 + Math.abs(logRatio[i])) * r);
}

describe("the ratios P/ref by level average to 1 under ref, forbidden draws made again", () => {
  test.prop([problems, fc.constantFrom(0, 0.2, 1, 10, Infinity), fc.constantFrom(1, 1.5, 2, 7, 100)])(
    "of N draws",
    (rows, beta, n) => {
      const problem = prepared(rows, beta);
      expectLaw(problem, ratiosAt(problem, [n])[0]);
    },
  );

  test.prop([problems, fc.constantFrom(0, 0.2, 1, 10), fc.constantFrom(0.01, 1, 20)])(
    "of 1 + Poisson(λ) draws",
    (rows, beta, rate) => {
      const problem = prepared(rows, beta);
      const { weights, levels } = problem;
      expectLaw(problem, weights === undefined ? hardPoissonRatios(levels, rate) : softPoissonRatios(weights, rate));
    },
  );

  it("of one level are 1, and it is its limit", () => {
    const { levels } = prepared([{ mass: 3, reward: 1 }], 0);
    for (const n of [1.5, 2, 1e9]) {
      const { ratio, logRatio, gap, logGap } = hardRatios(levels, n);
      expect([ratio[0], logRatio[0] + 0, gap[0] + 0, logGap[0] + 0]).toEqual([1, 0, 0, 0]);
    }
  });

  it("of an answer rarer than any that the grid is made for, and far better, are 1 + λ", () => {
    const rows = [
      { mass: 1, reward: 0 },
      { mass: 1e-310, reward: 1e9 },
    ];
    for (const rate of [0.01, 3, 40]) {
      const { weights } = prepared(rows, 1);
      const { ratio, logRatio } = softPoissonRatios(weights as NonNullable<typeof weights>, rate);
      expect(Math.abs(ratio[0] / (1 + rate) - 1)).toBeLessThanOrEqual(1e-13);
      expect(Math.abs(logRatio[0] - Math.log1p(rate))).toBeLessThanOrEqual(1e-13);
    }
  });
});
