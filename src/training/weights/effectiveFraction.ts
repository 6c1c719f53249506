import { chiSquaredDivergence } from "../../information/divergence.js";
import { lawOf, type Measure } from "../../measure/measure.js";
import { exp } from "../../numeric/elementary.js";
import { logSumExp } from "../../numeric/logSumExp.js";

/** A larger χ² divergence is near the largest double, or beyond it. */
const MAX_CHI_SQUARED = 1e280;

/**
 * 1/(1 + χ²(target‖ref)), the share of draws of ref that count when they are weighted towards the target. It is at most 1, as
 * the terms of χ² are not negative. Where χ² overflows it is e^{−log Σ target²/ref}.
 */
export function effectiveFractionOf(target: Measure, ref: Measure): number {
  const chi = chiSquaredDivergence(target, ref);
  if (chi < MAX_CHI_SQUARED) return 1 / (1 + chi);
  const q = lawOf("effectiveFraction", "target", target).logProbabilities();
  const p = lawOf("effectiveFraction", "ref", ref).logProbabilities();
  return exp(-logSumExp(q.map((l, i) => (l === -Infinity ? l : 2 * l - p[i]))));
}
