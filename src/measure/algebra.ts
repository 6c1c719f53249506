import { requireFinite } from "../numeric/check.js";
import { isNormal } from "../numeric/float64.js";
import { computedMeasure, type Measure } from "./measure.js";
import { requireSameSupport } from "./support.js";

/**
 * The elementwise power p^α of a measure's masses, as given, on its support: an answer of mass 0 keeps mass 0 for every
 * α ≥ 0, so that p⁰ is the counting measure of the support of p.
 *
 * The notation aᵅ of equation (9). Powers that leave the range of a double are held by `logMass`.
 *
 * @param p a measure, read as given (not as a law)
 * @param exponent the power α, finite; negative only where every mass is positive
 * @returns the measure of masses p(o)^α
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when α is not finite, or is negative though p has an answer of mass 0
 * @example
 * ```ts
 * import { measure, power } from "exptilt";
 * power(measure(["a", "b"], [4, 9]), 0.5).mass // => [2, 3]
 * power(measure(["a", "b"], [1e-200, 1]), 2).logMass // => [-921.03403719761827, 0]
 * ```
 */
export function power<A>(p: Measure<A>, exponent: number): Measure<A> {
  requireFinite("power", "exponent", exponent);
  const { mass, logMass } = p;
  const out = new Float64Array(mass.length);
  let ordinary = true;
  for (let i = 0; i < out.length; i++) {
    if (logMass[i] === -Infinity) {
      if (exponent < 0) throw new RangeError(`power: exponent ${exponent} is negative, but mass[${i}] is 0`);
      continue;
    }
    out[i] = isNormal(mass[i]) ? mass[i] ** exponent : Math.exp(exponent * logMass[i]);
    ordinary &&= isNormal(out[i]);
  }
  return computedMeasure("power", p.support, out, ordinary, () =>
    logMass.map((l) => (l === -Infinity ? l : exponent * l)),
  );
}

/**
 * The elementwise product p∘q of two measures' masses, as given.
 *
 * @param p a measure, read as given
 * @param q a measure on the same answers in the same order
 * @returns the measure of masses p(o)·q(o)
 * @throws TypeError when the supports differ
 * @throws RangeError when no answer has positive mass under both
 * @example
 * ```ts
 * import { measure, product } from "exptilt";
 * const support = ["a", "b"];
 * product(measure(support, [1, 2]), measure(support, [3, 4])).mass // => [3, 8]
 * ```
 */
export function product<A>(p: Measure<A>, q: Measure<A>): Measure<A> {
  requireSameSupport("product", p.support, q.support);
  const out = new Float64Array(p.mass.length);
  let ordinary = true;
  for (let i = 0; i < out.length; i++) {
    const [a, b] = [p.mass[i], q.mass[i]];
    // Only the logarithms tell an underflowed factor from a true zero.
    if ((a === 0 && p.logMass[i] === -Infinity) || (b === 0 && q.logMass[i] === -Infinity)) continue;
    out[i] = a > 0 && b > 0 && a * b > 0 && a * b < Infinity ? a * b : Math.exp(p.logMass[i] + q.logMass[i]);
    ordinary &&= isNormal(a) && isNormal(b) && isNormal(out[i]);
  }
  return computedMeasure("product", p.support, out, ordinary, () => p.logMass.map((l, i) => l + q.logMass[i]));
}
