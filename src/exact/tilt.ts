import type { BigNumber } from "mathjs";
import { outOfRange } from "../numeric/check.js";
import { logPowerSum } from "./information.js";
import { type ExactDistribution, type ExactMeasure, lawOfLogWeight, requirePower } from "./measure.js";

/** The tilt of a measure, and the answer that is heaviest in the tilt. */
interface Tilt {
  readonly law: ExactDistribution;
  /** The index of that answer. */
  readonly anchor: number;
  /** log E_ref[e^{score/β}] − score[anchor]/β: the part that stays small where scores are large. */
  readonly excess: () => BigNumber;
}

/**
 * The law ∝ ref·e^{score/β}, relative to its heaviest answer. Scores are subtracted before they are divided, so that large
 * scores cost no digits. β = ∞ makes every finite difference 0.
 */
export function tiltOf(
  caller: string,
  argument: string,
  ref: ExactMeasure,
  score: readonly BigNumber[],
  beta: BigNumber,
): Tilt {
  const { arithmetic, logMass } = ref;
  const inverse = arithmetic.one.div(beta);
  const scaled = (i: number, anchor: number) =>
    score[i].isFinite() ? score[i].minus(score[anchor]).times(inverse) : arithmetic.negativeInfinity;
  let anchor = -1;
  for (let i = 0; i < score.length; i++) {
    if (!ref.supports(i) || !score[i].isFinite()) continue;
    if (anchor < 0 || scaled(i, anchor).plus(logMass[i].minus(logMass[anchor])).gt(0)) anchor = i;
  }
  if (anchor < 0) throw outOfRange(caller, argument, "be above -Infinity for some answer of the support", -Infinity);

  const shift = score.map((_, i) => (ref.supports(i) ? scaled(i, anchor) : arithmetic.negativeInfinity));
  const logWeight = shift.map((x, i) => (i === anchor ? arithmetic.zero : logMass[i].minus(logMass[anchor]).plus(x)));
  const excess = () => logMeanExp(ref.law, shift);
  const logNormalizer = () => score[anchor].times(inverse).plus(excess());
  const law = lawOfLogWeight(arithmetic, ref.support, logWeight, anchor, logNormalizer);
  return { law, anchor, excess };
}

/** log E_law[e^x]: by E[e^x − 1] where that is near 0, so that a weak tilt keeps its digits. */
function logMeanExp(law: ExactDistribution, x: readonly BigNumber[]): BigNumber {
  const { arithmetic, mass, logMass } = law;
  // e^x alone may overflow where p·e^x does not.
  const tilted = (p: BigNumber, i: number) =>
    p.isZero() ? arithmetic.exp(x[i].plus(logMass[i])) : p.times(arithmetic.exp(x[i]));
  const growth = mass.map((p, i) => (p.isZero() ? tilted(p, i) : p.times(arithmetic.expm1(x[i]))));
  const excess = arithmetic.sum(growth);
  return excess.gt(-0.5) ? arithmetic.log1p(excess) : arithmetic.log(arithmetic.sum(mass.map(tilted)));
}

/** The law ∝ ref^exponent, given exponent − 1 to its own digits; `logNormalizer` is log Σ ref^exponent of the law of ref. */
export function escortOf(caller: string, ref: ExactMeasure, exponent: BigNumber, excess: BigNumber): ExactDistribution {
  const { arithmetic, logMass } = ref;
  requirePower(caller, ref, exponent);
  let anchor = -1;
  for (let i = 0; i < logMass.length; i++) {
    if (!ref.supports(i)) continue;
    if (anchor < 0 || logMass[i].minus(logMass[anchor]).times(exponent).gt(0)) anchor = i;
  }
  const logWeight = logMass.map((l, i) =>
    ref.supports(i) ? l.minus(logMass[anchor]).times(exponent) : arithmetic.negativeInfinity,
  );
  return lawOfLogWeight(arithmetic, ref.support, logWeight, anchor, () => logPowerSum(ref.law, exponent, excess));
}
