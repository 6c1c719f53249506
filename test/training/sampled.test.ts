import { expectation, measure, randomSource, rlhfOptimum, softBestOfNLaw } from "exptilt";
import {
  drawnWeights,
  fitWeightedMle,
  importanceWeights,
  logLinearPolicy,
  policyDistribution,
  tabularPolicy,
} from "exptilt/training";
import { describe, expect, it } from "vitest";
import { witnesses } from "./policies.js";

const problem = { ref: measure([0, 1, 2, 3], [4, 3, 2, 1]), reward: [0, 0.3, 0.5, 1], beta: 0.4 };
const weights = importanceWeights(problem);
const optimum = rlhfOptimum(problem);

/** Draws of ref, through the tabular policy log ref. */
function drawsOf(n: number, rng: () => number): number[] {
  const policy = tabularPolicy(problem.ref.support);
  const theta = Float64Array.from(problem.ref.mass, Math.log);
  const on = policy.on(undefined);
  return Array.from({ length: n }, () => on.sample(theta, rng));
}

describe("the error of the sampled objective falls as n^{−1/2}, with the constant of the weighted estimator", () => {
  it("tabular: n E|π̂ − π*|² → Σ_o E_ref[(w/Z)² (1{o} − π*)²]", () => {
    const constant = [0, 1, 2, 3].reduce(
      (s, o) =>
        s +
        expectation(
          problem.ref,
          weights.weight.map((w, i) => (w * (Number(i === o) - optimum.mass[o])) ** 2),
        ),
      0,
    );
    const rng = randomSource("tabular");
    for (const n of [100, 400, 1600]) {
      const seeds = 1000;
      let error = 0;
      for (let seed = 0; seed < seeds; seed++) {
        const { target } = drawnWeights(problem, drawsOf(n, rng));
        error += target.mass.reduce((s, p, o) => s + (p - optimum.mass[o]) ** 2, 0) / seeds;
      }
      // The mean over seeds has a relative standard deviation of about 4 %, and the limit a correction of order 1/n.
      expect(Math.abs((n * error) / constant - 1)).toBeLessThanOrEqual(0.12);
    }
  });

  it("log-linear: n E(θ̂ − θ*)² → E_ref[(w/Z)² (φ − E_π φ)²] / Var_π(φ)², and misspecified no otherwise", async () => {
    const phi = [0, 1, 1.5, 4];
    const policy = logLinearPolicy<number>({ size: 1, base: () => problem.ref, features: (_, o) => [phi[o]] });
    const best = await fitWeightedMle(policy, weights);
    const fitted = policyDistribution(policy, best.parameters);
    const mean = expectation(fitted, phi);
    const variance = expectation(
      fitted,
      phi.map((x) => (x - mean) ** 2),
    );
    const noise = expectation(
      problem.ref,
      weights.weight.map((w, o) => (w * (phi[o] - mean)) ** 2),
    );
    const rng = randomSource("log-linear");
    const errors: number[] = [];
    for (const n of [200, 800]) {
      const seeds = 800;
      let error = 0;
      for (let seed = 0; seed < seeds; seed++) {
        const { parameters } = await fitWeightedMle(policy, drawnWeights(problem, drawsOf(n, rng)));
        error += (parameters[0] - best.parameters[0]) ** 2 / seeds;
      }
      expect(Math.abs((n * error) / (noise / variance ** 2) - 1)).toBeLessThanOrEqual(0.15);
      errors.push(Math.sqrt(error));
    }
    expect(errors[0] / errors[1]).toBeCloseTo(2, 0);
  });
});

/** All n-tuples of four answers, each with its probability under ref. */
function* tuples(n: number): Generator<{ draws: number[]; chance: number }> {
  const law = problem.ref.mass.map((m) => m / 10);
  for (let code = 0; code < 4 ** n; code++) {
    const draws = Array.from({ length: n }, (_, i) => Math.floor(code / 4 ** i) % 4);
    yield { draws, chance: draws.reduce((p, o) => p * law[o], 1) };
  }
}

describe("the gradient on draws, averaged over all samples", () => {
  const [, { policy }] = witnesses;
  const on = policy.on(1);
  const theta = Float64Array.of(0.4, -0.2, 0.9);
  const gradientOf = (coefficient: ArrayLike<number>) => {
    const gradient = new Float64Array(policy.size);
    on.addGradient(theta, Float64Array.from(coefficient), gradient);
    return gradient;
  };
  const averaged = (n: number, weight: (draws: number[]) => ArrayLike<number>) => {
    const mean = new Float64Array(policy.size);
    for (const { draws, chance } of tuples(n)) {
      const coefficient = new Float64Array(4);
      const w = weight(draws);
      for (const [i, o] of draws.entries()) coefficient[o] += w[i];
      for (const [j, g] of gradientOf(coefficient).entries()) mean[j] += chance * g;
    }
    return mean;
  };

  it("with weights w/Z it is the gradient of (19): unbiased", () => {
    for (const n of [1, 2, 4]) {
      const mean = averaged(n, (draws) => draws.map((o) => weights.weight[o] / n));
      for (const [j, g] of gradientOf(optimum.mass).entries()) expect(mean[j]).toBeCloseTo(g, 13);
    }
  });

  it("with self-normalised weights it is the gradient under the law of soft best-of-n, which is its bias", () => {
    for (const n of [1, 2, 5]) {
      const mean = averaged(n, (draws) => drawnWeights(problem, draws).weight);
      for (const [j, g] of gradientOf(softBestOfNLaw(problem, n).mass).entries()) expect(mean[j]).toBeCloseTo(g, 13);
    }
  });
});
