import { measure, type Regularizer, regularizedOptimum, rlhfOptimum } from "exptilt";
import type { Case } from "../harness.js";
import { count, instance } from "../instance.js";

const BETA = 0.1;
const SIZES = [10, 1000, 1_000_000];

export const DIVERGENCES = "Optimum under another divergence than KL";
export const HALF_CHI_SQUARED = "α = 2, ½χ²";
/** The other contenders: all but the first, which is RLHF's own. */
export const OTHERS: Readonly<Record<string, Regularizer>> = {
  "α = 0, the forward KL": { alpha: 0 },
  "α = ½, Hellinger": { alpha: 0.5 },
  "α = 3/2": { alpha: 1.5 },
  "α = 3": { alpha: 3 },
  "Jensen–Shannon": "jensenShannon",
  "KL + ½χ²": "klPlusChiSquared",
};

export function* objectiveCases(): Generator<Case> {
  for (const size of SIZES) yield divergenceCase(size);
  for (const size of SIZES) yield plainCase(size);
  for (const size of SIZES) yield forwardCase(size);
}

/** All beside the tilt: the work differs, and the numbers do. */
function divergenceCase(size: number): Case {
  const { support, mass, reward } = instance(size);
  const problem = { ref: measure(support, mass), reward, beta: BETA };
  const under = (regularizer: Regularizer) => () => {
    regularizedOptimum(problem, regularizer);
    return Number.NaN;
  };
  return {
    group: DIVERGENCES,
    title: `K = ${count(size)}`,
    rounds: size > 1e5 ? 11 : 21,
    contenders: [
      {
        name: "KL, rlhfOptimum",
        run: () => {
          rlhfOptimum(problem);
          return Number.NaN;
        },
      },
      { name: HALF_CHI_SQUARED, run: under({ alpha: 2 }) },
      ...Object.entries(OTHERS).map(([name, regularizer]) => ({ name, run: under(regularizer) })),
    ],
  };
}

/** What one would write otherwise: sparsemax by sorting, and the forward KL by bisection. */
function plainCase(size: number): Case {
  const { support, mass, reward } = instance(size);
  const problem = { ref: measure(support, mass), reward, beta: BETA };
  return {
    group: "½χ² by sorting, as sparsemax is",
    title: `K = ${count(size)}`,
    rounds: size > 1e5 ? 5 : 21,
    contenders: [
      {
        name: "exptilt, regularizedOptimum(…).mass",
        run: () => Math.max(...firstOf(regularizedOptimum(problem, { alpha: 2 }).mass)),
      },
      { name: "plain loop over sorted answers", run: () => Math.max(...firstOf(sorted(mass, reward, BETA))) },
    ],
  };
}

function forwardCase(size: number): Case {
  const { support, mass, reward } = instance(size);
  const problem = { ref: measure(support, mass), reward, beta: BETA };
  return {
    group: "The forward KL by bisection",
    title: `K = ${count(size)}`,
    rounds: size > 1e5 ? 5 : 21,
    contenders: [
      {
        name: "exptilt, regularizedOptimum(…).mass",
        run: () => Math.max(...firstOf(regularizedOptimum(problem, { alpha: 0 }).mass)),
      },
      { name: "plain loop", run: () => Math.max(...firstOf(bisected(mass, reward, BETA))) },
    ],
  };
}

/** ref·β/(ν − r), the ν above every reward found for which that sums to 1. */
function bisected(mass: Float64Array, reward: Float64Array, beta: number): Float64Array {
  let total = 0;
  let top = -Infinity;
  for (let i = 0; i < mass.length; i++) {
    total += mass[i];
    if (reward[i] > top) top = reward[i];
  }
  let [low, high] = [0, beta];
  for (let round = 0; round < 60; round++) {
    const above = (low + high) / 2;
    let sum = 0;
    for (let i = 0; i < mass.length; i++) sum += mass[i] / (above + (top - reward[i]));
    if ((sum * beta) / total > 1) low = above;
    else high = above;
  }
  return mass.map((m, i) => ((m / total) * beta) / (high + (top - reward[i])));
}

/** A hundred entries. */
const firstOf = (masses: Float64Array) => masses.subarray(0, 100);

function sorted(mass: Float64Array, reward: Float64Array, beta: number): Float64Array {
  const order = Array.from(mass.keys()).sort((i, j) => reward[j] - reward[i]);
  const total = mass.reduce((a, b) => a + b, 0);
  let [kept, moved, nu] = [0, 0, 0];
  for (const i of order) {
    if (kept > 0 && reward[i] - nu <= -beta) break;
    kept += mass[i] / total;
    moved += (mass[i] / total) * reward[i];
    nu = (moved - beta * (1 - kept)) / kept;
  }
  return mass.map((m, i) => (m / total) * Math.max(0, 1 + (reward[i] - nu) / beta));
}
