import { equivalentOf } from "../../alignment/correspondences.js";
import type { TiltProblem } from "../../alignment/rlhf.js";
import type { SelfCertaintyProblem } from "../../alignment/rlif.js";
import { logOdds } from "../../measure/escort.js";
import { Law } from "../../measure/law.js";
import { type Distribution, distributionOf, lawOf, type Measure, requireMeasure } from "../../measure/measure.js";
import { resolveScore, scaledDifference } from "../../measure/score.js";
import { answerKey } from "../../measure/support.js";
import { logMeanExp, tiltChecked } from "../../measure/tilt.js";
import {
  outOfRange,
  POSITIVE_OR_INFINITE,
  requireArrayLike,
  requireNumber,
  requireObject,
  requireOptions,
} from "../../numeric/check.js";
import { exp, log } from "../../numeric/elementary.js";
import { isNormal } from "../../numeric/float64.js";
import { effectiveFractionOf } from "./effectiveFraction.js";
import { shapeOf, smooth } from "./paretoSmoothing.js";
import { sizeOf } from "./sampleWeights.js";
import { TAIL_OPTIONS, type TailOptions } from "./tail.js";

/**
 * The input of weighted maximum likelihood: a law to imitate, the law it came from, and how far its weights can be trusted.
 *
 * @typeParam A the type of an answer
 */
export interface WeightedAnswers<A = unknown> {
  /** The law that the policy is to imitate: each answer with its share of the weights. */
  readonly target: Distribution<A>;
  /** The reference policy that the answers were drawn from. */
  readonly ref: Measure<A>;
  /** ESS/n of the draws, or its limit 1/(1 + CV²) where the expectation is exact: in (0, 1]. */
  readonly effectiveFraction: number;
}

/**
 * Importance weights of every answer, for the exact expectation over ref.
 *
 * @typeParam A the type of an answer
 */
export interface ImportanceWeights<A = unknown> extends WeightedAnswers<A> {
  /** log(w(o)/Z) of each answer, in nats: the log-ratio of target to ref. E_ref[w/Z] = 1. */
  readonly logWeight: Float64Array;
  /** w(o)/Z of each answer. */
  readonly weight: Float64Array;
  /** log Z = log E_ref[w], in nats. */
  readonly logNormalizer: number;
}

/**
 * The importance weights w = e^{r/β}, normalised to mean 1 under ref, that turn maximum likelihood on draws of ref into
 * RLHF: maximising Z⁻¹ E_ref[w log π_θ] is maximum likelihood under the optimum π* = ref·w/Z. Equations (19) and (20).
 *
 * $$\frac{w(o)}{Z} = \frac{e^{r(o)/\beta}}{\mathbb{E}_{\mathrm{ref}}[e^{r/\beta}]} = \frac{\pi^*(o)}{\mathrm{ref}(o)}, \qquad \frac{\mathrm{ESS}}{n} \to \frac{1}{1 + \mathrm{CV}^2} = \frac{1}{1 + \chi^2(\pi^* \| \mathrm{ref})}$$
 *
 * `effectiveFraction` is that limit: of n draws of ref, about n/(1 + CV²) count. It falls towards the smallest reference
 * probability of a best answer as β → 0.
 *
 * @param problem the reference policy, the reward and β
 * @returns the weights with their target law π*, log Z and 1/(1 + CV²)
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when a reward is NaN or +∞ or forbids the whole support, or β is not positive
 * @example
 * ```ts
 * import { uniform } from "exptilt";
 * import { importanceWeights } from "exptilt/training";
 * const weights = importanceWeights({ ref: uniform(["a", "b"]), reward: [0, 1], beta: 0.5 });
 * weights.weight // => [0.238405844044, 1.761594155956]
 * weights.target.mass // => [0.119202922022, 0.880797077978]
 * weights.effectiveFraction // => 0.632901114417
 * ```
 */
export function importanceWeights<A>(problem: TiltProblem<A>): ImportanceWeights<A> {
  const caller = "importanceWeights";
  const beta = requireNumber(caller, "beta", requireObject(caller, "problem", problem).beta, POSITIVE_OR_INFINITE);
  const ref = requireMeasure(caller, "ref", problem.ref);
  const reward = resolveScore(caller, "reward", ref.support, problem.reward);
  return weightsOf(caller, { ref, reward, beta }, (peak) => reward.map((r) => scaledDifference(r, reward[peak], beta)));
}

/** Weights of a tilt, given log w of each answer relative to that of the target's likeliest. */
function weightsOf<A>(
  caller: string,
  { ref, reward, beta }: TiltProblem<A>,
  relative: (peak: number) => Float64Array,
): ImportanceWeights<A> {
  const target = tiltChecked(caller, "reward", ref, reward, beta);
  const [law, base] = [lawOf(caller, "target", target), lawOf(caller, "ref", ref)];
  const logRatio = relative(law.peak);
  const logMean = logMeanExp(base, logRatio);
  const logWeight = logRatio.map((l) => l - logMean);
  // Quotients of probabilities have digits that large logarithms lose.
  const weight = logWeight.map((l, i) => {
    const [p, q] = [law.probability(i), base.probability(i)];
    return isNormal(p) && isNormal(q) ? p / q : exp(l);
  });
  return {
    target,
    ref,
    logWeight,
    weight,
    logNormalizer: target.logNormalizer,
    effectiveFraction: effectiveFractionOf(target, ref),
  };
}

/**
 * The importance weights of RLIF: ref^{1/(Lβ−1)}, normalised to mean 1 under ref. Maximum likelihood with them on draws of
 * ref is maximum likelihood under the RLIF optimum ∝ ref^{a'}, a' = Lβ/(Lβ − 1). Equations (21) and (22).
 *
 * $$\frac{w(o)}{Z} = \frac{\mathrm{ref}(o)^{1/(L\beta - 1)}}{\mathbb{E}_{\mathrm{ref}}[\mathrm{ref}^{1/(L\beta - 1)}]}$$
 *
 * @param problem an RLIF problem with Lβ > 1
 * @returns the weights with their target law ∝ ref^{a'}, log Z and 1/(1 + CV²)
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when Lβ ≤ 1, where the optimum is no tilt of ref
 * @example
 * ```ts
 * import { distribution } from "exptilt";
 * import { selfCertaintyWeights } from "exptilt/training";
 * const ref = distribution(["aa", "ab"], [1, 3]);
 * const weights = selfCertaintyWeights({ ref, length: 2, beta: 1, vocabularySize: 2 });
 * weights.weight // => [0.4, 1.2]
 * weights.target.mass // => [0.1, 0.9]
 * ```
 */
export function selfCertaintyWeights<A>(problem: SelfCertaintyProblem<A>): ImportanceWeights<A> {
  const caller = "selfCertaintyWeights";
  const tilt = equivalentOf(caller, problem);
  const law = lawOf(caller, "ref", tilt.ref);
  // Taken from the masses: rounded logarithms may not tell them apart.
  return weightsOf(caller, tilt, (peak) => law.weight.map((_, i) => logOdds(law, i, peak) / tilt.beta));
}

/**
 * Weighted draws of the reference policy.
 *
 * @typeParam A the type of an answer
 */
export interface DrawnWeights<A = unknown> extends WeightedAnswers<A> {
  /** The self-normalised weight of each draw: they add up to 1. */
  readonly weight: Float64Array;
  /** (Σw)²/Σw² of the draws, see `effectiveSampleSize`. */
  readonly effectiveSampleSize: number;
  /** The tail index k̂ of the draws' weights, see `paretoK`: from 0.7 on, β is too small for the spread of the rewards. */
  readonly paretoK: number;
}

/** How draws are weighted, and what counts as the tail of their weights. */
export interface DrawnWeightsOptions extends TailOptions {
  /** Whether the largest weights are Pareto-smoothed, see `paretoSmoothedWeights`; false by default. */
  readonly smooth?: boolean;
}

/**
 * The self-normalised importance weights of draws from the reference policy, in log space: the sampled form of (19), which
 * needs no probability of ref. The target is the weighted empirical law on the answers of ref.
 *
 * $$\bar w_i = \frac{e^{r(o_i)/\beta}}{\sum_j e^{r(o_j)/\beta}}, \qquad \hat\pi(o) = \sum_{i : o_i = o} \bar w_i$$
 *
 * @param problem the reference policy, the reward and β > 0 (Infinity for plain maximum likelihood on the draws)
 * @param draws answers drawn from ref, in any order, repeated as they were drawn
 * @param options whether to smooth the tail, and how long it is
 * @returns the weights of the draws, the law they estimate, their effective number and k̂
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when a draw is no answer of ref, there are no draws, all are forbidden, β is not positive, or see `paretoK`
 * @example
 * ```ts
 * import { uniform } from "exptilt";
 * import { drawnWeights } from "exptilt/training";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 };
 * const weights = drawnWeights(problem, ["a", "b", "a", "a"]);
 * weights.weight // => [0.174877705, 0.475366886, 0.174877705, 0.174877705]
 * weights.target.mass // => [0.524633114, 0.475366886]
 * weights.effectiveSampleSize // => 3.147422
 * ```
 */
export function drawnWeights<A>(
  problem: TiltProblem<A>,
  draws: readonly A[],
  options: DrawnWeightsOptions = {},
): DrawnWeights<A> {
  const caller = "drawnWeights";
  const beta = requireNumber(caller, "beta", requireObject(caller, "problem", problem).beta, POSITIVE_OR_INFINITE);
  const ref = requireMeasure(caller, "ref", problem.ref);
  requireOptions(caller, options, { ...TAIL_OPTIONS, smooth: true });
  const score = resolveScore(caller, "reward", ref.support, problem.reward);
  const places = placesOf(caller, ref.support, draws);
  let top = -Infinity;
  for (const i of places) top = Math.max(top, score[i]);
  if (top === -Infinity) throw outOfRange(caller, "reward", "be above -Infinity for some draw", top);
  const given = {
    logWeight: Float64Array.from(places, (i) =>
      score[i] === -Infinity ? -Infinity : scaledDifference(score[i], top, beta),
    ),
    // Rewards that differ by their rounding alone are equal, however small β is.
    magnitude: (draw: number) => Math.max(Math.abs(score[places[draw]]), Math.abs(top)) / beta,
  };
  const smoothed = options.smooth
    ? smooth(caller, given, options)
    : { logWeight: given.logWeight, paretoK: shapeOf(caller, given, options) };
  const law = Law.fromLogMass(smoothed.logWeight);
  const weight = law.probabilities();
  const size = sizeOf(law);
  return {
    target: distributionOf(ref.support, gathered(places, law, weight, score.length), 0),
    ref,
    weight,
    effectiveSampleSize: size,
    effectiveFraction: size / places.length,
    paretoK: smoothed.paretoK,
  };
}

/** Where each draw stands in the support. */
function placesOf<A>(caller: string, support: readonly A[], draws: readonly A[]): Uint32Array {
  if (requireArrayLike(caller, "draws", draws).length === 0) {
    throw outOfRange(caller, "draws", "have at least one answer", draws);
  }
  const place = new Map(support.map((answer, i) => [answerKey(answer), i]));
  const at = (draw: A, n: number) => {
    const i = place.get(answerKey(draw));
    if (i === undefined) throw outOfRange(caller, `draws[${n}]`, "be an answer of ref", draw);
    return i;
  };
  // Before room is made for as many as the length says.
  at(draws[0], 0);
  return Uint32Array.from(draws, at);
}

/** The weights of equal draws added up, as logarithms where some are below the range of doubles. */
function gathered(places: Uint32Array, law: Law, weight: Float64Array, size: number): Law {
  if (!law.hasTail) {
    const mass = new Float64Array(size);
    for (const [n, i] of places.entries()) mass[i] += weight[n];
    return Law.fromMass(mass);
  }
  const top = new Float64Array(size).fill(-Infinity);
  for (const [n, i] of places.entries()) top[i] = Math.max(top[i], law.logWeight[n]);
  const mass = new Float64Array(size);
  for (const [n, i] of places.entries()) if (top[i] > -Infinity) mass[i] += exp(law.logWeight[n] - top[i]);
  return Law.fromLogMass(top.map((t, i) => (t === -Infinity ? t : t + log(mass[i]))));
}
