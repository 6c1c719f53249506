/** Sums over all numbers of votes: what they cost, and what they are. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countedVotes, isCountable } from "../../src/selection/votes/countedVotes.js";
import { roundsOf } from "../../src/selection/votes/rounds.js";
import { voteWeights } from "../../src/selection/votes/voteWeights.js";
import { test } from "../support/test.js";
import { countsOf, heaviest } from "../support/votes.js";

describe("counting is left for an integral where it would take more than 5e7 products", () => {
  const contenders = (...levels: number[]) => levels.map((level) => ({ answers: 1, level }));
  it.each([
    // By majority, n(1 + log n)/2m nodes for m votes: votes·(1 + log n)·n²/2 products.
    { name: "one answer", levels: [0], most: Infinity, last: 248 },
    { name: "one answer, and forbidden ones", levels: [0, -1, -1], most: Infinity, last: 175 },
    { name: "one answer of seven samples", levels: [0], most: 7, last: 1321 },
    // By levels, a tree of products: votes·(1 + log₂ K)·n²/2.
    { name: "two levels", levels: [0, 1], most: Infinity, last: 292 },
    { name: "two levels of two answers each", levels: [0, 0, 1, 1], most: Infinity, last: 202 },
  ])("$name: up to $last draws", ({ levels, most, last }) => {
    const countable = (n: number) =>
      isCountable(
        contenders(...levels),
        levels.map(() => Math.min(most, n)),
        n,
      );
    expect([countable(1), countable(last), countable(last + 1), countable(10 * last)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    // What one answer may get beyond n draws takes no time.
    const ample = levels.map(() => (most === Infinity ? 1e9 : most));
    expect(isCountable(contenders(...levels), ample, last)).toBe(true);
  });
});

describe("sums over all ways to share draws", () => {
  const weight = [4, 2, 1];
  const kinds = fc.array(
    fc.record({
      answers: fc.integer({ min: 1, max: 3 }),
      level: fc.integer({ min: -1, max: 2 }),
      terms: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 8, maxLength: 8 }),
    }),
    { minLength: 1, maxLength: 3 },
  );

  test.prop([kinds, fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 })])(
    "are those of the products of terms, one way after the other",
    (all, ns) => {
      const each = all.flatMap((kind, c) => Array.from({ length: kind.answers }, () => ({ ...kind, c })));
      const last = Math.max(...ns);
      const weights = voteWeights(Float64Array.from(weight, Math.log), 1);
      const { sums, fewest } = countedVotes(
        {
          contenders: all,
          terms: all.map(({ terms }) => Float64Array.from([1, ...terms]).subarray(0, last + 1)),
          step: (c, i) => all[c].terms[i - 1] / (i === 1 ? 1 : all[c].terms[i - 2]),
          rounds: roundsOf(all, weights, () => last),
        },
        ns,
      );
      const wins = heaviest(each.map(({ level }) => (level < 0 ? 0 : weight[level])));
      for (const [i, n] of ns.entries()) {
        const want = all.map(() => 0);
        for (const counts of countsOf(
          each.map(() => n),
          n,
        )) {
          const product = counts.reduce((x, m, j) => x * (m === 0 ? 1 : each[j].terms[m - 1]), 1);
          const winners = wins(counts);
          // One answer of each kind: the others of it are alike.
          for (const j of winners) want[each[j].c] += product / winners.length / each[j].answers;
        }
        for (const [c, w] of want.entries()) {
          const unit = fewest[c] === 0 ? 0 : all[c].terms[fewest[c] - 1];
          const got = sums[i][c] * unit;
          expect(Math.abs(got - w), `${got} for ${w}`).toBeLessThanOrEqual(1e-13 * w);
        }
      }
    },
  );
});
