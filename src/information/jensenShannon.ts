import type { Law } from "../measure/law.js";
import { type Measure, requirePair } from "../measure/measure.js";
import { deviance } from "../numeric/deviance.js";
import { expm1 } from "../numeric/elementary.js";
import { sum } from "../numeric/sum.js";
import { eachPair, liftedProbability, logRatiosOfTilts, MAX_LOG_RATIO_NATS, UPSCALE } from "./divergence.js";

/**
 * The Jensen–Shannon divergence ½ KL(P‖M) + ½ KL(Q‖M), in nats, of the laws P, Q proportional to p, q, with their even
 * mixture M = (P + Q)/2.
 *
 * $$\mathrm{JS}(P, Q) = \tfrac12 \mathrm{KL}\Bigl(P \,\Big\|\, \frac{P + Q}{2}\Bigr)
 *   + \tfrac12 \mathrm{KL}\Bigl(Q \,\Big\|\, \frac{P + Q}{2}\Bigr)$$
 *
 * Symmetric, 0 for equal laws, log 2 for laws without a common answer, finite for all; its root is a metric. It is the
 * sum of each answer's two deviances, none of them negative, which keep their digits near P = Q. Lin (1991).
 *
 * @param p any measure, read as the law proportional to it
 * @param q a measure on the same answers in the same order
 * @returns the divergence in nats, in [0, log 2]
 * @throws TypeError when an argument is not a measure or the supports differ
 * @example
 * ```ts
 * import { jensenShannonDivergence, measure } from "exptilt";
 * const support = ["a", "b"];
 * jensenShannonDivergence(measure(support, [1, 1]), measure(support, [1, 3])) // => 0.033822075568605
 * jensenShannonDivergence(measure(support, [1, 0]), measure(support, [0, 1])) // => 0.693147180559945
 * ```
 */
export function jensenShannonDivergence(p: Measure, q: Measure): number {
  const [{ law: lawP }, { law: lawQ }] = requirePair("jensenShannonDivergence", ["p", p], ["q", q]);
  return jensenShannonOf(lawP, lawQ);
}

/** JS of two laws on one support. */
export function jensenShannonOf(p: Law, q: Law): number {
  const tilts = logRatiosOfTilts(p, q) ?? logRatiosOfTilts(q, p)?.map((l) => -l);
  const terms = new Float64Array(p.weight.length);
  /** The deviances of a and b, the probabilities times UPSCALE, from their mean, given n = b − a. */
  const set = (i: number, a: number, b: number, n: number): void => {
    const l = tilts?.[i] ?? Infinity;
    const half = (Math.abs(l) < MAX_LOG_RATIO_NATS ? -b * expm1(l) : n) / 2;
    const mean = (a + b) / 2;
    terms[i] = mean > 0 ? (deviance(a, mean, half) + deviance(b, mean, -half)) / 2 : 0;
  };
  eachPair(
    p,
    q,
    (i, a, b, n, scale) => set(i, a / scale, b / scale, n / scale),
    (i, logP, logQ) => {
      const [a, b] = [liftedProbability(p, i, logP), liftedProbability(q, i, logQ)];
      set(i, a, b, b - a);
    },
  );
  return Math.min(Math.LN2, sum(terms).hi / UPSCALE);
}
