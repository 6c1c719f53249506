import type { Law } from "../measure/law.js";
import { logRatio } from "../numeric/deviance.js";
import { log1p } from "../numeric/elementary.js";
import { sum } from "../numeric/sum.js";
import { eachPair, liftedProbability, logRatiosOfTilts, MAX_LOG_RATIO_NATS, UPSCALE } from "./divergence.js";

/** What masses are lifted by. */
const UNITS = [UPSCALE, 2 ** 250, 1];

/**
 * Visits the answers of two laws on which P or Q has mass, with l = log P/Q, and P and Q times 2^500, so that no small one
 * underflows. l has its own digits where it is near 0, and is −∞ or ∞ where P or Q is 0. An answer whose mass only a
 * logarithm holds is visited twice, and the second time counts.
 */
export function eachLogRatio(p: Law, q: Law, visit: (i: number, l: number, a: number, b: number) => void): void {
  const tilts = logRatiosOfTilts(p, q);
  const set = (i: number, l: number, a: number, b: number): void => {
    const near = tilts !== undefined && Math.abs(tilts[i]) < MAX_LOG_RATIO_NATS;
    visit(i, near ? tilts[i] : l, a, b);
  };
  eachPair(
    p,
    q,
    (i, a, b, n, scale) => {
      if (a === 0 && b === 0) return;
      const l = Math.abs(n) < a / 2 ? -log1p(n / a) : logRatio(a, b);
      set(i, l, a / scale, b / scale);
    },
    (i, logP, logQ) => {
      if (!p.supports(i) && !q.supports(i)) return;
      set(i, logP - logQ, liftedProbability(p, i, logP), liftedProbability(q, i, logQ));
    },
  );
}

/** Σ f(l, P, Q) over these answers, for an f that is homogeneous in P and Q, which are given in some unit. */
export function sumOverLogRatios(
  p: Law,
  q: Law,
  f: (l: number, a: number, b: number, i: number, unit: number) => number,
): number {
  const terms = new Float64Array(p.weight.length);
  eachLogRatio(p, q, (i, l, a, b) => {
    // A lifted term may overflow, and the smallest mass of a term far above 1 be no double without a lift.
    for (const unit of UNITS) {
      const [p, q] = [a * (unit / UPSCALE), b * (unit / UPSCALE)];
      if ((a > 0 && p === 0) || (b > 0 && q === 0)) break;
      terms[i] = f(l, p, q, i, unit) / unit;
      if (terms[i] < Infinity) break;
    }
  });
  const { hi } = sum(terms);
  return Number.isNaN(hi) ? Infinity : hi;
}
