/** Entropies stay within those of laws on as many answers, whatever rounds. */
import { entropy, klDivergence, measure, renyiEntropy } from "exptilt";
import { describe, expect, it } from "vitest";
import { log } from "../../src/numeric/elementary.js";

describe("entropies on K answers", () => {
  it("are at most log K, reached by equal masses, and answers without mass do not count", () => {
    for (let size = 1; size <= 300; size++) {
      for (const mass of [1, 1 / 3, 0.1, 1e-300]) {
        const masses = [0, ...Array<number>(size).fill(mass), 0];
        const p = measure([...masses.keys()], masses);
        const most = log(size);
        expect(entropy(p)).toBeLessThanOrEqual(most);
        expect(Math.abs(entropy(p) - most)).toBeLessThanOrEqual(2e-15 * most);
        for (const order of [0, 0.5, 2, Infinity])
          expect(Math.abs(renyiEntropy(p, order) - most)).toBeLessThanOrEqual(2e-15 * most);
        expect(klDivergence(p, p)).toBe(0);
      }
    }
  });

  it("are at least 0, reached by a point mass", () => {
    for (const mass of [[1], [0, 3, 0], [1e-320, 0]]) {
      const p = measure([...mass.keys()], mass);
      expect(entropy(p)).toBe(0);
      expect(renyiEntropy(p, 2)).toBe(0);
    }
  });
});
