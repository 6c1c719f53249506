/** Votes of subsets of samples, of as many as are integrated rather than counted. */
import { estimateMajorityVote } from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { voteSubsets } from "../../src/selection/votes/voteSubsets.js";
import { add, toNumber } from "../support/fraction.js";
import { test } from "../support/test.js";
import { choose, heaviest, ZERO } from "../support/votes.js";

const near = (got: number, want: number, relative: number) =>
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(relative * Math.abs(want));

describe("the vote of a subset", () => {
  test.prop([
    fc.integer({ min: 1, max: 1400 }),
    fc.integer({ min: 1, max: 1400 }),
    fc.integer({ min: 1, max: 40 }),
    fc.constantFrom(1, 2, 3),
  ])("of samples of two answers has the tail of the hypergeometric law", (a, b, asked, weight) => {
    const [count, size] = [[a, b], a + b];
    const n = Math.min(asked, size);
    const won = [ZERO, ZERO];
    for (let m = 0; m <= n; m++) {
      const winners = heaviest([weight, 1])([m, n - m]);
      const ways = choose(a, m) * choose(b, n - m);
      for (const c of winners) won[c] = add(won[c], { top: ways, bottom: BigInt(winners.length) });
    }
    const [law, one] = voteSubsets(Float64Array.from(count), Float64Array.of(Math.log(weight), 0), 1, [n, 1]);
    for (const c of [0, 1]) {
      const want = toNumber({ top: won[c].top, bottom: won[c].bottom * choose(size, n) });
      if (want > 1e-250) near(law[c], want, 1e-11);
      else expect(law[c]).toBeLessThan(1e-240);
    }
    near(one[0], a / size, 1e-11);
  });

  it("is the same with answers that no sample gives, whatever their reward", () => {
    const some = voteSubsets(Float64Array.of(3, 2, 4), Float64Array.of(1, 0, 0), 0.7, [4, 2]);
    const more = voteSubsets(Float64Array.of(3, 0, 2, 4, 0), Float64Array.of(1, 9, 0, 0, 0.5), 0.7, [4, 2]);
    for (const [i, law] of more.entries()) {
      for (const [got, want] of [
        [0, 0],
        [2, 1],
        [3, 2],
      ])
        near(law[got], some[i][want], 1e-15);
      expect([law[1], law[4]]).toEqual([0, 0]);
    }
  });

  it("does not mind rewards at β = ∞, nor the sign of 0", () => {
    const count = Float64Array.of(3, 2, 3);
    const plain = voteSubsets(count, new Float64Array(3), 1, [5]);
    expect(voteSubsets(count, Float64Array.of(5, -1, 2), Infinity, [5])).toEqual(plain);
    expect(voteSubsets(count, Float64Array.of(-0, 0, -0), 1, [5])).toEqual(plain);
    expect(voteSubsets(count, Float64Array.of(-0, 0, -0), 0, [5])).toEqual(plain);
  });

  it("is worth a value between those of the answers drawn", () => {
    // Thirds of 0.1 add up to less.
    const { gold } = estimateMajorityVote({ count: [1, 1, 1, 0], gold: [0.1, 0.1, 0.1, -5] }, 2);
    expect(gold).toBe(0.1);
    expect(estimateMajorityVote({ count: [7, 7, 7, 0], gold: [0.7, 0.7, 0.7, 9] }, 3).gold).toBe(0.7);
  });

  const wrong = (x: unknown) => x as never;
  it.each<[unknown, unknown, typeof TypeError | typeof RangeError, string]>([
    [null, 1, TypeError, "estimateMajorityVote: samples must be"],
    [{}, 1, TypeError, "estimateMajorityVote: count must be an array"],
    [{ count: [1, 2], gold: [1] }, 1, TypeError, "estimateMajorityVote: gold must have length 2"],
    [{ count: [1, 2], reward: [1] }, 1, TypeError, "estimateMajorityVote: reward must have length 2"],
    [{ count: [1, 2], beta: 1 }, 1, TypeError, "estimateMajorityVote: reward must be given where beta is"],
    [{ count: [1, 2], reward: [1, 2], beta: -1 }, 1, RangeError, "estimateMajorityVote: beta must"],
    [
      { count: [1, 2 ** 19] },
      1,
      RangeError,
      "estimateMajorityVote: count must sum to a number from 1 to 524288, got 524289",
    ],
    [{ count: [1, 2] }, 0, RangeError, "estimateMajorityVote: n must be a whole number of at least 1"],
  ])("%j of %j is refused", (samples, n, type, message) => {
    expect(() => estimateMajorityVote(wrong(samples), wrong(n))).toThrow(type);
    expect(() => estimateMajorityVote(wrong(samples), wrong(n))).toThrow(message);
  });
  it("has room for 2^19 samples", () => {
    near(estimateMajorityVote({ count: [2 ** 18, 2 ** 18] }, 1).law[0], 0.5, 1e-12);
  });
});
