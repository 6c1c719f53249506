import { rlhfOptimum } from "exptilt";
import {
  atomicData,
  guidanceGap,
  guidanceProblem,
  guidedNoisePrediction,
  guidedTarget,
  logClassProbability,
  noisePrediction,
} from "exptilt/diffusion";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";
import { lineInstances, marginalOf, overNoise, scaled } from "./instances.js";

const three = atomicData({ atoms: [[-1], [0], [1]], classes: { a: [0.5, 0.25, 0.25], b: [0.1, 0.1, 0.8] } });

describe("guidance as a tilt", () => {
  test.prop([lineInstances()])(
    "log p(c|x) is that of p(c)·p(x|c)/p(x), and e^ of it over the classes is 1",
    (instance) => {
      const { data, classes, prior } = instance;
      const all = marginalOf(instance);
      const [a, b] = (["a", "b"] as const).map((c) => {
        const log = logClassProbability(data, c);
        for (const [i, l] of log.entries()) {
          const exact = Math.log((prior[c] * classes[c][i]) / all[i]);
          if (classes[c][i] === 0) expect(l).toBe(-Infinity);
          else expect(Math.abs(l - exact)).toBeLessThanOrEqual(1e-14 * (1 + Math.abs(exact)));
        }
        return log;
      });
      for (const [i, p] of all.entries()) if (p > 0) expect(Math.exp(a[i]) + Math.exp(b[i])).toBeCloseTo(1, 14);
    },
  );

  it("near 1 p(c|x) keeps the digits of its distance from 1", () => {
    const data = atomicData({ atoms: [[0], [1]], classes: { a: [1, 0], b: [1e-30, 1] } });
    expect(logClassProbability(data, "a")[0] / -1e-30).toBeCloseTo(1, 14);
    expect(logClassProbability(data, "b")[0] / Math.log(1e-30)).toBeCloseTo(1, 14);
  });

  const strength = fc.constantFrom(-1, -0.5, 0, 0.5, 1, 3);
  test.prop([lineInstances(), strength])(
    "its optimum is (31), ∝ p(x|c)^{1+w} p(x)^{−w}, at negative w too",
    (instance, w) => {
      const { data, classes } = instance;
      const all = marginalOf(instance);
      const raw = classes.b.map((p, i) => (p > 0 ? p * (p / all[i]) ** w : 0));
      for (const found of [rlhfOptimum(guidanceProblem(data, "b", w)), guidedTarget(data, "b", w)])
        for (const [i, p] of scaled(raw).entries()) expect(Math.abs(found.mass[i] - p)).toBeLessThanOrEqual(1e-13 * p);
    },
  );

  it("w = 0 is the class to the last bit, and a class of prior 0 has no other guidance", () => {
    const data = atomicData({ atoms: [[0], [1]], classes: { a: [0.3, 0.7], b: [1, 0] }, prior: { a: 0, b: 1 } });
    expect(guidedTarget(data, "a", 0).mass).toEqual(data.conditional.get("a")?.mass);
    expect(() => guidedTarget(data, "a", 1)).toThrow('guidedTarget: label must have a positive prior, got "a"');
  });

  it("w = −1 asks for the marginal where the class is, as guided noise does at every point", () => {
    const target = guidedTarget(three, "a", -1).mass;
    for (const [i, p] of three.marginal.mass.entries()) expect(target[i]).toBeCloseTo(p, 14);
    for (const x of [-2, 0.3, 1])
      expect(guidedNoisePrediction(three, [x], 0.6, "a", -1)[0]).toBeCloseTo(noisePrediction(three, [x], 0.6)[0], 13);
  });
});

describe("the guidance gap on a line", () => {
  it.each([-0.5, 1, 2])(
    "is E|ε̃ − ε_target|² over the noised target, from the noise predictors themselves, w = %s",
    (w) => {
      const target = guidedTarget(three, "a", w);
      const grid = [0.2, 0.5, 0.7, 0.99];
      const gap = guidanceGap(three, "a", w, grid);
      for (const [t, s] of grid.entries()) {
        const alpha = Math.sqrt(1 - s * s);
        const squared = (x: number) => {
          const guided = (1 + w) * noisePrediction(three, [x], s, "a")[0] - w * noisePrediction(three, [x], s)[0];
          return (guided - noisePrediction(three, [x], s, target)[0]) ** 2;
        };
        const exact = target.mass.reduce(
          (sum, p, i) => sum + p * overNoise((e) => squared(alpha * (i - 1) + s * e)),
          0,
        );
        expect(Math.abs(gap[t] - exact)).toBeLessThanOrEqual(1e-11);
        expect(gap[t]).toBeGreaterThan(0);
      }
    },
  );

  test.prop([lineInstances({ most: 5 })], { numRuns: 20 })("is 0 without guidance", ({ data }) => {
    for (const gap of guidanceGap(data, "a", 0, [0.01, 0.3, 0.9])) expect(gap).toBeLessThanOrEqual(1e-20);
  });
});

describe("bad input", () => {
  const plane = atomicData({
    atoms: [
      [0, 0],
      [1, 1],
    ],
  });
  it.each<[() => unknown, string]>([
    [() => logClassProbability(three, "z"), 'logClassProbability: label must be one of a, b, got "z"'],
    [() => guidanceProblem(three, "z", 1), 'guidanceProblem: label must be one of a, b, got "z"'],
    [() => guidanceProblem(three, "a", Infinity), "guidanceProblem: strength must be finite, got Infinity"],
    [() => guidanceProblem(three, "a", "1" as never), 'guidanceProblem: strength must be a number, got "1"'],
    [() => guidanceGap(plane, "data", 1, [0.5]), "guidanceGap: data must have one dimension, got 2"],
    [() => guidanceGap(three, "z", 1, [0.5]), 'guidanceGap: label must be one of a, b, got "z"'],
    [() => guidanceGap(three, "a", 1, [0.5, 0.5]), "guidanceGap: grid[1] must exceed the level before it, got 0.5"],
    [() => guidanceGap(three, "a", Number.NaN, [0.5]), "must be finite, got NaN"],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
});
