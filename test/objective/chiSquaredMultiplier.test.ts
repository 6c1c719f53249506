/** Sparsemax by sorting, in whole numbers, beside the passes of Michelot. */
import { fc } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { Law } from "../../src/measure/law.js";
import { chiSquaredMultiplier } from "../../src/objective/chiSquaredMultiplier.js";
import { type FDivergence, requireRegularizer } from "../../src/objective/regularizers.js";
import { test } from "../support/test.js";
import { runs } from "./witnesses.js";

const f = requireRegularizer("test", { alpha: 2 }) as FDivergence;

/** x as a quotient of whole numbers: the answers that keep mass are the nearest ones, as many as are below x + 1. */
function sorted(mass: readonly number[], distance: readonly number[], unit: number): number {
  const total = mass.reduce((a, b) => a + b);
  const order = [...mass.keys()].sort((i, j) => distance[i] - distance[j]);
  let [kept, moved, x] = [0, 0, Number.NaN];
  for (const i of order) {
    // x < d − 1: the others drop out.
    if (kept > 0 && (distance[i] / unit - 1) * kept >= total - kept + moved / unit) break;
    kept += mass[i];
    moved += mass[i] * distance[i];
    x = (total - kept + moved / unit) / kept;
  }
  return x;
}

const answers = fc.array(
  fc.record({ mass: fc.integer({ min: 1, max: 99 }), distance: fc.integer({ min: 0, max: 40 }) }),
  {
    maxLength: 12,
  },
);

describe("chiSquaredMultiplier", () => {
  test.prop([answers, fc.constantFrom(1, 4, 16, 64)], { numRuns: runs(200) })("is that of sorting", (rows, unit) => {
    const [mass, distance] = [
      [7, ...rows.map((r) => r.mass)],
      [0, ...rows.map((r) => r.distance)],
    ];
    const law = Law.fromMass(Float64Array.from(mass));
    const found = chiSquaredMultiplier(
      law,
      Float64Array.from(distance, (d) => d / unit),
      f,
    );
    const want = sorted(mass, distance, unit);
    expect(Math.abs((found?.argument(0) as number) - want)).toBeLessThanOrEqual(4 * 2 ** -53 * (1 + want));
  });

  test("so it is of many answers, of which a part is searched first", () => {
    for (const size of [4096, 5000]) {
      const mass = Array.from({ length: size }, (_, i) => 1 + (i % 7));
      for (const unit of [100, 1000, 100_000]) {
        const distance = Array.from({ length: size }, (_, i) => (i * 7919) % 5003);
        const found = chiSquaredMultiplier(
          Law.fromMass(Float64Array.from(mass)),
          Float64Array.from(distance, (d) => d / unit),
          f,
        );
        const want = sorted(mass, distance, unit);
        expect(Math.abs((found?.argument(0) as number) - want)).toBeLessThanOrEqual(1e-14 * (1 + want));
      }
    }
  });

  test("forbidden answers add to x by their mass", () => {
    const found = chiSquaredMultiplier(Law.fromMass(Float64Array.of(1, 1, 2)), Float64Array.of(0, 0, Infinity), f);
    expect(found?.argument(0)).toBe(1);
  });

  test("undefined where the masses of the best answers, or x, are beyond the doubles", () => {
    const tail = Law.fromLogMass(Float64Array.of(-5000, 0));
    expect(chiSquaredMultiplier(tail, Float64Array.of(0, 1e300), f)).toBe(undefined);
    expect(chiSquaredMultiplier(Law.fromMass(Float64Array.of(1e-315, 1)), Float64Array.of(0, Infinity), f)).toBe(
      undefined,
    );
  });
});
