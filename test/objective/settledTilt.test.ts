/** The tilt that a law still misses, from the masses as they are. */
import { describe, expect } from "vitest";
import { Law } from "../../src/measure/law.js";
import { settledTilt } from "../../src/objective/settledTilt.js";
import { test } from "../support/test.js";
import { even, runs } from "./witnesses.js";

const odds = (law: Law) => Math.log(law.probability(1) / law.probability(0));
const law = Law.fromMass(Float64Array.of(3, 5, 2));
const score = Float64Array.of(0, 1, -Infinity);

describe("settledTilt", () => {
  test.prop([even(-0.99, 0.99), even(1, 1000)], { numRuns: runs(100) })(
    "adds what the steepness misses, where that is within 2^−40 of it, and keeps what is forbidden out",
    (part, steepness) => {
      const missed = part * steepness * 2 ** -40;
      const settled = settledTilt("test", law, score, steepness, (_, more) => more - missed);
      expect(Math.abs(odds(settled) - odds(law) - missed)).toBeLessThan(1e-15);
      expect(settled.probability(2)).toBe(0);
    },
  );

  test("asks for the laws with a little less and a little more", () => {
    const asked: [number, number][] = [];
    settledTilt("test", law, score, 2 ** 20, (tilted, more) => {
      asked.push([odds(tilted) - odds(law), more]);
      return more;
    });
    expect(asked.map(([, more]) => more)).toEqual([-(2 ** -20), 2 ** -20]);
    for (const [moved, more] of asked) expect(Math.abs(moved - more)).toBeLessThan(1e-15);
  });

  test("returns the law itself where the equation does not change its sign, or at no steepness", () => {
    for (const far of [1, -1, 1.001, -1.001]) {
      const missed = far * 2 ** -40;
      expect(settledTilt("test", law, score, 1, (_, more) => more - missed)).toBe(law);
    }
    expect(settledTilt("test", law, score, 0, (_, more) => more)).toBe(law);
  });
});
