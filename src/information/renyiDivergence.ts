import type { Law } from "../measure/law.js";
import { type Measure, requirePair } from "../measure/measure.js";
import { NON_NEGATIVE_OR_INFINITE, requireNumber } from "../numeric/check.js";
import { log1p } from "../numeric/elementary.js";
import { logSumExp } from "../numeric/logSumExp.js";
import { rangeOf } from "../numeric/peak.js";
import { alphaDivergenceOf } from "./alphaDivergence.js";
import { klOf } from "./divergence.js";
import { eachLogRatio } from "./logRatio.js";

/** Nearer to 1 than this, Σ P^a Q^(1−a) is read from its distance to 1. */
const MAX_DISTANCE = 0.5;

/**
 * The Rényi divergence of order a, in nats, of the laws P, Q proportional to p, q.
 *
 * $$D_a(P \,\|\, Q) = \frac{1}{a - 1} \log \sum_o P(o)^a\, Q(o)^{1-a}$$
 *
 * Its limits are taken: order 1 is `klDivergence`, order 0 is −log Q(support of P), order ∞ the logarithm of the largest
 * P/Q. Order ½ is symmetric, −2 log Σ√(PQ). It does not fall as the order rises. +∞ where P has mass and Q has none, if
 * the order is 1 or more, and at any order for laws without a common answer. Near P = Q and near order 1 its digits are
 * kept: the sum's distance from 1 is a(a − 1) times the α-divergence of order a, a sum of terms of one sign. Rényi (1961);
 * van Erven and Harremoës (2014).
 *
 * @param p any measure, read as the law proportional to it
 * @param q a measure on the same answers in the same order
 * @param order the order a ≥ 0; Infinity allowed
 * @returns the divergence in nats, in [0, ∞]
 * @throws TypeError when an argument has the wrong type or the supports differ
 * @throws RangeError when the order is negative or NaN
 * @example
 * ```ts
 * import { measure, renyiDivergence } from "exptilt";
 * const support = ["a", "b"];
 * renyiDivergence(measure(support, [1, 1]), measure(support, [1, 3]), 2) // => 0.287682072452
 * renyiDivergence(measure(support, [1, 1]), measure(support, [1, 3]), Infinity) // => 0.693147180560
 * renyiDivergence(measure(support, [1, 0]), measure(support, [1, 3]), 0) // => 1.386294361120
 * ```
 */
export function renyiDivergence(p: Measure, q: Measure, order: number): number {
  const caller = "renyiDivergence";
  const [{ law: lawP }, { law: lawQ }] = requirePair(caller, ["p", p], ["q", q]);
  return renyiDivergenceOf(lawP, lawQ, requireNumber(caller, "order", order, NON_NEGATIVE_OR_INFINITE));
}

function renyiDivergenceOf(p: Law, q: Law, order: number): number {
  const excess = order - 1;
  if (excess === 0) return klOf(p, q);
  if (order === Infinity) return largestLogRatio(p, q);
  if (order === 0) return Math.max(0, -logMassWithin(p, q));
  const distance = order * excess * alphaDivergenceOf(order, p, q);
  if (Math.abs(distance) < MAX_DISTANCE) return Math.max(0, log1p(distance) / excess);
  const logs = new Float64Array(p.weight.length).fill(-Infinity);
  eachLogRatio(p, q, (i, l) => {
    const [inP, inQ] = [p.supports(i), q.supports(i)];
    if (inP && inQ) logs[i] = p.logProbability(i) + excess * l;
    else if (inP && excess > 0) logs[i] = Infinity;
  });
  return Math.max(0, logSumExp(logs) / excess);
}

/** The largest log P/Q. */
function largestLogRatio(p: Law, q: Law): number {
  const ratios = new Float64Array(p.weight.length).fill(-Infinity);
  eachLogRatio(p, q, (i, l) => {
    ratios[i] = l;
  });
  return Math.max(0, rangeOf(ratios).top);
}

/** log Q(support of P). */
function logMassWithin(p: Law, q: Law): number {
  let outside = 0;
  const inside = new Float64Array(p.weight.length).fill(-Infinity);
  for (let i = 0; i < inside.length; i++) {
    if (p.supports(i)) inside[i] = q.logProbability(i);
    else outside += q.probability(i);
  }
  return outside < MAX_DISTANCE ? log1p(-outside) : logSumExp(inside);
}
