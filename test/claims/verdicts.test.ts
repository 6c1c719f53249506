import { fc } from "@fast-check/vitest";
import {
  checkClaim,
  claimHolds,
  claims,
  claimVerdict,
  float64Algebra,
  gapTolerance,
  type Identity,
  type Instance,
  worldOf,
} from "exptilt/claims";
import { exactAlgebra } from "exptilt/exact";
import { describe, expect, test } from "vitest";
import { readCase, sweep } from "./sweep.js";

test("on generated files no claim fails, at 60 digits each holds, and float64 decides where exponents leave it digits", () => {
  expect(sweep(2026, 12, 12).wrong).toEqual([]);
});

describe("every claim holds on what people bring", () => {
  const logs = (...pairs: [number, number][]) =>
    JSON.stringify({ query: "q", answers: pairs.map(([logProbability, reward]) => ({ logProbability, reward })) });
  test.each([
    ["sequence log-probabilities 89 nats apart", logs([-35.5, 0.9], [-124.25, 0.1])],
    ["sequences of −800 nats", logs([-800, 1], [-803, 0])],
    ["sequences 895 nats apart", logs([-5, 0], [-900, 1])],
    ["sequences 760 nats apart", logs([-20, 1], [-780, 0])],
    ["rewards on the Elo scale", logs([-1, 1200], [-1, 2100], [-2, 1650])],
    ["rewards of a range of a million", logs([-1, -3e5], [-4000, 7e5])],
    ["one answer", logs([-6000, 1e6])],
    ["rewards that all tie", logs([-10, 3], [-5010, 3])],
  ])("%s", (_, text) => {
    const settings = { beta: 0.1, length: 16, vocabularySize: 51200, digits: 60 };
    for (const [i, { gap, exactGap, printedGap = 1, tolerance, exactTolerance }] of readCase({
      text,
      settings,
    }).entries()) {
      expect(claimVerdict(claims[i], { gap, printedGap }, tolerance), `${claims[i].equation} in float64`).toBe("holds");
      expect(claimVerdict(claims[i], { gap: exactGap, printedGap }, exactTolerance), claims[i].equation).toBe("holds");
    }
  });
});

/** A claim whose sides are given. */
const stating = (sides: Identity["sides"]): Identity => ({
  kind: "identity",
  equation: "(0)",
  statement: "a statement",
  hypotheses: "none",
  sides,
});
const plain: Instance = { mass: [1, 1], reward: [0, 1], beta: 1, length: 1, vocabularySize: 2 };

describe("a claim in an arithmetic that cannot tell", () => {
  const undecided = stating(({ algebra: A }) => [
    { left: [A.number(1)], right: [A.number(1)] },
    { left: [], right: [], notDecided: "its sum has no digits in float64" },
  ]);
  const contradicted = stating((world) => [
    ...undecided.sides(world),
    { left: [world.algebra.number(1)], right: [world.algebra.number(2)] },
  ]);

  test("is not decided, with its reason, and is not contradicted", () => {
    const gap = checkClaim(undecided, worldOf(float64Algebra, plain));
    expect(gap).toEqual({ gap: 0, notDecided: "its sum has no digits in float64" });
    expect(claimVerdict(undecided, gap, 1e-12)).toBe("not decided");
    expect(claimHolds(undecided, gap, 1e-12)).toBe(true);
  });

  test("fails where another part of it is decided, and false", () => {
    const gap = checkClaim(contradicted, worldOf(float64Algebra, plain));
    expect(claimVerdict(contradicted, gap, 1e-12)).toBe("fails");
    expect(claimHolds(contradicted, gap, 1e-12)).toBe(false);
  });

  test("an erratum whose printed form fails visibly in what was decided needs no more", () => {
    const erratum = { ...undecided, kind: "erratum" as const, corrected: () => [], printed: contradicted.sides };
    expect(checkClaim(erratum, worldOf(float64Algebra, plain))).toEqual({ gap: 0, printedGap: 0.5 });
    const silent = { ...erratum, printed: undecided.sides };
    const gap = checkClaim(silent, worldOf(float64Algebra, plain));
    expect(claimVerdict(silent, gap, 1e-12)).toBe("not decided");
  });

  test("a gap above 1e-6 decides nothing where rounding alone may open it, and one above that is a failure", () => {
    for (const [gap, tolerance, verdict] of [
      [1e-7, 1e-3, "holds"],
      [1e-4, 1e-3, "not decided"],
      [2e-3, 1e-3, "fails"],
      [Infinity, Infinity, "not decided"],
      [Infinity, 1e-3, "fails"],
    ] as const)
      expect(claimVerdict(undecided, { gap }, tolerance)).toBe(verdict);
  });
});

describe("at 60 digits sides are told apart where doubles cannot", () => {
  const A = exactAlgebra();
  const world = worldOf(A, plain);
  const tiny = (x: number) => A.exp(A.number(-2000 + x));

  test("numbers that all round to 0", () => {
    const claim = stating(<N>() => [{ left: [tiny(0) as N], right: [tiny(1e-3) as N] }]);
    expect(checkClaim(claim, world).gap).toBeCloseTo(1e-3, 5);
  });

  test("numbers that all round to Infinity", () => {
    const huge = (x: number) => A.exp(A.number(2000 + x));
    const claim = stating(<N>() => [{ left: [huge(0) as N], right: [huge(1e-3) as N] }]);
    expect(checkClaim(claim, world).gap).toBeCloseTo(1e-3, 5);
  });

  test("an inequality by less than a double of 1", () => {
    const [low, high] = [A.number(1), A.add(A.number(1), tiny(1900))];
    const claim = (left: unknown, right: unknown) =>
      stating(<N>() => [{ left: [left as N], right: [right as N], relation: "<=" }]);
    expect(checkClaim(claim(low, high), world).gap).toBe(0);
    expect(checkClaim(claim(high, low), world).gap).toBeGreaterThan(0);
  });
});

describe("gapTolerance", () => {
  test("is 1e-12 for ordinary exponents, and grows with them", () => {
    const sizes = fc.record({
      range: fc.double({ min: -6, max: 6, noNaN: true }).map((e) => 10 ** e),
      beta: fc.double({ min: -4, max: 6, noNaN: true }).map((e) => 10 ** e),
      spread: fc.double({ min: 0, max: 5000, noNaN: true }),
    });
    const law = fc.property(sizes, ({ range, beta, spread }) => {
      const { mass: _, ...rest } = plain;
      const instance = { ...rest, logMass: [-10, -10 - spread], reward: [0, range], beta };
      const exponent = (1 + 1 / beta) * (Math.max(range, spread) + Math.log(2));
      expect(gapTolerance(instance) / (1e-12 * Math.max(1, exponent / 1000))).toBeCloseTo(1, 10);
      expect(gapTolerance(instance, 60) / gapTolerance(instance)).toBeCloseTo(1e-38, 50);
    });
    fc.assert(law, { numRuns: 100 });
  });

  test.each([
    [undefined, undefined, TypeError, "gapTolerance: instance must be an object"],
    [{ ...plain, reward: [0] }, undefined, TypeError, "gapTolerance: reward must have length 2"],
    [{ ...plain, reward: [0, Number.NaN] }, undefined, RangeError, "gapTolerance: reward[1] must be finite, got NaN"],
    [
      { ...plain, mass: [1, -1] },
      undefined,
      RangeError,
      "gapTolerance: mass[1] must be non-negative and finite, got -1",
    ],
    [{ ...plain, mass: [0, 0] }, undefined, RangeError, "gapTolerance: mass must have a positive total, got 0"],
    [{ ...plain, mass: "ab" }, undefined, TypeError, "gapTolerance: mass must be an array"],
    [{ ...plain, mass: undefined }, undefined, TypeError, "gapTolerance: instance must have mass or logMass"],
    [{ ...plain, beta: 0 }, undefined, RangeError, "gapTolerance: beta must be positive and finite, got 0"],
    [{ ...plain, length: 0.5 }, undefined, RangeError, "gapTolerance: length must be a whole number"],
    [{ ...plain, policy: [1] }, undefined, TypeError, "gapTolerance: policy must have length 2"],
    [plain, 5, RangeError, "gapTolerance: digits must be a whole number of at least 20, got 5"],
    [plain, 2000, RangeError, "gapTolerance: digits must be at most 1000, got 2000"],
    [plain, "60", TypeError, 'gapTolerance: digits must be a number, got "60"'],
  ])("%j, %j is refused by name", (instance, digits, type, message) => {
    const call = () => gapTolerance(instance as Instance, digits as number);
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});

describe("what is no claim, world, gap or tolerance is refused by name", () => {
  const world = worldOf(float64Algebra, plain);
  test.each<[() => unknown, string]>([
    [() => checkClaim(undefined as never, world), "checkClaim: claim must be a claim"],
    [() => checkClaim(claims[0], {} as never), "checkClaim: world must be a world"],
    [() => claimHolds({} as never, { gap: 0 }, 1), "claimHolds: claim must be a claim"],
    [() => claimHolds(claims[0], undefined as never, 1), "claimHolds: gap must be a gap"],
    [() => claimHolds(claims[0], { gap: "0" } as never, 1), "claimHolds: gap.gap must be a number"],
    [
      () => claimHolds(claims[0], { gap: 0 }, Number.NaN),
      "claimHolds: tolerance must be at least 0 (Infinity allowed), got NaN",
    ],
    [
      () => claimVerdict(claims[0], { gap: 0 }, -1),
      "claimVerdict: tolerance must be at least 0 (Infinity allowed), got -1",
    ],
    [() => worldOf(undefined as never, plain), "worldOf: algebra must be an object"],
    [() => worldOf(float64Algebra, undefined as never), "worldOf: instance must be an object"],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
});
