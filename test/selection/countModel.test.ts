/** Independent numbers of votes, against their terms multiplied out. */
import { exactAlgebra } from "exptilt/exact";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
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
const nearby = fc.double({ min: -3, max: 3, noNaN: true });
const FAR = [-1000, -650, -300, -100, 0, 1, 100, 300, 650, 1000];

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
  test.prop([contenders, fc.integer({ min: 1, max: 60 }), nearby])("of Poisson's law", (all, n, off) => {
    const share = sharesOf(all);
    const model = poissonCounts(answersOf(all), share, share.map(Math.log), n);
    expect(model.most(0)).toBe(n);
    for (const at of [off, ...FAR]) {
      const logZ = model.logStart + at;
      // All ways are those to share n draws: zⁿ/n!, as the shares add up to 1.
      if (Math.abs(at) >= 690) continue;
      holds(model, logZ, all, n, (c, m) => m * Math.log(share[c]) - logFactorial(m), -logFactorial(n), n);
      // The expected total is z, which is n at the start.
      const mean = all.reduce((s, { answers }, c) => s + answers * model.at(logZ).mean(c), 0);
      close(mean / Math.exp(logZ), 1, 2000);
      if (at === 0) close(mean, n, 10 * n);
    }
  });

  test.prop([contenders, fc.double({ min: 0, max: 1, noNaN: true }), nearby])("of a binomial law", (all, q, off) => {
    const counts = all.map(({ count }) => count);
    const size = all.reduce((s, { answers, count }) => s + answers * count, 0);
    const n = Math.max(1, Math.round(q * size));
    const model = binomialCounts(answersOf(all), counts, n);
    for (const [c, count] of counts.entries()) expect(model.most(c)).toBe(count);
    for (const at of [off, ...FAR]) {
      const logZ = model.logStart + at;
      if (Math.abs(at) < 690) holds(model, logZ, all, n, (c, m) => logChoose(counts[c], m), logChoose(size, n), size);
      for (const [c, count] of counts.entries()) {
        const share = logZ > 0 ? 1 / (1 + Math.exp(-logZ)) : Math.exp(logZ) / (1 + Math.exp(logZ));
        close(model.at(logZ).mean(c) / (count * share || 1), share === 0 ? 0 : 1, 2000);
      }
    }
    // Half a sample more is there, so that all of them may be drawn.
    const mean = all.reduce((s, { answers }, c) => s + answers * model.at(model.logStart).mean(c), 0);
    close(mean, (n * size) / (size + 0.5), 10 * n);
  });

  it("of shares that are no normal doubles, at a z that brings them back", () => {
    for (const logShare of [-720, -740, -5000]) {
      const [share, logShares] = [Float64Array.of(Math.exp(logShare), 1), Float64Array.of(logShare, 0)];
      const model = poissonCounts([1, 1], share, logShares, 3);
      for (const rate of [1e-3, 1, 50]) {
        const counts = model.at(Math.log(rate) - logShare);
        if (logShare > -1000) expect(counts.step(0, 0) / rate).toBeCloseTo(1, 11);
        expect(counts.logStep(0, 3)).toBeCloseTo(Math.log(rate / 4), 10);
        const want = 4 * Math.log(rate) - Math.log(24);
        expect(counts.logTerm(0, 4) + counts.logTotal(0)).toBeCloseTo(want, 9);
      }
    }
  });

  const exact = exactAlgebra({ digits: 50 });
  it("have all digits of their logarithms at many votes", () => {
    const big = (x: number) => exact.number(x);
    const factorial = (n: number) =>
      Array.from({ length: n }, (_, i) => big(i + 1)).reduce((p, x) => p.times(x), big(1));
    const n = 1500;
    for (const z of [1400, 1500.5, 1700]) {
      // Half of the draws each.
      const counts = poissonCounts([2], Float64Array.of(0.5), Float64Array.of(-Math.LN2), n).at(Math.log(z));
      for (const m of [600, 750, 800]) {
        const rate = exact.exp(big(Math.log(z))).div(big(2));
        const want = exact
          .log(rate)
          .times(big(m))
          .minus(rate)
          .minus(exact.log(factorial(m)));
        expect(Math.abs(counts.logTerm(0, m) - exact.toNumber(want))).toBeLessThan(3e-13);
      }
      const half = binomialCounts([2], [1000], n).at(Math.log(z / 500));
      const odds = exact.exp(big(Math.log(z / 500)));
      for (const m of [700, 750, 999]) {
        const ways = factorial(1000)
          .div(factorial(m))
          .div(factorial(1000 - m));
        const want = exact
          .log(ways)
          .plus(exact.log(odds).times(big(m)))
          .minus(exact.log(odds.plus(big(1))).times(big(1000)));
        expect(Math.abs(half.logTerm(0, m) - exact.toNumber(want))).toBeLessThan(3e-13);
      }
    }
  });
});
