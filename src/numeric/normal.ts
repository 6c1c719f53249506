import { twoProduct } from "./doubleDouble.js";
import { exp } from "./elementary.js";

const DENSITY_AT_ZERO = 1 / Math.sqrt(2 * Math.PI);

/**
 * P(Z > x) for Z ~ N(0, 1) and x ≥ 0, to a few units in the last place: near 0, ½ minus the series of the integral from
 * 0; in the tail, a continued fraction.
 */
function upperTail(x: number): number {
  // The probability underflows, and x² may be infinite.
  if (x > 39) return 0;
  // The rounding error of a large x² shows in its exponential.
  const square = twoProduct(x, x);
  const density = DENSITY_AT_ZERO * exp(-square.hi / 2) * (1 - square.lo / 2);
  if (x < 1.75) {
    // Φ(x) − ½ = φ(x)(x + x³/3 + x⁵/15 + …), all terms positive.
    let term = x;
    let sum = x;
    for (let k = 3; term > 1e-18 * sum; k += 2) {
      term *= (x * x) / k;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  // φ(x)/(x + 1/(x + 2/(x + 3/(x + …)))), from the bottom up: deep enough for the smallest x that comes here.
  let tail = x;
  for (let k = Math.ceil(30 + 400 / (x * x)); k >= 1; k--) tail = x + k / tail;
  return density / tail;
}

/** P(a < Z ≤ b), from whichever tails are the smaller, so that nothing cancels far out. */
export function normalInterval(a: number, b: number): number {
  if (a >= 0) return upperTail(a) - upperTail(b);
  if (b <= 0) return upperTail(-b) - upperTail(-a);
  return 1 - upperTail(-a) - upperTail(b);
}
