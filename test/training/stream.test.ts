import { measure, randomSource, rlhfObjective, uniform } from "exptilt";
import {
  fitPolicyGradient,
  fitWeightedMle,
  fitWeightedMleStream,
  importanceWeights,
  logLinearPolicy,
  policyDistribution,
  type TrainingState,
  tabularPolicy,
} from "exptilt/training";
import { describe, expect, it } from "vitest";

const policy = logLinearPolicy<number, number>({
  size: 3,
  base: () => uniform([0, 1, 2, 3]),
  features: (q, o) => [0, 1, 2].map((j) => Math.sin(q + 7 * o * (j + 1) ** 2)),
});
const data = Array.from({ length: 10 }, (_, query) => ({
  query,
  ...importanceWeights({ ref: uniform([0, 1, 2, 3]), reward: (o: number) => Math.cos(o * query), beta: 0.5 }),
}));

/** Batches of two queries taken at random. */
function* batches(count: number) {
  const rng = randomSource("batches");
  for (let i = 0; i < count; i++) yield [0, 1].map(() => data[Math.floor(rng() * data.length)]);
}

describe("training on a stream", () => {
  it("batches drawn at random lead to the optimum of all queries as the steps die out", async () => {
    const best = await fitWeightedMle(policy, data);
    const streamed = await fitWeightedMleStream(policy, batches(8000), { learningRate: 0.03, halfLife: 1000 });
    for (const [j, x] of best.parameters.entries()) expect(Math.abs(streamed.parameters[j] - x)).toBeLessThan(0.02);
    expect(streamed).toMatchObject({ reason: "end of stream", iterations: 8000 });
  });

  it("a run stopped, stored and resumed on the rest of the stream ends on the same bits", async () => {
    const whole = await fitWeightedMleStream(policy, batches(50));
    const all = [...batches(50)];
    const controller = new AbortController();
    const stopped = await fitWeightedMleStream(policy, all, {
      signal: controller.signal,
      onProgress: ({ iteration }) => iteration === 19 && controller.abort(),
    });
    expect([stopped.reason, stopped.iterations]).toEqual(["aborted", 20]);
    const resume = JSON.parse(JSON.stringify(stopped.save())) as TrainingState;
    const resumed = await fitWeightedMleStream(policy, all.slice(20), { resume });
    expect([...resumed.parameters]).toEqual([...whole.parameters]);
    expect(resumed.save()).toEqual(whole.save());
  });

  it("an async stream gives what a sync one does", async () => {
    async function* later() {
      for (const batch of batches(5)) {
        await Promise.resolve();
        yield batch;
      }
    }
    const [a, b] = [await fitWeightedMleStream(policy, later()), await fitWeightedMleStream(policy, batches(5))];
    expect([...a.parameters]).toEqual([...b.parameters]);
  });

  it("a bad batch is refused by name", async () => {
    const tabular = tabularPolicy(["a", "b"]);
    await expect(fitWeightedMleStream(tabular, [[]])).rejects.toThrow("stream[0] must have at least one target");
    await expect(fitWeightedMleStream(tabular, [{ target: uniform(["c" as "a"]) }])).rejects.toThrow(
      "fitWeightedMleStream: stream[0].target.support[0] must be an answer of the policy",
    );
  });
});

describe("inputs", () => {
  it("are left as they were, and results are fresh", async () => {
    const start = Float64Array.of(0.1, 0.2, 0.3);
    const reward = [0, 1, 0.5, 0.2];
    const ref = measure([0, 1, 2, 3], [1, 2, 3, 4]);
    const before = [...ref.mass, ...data[3].target.mass];
    for (const method of ["newton", "lbfgs", "adam"] as const) {
      const { parameters } = await fitWeightedMle(policy, data, { start, method, maxIterations: 3 });
      expect(parameters).not.toBe(start);
    }
    await fitPolicyGradient(policy, { query: 1, ref, reward, beta: 1 }, { start });
    await fitWeightedMleStream(policy, data, { start });
    expect([...start]).toEqual([0.1, 0.2, 0.3]);
    expect(reward).toEqual([0, 1, 0.5, 0.2]);
    expect([...ref.mass, ...data[3].target.mass]).toEqual(before);
  });
});

it("the exact policy gradient is the derivative of J to 1e−9", async () => {
  const problem = { query: 2, ref: measure([0, 1, 2, 3], [1, 2, 3, 4]), reward: [0, 1, 0.5, 0.2], beta: 0.4 };
  const J = (theta: readonly number[]) => rlhfObjective(problem, policyDistribution(policy, theta, 2));
  const theta = [0.4, -1, 0.7];
  const h = 2 ** -8;
  const slopes = theta.map((_, j) => {
    const at = (t: number) => J(theta.map((x, i) => (i === j ? x + t : x)));
    // Six points: the error is of order h⁶.
    return (45 * (at(h) - at(-h)) - 9 * (at(2 * h) - at(-2 * h)) + at(3 * h) - at(-3 * h)) / (60 * h);
  });
  const { gradientNorm } = await fitPolicyGradient(policy, problem, { start: theta, maxIterations: 0 });
  expect(gradientNorm).toBeCloseTo(Math.max(...slopes.map(Math.abs)), 9);
});
