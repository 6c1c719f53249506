import type { Levels } from "../../measure/levels.js";
import { expm1MinusX } from "../../numeric/deviance.js";
import { expm1, log1p } from "../../numeric/elementary.js";
import { isNormal } from "../../numeric/float64.js";
import { sum } from "../../numeric/sum.js";
import type { LevelRatios } from "./levelRatios.js";
import { type LimitLevels, levelMassAt, silentShare } from "./limitLevels.js";

/** How far a law of N draws still is from its limit. */
export interface LimitDistance {
  /** ½ Σ |P_N − π*|, in [0, 1]. */
  readonly totalVariation: number;
  /** KL(π*‖P_N), in nats. */
  readonly kl: number;
  /** KL(P_N‖π*), in nats: infinite for hard selection, whose limit drops answers. */
  readonly reverseKl: number;
}

/**
 * The distances from the ratios to the limit: since Σ π*·(P/π* − 1) = 0, both divergences are sums of non-negative
 * terms, of second order in the gaps and as accurate as these.
 */
export function limitDistanceOf(levels: Levels, limit: LimitLevels, ratios: LevelRatios): LimitDistance {
  const { mass, peak } = limit;
  // Hard selection: the limit is ref on the best level, and all that misses it lies where the limit has nothing.
  if (limit.drops) {
    return { totalVariation: 0 - ratios.gap[0], kl: 0 - ratios.logGap[0], reverseKl: Infinity };
  }
  const silent = silentShare(limit, ratios.heard);
  const [above, below, kl, reverse] = [0, 1, 2, 3].map(() => new Float64Array(mass.length));
  const add = (i: number, d: number, l: number) => {
    const p = mass[i];
    if (d < 0.5) {
      if (d < 0) below[i] = -p * d;
      else above[i] = p * d;
      // With l = log(1 + d): d − l = e^l − 1 − l, and (1 + d)·l − d = (1 + d)(e^{−l} − 1 + l).
      kl[i] = p * expm1MinusX(l);
      reverse[i] = l > -1 ? p * (1 + d) * expm1MinusX(-l) : p * ((1 + d) * l - d);
    } else {
      // P itself may be large where π* underflows.
      const q = levelMassAt(levels, ratios, i);
      above[i] = q - p;
      kl[i] = q - p - (p === 0 ? 0 : p * l);
      reverse[i] = p - q + (q === 0 ? 0 : q * l);
    }
  };
  const { gap, logGap, heard } = ratios;
  const addOwn = (i: number) => {
    // The gaps are those to the limit over the levels that the draws meet. μ is larger, by the others' share.
    const d = silent === 0 ? gap[i] : gap[i] + silent * (1 + gap[i]);
    const near = Math.abs(d) < 0.5 && (silent === 0 || (silent < 1 && isNormal(heard?.[i] ?? 1)));
    if (near) return add(i, d, silent === 0 ? logGap[i] : log1p(d));
    const l = ratios.logRatio[i] - limit.logRatio[i];
    add(i, silent === 0 ? d : expm1(l), l);
  };
  for (let i = 0; i < mass.length; i++) if (i !== peak) addOwn(i);
  // Gains equal losses: the likeliest level's gap, which rounding may hide, is that of the others.
  const [gained, lost] = [sum(above).hi, sum(below).hi];
  const own = (lost - gained) / mass[peak];
  if (Math.abs(own) < 0.01) add(peak, own, log1p(own));
  else addOwn(peak);
  return {
    totalVariation: Math.min(1, Math.max(gained, lost)),
    kl: Math.max(0, sum(kl).hi),
    reverseKl: Math.max(0, sum(reverse).hi),
  };
}
