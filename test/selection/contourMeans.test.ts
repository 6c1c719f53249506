/** The contour integral over subsets, against products of all samples multiplied out. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gridFor } from "../../src/selection/integral/trapezoid.js";
import { circle } from "../../src/selection/samples/circle.js";
import { ContourMeans, contourProducts, isForContour } from "../../src/selection/samples/contourMeans.js";
import { sampleLevels } from "../../src/selection/samples/levels.js";
import { SampleGrid } from "../../src/selection/samples/sampleGrid.js";
import { SampleWeights } from "../../src/selection/samples/sampleWeights.js";
import { meansOverSubsets, type Sample, spreadSamples } from "../support/subsets.js";
import { test } from "../support/test.js";

const { step } = gridFor(true);

function holds(samples: readonly Sample[], n: number, every: number) {
  const of = (read: (s: Sample) => number) => Float64Array.from(samples, read);
  const weights = new SampleWeights(
    sampleLevels(
      of((s) => s.x),
      of(() => 1),
      [of((s) => s.f)],
    ),
    1,
    n,
  );
  expect(isForContour(n, samples.length)).toBe(true);
  const grids = new Map<number, SampleGrid>();
  const means = new ContourMeans(weights, n, (block, fineness) => {
    const grid = grids.get(block) ?? new SampleGrid(weights, block, fineness);
    grids.set(block, grid);
    return grid;
  });
  expect(means.ns).toEqual([n]);
  for (let block = 0; block < weights.blocks; block++) {
    const [first, last] = weights.nodes(block);
    const top = [...samples].map((s) => s.x).sort((p, q) => q - p)[weights.starts[block]];
    for (let node = first; node <= last; node += every) {
      const { a, d } = means.at(block, node);
      const want = meansOverSubsets(samples, [n], node * step - top)[0];
      expect(Math.abs(a[0] - want.a), `a at ${node}: ${a[0]} for ${want.a}`).toBeLessThan(1e-14);
      expect(Math.abs(d[0] - want.d), `d at ${node}: ${d[0]} for ${want.d}`).toBeLessThan(4e-14);
    }
  }
}

describe("means by contour", () => {
  it.each([
    [41, 1, 3, 5],
    [60, 20, 0, 3],
    [60, 7, 12, 3],
    [90, 45, 6, 7],
    // More than half of the samples are in the subset.
    [130, 90, 9, 7],
    [200, 160, 4, 11],
    [200, 150, 30, 9],
    [160, 3, 200, 17],
  ])("of %i samples, %i of them, over %d nats, at every node or some", (size, n, width, every) => {
    holds(spreadSamples(size, width, size + n), n, every);
  });

  test.prop([
    fc.integer({ min: 42, max: 120 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom(0, 0.1, 2, 8, 40),
    fc.integer({ min: 1, max: 1e6 }),
  ])("of any size, number and width", (size, p, width, seed) => {
    holds(spreadSamples(size, width, seed), 1 + Math.floor(p * (size - 41)), 13);
  });

  it("leaves forty samples outside at least", () => {
    expect([isForContour(1, 41), isForContour(1, 40), isForContour(60, 100), isForContour(61, 100)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it("takes products at each point of the circle: of a table, and of the powers below it", () => {
    for (const [n, size] of [
      [10, 100],
      [20, 1000],
    ]) {
      // At less than half of all 16 points a nat, from z = 45 down to e^{−2}.
      const width = Math.ceil(Math.log(45) * 16) + 1 + 32;
      for (const values of [1, 2, 3]) {
        const each = width * (2 + 2 * values + 2) + 14 * (2 + 2 * values);
        expect(contourProducts(n, size, values)).toBe(circle(n, size).length * each);
      }
    }
  });
});
