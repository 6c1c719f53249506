import { exp, expm1, log, log1p } from "../numeric/elementary.js";
import { logSoftmax } from "../numeric/logSumExp.js";
import { sum } from "../numeric/sum.js";

/** A generalized Pareto law of exceedances: P(X > x) = (1 + kx/σ)^{−1/k}. */
export interface GeneralizedPareto {
  /** The shape k: moments of order below 1/k exist; negative for a bounded tail. */
  readonly shape: number;
  /** The scale σ. */
  readonly scale: number;
}

/** mean log(1 − θx): the shape that goes with θ = −k/σ. */
function shapeAt(theta: number, x: Float64Array): number {
  return sum(x.map((v) => log1p(-theta * v))).hi / x.length;
}

/**
 * The generalized Pareto law fitted to positive exceedances in increasing order, by Zhang and Stephens' posterior mean
 * of θ = −k/σ under their data-driven prior (Technometrics 51, 2009): θ is averaged over a grid of quantiles of the prior,
 * each weighted by its profile likelihood, and k is the profile's at the average.
 */
export function fitGeneralizedPareto(x: Float64Array): GeneralizedPareto {
  const n = x.length;
  const size = 30 + Math.floor(Math.sqrt(n));
  const quartile = x[Math.floor(n / 4 + 0.5) - 1];
  const grid = new Float64Array(size);
  for (let j = 0; j < size; j++) grid[j] = 1 / x[n - 1] + (1 - Math.sqrt(size / (j + 0.5))) / (3 * quartile);
  const likelihood = grid.map((theta) => {
    const k = shapeAt(theta, x);
    // At θ = 0 the law is exponential: −θ/k tends to 1/mean.
    return n * ((theta === 0 ? -log(sum(x).hi / n) : log(-theta / k)) - k - 1);
  });
  const posterior = logSoftmax(likelihood).map(exp);
  const theta = sum(grid.map((t, j) => t * posterior[j])).hi;
  const shape = shapeAt(theta, x);
  return { shape, scale: theta === 0 ? sum(x).hi / n : -shape / theta };
}

/** The quantile of a generalized Pareto law: σ((1 − p)^{−k} − 1)/k. */
export function paretoQuantile({ shape, scale }: GeneralizedPareto, p: number): number {
  const e = -log1p(-p);
  return shape === 0 ? scale * e : (scale * expm1(shape * e)) / shape;
}
