import { measure, rlhfOptimum, totalVariation } from "exptilt";
import {
  atomicData,
  cosineSchedule,
  denoisingLoss,
  fitScoreMatching,
  rewardDirectedProblem,
  type ScoreMatchingOptions,
} from "exptilt/diffusion";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";

const atoms = [[-1.2], [-0.3], [0.1], [0.9], [1.7]];
const data = atomicData({ atoms, classes: { a: [0.3, 0.1, 0.2, 0.4, 0], b: [0, 0, 0, 0.5, 0.5] } });
const reward = [0.2, 1, 0, 0.6, 5];
const grid = cosineSchedule(12);

describe("importance-weighted score matching with the population loss", () => {
  // Adam takes thousands of steps: fewer levels for it.
  const few = [0.4, 0.6, 0.8];
  it.each([
    { method: "newton", betas: [0.1, 0.5, 3], levels: grid },
    { method: "lbfgs", betas: [0.1, 0.5, 3], levels: grid },
    { method: "adam", betas: [0.5], levels: few },
  ] as const)("meets the tilt to 1e-8 in KL by $method, β = $betas", async ({ method, betas, levels }) => {
    for (const beta of betas) {
      const problem = rewardDirectedProblem(data, "a", reward, beta);
      const fit = await fitScoreMatching(data, problem, levels, { method });
      expect(fit.converged).toBe(true);
      expect(fit.klFromTarget).toBeLessThanOrEqual(1e-8);
      expect(totalVariation(fit.law, rlhfOptimum(problem))).toBeLessThanOrEqual(1e-4);
      expect(fit.law.mass[4]).toBe(0);
    }
  });

  test.prop([fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 })], { numRuns: 10 })(
    "has the loss of `denoisingLoss` under the tilt for its objective, from any start",
    async (start) => {
      const problem = rewardDirectedProblem(data, undefined, reward, 2);
      const { objective, law } = await fitScoreMatching(data, problem, grid, { start, maxIterations: 0 });
      const loss = denoisingLoss(data, rlhfOptimum(problem), law, grid);
      expect(Math.abs(objective + loss)).toBeLessThanOrEqual(1e-10 * loss);
    },
  );

  it("reports the gradient: its largest entry is that of central differences", async () => {
    const problem = rewardDirectedProblem(data, undefined, reward, 2);
    const at = async (start: number[]) => fitScoreMatching(data, problem, grid, { start, maxIterations: 0 });
    const start = [0.3, -0.2, 0.5, 0, 0.1];
    const slopes = await Promise.all(
      start.map(async (_, i) => {
        const moved = (h: number) => start.map((v, j) => (i === j ? v + h : v));
        return ((await at(moved(1e-4))).objective - (await at(moved(-1e-4))).objective) / 2e-4;
      }),
    );
    const largest = Math.max(...slopes.map(Math.abs));
    // Second-order differences at 1e-4: 1e-8 of the third derivative.
    expect((await at(start)).gradientNorm).toBeCloseTo(largest, 7);
  });

  it("weights of levels change the road and not the end", async () => {
    const problem = rewardDirectedProblem(data, "a", reward, 0.5);
    const levelWeights = Array.from(grid, (_, t) => t % 3);
    const fit = await fitScoreMatching(data, problem, grid, { levelWeights });
    expect(fit.klFromTarget).toBeLessThanOrEqual(1e-8);
  });

  it("a stopped run goes on from its state to the bits of an unbroken one", async () => {
    const problem = rewardDirectedProblem(data, "a", reward, 0.5);
    const whole = await fitScoreMatching(data, problem, grid, { method: "lbfgs" });
    const first = await fitScoreMatching(data, problem, grid, { method: "lbfgs", maxIterations: 3 });
    expect(first.reason).toBe("iterations");
    const resume = JSON.parse(JSON.stringify(first.save()));
    const second = await fitScoreMatching(data, problem, grid, { method: "lbfgs", resume });
    expect(second.parameters).toEqual(whole.parameters);
    expect(second.iterations).toBe(whole.iterations);
  });

  it("a raised signal ends it with what was reached", async () => {
    const problem = rewardDirectedProblem(data, "a", reward, 0.5);
    const control = new AbortController();
    const onProgress = ({ iteration }: { iteration: number }) => iteration === 2 && control.abort();
    const fit = await fitScoreMatching(data, problem, few, { method: "adam", signal: control.signal, onProgress });
    expect([fit.reason, fit.iterations]).toEqual(["aborted", 2]);
  });
});

it("in the plane the fit nears the tilt as draws of noise grow, and a seed gives the same bits", async () => {
  const plane = atomicData({
    atoms: [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ],
  });
  const problem = rewardDirectedProblem(plane, undefined, ([x, y]) => x + 0.5 * y, 1);
  const match = (options: ScoreMatchingOptions) => fitScoreMatching(plane, problem, cosineSchedule(10), options);
  const small = await match({ draws: 16 });
  expect((await match({ draws: 16 })).parameters).toEqual(small.parameters);
  expect((await match({ draws: 1000 })).klFromTarget).toBeLessThan(small.klFromTarget / 5);
});

describe("bad input", () => {
  const problem = rewardDirectedProblem(data, "a", reward, 0.5);
  it.each<[() => unknown, string]>([
    [() => rewardDirectedProblem(data, "z", reward, 1), 'rewardDirectedProblem: law must be one of a, b, got "z"'],
    [
      () => rewardDirectedProblem(data, "a", reward, 0),
      "rewardDirectedProblem: beta must be positive and finite, got 0",
    ],
    [() => rewardDirectedProblem(data, "a", [0], 1), "rewardDirectedProblem: reward must have length 5"],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
  it.each<[() => Promise<unknown>, string]>([
    [() => fitScoreMatching(data, problem, []), "fitScoreMatching: grid must have at least one level"],
    [() => fitScoreMatching(data, problem, [0.5, 1]), "fitScoreMatching: grid[1] must be between 0 and 1, got 1"],
    [
      () => fitScoreMatching(data, problem, [0.5], { levelWeights: [0] }),
      "fitScoreMatching: options.levelWeights must have a positive total, got 0",
    ],
    [
      () => fitScoreMatching(data, problem, [0.5], { draws: 0 }),
      "fitScoreMatching: options.draws must be a whole number of at least 1, got 0",
    ],
    [
      () => fitScoreMatching(data, { ...problem, ref: measure([0, 1], [1, 1]) }, [0.5]),
      "fitScoreMatching: both measures must have the same support",
    ],
  ])("%s", async (call, message) => {
    await expect(call()).rejects.toThrow(message);
  });
});
