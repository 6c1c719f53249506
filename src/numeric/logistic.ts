import { exp, log1p } from "./elementary.js";
/** The logistic function σ(x) = 1/(1 + e^{−x}), accurate in both tails: σ(−40) is not 1 − σ(40). */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}

/** log σ(x) = −log(1 + e^{−x}), accurate in both tails. */
export function logLogistic(x: number): number {
  return x >= 0 ? 0 - log1p(exp(-x)) : x - log1p(exp(x));
}
