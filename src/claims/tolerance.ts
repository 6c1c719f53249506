import { outOfRange, requireInteger } from "../numeric/check.js";
import { log } from "../numeric/elementary.js";
import { type CheckedInstance, type Instance, requireInstance } from "./checkedInstance.js";

/**
 * The relative gap that rounding alone may open between the two sides of a true claim: 1e−12 in float64 and
 * 10^(10 − digits) at higher precision, or more where exponents are large. An exponent of size x turns one rounding
 * into a relative error of x·2⁻⁵³, so 1e−12 is allowed up to sizes of 1,000 and grows in proportion from there. The
 * exponents are those of π* ∝ ref·e^{r/β}, of hp^{1/β} and of ref^{1+1/β}: of K answers, a law's logarithms are as large
 * as log K beside its range.
 *
 * $$10^{-12} \max\Bigl(1, \frac{x}{1000}\Bigr), \quad x = \bigl(1 + \tfrac1\beta\bigr) \Bigl( \max\Bigl( \max r - \min r, \log \frac{\max \mathrm{ref}}{\min \mathrm{ref}} \Bigr) + \log K \Bigr)$$
 *
 * @param instance the instance that the claim is checked on
 * @param digits significant decimal digits of the arithmetic, 20 to 1000; float64 when left out
 * @returns the tolerance; Infinity where exponents leave the range of doubles
 * @throws TypeError when the instance is no object, or its parts have the wrong type or length
 * @throws RangeError when a mass, a reward, β, L, |V| or the number of digits is out of range
 * @example
 * ```ts
 * import { gapTolerance } from "exptilt/claims";
 * const instance = { mass: [3, 1], reward: [0, 1], beta: 0.5, length: 2, vocabularySize: 2 };
 * gapTolerance(instance) // => 1e-12
 * gapTolerance(instance, 60) // => 1e-50
 * gapTolerance({ ...instance, beta: 1e-6 }) // => 1.791761260988e-9
 * gapTolerance({ ...instance, beta: 0 }) // throws RangeError
 * ```
 */
export function gapTolerance(instance: Instance, digits?: number): number {
  const caller = "gapTolerance";
  const checked = requireInstance(caller, instance);
  const places = digits === undefined ? undefined : requireInteger(caller, "digits", digits, 20);
  if (places !== undefined && places > 1000) throw outOfRange(caller, "digits", "be at most 1000", places);
  const base = places === undefined ? 1e-12 : Number(`1e${10 - places}`);
  return base * Math.max(1, exponentSize(checked) / 1000);
}

/** The largest exponent that an instance's laws hold: 1 + 1/β times what log hp or log ref of K answers may be. */
export function exponentSize({ logMass, reward, beta }: CheckedInstance): number {
  const range = Math.max(spread(reward), spread(logMass.filter(Number.isFinite)));
  return (1 + 1 / beta) * (range + log(reward.length));
}

function spread(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
}
