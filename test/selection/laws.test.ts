import {
  bestOfNLaw,
  klDivergence,
  limitDistance,
  measure,
  normalize,
  rlhfOptimum,
  selectionCurve,
  softBestOfNLaw,
  totalVariation,
  uniform,
} from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";

const rows = fc
  .array(
    fc.record({
      mass: fc.oneof(
        fc.constant(0),
        fc.constant(1),
        fc.double({ min: 1e-3, max: 1, noNaN: true }),
        fc.double({ min: -40, max: 0, noNaN: true }).map((x) => 10 ** x),
      ),
      reward: fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .filter((r) => r.some((x) => x.mass > 0));
const problems = rows.map((r) => ({
  ref: measure(
    r.map((_, i) => i),
    r.map((x) => x.mass),
  ),
  reward: r.map((x) => x.reward),
}));
const betas = fc.constantFrom(0, 1e-6, 1e-3, 0.05, 0.5, 3, 1e3, 1e9, Infinity);
const draws = fc.constantFrom(1, 2, 3, 2.5, 16, 1e3, 1e6 + 0.5, 1e9, 1e12, 1e15);

/** Compensated, so that the sum's own rounding does not enter. */
function total(values: Float64Array): number {
  let [hi, lo] = [0, 0];
  for (const x of values) {
    const s = hi + x;
    lo += Math.abs(hi) >= Math.abs(x) ? hi - s + x : x - s + hi;
    hi = s;
  }
  return hi + lo;
}

describe("the law of soft best-of-N", () => {
  test.prop([problems, betas, draws])("sums to 1 within 1e-13", (problem, beta, n) => {
    // A law's masses are normalised after the fact; a curve's readings are not: E[1] is the sum of the law as computed.
    const [{ gold }] = selectionCurve({ ...problem, beta, gold: () => 1 }, [n]);
    expect(Math.abs((gold ?? 0) - 1)).toBeLessThanOrEqual(1e-13);
    expect(Math.abs(total(softBestOfNLaw({ ...problem, beta }, n).mass) - 1)).toBeLessThanOrEqual(1e-13);
  });

  test.prop([problems, betas, draws])(
    "prefers higher rewards: P/ref is increasing in the reward",
    (problem, beta, n) => {
      const { ref, reward } = problem;
      const law = softBestOfNLaw({ ...problem, beta }, n);
      const order = [...reward.keys()].filter((i) => ref.mass[i] > 0).sort((a, b) => reward[a] - reward[b]);
      for (const [k, i] of order.entries()) {
        if (k === 0) continue;
        const before = order[k - 1];
        const [low, high] = [law.logMass[before] - ref.logMass[before], law.logMass[i] - ref.logMass[i]];
        expect(low).toBeLessThanOrEqual(high + 1e-12 * (1 + Math.abs(high)));
      }
    },
  );

  test.prop([problems, betas])("at N = 1 is ref", (problem, beta) => {
    const law = softBestOfNLaw({ ...problem, beta }, 1);
    for (const [i, p] of normalize(problem.ref).mass.entries()) expect(law.mass[i]).toBeCloseTo(p, 15);
  });

  test.prop([problems, draws])("at β = ∞, or where the reward is constant, is ref", (problem, n) => {
    const ref = normalize(problem.ref).mass;
    const [a, b] = [
      softBestOfNLaw({ ...problem, beta: Infinity }, n),
      softBestOfNLaw({ ref: problem.ref, reward: () => 0.7, beta: 0.1 }, n),
    ];
    for (const [i, p] of ref.entries()) {
      expect(Math.abs(a.mass[i] - p)).toBeLessThanOrEqual(1e-15 * p);
      expect(Math.abs(b.mass[i] - p)).toBeLessThanOrEqual(1e-14 * p);
    }
  });

  test.prop([problems, draws.filter((n) => n < 1e10), fc.double({ min: -5, max: 5, noNaN: true })])(
    "does not change when reward and β are scaled by a power of 2, nor by more than rounding when the reward is shifted",
    (problem, n, shift) => {
      const law = softBestOfNLaw({ ...problem, beta: 0.5 }, n).mass;
      const scaled = softBestOfNLaw({ ref: problem.ref, reward: problem.reward.map((r) => 4 * r), beta: 2 }, n).mass;
      expect(scaled).toEqual(law);
      const moved = softBestOfNLaw({ ref: problem.ref, reward: problem.reward.map((r) => r + shift), beta: 0.5 }, n);
      for (const [i, p] of law.entries()) expect(Math.abs(moved.mass[i] - p)).toBeLessThanOrEqual(1e-13 * p);
    },
  );

  test.prop([problems])("meets the hard law continuously as β → 0", (problem) => {
    // Rewards closer than β are not told apart by soft selection.
    const reward = problem.reward.map((r) => Math.round(r * 10) / 10);
    for (const n of [2, 7, 100]) {
      const hard = bestOfNLaw({ ref: problem.ref, reward }, n);
      const distances = [0.1, 0.03, 1e-2, 1e-3].map((beta) =>
        totalVariation(softBestOfNLaw({ ref: problem.ref, reward, beta }, n), hard),
      );
      for (const [i, d] of distances.entries()) {
        if (i > 0) expect(d).toBeLessThanOrEqual(distances[i - 1] + 1e-13);
      }
      expect(distances[3]).toBeLessThanOrEqual(1e-13);
      for (const beta of [1e-6, 1e-12, 1e-15, 1e-17, 1e-300, 5e-324]) {
        const coldest = softBestOfNLaw({ ref: problem.ref, reward, beta }, n);
        expect(totalVariation(coldest, hard)).toBeLessThanOrEqual(1e-13);
      }
    }
  });

  test.prop([problems, fc.constantFrom(0.02, 0.3, 2)])(
    "gives more reward and more KL as N grows, never more than its limit",
    (problem, beta) => {
      const curve = selectionCurve({ ...problem, beta }, [1, 2, 3, 8, 64, 1e4, 1e9]);
      const optimum = rlhfOptimum({ ...problem, beta });
      const most = total(optimum.mass.map((p, i) => p * problem.reward[i]));
      for (const [i, point] of curve.entries()) {
        expect(point.reward).toBeLessThanOrEqual(most + 1e-12);
        if (i === 0) continue;
        expect(point.reward).toBeGreaterThanOrEqual(curve[i - 1].reward - 1e-13);
        expect(point.klToRef).toBeGreaterThanOrEqual(curve[i - 1].klToRef - 1e-13);
        expect(point.limit.totalVariation).toBeLessThanOrEqual(curve[i - 1].limit.totalVariation + 1e-13);
      }
    },
  );

  test.prop([problems, draws.filter((n) => n < 1e10)])("gives less reward as β grows", (problem, n) => {
    const rewards = [0, 1e-6, 1e-3, 0.02, 0.1, 0.5, 3, 1e3, Infinity].map(
      (beta) => selectionCurve({ ...problem, beta }, [n])[0].reward,
    );
    for (const [i, reward] of rewards.entries()) {
      if (i > 0) expect(reward).toBeLessThanOrEqual(rewards[i - 1] + 1e-13);
    }
  });

  test.prop([
    fc.array(fc.integer({ min: 0, max: 64 }), { minLength: 2, maxLength: 6 }),
    fc.integer({ min: 2, max: 50 }),
  ])("where the best is all but never drawn, is the others' own law, 8·10¹⁰ β below as near by", (steps, n) => {
    // Sixteenths: their differences are exact, far below as at 0.
    const near = steps.map((s) => s / 16);
    const mass = steps.map((_, i) => 1 + (i % 3));
    const ref = measure([-1, ...steps.keys()], [1e-30, ...mass]);
    const own = softBestOfNLaw({ ref: measure([...steps.keys()], mass), reward: near, beta: 0.1 }, n).mass;
    const far = softBestOfNLaw({ ref, reward: [0, ...near.map((r) => r - 2 ** 33)], beta: 0.1 }, n).mass;
    for (const [i, p] of own.entries()) expect(Math.abs(far[i + 1] / p - 1)).toBeLessThanOrEqual(4e-15);
  });

  it("tends to the RLHF optimum at the first-order rate: the slope of log KL against log N is −2", () => {
    const random = [0.37, 0.11, 0.83, 0.52, 0.95, 0.24, 0.68, 0.05];
    const problem = { ref: measure([...random.keys()], random), reward: random.map((x) => (x * 7) % 1), beta: 0.25 };
    const optimum = rlhfOptimum(problem);
    const slope = (kl: (n: number) => number, [a, b]: [number, number]) => Math.log(kl(b) / kl(a)) / Math.log(b / a);
    const byDistance = (n: number) => limitDistance(problem, n).kl;
    const byLaws = (n: number) => klDivergence(optimum, softBestOfNLaw(problem, n));
    const reverse = (n: number) => klDivergence(softBestOfNLaw(problem, n), optimum);
    expect(slope(byLaws, [1e4, 1e6])).toBeCloseTo(-2, 2);
    expect(slope(reverse, [1e4, 1e6])).toBeCloseTo(-2, 2);
    expect(slope(byDistance, [1e4, 1e6])).toBeCloseTo(-2, 2);
    expect(slope(byDistance, [1e9, 1e12])).toBeCloseTo(-2, 8);
  });
});

describe("a million answers", () => {
  it.each([
    [0.1, 64],
    [1e-6, 1e12],
  ])("sum to 1 within 1e-13 at β = %f, N = %d", (beta, n) => {
    let state = 1;
    const next = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const ref = uniform(Array.from({ length: 1_000_000 }, (_, i) => i));
    const reward = Float64Array.from({ length: 1_000_000 }, next);
    const [{ gold }] = selectionCurve({ ref, reward, beta, gold: () => 1 }, [n]);
    expect(Math.abs((gold ?? 0) - 1)).toBeLessThanOrEqual(1e-13);
  });
});
