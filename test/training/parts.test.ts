import { fc } from "@fast-check/vitest";
import { measure, uniform } from "exptilt";
import { autoregressiveLogLinearPolicy, fitWeightedMle, logLinearPolicy, policyDistribution } from "exptilt/training";
import { describe, expect, it } from "vitest";
import { shuffled } from "../../src/training/shuffle.js";
import { fitGeneralizedPareto, logParetoQuantile } from "../../src/training/weights/generalizedPareto.js";
import { test } from "../support/test.js";

describe("parts of the trainer", () => {
  test.prop([fc.nat(1000), fc.nat(1000)])(
    "a shuffle is a permutation, the same for the same seed and pass",
    (seed, pass) => {
      const items = Array.from({ length: 20 }, (_, i) => i);
      const order = shuffled(items, seed, pass);
      expect([...order].sort((a, b) => a - b)).toEqual(items);
      expect(shuffled(items, seed, pass)).toEqual(order);
    },
  );

  it("over many passes every item comes first equally often", () => {
    const first = new Float64Array(10);
    for (let pass = 0; pass < 10_000; pass++) first[shuffled([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 5, pass)[0]]++;
    // Five standard deviations of a binomial count.
    for (const count of first) expect(Math.abs(count - 1000)).toBeLessThanOrEqual(5 * 30);
  });

  it("a generalized Pareto fit finds the law whose quantiles it is given", () => {
    for (const shape of [-0.5, 0, 0.3, 1.2]) {
      const law = { shape, logScale: Math.log(2.5) };
      const fitted = fitGeneralizedPareto(
        Float64Array.from({ length: 5000 }, (_, i) => logParetoQuantile(law, (i + 0.5) / 5000)),
      );
      expect(fitted.shape).toBeCloseTo(shape, 1);
      expect(Math.exp(fitted.logScale) / 2.5).toBeCloseTo(1, 1);
    }
  });

  it("prefix features: the parameters that made a law of sequences are found again", async () => {
    const policy = autoregressiveLogLinearPolicy({
      vocabulary: ["a", "b", "."],
      length: 4,
      end: ".",
      size: 3,
      features: (prefix, token) => [
        Number(token === "."),
        Number(prefix.at(-1) === token),
        prefix.length * Number(token === "b"),
      ],
    });
    const theta = [-0.5, 1.25, 0.3];
    const target = policyDistribution(policy, theta);
    for (const method of ["newton", "lbfgs"] as const) {
      const { parameters, klFromTarget } = await fitWeightedMle(policy, { target }, { method });
      for (const [j, x] of theta.entries()) expect(parameters[j]).toBeCloseTo(x, 9);
      expect(klFromTarget).toBeLessThanOrEqual(1e-20);
    }
  });

  it("features of any scale: the optimum scales inversely, and one at infinity is told from one far out", async () => {
    for (const unit of [1e-6, 1, 1e6]) {
      const policy = logLinearPolicy<number>({ size: 1, base: () => uniform([0, 1]), features: (_, o) => [o * unit] });
      const { parameters, converged } = await fitWeightedMle(
        policy,
        { target: measure([0, 1], [1, 9]) },
        { tolerance: 1e-11 * unit },
      );
      expect([converged, parameters[0] * unit]).toEqual([true, expect.closeTo(Math.log(9), 8)]);
      const sure = await fitWeightedMle(policy, { target: measure([0, 1], [0, 1]) });
      expect(sure).toMatchObject({ converged: false, reason: "unbounded" });
    }
  });
});
