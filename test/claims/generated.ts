import { fc } from "@fast-check/vitest";
import { checkClaim, claimHolds, claims, float64Algebra, type Instance, worldOf } from "exptilt/claims";
import { type Algebra, exactAlgebra } from "exptilt/exact";
import { describe, expect, test } from "vitest";

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

/** States every claim on generated instances in an arithmetic. */
function expectAll<N>(algebra: Algebra<N>, count: number, tolerance: number): void {
  const worlds = seen(50, count).map((instance) => worldOf(algebra, instance));
  for (const claim of claims) {
    test(`${claim.equation}: ${claim.statement}`, () => {
      for (const world of worlds) {
        const gap = checkClaim(claim, world);
        if (claimHolds(claim, gap, tolerance)) continue;
        expect.fail(`${JSON.stringify(gap)} on ${JSON.stringify(world.instance)}`);
      }
    });
  }
}

/** Tests that state every claim on so many generated instances in float64, and so many at 60 digits. */
export function expectClaims(inFloat64: number, exact: number): void {
  describe(`on ${inFloat64} generated instances in float64, K from 1 to 50`, () => {
    expectAll(float64Algebra, inFloat64, 1e-12);
  });
  describe(`on ${exact} generated instances at 60 digits, K from 1 to 50`, () => {
    expectAll(exactAlgebra({ digits: 60 }), exact, 1e-50);
  });
}
