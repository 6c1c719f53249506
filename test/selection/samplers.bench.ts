import { categoricalSampler, measure, randomSource, selectSoftBestOfN, softBestOfNSampler } from "exptilt";
import { bench, describe } from "vitest";

const SIZE = 1000;
const N = 16;
const rng = randomSource(1);
const mass = Array.from({ length: SIZE }, rng);
const reward = Array.from({ length: SIZE }, rng);
const problem = { ref: measure([...mass.keys()], mass), reward, beta: 0.1 };

describe(`10⁴ selections, K = ${SIZE}, N = ${N}`, () => {
  const out = new Int32Array(10_000);
  const byLaw = softBestOfNSampler(problem, N, randomSource(2));
  bench("softBestOfNSampler by its law", () => void byLaw.fill(out));
  const simulated = softBestOfNSampler(problem, N, randomSource(3), { method: "simulation" });
  bench("softBestOfNSampler by simulation", () => void simulated.fill(out), { time: 200 });
  const cumulative = mass.map((_, i) => mass.slice(0, i + 1).reduce((s, m) => s + m, 0));
  bench(
    "a plain simulation: cumulative sums, Math.random, an array a selection",
    () => {
      for (let k = 0; k < out.length; k++) {
        const drawn = Array.from({ length: N }, () => {
          const u = Math.random() * cumulative[SIZE - 1];
          return cumulative.findIndex((c) => c > u);
        });
        const w = drawn.map((i) => Math.exp(reward[i] / problem.beta));
        const u = Math.random() * w.reduce((s, x) => s + x, 0);
        let behind = 0;
        out[k] =
          drawn[
            w.findIndex((x) => {
              behind += x;
              return behind > u;
            })
          ];
      }
    },
    { time: 200 },
  );
});

describe(`10⁴ picks among ${N} candidates`, () => {
  const pick = randomSource(4);
  const candidates = reward.slice(0, N);
  bench("selectSoftBestOfN", () => {
    for (let k = 0; k < 10_000; k++) selectSoftBestOfN(candidates, 0.1, pick);
  });
});

for (const size of [10, 1000, 1_000_000]) {
  const masses = Float64Array.from({ length: size }, rng);
  const p = measure([...masses.keys()], masses);
  describe(`an alias table of K = ${size}`, () => {
    bench("building", () => void categoricalSampler(p, rng), size > 1000 ? { time: 500, iterations: 3 } : {});
    const sampler = categoricalSampler(p, randomSource(5));
    const out = new Int32Array(10_000);
    bench("10⁴ draws", () => void sampler.fill(out));
  });
}
