import type { Instance } from "./world.js";

/**
 * The relative gap that rounding alone may open between the two sides of a true claim: 1e−12 in float64 and
 * 10^(10 − digits) at higher precision, or more where exponents are large. An exponent r/β of size x turns one rounding
 * into a relative error of x·2⁻⁵³, so 1e−12 is allowed up to sizes of 1,000 and grows in proportion from there.
 *
 * $$10^{-12} \max\Bigl(1, \frac{x}{1000}\Bigr), \quad x = \max\Bigl( \frac{\max r - \min r}{\beta}, \bigl(1 + \tfrac1\beta\bigr) \log \frac{\max \mathrm{ref}}{\min \mathrm{ref}} \Bigr)$$
 *
 * @param instance the instance that the claim is checked on
 * @param digits significant decimal digits of the arithmetic; float64 when left out
 * @returns the tolerance
 * @example
 * ```ts
 * import { gapTolerance } from "exptilt";
 * const instance = { mass: [3, 1], reward: [0, 1], beta: 0.5, length: 2, vocabularySize: 2 };
 * gapTolerance(instance) // => 1e-12
 * gapTolerance(instance, 60) // => 1e-50
 * gapTolerance({ ...instance, beta: 1e-6 }) // => 1.09861338728e-9
 * ```
 */
export function gapTolerance(instance: Instance, digits?: number): number {
  const base = digits === undefined ? 1e-12 : 10 ** (10 - digits);
  return base * Math.max(1, exponentSize(instance) / 1000);
}

/** The largest exponent that an instance's laws hold: range(r)/β, or (1 + 1/β) times the spread of log ref. */
function exponentSize({ mass, logMass, reward, beta }: Instance): number {
  const logs = (logMass ?? (mass ?? []).map(Math.log)).filter(Number.isFinite);
  const spread = (x: readonly number[]) => x.reduce((a, b) => Math.max(a, b)) - x.reduce((a, b) => Math.min(a, b));
  return Math.max(spread(reward) / beta, (1 + 1 / beta) * spread(logs));
}
