import { square } from "../numeric/elementary.js";
import { type AtomicData, type AtomLaw, requireLine } from "./atoms.js";
import { covers, requireLaws } from "./lawPair.js";
import { LineAverage, type OfNoisyPoint } from "./lineAverage.js";
import { LineLaws } from "./lineLaws.js";
import { integrateOverLevels } from "./lineQuadrature.js";
import type { OfShifts } from "./noisedPoint.js";
import { requireFiniteSum, requireGrid, requireSteps, weightedSum } from "./schedule.js";

/** |E_p[a|·] − E_q[a|·]|². */
export const distance: OfShifts = ([first, second]) => {
  let s = 0;
  for (let k = 0; k < first.length; k++) s += square(first[k] - second[k]);
  return s;
};

/** |ε_p − ε_q|², the same in units of the noise. */
const apart: OfNoisyPoint = (_, more) => more[0] * more[0];

/** E[|ε − ε_q|² | x_t] for x₀ ~ p: the error of p's own predictor, and the squared distance of q's from it. */
const missed: OfNoisyPoint = (_, more, variance) => variance + more[0] * more[0];

/**
 * KL(p‖q) between two laws of atoms on a line from their noise predictors alone, by mismatched estimation: the correct form
 * of (33) (erratum E6).
 *
 * $$\mathrm{KL}(p \| q) = \tfrac12 \int \mathbb{E}_p\bigl[ |\varepsilon - \varepsilon_q|^2 - |\varepsilon - \varepsilon_p|^2 \bigr]\, d\lambda = \tfrac12 \int \mathbb{E}_p |\varepsilon_p - \varepsilon_q|^2\, d\lambda, \quad \lambda = \log \frac{1 - \sigma^2}{\sigma^2}$$
 *
 * Verdú, IEEE Trans. Inf. Theory 56 (2010). Computed by the second form, whose terms are all non-negative; it meets
 * `klDivergence(p, q)` to some 1e−12 of it. With a grid the integral is the sum with the weights ω_t of
 * `densityRatioWeights`. Time grows as K². Coincident atoms count as one point, as samples cannot tell them apart.
 *
 * @param data the atoms, in one dimension
 * @param p the law of x₀: a class, any measure on the atoms' indices, or undefined for the marginal
 * @param q the other law
 * @param grid the noise levels σ, increasing in (0, 1); all levels when left out
 * @returns the divergence in nats, ∞ without a grid where p has mass on a point and q has none
 * @throws TypeError when an argument has the wrong type or a measure is not on the atoms' indices
 * @throws RangeError when the atoms are not on a line, a class is unknown, or the grid does not increase in (0, 1)
 * @example
 * ```ts
 * import { klDivergence, measure } from "exptilt";
 * import { atomicData, klByMismatchedEstimation } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[0], [1], [1.5]] });
 * const p = measure([0, 1, 2], [3, 2, 1]);
 * klByMismatchedEstimation(data, p, undefined) // => 0.08720802396
 * klDivergence(p, data.marginal) // => 0.08720802396
 * ```
 */
export function klByMismatchedEstimation(data: AtomicData, p: AtomLaw, q: AtomLaw, grid?: ArrayLike<number>): number {
  const caller = "klByMismatchedEstimation";
  const laws = requireLaws(caller, data, p, q);
  requireLine(caller, data);
  if (grid === undefined && !covers(data, laws[0], laws[1])) return Infinity;
  const average = new LineAverage(new LineLaws(caller, data, laws));
  if (grid === undefined) return integrateOverLevels(average.levels(), (u) => average.overFirst(u, apart));
  const levels = requireSteps(caller, grid);
  const means = levels.map((sigma) => average.overFirst(average.levelOf(sigma), apart));
  return requireFiniteSum(caller, weightedSum(levels, means));
}

/**
 * The denoising loss E|ε − ε_q(x_t)|² of (30) on a line, for x₀ ~ p, the exact noise predictor of q, and t uniform on a
 * grid. It is least at q = p, and not 0 there: the noise cannot be known. The note takes it for KL(q‖p) in its surrogate (33),
 * which is no divergence (erratum E6).
 *
 * $$\mathbb{E}_{x_0 \sim p,\, \varepsilon,\, t}\, |\varepsilon - \varepsilon_q(x_t)|^2$$
 *
 * @param data the atoms, in one dimension
 * @param p the law of x₀: a class, any measure on the atoms' indices, or undefined for the marginal
 * @param q the law whose predictor is used
 * @param grid the noise levels σ, increasing in (0, 1), all equally likely
 * @returns the mean squared error of the predicted noise
 * @throws TypeError when an argument has the wrong type or a measure is not on the atoms' indices
 * @throws RangeError when the atoms are not on a line, a class is unknown, or the grid does not increase in (0, 1)
 * @example
 * ```ts
 * import { atomicData, denoisingLoss } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[-1], [1]], classes: { left: [0.9, 0.1], right: [0.1, 0.9] } });
 * denoisingLoss(data, "left", "left", [0.5, 0.8]) // => 0.1754
 * denoisingLoss(data, "left", "right", [0.5, 0.8]) // => 1.0835
 * ```
 */
export function denoisingLoss(data: AtomicData, p: AtomLaw, q: AtomLaw, grid: ArrayLike<number>): number {
  const caller = "denoisingLoss";
  const laws = requireLaws(caller, data, p, q);
  requireLine(caller, data);
  const levels = requireGrid(caller, "grid", grid);
  const average = new LineAverage(new LineLaws(caller, data, laws));
  const losses = levels.map((sigma) => average.overFirst(average.levelOf(sigma), missed) / levels.length);
  const mean = losses.reduce((s, loss) => s + loss, 0);
  return requireFiniteSum(caller, mean);
}
