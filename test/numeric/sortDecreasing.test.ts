import fc from "fast-check";
import { describe, expect } from "vitest";
import { levelsOf } from "../../src/measure/levels.js";
import { measure } from "../../src/measure/measure.js";
import { sortDecreasing } from "../../src/numeric/sortDecreasing.js";
import { runs } from "../support/runs.js";
import { test } from "../support/test.js";

/** Doubles of every kind but NaN and +∞: some apart in their last bits only, some tied. */
const doubles = fc.oneof(
  fc.double({ noNaN: true, max: Number.MAX_VALUE }),
  fc.integer({ min: 0, max: 60 }).map((k) => 1 + k * 2 ** -52),
  fc.integer({ min: 0, max: 60 }).map((k) => -(1 + k * 2 ** -52)),
  // Alike in their leading 32 bits: the others are of either sign as a whole number.
  fc.maxSafeNat().map((k) => 3 + (k % 2 ** 32) * 2 ** -51),
  fc.constantFrom(0, -0, -Infinity, 5e-324, -5e-324, 0.1, -1e300),
);
/** More than are sorted by insertion. */
const many = fc.array(doubles, { minLength: 60, maxLength: 400 });

describe("the order of many doubles by their bits", () => {
  test.prop([many], { numRuns: runs(200) })(
    "is that of a sort by comparison, ties in the order of their places",
    (given) => {
      const values = Float64Array.from(given, (x) => x + 0);
      const want = given.map((_, i) => i).sort((i, j) => (values[i] < values[j] ? 1 : values[i] > values[j] ? -1 : 0));
      const places = Int32Array.from(values.keys());
      sortDecreasing(places, values);
      expect([...places]).toEqual(want);
    },
  );

  test.prop([many, fc.array(fc.constantFrom(0, 1, 2), { minLength: 400, maxLength: 400 })], { numRuns: runs(200) })(
    "gives levels as a sort by comparison does: −0 and 0 one reward, none for −∞ and off the support",
    (score, masses) => {
      const mass = score.map((_, i) => masses[i]);
      const own = new Set(score.filter((r, i) => mass[i] > 0 && r > -Infinity).map((r) => r + 0));
      if (own.size === 0) return;
      const rewards = [...own].sort((a, b) => (a < b ? 1 : -1));
      const { law } = measure([...mass.keys()], mass) as never as { law: Parameters<typeof levelsOf>[1] };
      const { reward, levelOf } = levelsOf("test", law, Float64Array.from(score));
      expect([...reward]).toEqual(rewards);
      const levels = score.map((r, i) => (mass[i] > 0 && r > -Infinity ? rewards.indexOf(r + 0) : -1));
      expect([...levelOf]).toEqual(levels);
    },
  );
});
