import { klDivergence, type RandomSource, randomSource } from "exptilt";
import {
  atomicData,
  densityRatioLoss,
  estimateDensityRatioLoss,
  estimateGuidanceGap,
  estimateKlByMismatchedEstimation,
  guidanceGap,
  logDensityRatio,
  logSnrSchedule,
  type MonteCarloEstimate,
} from "exptilt/diffusion";
import { describe, expect, it } from "vitest";
import { binomialBounds } from "../support/binomial.js";
import { scaled } from "./instances.js";

const SEEDS = 150;
const SAMPLES = 500;

/** Six atoms in a cube and two classes on them. */
function instance(rng: RandomSource, dimension: number) {
  const atoms = Array.from({ length: 6 }, () => Array.from({ length: dimension }, () => 2 * rng()));
  const law = () => scaled(atoms.map(() => rng() + 0.05));
  return { atoms, data: atomicData({ atoms, classes: { a: law(), b: law() } }) };
}

/** How many of the 95 % intervals cover the truth, and the range that this count is in but for one time in 10⁶. */
function coverage(trial: (rng: RandomSource) => { estimate: MonteCarloEstimate; truth: number }) {
  let covered = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { estimate, truth } = trial(randomSource(seed));
    if (Math.abs(estimate.value - truth) <= 1.959964 * estimate.standardError) covered++;
  }
  const [low, high] = binomialBounds(SEEDS, 0.95, 1e-6);
  expect(covered).toBeGreaterThanOrEqual(low);
  expect(covered).toBeLessThanOrEqual(high);
}

describe.each([2, 64])("in %s dimensions the interval of 1.96 standard errors covers at its rate", (dimension) => {
  it("−log p(x|c)/p(x), by draws for (37)", () => {
    coverage((rng) => {
      const { atoms, data } = instance(rng, dimension);
      const estimate = estimateDensityRatioLoss(data, atoms[0], "a", rng, { samples: SAMPLES });
      return { estimate, truth: -logDensityRatio(data, atoms[0], "a") };
    });
  });
  it("KL(p‖q), by draws for mismatched estimation", () => {
    coverage((rng) => {
      const { data } = instance(rng, dimension);
      const estimate = estimateKlByMismatchedEstimation(data, "a", "b", rng, { samples: SAMPLES });
      const [p, q] = ["a", "b"].map((name) => data.conditional.get(name) ?? data.marginal);
      return { estimate, truth: klDivergence(p, q) };
    });
  });
});

describe("on a line draws meet the quadrature within five standard errors", () => {
  const { atoms, data } = instance(randomSource("line"), 1);
  const near = ({ value, standardError }: MonteCarloEstimate, truth: number) =>
    expect(Math.abs(value - truth)).toBeLessThanOrEqual(5 * standardError);
  it("the loss on a grid, at an atom and off the atoms", () => {
    const grid = logSnrSchedule(20, 4, -6);
    for (const x of [atoms[2], [0.77]])
      near(estimateDensityRatioLoss(data, x, "b", randomSource(3), { grid }), densityRatioLoss(data, x, "b", grid));
  });
  it("the guidance gap", () => {
    for (const sigma of [0.3, 0.8])
      near(estimateGuidanceGap(data, "a", 2, sigma, randomSource(4)), guidanceGap(data, "a", 2, [sigma])[0]);
  });
});

it("a seed gives the same bits", () => {
  const { atoms, data } = instance(randomSource("bits"), 3);
  const run = () => estimateDensityRatioLoss(data, atoms[1], "a", randomSource(9), { samples: 50 });
  expect(run()).toEqual(run());
});

describe("bad input", () => {
  const data = atomicData({
    atoms: [
      [0, 0],
      [1, 1],
    ],
    classes: { a: [1, 0], b: [0.5, 0.5] },
  });
  const rng = randomSource(1);
  it("a class without the atom has an infinite loss there", () => {
    expect(estimateDensityRatioLoss(data, [1, 1], "a", rng).value).toBe(Infinity);
    expect(estimateKlByMismatchedEstimation(data, "b", "a", rng).value).toBe(Infinity);
  });
  it.each([
    [
      () => estimateDensityRatioLoss(data, [0.5, 0], "a", rng),
      "estimateDensityRatioLoss: x must be an atom of positive p(x)",
    ],
    [() => estimateDensityRatioLoss(data, [0], "a", rng), "estimateDensityRatioLoss: x must have 2 coordinates, got 1"],
    [
      () => estimateDensityRatioLoss(data, [0, 0], "a", rng, { samples: 1 }),
      "estimateDensityRatioLoss: options.samples must be a whole number of at least 2, got 1",
    ],
    [() => estimateDensityRatioLoss(data, [0, 0], "a", 1 as never), "estimateDensityRatioLoss: rng must be a function"],
    [() => estimateKlByMismatchedEstimation(data, "z", "a", rng), "must be one of a, b"],
    [() => estimateGuidanceGap(data, "a", 1, 1, rng), "estimateGuidanceGap: sigma must be between 0 and 1, got 1"],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
});
