import { exp, expm1, log, log1p } from "../numeric/elementary.js";
import { sum } from "../numeric/sum.js";
import type { Law } from "./law.js";

/** log Σ P^order of a law, given the order and, to its own digits, the order minus 1; every order on a full support. */
export function logPowerSum(law: Law, order: number, excess: number): number {
  const logP = law.logProbabilities();
  const terms = new Float64Array(logP.length);
  // Σ (P^order − P), which is Σ P^order − 1: each term from the power that is nearer to 1.
  for (let i = 0; i < terms.length; i++) {
    const l = logP[i];
    if (l === -Infinity) continue;
    const p = law.probability(i);
    terms[i] = Math.abs(excess * l) < 0.5 ? p * expm1(excess * l) : exp(order * l) - p;
  }
  const { hi, lo } = sum(terms);
  if (hi > -0.5 && hi < Infinity) return log1p(hi + lo);
  // Far from 1 the order is none of 0 and, where answers are without mass, of those below.
  let top = -Infinity;
  for (const l of logP) if (order * l > top) top = order * l;
  for (let i = 0; i < terms.length; i++) terms[i] = exp(order * logP[i] - top);
  return top + log(sum(terms).hi);
}
