/** The integral over numbers of votes, against sums over all of them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialCounts, type CountModel, poissonCounts } from "../../src/selection/votes/countModel.js";
import { voteIntegral } from "../../src/selection/votes/voteIntegral.js";
import { voteWeights } from "../../src/selection/votes/voteWeights.js";
import { test } from "../support/test.js";
import { choose, countsOf, factorial, heaviest, logOf, logSum } from "../support/votes.js";

const near = (got: number, want: number, relative = 1e-13) => {
  if (got === want) return;
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThan(3e-12 + relative * Math.abs(want));
};

describe("the integral over numbers of votes", () => {
  const rows = fc.array(
    fc.record({
      logMass: fc.oneof(
        fc.constant(0),
        fc.double({ min: -40, max: 0, noNaN: true }),
        fc.double({ min: -900, max: 0, noNaN: true }),
      ),
      // Reward levels, the best first, with weights that are often tied; −1 is forbidden.
      level: fc.integer({ min: -1, max: 2 }),
    }),
    { minLength: 1, maxLength: 4 },
  );
  const weights = [4, 2, 1];
  const rewards = voteWeights(Float64Array.from(weights, Math.log), 1);

  test.prop([rows, fc.integer({ min: 1, max: 7 })])(
    "adds the logarithms of all ways to share draws of a law",
    (all, n) => {
      const total = logSum(all.map((r) => r.logMass));
      const logs = Float64Array.from(all, (r) => r.logMass - total);
      const contenders = all.map(({ level }) => ({ answers: 1, level }));
      const model = poissonCounts(
        all.map(() => 1),
        logs.map(Math.exp),
        logs,
        n,
      );
      const got = voteIntegral(contenders, rewards, model, n, [...all.keys()]);
      const parts = all.map((): number[] => []);
      for (const counts of countsOf(
        all.map(() => n),
        n,
      )) {
        const winners = heaviest(all.map(({ level }) => (level < 0 ? 0 : weights[level])))(counts);
        const ways = Number(counts.reduce((w, c) => w / factorial(c), factorial(n)));
        const log = counts.reduce((s, c, i) => s + (c === 0 ? 0 : c * logs[i]), Math.log(ways / winners.length));
        for (const i of winners) parts[i].push(log);
      }
      for (const i of all.keys()) near(got[i], parts[i].length === 0 ? -Infinity : logSum(parts[i]));
      // Those that are not asked for are left out.
      const [first] = voteIntegral(contenders, rewards, model, n, [0]);
      near(first, got[0]);
      expect([...voteIntegral(contenders, rewards, model, n, [0])].slice(1).every((x) => x === -Infinity)).toBe(true);
    },
  );

  test.prop([
    fc.array(
      fc.record({
        count: fc.integer({ min: 1, max: 6 }),
        level: fc.integer({ min: 0, max: 2 }),
        answers: fc.integer({ min: 1, max: 2 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    fc.double({ min: 0, max: 1, noNaN: true }),
  ])("and of all subsets of samples", (all, q) => {
    const each = all.flatMap((r, c) => Array.from({ length: r.answers }, () => ({ ...r, c })));
    const size = each.reduce((s, r) => s + r.count, 0);
    const n = Math.max(1, Math.round(q * size));
    const answers = all.map((r) => r.answers);
    const model = binomialCounts(
      answers,
      all.map((r) => r.count),
      n,
    );
    const got = voteIntegral(all, rewards, model, n, [...all.keys()]);
    const won = each.map(() => 0);
    for (const counts of countsOf(
      each.map((r) => r.count),
      n,
    )) {
      const winners = heaviest(each.map(({ level }) => weights[level]))(counts);
      const ways = Number(counts.reduce((w, c, i) => w * choose(each[i].count, c), 1n));
      for (const i of winners) won[i] += ways / winners.length;
    }
    const subsets = Number(choose(size, n));
    for (const [i, { c }] of each.entries()) near(got[c], Math.log(won[i] / subsets));
  });

  test.prop([fc.double({ min: -690, max: -0.7, noNaN: true }), fc.integer({ min: 1, max: 30 })])(
    "has its digits where totals beside n are far likelier than n",
    (logShare, n) => {
      const logs = Float64Array.of(logShare, Math.log1p(-Math.exp(logShare)));
      const model = poissonCounts([1, 1], logs.map(Math.exp), logs, n);
      const all = [0, 1].map(() => ({ answers: 1, level: 0 }));
      const got = voteIntegral(all, voteWeights(Float64Array.of(0), 1), model, n, [0, 1]);
      for (const [c, log] of logs.entries()) {
        const terms: number[] = [];
        for (let m = Math.ceil(n / 2); m <= n; m++) {
          const half = 2 * m === n ? Math.log(0.5) : 0;
          terms.push(logOf(choose(n, m)) + m * log + (n - m) * logs[1 - c] + half);
        }
        near(got[c], logSum(terms));
      }
    },
  );

  it("of many draws that are shared equally is one in so many", () => {
    for (const [answers, n] of [
      [2, 5001],
      [7, 700],
      [40, 3000],
    ]) {
      const share = Float64Array.of(1 / answers);
      const model = poissonCounts([answers], share, share.map(Math.log), n);
      const [log] = voteIntegral([{ answers, level: 0 }], voteWeights(Float64Array.of(0), 1), model, n, [0]);
      near(log, -Math.log(answers));
    }
  });

  it("of two kinds of answers with many draws adds up to 1", () => {
    for (const [p, few, many, n] of [
      [0.3, 1, 5, 400],
      [0.02, 3, 8, 300],
      [0.001, 2, 3, 1000],
    ]) {
      const share = Float64Array.of(p, (1 - few * p) / many);
      const model = poissonCounts([few, many], share, share.map(Math.log), n);
      const kinds = [
        { answers: few, level: 0 },
        { answers: many, level: 1 },
      ];
      const logs = voteIntegral(kinds, voteWeights(Float64Array.of(Math.log(3), 0), 1), model, n, [0, 1]);
      near(Math.log(few * Math.exp(logs[0]) + many * Math.exp(logs[1])), 0);
    }
  });
});

describe("its work is counted, since no clock tells it", () => {
  /** Counts the radii at which a model is asked, and the terms asked for at all of them. */
  function counting(model: CountModel) {
    const work = { radii: 0, terms: 0 };
    const at = (logZ: number) => {
      work.radii++;
      const counts = model.at(logZ);
      const logTerm = (c: number, m: number) => {
        work.terms++;
        return counts.logTerm(c, m);
      };
      return { ...counts, logTerm };
    };
    return { work, model: { ...model, at } };
  }

  // A radius serves all answers that it suits, and what is nothing beside the rest is left out.
  it.each([
    { answers: 2, ratio: 0.9, n: 1000, levels: 1, radii: 4, terms: 20_100 },
    { answers: 40, ratio: 0.95, n: 300, levels: 1, radii: 4, terms: 18_400 },
    { answers: 40, ratio: 0.95, n: 300, levels: 3, radii: 14, terms: 18_400 },
    { answers: 8, ratio: 0.5, n: 500, levels: 2, radii: 33, terms: 20_100 },
    { answers: 8, ratio: 0.01, n: 200, levels: 1, radii: 50, terms: 24_200 },
    // No radius brings the mean total near n: each number of votes has an integral of its own.
    { answers: 2, ratio: 1e-200, n: 100, levels: 2, radii: 142, terms: 3_900 },
  ])("$answers answers, each $ratio times the one before, $n draws, $levels levels of reward", (row) => {
    const logs = Float64Array.from({ length: row.answers }, (_, i) => i * Math.log(row.ratio));
    const total = logSum([...logs]);
    const shares = logs.map((l) => l - total);
    const { work, model } = counting(poissonCounts(Array(row.answers).fill(1), shares.map(Math.exp), shares, row.n));
    const all = Array.from(logs, (_, i) => ({ answers: 1, level: i % row.levels }));
    const rewards = voteWeights(Float64Array.from([4, 2, 1], Math.log), 1);
    voteIntegral(all, rewards, model, row.n, [...all.keys()]);
    expect(work.radii).toBeLessThanOrEqual(row.radii);
    expect(work.terms).toBeLessThanOrEqual(row.terms);
  });

  it.each([
    { first: 1000, n: 600, radii: 13, terms: 8800 },
    { first: 50, n: 60, radii: 9, terms: 1000 },
  ])("$n of the samples of three answers, of which $first are of the first", ({ first, n, radii, terms }) => {
    const count = [1, 2, 3].map((i) => Math.ceil(first / i));
    const { work, model } = counting(binomialCounts([1, 1, 1], count, n));
    const all = count.map((_, i) => ({ answers: 1, level: i % 2 }));
    voteIntegral(all, voteWeights(Float64Array.of(Math.LN2, 0), 1), model, n, [0, 1, 2]);
    expect(work.radii).toBeLessThanOrEqual(radii);
    expect(work.terms).toBeLessThanOrEqual(terms);
  });
});
