/** How far one draw is from the limit, also where what makes the limit is a level too rare for any double, at 60 digits. */
import { fromLogMass } from "exptilt";
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
});
