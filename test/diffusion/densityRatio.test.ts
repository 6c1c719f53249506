import {
  atomicData,
  classify,
  densityRatioLoss,
  densityRatioWeights,
  logDensityRatio,
  logSnrSchedule,
  noisePrediction,
} from "exptilt/diffusion";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";
import { lineInstances, marginalOf, overNoise } from "./instances.js";

const RUNS = { numRuns: 15 };
const three = atomicData({ atoms: [[-1], [0], [1.3]], classes: { a: [0.5, 0.3, 0.2], b: [0.1, 0.1, 0.8] } });

describe("the density ratio (36) on a line", () => {
  test.prop([lineInstances(), fc.nat(9)], RUNS)(
    "L(x;c) = −log p(x|c)/p(x) to 1e-8 at every atom",
    (instance, which) => {
      const { data, atoms, classes } = instance;
      const i = which % atoms.length;
      const all = marginalOf(instance)[i];
      fc.pre(all > 0);
      for (const c of ["a", "b"] as const) {
        const loss = densityRatioLoss(data, [atoms[i]], c);
        if (classes[c][i] === 0) expect(loss).toBe(Infinity);
        else {
          const ratio = Math.log(classes[c][i] / all);
          expect(Math.abs(loss + ratio)).toBeLessThanOrEqual(1e-8);
          expect(logDensityRatio(data, [atoms[i]], c)).toBeCloseTo(ratio, 12);
        }
      }
    },
  );

  test.prop([lineInstances(), fc.nat(9)], RUNS)(
    "classes by their losses are p(c|x), by Bayes' rule",
    (instance, which) => {
      const { data, atoms, classes, prior } = instance;
      const i = which % atoms.length;
      const all = marginalOf(instance)[i];
      fc.pre(all > 0);
      const at = [atoms[i]];
      const found = classify(data, { a: densityRatioLoss(data, at, "a"), b: densityRatioLoss(data, at, "b") });
      for (const [k, c] of (["a", "b"] as const).entries())
        expect(Math.abs(found.mass[k] - (prior[c] * classes[c][i]) / all)).toBeLessThanOrEqual(1e-8);
    },
  );

  it("coincident atoms are one point: two halves have the ratio of the whole", () => {
    const whole = atomicData({ atoms: [[0], [0.4]], classes: { a: [0.7, 0.3], b: [0.2, 0.8] } });
    const halves = atomicData({ atoms: [[0], [0.4], [0]], classes: { a: [0.5, 0.3, 0.2], b: [0, 0.8, 0.2] } });
    expect(logDensityRatio(halves, [0], "a")).toBeCloseTo(Math.log(0.7 / 0.45), 14);
    expect(densityRatioLoss(halves, [0], "a")).toBeCloseTo(densityRatioLoss(whole, [0], "a"), 11);
    // An atom at −0 is at 0.
    expect(logDensityRatio(whole, [-0], "a")).toBeCloseTo(Math.log(0.7 / 0.45), 14);
  });
});

describe("the sum (37) over a grid", () => {
  it("is Σ ω_t E[|ε − ε(x_t|c)|² − |ε − ε(x_t)|²], at points that are no atoms too", () => {
    const grid = [0.1, 0.3, 0.35, 0.8, 0.97];
    for (const x of [-1, 0, 0.45, 3]) {
      let sum = 0;
      for (let t = 0; t + 1 < grid.length; t++) {
        const [s, alpha] = [grid[t], Math.sqrt(1 - grid[t] ** 2)];
        const omega = (grid[t + 1] ** 2 - s ** 2) / (2 * s ** 2 * (1 - s ** 2));
        expect(densityRatioWeights(grid)[t]).toBeCloseTo(omega, 13);
        const squared = (noise: number, law?: string) =>
          (noise - noisePrediction(three, [alpha * x + s * noise], s, law)[0]) ** 2;
        sum += omega * overNoise((noise) => squared(noise, "a") - squared(noise));
      }
      expect(Math.abs(densityRatioLoss(three, [x], "a", grid) - sum)).toBeLessThanOrEqual(1e-10 * (1 + Math.abs(sum)));
    }
  });

  it("tends to the ratio, with half the error on twice the levels", () => {
    for (const [x, c] of [
      [-1, "a"],
      [0, "a"],
      [1.3, "a"],
      [-1, "b"],
      [1.3, "b"],
    ] as const) {
      const error = (steps: number) =>
        densityRatioLoss(three, [x], c, logSnrSchedule(steps + 1)) + logDensityRatio(three, [x], c);
      const errors = [800, 1600, 3200].map(error);
      for (const k of [1, 2]) expect(errors[k] / errors[k - 1]).toBeCloseTo(0.5, 1);
      expect(Math.abs(errors[2])).toBeLessThan(0.01);
    }
  });

  it("E2: its weights total half the range of λ, not 1: normalised, the ratio would become its power 1/Ω", () => {
    const grid = logSnrSchedule(5001, 12, -12);
    const total = densityRatioWeights(grid).reduce((s, w) => s + w, 0);
    expect(total).toBeCloseTo(12, 1);
    const [ratio, printed] = [-logDensityRatio(three, [1.3], "a"), densityRatioLoss(three, [1.3], "a", grid) / total];
    expect(printed).toBeCloseTo(ratio / 12, 3);
    expect(Math.abs(printed - ratio)).toBeGreaterThan(0.8);
  });
});

describe("bad input", () => {
  const plane = atomicData({
    atoms: [
      [0, 0],
      [1, 1],
    ],
  });
  const absent = atomicData({ atoms: [[0], [1]], classes: { a: [1, 0], b: [0, 1] }, prior: { a: 1, b: 0 } });
  it.each([
    [() => densityRatioLoss(plane, [0, 0], "data"), "densityRatioLoss: data must have one dimension, got 2"],
    [() => densityRatioLoss(three, [0], "z"), 'densityRatioLoss: label must be one of a, b, got "z"'],
    [() => densityRatioLoss(three, [0], 1 as never), "densityRatioLoss: label must be the name of a class, got 1"],
    [
      () => densityRatioLoss(three, [0.5], "a"),
      "densityRatioLoss: x must be an atom of positive p(x), or a grid be given",
    ],
    [
      () => densityRatioLoss(absent, [1], "a"),
      "densityRatioLoss: x must be an atom of positive p(x), or a grid be given",
    ],
    [() => densityRatioLoss(absent, [0], "b"), 'densityRatioLoss: label must have a positive prior, got "b"'],
    [() => densityRatioLoss(three, [0, 1], "a"), "densityRatioLoss: x must have 1 coordinates, got 2"],
    [() => densityRatioLoss(three, [Number.NaN], "a"), "densityRatioLoss: x[0] must be finite, got NaN"],
    [() => densityRatioLoss(three, [0], "a", [0.5]), "densityRatioLoss: grid must have at least two levels, got 1"],
    [() => densityRatioLoss(three, [0], "a", [0.5, 1]), "densityRatioLoss: grid[1] must be between 0 and 1, got 1"],
    [() => densityRatioLoss(three, [0], "a", [0.5, 0.5]), "densityRatioLoss: grid[1] must exceed the level before it"],
    [() => densityRatioWeights([0.5, 0.4]), "densityRatioWeights: grid[1] must exceed the level before it, got 0.4"],
    [() => densityRatioWeights([0, 0.4]), "densityRatioWeights: grid[0] must be between 0 and 1, got 0"],
    [() => densityRatioWeights([0.1, "b" as never]), 'densityRatioWeights: grid[1] must be a number, got "b"'],
    [() => logDensityRatio(three, [0.5], "a"), "logDensityRatio: x must be an atom of positive p(x)"],
    [() => logDensityRatio({} as never, [0], "a"), "logDensityRatio: data must be made by atomicData"],
    [() => classify(three, { a: 1 }), "classify: loss.b must be a number, got undefined"],
    [() => classify(three, { a: 1, b: Number.NaN }), "classify: loss.b must be above -Infinity, got NaN"],
    [() => classify(three, { a: Infinity, b: Infinity }), "classify: loss must be finite for some class"],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
});
