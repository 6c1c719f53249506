import { exp, expm1, log, log1p } from "../../numeric/elementary.js";
import { logSoftmax } from "../../numeric/logSumExp.js";
import { sum } from "../../numeric/sum.js";

/** A generalized Pareto law of exceedances: P(X > x) = (1 + kx/σ)^{−1/k}. */
export interface GeneralizedPareto {
  /** The shape k: moments of order below 1/k exist; negative for a bounded tail. */
  readonly shape: number;
  /** The logarithm of the scale σ. */
  readonly logScale: number;
}

const mean = (x: Float64Array): number => sum(x).hi / x.length;

/** The law of largest likelihood at a given θ = −k/σ. */
interface Profile {
  /** The shape k: the mean of log(1 − θx) over the exceedances. */
  readonly shape: number;
  /** log(−θ/k) = −log σ, with the largest exceedance for unit. */
  readonly logRate: number;
}

/** The profile at θ = 1 − e^z, in units of the largest exceedance; `logX` are the exceedances in these units. */
function profileAt(z: number, logX: Float64Array): Profile {
  if (z > 0) {
    // log(e^z − 1): θ < 0, and log(1 − θx) is log(1 + e^{a + log x}).
    const a = z + log(-expm1(-z));
    const shape = mean(logX.map((l) => softplus(a + l)));
    return { shape, logRate: a - log(shape) };
  }
  const theta = -expm1(z);
  const x = logX.map(exp);
  // At θ = 0 the law is exponential: −θ/k tends to 1/mean.
  if (theta === 0) return { shape: 0, logRate: -log(mean(x)) };
  const shape = mean(x.map((v) => log1p(-theta * v)));
  return { shape, logRate: log(theta) - log(-shape) };
}

/** log(1 + e^x). */
const softplus = (x: number): number => (x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)));

/**
 * The generalized Pareto law fitted to exceedances, given by their logarithms in increasing order, by Zhang and Stephens'
 * posterior mean of θ = −k/σ under their data-driven prior (Technometrics 51, 2009). θ is averaged over a grid of quantiles
 * of the prior, each weighted by its profile likelihood; k is that of the profile at the average. The grid reaches from below
 * the inverse of the largest exceedance to the inverse of their lower quartile, which may be thousands of nats away. So
 * 1 − θ, with the largest exceedance for unit, is kept as a logarithm.
 */
export function fitGeneralizedPareto(logExceedance: Float64Array): GeneralizedPareto {
  const n = logExceedance.length;
  const size = 30 + Math.floor(Math.sqrt(n));
  const largest = logExceedance[n - 1];
  const logX = logExceedance.map((l) => l - largest);
  const quartile = logX[Math.floor(n / 4 + 0.5) - 1];
  // 1 − θ = c/quartile.
  const c = Float64Array.from({ length: size }, (_, j) => (Math.sqrt(size / (j + 0.5)) - 1) / 3);
  const likelihood = c.map((v) => {
    const { shape, logRate } = profileAt(log(v) - quartile, logX);
    return n * (logRate - shape - 1);
  });
  const posterior = logSoftmax(likelihood).map(exp);
  const average = sum(c.map((v, j) => v * posterior[j])).hi;
  const { shape, logRate } = profileAt(log(average) - quartile, logX);
  return { shape, logScale: largest - logRate };
}

/** The logarithm of a quantile of a generalized Pareto law, log(σ((1 − p)^{−k} − 1)/k). */
export function logParetoQuantile({ shape, logScale }: GeneralizedPareto, p: number): number {
  const e = -log1p(-p);
  const z = shape * e;
  if (z === 0) return logScale + log(e);
  // (e^z − 1)/k = e^z (1 − e^{−z})/k, where e^z may overflow.
  return logScale + (z > 0 ? z + log(-expm1(-z) / shape) : log(expm1(z) / shape));
}
