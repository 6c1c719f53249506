import { readFileSync } from "node:fs";
import { klDivergence, measure } from "exptilt";
import { autoregressiveTabularPolicy, fitWeightedMle, importanceWeights, policyDistribution } from "exptilt/training";
import { describe, expect, it } from "vitest";

const [head, ...rows] = readFileSync(new URL("../../src/data/names-bigram-counts.csv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => line.split(","));
const vocabulary = head.slice(1);
const counts = rows.map((row) => row.slice(1).map(Number));
const totals = counts.map((row) => row.reduce((s, c) => s + c, 0));

it("the counts are those published: 2.4540145 nats per character, 2.4545768 with one added to each", () => {
  let [bare, smoothed, n] = [0, 0, 0];
  for (const [i, row] of counts.entries()) {
    for (const c of row) {
      if (c > 0) bare -= c * Math.log(c / totals[i]);
      smoothed -= c * Math.log((c + 1) / (totals[i] + 27));
      n += c;
    }
  }
  expect(bare / n).toBeCloseTo(2.4540145, 7);
  expect(smoothed / n).toBeCloseTo(2.4545768, 7);
  expect(counts[0].reduce((s, c) => s + c, 0)).toBe(32_033);
});

/** The probability of a sequence under the chain of pairs, begun at the start of a name. */
function chance(sequence: readonly string[]): number {
  let p = 1;
  let before = 0;
  for (const token of sequence) {
    const v = vocabulary.indexOf(token);
    p *= counts[before][v] / totals[before];
    before = v;
  }
  return p;
}

/** Distinct letters, and one more for a name that reads the same backwards: no sum over pairs. */
function reward(sequence: readonly string[]): number {
  const backwards = sequence.every((c, i) => c === sequence[sequence.length - 1 - i]);
  return new Set(sequence).size + Number(backwards);
}

function problemOf(length: number) {
  const policy = autoregressiveTabularPolicy({ vocabulary, length });
  const { support } = policy.on(undefined);
  return { policy, weights: importanceWeights({ ref: measure(support, support.map(chance)), reward, beta: 0.5 }) };
}

describe("the bigram model of names is trained towards a tilt of all sequences", () => {
  for (const [length, size] of [
    [3, 27 ** 3],
    [4, 27 ** 4],
  ] as const) {
    it(`${size} names of length ${length}: KL ≤ 1e−20 by the closed form`, async () => {
      const { policy, weights } = problemOf(length);
      expect(weights.target.support.length).toBe(size);
      const { parameters, klFromTarget } = await fitWeightedMle(policy, weights);
      expect(klFromTarget).toBeLessThanOrEqual(1e-20);
      expect(klDivergence(weights.target, policyDistribution(policy, parameters))).toBeLessThanOrEqual(1e-20);
    });
  }

  it("length 3: KL ≤ 1e−8 by L-BFGS", async () => {
    const { policy, weights } = problemOf(3);
    const closed = await fitWeightedMle(policy, weights);
    // Sequences that never occur have their logits at −∞, where L-BFGS would go on and on: near enough, it is stopped.
    const near = new AbortController();
    const { klFromTarget } = await fitWeightedMle(policy, weights, {
      method: "lbfgs",
      depth: 4,
      signal: near.signal,
      maxIterations: 100,
      onProgress: ({ objective }) => closed.objective - objective <= 9e-9 && near.abort(),
    });
    expect(klFromTarget).toBeLessThanOrEqual(1e-8);
  });
});
