import {
  atomicData,
  cosineSchedule,
  ddimLaw,
  densityRatioLoss,
  fitScoreMatching,
  noisePrediction,
  randomSource,
  rewardDirectedProblem,
} from "exptilt";
import { bench, describe } from "vitest";

/** Random atoms in a cube of side 4, and two classes on them. */
function instance(size: number, dimension: number) {
  const rng = randomSource("bench");
  const atoms = Array.from({ length: size }, () => Array.from({ length: dimension }, () => 4 * rng()));
  const law = () => {
    const raw = atoms.map(() => rng() + 0.01);
    const total = raw.reduce((s, w) => s + w, 0);
    return raw.map((w) => w / total);
  };
  return { atoms, data: atomicData({ atoms, classes: { a: law(), b: law() } }) };
}

describe("the noise prediction of 10⁴ atoms in 64 dimensions", () => {
  const { atoms, data } = instance(10_000, 64);
  for (const sigma of [0.05, 0.5, 0.99]) {
    const alpha = Math.sqrt(1 - sigma * sigma);
    const x = atoms[0].map((a, k) => alpha * a + sigma * (k % 2 === 0 ? 1 : -1));
    bench(`σ = ${sigma}`, () => void noisePrediction(data, x, sigma, "a"));
  }
});

describe("the exact law of DDIM on a line", () => {
  for (const size of [10, 100]) {
    const { data } = instance(size, 1);
    const options = size === 100 ? { iterations: 3, warmupIterations: 1 } : {};
    for (const w of [0, 2]) bench(`K = ${size}, w = ${w}`, () => void ddimLaw(data, "a", w), options);
  }
});

describe("on ten atoms of a line", () => {
  const { atoms, data } = instance(10, 1);
  bench("the density ratio by quadrature", () => void densityRatioLoss(data, atoms[0], "a"));
  const problem = rewardDirectedProblem(data, "a", ([x]) => x, 1);
  bench("score matching to a gradient of 1e−11", async () => {
    await fitScoreMatching(data, problem, cosineSchedule(20));
  });
});
