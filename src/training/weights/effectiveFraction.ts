import { chiSquaredDivergence } from "../../information/divergence.js";
import { lawOf, type Measure } from "../../measure/measure.js";
import { exp } from "../../numeric/elementary.js";
import { logSumExp } from "../../numeric/logSumExp.js";

/** From here on a χ² divergence is near the end of the range of doubles, or past it. */
const MAX_CHI_SQUARED = 1e280;

/**
 * 1/(1 + χ²(target‖ref)), the share of draws of ref that count when they are weighted towards the target: at most 1, for χ² is
 * a sum of terms that are not negative. It may be a double where χ² is none; then it is e^{−log Σ target²/ref}.
 */
export function effectiveFractionOf(target: Measure, ref: Measure): number {
  const chi = chiSquaredDivergence(target, ref);
  if (chi < MAX_CHI_SQUARED) return 1 / (1 + chi);
  const q = lawOf("effectiveFraction", "target", target).logProbabilities();
  const p = lawOf("effectiveFraction", "ref", ref).logProbabilities();
  return exp(-logSumExp(q.map((l, i) => (l === -Infinity ? l : 2 * l - p[i]))));
}
