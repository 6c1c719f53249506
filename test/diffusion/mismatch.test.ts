import { readFileSync } from "node:fs";
import { klDivergence, measure } from "exptilt";
import {
  atomicData,
  denoisingLoss,
  klByMismatchedEstimation,
  logSnrSchedule,
  noisePrediction,
} from "exptilt/diffusion";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";
import { lineInstances, overNoise, scaled } from "./instances.js";

const three = atomicData({ atoms: [[-1], [0], [1.3]], classes: { a: [0.5, 0.3, 0.2], b: [0.1, 0.1, 0.8] } });

/** KL(p‖q) in nats of laws on points, the atoms that share a point taken together. */
function klOfPoints(atoms: readonly number[], p: readonly number[], q: readonly number[]): number {
  const points = [...new Set(atoms)];
  const at = (law: readonly number[], x: number) => law.reduce((s, m, i) => s + (atoms[i] === x ? m : 0), 0);
  let kl = 0;
  for (const x of points) {
    const [own, other] = [at(p, x), at(q, x)];
    if (own > 0) kl += own * Math.log(own / other);
  }
  return kl;
}

interface Case {
  readonly name: string;
  readonly atoms: readonly number[];
  readonly p: readonly number[];
  readonly q: readonly number[];
  readonly kl: string;
}
const { cases } = JSON.parse(readFileSync(new URL("../reference/mismatch.json", import.meta.url), "utf8")) as {
  cases: readonly Case[];
};

describe("KL by mismatched estimation", () => {
  it.each(cases)("is that of mpmath to 1e-12 of it: $name", ({ atoms, p, q, kl }) => {
    const data = atomicData({ atoms: atoms.map((a) => [a]) });
    const indices = atoms.map((_, i) => i);
    const found = klByMismatchedEstimation(data, measure(indices, p), measure(indices, q));
    expect(Math.abs(found - Number(kl))).toBeLessThanOrEqual(1e-12 * Number(kl));
  });

  const weights = fc.array(fc.double({ min: -200, max: 0, noNaN: true }), { minLength: 3, maxLength: 3 });
  test.prop([weights, weights, fc.integer({ min: -300, max: 300 }), fc.boolean()], { numRuns: 6 })(
    "does not depend on the scale, the sign or the order of the atoms, rare ones included",
    (a, b, power, turned) => {
      const [p, q] = [a, b].map((logs) => logs.map((l) => 10 ** l));
      const exact = klDivergence(measure([0, 1, 2], p), measure([0, 1, 2], q));
      const order = turned ? [2, 0, 1] : [0, 1, 2];
      const data = atomicData({ atoms: order.map((i) => [[0, 1, 2.5][i] * (turned ? -1 : 1) * 2 ** power]) });
      const [own, other] = [p, q].map((law) =>
        measure(
          [0, 1, 2],
          order.map((i) => law[i]),
        ),
      );
      expect(Math.abs(klByMismatchedEstimation(data, own, other) - exact)).toBeLessThanOrEqual(1e-12 * exact);
    },
  );

  test.prop([lineInstances({ coincident: true })], { numRuns: 10 })(
    "½∫ E_p|ε_p − ε_q|² dλ = KL(p‖q) to 1e-8, ∞ where q lacks a point, coincident atoms being one",
    ({ data, atoms, classes: { a, b } }) => {
      const exact = klOfPoints(atoms, a, b);
      const found = klByMismatchedEstimation(data, "a", "b");
      if (exact === Infinity) expect(found).toBe(Infinity);
      else expect(Math.abs(found - exact)).toBeLessThanOrEqual(1e-8);
    },
  );

  test.prop([lineInstances()], { numRuns: 8 })("from a class to the marginal it is finite, and exact", (instance) => {
    const { data, atoms, classes, prior } = instance;
    const all = classes.a.map((a, i) => prior.a * a + prior.b * classes.b[i]);
    expect(
      Math.abs(klByMismatchedEstimation(data, "a", undefined) - klOfPoints(atoms, classes.a, all)),
    ).toBeLessThanOrEqual(1e-8);
  });

  it("weights moved between coincident atoms make no difference", () => {
    const data = atomicData({ atoms: [[0], [1], [0]] });
    expect(klByMismatchedEstimation(data, measure([0, 1, 2], [1, 2, 3]), measure([0, 1, 2], [4, 2, 0]))).toBeCloseTo(
      0,
      14,
    );
  });

  it("of laws that differ in their last digits it is their distance from 0, to rounding, and soon", () => {
    const data = atomicData({ atoms: [[-2], [-1.99]] });
    const [p, q] = [9.99999999998e-13, 9.99999999999e-13].map((m) => measure([0, 1], [1 - m, m]));
    expect(klByMismatchedEstimation(data, p, q)).toBeLessThan(1e-30);
  });

  it("the sum over a grid tends to it, with half the error on twice the levels", () => {
    const exact = klOfPoints([-1, 0, 1.3], [0.5, 0.3, 0.2], [0.1, 0.1, 0.8]);
    const error = (steps: number) => klByMismatchedEstimation(three, "a", "b", logSnrSchedule(steps + 1)) - exact;
    const errors = [400, 800, 1600].map(error);
    for (const k of [1, 2]) expect(errors[k] / errors[k - 1]).toBeCloseTo(0.5, 1);
    expect(Math.abs(errors[2])).toBeLessThan(0.02);
  });
});

/** E|ε − ε_q(x_t)|² for x₀ ~ p, from the noise predictor itself. */
function lossOf(atoms: readonly number[], p: readonly number[], predict: (x: number, s: number) => number, s: number) {
  const alpha = Math.sqrt(1 - s * s);
  return p.reduce(
    (sum, m, i) => sum + m * overNoise((noise) => (noise - predict(alpha * atoms[i] + s * noise, s)) ** 2),
    0,
  );
}

describe("the denoising loss (30)", () => {
  const grid = [0.2, 0.5, 0.9];
  it("is the mean of |ε − ε_q(x_t)|² over x₀ ~ p, ε and the levels", () => {
    const predict = (x: number, s: number) => noisePrediction(three, [x], s, "b")[0];
    const mean = grid.reduce((sum, s) => sum + lossOf([-1, 0, 1.3], [0.5, 0.3, 0.2], predict, s) / grid.length, 0);
    expect(Math.abs(denoisingLoss(three, "a", "b", grid) - mean)).toBeLessThanOrEqual(1e-11 * mean);
  });

  const laws = fc.array(fc.nat(9), { minLength: 6, maxLength: 6 }).map((w) => w.map((v) => v + 1));
  test.prop([laws, laws], { numRuns: 25 })("is least at q = p, and there alone", (p, q) => {
    const data = atomicData({ atoms: [[-1.2], [-0.4], [0], [0.3], [1], [2]] });
    const [own, other] = [p, q].map((w) => measure([0, 1, 2, 3, 4, 5], w));
    const [least, loss] = [own, other].map((law) => denoisingLoss(data, own, law, grid));
    const apart = Math.max(...scaled(p).map((m, i) => Math.abs(m - scaled(q)[i])));
    if (apart < 1e-12) expect(loss).toBeCloseTo(least, 13);
    else expect(loss).toBeGreaterThan(least);
  });

  it("E6: is not 0 at q = p; for ±1 it is u²(1 − E tanh(u² + uε)), u = α/σ", () => {
    const data = atomicData({ atoms: [[-1], [1]] });
    for (const s of grid) {
      const u = Math.sqrt(1 - s * s) / s;
      const exact = u * u * (1 - overNoise((noise) => Math.tanh(u * u + u * noise)));
      const loss = denoisingLoss(data, undefined, undefined, [s]);
      // The rule over ε is good to some 1e−13 of the largest that is averaged, 4u².
      expect(Math.abs(loss - exact)).toBeLessThanOrEqual(5e-13 * 4 * u * u);
      expect(loss).toBeGreaterThan(0);
    }
    expect(denoisingLoss(data, undefined, undefined, [0.9])).toBeGreaterThan(0.15);
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
    [
      () => klByMismatchedEstimation(plane, undefined, undefined),
      "klByMismatchedEstimation: data must have one dimension",
    ],
    [() => klByMismatchedEstimation(three, "z", "a"), 'klByMismatchedEstimation: p must be one of a, b, got "z"'],
    [() => klByMismatchedEstimation(three, "a", measure([0], [1])), "klByMismatchedEstimation: "],
    [
      () => klByMismatchedEstimation(three, "a", "b", [0.5]),
      "klByMismatchedEstimation: grid must have at least two levels",
    ],
    [
      () => klByMismatchedEstimation(three, "a", "b", [0.5, 0.2]),
      "klByMismatchedEstimation: grid[1] must exceed the level",
    ],
    [() => denoisingLoss(plane, undefined, undefined, [0.5]), "denoisingLoss: data must have one dimension, got 2"],
    [() => denoisingLoss(three, "a", "z", [0.5]), 'denoisingLoss: q must be one of a, b, got "z"'],
    [() => denoisingLoss(three, "a", "b", [1]), "denoisingLoss: grid[0] must be between 0 and 1, got 1"],
    [() => denoisingLoss(three, "a", "b", []), "denoisingLoss: grid must have at least one level"],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
});
