import { checkClaim, claimHolds, claims, float64Algebra, worldOf } from "exptilt/claims";
import { describe, expect, test } from "vitest";
import { expectClaims } from "./generated.js";

// A claim fails on each of three plain instances where a function that it speaks of is off (`noticing.test.ts`). What these
// instances add is zeros, ties, one answer, many, and β far from 1: each is among the first. `claims.deep.ts` takes more.
expectClaims(100, 6);

test("a wrong statement does not hold: the check can tell", () => {
  const world = worldOf(float64Algebra, { mass: [3, 1], reward: [0, 1], beta: 0.5, length: 2, vocabularySize: 2 });
  for (const claim of claims) {
    if (claim.kind !== "erratum") continue;
    const asPrinted = { ...claim, kind: "identity" as const, sides: claim.printed };
    expect(claimHolds(asPrinted, checkClaim(asPrinted, world), 1e-12)).toBe(false);
    const neverPrinted = { ...claim, printed: claim.corrected };
    expect(claimHolds(neverPrinted, checkClaim(neverPrinted, world), 1e-12)).toBe(false);
  }
});

describe("an instance that is no problem is refused by name", () => {
  const good = { mass: [1, 1], reward: [0, 1], beta: 1, length: 1, vocabularySize: 2 };
  test.each([
    [{ ...good, reward: [0] }, TypeError, /worldOf: reward must have length 2/],
    [{ ...good, reward: [0, Number.NaN] }, RangeError, /worldOf: reward\[1\] must be finite, got NaN/],
    [{ ...good, beta: 0 }, RangeError, /worldOf: beta must be positive and finite, got 0/],
    [{ ...good, length: 1.5 }, RangeError, /worldOf: length must be a whole number of at least 1, got 1.5/],
    [{ ...good, vocabularySize: 0 }, RangeError, /worldOf: vocabularySize must be/],
  ])("%j", (instance, type, message) => {
    expect(() => worldOf(float64Algebra, instance)).toThrow(type);
    expect(() => worldOf(float64Algebra, instance)).toThrow(message);
  });
});
