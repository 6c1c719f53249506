import { exp, expm1, log, log1p, pow } from "./elementary.js";

/**
 * (1 − (1 − q)^n)/q for q and `rest` = 1 − q in [0, 1], from whichever is small; for whole n ≥ 0 it is Σ_{i<n} (1 − q)^i. n is
 * below 2¹⁰⁰.
 */
export function geometricSum(q: number, rest: number, n: number): number {
  if (q < 1e-290 || n === 0) return n;
  return -expm1(n * (q < 0.5 ? log1p(-q) : log(rest))) / q;
}

/** (1 − q)^n for q and `rest` = 1 − q in [0, 1], from whichever is small. */
export function powerOfRest(q: number, rest: number, n: number): number {
  return q < 0.5 ? exp(n * log1p(-q)) : pow(rest, n);
}

/** Below this, log(1 − x) is −x and 1 − e^{−x} is x. */
const LOG_NEGLIGIBLE = -40;

/** n·log(1 − x) for n > 0, given log x and log(1 − x), from whichever has the digits. */
export function logPowerOfRest(logX: number, logRest: number, n: number): number {
  if (logX < LOG_NEGLIGIBLE) return -exp(log(n) + logX);
  return n * (logX < -Math.LN2 ? log1p(-exp(logX)) : logRest);
}

/** log((1 − (1 − q)^n)/q) for n > 0, given log q and log(1 − q). */
export function logGeometricSum(logQ: number, logRest: number, n: number): number {
  if (log(n) + logQ < LOG_NEGLIGIBLE && logQ < LOG_NEGLIGIBLE) return log(n);
  return log(-expm1(logPowerOfRest(logQ, logRest, n))) - logQ;
}
