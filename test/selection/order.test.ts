import { fc } from "@fast-check/vitest";
import { measure, metropolisLaw, normalize, rlhfOptimum, softBestOfNLaw } from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import { describe, expect } from "vitest";
import { runs } from "../support/runs.js";
import { test } from "../support/test.js";

const rows = fc
  .array(
    fc.record({
      mass: fc.oneof(
        { weight: 4, arbitrary: fc.double({ min: 1e-3, max: 1, noNaN: true }) },
        { weight: 1, arbitrary: fc.constantFrom(0, 1) },
        { weight: 2, arbitrary: fc.integer({ min: -250, max: 0 }).map((e) => 10 ** e) },
      ),
      reward: fc.oneof(
        { weight: 3, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
        { weight: 1, arbitrary: fc.constantFrom(0, 0.5, 1, 1 - 2 ** -53) },
      ),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .filter((all) => all.some(({ mass }) => mass > 0));
const betas = fc.oneof(
  fc.integer({ min: -30, max: 30 }).map((e) => 10 ** (e / 10)),
  fc.constantFrom(1e-9, 1e9),
);
const draws = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 1, arbitrary: fc.integer({ min: 13, max: 2 ** 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(1e9, 2 ** 53) },
);

/** The places of the answers from the highest reward down, cut where a level ends. */
function levelsDown(reward: readonly number[]): number[][] {
  const distinct = [...new Set(reward)].sort((a, b) => b - a);
  return distinct.map((r) => [...reward.keys()].filter((i) => reward[i] === r));
}

describe("ref ≤ soft best-of-N ≤ Metropolis ≤ the optimum in first-order stochastic order of the reward", () => {
  // DEEP_PROBLEMS=10000 is the full run.
  test.prop([rows, betas, draws], { numRuns: runs(1000) })(
    "within 1e-13 in float64, for all whole N",
    (all, beta, n) => {
      const reward = all.map((row) => row.reward);
      const ref = measure(
        [...all.keys()],
        all.map((row) => row.mass),
      );
      const problem = { ref, reward, beta };
      const laws = [normalize(ref), softBestOfNLaw(problem, n), metropolisLaw(problem, n), rlhfOptimum(problem)];
      const tails = laws.map(() => 0);
      for (const level of levelsDown(reward)) {
        for (const [l, { mass }] of laws.entries()) for (const i of level) tails[l] += mass[i];
        for (let l = 1; l < laws.length; l++) expect(tails[l - 1]).toBeLessThanOrEqual(tails[l] + 1e-13);
      }
    },
  );

  const exact = exactAlgebra({ digits: 60 });
  test.prop([rows, betas, fc.integer({ min: 1, max: 40 })], { numRuns: runs(100) })(
    "within 1e-60 at 60 digits",
    (all, beta, n) => {
      const few = all.slice(0, 5);
      fc.pre(few.some(({ mass }) => mass > 0));
      const reward = few.map((row) => row.reward);
      const ref = exact.distribution(
        [...few.keys()],
        few.map((row) => row.mass),
      );
      const problem = { ref, reward, beta };
      const laws = [ref, exact.softBestOfNLaw(problem, n), exact.metropolisLaw(problem, n), exact.rlhfOptimum(problem)];
      const tails = laws.map(() => exact.number(0));
      for (const level of levelsDown(reward)) {
        for (const [l, { mass }] of laws.entries()) for (const i of level) tails[l] = tails[l].plus(mass[i]);
        for (let l = 1; l < laws.length; l++)
          expect(tails[l - 1].minus(tails[l]).lt(1e-60), `${tails[l - 1]} and ${tails[l]}`).toBe(true);
      }
    },
  );
});
