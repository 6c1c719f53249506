import { randomSource, softBestOfNLaw, totalVariation } from "exptilt";
import {
  atomicData,
  ddimLaw,
  ddimSample,
  guidanceProblem,
  guidedNoisePrediction,
  guidedTarget,
  logSnrSchedule,
} from "exptilt/diffusion";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gaussianSource } from "../../src/numeric/gaussian.js";
import { normalInterval } from "../../src/numeric/normal.js";
import { binomialBounds } from "../support/binomial.js";
import { test } from "../support/test.js";
import { lineInstances } from "./instances.js";

const three = atomicData({ atoms: [[-1], [0], [1]], classes: { a: [0.5, 0.25, 0.25], b: [0.1, 0.1, 0.8] } });

describe("the exact law of DDIM on a line", () => {
  test.prop([lineInstances()], { numRuns: 40 })(
    "without guidance is p(x|c), to 1e-9, atoms 0.01 apart and rare ones included",
    ({ data }) => {
      expect(totalVariation(ddimLaw(data, "a", 0), data.conditional.get("a") ?? data.marginal)).toBeLessThanOrEqual(
        1e-9,
      );
    },
  );

  test.prop([lineInstances({ most: 6 }), fc.constantFrom(0, 0.5, 2, 6)], { numRuns: 10 })(
    "is the limit of the laws on finer grids, whose distance falls as the step of Euler's method",
    ({ data }, w) => {
      const flow = ddimLaw(data, "a", w);
      const off = (steps: number) => totalVariation(flow, ddimLaw(data, "a", w, logSnrSchedule(steps, 18, -24)));
      expect(off(3000)).toBeLessThanOrEqual(2e-3);
      expect(off(3000)).toBeLessThanOrEqual(off(750) / 2 + 1e-9);
    },
  );

  test.prop(
    [
      lineInstances({ most: 5 }),
      fc.double({ min: 0, max: 12, noNaN: true }),
      fc.uniqueArray(fc.double({ min: 0.05, max: 0.97, noNaN: true }), { minLength: 1, maxLength: 6 }),
    ],
    { numRuns: 12 },
  )("on few levels is what a fine grid of starts says, where guidance folds the line too", ({ data }, w, levels) => {
    const grid = levels.sort((a, b) => a - b);
    const law = ddimLaw(data, "a", w, grid).mass;
    const own = data.conditional.get("a") ?? data.marginal;
    const reached = new Float64Array(data.size);
    const step = 1e-3;
    for (let x = -8 + step / 2; x < 8; x += step) {
      const [y] = ddimSample((z, sigma) => guidedNoisePrediction(data, z, sigma, "a", w), grid, [x]);
      let best = -1;
      for (let i = 0; i < data.size; i++) {
        const nearer = best < 0 || Math.abs(data.points[i] - y) < Math.abs(data.points[best] - y);
        if (own.mass[i] > 0 && nearer) best = i;
      }
      reached[best] += normalInterval(x - step / 2, x + step / 2);
    }
    const apart = law.reduce((s, m, i) => s + Math.abs(m - reached[i]) / 2, 0);
    // A start is in doubt where an interval ends: half a step each, of density 0.4 at most.
    expect(apart).toBeLessThanOrEqual(0.005);
  });

  it("keeps the interval that a fold hides between starts", () => {
    const data = atomicData({
      atoms: [[-1.81], [1.63], [1.76], [3.04]],
      classes: { a: [0.25, 0.25, 0.25, 0.25], b: [0.1, 0.4, 0.1, 0.4] },
    });
    const law = ddimLaw(data, "a", 1.79, [0.116, 0.47, 0.873]).mass;
    expect(law.reduce((s, m) => s + m, 0)).toBeCloseTo(1, 14);
  });

  it.each([0, 2])("holds the counts of the sampler on its grid within binomial bounds at q = 1e-6, w = %s", (w) => {
    const grid = logSnrSchedule(40, 8, -8);
    const law = ddimLaw(three, "a", w, grid).mass;
    const normal = gaussianSource(randomSource(`ddimLaw ${w}`));
    const counts = [0, 0, 0];
    const draws = 4000;
    for (let i = 0; i < draws; i++) {
      const predict = (x: Float64Array, sigma: number) => guidedNoisePrediction(three, x, sigma, "a", w);
      const [x] = ddimSample(predict, grid, [normal()]);
      counts[x < -0.5 ? 0 : x < 0.5 ? 1 : 2]++;
    }
    for (const [i, count] of counts.entries()) {
      const [low, high] = binomialBounds(draws, law[i], 1e-6 / 3);
      expect(count).toBeGreaterThanOrEqual(low);
      expect(count).toBeLessThanOrEqual(high);
    }
  });

  it("with guidance misses the target (31), which soft best-of-N does not", () => {
    for (const w of [1, 2, 5]) {
      const target = guidedTarget(three, "a", w);
      expect(totalVariation(ddimLaw(three, "a", w), target)).toBeGreaterThan(0.05);
      expect(totalVariation(softBestOfNLaw(guidanceProblem(three, "a", w), 1e7), target)).toBeLessThan(1e-5);
    }
  });

  it("does not depend on the order of the atoms, and shares a point among coincident ones as p(x|c) does", () => {
    const law = ddimLaw(three, "a", 2).mass;
    const turned = atomicData({
      atoms: [[1], [0], [-1], [0]],
      classes: { a: [0.25, 0.1, 0.5, 0.15], b: [0.8, 0.04, 0.1, 0.06] },
    });
    const got = ddimLaw(turned, "a", 2).mass;
    for (const [i, j] of [
      [0, 2],
      [2, 0],
    ])
      expect(got[i]).toBeCloseTo(law[j], 11);
    expect(got[1]).toBeCloseTo(0.4 * law[1], 11);
    expect(got[3]).toBeCloseTo(0.6 * law[1], 11);
  });
});

describe("bad input", () => {
  const plane = atomicData({
    atoms: [
      [0, 0],
      [1, 1],
    ],
  });
  it.each([
    [() => ddimLaw(plane, "data", 0), "ddimLaw: data must have one dimension, got 2"],
    [() => ddimLaw(three, "z", 0), 'ddimLaw: label must be one of a, b, got "z"'],
    [() => ddimLaw(three, "a", -1), "ddimLaw: strength must be non-negative and finite, got -1"],
    [() => ddimLaw(three, "a", Number.NaN), "ddimLaw: strength must be non-negative and finite, got NaN"],
    [() => ddimLaw(three, "a", 0, [0.5, 0.4]), "ddimLaw: grid[1] must exceed the level before it, got 0.4"],
  ])("%s", (call, message) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});
