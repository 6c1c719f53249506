import {
  bestOfNLaw,
  entropy,
  klDivergence,
  measure,
  policyReading,
  selectionCurve,
  selectionLimit,
  softBestOfNLaw,
  totalVariation,
  uniform,
  winRate,
} from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";

/** Small problems with zeros, ties, point masses, forbidden answers and a gold reward. */
const problems = fc
  .array(
    fc.record({
      mass: fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 1e-9, max: 10, noNaN: true })),
      reward: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.double({ min: -1, max: 1, noNaN: true })),
      forbidden: fc.integer({ min: 0, max: 9 }).map((x) => x === 0),
      gold: fc.double({ min: -5, max: 5, noNaN: true }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .filter((rows) => rows.some((r) => r.mass > 0 && !r.forbidden))
  .map((rows) => ({
    ref: measure(
      rows.map((_, i) => i),
      rows.map((r) => r.mass),
    ),
    reward: rows.map((r) => (r.forbidden ? -Infinity : r.reward)),
    gold: rows.map((r) => r.gold),
  }));
const betas = fc.constantFrom(0, 0.01, 0.3, 1, 50, Infinity);
const draws = fc.constantFrom(1, 1.5, 2, 7, 64, 1e4, 1e12);

/** |a − b| within a relative 1e-11, absolute near 0. */
function close(a: number | undefined, b: number | undefined, scale = 1): void {
  if (a === b) return;
  expect(Math.abs((a ?? Number.NaN) - (b ?? Number.NaN)), `${a} and ${b}`).toBeLessThanOrEqual(1e-12 * scale);
}

describe("a selection curve", () => {
  test.prop([problems, betas, fc.array(draws, { minLength: 1, maxLength: 4 })])(
    "reads each law as policyReading reads the law itself",
    (problem, beta, ns) => {
      const curve = selectionCurve({ ...problem, beta }, ns);
      for (const [i, n] of ns.entries()) {
        const law = softBestOfNLaw({ ...problem, beta }, n);
        const want = policyReading(problem, law);
        expect(curve[i].n).toBe(n);
        close(curve[i].reward, want.reward, 4);
        close(curve[i].gold, want.gold, 6);
        close(curve[i].klToRef, want.klToRef, 1 + want.klToRef);
        close(curve[i].winRate, want.winRate);
      }
    },
  );

  test.prop([problems, betas, draws])("has the distances to the limit that the laws have", (problem, beta, n) => {
    const [{ limit }] = selectionCurve({ ...problem, beta }, [n]);
    const law = softBestOfNLaw({ ...problem, beta }, n);
    const target = selectionLimit({ ...problem, beta });
    close(limit.totalVariation, totalVariation(law, target));
    close(limit.kl, klDivergence(target, law), 1 + limit.kl);
    if (limit.reverseKl < 1e3) close(limit.reverseKl, klDivergence(law, target), 1 + limit.reverseKl);
  });

  test.prop([problems, betas, draws])("keeps a point the same whatever other N are asked for", (problem, beta, n) => {
    const [alone] = selectionCurve({ ...problem, beta }, [n]);
    const [, among] = selectionCurve({ ...problem, beta }, [3, n, 1e9, 40]);
    close(alone.reward, among.reward, 4);
    close(alone.klToRef, among.klToRef, 1 + alone.klToRef);
  });
});

describe("the win rate", () => {
  test.prop([problems, draws.filter(Number.isInteger)])("equals the double sum over pairs of answers", (problem, n) => {
    const { ref, reward } = problem;
    const law = bestOfNLaw(problem, n);
    const total = ref.mass.reduce((s, m) => s + m, 0);
    let win = 0;
    for (const [i, p] of law.mass.entries()) {
      for (const [j, q] of ref.mass.entries()) {
        if (reward[i] > reward[j]) win += (p * q) / total;
        else if (reward[i] === reward[j]) win += (p * q) / total / 2;
      }
    }
    close(winRate(problem, law), win);
  });

  it("counts answers that ref does not have", () => {
    const ref = measure(["a", "b", "c", "d"], [1, 0, 1, 0]);
    const reward = [1, 2, 3, 4];
    expect(winRate({ ref, reward }, measure(["a", "b", "c", "d"], [0, 1, 0, 0]))).toBe(0.5);
    expect(winRate({ ref, reward }, measure(["a", "b", "c", "d"], [0, 0, 0, 1]))).toBe(1);
    expect(winRate({ ref, reward: [1, -Infinity, 3, 4] }, measure(["a", "b", "c", "d"], [0, 1, 0, 0]))).toBe(0);
  });

  it("of best-of-N among distinct answers of equal mass tends to N/(N + 1)", () => {
    const size = 20_000;
    const ref = uniform(Array.from({ length: size }, (_, i) => i));
    const law = bestOfNLaw({ ref, reward: (i) => i }, 3);
    expect(winRate({ ref, reward: (i) => i }, law)).toBeCloseTo(3 / 4, 8);
    expect(entropy(ref) - entropy(law)).toBeCloseTo(Math.log(3) - 2 / 3, 3);
  });
});

describe("bad input", () => {
  const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 };
  it.each([
    [
      () => selectionCurve(problem, [2, 0.5]),
      "selectionCurve: ns[1] must be at least 1 (Infinity for the limit), got 0.5",
    ],
    [
      () => selectionCurve(problem, [Number.NaN]),
      "selectionCurve: ns[0] must be at least 1 (Infinity for the limit), got NaN",
    ],
    [() => selectionCurve({ ...problem, beta: -1 }, [2]), "selectionCurve: beta must be at least 0"],
    [() => selectionCurve({ ...problem, gold: [1] }, [2]), "selectionCurve: gold must have length 2"],
    [() => selectionCurve(problem, 2 as never), "selectionCurve: ns must be an array, got 2"],
    [() => policyReading(problem, uniform(["a", "c"])), "policyReading: both measures' support[1] must be"],
    [() => winRate({ ...problem, reward: [0, Number.NaN] }, problem.ref), "winRate: reward[1] must be a number"],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
});
