import { expm1MinusX } from "../../numeric/deviance.js";
import { exp, expm1, log, log1p } from "../../numeric/elementary.js";
import { isNormal } from "../../numeric/float64.js";
import { floats } from "../../numeric/floats.js";
import { gridFor } from "../integral/trapezoid.js";
import { aroundLikeliest, type Weights } from "../integral/weights.js";
import { keptOf } from "./kept.js";

/** The first node stands so many nats before the integrand begins, which there grows as t². */
const LEAD_NATS = 20;

/** Past 45/w nothing is left of e^{−tw}. */
const GONE = 45;

/** Levels that lie lower would take nodes upon nodes. */
const MAX_RANGE_NATS = 200;

/** Past this, e^{−t} of the likeliest levels is nothing, and e^t may overflow. */
const FAR = 700;

/**
 * P/π* − 1 of soft best-of-N for the likeliest level of the limit and those whose weights are within a factor e of its own:
 * with φ = E_ref[e^{−tw}] and f the probability of forbidden draws,
 *
 *     (P/π* − 1)(1 − f^N) = N ∫ Σ_j ref(j) w_j (e^{−tw} − e^{−tw_j}) φ^{N−1} dt.
 *
 * Of these levels, with mean weight m and y = w − m, it is the sum of ref(j) e^{−mt} [m (e^{−ty} − 1) + ε′ − mε], where
 * ε = E[e^{−ty}] − 1 ≥ 0 is of second order. So the gaps have their digits also where they are far smaller than what draws
 * that are forbidden, or count next to nothing, add to and take from them.
 *
 * @returns the gaps by level; none where masses are lifted, or levels lie too far below
 */
export function gapsAroundPeak(weights: Weights, n: number): Map<number, number> {
  const { mass, lift, levels } = weights;
  const out = new Map<number, number>();
  const { peak, apart } = aroundLikeliest(weights);
  if (lift > 0 || !isNormal(mass[peak])) return out;
  // All weights are relative to the likeliest level's.
  const w = apart.map(exp);
  if (w.includes(Infinity) || apart[apart.length - 1] < -MAX_RANGE_NATS) return out;
  const isNear = (i: number) => Math.abs(apart[i]) <= 1;
  const heard = [...mass.keys()].filter((i) => isNormal(mass[i]));
  const near = heard.filter(isNear);
  const others = heard.filter((i) => !isNear(i));
  const P = near.reduce((s, i) => s + mass[i], 0);
  const meanLess1 = near.reduce((s, i) => s + (mass[i] / P) * expm1(apart[i]), 0);
  const m = 1 + meanLess1;
  const y = apart.map((l) => expm1(l) - meanLess1);
  const C = others.reduce((s, i) => s + mass[i] * w[i], 0);
  const { step } = gridFor(Number.isInteger(n) || n > 64);
  const end = log(GONE / w[heard[heard.length - 1]]);
  const sums = floats(near.length);
  for (let u = -log1p(n * (P * m + C)) - LEAD_NATS; u < end; u += step) {
    const t = exp(u);
    const e = t < FAR / m ? exp(-m * t) : 0;
    // e^{−tw} − 1, or e^{−tw} where it is small: the difference of two is the same.
    const fall = t < 1 ? expm1 : exp;
    let [lost, left, over, slope, rest] = [0, weights.forbidden, 0, 0, 0];
    for (const i of heard) {
      const d = expm1(-t * w[i]);
      lost += mass[i] * d;
      left += mass[i] * (1 + d);
    }
    for (const i of others) rest += mass[i] * w[i] * fall(-t * w[i]);
    if (e > 0) {
      for (const i of near) {
        over += (mass[i] / P) * expm1MinusX(-t * y[i]);
        slope -= (mass[i] / P) * y[i] * expm1(-t * y[i]);
      }
    }
    const kernel = t * exp((n - 1) * (lost > -0.5 ? log1p(lost) : log(left)));
    if (kernel === 0) break;
    const common = P * e * (slope - m * over) - rest;
    for (const [c, i] of near.entries())
      sums[c] += kernel * ((e === 0 ? 0 : P * e * m * expm1(-t * y[i])) + C * fall(-t * w[i]) + common);
  }
  const { kept } = keptOf(levels, n);
  for (const [c, i] of near.entries()) out.set(i, (n * step * sums[c]) / kept);
  return out;
}
