/** Metropolis and rejection by reward levels, of masses of any size, draw by draw at 60 digits. */
import { fromLogMass } from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byMethod } from "../../src/selection/methodOnLevels.js";
import { prepare } from "../../src/selection/problem.js";
import { keptByPoisson, keptOf } from "../../src/selection/ratio/kept.js";
import { limitDistanceOf } from "../../src/selection/ratio/limitDistanceOf.js";
import { levelMass } from "../../src/selection/ratio/limitLevels.js";
import { rejectionRatios } from "../../src/selection/ratio/rejection.js";
import { runs } from "../support/runs.js";
import { test } from "../support/test.js";

const exact = exactAlgebra({ digits: 60 });
const big = (x: number) => exact.number(x);
type Big = ReturnType<typeof big>;
const [zero, one] = [big(0), big(1)];
const total = (x: readonly Big[]) => x.reduce((s, v) => s.plus(v), zero);
const number = (x: Big) => exact.toNumber(x);
const logOf = (x: Big) => (x.isZero() ? -Infinity : number(exact.log(x)));

/** Levels from the best down: log-masses, the steps between their rewards, and the log-mass that is forbidden. */
const problems = fc
  .record({
    rows: fc.array(
      fc.record({
        logMass: fc.oneof(
          fc.constant(0),
          fc.double({ min: -5, max: 0, noNaN: true }),
          fc.constantFrom(-40, -300, -720, -2000),
        ),
        step: fc.oneof(fc.constantFrom(0.01, 1, 40, 800), fc.double({ min: 0.1, max: 6, noNaN: true })),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    forbidden: fc.constantFrom(-Infinity, -Infinity, -1, 0, 40, 800),
    n: fc.constantFrom(1, 2, 3, 5, 30),
  })
  .map(({ rows, forbidden, n }) => {
    const reward = rows.map((_, i) => -rows.slice(1, i + 1).reduce((s, r) => s + r.step, 0));
    const logs = [...rows.map((r) => r.logMass), forbidden];
    const top = Math.max(...logs);
    const mass = logs.map((l) => (l === -Infinity ? zero : exact.exp(big(l - top))));
    const all = total(mass);
    const p = mass.map((m) => m.div(all));
    const ref = fromLogMass(
      [...logs.keys()],
      logs.map((l) => l - top),
    );
    const prepared = prepare("test", { ref, reward: [...reward, -Infinity] }, 1);
    return { reward, prepared, n, p: p.slice(0, -1), f: p[p.length - 1] };
  });

/** Whether to accept, with e^{−step}. */
const weightOf = (reward: number) => exact.exp(big(reward));

/** P by level of what Metropolis holds after n draws, given that some draw is allowed. */
function metropolis(p: readonly Big[], f: Big, reward: readonly number[], n: number): Big[] {
  const accept = reward.map((from) => reward.map((to) => (to >= from ? one : weightOf(to - from))));
  let held = [...p];
  let none = f;
  for (let step = 1; step < n; step++) {
    const next = held.map((h, i) => {
      // Those below stay where the draw is refused.
      const leave = total(p.map((q, j) => (j === i ? zero : q.times(accept[i][j]))));
      const come = total(held.map((g, j) => (j === i ? zero : g.times(p[i]).times(accept[j][i]))));
      return h.times(one.minus(leave)).plus(come).plus(none.times(p[i]));
    });
    none = none.times(f);
    held = next;
  }
  const kept = one.minus(none);
  return held.map((h) => h.div(f.isZero() ? one : kept.isZero() ? one : kept));
}

/** P by level of what rejection takes of at most n draws, given that it is allowed; and the draws. */
function rejection(p: readonly Big[], f: Big, reward: readonly number[], cap: number, n: number) {
  const accept = reward.map((r) => (r >= cap ? one : weightOf(r - cap)));
  const refuse = f.plus(total(p.map((q, i) => q.times(one.minus(accept[i])))));
  let [open, before, draws] = [one, zero, zero];
  for (let step = 1; step < n; step++) {
    before = before.plus(open);
    draws = draws.plus(open);
    open = open.times(refuse);
  }
  draws = draws.plus(open);
  const law = p.map((q, i) => q.times(accept[i].times(before).plus(open)));
  const kept = total(law);
  return {
    law: law.map((q) => q.div(kept)),
    draws: draws.div(kept),
    acceptance: total(p.map((q, i) => q.times(accept[i]))),
  };
}

const near = (got: number, want: number, relative: number, absolute = 0) => {
  if (got === want) return;
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(relative * Math.abs(want) + absolute);
};

/** A law's ratios to ref and to its limit, and its distances from the limit. */
function holds(
  problem: { p: readonly Big[]; prepared: Parameters<typeof byMethod>[0] },
  of: ReturnType<typeof byMethod>,
  law: readonly Big[],
  reward: readonly number[],
  n: number,
  isDifference: boolean,
) {
  const { p } = problem;
  const [ratios] = of.ratiosAt([n]);
  const weights = p.map((q, i) => q.times(weightOf(reward[i])));
  const mu = total(weights);
  const limit = weights.map((w) => w.div(mu));
  const size = Math.max(...p.map((q) => -logOf(q)), 1) + Math.max(...reward.map((r) => -r));
  const masses = levelMass(of.prepared.levels, ratios);
  for (const [i, own] of law.entries()) {
    const log = logOf(own.div(p[i]));
    near(ratios.logRatio[i], log, 2e-15, 1e-13 + 4e-16 * size);
    near(ratios.ratio[i], Math.exp(log), 1e-11 + 4e-15 * size, 1e-320);
    near(masses[i], number(own), 1e-11 + 4e-15 * size, 1e-320);
    near(of.limit.logRatio[i], logOf(limit[i].div(p[i])), 2e-15, 1e-13 + 4e-16 * size);
    near(of.limit.mass[i], number(limit[i]), 1e-11 + 4e-15 * size, 1e-320);
    near(of.limit.logMass[i], logOf(limit[i]), 2e-15, 1e-13 + 4e-16 * size);
    // Elsewhere the gaps are those among the levels that are heard.
    if (ratios.heard?.every((m) => m >= 2 ** -1022) === false) continue;
    const gap = own.div(limit[i]).minus(one);
    // Metropolis's are differences that lose what the distances do not show.
    const lost = isDifference ? 1e-15 / Math.max(1e-300, number(limit[i])) : 0;
    if (!(lost > 0.1)) near(ratios.logGap[i], logOf(own.div(limit[i])), 1e-12, 1e-13 + 1e-15 * size + 4 * lost);
    const wanted = number(gap);
    near(ratios.gap[i], wanted, 1e-11 + 1e-14 * size, 1e-13 + 1e-15 * size + 4 * lost);
  }
  const far = limitDistanceOf(of.prepared.levels, of.limit, ratios);
  const apart = law.map((own, i) => own.minus(limit[i]));
  const variation = number(total(apart.map((d) => d.abs()))) / 2;
  near(far.totalVariation, variation, 1e-10 + 1e-14 * size, 1e-14 * size + 1e-13);
  const divergence = (from: readonly Big[], to: readonly Big[]) =>
    number(total(from.map((q, i) => (q.isZero() ? zero : q.times(exact.log(q.div(to[i])))))));
  near(far.kl, divergence(limit, law), 1e-10 + 1e-14 * size, 1e-14 * size + 1e-13);
  near(far.reverseKl, divergence(law, limit), 1e-10 + 1e-14 * size, 1e-14 * size + 1e-13);
}

describe("by reward levels of masses of any size", () => {
  test.prop([problems])("Metropolis is its chain", (problem) => {
    const { p, f, reward, n, prepared } = problem;
    if (n === 1) return;
    // All draws forbidden is all but sure where allowed ones are rarer than 60 digits.
    if (number(one.minus(f)) < 1e-40) return;
    holds(problem, byMethod(prepared, { method: "metropolis" }), metropolis(p, f, reward, n), reward, n, true);
  });

  test.prop([problems, fc.constantFrom(0, 0, 2, 50, -0.5)])("rejection is its draws", (problem, above) => {
    const { p, f, reward, n, prepared } = problem;
    const cap = above;
    const want = rejection(p, f, reward, cap, n);
    const got = rejectionRatios(prepared, cap, n);
    const size = Math.max(...p.map((q) => -logOf(q)), 1) + Math.max(...reward.map((r) => -r)) + 50;
    near(got.acceptance, number(want.acceptance), 1e-12 + 1e-14 * size, 1e-320);
    near(got.expectedDraws, number(want.draws), 1e-12 + 1e-14 * size);
    for (const [i, own] of want.law.entries()) {
      near(got.logRatio[i], logOf(own.div(p[i])), 2e-15, 1e-13 + 4e-16 * size);
      near(got.ratio[i], Math.exp(logOf(own.div(p[i]))), 1e-11 + 4e-15 * size, 1e-320);
    }
    if (cap >= 0) holds(problem, byMethod(prepared, { method: "rejection", cap }), want.law, reward, n, false);
  });

  // What is still missing after N draws, down to 1e−150 of all: the law and its limit agree in as many digits.
  test.prop(
    [
      fc.array(
        fc.record({
          logMass: fc.oneof(fc.constantFrom(-40, -5), fc.double({ min: -2, max: 0, noNaN: true })),
          step: fc.oneof(fc.constantFrom(0.01, 0.3), fc.double({ min: 0.1, max: 6, noNaN: true })),
        }),
        { minLength: 2, maxLength: 3 },
      ),
      fc.constantFrom(-Infinity, -1, 3, 690, 720),
      fc.constantFrom(2, 10, 60, 400),
    ],
    { numRuns: runs(25) },
  )("rejection's last digits before the limit are digits", (rows, forbidden, n) => {
    const fine = exactAlgebra({ digits: 400 });
    const reward = rows.map((_, i) => -rows.slice(1, i + 1).reduce((s, r) => s + r.step, 0));
    const logs = [...rows.map((r) => r.logMass), forbidden].map((l) => l - Math.max(forbidden, 0));
    const mass = logs.map((l) => (l === -Infinity ? fine.number(0) : fine.exp(fine.number(l))));
    const sumOf = (x: readonly Big[]) => x.reduce((s, v) => s.plus(v));
    const p = mass.map((m) => m.div(sumOf(mass)));
    const weight = reward.map((r) => fine.exp(fine.number(r)));
    const weighted = weight.map((w, i) => p[i].times(w));
    const accepted = sumOf(weighted);
    const left = fine
      .number(1)
      .minus(accepted)
      .pow(n - 1);
    const before = fine.number(1).minus(left).div(accepted);
    const taken = weight.map((w, i) => p[i].times(w.times(before).plus(left)));
    const law = taken.map((q) => q.div(sumOf(taken)));
    const limit = weighted.map((w) => w.div(accepted));

    const ref = fromLogMass([...logs.keys()], logs);
    const prepared = prepare("test", { ref, reward: [...reward, -Infinity] }, 1);
    const of = byMethod(prepared, { method: "rejection", cap: 0 });
    const [ratios] = of.ratiosAt([n]);
    const far = limitDistanceOf(of.prepared.levels, of.limit, ratios);
    // A share of n is lost to the rounding of 1 − A.
    const error = 1e-11 + n * 4e-15;
    const apart = law.map((q, i) => q.minus(limit[i]));
    near(far.totalVariation, fine.toNumber(sumOf(apart.map((d) => d.abs()))) / 2, error, 1e-300);
    const divergence = (from: readonly Big[], to: readonly Big[]) =>
      fine.toNumber(sumOf(from.map((q, i) => q.times(fine.log(q.div(to[i]))))));
    near(far.kl, divergence(limit, law), 3 * error, 1e-300);
    near(far.reverseKl, divergence(law, limit), 3 * error, 1e-300);
    for (const [i, q] of law.entries())
      if (i !== of.limit.peak) near(ratios.gap[i], fine.toNumber(q.div(limit[i]).minus(1)), error + 1e-13, 1e-300);
  });

  test.prop([problems, fc.constantFrom(1, 2, 7, 1000)])(
    "some draw is allowed with this probability",
    ({ prepared, f }, n) => {
      const { kept, logKept, lost, logLost } = keptOf(prepared.levels, n);
      if (number(one.minus(f)) < 1e-50) return;
      let all = one;
      for (let i = 0; i < n; i++) all = all.times(f);
      near(kept, number(one.minus(all)), 1e-12);
      near(logKept, logOf(one.minus(all)), 1e-12, 1e-15);
      near(lost, number(all), 1e-11, 1e-320);
      near(logLost, logOf(all), 1e-12, 1e-15);
    },
  );

  it("however rare: as often as the mean number of allowed draws", () => {
    const { levels } = prepare("test", { ref: fromLogMass(["a", "b"], [-800, 0]), reward: [0, -Infinity] }, 1);
    const rare = keptOf(levels, 5);
    near(rare.logKept, Math.log(5) - 800, 1e-15);
    near(rare.kept, 0, 0);
    expect(rare.lost).toBe(1);
    near(rare.logLost, 0, 0, 1e-300);
    // At e^800 draws the mean number is 1, and 1 − 1/e of all have one.
    const many = prepare("test", { ref: fromLogMass(["a", "b"], [-720, 0]), reward: [0, -Infinity] }, 1).levels;
    for (const mean of [0.5, 1, 3]) {
      const some = keptOf(many, Math.exp(700) * Math.exp(20 - 20 + Math.log(mean)));
      const expected = mean * Math.exp(-20);
      near(some.kept, -Math.expm1(-expected), 1e-11);
      near(some.logKept, Math.log(-Math.expm1(-expected)), 1e-11);
      near(some.lost, Math.exp(-expected), 1e-12);
      near(some.logLost, -expected, 1e-11);
    }
    // A Poisson number of draws after the first: 1 − f e^{−λ(1 − f)}.
    for (const [log, rate] of [
      [-800, 3],
      [-720, 1e300],
      [-720, 1e10],
    ]) {
      const levels = prepare("test", { ref: fromLogMass(["a", "b"], [log, 0]), reward: [0, -Infinity] }, 1).levels;
      const want = log + Math.log1p(rate);
      near(keptByPoisson(levels, rate).logKept, want, 1e-14, 1e-12);
      near(keptByPoisson(levels, rate).kept, Math.exp(want), 1e-11, 1e-320);
    }
    for (const f of [0, 0.25, 0.75, 1 - 1e-12])
      for (const rate of [0.01, 1, 50]) {
        const levels = prepare(
          "test",
          { ref: fromLogMass(["a", "b"], [Math.log1p(-f), Math.log(f)]), reward: [0, -Infinity] },
          1,
        ).levels;
        const { kept, logKept } = keptByPoisson(levels, rate);
        const want = one.minus(
          big(levels.forbidden).times(exact.exp(big(-rate).times(one.minus(big(levels.forbidden))))),
        );
        near(kept, number(want), 1e-12 / (1 - f));
        near(logKept, logOf(want), 1e-12 / (1 - f), 1e-15);
      }
  });
});
