import { spawnSync } from "node:child_process";

/** What ten million answers in one measure take, in a process of its own. */
export interface Memory {
  readonly answers: number;
  readonly steps: readonly { readonly step: string; readonly seconds: number; readonly bytes: number }[];
  /** The most the process ever held, in bytes. */
  readonly peak: number;
}

/** Runs in the process of its own: JSON on the standard output. */
const SCRIPT = (library: string) => `
import { entropy, klDivergence, measure, randomSource, rlhfOptimum, softBestOfNLaw, tiltedMass, categoricalSampler } from ${JSON.stringify(library)};
const K = 1e7;
const rng = randomSource(1);
const mass = Float64Array.from({ length: K }, rng), reward = Float64Array.from({ length: K }, rng);
let support = Array.from({ length: K }, (_, i) => i);
const steps = [];
const held = () => { const m = process.memoryUsage(); return m.heapUsed + m.external; };
const step = (name, f) => {
  globalThis.gc();
  const before = held();
  const begin = performance.now();
  const result = f();
  const seconds = (performance.now() - begin) / 1000;
  globalThis.gc();
  steps.push({ step: name, seconds, bytes: Math.max(0, held() - before) });
  return result;
};
const ref = step("measure(support, mass)", () => measure(support, mass));
support = undefined;
const optimum = step("rlhfOptimum({ ref, reward, beta })", () => rlhfOptimum({ ref, reward, beta: 0.1 }));
step("its mass", () => optimum.mass);
const out = new Float64Array(K);
step("tiltedMass(ref, reward, beta, out)", () => { tiltedMass(ref, reward, 0.1, out); });
step("klDivergence(optimum, ref)", () => klDivergence(optimum, ref));
step("entropy(optimum)", () => entropy(optimum));
step("softBestOfNLaw(problem, 64)", () => softBestOfNLaw({ ref, reward, beta: 0.1 }, 64));
step("categoricalSampler(ref)", () => categoricalSampler(ref, rng));
console.log(JSON.stringify({ answers: K, steps, peak: process.resourceUsage().maxRSS * 1024 }));
`;

export function measureMemory(library: string): Memory {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--expose-gc", "--input-type=module", "-e", SCRIPT(library)],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`ten million answers: ${stderr}`);
  return JSON.parse(stdout) as Memory;
}
