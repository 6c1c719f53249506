import { readFileSync } from "node:fs";
import { bestOfNLaw, measure, selectionCurve, softBestOfNLaw } from "exptilt";
import { bench, describe } from "vitest";
import { prepare } from "../../src/selection/problem.js";
import { phiEvaluations } from "../../src/selection/ratio.js";

/** K answers of random masses and rewards in [0, 1). */
function instance(size: number) {
  let state = 1;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const mass = Float64Array.from({ length: size }, next);
  return { ref: measure([...mass.keys()], mass), reward: mass.map(next), beta: 0.1 };
}

for (const size of [10, 1000, 100_000]) {
  describe(`the law of K = ${size} answers`, () => {
    const problem = instance(size);
    // Few runs where one takes long.
    const options = size >= 100_000 ? { time: 1000, iterations: 3, warmupIterations: 1 } : {};
    for (const n of [64, 1e6]) {
      const { ladder } = prepare("bench", problem, problem.beta);
      const evaluations = ladder === undefined ? 0 : phiEvaluations(ladder, [n]);
      bench(`soft, N = ${n}: ${evaluations} evaluations of φ`, () => void softBestOfNLaw(problem, n), options);
    }
    bench("hard, N = 64", () => void bestOfNLaw(problem, 64), options);
  });
}

describe("a curve of 11 N on 164 queries", () => {
  const lines = readFileSync(new URL("../../src/data/humaneval-codegen16b.jsonl", import.meta.url), "utf8").trim();
  const queries = lines.split("\n").map((line) => {
    const { answers } = JSON.parse(line) as { answers: { count: number; reward: number; gold: number }[] };
    return {
      ref: measure(
        answers.map((_, i) => i),
        answers.map((a) => a.count),
      ),
      reward: answers.map((a) => a.reward),
      gold: answers.map((a) => a.gold),
    };
  });
  const ns = Array.from({ length: 11 }, (_, k) => 2 ** k);
  for (const beta of [0, 0.02, 0.1]) {
    bench(`β = ${beta}`, () => {
      for (const query of queries) selectionCurve({ ...query, beta }, ns);
    });
  }
});
