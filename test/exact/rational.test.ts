import { fc } from "@fast-check/vitest";
import { rationalAlgebra } from "exptilt/exact";
import { describe, expect } from "vitest";
import { test } from "../support/test.js";

const Q = rationalAlgebra();
const whole = fc.integer({ min: 0, max: 12 });

/** A reference of whole weights with zeros and ties, positive odds for each answer, and 1/β a whole number. */
const problem = fc
  .tuple(
    fc.array(fc.tuple(whole, fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 8 }),
    fc.integer({ min: 1, max: 5 }),
  )
  .filter(([rows]) => rows.some(([m]) => m > 0))
  .map(([rows, inverseBeta]) => {
    const support = [...rows.keys()];
    const odds = rows.map((row) => row[1]);
    return {
      support,
      ref: Q.distribution(
        support,
        rows.map((row) => row[0]),
      ),
      odds,
      inverseBeta,
    };
  });

describe("in fractions the two sides are equal, not close", () => {
  test.prop([problem])("(9): the optimum is the law ∝ hp^(1/β)·ref", ({ support, ref, odds, inverseBeta }) => {
    const hp = Q.humanPreference(support, odds);
    const target = Q.normalize(Q.product(Q.power(hp, inverseBeta), ref));
    expect(Q.equal(Q.rlhfOptimum({ ref, odds, inverseBeta }), target)).toBe(true);
  });

  test.prop([problem])("tilts compose: 1/β₁ and then 1/β₂ is once 1/β₁ + 1/β₂", ({ ref, odds, inverseBeta }) => {
    const twice = Q.tilt(Q.tilt(ref, odds, inverseBeta), odds, 2);
    expect(Q.equal(twice, Q.tilt(ref, odds, inverseBeta + 2))).toBe(true);
  });

  test.prop([problem])("(3), (4): hp's odds are those of a comparison", ({ support, odds }) => {
    const { mass } = Q.humanPreference(support, odds);
    for (const [i, o] of odds.entries()) {
      const pairwise = mass[i].div(mass[i].add(mass[0]));
      expect(pairwise.equals(Q.preferenceProbability(o, odds[0]))).toBe(true);
    }
  });

  test.prop([problem])(
    "(17): with ref = hp the limit of soft best-of-N is the escort of order 1 + 1/β",
    ({ support, odds, inverseBeta }) => {
      const ref = Q.humanPreference(support, odds);
      expect(Q.equal(Q.rlhfOptimum({ ref, odds, inverseBeta }), Q.escort(ref, 1 + inverseBeta))).toBe(true);
    },
  );

  test.prop([problem])("(11), (18): it is the RLIF optimum at β = Lβ_if − 1", ({ support, odds, inverseBeta }) => {
    const ref = Q.humanPreference(support, odds);
    const length = 4;
    // β_if = (1 + 1/n)/L, a fraction: Lβ_if − 1 is 1/n exactly.
    const beta = Q.fraction(inverseBeta + 1, inverseBeta * length);
    const internal = { ref, length, beta };
    expect(Q.equal(Q.rlifOptimum(internal), Q.escort(ref, 1 + inverseBeta))).toBe(true);
    expect(Q.equal(Q.rlhfOptimum(Q.rlhfEquivalent(internal)), Q.rlifOptimum(internal))).toBe(true);
  });

  test.prop([problem])(
    "a false identity is told apart: one more power is another law",
    ({ support, odds, inverseBeta }) => {
      const ref = Q.humanPreference(support, odds);
      const same = odds.every((o) => o === odds[0]);
      expect(Q.equal(Q.escort(ref, inverseBeta), Q.escort(ref, inverseBeta + 1))).toBe(same);
    },
  );
});
