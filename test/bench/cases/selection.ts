import {
  bestOfNLaw,
  categoricalSampler,
  estimateSoftBestOfN,
  expectation,
  klDivergence,
  type Measure,
  measure,
  metropolisLaw,
  randomSource,
  rlhfOptimum,
  softBestOfNLaw,
  softBestOfNSampler,
} from "exptilt";
import { all, create } from "mathjs";
import type { Case } from "../harness.js";
import { count, humanEval, instance, trapezoid } from "../instance.js";
import type { Peers } from "../peers.js";
import { drawer, plainSimulation } from "../simulated.js";

const math = create(all ?? {});
const BETA = 0.1;

/** The data set that both the functions and the command are timed on. */
export const QUERIES = 100_000;
export const CANDIDATES = 32;

const SIMULATION = { group: "Best-of-16 simulated", n: 16, runs: 1_000_000 };
const CHAINS = { group: "Metropolis among 16 draws simulated", beta: BETA, n: 16, runs: 1_000_000 };

export async function* selectionCases(peers: Peers): AsyncGenerator<Case> {
  for (const size of [10, 1000, 100_000, 1_000_000]) {
    for (const n of [64, 1_000_000]) yield lawCase(size, n, await peers.of("law", instance(size), { beta: BETA, n }));
  }
  yield dataSetCase(
    await peers.of("dataset", instance(QUERIES * CANDIDATES), { beta: BETA, n: 16, answers: CANDIDATES }),
  );
  yield simulationCase(await peers.of("simulation", query(), SIMULATION));
  for (const size of [1000, 100_000])
    yield metropolisCase(size, 64, await peers.of("metropolis", instance(size), { beta: BETA, n: 64 }));
  yield chainsCase(await peers.of("chains", query(), CHAINS));
  for (const size of [1000, 1_000_000])
    yield drawCase(size, await peers.of("draws", { mass: instance(size).mass }, { count: 1_000_000 }));
  yield selectionCase();
  yield samplesCase(100, 64);
  yield samplesCase(10_000, 512);
  for (const size of [10, 1000, 1_000_000])
    yield tableCase(size, await peers.of("table", { mass: instance(size).mass }, {}));
}

function lawCase(size: number, n: number, peers: Case["contenders"]): Case {
  const { support, mass, reward } = instance(size);
  const problem = { ref: measure(support, mass), reward, beta: BETA };
  return {
    group: "Exact law of soft best-of-N",
    title: `K = ${count(size)}, N = ${count(n)}`,
    rounds: size > 1e5 ? 3 : size > 1e4 ? 7 : 21,
    // The rounding of φ is raised to the power N − 1 in the plain rule.
    tolerance: n > 1000 ? 1e-6 : 1e-9,
    contenders: [
      { name: "exptilt, softBestOfNLaw(…).mass", run: () => softBestOfNLaw(problem, n).mass[1] },
      {
        name: "exptilt, bestOfNLaw(…).mass: hard selection",
        run: () => 0 * bestOfNLaw(problem, n).mass[1] + Number.NaN,
      },
      { name: "plain loop, trapezoidal rule", run: () => plainLaw(mass, reward, BETA, n)[1] },
      ...peers,
    ],
  };
}

/** The integral of equation (26) by the trapezoidal rule, every answer at every node. */
function plainLaw(mass: Float64Array, reward: Float64Array, beta: number, n: number): Float64Array {
  const total = mass.reduce((s, m) => s + m, 0);
  const [top, bottom] = reward.reduce(([a, b], r) => [Math.max(a, r), Math.min(b, r)], [-Infinity, Infinity]);
  const w = reward.map((r) => Math.exp((r - top) / beta));
  const law = new Float64Array(mass.length);
  const decay = new Float64Array(mass.length);
  for (const { t, step } of trapezoid(n, (top - bottom) / beta)) {
    let phi = 0;
    for (let i = 0; i < law.length; i++) {
      decay[i] = Math.exp(-t * w[i]);
      phi += (mass[i] / total) * decay[i];
    }
    const f = step * phi ** (n - 1);
    for (let i = 0; i < law.length; i++) law[i] += decay[i] * f;
  }
  for (let i = 0; i < law.length; i++) law[i] *= (n * mass[i] * w[i]) / total;
  return law;
}

function metropolisCase(size: number, n: number, peers: Case["contenders"]): Case {
  const { support, mass, reward } = instance(size);
  const problem = { ref: measure(support, mass), reward, beta: BETA };
  return {
    group: "Exact law of Metropolis selection",
    title: `K = ${count(size)}, N = ${n}`,
    contenders: [
      { name: "exptilt, metropolisLaw(…).mass", run: () => metropolisLaw(problem, n).mass[1] },
      { name: "plain loop, draw by draw over sorted answers", run: () => plainChain(mass, reward, BETA, n)[1] },
      ...peers,
    ],
  };
}

/** The law of the answer held, one draw after the other: with answers sorted by weight each draw is one pass. */
function plainChain(mass: Float64Array, reward: Float64Array, beta: number, n: number): Float64Array {
  const order = [...mass.keys()].sort((i, j) => reward[i] - reward[j]);
  const total = mass.reduce((s, m) => s + m, 0);
  const p = order.map((i) => mass[i] / total);
  const w = order.map((i) => Math.exp(reward[i] / beta));
  // From an answer, a draw above is taken for sure, and one below with the ratio of the weights.
  const stay = [...p];
  let [up, sum] = [1, 0];
  for (let i = 0; i < p.length; i++) {
    up -= p[i];
    stay[i] = 1 - up - (p[i] * w[i] + sum) / w[i];
    sum += p[i] * w[i];
  }
  let held = p;
  for (let draw = 1; draw < n; draw++) {
    const next = new Array<number>(p.length);
    let [below, above] = [0, held.reduce((s, h, i) => s + h / w[i], 0)];
    for (let i = 0; i < p.length; i++) {
      below += held[i];
      above -= held[i] / w[i];
      next[i] = p[i] * (below + w[i] * above) + held[i] * stay[i];
    }
    held = next;
  }
  const law = new Float64Array(p.length);
  for (const [k, i] of order.entries()) law[i] = held[k];
  return law;
}

/** One query of the embedded data, drawn 16 answers at a time a million times, beside the law. */
function simulationCase(peers: Case["contenders"]): Case {
  const { mass, reward } = query();
  const problem = { ref: measure([...mass.keys()], mass), reward };
  const law = () => bestOfNLaw(problem, SIMULATION.n);
  const draw = drawer(mass);
  const plain = plainSimulation(SIMULATION.runs, "runs", () => {
    let best = -Infinity;
    for (let k = 0; k < SIMULATION.n; k++) best = Math.max(best, reward[draw()]);
    return best;
  });
  return simulated(SIMULATION, "bestOfNLaw", law, [plain, ...peers]);
}

/** The same for the answer that a Metropolis chain holds after 16 draws. */
function chainsCase(peers: Case["contenders"]): Case {
  const { mass, reward } = query();
  const problem = { ref: measure([...mass.keys()], mass), reward, beta: CHAINS.beta };
  const draw = drawer(mass);
  const plain = plainSimulation(CHAINS.runs, "chains", () => {
    let held = reward[draw()];
    for (let k = 1; k < CHAINS.n; k++) {
      const drawn = reward[draw()];
      if (drawn >= held || Math.random() < Math.exp((drawn - held) / CHAINS.beta)) held = drawn;
    }
    return held;
  });
  return simulated(CHAINS, "metropolisLaw", () => metropolisLaw(problem, CHAINS.n), [plain, ...peers]);
}

function simulated(
  { group, runs }: typeof SIMULATION,
  name: string,
  law: () => Measure,
  peers: Case["contenders"],
): Case {
  const { reward } = query();
  const run = () => expectation(law(), reward);
  const mean = run();
  const variance = expectation(
    law(),
    reward.map((r) => (r - mean) ** 2),
  );
  return {
    group,
    title: `one query, ${reward.length} answers`,
    // Five standard errors of the simulated mean.
    tolerance: (5 * Math.sqrt(variance / runs)) / mean,
    rounds: 3,
    contenders: [{ name: `exptilt, the mean reward under ${name}`, run }, ...peers],
  };
}

/** The first query of the embedded data. */
function query(): { mass: number[]; reward: number[] } {
  const [{ count: mass, reward }] = humanEval();
  return { mass, reward };
}

function dataSetCase(peers: Case["contenders"]): Case {
  const { mass, reward } = instance(QUERIES * CANDIDATES);
  const answers = Array.from({ length: CANDIDATES }, (_, i) => `answer ${i}`);
  const queries = Array.from({ length: QUERIES }, (_, q) => ({
    mass: mass.slice(q * CANDIDATES, (q + 1) * CANDIDATES),
    reward: reward.slice(q * CANDIDATES, (q + 1) * CANDIDATES),
  }));
  return {
    group: "A data set: RLHF optimum, its KL to ref, and the exact law of soft best-of-16",
    title: `${count(QUERIES)} queries × ${CANDIDATES} candidates`,
    rounds: 3,
    contenders: [
      {
        name: "exptilt, query by query",
        run: () => {
          let sum = 0;
          for (const { mass, reward } of queries) {
            const problem = { ref: measure(answers, mass), reward, beta: BETA };
            const optimum = rlhfOptimum(problem);
            sum += optimum.mass[1] + klDivergence(optimum, problem.ref) + softBestOfNLaw(problem, 16).mass[1];
          }
          return sum;
        },
      },
      {
        name: "plain loops, query by query",
        run: () => {
          let sum = 0;
          for (const { mass, reward } of queries) {
            const total = mass.reduce((s, m) => s + m, 0);
            const top = Math.max(...reward);
            const weight = mass.map((m, i) => m * Math.exp((reward[i] - top) / BETA));
            const all = weight.reduce((s, w) => s + w, 0);
            for (let i = 0; i < CANDIDATES; i++)
              sum += (weight[i] / all) * Math.log((weight[i] * total) / (mass[i] * all));
            sum += weight[1] / all + plainLaw(mass, reward, BETA, 16)[1];
          }
          return sum;
        },
      },
      ...peers,
    ],
  };
}

function drawCase(size: number, peers: Case["contenders"]): Case {
  const { support, mass } = instance(size);
  const sampler = categoricalSampler(measure(support, mass), randomSource("draws"));
  const out = new Int32Array(1_000_000);
  const cumulative = Float64Array.from(mass);
  for (let i = 1; i < size; i++) cumulative[i] += cumulative[i - 1];
  const [answers, weights] = [[...support], [...mass]];
  return {
    group: "10⁶ draws from a law",
    title: `K = ${count(size)}`,
    rounds: 11,
    contenders: [
      { name: "exptilt, categoricalSampler(…).fill", run: () => 0 * sampler.fill(out)[0] + Number.NaN },
      {
        name: "plain loop: Math.random and a binary search in cumulative sums",
        run: () => {
          for (let k = 0; k < out.length; k++) {
            const u = Math.random() * cumulative[size - 1];
            let low = 0;
            let high = size - 1;
            while (low < high) {
              const middle = (low + high) >> 1;
              if (cumulative[middle] > u) high = middle;
              else low = middle + 1;
            }
            out[k] = low;
          }
          return Number.NaN;
        },
      },
      ...(size <= 1000
        ? [
            {
              name: "mathjs, pickRandom",
              run: () => 0 * math.pickRandom(answers, out.length, weights).length + Number.NaN,
            },
          ]
        : []),
      ...peers,
    ],
  };
}

function selectionCase(): Case {
  const [size, n] = [1000, 16];
  const { support, mass, reward } = instance(size);
  const problem = { ref: measure(support, mass), reward, beta: BETA };
  const byLaw = softBestOfNSampler(problem, n, randomSource("by law"));
  const simulated = softBestOfNSampler(problem, n, randomSource("simulated"), { method: "simulation" });
  const out = new Int32Array(10_000);
  const total = mass.reduce((s, m) => s + m, 0);
  const cumulative = Float64Array.from(mass);
  for (let i = 1; i < size; i++) cumulative[i] += cumulative[i - 1];
  return {
    group: "10⁴ answers of soft best-of-16",
    title: `K = ${count(size)}`,
    contenders: [
      { name: "exptilt, softBestOfNSampler by its law", run: () => 0 * byLaw.fill(out)[0] + Number.NaN },
      { name: "exptilt, by simulation", run: () => 0 * simulated.fill(out)[0] + Number.NaN },
      {
        name: "plain simulation",
        run: () => {
          for (let k = 0; k < out.length; k++) {
            const drawn = Array.from({ length: n }, () => {
              const u = Math.random() * total;
              return cumulative.findIndex((c) => c > u);
            });
            const w = drawn.map((i) => Math.exp(reward[i] / BETA));
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
          return Number.NaN;
        },
      },
    ],
  };
}

/** What soft best-of-n is worth for n = 2, 4, 8, …, from samples of distinct rewards. */
function samplesCase(size: number, most: number): Case {
  const { reward } = instance(size);
  const ns: number[] = [];
  for (let n = 2; n <= most; n *= 2) ns.push(n);
  return {
    group: "Unbiased estimates of soft best-of-n from samples",
    title: `M = ${count(size)}, n = 2, 4, 8, …, ${most}`,
    rounds: size > 1e3 ? 3 : 21,
    contenders: [
      {
        name: "exptilt, estimateSoftBestOfN, plug-in values included",
        run: () => estimateSoftBestOfN({ reward, beta: BETA }, ns).reduce((s, { reward }) => s + reward, 0),
      },
      { name: "plain loop, symmetric polynomials sample by sample", run: () => plainEstimates(reward, BETA, ns) },
    ],
  };
}

/** The sum over n of the mean over all subsets of n, by the means over subsets of the samples so far, at every node. */
function plainEstimates(reward: Float64Array, beta: number, ns: readonly number[]): number {
  const most = ns[ns.length - 1];
  const top = reward.reduce((x, y) => Math.max(x, y));
  const bottom = reward.reduce((x, y) => Math.min(x, y));
  let total = 0;
  for (const { t, step } of trapezoid(most, (top - bottom) / beta)) {
    const a = new Float64Array(most + 1);
    const d = new Float64Array(most + 1);
    a[0] = 1;
    for (let i = 0; i < reward.length; i++) {
      const z = t * Math.exp((reward[i] - top) / beta);
      const e = Math.exp(-z) / (i + 1);
      for (let k = Math.min(most, i + 1); k >= 1; k--) {
        d[k] = d[k] * (1 - k / (i + 1)) + k * e * (d[k - 1] + reward[i] * z * a[k - 1]);
        a[k] = a[k] * (1 - k / (i + 1)) + k * e * a[k - 1];
      }
    }
    for (const n of ns) total += (step / t) * d[n];
  }
  return total;
}

function tableCase(size: number, peers: Case["contenders"]): Case {
  const { support, mass } = instance(size);
  const p = measure(support, mass);
  const rng = randomSource("tables");
  const cumulative = new Float64Array(size);
  return {
    group: "Getting ready to draw",
    title: `K = ${count(size)}`,
    rounds: 11,
    contenders: [
      {
        name: "exptilt, categoricalSampler: an alias table",
        run: () => 0 * categoricalSampler(p, rng).index() + Number.NaN,
      },
      {
        name: "plain loop: cumulative sums",
        run: () => {
          let sum = 0;
          for (let i = 0; i < size; i++) {
            sum += mass[i];
            cumulative[i] = sum;
          }
          return Number.NaN;
        },
      },
      ...peers,
    ],
  };
}
