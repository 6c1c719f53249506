/** How far one draw is from the limit, also where what makes the limit is a level too rare for any double, at 60 digits. */
import { firstOrderExpansion, fromLogMass, limitDistance, measure } from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { prepare } from "../../src/selection/problem.js";
import { limitDistanceOf } from "../../src/selection/ratio/limitDistanceOf.js";
import { limitLevels, silentShare } from "../../src/selection/ratio/limitLevels.js";
import { ratiosOf } from "../../src/selection/ratio/ratiosAt.js";
import { runs } from "../support/runs.js";
import { test } from "../support/test.js";

const exact = exactAlgebra({ digits: 60 });
const near = (got: number, want: number, error: number) =>
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(error * (1 + Math.abs(want)));

/** A level that is rare, whose reward gives it some share of the limit, beside others. */
const problems = fc
  .record({
    rare: fc.constantFrom(-3, -700, -712, -730, -800, -3000),
    share: fc.constantFrom(1e-3, 0.1, 0.45, 0.7, 0.999),
    others: fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.double({ min: -2, max: 2, noNaN: true })), {
      minLength: 1,
      maxLength: 3,
    }),
    forbidden: fc.constantFrom(-Infinity, -1),
  })
  .map(({ rare, share, others, forbidden }) => {
    const weight = others.reduce((s, [m, r]) => s + m * Math.exp(r), 0);
    // e^rare·w = share/(1 − share) of the others' weight.
    const reward = Math.log((weight * share) / (1 - share)) - rare;
    const logMass = [rare, ...others.map(([m]) => Math.log(m)), forbidden];
    return { logMass, reward: [reward, ...others.map(([, r]) => r), -Infinity] };
  });

describe("the distances of one draw from the limit", () => {
  test.prop([problems], { numRuns: runs(60) })("are those of ref from its tilt", ({ logMass, reward }) => {
    const ref = fromLogMass([...logMass.keys()], logMass);
    const prepared = prepare("test", { ref, reward }, 1);
    const limit = limitLevels(prepared);
    const ratios = ratiosOf(prepared, 1);
    const got = limitDistanceOf(prepared.levels, limit, ratios);

    const allowed = logMass.slice(0, -1).map((l) => exact.exp(exact.number(l)));
    const normalized = (x: typeof allowed) => {
      const total = x.reduce((s, v) => s.plus(v));
      return x.map((v) => v.div(total));
    };
    const P = normalized(allowed);
    const Q = normalized(allowed.map((p, i) => p.times(exact.exp(exact.number(reward[i])))));
    const sum = (of: (i: number) => (typeof P)[number]) =>
      exact.toNumber(P.map((_, i) => of(i)).reduce((s, v) => s.plus(v)));
    // Levels of equal reward are one: the distances are the same.
    const size = 1e-15 * (30 + Math.abs(logMass[0]) + Math.abs(reward[0]));
    near(got.totalVariation, sum((i) => P[i].minus(Q[i]).abs()) / 2, size);
    near(
      got.kl,
      sum((i) => Q[i].times(exact.log(Q[i].div(P[i])))),
      size,
    );
    near(
      got.reverseKl,
      sum((i) => P[i].times(exact.log(P[i].div(Q[i])))),
      size,
    );

    // The share of the limit that no draw meets, over the rest.
    const top = prepared.levels.reward.indexOf(reward[0]);
    const isSilent = prepared.levels.mass[top] < 2 ** -1022;
    const met = limit.mass.reduce((s, p, i) => (i === top ? s : s + p), 0);
    near(silentShare(limit, ratios.heard), isSilent ? limit.mass[top] / met : 0, 1e-14);
    expect(silentShare(limit, undefined)).toBe(0);
  });

  test.prop(
    [
      fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -9, max: 9 })), {
        minLength: 2,
        maxLength: 4,
      }),
      fc.integer({ min: 0, max: 12 }),
      fc.constantFrom(0, 0, 3),
    ],
    { numRuns: runs(60) },
  )("have their digits where rewards hardly differ", (rows, digits, forbidden) => {
    const mass = [...rows.map(([m]) => m), forbidden];
    const reward = [...rows.map(([, r]) => r * 10 ** -digits), -Infinity];
    const prepared = prepare("test", { ref: measure([...mass.keys()], mass), reward }, 1);
    const ratios = ratiosOf(prepared, 1);
    const got = limitDistanceOf(prepared.levels, limitLevels(prepared), ratios);
    const weight = rows.map(([m], i) => exact.exp(exact.number(reward[i])).times(m));
    const mean = weight.reduce((s, w) => s.plus(w)).div(rows.reduce((s, [m]) => s + m, 0));
    // P/π* − 1 of each answer.
    const gap = rows.map(([m], i) => mean.times(m).div(weight[i]).minus(1));
    const total = rows.reduce((s, [m]) => s + m, 0);
    const sum = (of: (i: number) => (typeof gap)[number]) =>
      exact.toNumber(gap.map((_, i) => of(i)).reduce((s, v) => s.plus(v)));
    const limit = (i: number) => exact.number(rows[i][0]).div(total).div(gap[i].plus(1));
    const log = (i: number) => exact.log(gap[i].plus(1));
    for (const [d, want] of [
      [got.totalVariation, sum((i) => limit(i).times(gap[i].abs())) / 2],
      [got.kl, -sum((i) => limit(i).times(log(i)))],
      [got.reverseKl, sum((i) => log(i).times(rows[i][0]).div(total))],
    ])
      expect(Math.abs(d - want), `${d} for ${want}`).toBeLessThanOrEqual(1e-12 * want);
    for (const [i, level] of rows.map((_, i) => prepared.levels.levelOf[i]).entries()) {
      const want = exact.toNumber(gap[i]);
      // Beside the largest reward's the others' may be nothing.
      expect(Math.abs(ratios.gap[level] - want)).toBeLessThanOrEqual(1e-13 * Math.abs(want) + 1e-15 * 10 ** -digits);
    }
  });
});

describe("the distances of N draws from the limit", () => {
  // Draws that are forbidden cancel in the gaps: what is left is as small as the rewards lie near each other.
  test.prop(
    [
      fc.record({
        mass: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 3 }),
        digits: fc.integer({ min: 0, max: 11 }),
        forbidden: fc.constantFrom(0.01, 1, 30, 1e6),
        far: fc.constantFrom(0, 1e-9, 1),
        // A better answer that is too rare to be the likeliest of the limit.
        above: fc.constantFrom(0, 0, 1e-9),
        n: fc.constantFrom(1, 2, 3, 7, 40, 300),
      }),
    ],
    { numRuns: runs(80) },
  )("have their digits beside forbidden answers too", ({ mass: own, digits, forbidden, far, above, n }) => {
    const mass = [...own, far, above, forbidden];
    const reward = [...own.map((_, i) => 0.7 - i * 10 ** -digits), -20, 4, -Infinity];
    const support = [...mass.keys()];
    const got = limitDistance({ ref: measure(support, mass), reward, beta: 1 }, n);
    const want = exact.limitDistance({ ref: exact.measure(support, mass), reward, beta: 1 }, n);
    for (const name of ["totalVariation", "kl", "reverseKl"] as const) {
      const value = exact.toNumber(want[name]);
      expect(Math.abs(got[name] - value), `${name} ${got[name]} for ${value}`).toBeLessThanOrEqual(1e-12 * value);
    }
  });

  test.prop([fc.integer({ min: 0, max: 8 }), fc.constantFrom(0.5, 20), fc.constantFrom(1e6, 1e9, 1e13)])(
    "are the first-order expansion's over N at many draws, beside forbidden answers too",
    (digits, forbidden, n) => {
      const ref = measure(["a", "b", "c", "d"], [1, 2, 0.3, forbidden]);
      const problem = { ref, reward: [0, -(10 ** -digits), -9, -Infinity], beta: 1 };
      const got = limitDistance(problem, n);
      const first = firstOrderExpansion(problem);
      for (const [name, power] of [
        ["totalVariation", 1],
        ["kl", 2],
      ] as const) {
        const ratio = (got[name] * n ** power) / first[name];
        expect(Math.abs(ratio - 1), `${name} ${ratio}`).toBeLessThanOrEqual(1e-12 + 1e3 / n);
      }
    },
  );
});
