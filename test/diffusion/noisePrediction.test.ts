import { readFileSync } from "node:fs";
import { totalVariation, weightedBestOfNLaw } from "exptilt";
import { atomicData, denoise, guidedNoisePrediction, guidedTarget, noisePrediction, score } from "exptilt/diffusion";
import { exactAlgebra } from "exptilt/exact";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";

interface Case {
  name: string;
  atoms: number[][];
  weights: number[];
  x: number[];
  sigma: number;
  noise: string[];
}
const { cases } = JSON.parse(readFileSync(new URL("../reference/noise.json", import.meta.url), "utf8")) as {
  cases: Case[];
};

describe("the noise predictor against 60 digits", () => {
  for (const { name, atoms, weights, x, sigma, noise } of cases) {
    it(name, () => {
      // Scaled to total 1 for the reader; the predictor only sees ratios.
      const total = weights.reduce((s, w) => s + w, 0);
      const data = atomicData({ atoms, classes: { data: weights.map((w) => w / total) } });
      const got = noisePrediction(data, x, sigma);
      const size = Math.max(...noise.map((v) => Math.abs(Number(v))), 1);
      for (const [k, v] of noise.entries()) expect(Math.abs(got[k] - Number(v))).toBeLessThanOrEqual(1e-13 * size);
    });
  }
});

describe("where a rare atom is the nearest, and one that is e^460 times as likely as far off as counts", () => {
  const A = exactAlgebra({ digits: 60 });
  const balance = fc.record({
    rare: fc.constantFrom(1e-50, 1e-100, 1e-200, 1e-300),
    sigma: fc.constantFrom(1e-3, 1e-4, 1e-5, 1e-6),
    nats: fc.double({ min: -60, max: 60, noNaN: true }),
  });
  test.prop([balance])("the prediction is that of 60 digits, relative to the distances it is made of", (at) => {
    const { rare, sigma, nats } = at;
    const alpha = Math.sqrt(1 - sigma * sigma);
    // At 0 nats both atoms are as likely.
    const x = 0.6 * alpha - ((nats - Math.log(rare)) * sigma * sigma) / alpha;
    const mass = [rare, 1];
    const data = atomicData({ atoms: [[0.1], [1.1]], classes: { data: mass } });
    const exact = A.toNumber(A.noisePrediction([0.1, 1.1], A.measure([0, 1], mass), x, sigma));
    expect(Math.abs(noisePrediction(data, [x], sigma)[0] - exact)).toBeLessThan(1e-13 / sigma);
  });
});

const instances = fc
  .record({
    atoms: fc.array(fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 2, maxLength: 2 }), {
      minLength: 1,
      maxLength: 8,
    }),
    seed: fc.array(fc.nat(5), { minLength: 16, maxLength: 16 }),
    x: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 2, maxLength: 2 }),
    sigma: fc.constantFrom(0.1, 0.5, 0.9, 0.999),
  })
  .map(({ atoms, seed, x, sigma }) => {
    const law = (from: number) => {
      const raw = atoms.map((_, i) => seed[from + i] + (i === 0 ? 1 : 0));
      const total = raw.reduce((s, w) => s + w, 0);
      return raw.map((w) => w / total);
    };
    return { data: atomicData({ atoms, classes: { a: law(0), b: law(8) } }), x, sigma };
  });

describe("on atomic data", () => {
  test.prop([instances])("x_t = √(1−σ²)·E[x|x_t] + σ·ε*, and the score is −ε*/σ", ({ data, x, sigma }) => {
    const [noise, mean, slope] = [noisePrediction, denoise, score].map((f) => f(data, x, sigma, "a"));
    for (const k of [0, 1]) {
      expect(Math.sqrt(1 - sigma * sigma) * mean[k] + sigma * noise[k]).toBeCloseTo(x[k], 12);
      expect(slope[k] * sigma).toBeCloseTo(-noise[k], 12);
    }
  });

  test.prop([instances])("the score is the slope of the log-density", ({ data, x, sigma }) => {
    const alpha = Math.sqrt(1 - sigma * sigma);
    const { mass } = data.marginal;
    const log = (y: readonly number[]) => {
      const terms = Array.from(mass, (p, i) => {
        const distance = y.reduce((s, v, k) => s + (v - alpha * data.points[2 * i + k]) ** 2, 0);
        return p === 0 ? -Infinity : Math.log(p) - distance / (2 * sigma * sigma);
      });
      const top = Math.max(...terms);
      return top + Math.log(terms.reduce((s, t) => s + Math.exp(t - top), 0));
    };
    const h = 1e-4;
    const slope = score(data, x, sigma);
    for (const k of [0, 1]) {
      const at = (d: number) => log(x.map((v, i) => (i === k ? v + d : v)));
      // Five points: the error is of fourth order in h, beside the rounding of the logarithms over h.
      const difference = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
      expect(Math.abs(slope[k] - difference)).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(slope[k])));
    }
  });

  test.prop([instances, fc.constantFrom(-0.5, 0, 1, 3)])(
    "guidance is (1 + w)·ε(x|c) − w·ε(x), and at w = 0 no guidance",
    ({ data, x, sigma }, w) => {
      const guided = guidedNoisePrediction(data, x, sigma, "b", w);
      const [own, all] = [noisePrediction(data, x, sigma, "b"), noisePrediction(data, x, sigma)];
      for (const k of [0, 1]) expect(guided[k]).toBeCloseTo((1 + w) * own[k] - w * all[k], 10);
      if (w === 0) for (const k of [0, 1]) expect(guided[k]).toBeCloseTo(own[k], 13);
    },
  );

  test.prop([instances, fc.constantFrom(0.5, 1, 2)])(
    "(35): best-of-N with weights p(c|x)^w over draws of p(x|c) tends to the guided target (31)",
    ({ data }, w) => {
      const target = guidedTarget(data, "b", w);
      const own = data.conditional.get("b");
      if (own === undefined) throw new Error("no such class");
      // p(c|x) = p(c)·p(x|c)/p(x).
      const weight = data.marginal.mass.map((p, i) => (p > 0 ? ((0.5 * own.mass[i]) / p) ** w : 0));
      const distance = (n: number) => totalVariation(weightedBestOfNLaw({ ref: own, weight }, n), target);
      expect(distance(1e12)).toBeLessThanOrEqual(1e-10);
      expect(distance(1e6)).toBeLessThanOrEqual(distance(10) + 1e-12);
    },
  );

  it("the guided target at w = 0 is the class, and where classes agree it is theirs at every w", () => {
    const data = atomicData({ atoms: [[0], [1], [2]], classes: { a: [0.5, 0.5, 0], b: [0.5, 0.5, 0] } });
    for (const w of [0, 1, 7]) expect(guidedTarget(data, "a", w).mass).toEqual(Float64Array.of(0.5, 0.5, 0));
  });
});

describe("bad input", () => {
  const data = atomicData({ atoms: [[0], [1]], classes: { a: [0.5, 0.5] } });
  it.each([
    [() => atomicData({ atoms: [] }), "atomicData: atoms must have at least one entry"],
    [() => atomicData({ atoms: [[]] }), "atomicData: atoms[0] must have at least one coordinate"],
    [() => atomicData({ atoms: [[0], [1, 2]] }), "atomicData: atoms[1] must have 1 coordinates, got 2"],
    [() => atomicData({ atoms: [[Number.NaN]] }), "atomicData: atoms[0][0] must be finite, got NaN"],
    [() => atomicData({ atoms: [[0]], classes: { a: [0.5] } }), "atomicData: classes.a must total 1, got 0.5"],
    [() => atomicData({ atoms: [[0]], classes: { a: [0.5, 0.5] } }), "atomicData: classes.a must have length 1, got 2"],
    [() => atomicData({ atoms: [[0]], classes: { a: [-1] } }), "atomicData: classes.a[0] must be from 0 to 1, got -1"],
    [() => atomicData({ atoms: [[0]], prior: { other: 1 } }), "atomicData: prior.other must name a class"],
    [() => noisePrediction(data, [0], 0), "noisePrediction: sigma must be between 0 and 1, got 0"],
    [() => noisePrediction(data, [0], 1), "noisePrediction: sigma must be between 0 and 1, got 1"],
    [() => noisePrediction(data, [0, 0], 0.5), "noisePrediction: x must have 1 coordinates, got 2"],
    [() => score(data, [Infinity], 0.5), "score: x[0] must be finite, got Infinity"],
    [() => denoise(data, [0], 0.5, "z"), 'denoise: law must be one of a, got "z"'],
    [
      () => guidedNoisePrediction(data, [0], 0.5, "a", Number.NaN),
      "guidedNoisePrediction: strength must be finite, got NaN",
    ],
    [() => guidedTarget(data, "z", 1), 'guidedTarget: label must be one of a, got "z"'],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
});

describe("many atoms", () => {
  const some = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  const few = fc.record({
    atoms: fc.array(fc.array(some(-2, 2), { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 9 }),
    shares: fc.array(some(0, 1), { minLength: 9, maxLength: 9 }),
    offset: fc.constantFrom(0, 0, 1e3),
    x: fc.array(some(-3, 3), { minLength: 4, maxLength: 4 }),
    sigma: fc.oneof(some(0.01, 0.99), fc.constantFrom(1e-6, 1e-3, 1 - 1e-9)),
  });
  test.prop([few])("predict as the few whose copies they are", ({ atoms, shares, offset, x, sigma }) => {
    const copies = 200;
    const places = atoms.map((atom) => atom.map((a) => a + offset));
    const point = x.map((v) => v + Math.sqrt(1 - sigma * sigma) * offset);
    const weights = atoms.map((_, i) => shares[i] + 0.01);
    const total = weights.reduce((s, w) => s + w, 0);
    const law = weights.map((w) => w / total);
    const one = atomicData({ atoms: places, classes: { data: law } });
    const all = atomicData({
      atoms: Array.from({ length: copies }, () => places).flat(),
      classes: { data: Array.from({ length: copies }, () => law.map((p) => p / copies)).flat() },
    });
    const expected = noisePrediction(one, point, sigma);
    const size = Math.max(1, ...expected.map(Math.abs));
    for (const [k, v] of noisePrediction(all, point, sigma).entries())
      expect(Math.abs(v - expected[k])).toBeLessThanOrEqual(2e-13 * size);
  });
});
