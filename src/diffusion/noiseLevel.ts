import { BETWEEN_ZERO_AND_ONE, requireNumber } from "../numeric/check.js";
import { type DoubleDouble, twoProduct, twoSum } from "../numeric/doubleDouble.js";

/** σ, and α = √(1 − σ²) in double-double. */
export interface NoiseLevel {
  readonly sigma: number;
  readonly alpha: DoubleDouble;
}

/** A noise level: σ strictly between 0 and 1. */
export function requireSigma(caller: string, argument: string, sigma: unknown): NoiseLevel {
  const x = requireNumber(caller, argument, sigma, BETWEEN_ZERO_AND_ONE);
  const square = twoProduct(x, x);
  const rest = twoSum(1, -square.hi);
  const root = Math.sqrt(rest.hi);
  const p = twoProduct(root, root);
  return { sigma: x, alpha: twoSum(root, (rest.hi - p.hi - p.lo + rest.lo - square.lo) / (2 * root)) };
}
