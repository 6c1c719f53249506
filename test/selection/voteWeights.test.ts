/** The weights of votes, and what is a tie of their sums. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kindsOf } from "../../src/selection/votes/kinds.js";
import { roundsOf } from "../../src/selection/votes/rounds.js";
import { slackOf, voteWeights } from "../../src/selection/votes/voteWeights.js";
import { test } from "../support/test.js";

const rewards = fc
  .uniqueArray(fc.oneof(fc.integer({ min: -300, max: 300 }), fc.double({ min: -3, max: 3, noNaN: true })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((all) => Float64Array.from(all.map((x) => x + 0)).sort((a, b) => b - a));

describe("weights of votes", () => {
  test.prop([rewards, fc.constantFrom(0.5, 1, 3, 100)])(
    "are e^{r/β}, with steps of 64 nats at most",
    (reward, beta) => {
      const { logWeight, size } = voteWeights(reward, beta);
      expect(logWeight[0]).toBe(0);
      let want = 0;
      for (let i = 1; i < reward.length; i++) {
        want -= Math.min(64, (reward[i - 1] - reward[i]) / beta);
        expect(Math.abs(logWeight[i] - want)).toBeLessThan(1e-12);
      }
      expect([...size]).toEqual([...reward].map((r) => Math.abs(r / beta)));
      const cold = voteWeights(reward, 0);
      expect([...cold.logWeight]).toEqual([...reward].map((_, i) => 0 - 64 * i));
      expect([...cold.size]).toEqual([...reward].map(() => 0));
      expect([...voteWeights(reward, Infinity).logWeight].every((x) => x === 0)).toBe(true);
    },
  );

  test.prop([
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 40 }),
    fc.double({ min: -1e4, max: 1e4, noNaN: true }),
    fc.constantFrom(0.5, 1, 7),
  ])("are tied where rounding alone tells them apart, and nowhere else", (a, b, offset, beta) => {
    if (a <= b) return;
    // b votes of the first weigh as much as a votes of the second.
    const reward = Float64Array.of(offset + beta * Math.log(a / b), offset);
    const weights = voteWeights(reward, beta);
    const apart = Math.abs(weights.logWeight[0] + Math.log(b) - (weights.logWeight[1] + Math.log(a)));
    const slack = slackOf(weights, 0, 1, Math.max(a, b));
    expect(slack).toBe(slackOf(weights, 1, 0, Math.max(a, b)));
    expect(slack).toBeLessThanOrEqual(1e-12);
    if (Math.abs(offset) < 500 * beta) expect(apart).toBeLessThanOrEqual(slack);
    // Four units in the last place of the largest number that they come from.
    const largest = Math.max(...weights.size);
    const units = slack / (2 ** -50 * (1 + Math.log(a) + largest));
    if (slack < 1e-12) expect(units).toBeCloseTo(1, 9);
    else expect(units).toBeLessThanOrEqual(1);
    const contenders = [
      { answers: 1, level: 0 },
      { answers: 1, level: 1 },
    ];
    const rounds = roundsOf(contenders, weights, () => a);
    const at = (contender: number, votes: number) =>
      rounds.findIndex((r) => r.some((x) => x.contender === contender && x.from === votes));
    if (Math.abs(offset) < 500 * beta) expect(at(0, b)).toBe(at(1, a));
    // Each round has one number of votes of a contender, and they rise.
    for (const c of [0, 1]) for (let m = 2; m <= a; m++) expect(at(c, m)).toBeGreaterThan(at(c, m - 1));
    expect(rounds.flat().length).toBe(2 * a);
    // A thousandth of a thousandth more is no tie.
    const more = voteWeights(Float64Array.of(reward[0] + 1e-6 * beta, reward[1]), beta);
    const clear = roundsOf(contenders, more, () => a);
    expect(clear.every((r) => r.length === 1)).toBe(true);
  });

  it("of equal weights are tied at equal votes, and forbidden ones take no part", () => {
    const contenders = [0, 0, -1].map((level) => ({ answers: 1, level }));
    const rounds = roundsOf(contenders, voteWeights(Float64Array.of(5), 1), (c) => [2, 3, 9][c]);
    expect(rounds.map((r) => r.map(({ contender, from, to }) => [contender, from, to]))).toEqual([
      [
        [0, 1, 1],
        [1, 1, 1],
      ],
      [
        [0, 2, 2],
        [1, 2, 2],
      ],
      [[1, 3, 3]],
    ]);
  });
});

describe("kinds of places", () => {
  test.prop([fc.array(fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined }), { maxLength: 9 })])(
    "are numbered by their first places",
    (keys) => {
      const names = [...new Set(keys.filter((k) => k !== undefined))];
      const { kindOf, first, size } = kindsOf(keys.length, (i) => keys[i]);
      expect([...kindOf]).toEqual(keys.map((k) => (k === undefined ? -1 : names.indexOf(k))));
      expect(first).toEqual(names.map((k) => keys.indexOf(k)));
      expect(size).toEqual(names.map((k) => keys.filter((x) => x === k).length));
    },
  );
});
