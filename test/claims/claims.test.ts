import { fc } from "@fast-check/vitest";
import { checkClaim, claimHolds, claims, float64Algebra, type Instance, worldOf } from "exptilt/claims";
import { exactAlgebra } from "exptilt/exact";
import { describe, expect, test } from "vitest";
import { runs } from "../support/runs.js";

const FLOAT64_INSTANCES = 300;
/** A claim at 60 digits takes some 15 ms an instance. DEEP_PROBLEMS=40 is the full run; the deep run reads 2,000 files. */
const EXACT_INSTANCES = runs(12);

/** Masses with zeros, ties and ratios up to 1e12, one positive at least. */
const masses = (most: number) =>
  fc
    .array(
      fc.oneof(
        { weight: 5, arbitrary: fc.double({ min: 1e-3, max: 1, noNaN: true }) },
        { weight: 2, arbitrary: fc.constantFrom(1, 0.25, 3) },
        { weight: 1, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.double({ min: 1e-12, max: 1e-6, noNaN: true }) },
      ),
      { minLength: 1, maxLength: most },
    )
    .filter((mass) => mass.some((m) => m > 0));

/** Instances with K from 1 to `most`, tied rewards among them, β from 1e-3 to 1e3 and L from 1 to 128. */
const instances = (most: number): fc.Arbitrary<Instance> =>
  masses(most).chain((mass) =>
    fc.record({
      mass: fc.constant(mass),
      reward: fc.array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 1)), {
        minLength: mass.length,
        maxLength: mass.length,
      }),
      beta: fc.double({ min: -3, max: 3, noNaN: true }).map((exponent) => 10 ** exponent),
      length: fc.constantFrom(1, 2, 3, 8, 128),
      vocabularySize: fc.constantFrom(2, 27, 50257),
    }),
  );

const seen = (most: number, count: number) => fc.sample(instances(most), { numRuns: count, seed: 20250904 });

describe(`on ${FLOAT64_INSTANCES} generated instances in float64, K from 1 to 50`, () => {
  const worlds = seen(50, FLOAT64_INSTANCES).map((instance) => worldOf(float64Algebra, instance));
  for (const claim of claims) {
    test(`${claim.equation}: ${claim.statement}`, () => {
      for (const world of worlds) {
        const gap = checkClaim(claim, world);
        if (claimHolds(claim, gap, 1e-12)) continue;
        expect.fail(`${JSON.stringify(gap)} on ${JSON.stringify(world.instance)}`);
      }
    });
  }
});

describe(`on ${EXACT_INSTANCES} generated instances at 60 digits, K from 1 to 50`, () => {
  const algebra = exactAlgebra({ digits: 60 });
  const worlds = seen(50, EXACT_INSTANCES).map((instance) => worldOf(algebra, instance));
  for (const claim of claims) {
    test(`${claim.equation}: ${claim.statement}`, { timeout: 60_000 }, () => {
      for (const world of worlds) {
        const gap = checkClaim(claim, world);
        if (claimHolds(claim, gap, 1e-50)) continue;
        expect.fail(`${JSON.stringify(gap)} on ${JSON.stringify(world.instance)}`);
      }
    });
  }
});

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
