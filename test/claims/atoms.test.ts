import { fc } from "@fast-check/vitest";
import { type AtomicInstance, checkClaim, claimHolds, claims, float64Algebra, worldOf } from "exptilt/claims";
import { exactAlgebra } from "exptilt/exact";
import { describe, expect, test } from "vitest";
import { spoken } from "./spoken/diffusion.js";

const onAtoms = claims.filter(({ equation }) => Object.hasOwn(spoken, equation));

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Masses with ties, and ratios up to 100; zeros where they may be. */
const masses = (size: number, zeros: boolean) =>
  fc.array(
    fc.oneof(
      { weight: 3, arbitrary: between(0.01, 1) },
      { weight: 2, arbitrary: fc.constantFrom(1, 0.25) },
      { weight: zeros ? 1 : 0, arbitrary: fc.constant(0) },
    ),
    { minLength: size, maxLength: size },
  );

/** Atoms on a line: apart, 1e-2 from a neighbour, or two at one point. */
const places = (size: number) =>
  fc
    .tuple(
      fc.array(between(0.3, 2), { minLength: size, maxLength: size }),
      between(-3, 3),
      fc.constantFrom(undefined, undefined, 0.01, 0),
    )
    .map(([steps, from, gap]) => {
      let x = from;
      return steps.map((step, i) => {
        x += i === 1 && gap !== undefined ? gap : step;
        return x;
      });
    });

/** Atoms in two classes that differ, with a reward that is not the same everywhere, at low, middle and high noise. */
const instances = (most: number, lowest: number): fc.Arbitrary<AtomicInstance> =>
  fc
    .integer({ min: 2, max: most })
    .chain((size) =>
      fc.record({
        points: places(size),
        own: masses(size, true),
        other: masses(size, false),
        prior: fc.oneof(between(0.01, 0.99), fc.constant(0.5)),
        reward: fc.array(fc.oneof(between(-1, 1), fc.constantFrom(0, 1)), { minLength: size, maxLength: size }),
        beta: between(0.3, 3),
        levels: fc.tuple(between(lowest, 0.9), between(0.91, 0.98)),
      }),
    )
    // Two ends of the line that tell the classes and the rewards apart.
    .map(({ own, other, reward, ...rest }) => ({
      ...rest,
      own: own.with(0, 1).with(-1, 0.25),
      other: other.with(0, 0.2).with(-1, 1),
      reward: reward.with(0, -0.5).with(-1, 1),
    }))
    .filter(({ points }) => points[0] !== points[points.length - 1]);

const PLAIN = { mass: [1], reward: [0], beta: 1, length: 1, vocabularySize: 2 };

const sample = (most: number, lowest: number, count: number) =>
  fc.sample(instances(most, lowest), { numRuns: count, seed: 20260101 });

describe("on generated atoms in float64, 2 to 6 of them", () => {
  const worlds = sample(6, 0.1, 30).map((atoms) => worldOf(float64Algebra, { ...PLAIN, atoms }));
  test.each(onAtoms.map((claim) => [claim.equation, claim] as const))("%s holds", (_, claim) => {
    for (const world of worlds) {
      const gap = checkClaim(claim, world);
      if (claimHolds(claim, gap, 1e-12)) continue;
      expect.fail(`${JSON.stringify(gap)} on ${JSON.stringify(world.instance.atoms)}`);
    }
  });
});

describe("on generated atoms at 40 digits, integrals to 16", () => {
  const algebra = exactAlgebra({ digits: 40, integralDigits: 16 });
  const worlds = sample(3, 0.6, 3).map((atoms) => worldOf(algebra, { ...PLAIN, atoms }));
  test.each(onAtoms.map((claim) => [claim.equation, claim] as const))("%s holds", (_, claim) => {
    for (const world of worlds) {
      const gap = checkClaim(claim, world);
      expect(gap.precision ?? 0).toBeLessThanOrEqual(1e-16);
      if (claimHolds(claim, gap, 1e-30)) continue;
      expect.fail(`${JSON.stringify(gap)} on ${JSON.stringify(world.instance.atoms)}`);
    }
  });
});

describe("atoms made from the answers of an instance are plain, whatever those are", () => {
  const extreme = [
    { logMass: [-6000, -1000.5, -6000], reward: [1e6, -1e6, 1e6], beta: 1e-4 },
    { logMass: [-35.5, -124.25], reward: [0.9, 0.1], beta: 0.1 },
    { mass: [5e-324, 1, 0], reward: [1e308, -1e308, 0], beta: 1e-9 },
    { mass: [1, 1, 1], reward: [2, 2, 2], beta: 1e6 },
  ];
  test.each(extreme)("%j", (problem) => {
    const world = worldOf(float64Algebra, { ...problem, length: 1, vocabularySize: 2 });
    for (const claim of onAtoms) expect(claimHolds(claim, checkClaim(claim, world), 1e-12)).toBe(true);
  });
});

describe("atoms that are no data are refused by name", () => {
  const good: AtomicInstance = {
    points: [0, 1],
    own: [1, 2],
    other: [2, 1],
    prior: 0.5,
    reward: [0, 1],
    beta: 1,
    levels: [0.5, 0.9],
  };
  test.each([
    [{ own: [1] }, TypeError, /worldOf: atoms.own must have length 2/],
    [{ points: [0, Number.NaN] }, RangeError, /worldOf: atoms.points\[1\] must be finite, got NaN/],
    [{ own: [1, 0] }, RangeError, /worldOf: atoms.own must be positive on two different points/],
    [{ points: [1, 1] }, RangeError, /worldOf: atoms.own must be positive on two different points/],
    [{ prior: 1 }, RangeError, /worldOf: atoms.prior must be between 0 and 1, got 1/],
    [{ levels: [0.5, 0.5] }, RangeError, /worldOf: atoms.levels\[1\] must increase/],
    [{ beta: 0 }, RangeError, /worldOf: atoms.beta must be positive/],
  ])("%j", (change, type, message) => {
    const make = () => worldOf(float64Algebra, { ...PLAIN, atoms: { ...good, ...change } });
    expect(make).toThrow(type);
    expect(make).toThrow(message);
  });
});
