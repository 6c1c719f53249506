import {
  type Algebra,
  checkClaim,
  claimHolds,
  claims,
  type DistributionOf,
  float64Algebra,
  gapTolerance,
  type Instance,
  type TiltProblemOf,
  worldOf,
} from "exptilt";
import { expect, test } from "vitest";
import { spoken } from "./spoken/diffusion.js";

const instance: Instance = {
  mass: [4, 3, 2, 1],
  reward: [0.1, 0.7, 0.3, 1],
  beta: 0.1,
  length: 16,
  vocabularySize: 50257,
};

const OFF = 1.01;

const isLaw = (x: object): x is DistributionOf<number> => "mass" in x && "support" in x;

/** A value 1 % off: a number, each number of an array, the first positive mass of a law, the reward of a problem. */
function off(value: unknown): unknown {
  if (typeof value === "number") return value * OFF;
  if (ArrayBuffer.isView(value)) return (value as Float64Array).map((x) => x * OFF);
  if (isLaw(value as object)) {
    const { support, mass } = value as DistributionOf<number>;
    const first = Array.from(mass).findIndex((m) => m > 0);
    return float64Algebra.distribution(
      support,
      Array.from(mass, (m, i) => (i === first ? m * OFF : m)),
    );
  }
  const problem = value as TiltProblemOf<number>;
  return { ...problem, reward: Array.from(problem.reward, (r) => r * OFF) };
}

type Member = (...args: unknown[]) => unknown;

/** The library with one function 1 % off. */
function without(name: string): Algebra<number> {
  const exact = (float64Algebra as unknown as Record<string, Member>)[name];
  return { ...float64Algebra, [name]: (...args: unknown[]) => off(exact(...args)) };
}

const table = Object.entries(spoken).flatMap(([equation, names]) => names.map((name) => [equation, name] as const));

test.each(table)("%s notices that %s is 1 %% off", (equation, name) => {
  const claim = claims.find((c) => c.equation === equation);
  if (claim === undefined) throw new Error(`no claim ${equation}`);
  const tolerance = gapTolerance(instance);
  expect(claimHolds(claim, checkClaim(claim, worldOf(float64Algebra, instance)), tolerance)).toBe(true);
  expect(claimHolds(claim, checkClaim(claim, worldOf(without(name), instance)), tolerance)).toBe(false);
});

test("each function of the diffusion half is spoken of by some equation", () => {
  const named = new Set(Object.values(spoken).flat());
  for (const name of [
    "noisePrediction",
    "score",
    "denoisingLoss",
    "weightedDenoisingLoss",
    "klByMismatchedEstimation",
    "rewardDirectedProblem",
    "logClassProbability",
    "guidanceProblem",
    "guidedTarget",
    "guidedNoisePrediction",
    "logDensityRatio",
    "densityRatioWeights",
    "densityRatioLoss",
    "classify",
  ])
    expect(named).toContain(name);
});
