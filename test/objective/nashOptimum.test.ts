import { fc } from "@fast-check/vitest";
import {
  fromLogMass,
  klDivergence,
  type Measure,
  measure,
  nashOptimum,
  normalize,
  preferenceProbability,
  tilt,
  uniform,
} from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import { describe, expect } from "vitest";
import { test } from "../support/test.js";
import { expectReference, massesOf, referenceCases } from "./reference.js";
import { expectNoBetter, keys, runs, temperatures, trained } from "./witnesses.js";

const exact = exactAlgebra({ digits: 60 });

/** A game of the answers 0, 1, 2, …: masses, and the probabilities P_ij for i < j, row by row. */
interface Game {
  readonly mass: readonly number[];
  readonly wins: readonly number[];
  readonly beta: number;
}

const gamesOf = (mass: fc.Arbitrary<number>, beta: fc.Arbitrary<number>): fc.Arbitrary<Game> =>
  fc
    .array(mass, { minLength: 1, maxLength: 6 })
    .filter((masses) => masses.some((m) => m > 0))
    .chain((masses) => {
      const pairs = (masses.length * (masses.length - 1)) / 2;
      const win = fc.oneof(fc.constantFrom(0, 0.25, 0.5, 0.75, 1), fc.double({ min: 0, max: 1, noNaN: true }));
      return fc.record({
        mass: fc.constant(masses),
        wins: fc.array(win, { minLength: pairs, maxLength: pairs }),
        beta,
      });
    });

const hostile = fc.oneof(
  fc.constantFrom(0, 1, 2),
  fc.integer({ min: 1, max: 9 }),
  fc.double({ min: -300, max: 300, noNaN: true }).map((x) => 10 ** x),
);
const games = gamesOf(hostile, temperatures(-3, 3));
const calm = gamesOf(fc.integer({ min: 0, max: 9 }), temperatures(-0.5, 1));

/** The matrix of preferences of a game. */
function matrixOf({ mass, wins }: Pick<Game, "mass" | "wins">): number[][] {
  const matrix = mass.map(() => mass.map(() => 0.5));
  let k = 0;
  for (let i = 0; i < mass.length; i++) {
    for (let j = i + 1; j < mass.length; j++) {
      matrix[i][j] = wins[k++];
      matrix[j][i] = 1 - matrix[i][j];
    }
  }
  return matrix;
}

const problemOf = (game: Game) => ({
  ref: measure(keys(game.mass), game.mass),
  preference: matrixOf(game),
  beta: game.beta,
});

/** Pπ, the probability of each answer to beat a draw of a policy. */
const winning = (preference: readonly (readonly number[])[], policy: ArrayLike<number>) =>
  preference.map((row) => row.reduce((sum, p, j) => sum + p * policy[j], 0));

/** Pπ at 60 digits, with the antisymmetric part of P. */
const winningExactly = (
  preference: readonly (readonly number[])[],
  policy: ArrayLike<ReturnType<typeof exact.number>>,
) =>
  preference.map((row, i) =>
    row.reduce(
      (sum, p, j) => sum.plus(exact.subtract(p, preference[j][i]).plus(1).div(2).times(policy[j])),
      exact.number(0),
    ),
  );

const figures = { float: 0, residual: 0 };

describe("nashOptimum", () => {
  test.each(referenceCases("nashOptimum"))("$id", (one) => {
    const { mass, preference, beta } = one;
    expectReference(nashOptimum({ ref: massesOf(mass), preference, beta }).mass, one.expect.law, one);
  });

  test.prop([games], { numRuns: runs(50) })(
    "is the tilt of ref by its own probabilities to win, at 60 digits",
    (game) => {
      const { preference, beta } = problemOf(game);
      const ref = exact.measure(keys(game.mass), game.mass);
      const optimum = exact.nashOptimum({ ref, preference, beta });
      const again = exact.tilt(ref, winningExactly(preference, optimum.mass), beta);
      for (const [i, l] of Array.from(optimum.logMass).entries()) {
        if (!l.isFinite()) expect(again.logMass[i].eq(l)).toBe(true);
        else figures.residual = Math.max(figures.residual, again.logMass[i].minus(l).abs().toNumber());
      }
      expect(figures.residual).toBeLessThan(1e-55);
      expect(exact.subtract(again.logNormalizer, optimum.logNormalizer).abs().lt(1e-55)).toBe(true);
    },
  );

  test.prop([games], { numRuns: runs(100) })("is that of 60 digits, to a few roundings over β", (game) => {
    const problem = problemOf(game);
    const got = nashOptimum(problem);
    const want = exact.nashOptimum({ ...problem, ref: exact.measure(keys(game.mass), game.mass) });
    for (const [i, l] of Array.from(want.logMass).entries()) {
      if (!l.isFinite()) {
        expect(got.logMass[i]).toBe(-Infinity);
        continue;
      }
      const off = Math.abs(l.minus(got.logMass[i]).toNumber()) / Math.max(1, Math.abs(l.toNumber()));
      figures.float = Math.max(figures.float, off);
      expect(off).toBeLessThan(1e-11);
    }
    expect(got.logNormalizer).toBeCloseTo(want.logNormalizer.toNumber(), 9);
  });

  test.prop([games], { numRuns: runs(60) })(
    "no deviation gains: no policy does better against it at β a nat",
    (game) => {
      const { ref, preference, beta } = problemOf(game);
      const optimum = nashOptimum({ ref, preference, beta });
      const rate = winning(preference, optimum.mass);
      const payoff = (policy: typeof ref) =>
        normalize(policy).mass.reduce((sum, p, i) => sum + p * rate[i], 0) - beta * klDivergence(policy, ref);
      expectNoBetter(payoff, optimum, ref, 1e-12 * (1 + beta * klDivergence(optimum, ref)));
    },
  );

  test.prop([calm], { numRuns: runs(100) })("is where self-play by plain gradient steps ends", (game) => {
    const { preference, beta, ref } = problemOf(game);
    const first = normalize(ref).mass;
    const gradient = (policy: readonly number[]) =>
      winning(preference, policy).map((w, i) => w - beta * Math.log(policy[i] / first[i]));
    const policy = trained(game.mass, gradient);
    const { mass } = nashOptimum({ ref, preference, beta });
    for (const [i, p] of policy.entries()) expect(Math.abs(p - mass[i])).toBeLessThan(1e-8);
  });

  test.prop([games], { numRuns: runs(50) })("does not depend on the order of the answers", (game) => {
    const { ref, preference, beta } = problemOf(game);
    const back = keys(game.mass).reverse();
    const turned = nashOptimum({
      ref: measure(
        back,
        back.map((i) => game.mass[i]),
      ),
      preference: back.map((i) => back.map((j) => preference[i][j])),
      beta,
    });
    const { logMass } = nashOptimum({ ref, preference, beta });
    for (const [k, i] of back.entries()) {
      if (logMass[i] === -Infinity) expect(turned.logMass[k]).toBe(-Infinity);
      else expect(Math.abs(turned.logMass[k] - logMass[i])).toBeLessThan(1e-10 * Math.max(1, Math.abs(logMass[i])));
    }
  });
});

/** Holds two laws to the same logarithms, to a few roundings. */
function same(law: Measure<number>, other: Measure<number>): void {
  for (const [i, l] of normalize(other).logMass.entries()) {
    if (l === -Infinity) expect(law.logMass[i]).toBe(l);
    else expect(Math.abs(law.logMass[i] - l)).toBeLessThan(1e-15 * Math.max(1, Math.abs(l)));
  }
}

describe("limits of nashOptimum", () => {
  const rock = {
    ref: uniform(["rock", "paper", "scissors"]),
    preference: [
      [0.5, 0, 0.75],
      [1, 0.5, 0.25],
      [0.25, 0.75, 0.5],
    ],
  };

  test("β → 0: the von Neumann winner where there is one, which no answer beats", () => {
    const { mass } = nashOptimum({ ...rock, beta: 1e-7 });
    for (const [i, p] of [0.25, 0.25, 0.5].entries()) expect(mass[i]).toBeCloseTo(p, 6);
    for (const rate of winning(rock.preference, mass)) expect(rate).toBeCloseTo(0.5, 6);
  });

  test.prop([games])("β = ∞: ref, and near it the tilt by the probability to beat a draw of ref", (game) => {
    const { ref, preference } = problemOf(game);
    same(nashOptimum({ ref, preference, beta: Infinity }), ref);
    const near = nashOptimum({ ref, preference, beta: 1e9 });
    const want = tilt(ref, winning(preference, normalize(ref).mass), 1e9);
    for (const [i, m] of want.mass.entries()) expect(Math.abs(near.mass[i] - m)).toBeLessThan(1e-15);
  });

  test.prop([games])("where all answers are liked alike, ref", ({ mass, beta }) => {
    const ref = measure(keys(mass), mass);
    const preference = mass.map(() => mass.map(() => 0.5));
    same(nashOptimum({ ref, preference, beta }), ref);
  });

  test("where an answer beats all others at small β, that answer", () => {
    const preference = [
      [0.5, 0.9, 0.8],
      [0.1, 0.5, 0.5],
      [0.2, 0.5, 0.5],
    ];
    const { logMass } = nashOptimum({ ref: uniform([0, 1, 2]), preference, beta: 1e-3 });
    expect(logMass[0]).toBeCloseTo(0, 15);
    // The margins to the winner over β.
    expect(logMass[1]).toBeCloseTo(-400, 9);
    expect(logMass[2]).toBeCloseTo(-300, 9);
  });

  test("masses that only a logarithm can hold", () => {
    const ref = fromLogMass([0, 1], [0, -1000]);
    // The margin of 1 over 0 is ½: at β = 10⁻³ it is worth 500 nats where the policy is 0.
    const { logMass } = nashOptimum({
      ref,
      preference: [
        [0.5, 0],
        [1, 0.5],
      ],
      beta: 1e-3,
    });
    expect(logMass[1]).toBeCloseTo(-500, 10);
  });

  test("two answers by a reward: the better one is taken more often than by RLHF with the same β", () => {
    const [better, worse] = [1, 0];
    const p = preferenceProbability(better, worse);
    const preference = [
      [0.5, p],
      [preferenceProbability(worse, better), 0.5],
    ];
    const { mass } = nashOptimum({ ref: uniform([0, 1]), preference, beta: 0.1 });
    // log-odds = (P₁₂ − ½)/β whatever the policy, as 1 beats 2 by as much as 2 loses to 1.
    expect(Math.log(mass[0] / mass[1])).toBeCloseTo((p - 0.5) / 0.1, 13);
  });
});

describe("nashOptimum refuses", () => {
  const ref = uniform(["a", "b"]);
  const solve =
    (preference: unknown, beta: unknown = 1) =>
    () =>
      nashOptimum({ ref, preference, beta } as never);
  test.each([
    [
      solve([
        [0.5, 0.7],
        [0.4, 0.5],
      ]),
      "nashOptimum: preference[0][1] must be 1 - preference[1][0], got 0.7",
    ],
    [
      solve([
        [0.4, 0.7],
        [0.3, 0.5],
      ]),
      "nashOptimum: preference[0][0] must be 0.5, got 0.4",
    ],
    [
      solve([
        [0.5, 1.5],
        [-0.5, 0.5],
      ]),
      "nashOptimum: preference[0][1] must be between 0 and 1, got 1.5",
    ],
    [
      solve([
        [0.5, Number.NaN],
        [0.5, 0.5],
      ]),
      "nashOptimum: preference[0][1] must be between 0 and 1, got NaN",
    ],
    [solve([[0.5, 0.5]]), "nashOptimum: preference must have one entry per answer, 2, got 1"],
    [solve([[0.5, 0.5], [0.5]]), "nashOptimum: preference[1] must have one entry per answer, 2, got 1"],
    [solve([[0.5, 0.5], 3]), "nashOptimum: preference[1] must be an array, got 3"],
    [
      solve([
        [0.5, "a"],
        [0.5, 0.5],
      ]),
      'nashOptimum: preference[0][1] must be a number, got "a"',
    ],
    [
      solve(
        [
          [0.5, 1],
          [0, 0.5],
        ],
        0,
      ),
      "nashOptimum: beta must be at least 1e-9 (Infinity allowed), got 0",
    ],
    [
      solve(
        [
          [0.5, 1],
          [0, 0.5],
        ],
        Number.NaN,
      ),
      "nashOptimum: beta must be at least 1e-9 (Infinity allowed), got NaN",
    ],
  ])("%#", (call, message) => {
    expect(call).toThrow(message);
  });

  test("the same at 60 digits", () => {
    const twin =
      (preference: number[][], beta = 1) =>
      () =>
        exact.nashOptimum({ ref: exact.uniform(["a", "b"]), preference, beta });
    expect(
      twin([
        [0.5, 0.75],
        [0.5, 0.5],
      ]),
    ).toThrow("nashOptimum: preference[0][1] must be 1 - preference[1][0], got 0.75");
    expect(
      twin([
        [0.25, 0.5],
        [0.5, 0.5],
      ]),
    ).toThrow("nashOptimum: preference[0][0] must be 0.5, got 0.25");
    expect(
      twin(
        [
          [0.5, 1],
          [0, 0.5],
        ],
        0,
      ),
    ).toThrow("nashOptimum: beta must be at least 1e-9 (Infinity allowed), got 0");
  });
});
if (process.env.DEEP_PROBLEMS) test("figures", () => console.log(figures));
