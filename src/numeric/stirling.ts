import { log } from "./elementary.js";

/** The error for n < 16, where the series has not converged. */
const small: Float64Array = new Float64Array(16);

/** Coefficients of Stirling's series in 1/n. */
const SERIES = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];

/**
 * The error of Stirling's formula, log n! − (½ log 2πn + n log n − n), of a whole number n ≥ 1. By it a binomial or
 * Poisson probability has all its digits (Loader 2000).
 */
export function stirlingError(n: number): number {
  if (n < small.length) return small[n];
  let s = 0;
  for (let k = SERIES.length - 1; k >= 0; k--) s = s / (n * n) + SERIES[k];
  return s / n;
}

// From large n down: the error at n is that at n + 1, and (n + ½) log(1 + 1/n) − 1 more.
for (let n = small.length - 1, next = stirlingError(small.length); n >= 1; n--) {
  next += excess(n);
  small[n] = next;
}

/** (n + ½) log(1 + 1/n) − 1 = v²/3 + v⁴/5 + …, v = 1/(2n + 1). */
function excess(n: number): number {
  const v = 1 / (2 * n + 1);
  let s = 0;
  for (let k = 41; k >= 3; k -= 2) s = s * v * v + 1 / k;
  return s * v * v;
}

/** log(2π). */
export const LOG_TWO_PI: number = log(2 * Math.PI);

/** log n! */
export const logFactorial = (n: number): number =>
  n === 0 ? 0 : (LOG_TWO_PI + log(n)) / 2 + n * (log(n) - 1) + stirlingError(n);
