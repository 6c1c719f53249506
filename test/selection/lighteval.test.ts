import { atLeastMOfK, estimateMajorityVote, passAtK, passHatK } from "exptilt";
import { describe, expect, it } from "vitest";

/*
 * The values that the tests of lighteval hold for its metrics of several samples: github.com/huggingface/lighteval (MIT), folder
 * tests/unit/metrics/test_cases, as of commit 50201e7 (maj_at_n.json and avg_at_n.json as of 8af10fc). A case there has texts and
 * the right answer; here it has n samples of which c are right, k of them drawn.
 */

/** G-Pass@k at the thresholds τ: at least max(1, ⌈τk⌉) of k are right. */
const THRESHOLDS = [0, 0.25, 0.5, 0.75, 1];

/**
 * The cases of g_pass_at_k.json, and of g_pass_at_k_math.json those where the count of right samples does not hang on how a
 * formula is read: n, c, k, G-Pass@k at the five thresholds, and mG-Pass@k.
 */
const G_PASS: readonly [name: string, n: number, c: number, k: number, at: readonly number[], mean: number][] = [
  ["Basic Single Sample Correct", 1, 1, 1, [1, 1, 1, 1, 1], 0],
  ["Multiple Samples All Correct", 3, 3, 2, [1, 1, 1, 1, 1], 1],
  [
    "Mixed Correct and Incorrect",
    4,
    2,
    2,
    [0.8333333333333334, 0.8333333333333334, 0.8333333333333334, 0.16666666666666666, 0.16666666666666666],
    0.16666666666666666,
  ],
  ["Case Sensitivity", 2, 1, 1, [0.5, 0.5, 0.5, 0.5, 0.5], 0],
  ["All Incorrect Samples", 3, 0, 1, [0, 0, 0, 0, 0], 0],
  ["High K Value", 8, 4, 5, [1, 0.9285714285714286, 0.5, 0.07142857142857142, 0], 0.02857142857142857],
  ["Long Text Answer", 2, 1, 1, [0.5, 0.5, 0.5, 0.5, 0.5], 0],
  [
    "Numeric Answer",
    3,
    1,
    1,
    [0.3333333333333333, 0.3333333333333333, 0.3333333333333333, 0.3333333333333333, 0.3333333333333333],
    0,
  ],
  [
    "Partial Match",
    4,
    2,
    2,
    [0.8333333333333334, 0.8333333333333334, 0.8333333333333334, 0.16666666666666666, 0.16666666666666666],
    0.16666666666666666,
  ],
  ["Edge Case Empty String", 1, 1, 1, [1, 1, 1, 1, 1], 0],
  ["Math, Basic Single Sample Correct", 1, 1, 1, [1, 1, 1, 1, 1], 0],
  ["Math, Multiple Samples All Correct", 3, 3, 2, [1, 1, 1, 1, 1], 1],
  ["Math, Decimal Numbers", 2, 1, 1, [0.5, 0.5, 0.5, 0.5, 0.5], 0],
  ["Math, All Incorrect Samples", 3, 0, 1, [0, 0, 0, 0, 0], 0],
  ["Math, Negative Numbers", 2, 1, 1, [0.5, 0.5, 0.5, 0.5, 0.5], 0],
  [
    "Math, Complex Expression",
    4,
    2,
    2,
    [0.8333333333333334, 0.8333333333333334, 0.8333333333333334, 0.16666666666666666, 0.16666666666666666],
    0.16666666666666666,
  ],
  ["Math, Percentage", 2, 1, 1, [0.5, 0.5, 0.5, 0.5, 0.5], 0],
  ["Math, Edge Case Zero", 1, 1, 1, [1, 1, 1, 1, 1], 0],
];

/** pass_at_k.json and pass_at_k_math.json: 2/3 is written there as 0.66, to be met within 0.01. */
const PASS: readonly [n: number, c: number, k: number, want: number][] = [
  [2, 1, 1, 0.5],
  [2, 0, 1, 0],
  [3, 1, 2, 0.66],
];

/** The last digit that a double of lighteval's Python has near 1. */
const ULP = 2 ** -52;

describe("the values of lighteval's own tests", () => {
  it.each(G_PASS)("G-Pass@k, %s: n = %i, c = %i, k = %i", (_, n, c, k, at, mean) => {
    for (const [i, threshold] of THRESHOLDS.entries()) {
      const m = Math.max(1, Math.ceil(threshold * k));
      expect(Math.abs(atLeastMOfK(n, c, k, m) - at[i])).toBeLessThanOrEqual(ULP);
      if (m === 1) expect(Math.abs(passAtK(n, c, k) - at[i])).toBeLessThanOrEqual(ULP);
      if (m === k) expect(Math.abs(passHatK(n, c, k) - at[i])).toBeLessThanOrEqual(ULP);
    }
    // mG-Pass@k is (2/k) Σ G-Pass at m/k for m from ⌈k/2⌉ + 1 to k (Liu and others, arXiv 2412.13147).
    let area = 0;
    for (let m = Math.ceil(k / 2) + 1; m <= k; m++) area += (2 / k) * atLeastMOfK(n, c, k, m);
    expect(Math.abs(area - mean)).toBeLessThanOrEqual(ULP);
  });

  it.each(PASS)("pass@k: n = %i, c = %i, k = %i", (n, c, k, want) => {
    expect(Math.abs(passAtK(n, c, k) - want)).toBeLessThan(0.01);
  });

  it("avg@n is pass@1 of the first n samples", () => {
    // "Correct in Top N" and "Not in Top N" of avg_at_n.json.
    expect([passAtK(2, 1, 1), passAtK(1, 0, 1)]).toEqual([0.5, 0]);
  });

  it("maj@n where one answer has most votes", () => {
    // "Majority Correct", "All Correct" and "Wrong Answer" of maj_at_n.json.
    const gold = (count: number[], gold: number[]) => estimateMajorityVote({ count, gold }, 3).gold;
    expect([gold([2, 1], [1, 0]), gold([3], [1]), gold([3], [0])]).toEqual([1, 1, 0]);
  });

  it("maj@n where votes are tied: lighteval takes the answer seen first, which is each of three in a third of the orders", () => {
    // "No Majority" is 1 there: Paris, London, Berlin, with Paris right and first. Over all orders it is 1/3.
    const samples = { count: [1, 1, 1], gold: [1, 0, 0] };
    expect(estimateMajorityVote(samples, 3).gold).toBeCloseTo(1 / 3, 15);
  });
});
