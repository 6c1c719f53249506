import { fitWeightedMle, importanceWeights, logLinearPolicy, measure, tabularPolicy, uniform } from "exptilt";
import { bench, describe } from "vitest";

/** Numbers in [0, 1), the same every time. */
function stream(): () => number {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

const GAP = 1e-10;
const few = { time: 500, iterations: 2, warmupIterations: 1 };

describe("a tabular policy on K = 100,000 answers, to an objective within 1e−10 of the optimum", async () => {
  const next = stream();
  const mass = Float64Array.from({ length: 1e5 }, next);
  const policy = tabularPolicy([...mass.keys()]);
  const weights = importanceWeights({ ref: measure(policy.on(0).support, mass), reward: mass.map(next), beta: 0.1 });
  const best = await fitWeightedMle(policy, weights);
  bench("closed form", async () => void (await fitWeightedMle(policy, weights)), few);
  bench("L-BFGS", () => run(policy, weights, "lbfgs", best.objective), few);
});

describe("a log-linear policy with 20 features on 1,000 queries × 50 answers, to within 1e−10", async () => {
  const next = stream();
  const answers = Array.from({ length: 50 }, (_, i) => i);
  const features = Array.from({ length: 1000 }, () => answers.map(() => Float64Array.from({ length: 20 }, next)));
  const base = uniform(answers);
  const policy = logLinearPolicy<number, number>({ size: 20, base: () => base, features: (q, o) => features[q][o] });
  const data = features.map((_, query) => ({
    query,
    ...importanceWeights({ ref: base, reward: answers.map(next), beta: 0.1 }),
  }));
  const best = await fitWeightedMle(policy, data);
  for (const method of ["newton", "lbfgs"] as const) {
    bench(method, () => run(policy, data, method, best.objective), few);
  }
});

/** Trains until the objective is near enough. */
async function run<Q, A>(
  policy: Parameters<typeof fitWeightedMle<Q, A>>[0],
  data: Parameters<typeof fitWeightedMle<Q, A>>[1],
  method: "newton" | "lbfgs",
  best: number,
): Promise<void> {
  const near = new AbortController();
  const { reason } = await fitWeightedMle(policy, data, {
    method,
    signal: near.signal,
    onProgress: ({ objective }) => best - objective <= GAP && near.abort(),
  });
  if (reason !== "aborted" && reason !== "gradient") throw new Error(`the run ended before the gap: ${reason}`);
}
