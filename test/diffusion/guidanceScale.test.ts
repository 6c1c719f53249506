import { atomicData, type GuidanceConvention, guidanceScale, guidanceWeight, guidedTarget } from "exptilt/diffusion";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../objective/witnesses.js";
import { test } from "../support/test.js";

const numbers = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const scales: GuidanceConvention[] = ["imagen", "diffusers", "stable-diffusion", "edm2"];

describe("guidance scales", () => {
  test.prop([numbers, numbers, numbers, fc.constantFrom(...scales)], { numRuns: runs(100) })(
    "ε(x) + s(ε(x|c) − ε(x)) is (1 + w)ε(x|c) − wε(x) at w = guidanceWeight(s)",
    (own, all, s, convention) => {
      const w = guidanceWeight(s, convention);
      const [theirs, ours] = [all + s * (own - all), (1 + w) * own - w * all];
      expect(Math.abs(theirs - ours)).toBeLessThanOrEqual(1e-14 * (1 + Math.abs(s)) * (Math.abs(own) + Math.abs(all)));
    },
  );

  test.prop([numbers, fc.constantFrom<GuidanceConvention>("ho-salimans", ...scales)])(
    "guidanceScale undoes guidanceWeight",
    (s, convention) => {
      expect(Math.abs(guidanceScale(guidanceWeight(s, convention), convention) - s)).toBeLessThanOrEqual(
        2 ** -52 * Math.max(1, Math.abs(s)),
      );
    },
  );

  it("no guidance is 0 to Ho and Salimans and 1 to the others, and then p(x|c) is asked for", () => {
    const data = atomicData({ atoms: [[0], [1]], classes: { a: [0.5, 0.5], b: [0, 1] } });
    for (const convention of scales) {
      expect(guidanceWeight(1, convention)).toBe(0);
      expect(guidedTarget(data, "a", guidanceWeight(1, convention)).mass).toEqual(Float64Array.of(0.5, 0.5));
    }
    expect(guidanceWeight(0, "ho-salimans")).toBe(0);
    // Imagen's w = 0 is the unconditional model.
    expect(guidanceWeight(0, "imagen")).toBe(-1);
  });

  it.each([
    [() => guidanceWeight(Number.NaN, "imagen"), RangeError, "guidanceWeight: scale must be finite, got NaN"],
    [() => guidanceScale("1" as never, "imagen"), TypeError, 'guidanceScale: weight must be a number, got "1"'],
    [
      () => guidanceScale(1, "dalle" as never),
      RangeError,
      "guidanceScale: convention must be one of ho-salimans, imagen",
    ],
    [() => guidanceScale(1, "toString" as never), RangeError, "guidanceScale: convention must be one of"],
    [() => guidanceWeight(1, 7 as never), TypeError, "guidanceWeight: convention must be a string, got 7"],
  ])("%s", (call, error, message) => {
    expect(call).toThrow(error);
    expect(call).toThrow(message);
  });
});
