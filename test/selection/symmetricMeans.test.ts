/** The recurrence over levels of samples, against all samples added one by one. */
import { describe, expect, it } from "vitest";
import { gridFor } from "../../src/selection/integral/trapezoid.js";
import { sampleLevels } from "../../src/selection/samples/levels.js";
import { SampleWeights } from "../../src/selection/samples/sampleWeights.js";
import { SymmetricMeans, symmetricProducts } from "../../src/selection/samples/symmetricMeans.js";
import { meansOverSubsets, type Sample, spreadSamples } from "../support/subsets.js";

const { step } = gridFor(true);

/** Holds for as many values as asked for: f, 1 − f, f², … */
function holds(samples: readonly Sample[], ns: readonly number[], values: number, every: number) {
  const marks = [(f: number) => f, (f: number) => 0.9 * (1 - f), (f: number) => f * f].slice(0, values);
  const of = (read: (s: Sample) => number) => Float64Array.from(samples, read);
  const weights = new SampleWeights(
    sampleLevels(
      of((s) => s.x),
      of(() => 1),
      marks.map((mark) => of((s) => mark(s.f))),
    ),
    1,
    ns[ns.length - 1],
  );
  const means = new SymmetricMeans(weights, ns);
  const tops = [...new Set(samples.map((s) => s.x))].sort((p, q) => q - p);
  for (let block = 0; block < weights.blocks; block++) {
    const [first, last] = weights.nodes(block);
    for (let node = first; node <= last; node += every) {
      const { a, d } = means.at(block, node);
      for (const [v, mark] of marks.entries()) {
        const own = samples.map((s) => ({ x: s.x, f: mark(s.f) }));
        const want = meansOverSubsets(own, ns, node * step - tops[weights.starts[block]]);
        for (const [i, { a: wantA, d: wantD }] of want.entries()) {
          expect(Math.abs(a[i] - wantA), `a of ${ns[i]} at ${node}`).toBeLessThan(2e-12 * wantA + 1e-16);
          expect(Math.abs(d[i * values + v] - wantD), `d of ${ns[i]} at ${node}`).toBeLessThan(2e-12 * wantD + 1e-16);
        }
      }
    }
  }
}
const tied = (size: number, width: number, each: number) =>
  spreadSamples(size, width, size).map((s, i, all) => ({ ...s, x: all[i - (i % each)].x }));

describe("means by the recurrence", () => {
  it.each([
    ["one by one", spreadSamples(24, 6, 5), [12], 1, 3],
    ["of two values at a time", spreadSamples(20, 3, 6), [9], 2, 4],
    ["of three", spreadSamples(21, 20, 7), [10], 3, 5],
    ["for several n", spreadSamples(26, 4, 8), [2, 9, 10, 20, 26], 1, 4],
    ["of pairs", tied(30, 5, 2), [15], 1, 4],
    ["of pairs, for several n and values", tied(30, 5, 2), [3, 14, 29], 3, 6],
    ["of dozens at once", tied(60, 8, 12), [5, 30, 58], 2, 6],
    ["of one level", tied(30, 0, 30), [1, 17, 30], 1, 5],
    ["of levels that are gone, active and idle at once", spreadSamples(25, 120, 9), [3, 12], 1, 9],
    ["of blocks that do not meet", spreadSamples(18, 900, 10), [2, 9, 17], 2, 40],
  ] as const)("%s", (_, samples, ns, values, every) => {
    holds(samples, ns, values, every);
  });

  it("of more than five hundred samples, n of which are nearly all", () => {
    holds(spreadSamples(620, 5, 3), [600, 619], 1, 17);
    holds(tied(900, 5, 30), [890], 2, 17);
  });
  it("or of which few meet at a node", () => {
    holds(spreadSamples(560, 4000, 4), [3, 40, 200], 1, 800);
  });
});

describe("the products that it takes", () => {
  it("are those of all numbers left out from which some n can be reached", () => {
    // By hand, for levels of one sample: after i of them j are left out, i − n ≤ j ≤ min(i, M − n).
    const steps = (levels: number, size: number, ns: readonly number[]) => {
      let all = 0;
      for (let i = 1; i <= levels; i++)
        for (let j = 0; j <= size; j++) if (ns.some((n) => j >= i - n && j <= Math.min(i, size - n))) all++;
      return all;
    };
    const ones = (levels: number) => new Float64Array(levels).fill(1);
    for (const [levels, size, ns] of [
      [10, 30, [15]],
      [20, 25, [4, 10]],
      [25, 25, [3, 4, 20]],
    ] as const)
      for (const values of [1, 2])
        expect(symmetricProducts(ones(levels), size, ns, values)).toBe((1 + values) * steps(levels, size, ns));
    // Many alike are added at once, the largest level first: from j = 0 to all of them or to all that may be left out.
    const many = (m: number, width: number, values: number) => (Math.min(m, width) / 2 + 3) * (2 + values);
    expect(symmetricProducts(Float64Array.of(9), 20, [10], 1)).toBe(10 * many(9, 11, 1));
    expect(symmetricProducts(Float64Array.of(3, 9), 20, [10], 2)).toBe(
      10 * many(9, 11, 2) + (10 - 2 + 1) * many(3, 11, 2),
    );
  });
});
