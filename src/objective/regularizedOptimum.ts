import type { TiltProblem } from "../alignment/rlhf.js";
import { Law } from "../measure/law.js";
import { type Distribution, distributionOf, requireMeasure } from "../measure/measure.js";
import { resolveScore, scaledDifference } from "../measure/score.js";
import { tiltChecked, tiltLaw } from "../measure/tilt.js";
import { outOfRange, POSITIVE_OR_INFINITE, requireNumber, requireObject } from "../numeric/check.js";
import { exp, log } from "../numeric/elementary.js";
import { SMALLEST_NORMAL } from "../numeric/float64.js";
import { exponentOf } from "../numeric/powerOfTwo.js";
import { chiSquaredMultiplier } from "./chiSquaredMultiplier.js";
import { Multiplier } from "./multiplier.js";
import { type FDivergence, isHalfChiSquared, type Regularizer, requireRegularizer } from "./regularizers.js";
import { FAR, solveMultiplier } from "./solveMultiplier.js";

/**
 * The optimum of a reward regularised by an f-divergence from ref,
 *
 * $$\pi^* = \arg\max_{\pi \ll \mathrm{ref}} \mathbb{E}_{\pi}[r] - \beta D_f(\pi \,\|\, \mathrm{ref}),
 *   \qquad \pi^*(o) = \mathrm{ref}(o)\, (f')^{-1}\Bigl(\frac{r(o) - \nu}{\beta}\Bigr),$$
 *
 * with ν such that the masses add up to 1. For the α-divergences, f(t) = (t^α − αt + α − 1)/(α(α − 1)),
 *
 * $$\pi^*(o) = \mathrm{ref}(o)\, \exp_\alpha\Bigl(\frac{r(o) - \nu}{\beta}\Bigr), \qquad
 *   \exp_\alpha(x) = \bigl[1 + (\alpha - 1)x\bigr]_+^{1/(\alpha - 1)}$$
 *
 * | α | D_f(π‖ref) | optimum |
 * |---|---|---|
 * | 1 | KL(π‖ref) | the tilt, `rlhfOptimum` |
 * | 0 | KL(ref‖π), the forward KL | the rational tilt ref·β/(ν′ − r) |
 * | 2 | ½χ²(π‖ref), half of `chiSquaredDivergence` | ref·(1 + (r − ν)/β)₊; sparsemax where ref is uniform |
 * | ½ | 2 Σ(√π − √ref)², four times the squared Hellinger distance | ref/(1 − (r − ν)/(2β))² |
 *
 * Two more have names: `"jensenShannon"`, and `"klPlusChiSquared"`, KL + ½χ², which χPO trains. Above α = 1 answers of low
 * reward drop out; at α ≤ 1 none does. Policies have no mass where ref has none: below α = 1 the divergence would be finite
 * there. A reward −∞ forbids its answer: the limit of a falling reward. β = ∞ gives ref, conditioned on what is allowed.
 *
 * The multiplier is one root, found by Newton's method on a power mean. Error: a few units in the last place, times
 * ν − β/(α − 1) over the distance of r to it where that is small: the mass of an answer about to drop out is a difference.
 * Wang et al. (2309.16240), Huang et al. (2407.13399).
 *
 * @param problem the reference policy, the reward and β
 * @param regularizer `{ alpha }` with any finite number, or a name
 * @returns the optimal policy, with ν/β as its `logNormalizer`: at α = 1 that is the log-partition log E_ref[e^{r/β}]
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when a reward is NaN or +∞ or forbids the whole support, β is not positive, or α is not finite
 * @example
 * ```ts
 * import { measure, regularizedOptimum } from "exptilt";
 * const ref = measure(["right", "hacked", "wrong"], [60, 1, 39]);
 * const problem = { ref, reward: [1, 1.2, 0], beta: 0.1 };
 * regularizedOptimum(problem, { alpha: 1 }).mass[1] // => 0.109644835376
 * regularizedOptimum(problem, { alpha: 0 }).mass[1] // => 0.669763388379
 * regularizedOptimum(problem, { alpha: 2 }).mass // => [0.963934426230, 0.036065573770, 0]
 * ```
 */
export function regularizedOptimum<A>(problem: TiltProblem<A>, regularizer: Regularizer): Distribution<A> {
  const caller = "regularizedOptimum";
  requireObject(caller, "problem", problem);
  return optimumUnder(caller, problem, requireRegularizer(caller, regularizer));
}

/** The optimum under a divergence, KL where none is given. */
export function optimumUnder<A>(caller: string, problem: TiltProblem<A>, f: FDivergence | undefined): Distribution<A> {
  if (f === undefined) return tiltChecked(caller, "reward", problem.ref, problem.reward, problem.beta);
  const { support, law } = requireMeasure(caller, "ref", problem.ref);
  const score = resolveScore(caller, "reward", support, problem.reward);
  const beta = requireNumber(caller, "beta", problem.beta, POSITIVE_OR_INFINITE);
  const { law: optimum, multiplier, top } = regularizedLaw(caller, law, score, beta, f);
  return distributionOf(support, optimum, () => top / beta - multiplier.argument(0));
}

/** The optimum of a regularised objective, and what its densities come from. */
export interface RegularizedLaw {
  readonly law: Law;
  readonly multiplier: Multiplier;
  /** (max r − r)/β of each answer, ∞ where it may have no mass. */
  readonly distance: Float64Array;
  /** max r. */
  readonly top: number;
}

/** The optimum for rewards that were checked. */
export function regularizedLaw(
  caller: string,
  base: Law,
  score: Float64Array,
  beta: number,
  f: FDivergence,
): RegularizedLaw {
  const top = topOf(caller, base, score);
  const distance = distancesFrom(base, score, top, beta);
  const quick = isHalfChiSquared(f) ? chiSquaredMultiplier(base, distance, f) : undefined;
  const multiplier = quick ?? solveMultiplier(base, distance, f);
  // No double holds x, and distances are nothing beside it: the optimum is ref on the answers that are allowed.
  if (multiplier === undefined) {
    const allowed = distance.map((d) => (d < Infinity ? 0 : -Infinity));
    return { law: tiltLaw(caller, base, allowed, 1).law, multiplier: Multiplier.at(f, FAR, 0), distance, top };
  }
  // In units of ref's total the weights add up to about 1.
  const scale = 2 ** -exponentOf(base.total.hi);
  const logScale = log(scale);
  const { best } = multiplier;
  const logDensity = () => distance.map((d) => multiplier.logDensity(d));
  /** The logarithm of such a weight. A rare best answer has it without the large logarithms of its mass and its density. */
  const logWeightOf = (i: number) =>
    best && distance[i] === 0
      ? base.logProbability(i) - best.logRef + best.logShare + log(base.total.hi * scale)
      : base.logWeight[i] + logScale + multiplier.logDensity(distance[i]);
  const weight = multiplier.densities(distance);
  for (let i = 0; i < weight.length; i++) {
    const w = base.weight[i] * scale;
    if (w >= SMALLEST_NORMAL && !(best && distance[i] === 0)) weight[i] *= w;
    else if (distance[i] < Infinity) weight[i] = exp(logWeightOf(i));
  }
  const logWeight = () => distance.map((_, i) => logWeightOf(i));
  return { law: Law.tilted(base, weight, logWeight, logDensity), multiplier, distance, top };
}

/** (top − r)/β of each answer, ∞ where it may have no mass. */
function distancesFrom(base: Law, score: Float64Array, top: number, beta: number): Float64Array {
  const distance = new Float64Array(score.length);
  for (let i = 0; i < distance.length; i++)
    distance[i] = base.supports(i) ? -scaledDifference(score[i], top, beta) : Infinity;
  return distance;
}

/** The largest reward of the support. */
export function topOf(caller: string, base: Law, score: Float64Array): number {
  let top = -Infinity;
  for (let i = 0; i < score.length; i++) if (score[i] > top && base.supports(i)) top = score[i];
  if (top === -Infinity)
    throw outOfRange(caller, "reward", "be above -Infinity for some answer of the support", -Infinity);
  return top;
}
