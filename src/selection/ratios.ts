import type { Law } from "../measure/law.js";
import { exp, expm1, log, log1p } from "../numeric/elementary.js";
import { hardRatios } from "./hardRatio.js";
import { meanLessWeight } from "./ladder.js";
import { massFrom } from "./levels.js";
import { lawOfRatios, type Prepared } from "./problem.js";
import { type LevelRatios, softRatios } from "./ratio.js";

/** The ratios of a problem's law at several N ≥ 1, by level, at any β from 0 to ∞. */
export function ratiosAt<A>(prepared: Prepared<A>, ns: readonly number[]): LevelRatios[] {
  const { levels, ladder, beta } = prepared;
  const chosen = beta === Infinity ? [] : ns.filter((n) => n > 1);
  if (chosen.length === 0) return ns.map(() => unselected(prepared));
  const ratios = ladder === undefined ? chosen.map((n) => hardRatios(levels, n)) : softRatios(ladder, chosen);
  let next = 0;
  return ns.map((n) => (n > 1 ? ratios[next++] : unselected(prepared)));
}

/** The law of a problem at one N. */
export function lawAt<A>(prepared: Prepared<A>, n: number): Law {
  return lawOfRatios(prepared, (problem) => ratiosAt(problem, [n])[0]);
}

/** One draw, or no preference among many: ref on the answers that are not forbidden. */
export function unselected<A>({ levels, ladder, beta }: Prepared<A>): LevelRatios {
  const { mass, forbidden } = levels;
  const size = mass.length;
  const allowed = forbidden === 0 ? 1 : massFrom(mass, 0)[0];
  const logAllowed = forbidden < 0.5 ? log1p(-forbidden) : log(allowed);
  const gap = new Float64Array(size);
  const logGap = new Float64Array(size);
  if (ladder !== undefined) {
    const { x, logMean } = ladder;
    for (let i = 0; i < size; i++) {
      logGap[i] = logMean - x[i] - logAllowed;
      gap[i] = forbidden === 0 ? meanLessWeight(ladder, i) * exp(-x[i]) : expm1(logGap[i]);
      if (Math.abs(gap[i]) < 0.5) logGap[i] = log1p(gap[i]);
    }
  } else if (beta === 0) {
    gap.fill(Infinity);
    logGap.fill(Infinity);
    gap[0] = -massFrom(mass, 0)[1] / allowed;
    logGap[0] = gap[0] > -0.5 ? log1p(gap[0]) : log(mass[0] / allowed);
  }
  return {
    ratio: new Float64Array(size).fill(1 / allowed),
    logRatio: new Float64Array(size).fill(-logAllowed),
    gap,
    logGap,
  };
}
