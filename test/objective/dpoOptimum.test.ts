import { fc } from "@fast-check/vitest";
import {
  comparisonsFromWins,
  dpoOptimum,
  fitBradleyTerry,
  measure,
  normalize,
  rlhfOptimum,
  totalVariation,
  uniform,
} from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import { describe, expect } from "vitest";
import { test } from "../support/test.js";
import { expectReference, massesOf, referenceCases } from "./reference.js";
import { keys, runs, temperatures } from "./witnesses.js";

const exact = exactAlgebra({ digits: 60 });

/** Masses of the answers 0, 1, 2, …, and who beat whom how often. */
interface Compared {
  readonly mass: readonly number[];
  readonly rows: readonly { readonly winner: number; readonly loser: number; readonly count: number }[];
  readonly beta: number;
}

/** Comparisons of pairs of answers, each of which beats the other at times: every component has a maximum. */
const comparedOf = (
  mass: fc.Arbitrary<number>,
  count: fc.Arbitrary<number>,
  beta: fc.Arbitrary<number>,
): fc.Arbitrary<Compared> =>
  fc.array(mass, { minLength: 1, maxLength: 6 }).chain((masses) => {
    const answer = fc.integer({ min: 0, max: masses.length - 1 });
    const pair = fc.tuple(answer, answer, count, count).filter(([i, j]) => i !== j);
    const pairs = masses.length === 1 ? fc.constant([]) : fc.array(pair, { maxLength: 7 });
    return fc.record({
      mass: fc.constant(masses),
      rows: pairs.map((all) =>
        all.flatMap(([i, j, m, n]) => [
          { winner: i, loser: j, count: m },
          { winner: j, loser: i, count: n },
        ]),
      ),
      beta,
    });
  });

const whole = fc.integer({ min: 1, max: 9 });
const far = fc.oneof(
  whole,
  fc.double({ min: -300, max: 300, noNaN: true }).map((x) => 10 ** x),
);
const often = fc.oneof(whole, fc.double({ min: 0.01, max: 100, noNaN: true }));
const problems = comparedOf(far, often, temperatures(-3, 3));
const calm = comparedOf(whole, whole, temperatures(-0.5, 0.5));

const problemOf = ({ mass, beta }: Compared) => ({ ref: measure(keys(mass), mass), beta });

/** The component of each answer, as the least answer in it. */
function componentsOf({ mass, rows }: Compared): number[] {
  const of = keys(mass);
  for (const _ of mass) {
    for (const { winner, loser } of rows) of[winner] = of[loser] = Math.min(of[winner], of[loser]);
  }
  return of;
}

const isConnected = (compared: Compared) => componentsOf(compared).every((c) => c === 0);

const figures = { float: 0, trained: 0, wins: 0 };

describe("dpoOptimum", () => {
  test.each(referenceCases("dpoOptimum"))("$id", (one) => {
    const comparisons = one.comparisons.map(([winner, loser, count]: number[]) => ({ winner, loser, count }));
    const { mass } = dpoOptimum({ ref: massesOf(one.mass), beta: one.beta }, comparisons);
    expectReference(mass, one.expect.law, one);
  });

  test.prop([problems], { numRuns: runs(100) })(
    "expects the observed wins of every answer, and keeps the sum of the logits of every component, at 60 digits",
    (compared) => {
      const { mass, rows, beta } = compared;
      const ref = exact.measure(keys(mass), mass);
      const optimum = exact.dpoOptimum({ ref, beta }, rows);
      const implied = Array.from(optimum.logMass, (l, i) => exact.multiply(l.minus(ref.logMass[i]), beta));
      const surplus = keys(mass).map(() => exact.number(0));
      for (const { winner, loser, count } of rows) {
        const lost = exact.multiply(exact.preferenceProbability(implied[loser], implied[winner]), count);
        surplus[winner] = surplus[winner].plus(lost);
        surplus[loser] = surplus[loser].minus(lost);
      }
      const most = rows.reduce((a, { count }) => Math.max(a, count), 1);
      for (const s of surplus) figures.wins = Math.max(figures.wins, s.abs().div(most).toNumber());
      const of = componentsOf(compared);
      // Up to the constant of normalisation, the same for all: the mean of log π/ref is that of each component.
      const means = keys(mass)
        .filter((i) => of[i] === i)
        .map((c) => {
          const own = keys(mass).filter((i) => of[i] === c);
          return own.reduce((sum, i) => sum.plus(implied[i]), exact.number(0)).div(own.length);
        });
      for (const mean of means) figures.wins = Math.max(figures.wins, mean.minus(means[0]).abs().toNumber());
      expect(figures.wins).toBeLessThan(1e-52);
    },
  );

  test.prop([problems], { numRuns: runs(100) })("is that of 60 digits", (compared) => {
    const got = dpoOptimum(problemOf(compared), compared.rows);
    const ref = exact.measure(keys(compared.mass), compared.mass);
    const want = exact.dpoOptimum({ ref, beta: compared.beta }, compared.rows);
    for (const [i, l] of Array.from(want.logMass).entries()) {
      const off = Math.abs(l.minus(got.logMass[i]).toNumber()) / Math.max(1, Math.abs(l.toNumber()));
      figures.float = Math.max(figures.float, off);
      expect(off).toBeLessThan(1e-11);
    }
  });

  test.prop([calm], { numRuns: runs(100) })(
    "is where plain gradient descent of the loss ends, from ref",
    (compared) => {
      const { mass, rows, beta } = compared;
      const start = mass.map(Math.log);
      let logits = [...start];
      let rate = 1;
      const slopesAt = (at: readonly number[]) => {
        const slopes = keys(mass).map(() => 0);
        for (const { winner, loser, count } of rows) {
          const margin = beta * (at[winner] - start[winner] - at[loser] + start[loser]);
          const push = (beta * count) / (1 + Math.exp(margin));
          slopes[winner] += push;
          slopes[loser] -= push;
        }
        return slopes;
      };
      let up = slopesAt(logits);
      for (let step = 0; step < 20_000 && Math.max(...up.map(Math.abs)) > 1e-10 * beta * beta; step++) {
        const next = logits.map((l, i) => l + rate * up[i]);
        const ahead = slopesAt(next);
        if (up.reduce((sum, u, i) => sum + u * ahead[i], 0) < 0) {
          rate /= 2;
          continue;
        }
        rate *= 1.2;
        [logits, up] = [next, ahead];
      }
      const policy = measure(
        keys(mass),
        logits.map((l) => Math.exp(l - Math.max(...logits))),
      );
      const gap = totalVariation(policy, dpoOptimum(problemOf(compared), rows));
      figures.trained = Math.max(figures.trained, gap);
      expect(gap).toBeLessThan(1e-7);
    },
  );

  test.prop([problems], { numRuns: runs(100) })(
    "is the RLHF optimum for the fitted reward where all answers are linked",
    (compared) => {
      fc.pre(compared.mass.length > 1 && isConnected(compared));
      const problem = problemOf(compared);
      const fit = fitBradleyTerry(compared.rows, { items: keys(compared.mass) });
      const { logMass } = dpoOptimum(problem, compared.rows);
      for (const [i, l] of rlhfOptimum({ ...problem, reward: fit.ability }).logMass.entries()) {
        expect(Math.abs(l - logMass[i])).toBeLessThan(1e-11 * Math.max(1, Math.abs(l)));
      }
    },
  );

  test("of answers that are not linked, it is another law for every reward that fits, but for one", () => {
    const ref = measure([0, 1, 2, 3], [2, 5, 3, 4]);
    const comparisons = [
      { winner: 0, loser: 1, count: 3 },
      { winner: 1, loser: 0, count: 1 },
      { winner: 2, loser: 3, count: 2 },
      { winner: 3, loser: 2, count: 5 },
    ];
    const law = dpoOptimum({ ref, beta: 0.5 }, comparisons);
    const reward = (apart: number) => [Math.log(3), 0, Math.log(2 / 5) + apart, apart];
    const gap = (apart: number) => totalVariation(law, rlhfOptimum({ ref, reward: reward(apart), beta: 0.5 }));
    // The means of the two components agree.
    const same = (Math.log(3) - Math.log(2 / 5)) / 2;
    expect(gap(same)).toBeLessThan(1e-15);
    for (const apart of [same - 1, same - 0.1, same + 0.1, same + 1]) expect(gap(apart)).toBeGreaterThan(1e-2);
  });

  test.prop([problems], { numRuns: runs(100) })(
    "the mean of log π/ref over the answers of a component is minus the log of the constant of normalisation",
    (compared) => {
      const problem = problemOf(compared);
      const { logMass, logNormalizer } = dpoOptimum(problem, compared.rows);
      const { logMass: before } = normalize(problem.ref);
      const of = componentsOf(compared);
      for (const c of new Set(of)) {
        const own = keys(of).filter((i) => of[i] === c);
        const mean = own.reduce((sum, i) => sum + logMass[i] - before[i], 0) / own.length;
        const size = own.reduce((most, i) => Math.max(most, Math.abs(logMass[i]), Math.abs(before[i])), 1);
        expect(Math.abs(mean + logNormalizer)).toBeLessThan(1e-11 * size);
      }
    },
  );

  test.prop([problems], { numRuns: runs(100) })(
    "answers never compared keep their weights relative to one another",
    (compared) => {
      const { mass, rows } = compared;
      const met = new Set(rows.flatMap(({ winner, loser }) => [winner, loser]));
      const never = keys(mass).filter((i) => !met.has(i));
      const { logMass } = dpoOptimum(problemOf(compared), rows);
      const { logMass: before } = problemOf(compared).ref;
      for (const i of never) {
        const moved = logMass[i] - before[i] - (logMass[never[0]] - before[never[0]]);
        expect(Math.abs(moved)).toBeLessThan(1e-12 * (1 + Math.abs(logMass[i])));
      }
    },
  );
});

describe("edges of dpoOptimum", () => {
  const ref = measure(["right", "hacked", "wrong"], [60, 1, 39]);
  const mixed = [
    { winner: "right", loser: "wrong", count: 3 },
    { winner: "wrong", loser: "right", count: 1 },
  ];

  test("without comparisons, ref", () => {
    expect(dpoOptimum({ ref, beta: 1 }, []).mass).toEqual(normalize(ref).mass);
    expect(dpoOptimum({ ref, beta: 1 }, [{ winner: "right", loser: "hacked", count: 0 }]).mass).toEqual(
      normalize(ref).mass,
    );
  });

  test("β = ∞: ref", () => {
    expect(dpoOptimum({ ref, beta: Infinity }, mixed).mass).toEqual(normalize(ref).mass);
  });

  test("small β: what is best in a component takes it all, at the price that the means stay", () => {
    const { logMass } = dpoOptimum({ ref, beta: 1e-3 }, mixed);
    // ±½ log 3 over β on the two that were compared.
    const half = Math.log(3) / 2e-3;
    expect(logMass[0]).toBeCloseTo(0, 15);
    expect(logMass[1]).toBeCloseTo(Math.log(1 / 60) - half, 9);
    expect(logMass[2]).toBeCloseTo(Math.log(39 / 60) - 2 * half, 9);
  });

  test("a tie is half a win to each, and the order of comparisons does not matter", () => {
    const ties = [{ tie: ["right", "wrong"] as const, count: 2 }, ...mixed];
    const wins = [
      { winner: "right", loser: "wrong", count: 4 },
      { winner: "wrong", loser: "right", count: 2 },
    ];
    expect(dpoOptimum({ ref, beta: 0.3 }, ties as never).mass).toEqual(dpoOptimum({ ref, beta: 0.3 }, wins).mass);
    expect(dpoOptimum({ ref, beta: 0.3 }, [...wins].reverse()).mass).toEqual(dpoOptimum({ ref, beta: 0.3 }, wins).mass);
  });

  test("a matrix of wins", () => {
    const comparisons = comparisonsFromWins(
      [0, 1, 2],
      [
        [0, 10, 6],
        [20, 0, 10],
        [24, 20, 0],
      ],
    );
    const { mass } = dpoOptimum({ ref: uniform([0, 1, 2]), beta: 1 }, comparisons);
    for (const [i, p] of [1 / 7, 2 / 7, 4 / 7].entries()) expect(mass[i]).toBeCloseTo(p, 14);
  });

  test("a component without a maximum names its groups", () => {
    const message =
      'dpoOptimum: comparisons must link every group of items to the others by wins in both directions, or the likelihood has no maximum: {"right"} lost to no other group; {"hacked"} beat no other group';
    const call = () => dpoOptimum({ ref, beta: 1 }, [{ winner: "right", loser: "hacked" }]);
    expect(call).toThrow(RangeError);
    expect(call).toThrow(new RangeError(message));
    expect(() => exact.dpoOptimum({ ref, beta: 1 }, [{ winner: "right", loser: "hacked" }])).toThrow(
      new RangeError(message),
    );
  });

  test.each([
    [() => dpoOptimum({ ref, beta: 0 }, mixed), "dpoOptimum: beta must be positive (Infinity allowed), got 0"],
    [
      () => dpoOptimum({ ref, beta: 1 }, [{ winner: "left", loser: "right" }]),
      'dpoOptimum: comparisons[0].winner must be one of ref.support, got "left"',
    ],
    [
      () => dpoOptimum({ ref, beta: 1 }, [{ winner: "right", loser: "right" }]),
      'dpoOptimum: comparisons[0].loser must be another item than the one it is compared with, got "right"',
    ],
    [
      () => dpoOptimum({ ref: measure(["right", "wrong"], [1, 0]), beta: 1 }, mixed),
      "dpoOptimum: ref.mass[1] must be positive, as the answer was compared, got 0",
    ],
    [() => dpoOptimum({ ref, beta: 1 }, 3 as never), "dpoOptimum: comparisons must be an array of comparisons"],
    [
      () => dpoOptimum({ ref, beta: 1 }, [{ winner: "right", loser: "wrong", count: -1 }]),
      "dpoOptimum: comparisons[0].count must be non-negative and finite, got -1",
    ],
  ])("%#", (call, message) => {
    expect(call).toThrow(message);
  });
});
if (process.env.DEEP_PROBLEMS) test("figures", () => console.log(figures));
