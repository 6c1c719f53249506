import { autoregressivePolicy, dpoOptimum, nashOptimum, sequenceDistribution, softValues, measure, uniform } from "exptilt";
import { expect } from "vitest";
import { test } from "../support/test.js";
import { expectReference, massesOf, referenceCases } from "./reference.js";
test("ref", () => {
  for (const c of referenceCases("nashOptimum")) expectReference(nashOptimum({ ref: massesOf(c.mass), preference: c.preference, beta: c.beta }).mass, c.expect.law, c);
  for (const c of referenceCases("dpoOptimum")) expectReference(dpoOptimum({ ref: massesOf(c.mass), beta: c.beta }, c.comparisons.map(([winner, loser, count]: number[]) => ({ winner, loser, count }))).mass, c.expect.law, c);
  const p = uniform(["rock", "paper", "scissors"]);
  const preference = [[0.5, 0, 0.75], [1, 0.5, 0.25], [0.25, 0.75, 0.5]];
  for (const beta of [1, 0.1, 1e-3, 1e-6]) console.log(beta, nashOptimum({ ref: p, preference, beta }).mass, nashOptimum({ ref: p, preference, beta }).logNormalizer);
  const ref = measure(["right", "hacked", "wrong"], [60, 1, 39]);
  const comparisons = [{ winner: "right", loser: "wrong", count: 3 }, { winner: "wrong", loser: "right", count: 1 }];
  for (const beta of [0.5, 0.1]) console.log(dpoOptimum({ ref, beta }, comparisons).mass);
  const r = autoregressivePolicy({ vocabulary: ["a", "b"], length: 2, conditional: () => [3, 1] });
  const { value, policy } = softValues(r, (tokens) => tokens.filter((token) => token === "b").length, 0.5);
  console.log(value([]), value(["b"]), policy.conditional([]).mass, sequenceDistribution(policy).mass);
  expect(1).toBe(1);
});
