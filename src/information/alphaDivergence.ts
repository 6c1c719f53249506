import type { Law } from "../measure/law.js";
import { expm1MinusX } from "../numeric/deviance.js";
import { exp, expm1, log } from "../numeric/elementary.js";
import { klOf } from "./divergence.js";
import { sumOverLogRatios } from "./logRatio.js";

/** Below this l the two terms of f_α(e^l) are of second order, and neither cancels much of the other. */
const SMALL_LOG_RATIO_NATS = 1;

/** e^x of a larger x may overflow, though a small factor times it does not. */
const MAX_EXPONENT_NATS = 700;

/**
 * b·f_α(a/b) ≥ 0, given l = log(a/b), of the generator f_α(t) = (t^α − αt + α − 1)/(α(α − 1)) with its limits
 * f_1 = t log t − t + 1 and f_0 = −log t + t − 1. It is exact at a = b, and there of second order in l with all its digits.
 *
 * With c = α − 1 and m(x) = e^x − 1 − x it is a·(m(−l) + m(cl)/c)/α near l = 0, and a·((e^{cl} − 1)/c − 1 + e^{−l})/α
 * elsewhere. Below α = ½ the sides change places, since b·f_α(a/b) = a·f_{1−α}(b/a).
 */
export function alphaTerm(alpha: number, l: number, a: number, b: number): number {
  if (alpha < 0.5) return alphaTermFromHalf(1 - alpha, -l, b, a);
  return alphaTermFromHalf(alpha, l, a, b);
}

function alphaTermFromHalf(alpha: number, l: number, a: number, b: number): number {
  const c = alpha - 1;
  if (a === 0) return b / alpha;
  if (Math.abs(l) < SMALL_LOG_RATIO_NATS) {
    const bent = c === 0 ? 0 : expm1MinusX(c * l) / c;
    return (a * (expm1MinusX(-l) + bent)) / alpha;
  }
  if (c === 0) return a * (l - 1) + b;
  const grown = c * l < MAX_EXPONENT_NATS ? a * expm1(c * l) : exp(c * l + log(a)) - a;
  return (grown / c - a + b) / alpha;
}

/** D_α(P‖Q) = Σ Q·f_α(P/Q). */
export function alphaDivergenceOf(alpha: number, p: Law, q: Law): number {
  if (alpha === 1) return klOf(p, q);
  if (alpha === 0) return klOf(q, p);
  return sumOverLogRatios(p, q, (l, a, b) => alphaTerm(alpha, l, a, b));
}
