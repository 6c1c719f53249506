import { bestOfNLaw, measure, softBestOfNLaw } from "exptilt";
import { describe, expect, test } from "vitest";
import { selectionCases } from "../support/autoregressive.js";

describe("the laws of soft and hard best-of-N against enumeration at 80 digits", () => {
  for (const { id, mass, reward, beta, expect: expected } of selectionCases) {
    const ref = measure([...mass.keys()], mass);
    const supported = reward.filter((_, i) => mass[i] > 0);
    const tolerance = 1e-14 * (8 + (Math.max(...supported) - Math.min(...supported)) / beta);
    const compare = (got: Float64Array, want: string[]) => {
      for (const [i, w] of want.map(Number).entries()) expect(Math.abs(got[i] - w)).toBeLessThanOrEqual(tolerance * w);
    };
    test(id, () => {
      for (const [n, want] of Object.entries(expected.soft))
        compare(softBestOfNLaw({ ref, reward, beta }, Number(n)).mass, want);
      for (const [n, want] of Object.entries(expected.hard)) compare(bestOfNLaw({ ref, reward }, Number(n)).mass, want);
    });
  }
});
