import { logAdd } from "../../measure/levels.js";
import { scaledDifference, scaledExp } from "../../measure/score.js";
import { exp, expm1, log, log1p } from "../../numeric/elementary.js";
import { floats } from "../../numeric/floats.js";
import { geometricSum, logGeometricSum, logPowerOfRest, powerOfRest } from "../../numeric/geometric.js";
import { logSumExp } from "../../numeric/logSumExp.js";
import { sum } from "../../numeric/sum.js";
import { allowedBy } from "./kept.js";
import { hasDigits, type RatioToRef } from "./levelRatios.js";
import { type LimitLevels, silentShare } from "./limitLevels.js";
import type { Prepared } from "./prepared.js";
import { unselected } from "./ratiosAt.js";

/** The law of at most N draws by rejection, and what it takes. */
export interface RejectionRatios extends RatioToRef {
  readonly acceptance: number;
  readonly expectedDraws: number;
}

/** The probabilities of acceptance a = min(1, e^{(r − cap)/β}) of the levels, A = E_ref[a] and 1 − A. */
function acceptanceOf<A>({ levels, beta }: Prepared<A>, cap: number) {
  const { reward, mass, logMass, forbidden, logForbidden } = levels;
  const logAccept = reward.map((r) => (r >= cap ? 0 : beta === 0 ? -Infinity : scaledDifference(r, cap, beta)));
  const accept = logAccept.map((x, i) => (x < 0 && x > -Infinity ? scaledExp(reward[i], cap, beta) : exp(x)));
  const refuse = logAccept.map((x) => -expm1(x));
  const logRefuse = logAccept.map((x, i) => (x < -1 ? log1p(-accept[i]) : log(refuse[i])));
  return {
    accept,
    logAccept,
    all: sum(mass.map((p, i) => p * accept[i])).hi,
    logAll: logSumExp(logMass.map((l, i) => l + logAccept[i])),
    rest: forbidden + sum(mass.map((p, i) => p * refuse[i])).hi,
    logRest: logAdd(logForbidden, logSumExp(logMass.map((l, i) => l + logRefuse[i]))),
  };
}

/**
 * The ratios by level, P/ref = (a (1 − (1 − A)^{N−1})/A + (1 − A)^{N−1})/kept, a sum of terms ≥ 0. `kept` is the
 * probability that the draw taken is not forbidden, all that is allowed and what is accepted before a last draw that is not.
 */
export function rejectionRatios<A>(prepared: Prepared<A>, cap: number, n: number): RejectionRatios {
  const { forbidden, logForbidden, mass } = prepared.levels;
  const { allowed, logAllowed } = allowedBy(prepared.levels);
  const { accept, logAccept, all, logAll, rest, logRest } = acceptanceOf(prepared, cap);
  if (n === 1) {
    const expectedDraws = hasDigits(allowed, n) ? 1 / allowed : exp(-logAllowed);
    return { ...unselected(prepared), acceptance: all, expectedDraws };
  }
  const [before, logBefore] = [geometricSum(all, rest, n - 1), logGeometricSum(logAll, logRest, n - 1)];
  const logLast = logPowerOfRest(logAll, logRest, n - 1);
  const last = powerOfRest(all, rest, n - 1);
  const kept = allowed + forbidden * all * before;
  const logKept = logAdd(logAllowed, logForbidden + logAll + logBefore);
  const ratio = floats(mass.length);
  const logRatio = floats(mass.length);
  for (let i = 0; i < mass.length; i++) {
    const own = accept[i] * before + last;
    const plain = hasDigits(own, n) && hasDigits(kept, n);
    logRatio[i] = plain ? log(own / kept) : logAdd(logAccept[i] + logBefore, logLast) - logKept;
    ratio[i] = plain ? own / kept : exp(logRatio[i]);
  }
  const draws = geometricSum(all, rest, n);
  const plain = hasDigits(draws, n) && hasDigits(kept, n);
  const expectedDraws = plain ? draws / kept : exp(logGeometricSum(logAll, logRest, n) - logKept);
  return { ratio, logRatio, acceptance: all, expectedDraws };
}

/**
 * P/π* − 1 by level, (1 − A)^{N−1} (ref/π* − 1) with ref on the allowed answers: what is not accepted before the last draw is
 * a draw from ref. Rewards are not above the cap, π* is their optimum.
 */
export function rejectionGaps<A>(prepared: Prepared<A>, cap: number, n: number, limit: LimitLevels): Float64Array {
  const { forbidden, logForbidden } = prepared.levels;
  const { allowed, logAllowed } = allowedBy(prepared.levels);
  const { all, logAll, rest, logRest } = acceptanceOf(prepared, cap);
  const { gap, heard } = unselected(prepared);
  const own = silentShare(limit, heard) === 0 ? gap : limit.logRatio.map((l) => expm1(-logAllowed - l));
  const kept = allowed + forbidden * all * geometricSum(all, rest, n - 1);
  if (hasDigits(kept, n)) {
    const last = (powerOfRest(all, rest, n - 1) * allowed) / kept;
    return own.map((d) => last * d);
  }
  const logKept = logAdd(logAllowed, logForbidden + logAll + logGeometricSum(logAll, logRest, n - 1));
  const last = exp(logPowerOfRest(logAll, logRest, n - 1) + logAllowed - logKept);
  return own.map((d) => last * d);
}
