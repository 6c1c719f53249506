import { isRounded, type Levels } from "../../measure/levels.js";
import { exp, expm1, log, log1p } from "../../numeric/elementary.js";
import { logSumExp } from "../../numeric/logSumExp.js";
import { sum } from "../../numeric/sum.js";

/** The probability that some draw is not forbidden, by which the ratios are divided. */
export interface Kept {
  readonly kept: number;
  /** Its logarithm, exact also where the probability underflows. */
  readonly logKept: number;
  /** The probability that all N draws are forbidden. */
  readonly lost: number;
  readonly logLost: number;
}

/** The probability that a draw is not forbidden, and its logarithm. */
export function allowedBy({ mass, logMass, forbidden }: Levels): { allowed: number; logAllowed: number } {
  if (forbidden === 0) return { allowed: 1, logAllowed: 0 };
  const allowed = sum(mass).hi;
  const logAllowed = forbidden < 0.5 ? log1p(-forbidden) : isRounded(allowed) ? logSumExp(logMass) : log(allowed);
  return { allowed, logAllowed };
}

/** log of the probability that a draw is forbidden, from whichever of it and its complement is small. */
function logForbiddenOf({ forbidden, mass }: Levels): number {
  return forbidden < 0.5 ? log(forbidden) : log1p(-sum(mass).hi);
}

/** 1 − fᴺ, f the probability that a draw is forbidden. */
export function keptOf(levels: Levels, n: number): Kept {
  if (levels.forbidden === 0) return { kept: 1, logKept: 0, lost: 0, logLost: -Infinity };
  const { allowed, logAllowed } = allowedBy(levels);
  const logLost = n * logForbiddenOf(levels);
  if (!isRounded(allowed)) {
    const kept = -expm1(logLost);
    return { kept, logKept: log(kept), lost: exp(logLost), logLost };
  }
  // N times the probability of an allowed draw, in logarithms: that probability may underflow.
  const logMean = log(n) + logAllowed;
  const kept = -expm1(-exp(logMean));
  return { kept, logKept: logMean < -40 ? logMean : log(kept), lost: exp(-exp(logMean)), logLost: -exp(logMean) };
}

/** 1 − f e^{−λ(1 − f)}, for 1 + Poisson(λ) draws. */
export function keptByPoisson(levels: Levels, rate: number): { kept: number; logKept: number } {
  const { forbidden } = levels;
  if (forbidden === 0) return { kept: 1, logKept: 0 };
  const { allowed, logAllowed } = allowedBy(levels);
  if (isRounded(allowed)) {
    const mean = exp(log(rate) + logAllowed);
    const logKept = mean < 1e-20 ? logAllowed + log1p(rate) : log(-expm1(-mean));
    return { kept: exp(logKept), logKept };
  }
  const lost = forbidden * exp(-rate * allowed);
  const kept = allowed - forbidden * expm1(-rate * allowed);
  return { kept, logKept: lost < 0.5 ? log1p(-lost) : log(kept) };
}
