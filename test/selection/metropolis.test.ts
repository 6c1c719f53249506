import { bestOfNLaw, fromLogMass, measure, metropolisLaw, normalize, rlhfOptimum } from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { levelsOf } from "../../src/measure/levels.js";
import { requireMeasure } from "../../src/measure/measure.js";
import { metropolisRatios } from "../../src/selection/ratio/metropolis.js";
import reference from "../reference/selection.json" with { type: "json" };
import { toNumber } from "../support/fraction.js";
import { test } from "../support/test.js";

const keys = (values: readonly unknown[]) => [...values.keys()];
const within = (got: ArrayLike<number>, want: ArrayLike<number>, relative: number) => {
  for (let i = 0; i < want.length; i++) {
    expect(want[i]).toBeLessThan(Infinity);
    expect(Math.abs(got[i] - want[i]), `answer ${i}: ${got[i]} for ${want[i]}`).toBeLessThanOrEqual(relative * want[i]);
  }
};

const wholeRows = fc
  .array(
    fc.record({
      mass: fc.oneof(fc.constant(0), fc.constant(1), fc.integer({ min: 1, max: 1000 })),
      reward: fc.oneof(fc.constant(-Infinity), fc.integer({ min: 0, max: 9 })),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .filter((rows) => rows.some((r) => r.mass > 0 && r.reward > -Infinity));

/** The chain of an answer held, in whole numbers: each entry over (Σ mass)^N·2^{9(N − 1)}, with e^{r/β} = 2^reward. */
function chain(rows: readonly { mass: number; reward: number }[], n: number): number[] {
  const mass = rows.map((r) => BigInt(r.mass));
  const total = mass.reduce((a, b) => a + b);
  const weight = rows.map((r) => (r.reward === -Infinity ? 0n : 1n << BigInt(r.reward)));
  const one = 1n << 9n;
  const accept = weight.map((from) => weight.map((to) => (to >= from ? one : (one * to) / from)));
  let law = mass;
  for (let step = 1; step < n; step++) {
    const next = law.map(() => 0n);
    for (const i of keys(rows)) {
      let moved = 0n;
      for (const j of keys(rows)) {
        if (j === i) continue;
        next[j] += law[i] * mass[j] * accept[i][j];
        moved += mass[j] * accept[i][j];
      }
      next[i] += law[i] * (total * one - moved);
    }
    law = next;
  }
  const kept = law.reduce((s, p, i) => (weight[i] > 0n ? s + p : s), 0n);
  return law.map((p, i) => (weight[i] > 0n ? toNumber({ top: p, bottom: kept }) : 0));
}

describe("the law of Metropolis selection", () => {
  test.prop([wholeRows, fc.integer({ min: 1, max: 30 })])(
    "is the kernel's own power in whole numbers, given that some draw is allowed",
    (rows, n) => {
      const ref = measure(
        keys(rows),
        rows.map((r) => r.mass),
      );
      const reward = rows.map((r) => r.reward);
      within(metropolisLaw({ ref, reward, beta: 1 / Math.LN2 }, n).mass, chain(rows, n), 1e-13);
    },
  );

  const rows = fc
    .array(
      fc.record({
        mass: fc.oneof(
          fc.constantFrom(0, 1),
          fc.double({ min: -200, max: 0, noNaN: true }).map((x) => 10 ** x),
        ),
        reward: fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true })),
      }),
      { minLength: 1, maxLength: 20 },
    )
    .filter((r) => r.some((x) => x.mass > 0));
  const problems = rows.map((r) => ({
    ref: measure(
      keys(r),
      r.map((x) => x.mass),
    ),
    reward: r.map((x) => x.reward),
  }));
  const betas = fc.constantFrom(1e-6, 1e-3, 0.05, 0.5, 3, 1e3, 1e9);

  test.prop([problems, betas, fc.constantFrom(1.25, 2, 2.5, 16, 1e3, 1e6 + 0.5, 1e12, 1e15)])(
    "sums to 1 at any real N, before it is normalised",
    ({ ref, reward }, beta, n) => {
      const { law } = requireMeasure("test", "ref", ref);
      const levels = levelsOf("test", law, Float64Array.from(reward));
      const { ratio } = metropolisRatios(levels, beta, n);
      expect(Math.abs(levels.mass.reduce((s, p, i) => s + p * ratio[i], 0) - 1)).toBeLessThanOrEqual(1e-13);
    },
  );

  test.prop([problems, betas])("is ref at N = 1, and at β = ∞; at β = 0 it is best-of-N", (problem, beta) => {
    const ref = normalize(problem.ref).mass;
    within(metropolisLaw({ ...problem, beta }, 1).mass, ref, 1e-15);
    within(metropolisLaw({ ...problem, beta: Infinity }, 7).mass, ref, 1e-15);
    const hard = bestOfNLaw(problem, 7);
    expect(metropolisLaw({ ...problem, beta: 0 }, 7).mass).toEqual(hard.mass);
    // Levels that are apart are told apart at a small β, by the sums and not by the closed form of the hard law.
    const reward = problem.reward.map((r) => Math.round(r * 10) / 10);
    const cold = metropolisLaw({ ref: problem.ref, reward, beta: 1e-5 }, 7.5).mass;
    within(cold, bestOfNLaw({ ref: problem.ref, reward }, 7.5).mass, 1e-12);
  });

  test.prop([wholeRows, fc.constantFrom(0.3, 1, 5)])("tends to the optimum as N grows", (rows, beta) => {
    const problem = {
      ref: measure(
        keys(rows),
        rows.map((r) => r.mass),
      ),
      reward: rows.map((r) => r.reward),
      beta,
    };
    const optimum = rlhfOptimum(problem).mass;
    // e^{9/0.3} is the largest w/μ, so that λ^N is nothing at 1e20.
    for (const n of [1e20, 1e200, Number.MAX_VALUE]) within(metropolisLaw(problem, n).mass, optimum, 1e-12);
  });

  test.prop([
    fc.double({ min: -6000, max: -600, noNaN: true }),
    fc.double({ min: 1e-3, max: 30, noNaN: true }),
    fc.constantFrom(1.5, 2, 3, 50),
  ])("of a best answer too rare for a double is the two-state chain's, in logarithms", (logMass, gap, n) => {
    const ref = fromLogMass(["rare", "common"], [logMass, 0]);
    const law = metropolisLaw({ ref, reward: [gap, 0], beta: 1 }, n);
    // From common it is entered with its own probability, and left with e^{−gap}: λ = 1 − e^{−gap}.
    const leave = Math.exp(-gap);
    const ratio = -Math.expm1((n - 1) * Math.log1p(-leave)) / leave + (1 - leave) ** (n - 1);
    expect(Math.abs(law.logMass[0] - logMass - Math.log(ratio))).toBeLessThanOrEqual(1e-14 * -logMass);
  });

  test.prop([
    fc.double({ min: 700, max: 6000, noNaN: true }),
    fc.constantFrom(1.5, 2, 3, 50),
    fc.double({ min: 0.1, max: 0.9, noNaN: true }),
  ])("of the worst answer at many β below is too small for a double, and right", (gap, n, p) => {
    // Held only where all draws are it, or drawn and taken after the better one: F U + λ^n is p^{N−1} up to e^{−gap} terms.
    const law = metropolisLaw({ ref: measure(["good", "bad"], [1 - p, p]), reward: [gap, 0], beta: 1 }, n);
    expect(Math.abs(law.logMass[1] - n * Math.log(p))).toBeLessThanOrEqual(1e-13 * n);
  });

  it.each(reference.filter(({ fn }) => fn === "metropolisLaw"))("$id has the reference's values", (one) => {
    const { mass, reward, beta, n, expect: expected } = one;
    const law = metropolisLaw({ ref: measure(keys(mass), mass), reward, beta }, n);
    within(law.mass, expected.law.map(Number), 1e-11);
  });
});
