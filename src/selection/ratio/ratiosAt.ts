import { logMassAt, massFrom } from "../../measure/levels.js";
import { expm1, log, log1p } from "../../numeric/elementary.js";
import { isNormal } from "../../numeric/float64.js";
import { gapsOfOneDraw } from "../integral/weights.js";
import { hardRatios } from "./hard.js";
import { allowedBy } from "./kept.js";
import type { LevelRatios } from "./levelRatios.js";
import type { Prepared } from "./prepared.js";
import { liftFor, softRatios } from "./soft.js";
import { type Gaps, GapsWhenRead } from "./withGaps.js";

/** Where log(N·(probability of an allowed draw)) is below this, at most one of N draws is allowed. */
const LOG_MEAN_ALLOWED_OF_SINGLE = -600;

/** Whether the law of n draws is that of one draw which is not forbidden. */
export function isSingle<A>({ levels, beta }: Prepared<A>, n: number): boolean {
  if (n === 1 || beta === Infinity) return true;
  return levels.forbidden > 0 && allowedBy(levels).logAllowed + log(n) < LOG_MEAN_ALLOWED_OF_SINGLE;
}

/** The ratios of a problem's law at several N ≥ 1, by level, at any β from 0 to ∞. */
export function ratiosAt<A>(prepared: Prepared<A>, ns: readonly number[]): LevelRatios[] {
  const { levels, weights } = prepared;
  if (ns.length === 1) return [ratiosOf(prepared, ns[0])];
  const out = ns.map((n) => (isSingle(prepared, n) ? unselected(prepared) : undefined));
  const chosen = ns.filter((_, i) => out[i] === undefined);
  const ratios = new Map<number, LevelRatios>();
  if (weights === undefined) for (const n of chosen) ratios.set(n, hardRatios(levels, n));
  else {
    for (const lift of new Set(chosen.map(liftFor))) {
      const some = chosen.filter((n) => liftFor(n) === lift);
      for (const [i, of] of softRatios(prepared.weightsFor(lift), some).entries()) ratios.set(some[i], of);
    }
  }
  return ns.map((n, i) => out[i] ?? (ratios.get(n) as LevelRatios));
}

/** The ratios at one N. */
export function ratiosOf<A>(prepared: Prepared<A>, n: number): LevelRatios {
  const { levels, weights } = prepared;
  if (isSingle(prepared, n)) return unselected(prepared);
  return weights === undefined ? hardRatios(levels, n) : softRatios(prepared.weightsFor(liftFor(n)), [n])[0];
}

/** One draw, or no preference among many: ref on the answers that are not forbidden. */
export function unselected<A>(prepared: Prepared<A>): LevelRatios {
  const { levels, weights } = prepared;
  const { allowed, logAllowed } = allowedBy(levels);
  const size = levels.mass.length;
  const ratio = new Float64Array(size).fill(1 / allowed);
  const logRatio = new Float64Array(size).fill(-logAllowed);
  return new GapsWhenRead({ ratio, logRatio }, () => gapsOfUnselected(prepared), weights?.mass);
}

function gapsOfUnselected({ levels, weights, beta }: Prepared<unknown>): Gaps {
  const { mass } = levels;
  const size = mass.length;
  const { allowed, logAllowed } = allowedBy(levels);
  const gap = new Float64Array(size);
  const logGap = new Float64Array(size);
  if (weights !== undefined) {
    const { x, logMean } = weights;
    const own = gapsOfOneDraw(weights);
    for (let i = 0; i < size; i++) {
      logGap[i] = logMean - x[i] - logAllowed;
      // A factor may overflow though the product does not.
      gap[i] = own[i] < Infinity ? own[i] : expm1(logGap[i]);
      if (Math.abs(gap[i]) < 0.5) logGap[i] = log1p(gap[i]);
    }
  } else if (beta === 0) {
    gap.fill(Infinity);
    logGap.fill(Infinity);
    gap[0] = isNormal(allowed) ? 0 - massFrom(mass, 0)[1] / allowed : expm1(levels.logMass[0] - logAllowed);
    logGap[0] = gap[0] > -0.5 ? log1p(gap[0]) : logMassAt(levels, 0) - logAllowed;
  }
  return { gap, logGap };
}
