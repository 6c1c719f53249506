import { exp, expm1, log, log1p } from "../numeric/elementary.js";
import { sum } from "../numeric/sum.js";
import type { Law } from "./law.js";

/** Below this e^x − 1 and log(1 + x) are x to the last digit. */
const NEGLIGIBLE = 2 ** -54;

/** log Σ P^order of a law, given the order and, to its own digits, the order minus 1; every order on a full support. */
export function logPowerSum(law: Law, order: number, excess: number): number {
  if (excess === 0) return 0;
  const x = powerSlope(law, order, excess) * excess;
  return nearOne(x) ? log1p(x) : logPowerSumFromTop(law, order);
}

/**
 * (log Σ P^order)/(order − 1), minus the Rényi entropy. Next to a point mass and next to order 1 the sum is 1 but for what
 * no double holds, while the quotient is of ordinary size.
 */
export function logPowerSumPerExcess(law: Law, order: number, excess: number): number {
  const slope = powerSlope(law, order, excess);
  const x = slope * excess;
  if (Math.abs(x) < NEGLIGIBLE) return slope;
  return (nearOne(x) ? log1p(x) : logPowerSumFromTop(law, order)) / excess;
}

/** Whether Σ P^order, given by what it exceeds 1 by, is to be had by log1p. */
const nearOne = (x: number): boolean => x > -0.5 && x < Infinity;

/** (Σ P^order − 1)/(order − 1) as Σ (P^order − P)/(order − 1): each term from the power that is nearer to 1. */
function powerSlope(law: Law, order: number, excess: number): number {
  const logP = law.logProbabilities();
  const terms = new Float64Array(logP.length);
  for (let i = 0; i < terms.length; i++) {
    const l = logP[i];
    if (l === -Infinity) continue;
    const p = law.probability(i);
    const x = excess * l;
    if (Math.abs(x) < NEGLIGIBLE) terms[i] = p * l;
    else if (Math.abs(x) < 0.5) terms[i] = p * (expm1(x) / excess);
    else terms[i] = (exp(order * l) - p) / excess;
  }
  return sum(terms).hi;
}

/** log Σ P^order from its largest term: far from 1 the order is none of 0 and, where answers are without mass, of those below. */
function logPowerSumFromTop(law: Law, order: number): number {
  const logP = law.logProbabilities();
  let top = -Infinity;
  for (const l of logP) if (order * l > top) top = order * l;
  return top + log(sum(logP.map((l) => exp(order * l - top))).hi);
}
