import { fitBradleyTerry, measure, randomSource, uniform } from "exptilt";
import { atomicData, ddimLaw, ddimSample, logSnrSchedule, noisePrediction } from "exptilt/diffusion";
import { fitWeightedMle, importanceWeights, logLinearPolicy, tabularPolicy } from "exptilt/training";
import type { Case } from "../harness.js";
import { instance } from "../instance.js";
import type { Peers } from "../peers.js";

const BETA = 0.1;

export async function* fittingCases(peers: Peers): AsyncGenerator<Case> {
  yield tabularCase();
  yield await logLinearCase(peers);
  yield await bradleyTerryCase(peers);
  yield await noiseCase(peers);
  yield* lineCases();
}

function tabularCase(): Case {
  const { support, mass, reward } = instance(100_000);
  const policy = tabularPolicy(support);
  const weights = importanceWeights({ ref: measure(policy.on(0).support, mass), reward, beta: BETA });
  const target = Float64Array.from(weights.target.mass);
  return {
    group: "Weighted maximum likelihood",
    title: "a tabular policy on 10⁵ answers",
    rounds: 5,
    contenders: [
      {
        name: "exptilt, fitWeightedMle: closed form",
        run: async () => (await fitWeightedMle(policy, weights)).objective,
      },
      {
        name: "exptilt, fitWeightedMle: L-BFGS",
        run: async () => (await fitWeightedMle(policy, weights, { method: "lbfgs" })).objective,
      },
      { name: "plain loop: closed form", run: () => plainFrequencies(target) },
    ],
    tolerance: 1e-6,
  };
}

/** The logits of the frequencies of a target, and Σ target·log frequency. */
function plainFrequencies(target: Float64Array): number {
  let total = 0;
  for (let o = 0; o < target.length; o++) total += target[o];
  const logits = new Float64Array(target.length);
  let objective = 0;
  for (let o = 0; o < target.length; o++) {
    const p = target[o] / total;
    logits[o] = Math.log(p);
    if (p > 0) objective += p * logits[o];
  }
  return objective;
}

async function logLinearCase(peers: Peers): Promise<Case> {
  const [queries, answers, size] = [1000, 50, 20];
  const rng = randomSource("log-linear");
  const flat = Float64Array.from({ length: queries * answers * size }, rng);
  const rows = Array.from({ length: queries * answers }, (_, i) => flat.subarray(i * size, (i + 1) * size));
  const feature = (q: number, o: number) => rows[q * answers + o];
  const list = Array.from({ length: answers }, (_, o) => o);
  const base = uniform(list);
  const policy = logLinearPolicy<number, number>({ size, base: () => base, features: feature });
  const data = Array.from({ length: queries }, (_, query) => ({
    query,
    ...importanceWeights({ ref: base, reward: list.map(rng), beta: BETA }),
  }));
  const target = Float64Array.from(data.flatMap((query) => [...query.target.mass]));
  const plain = plainLikelihood(flat, target, answers, size);
  const by = (method: "newton" | "lbfgs") => async () => -(await fitWeightedMle(policy, data, { method })).objective;
  return {
    group: "Weighted maximum likelihood",
    title: "a log-linear policy with 20 features on 1,000 queries × 50 answers",
    tolerance: 1e-6,
    contenders: [
      { name: "exptilt, fitWeightedMle: Newton", run: by("newton") },
      { name: "exptilt, fitWeightedMle: L-BFGS", run: by("lbfgs") },
      { name: "plain loop: L-BFGS until the gradient is 1e−9", run: () => plainLbfgs(plain, size) },
      {
        name: "plain loop: one value and gradient",
        // At no optimum: its value is not compared.
        run: () => Number.NaN * plain(new Float64Array(size).fill(0.1), new Float64Array(size)),
      },
      ...(await peers.of("training", { features: flat, target }, { answers, size })),
    ],
  };
}

/** −Σ target·log π_θ over queries and answers, over the number of queries, with its gradient written. */
type Plain = (theta: Float64Array, gradient: Float64Array) => number;

function plainLikelihood(features: Float64Array, target: Float64Array, answers: number, size: number): Plain {
  const queries = target.length / answers;
  const p = new Float64Array(answers);
  return (theta, gradient) => {
    gradient.fill(0);
    let value = 0;
    for (let q = 0; q < queries; q++) {
      const first = q * answers;
      let top = -Infinity;
      for (let o = 0; o < answers; o++) {
        let s = 0;
        for (let j = 0, at = (first + o) * size; j < size; j++, at++) s += features[at] * theta[j];
        p[o] = s;
        if (s > top) top = s;
      }
      let total = 0;
      for (let o = 0; o < answers; o++) {
        value -= target[first + o] * (p[o] - top);
        p[o] = Math.exp(p[o] - top);
        total += p[o];
      }
      value += Math.log(total);
      for (let o = 0; o < answers; o++) {
        const r = p[o] / total - target[first + o];
        for (let j = 0, at = (first + o) * size; j < size; j++, at++) gradient[j] += r * features[at];
      }
    }
    for (let j = 0; j < size; j++) gradient[j] /= queries;
    return value / queries;
  };
}

/** L-BFGS that halves its step until the value falls. Returns the least value. */
function plainLbfgs(f: Plain, size: number): number {
  const dot = (a: Float64Array, b: Float64Array) => {
    let s = 0;
    for (let j = 0; j < size; j++) s += a[j] * b[j];
    return s;
  };
  let x = new Float64Array(size);
  let gradient = new Float64Array(size);
  let value = f(x, gradient);
  const pairs: { s: Float64Array; y: Float64Array }[] = [];
  while (gradient.some((g) => Math.abs(g) > 1e-9)) {
    const direction = gradient.map((g) => -g);
    const alpha: number[] = [];
    for (let k = pairs.length - 1; k >= 0; k--) {
      const { s, y } = pairs[k];
      alpha[k] = dot(s, direction) / dot(s, y);
      for (let j = 0; j < size; j++) direction[j] -= alpha[k] * y[j];
    }
    const last = pairs.at(-1);
    const scale = last === undefined ? 1 : dot(last.s, last.y) / dot(last.y, last.y);
    for (let j = 0; j < size; j++) direction[j] *= scale;
    for (const [k, { s, y }] of pairs.entries()) {
      const b = dot(y, direction) / dot(s, y);
      for (let j = 0; j < size; j++) direction[j] += (alpha[k] - b) * s[j];
    }
    const next = new Float64Array(size);
    const there = new Float64Array(size);
    let best = Infinity;
    for (let t = 1; t > 1e-9 && !(best <= value + 1e-15); t /= 2) {
      for (let j = 0; j < size; j++) next[j] = x[j] + t * direction[j];
      best = f(next, there);
    }
    pairs.push({ s: next.map((v, j) => v - x[j]), y: there.map((v, j) => v - gradient[j]) });
    if (pairs.length > 10) pairs.shift();
    [x, gradient, value] = [next, there, best];
  }
  return value;
}

async function bradleyTerryCase(peers: Peers): Promise<Case> {
  const items = 1000;
  const rng = randomSource("tournament");
  const ability = Array.from({ length: items }, () => 2 * rng() - 1);
  const comparisons: { winner: number; loser: number; count: number }[] = [];
  for (let i = 0; i < items; i++) {
    // Each item meets ten others ten times, the next one in the list among them: all are connected.
    for (let k = 0; k < 10; k++) {
      const j = k === 0 ? (i + 1) % items : (i + 1 + Math.floor(rng() * (items - 1))) % items;
      let wins = 0;
      for (let game = 0; game < 10; game++) if (rng() < 1 / (1 + Math.exp(ability[j] - ability[i]))) wins++;
      if (wins > 0) comparisons.push({ winner: i, loser: j, count: wins });
      if (wins < 10) comparisons.push({ winner: j, loser: i, count: 10 - wins });
    }
  }
  const order = Array.from({ length: items }, (_, i) => i);
  const column = (name: "winner" | "loser" | "count") => comparisons.map((c) => c[name]);
  return {
    group: "Bradley–Terry fit",
    title: `1,000 items, ${comparisons.length.toLocaleString("en")} counted results`,
    rounds: 11,
    tolerance: 1e-4,
    contenders: [
      {
        name: "exptilt, fitBradleyTerry",
        run: () => {
          const { ability } = fitBradleyTerry(comparisons, { items: order });
          return ability[1] - ability[0];
        },
      },
      {
        name: "exptilt, fitBradleyTerry: with standard errors",
        run: () => {
          const { ability, standardError } = fitBradleyTerry(comparisons, { items: order });
          return standardError[0] > 0 ? ability[1] - ability[0] : Number.NaN;
        },
      },
      {
        name: "plain loop: Hunter's MM until the step is 1e−9",
        run: () => {
          const strength = mm(comparisons, items);
          return Math.log(strength[1] / strength[0]);
        },
      },
      {
        name: "plain loop: MM, with standard errors by a dense Cholesky factor",
        run: () => {
          const strength = mm(comparisons, items);
          const errors = plainErrors(comparisons, strength);
          return errors[0] > 0 ? Math.log(strength[1] / strength[0]) : Number.NaN;
        },
      },
      ...(await peers.of(
        "bradley_terry",
        { winner: column("winner"), loser: column("loser"), count: column("count") },
        { items },
      )),
    ],
  };
}

interface CountedResult {
  readonly winner: number;
  readonly loser: number;
  readonly count: number;
}

/** Hunter (2004): each strength becomes its wins over the sum of its games' shares. */
function mm(comparisons: readonly CountedResult[], items: number): Float64Array {
  const strength = new Float64Array(items).fill(1);
  const wins = new Float64Array(items);
  for (const { winner, count } of comparisons) wins[winner] += count;
  const share = new Float64Array(items);
  for (let step = 1; step > 1e-9; ) {
    share.fill(0);
    for (const { winner, loser, count } of comparisons) {
      const s = count / (strength[winner] + strength[loser]);
      share[winner] += s;
      share[loser] += s;
    }
    step = 0;
    for (let i = 0; i < items; i++) {
      const next = wins[i] / share[i];
      step = Math.max(step, Math.abs(next / strength[i] - 1));
      strength[i] = next;
    }
  }
  return strength;
}

/** Standard errors relative to the mean of all: the diagonal of the inverse of the information with 1/n added everywhere. */
function plainErrors(comparisons: readonly CountedResult[], strength: Float64Array): Float64Array {
  const n = strength.length;
  // L + 11ᵀ/n has the inverse L⁺ + 11ᵀ/n.
  const factor = new Float64Array(n * n).fill(1 / n);
  for (const { winner, loser, count } of comparisons) {
    const p = strength[winner] / (strength[winner] + strength[loser]);
    const c = count * p * (1 - p);
    factor[winner * n + winner] += c;
    factor[loser * n + loser] += c;
    factor[winner * n + loser] -= c;
    factor[loser * n + winner] -= c;
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let s = factor[i * n + j];
      for (let k = 0; k < j; k++) s -= factor[i * n + k] * factor[j * n + k];
      factor[i * n + j] = j < i ? s / factor[j * n + j] : Math.sqrt(s);
    }
  }
  const errors = new Float64Array(n);
  const column = new Float64Array(n);
  for (let v = 0; v < n; v++) {
    column[v] = 1 / factor[v * n + v];
    let square = column[v] * column[v];
    for (let i = v + 1; i < n; i++) {
      let s = 0;
      for (let k = v; k < i; k++) s -= factor[i * n + k] * column[k];
      column[i] = s / factor[i * n + i];
      square += column[i] * column[i];
    }
    errors[v] = Math.sqrt(square - 1 / n);
  }
  return errors;
}

async function noiseCase(peers: Peers): Promise<Case> {
  const [size, dimension, sigma] = [10_000, 64, 0.9];
  const rng = randomSource("atoms");
  const flat = Float64Array.from({ length: size * dimension }, rng);
  const atoms = Array.from({ length: size }, (_, i) => flat.subarray(i * dimension, (i + 1) * dimension));
  const data = atomicData({ atoms });
  const point = Float64Array.from({ length: dimension }, () => 2 * rng() - 0.5);
  return {
    group: "Noise prediction",
    title: "10⁴ atoms × 64 dimensions",
    contenders: [
      { name: "exptilt, noisePrediction", run: () => noisePrediction(data, point, sigma)[1] },
      { name: "plain loop", run: () => plainNoise(flat, point, sigma, dimension)[1] },
      ...(await peers.of("noise", { atoms: flat, point }, { sigma, dimension })),
    ],
  };
}

/** The exact law of DDIM on a line, beside the same from sampled runs of a fine grid: what one would do without it. */
function lineCases(): Case[] {
  return [10, 100].map((size) => {
    const rng = randomSource("line");
    const atoms = Array.from({ length: size }, () => [4 * rng()]);
    const data = atomicData({ atoms });
    const grid = logSnrSchedule(200, 12, -12);
    const predict = (x: Float64Array, sigma: number) => noisePrediction(data, x, sigma);
    return {
      group: "The exact law of DDIM on a line",
      title: `K = ${size}`,
      contenders: [
        { name: "exptilt, ddimLaw", run: () => ddimLaw(data, "data", 0).mass[0] },
        {
          name: "100 samples of 200 levels",
          // Where samples end has no one number to compare.
          run: () => Number.NaN * sampled(() => ddimSample(predict, grid, [4 * rng() - 2])[0]),
        },
      ],
    };
  });
}

function sampled(draw: () => number): number {
  let sum = 0;
  for (let i = 0; i < 100; i++) sum += draw();
  return sum;
}

function plainNoise(atoms: Float64Array, x: Float64Array, sigma: number, dimension: number): Float64Array {
  const alpha = Math.sqrt(1 - sigma * sigma);
  const size = atoms.length / dimension;
  const logit = new Float64Array(size);
  let top = -Infinity;
  for (let i = 0; i < size; i++) {
    let distance = 0;
    for (let k = 0; k < dimension; k++) distance += (x[k] - alpha * atoms[i * dimension + k]) ** 2;
    logit[i] = -distance / (2 * sigma * sigma);
    top = Math.max(top, logit[i]);
  }
  const mean = new Float64Array(dimension);
  let total = 0;
  for (let i = 0; i < size; i++) {
    const w = Math.exp(logit[i] - top);
    total += w;
    for (let k = 0; k < dimension; k++) mean[k] += w * atoms[i * dimension + k];
  }
  return mean.map((m, k) => (x[k] - (alpha * m) / total) / sigma);
}
