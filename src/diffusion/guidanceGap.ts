import type { Law } from "../measure/law.js";
import { type Distribution, lawOf } from "../measure/measure.js";
import { FINITE, outOfRange, requireNumber } from "../numeric/check.js";
import { square } from "../numeric/elementary.js";
import { type AtomicData, requireLine, requirePresent } from "./atoms.js";
import { lawsOfRatio } from "./densityRatio.js";
import { targetOf } from "./guidance.js";
import { LineAverage, type OfNoisyPoint } from "./lineAverage.js";
import { LineLaws } from "./lineLaws.js";
import type { OfShifts } from "./noisedPoint.js";
import { requireFiniteSum, requireGrid } from "./schedule.js";

/** The target of guidance, the laws (target, class, marginal), and the gap of the guided denoiser from the target's. */
export function guidance(
  caller: string,
  data: AtomicData,
  label: string,
  strength: number,
): { target: Distribution<number>; laws: readonly Law[]; w: number; gap: OfShifts } {
  requirePresent(caller, data, label);
  const w = requireNumber(caller, "strength", strength, FINITE);
  const target = targetOf(caller, data, label, w);
  const laws = [lawOf(caller, "label", target), ...lawsOfRatio(caller, data, label)];
  const gap: OfShifts = ([goal, own, all]) => {
    let s = 0;
    for (let k = 0; k < goal.length; k++) s += square(own[k] - goal[k] + w * (own[k] - all[k]));
    return s;
  };
  return { target, laws, w, gap };
}

/** The time of an average grows as the square root of w and faster. Up to this w it is well below a second. */
const MAX_GAP_GUIDANCE = 1e8;

/**
 * How far the guided noise predictor is from that of its stated target, level by level: the mean squared difference over
 * the noised target, on a line, by quadrature.
 *
 * $$\mathbb{E}_{x_t \sim p_w}\, |(1 + w)\, \varepsilon(x_t \mid c) - w\, \varepsilon(x_t) - \varepsilon_{p_w}(x_t)|^2$$
 *
 * It is 0 at w = 0, and tends to 0 at both ends of the noise, where the atoms are told apart or all alike. In between no data
 * have the guided field (Bradley and Nakkiran, arXiv 2408.09000).
 *
 * @param data the atoms, in one dimension
 * @param label the class c, of positive p(c)
 * @param strength the guidance strength w, from −1e8 to 1e8
 * @param grid the noise levels σ, increasing in (0, 1)
 * @returns the mean squared difference of the predicted noises at each level
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when the atoms are not on a line, the class is unknown or has prior 0, the strength is not finite or beyond ±1e8, or the
 * grid does not increase in (0, 1)
 * @example
 * ```ts
 * import { atomicData, guidanceGap } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[-1], [0], [1]], classes: { a: [0.5, 0.25, 0.25], b: [0.1, 0.1, 0.8] } });
 * guidanceGap(data, "a", 2, [0.1, 0.7, 0.999]) // => [0.000002, 0.090283, 0.000537]
 * guidanceGap(data, "a", 0, [0.1, 0.7, 0.999]) // => [0, 0, 0]
 * ```
 */
export function guidanceGap(data: AtomicData, label: string, strength: number, grid: ArrayLike<number>): Float64Array {
  const caller = "guidanceGap";
  const { laws, w } = guidance(caller, data, label, strength);
  requireLine(caller, data);
  if (!(Math.abs(w) <= MAX_GAP_GUIDANCE))
    throw outOfRange(caller, "strength", `be within ±${MAX_GAP_GUIDANCE}, from where on the integrals take seconds`, w);
  const levels = requireGrid(caller, "grid", grid);
  const average = new LineAverage(new LineLaws(caller, data, laws));
  const missed: OfNoisyPoint = (_, more) => square(more[0] + w * (more[0] - more[1]));
  return levels.map((sigma) => requireFiniteSum(caller, average.overFirst(average.levelOf(sigma), missed)));
}
