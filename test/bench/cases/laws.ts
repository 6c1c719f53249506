import {
  distribution,
  entropy,
  fromLogMass,
  klDivergence,
  measure,
  rlhfOptimum,
  rlifOptimum,
  tilt,
  tiltedMass,
} from "exptilt";
import { all, create } from "mathjs";
import type { Case } from "../harness.js";
import { count, instance } from "../instance.js";
import type { Peers } from "../peers.js";

const math = create(all ?? {});
const SIZES = [10, 1000, 1_000_000];
const BETA = 0.1;
/** mathjs takes a second and more for a million entries: few rounds are enough there. */
const rounds = (size: number) => (size > 1e5 ? 11 : 21);

export async function* lawCases(peers: Peers): AsyncGenerator<Case> {
  for (const size of SIZES) yield tiltCase(size, await peers.of("tilt", instance(size), { beta: BETA }));
  for (const size of SIZES) yield klCase(size, await peers.of("kl", { p: instance(size).mass, q: other(size) }, {}));
  yield partlyEmptyCase(1_000_000);
  for (const size of SIZES) yield entropyCase(size, await peers.of("entropy", { mass: instance(size).mass }, {}));
  for (const size of SIZES) yield rlhfCase(size, await peers.of("tilt", instance(size), { beta: BETA }));
  for (const size of SIZES)
    yield rlifCase(size, await peers.of("escort", { mass: instance(size).mass }, { exponent: 1.25 }));
}

/** Other masses for the same answers. */
function other(size: number): Float64Array {
  return instance(size).reward.map((r, i) => 0.1 + r * (1 + (i % 3)));
}

function tiltCase(size: number, peers: Case["contenders"]): Case {
  const { support, mass, reward } = instance(size);
  const ref = measure(support, mass);
  const out = new Float64Array(size);
  const [masses, rewards] = [[...mass], [...reward]];
  return {
    group: "Tilt and normalise",
    title: `K = ${count(size)}`,
    rounds: rounds(size),
    contenders: [
      { name: "exptilt, tiltedMass: in a given array", run: () => tiltedMass(ref, reward, BETA, out)[1] },
      { name: "exptilt, tilt(…).mass: a new distribution", run: () => tilt(ref, reward, BETA).mass[1] },
      { name: "plain loop, in place", run: () => plainTilt(mass, reward, BETA, out)[1] },
      {
        name: "mathjs",
        run: () => {
          const x = math.divide(math.subtract(rewards, math.max(rewards)), BETA) as unknown as number[];
          const w = math.dotMultiply(masses, math.map(x, Math.exp)) as number[];
          return (math.divide(w, math.sum(w)) as unknown as number[])[1];
        },
      },
      ...peers,
    ],
  };
}

function plainTilt(mass: Float64Array, reward: Float64Array, beta: number, out: Float64Array): Float64Array {
  let top = -Infinity;
  for (let i = 0; i < reward.length; i++) if (reward[i] > top) top = reward[i];
  let total = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = mass[i] * Math.exp((reward[i] - top) / beta);
    total += out[i];
  }
  for (let i = 0; i < out.length; i++) out[i] /= total;
  return out;
}

function klCase(size: number, peers: Case["contenders"]): Case {
  const { support, mass } = instance(size);
  const [p, q] = [distribution(support, mass), distribution(support, other(size))];
  const [pMass, qMass] = [[...p.mass], [...q.mass]];
  let fresh = [p, q];
  return {
    group: "KL divergence",
    title: `K = ${count(size)}`,
    rounds: rounds(size),
    contenders: [
      { name: "exptilt, klDivergence of two built distributions", run: () => klDivergence(p, q) },
      {
        name: "exptilt, the first time, their logarithms not yet made",
        prepare: () => {
          fresh = [distribution(p.support, mass), distribution(p.support, q.mass)];
        },
        run: () => klDivergence(fresh[0], fresh[1]),
      },
      {
        name: "plain loop",
        run: () => {
          let sum = 0;
          for (let i = 0; i < size; i++) sum += p.mass[i] * Math.log(p.mass[i] / q.mass[i]);
          return sum;
        },
      },
      // Its first argument is the one that the divergence is measured from.
      { name: "mathjs, kldivergence", run: () => math.kldivergence(pMass, qMass) },
      ...peers,
    ],
  };
}

/** Laws of log-masses, of which some are −∞. */
function partlyEmptyCase(size: number): Case {
  const { support, mass } = instance(size);
  const q = other(size);
  const empty = (i: number) => i % 7 === 3;
  const [a, b] = [mass, q].map((m) =>
    fromLogMass(
      support,
      m.map((x, i) => (empty(i) ? -Infinity : Math.log(x))),
    ),
  );
  const [P, Q] = [a.mass, b.mass];
  return {
    group: "KL divergence",
    title: `K = ${count(size)}, a seventh of them at log-mass −∞`,
    rounds: rounds(size),
    contenders: [
      { name: "exptilt, klDivergence of two built distributions", run: () => klDivergence(a, b) },
      {
        name: "plain loop",
        run: () => {
          let [sum, p, q] = [0, 0, 0];
          for (let i = 0; i < size; i++) {
            p += P[i];
            q += Q[i];
            if (P[i] > 0) sum += P[i] * Math.log(P[i] / Q[i]);
          }
          return sum / p + Math.log(q / p);
        },
      },
    ],
  };
}

function entropyCase(size: number, peers: Case["contenders"]): Case {
  const { support, mass } = instance(size);
  const p = distribution(support, mass);
  const masses = [...p.mass];
  return {
    group: "Entropy",
    title: `K = ${count(size)}`,
    rounds: rounds(size),
    contenders: [
      { name: "exptilt, entropy of a built distribution", run: () => entropy(p) },
      {
        name: "plain loop",
        run: () => {
          let sum = 0;
          for (let i = 0; i < size; i++) sum -= p.mass[i] * Math.log(p.mass[i]);
          return sum;
        },
      },
      {
        name: "mathjs",
        run: () => -math.sum(math.dotMultiply(masses, math.map(masses, Math.log)) as number[]),
      },
      ...peers,
    ],
  };
}

function rlhfCase(size: number, peers: Case["contenders"]): Case {
  const { support, mass, reward } = instance(size);
  const problem = { ref: measure(support, mass), reward, beta: BETA };
  const logs = { ...problem, ref: fromLogMass(support, mass.map(Math.log)) };
  const out = new Float64Array(size);
  return {
    group: "RLHF optimum",
    title: `K = ${count(size)}`,
    rounds: rounds(size),
    contenders: [
      { name: "exptilt, rlhfOptimum(…).mass", run: () => rlhfOptimum(problem).mass[1] },
      { name: "exptilt, ref by log-probabilities", run: () => rlhfOptimum(logs).mass[1] },
      { name: "plain loop, in place", run: () => plainTilt(mass, reward, BETA, out)[1] },
      ...peers,
    ],
  };
}

function rlifCase(size: number, peers: Case["contenders"]): Case {
  const { support, mass } = instance(size);
  // Lβ = 5: the exponent is 5/4.
  const problem = { ref: measure(support, mass), length: 10, beta: 0.5, vocabularySize: 100 };
  const out = new Float64Array(size);
  const masses = [...mass];
  return {
    group: "RLIF optimum",
    title: `K = ${count(size)}`,
    rounds: rounds(size),
    contenders: [
      { name: "exptilt, rlifOptimum(…).mass, with its modes", run: () => rlifOptimum(problem).mass[1] },
      {
        name: "plain loop, in place",
        run: () => {
          let top = 0;
          for (let i = 0; i < size; i++) if (mass[i] > top) top = mass[i];
          let total = 0;
          for (let i = 0; i < size; i++) {
            out[i] = (mass[i] / top) ** 1.25;
            total += out[i];
          }
          for (let i = 0; i < size; i++) out[i] /= total;
          return out[1];
        },
      },
      {
        name: "mathjs",
        run: () => {
          const w = math.dotPow(masses, 1.25) as unknown as number[];
          return (math.divide(w, math.sum(w)) as unknown as number[])[1];
        },
      },
      ...peers,
    ],
  };
}
