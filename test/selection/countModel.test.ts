/** Independent numbers of votes, against their terms multiplied out. */
import fc from "fast-check";
import { describe, expect } from "vitest";
import { binomialCounts, type CountModel, poissonCounts } from "../../src/selection/votes/countModel.js";
import { test } from "../support/test.js";

/** log m! and log C(n, m) by sums of logarithms, with an error that grows as they do. */
const logFactorial = (m: number) => Array.from({ length: m }, (_, i) => Math.log(i + 1)).reduce((s, x) => s + x, 0);
const logChoose = (n: number, m: number) => logFactorial(n) - logFactorial(m) - logFactorial(n - m);

const close = (got: number, want: number, size: number) =>
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(1e-14 * (1 + Math.abs(size)));

const contenders = fc.array(
  fc.record({
    answers: fc.integer({ min: 1, max: 4 }),
    mass: fc.oneof(fc.constant(1), fc.double({ min: 1e-12, max: 1, noNaN: true })),
    count: fc.integer({ min: 1, max: 40 }),
  }),
  { minLength: 1, maxLength: 4 },
);
type Contenders = readonly { answers: number; mass: number; count: number }[];
/** log z beside the start: near it, and far to both sides, where numbers of votes are all few or all many. */
const apart = fc.oneof(
  fc.double({ min: -3, max: 3, noNaN: true }),
  fc.constantFrom(-1000, -600, -300, -100, 0, 1, 100, 300, 680, 1000),
);

const sharesOf = (all: Contenders) => {
  const total = all.reduce((s, { answers, mass }) => s + answers * mass, 0);
  return Float64Array.from(all, ({ mass }) => mass / total);
};
const answersOf = (all: Contenders) => all.map(({ answers }) => answers);

/** What both models promise, given log t(m) of each contender and the logarithm of all ways, both at z = 1. */
function holds(
  model: CountModel,
  logZ: number,
  all: Contenders,
  n: number,
  logTerm: (c: number, m: number) => number,
  logWays: number,
  size: number,
) {
  const counts = model.at(logZ);
  const totals = all.map((_, c) => counts.logTotal(c));
  const sumOfTotals = all.reduce((s, { answers }, c) => s + answers * totals[c], 0);
  close(counts.logAll + sumOfTotals, logWays + n * logZ, Math.abs(n * logZ) + sumOfTotals + size * Math.log(size));
  for (const [c] of all.entries()) {
    const most = Math.min(model.most(c), 30);
    for (const m of new Set([1, 2, 5, 17, most].filter((m) => m <= most))) {
      const want = logTerm(c, m) + m * logZ;
      close(counts.logTerm(c, m) + totals[c], want, Math.abs(m * logZ) + totals[c] + Math.abs(logTerm(c, m)) + 3 * m);
    }
    for (const i of [0, 1, 2, 7]) {
      if (i + 1 > model.most(c)) continue;
      const want = (i === 0 ? logTerm(c, 1) : logTerm(c, i + 1) - logTerm(c, i)) + logZ;
      close(counts.logStep(c, i), want, Math.abs(logZ) + 300);
      close(counts.step(c, i) / Math.exp(want), 1, 100 * Math.abs(want) + 10_000);
    }
  }
}

describe("numbers of votes as independent ones", () => {
  test.prop([contenders, fc.integer({ min: 1, max: 60 }), apart])("of Poisson's law", (all, n, off) => {
    const share = sharesOf(all);
    const model = poissonCounts(answersOf(all), share, share.map(Math.log), n);
    const logZ = model.logStart + off;
    expect(model.most(0)).toBe(n);
    // Where e^x is neither 0 nor ∞ all ways are those to share n draws: zⁿ/n!, as the shares add up to 1.
    if (Math.abs(off) < 500)
      holds(model, logZ, all, n, (c, m) => m * Math.log(share[c]) - logFactorial(m), -logFactorial(n), n);
    // The expected total is z, which is n at the start.
    const mean = all.reduce((s, { answers }, c) => s + answers * model.at(logZ).mean(c), 0);
    if (Math.abs(off) < 690) close(mean / Math.exp(logZ), 1, 2000);
    if (off === 0) close(mean, n, 10 * n);
  });

  test.prop([contenders, fc.double({ min: 0, max: 1, noNaN: true }), apart])("of a binomial law", (all, q, off) => {
    const counts = all.map(({ count }) => count);
    const size = all.reduce((s, { answers, count }) => s + answers * count, 0);
    const n = Math.max(1, Math.round(q * size));
    const model = binomialCounts(answersOf(all), counts, n);
    const logZ = model.logStart + off;
    for (const [c, count] of counts.entries()) expect(model.most(c)).toBe(count);
    if (Math.abs(off) < 500) holds(model, logZ, all, n, (c, m) => logChoose(counts[c], m), logChoose(size, n), size);
    for (const [c, count] of counts.entries()) {
      const share = logZ > 0 ? 1 / (1 + Math.exp(-logZ)) : Math.exp(logZ) / (1 + Math.exp(logZ));
      close(model.at(logZ).mean(c) / (count * share || 1), share === 0 ? 0 : 1, 2000);
    }
    // Half a sample more is there, so that all of them may be drawn.
    const mean = all.reduce((s, { answers }, c) => s + answers * model.at(model.logStart).mean(c), 0);
    close(mean, (n * size) / (size + 0.5), 10 * n);
  });
});
