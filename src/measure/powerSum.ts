import { exp, expm1, log, log1p } from "../numeric/elementary.js";
import { sum } from "../numeric/sum.js";
import type { Law } from "./law.js";

/** Below this size e^x − 1 and log(1 + x) are x to the last digit. */
const MAX_LINEAR = 2 ** -54;

/** log Σ P^order of a law. `excess` is the order minus 1, which has digits that the order rounds away. */
export function logPowerSum(law: Law, order: number, excess: number): number {
  if (excess === 0) return 0;
  const x = powerSlope(law, order, excess) * excess;
  return nearOne(x) ? log1p(x) : logPowerSumFromTop(law, order);
}

/**
 * (log Σ P^order)/(order − 1), minus the Rényi entropy. Near a point mass and near order 1 the sum rounds to 1, while the
 * quotient is of ordinary size.
 */
export function logPowerSumPerExcess(law: Law, order: number, excess: number): number {
  const slope = powerSlope(law, order, excess);
  const x = slope * excess;
  if (Math.abs(x) < MAX_LINEAR) return slope;
  return (nearOne(x) ? log1p(x) : logPowerSumFromTop(law, order)) / excess;
}

/** Whether log Σ P^order comes from log1p of x = Σ P^order − 1. */
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
    if (Math.abs(x) < MAX_LINEAR) terms[i] = p * l;
    else if (Math.abs(x) < 0.5) terms[i] = p * (expm1(x) / excess);
    else terms[i] = (exp(order * l) - p) / excess;
  }
  return sum(terms).hi;
}

/** log Σ P^order from its largest term. */
function logPowerSumFromTop(law: Law, order: number): number {
  const logP = law.logProbabilities();
  let top = -Infinity;
  for (const l of logP) if (order * l > top) top = order * l;
  return top + log(sum(logP.map((l) => exp(order * l - top))).hi);
}
