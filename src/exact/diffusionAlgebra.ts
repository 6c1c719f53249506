import type { BetaScheduleName } from "../diffusion/betaSchedule.js";
import type { NoiseForm } from "../diffusion/convertNoiseLevel.js";
import type { GuidanceConvention } from "../diffusion/guidanceScale.js";
import type { MaskedGuidanceOptions } from "../diffusion/maskedGuidance.js";
import type { DistributionOf, MeasureOf, TiltProblemOf } from "./problems.js";

/**
 * Atoms on a line with classes: what `atomicData` is made of, in numbers of type `N`.
 *
 * @typeParam N a number
 */
export interface AtomicDataOf<N> {
  /** The coordinate of each atom. */
  readonly atoms: readonly N[];
  /** p(x|c) of each class: a measure on the atoms' indices, read as the law proportional to it. */
  readonly classes: Readonly<Record<string, MeasureOf<N>>>;
  /** p(c) of each class, read as the law proportional to it. */
  readonly prior: Readonly<Record<string, N>>;
}

/**
 * What guidance leads away from, in numbers of type `N`.
 *
 * @typeParam N a number
 */
export interface GuidanceOptionsOf<N> {
  /** The class, or any measure on the atoms' indices, that takes the place of p(x). */
  readonly negative?: string | MeasureOf<N> | undefined;
}

/**
 * The noise levels of a schedule in every form.
 *
 * @typeParam N a number
 */
export interface BetaScheduleOf<N> {
  /** β of each step. */
  readonly beta: ArrayLike<N>;
  /** ᾱ = Π(1 − β). */
  readonly alphaBar: ArrayLike<N>;
  /** √(1 − ᾱ). */
  readonly sigma: ArrayLike<N>;
  /** √((1 − ᾱ)/ᾱ). */
  readonly sigmaVe: ArrayLike<N>;
  /** log(ᾱ/(1 − ᾱ)), in nats. */
  readonly logSnr: ArrayLike<N>;
}

/**
 * The ends and the length of a schedule.
 *
 * @typeParam N a number
 */
export interface BetaScheduleOptionsOf<N> {
  /** The number T of steps. */
  readonly steps?: number | undefined;
  /** The first β. */
  readonly betaStart?: N | undefined;
  /** The last β. */
  readonly betaEnd?: N | undefined;
}

/**
 * The ends and the bend of Karras' levels.
 *
 * @typeParam N a number
 */
export interface KarrasOptionsOf<N> {
  /** The lowest level. */
  readonly sigmaMin?: N | undefined;
  /** The highest level. */
  readonly sigmaMax?: N | undefined;
  /** ρ, from 0 to ∞. */
  readonly rho?: N | undefined;
}

/**
 * The diffusion half of an algebra: the library's functions of atoms, on a line. A point x and a predicted noise are
 * numbers, and a law is a measure on the atoms' indices. Functions of laws take the atoms, functions of classes the data.
 *
 * @typeParam N the numbers that come out
 * @typeParam I the numbers that may go in
 */
export interface DiffusionAlgebra<N, I = N> {
  /** To how many significant digits the functions that are integrals are right: the losses, and what is read off them. */
  readonly integralDigits: number;

  /**
   * The exact noise predictor ε*(x_t) of atoms on a line. Equation (30).
   *
   * @param atoms the atoms
   * @param law any measure on their indices, read as the law proportional to it
   * @param x the noisy point x_t
   * @param sigma the noise level σ in (0, 1)
   * @returns E[ε | x_t]
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when σ is outside (0, 1) or a coordinate is not finite
   */
  noisePrediction(atoms: readonly I[], law: MeasureOf<I>, x: I, sigma: I): N;
  /**
   * The score ∇ log p_σ(x_t) = −ε*(x_t)/σ of noised atoms on a line.
   *
   * @param atoms the atoms
   * @param law any measure on their indices, read as the law proportional to it
   * @param x the noisy point x_t
   * @param sigma the noise level σ in (0, 1)
   * @returns the score
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when σ is outside (0, 1) or a coordinate is not finite
   */
  score(atoms: readonly I[], law: MeasureOf<I>, x: I, sigma: I): N;
  /** {@inheritDoc exptilt/diffusion!denoisingLoss} */
  denoisingLoss(atoms: readonly I[], p: MeasureOf<I>, q: MeasureOf<I>, grid: ArrayLike<I>): N;
  /** {@inheritDoc exptilt/diffusion!weightedDenoisingLoss} */
  weightedDenoisingLoss(atoms: readonly I[], problem: TiltProblemOf<I>, q: MeasureOf<I>, grid: ArrayLike<I>): N;
  /** {@inheritDoc exptilt/diffusion!klByMismatchedEstimation} */
  klByMismatchedEstimation(atoms: readonly I[], p: MeasureOf<I>, q: MeasureOf<I>, grid?: ArrayLike<I>): N;
  /** {@inheritDoc exptilt/diffusion!rewardDirectedProblem} */
  rewardDirectedProblem(atoms: readonly I[], law: MeasureOf<I>, reward: ArrayLike<I>, beta: I): TiltProblemOf<N>;

  /** {@inheritDoc exptilt/diffusion!logClassProbability} */
  logClassProbability(data: AtomicDataOf<I>, label: string): ArrayLike<N>;
  /** {@inheritDoc exptilt/diffusion!guidanceProblem} */
  guidanceProblem(data: AtomicDataOf<I>, label: string, strength: I, options?: GuidanceOptionsOf<I>): TiltProblemOf<N>;
  /** {@inheritDoc exptilt/diffusion!guidedTarget} */
  guidedTarget(data: AtomicDataOf<I>, label: string, strength: I, options?: GuidanceOptionsOf<I>): DistributionOf<N>;
  /** {@inheritDoc exptilt/diffusion!guidedNoisePrediction} */
  guidedNoisePrediction(
    data: AtomicDataOf<I>,
    x: I,
    sigma: I,
    label: string,
    strength: I,
    options?: GuidanceOptionsOf<I>,
  ): N;
  /** {@inheritDoc exptilt/diffusion!logDensityRatio} */
  logDensityRatio(data: AtomicDataOf<I>, x: I, label: string): N;
  /** {@inheritDoc exptilt/diffusion!densityRatioWeights} */
  densityRatioWeights(grid: ArrayLike<I>): ArrayLike<N>;
  /** {@inheritDoc exptilt/diffusion!densityRatioLoss} */
  densityRatioLoss(data: AtomicDataOf<I>, x: I, label: string, grid?: ArrayLike<I>): N;
  /** {@inheritDoc exptilt/diffusion!classify} */
  classify(data: AtomicDataOf<I>, loss: Readonly<Record<string, I>>): DistributionOf<N>;

  /** {@inheritDoc exptilt/diffusion!guidanceWeight} */
  guidanceWeight(scale: I, convention: GuidanceConvention): N;
  /** {@inheritDoc exptilt/diffusion!guidanceScale} */
  guidanceScale(weight: I, convention: GuidanceConvention): N;
  /** {@inheritDoc exptilt/diffusion!convertNoiseLevel} */
  convertNoiseLevel(value: I, from: NoiseForm, to: NoiseForm): N;
  /** {@inheritDoc exptilt/diffusion!betaSchedule} */
  betaSchedule(name: BetaScheduleName, options?: BetaScheduleOptionsOf<I>): BetaScheduleOf<N>;
  /** {@inheritDoc exptilt/diffusion!karrasSchedule} */
  karrasSchedule(steps: number, options?: KarrasOptionsOf<I>): ArrayLike<N>;
  /** {@inheritDoc exptilt/diffusion!maskedGuidanceLaw} */
  maskedGuidanceLaw(
    conditional: MeasureOf<I>,
    unconditional: MeasureOf<I>,
    strength: I,
    options?: MaskedGuidanceOptions,
  ): DistributionOf<N>;
}
