import { FINITE, requireNumber } from "../numeric/check.js";
import { exp, log, pow } from "../numeric/elementary.js";
import { isNormal } from "../numeric/float64.js";
import { escortLaw } from "./escort.js";
import { Law } from "./law.js";
import { computedMeasure, type Measure, requireMeasure, requirePair } from "./measure.js";
import { tiltLaw } from "./tilt.js";

/**
 * The elementwise power p^α of a measure's masses, as given, on its support: an answer of mass 0 keeps mass 0 for every
 * α ≥ 0, so that p⁰ is the counting measure of the support of p.
 *
 * $$p^{\alpha}(o) = p(o)^{\alpha}$$
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
 * power(measure(["a", "b"], [1e-200, 1]), 2).logMass // => [-921.034037197618, 0]
 * ```
 */
export function power<A>(p: Measure<A>, exponent: number): Measure<A> {
  const { support, law, mass, logMass } = requireMeasure("power", "p", p);
  const alpha = requireNumber("power", "exponent", exponent, FINITE);
  const [powered] = escortLaw("power", law, alpha, alpha - 1);
  // A product of 0 and a negative number is −0.
  const logPower = (i: number) => (law.supports(i) ? alpha * logMass[i] + 0 : -Infinity);
  const out = mass.map((m, i) => (isNormal(m) ? pow(m, alpha) : exp(logPower(i))));
  return computedMeasure(support, powered, out, () => out.map((_, i) => logPower(i)));
}

/**
 * The elementwise product p∘q of two measures' masses, as given.
 *
 * $$(p \circ q)(o) = p(o)\, q(o)$$
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
  const [a, b] = requirePair("product", ["p", p], ["q", q]);
  const [u, v] = [a.law, b.law];
  if (!u.weight.some((_, i) => u.supports(i) && v.supports(i))) {
    throw new RangeError("product: no answer has positive mass under both measures");
  }
  const logProduct = (i: number) => a.logMass[i] + b.logMass[i];
  const out = new Float64Array(a.mass.length);
  for (let i = 0; i < out.length; i++) {
    const m = a.mass[i] * b.mass[i];
    // A mass below the normal doubles may be a rounded one; a product below them is rounded here, once.
    out[i] = isNormal(a.mass[i]) && isNormal(b.mass[i]) ? m : exp(logProduct(i));
  }
  return computedMeasure(a.support, productLaw(u, v), out, () =>
    out.map((m, i) => (isNormal(m) ? log(m) : logProduct(i))),
  );
}

/** The law ∝ u·v: a tilt of v by log u where u came from logarithms, so that the rounding of its masses stays out. */
function productLaw(u: Law, v: Law): Law {
  if (v.fromLog && !u.fromLog) return productLaw(v, u);
  if (u.fromLog) return tiltLaw("product", v, u.logWeight, 1).law;
  const weight = u.weight.map((w, i) => w * v.weight[i]);
  const whole = weight.every((w, i) => isNormal(w) || !u.supports(i) || !v.supports(i));
  return whole ? Law.fromMass(weight) : Law.fromLogMass(u.logWeight.map((l, i) => l + v.logWeight[i]));
}
