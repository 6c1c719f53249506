import { FINITE, requireNumber } from "../numeric/check.js";
import { logRatio, logRatioNearOne } from "../numeric/deviance.js";
import { exp, log1p } from "../numeric/elementary.js";
import { expNormal, logNormal } from "../numeric/expLog.js";
import { isNormal } from "../numeric/float64.js";
import { Law } from "./law.js";
import { type Distribution, distributionOf, type Measure, requireMeasure } from "./measure.js";
import { logPowerSum } from "./powerSum.js";

/**
 * The escort distribution p(o) ∝ ref(o)^a: a law sharpened (a > 1), flattened (a < 1) or made uniform on its support
 * (a = 0). Equations (10) and (17) of Jiao, Chen and Li (2025).
 *
 * $$p(o) = \frac{\mathrm{ref}(o)^{a}}{\sum_{o'} \mathrm{ref}(o')^{a}}$$
 *
 * Ratios of masses are taken before the power, through log1p where they are near 1, so that two masses one unit in the
 * last place apart are told from each other at a = 1e16.
 *
 * @param ref any measure, read as the law proportional to it
 * @param exponent the power a, finite; negative only where every mass is positive
 * @returns the escort distribution, with log Σ ref(o)^a in nats (ref normalised) as its `logNormalizer`
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when a is not finite, or is negative though some answer has mass 0
 * @example
 * ```ts
 * import { distribution, escort } from "exptilt";
 * escort(distribution(["a", "b", "c"], [1, 2, 0]), 2).mass // => [0.2, 0.8, 0]
 * escort(distribution(["a", "b", "c"], [1, 2, 0]), 0).mass // => [0.5, 0.5, 0]
 * ```
 */
export function escort<A>(ref: Measure<A>, exponent: number): Distribution<A> {
  const { support, law } = requireMeasure("escort", "ref", ref);
  const a = requireNumber("escort", "exponent", exponent, FINITE);
  return distributionOf(support, ...escortLaw("escort", law, a, a - 1));
}

/** The escort of a law and its log-normaliser. `excess` is the exponent minus 1, which has digits that the exponent rounds away. */
export function escortLaw(caller: string, law: Law, exponent: number, excess: number): [Law, () => number] {
  const anchor = exponent >= 0 ? law.peak : lightest(caller, law, exponent);
  const weight = new Float64Array(law.weight.length);
  if (law.fromLog || law.hasTail) {
    for (let i = 0; i < weight.length; i++) {
      const l = logOdds(law, i, anchor);
      const ratio = law.fromLog || !law.isWhole(i) ? 0 : law.mass[i] / law.mass[anchor];
      weight[i] = l === -Infinity ? 0 : powerOf(ratio, l, exponent, excess);
    }
  } else {
    powers(weight, law.mass, law.mass[anchor], exponent, excess);
  }
  const logPower = (power: number) => () =>
    law.weight.map((_, i) => {
      const l = logOdds(law, i, anchor);
      return l === -Infinity ? l : power * l;
    });
  return [Law.tilted(law, weight, logPower(exponent), logPower(excess)), () => logPowerSum(law, exponent, excess)];
}

/** out[i] = (mass[i]/top)^exponent. */
function powers(out: Float64Array, mass: Float64Array, top: number, exponent: number, excess: number): void {
  const near = Math.abs(excess) < Math.abs(exponent);
  for (let i = 0; i < out.length; i++) {
    const m = mass[i];
    if (m === 0) {
      out[i] = 0;
      continue;
    }
    const ratio = m / top;
    const ordinary = isNormal(ratio);
    // The same as logRatioNearOne.
    const l = ratio > 0.5 && ratio < 2 ? log1p((m - top) / top) : ordinary ? logNormal(ratio) : logRatio(m, top);
    // At most 0, since the largest power is that of `top`; and y < 350, as exponent > 1/2 where it is near 1.
    const x = exponent * l;
    const y = (excess * l) / 2;
    if (near && ordinary && y > -350) {
      const half = expNormal(y);
      out[i] = ratio * half * half;
    } else out[i] = x > -700 ? expNormal(x) : exp(x);
  }
}

/** ratio^exponent, given log ratio = l. Near exponent 1 it is the ratio times a factor near 1. */
function powerOf(ratio: number, l: number, exponent: number, excess: number): number {
  if (Math.abs(excess) < Math.abs(exponent) && isNormal(ratio)) {
    const half = exp((excess * l) / 2);
    if (isNormal(half)) return ratio * half * half;
  }
  return exp(exponent * l);
}

/** The answer of smallest weight, where a negative power is largest; every answer must be in the support. */
function lightest(caller: string, law: Law, exponent: number): number {
  let least = 0;
  for (let i = 0; i < law.weight.length; i++) {
    if (!law.supports(i)) throw new RangeError(`${caller}: exponent ${exponent} is negative, but mass[${i}] is 0`);
    if (law.hasTail ? law.logWeight[i] < law.logWeight[least] : law.weight[i] < law.weight[least]) least = i;
  }
  return least;
}

/** log(w_i/w_j) of two answers of a law, the latter in its support. */
export function logOdds(law: Law, i: number, j: number): number {
  const { mass, logWeight, fromLog } = law;
  if (fromLog || !(law.isWhole(i) && law.isWhole(j))) return logWeight[i] - logWeight[j];
  return mass[i] === 0 ? -Infinity : logRatioNearOne(mass[i], mass[j]);
}
