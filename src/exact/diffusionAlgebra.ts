import type { DistributionOf, MeasureOf, TiltProblemOf } from "./algebra.js";

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
 * The diffusion half of an algebra: the library's functions of atoms, on a line. Functions of laws take the atoms and
 * the laws, functions of classes the data.
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
  /**
   * The denoising loss E|ε − ε_q(x_t)|² of (30) for x₀ ~ p, averaged over the levels of a grid: an integral.
   *
   * @param atoms the atoms
   * @param p the law of x₀
   * @param q the law whose noise predictor is used
   * @param grid the noise levels σ, increasing in (0, 1)
   * @returns the mean squared error of the predicted noise
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when the grid does not increase in (0, 1) or a coordinate is not finite
   */
  denoisingLoss(atoms: readonly I[], p: MeasureOf<I>, q: MeasureOf<I>, grid: ArrayLike<I>): N;
  /**
   * The importance-weighted denoising loss Z⁻¹ E_ref[e^{r/β} |ε − ε_q(x_t)|²], averaged over the levels of a grid: an
   * integral. Equations (38) and (39).
   *
   * @param atoms the atoms
   * @param problem p_data as `ref`, on the atoms' indices, with reward and β
   * @param q the law whose noise predictor is used
   * @param grid the noise levels σ, increasing in (0, 1)
   * @returns the weighted mean squared error of the predicted noise
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when the grid does not increase in (0, 1), β is not positive, or a reward or coordinate is out of range
   */
  weightedDenoisingLoss(atoms: readonly I[], problem: TiltProblemOf<I>, q: MeasureOf<I>, grid: ArrayLike<I>): N;
  /**
   * KL(p‖q) = ½ ∫ E_p|ε_p − ε_q|² dλ from the noise predictors alone: an integral. Equation (33).
   *
   * @param atoms the atoms
   * @param p a law on their indices
   * @param q the other law
   * @param grid the noise levels σ, increasing in (0, 1), for the sum of (37) in place of the integral
   * @returns the divergence in nats; without a grid ∞ where p has mass and q has none
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when the grid does not increase in (0, 1) or a coordinate is not finite
   */
  klByMismatchedEstimation(atoms: readonly I[], p: MeasureOf<I>, q: MeasureOf<I>, grid?: ArrayLike<I>): N;
  /**
   * Reward-directed diffusion as a tilt problem. Equation (32).
   *
   * @param atoms the atoms
   * @param law p_data(·|c)
   * @param reward r of each atom, below ∞
   * @param beta β > 0
   * @returns the problem, on the atoms' indices
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when a reward is NaN or +∞, or β is not positive and finite
   */
  rewardDirectedProblem(atoms: readonly I[], law: MeasureOf<I>, reward: ArrayLike<I>, beta: I): TiltProblemOf<N>;

  /**
   * log p(c|x) of each atom, by Bayes' rule.
   *
   * @param data the atoms with their classes
   * @param label the class c
   * @returns the logarithms, −∞ where p(x|c) = 0
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when the class is unknown
   */
  logClassProbability(data: AtomicDataOf<I>, label: string): ArrayLike<N>;
  /**
   * Guidance as a tilt: reference p(x|c), reward w·log p(c|x), β = 1. Equations (31) and (35).
   *
   * @param data the atoms with their classes
   * @param label the class c
   * @param strength the guidance strength w
   * @returns the problem, on the atoms' indices
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when the class is unknown or the strength is not finite
   */
  guidanceProblem(data: AtomicDataOf<I>, label: string, strength: I): TiltProblemOf<N>;
  /**
   * The target ∝ p(x|c)^{1+w} p(x)^{−w} of guidance. Equation (31).
   *
   * @param data the atoms with their classes
   * @param label the class c
   * @param strength the guidance strength w
   * @returns the target, on the atoms' indices
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when the class is unknown or the strength is not finite
   */
  guidedTarget(data: AtomicDataOf<I>, label: string, strength: I): DistributionOf<N>;
  /**
   * The guided noise predictor (1 + w)·ε(x_t|c) − w·ε(x_t).
   *
   * @param data the atoms with their classes
   * @param x the noisy point x_t
   * @param sigma the noise level σ in (0, 1)
   * @param label the class c
   * @param strength the guidance strength w
   * @returns the guided noise
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when the class is unknown, σ is outside (0, 1), or the strength or a coordinate is not finite
   */
  guidedNoisePrediction(data: AtomicDataOf<I>, x: I, sigma: I, label: string, strength: I): N;
  /**
   * log p(x|c)/p(x), of all atoms at x together. Equation (36).
   *
   * @param data the atoms with their classes
   * @param x a point, at an atom of positive p(x)
   * @param label the class c
   * @returns the log-ratio, −∞ where p(x|c) = 0
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when the class is unknown or x is no atom
   */
  logDensityRatio(data: AtomicDataOf<I>, x: I, label: string): N;
  /**
   * The weights ω_t = (σ²_{t+1} − σ²_t)/(2σ_t²(1 − σ_t²)) of (37).
   *
   * @param grid the noise levels σ, increasing in (0, 1), two at least
   * @returns the weights, one fewer than levels
   * @throws TypeError when the grid is no array of numbers
   * @throws RangeError when it does not increase in (0, 1)
   */
  densityRatioWeights(grid: ArrayLike<I>): ArrayLike<N>;
  /**
   * The loss L(x;c) of (37): over all levels, where it is −log p(x|c)/p(x), or on a grid. An integral.
   *
   * @param data the atoms with their classes
   * @param x a point; without a grid, at an atom of positive p(x)
   * @param label the class c
   * @param grid the noise levels σ, increasing in (0, 1)
   * @returns L in nats
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when the class is unknown, the grid does not increase in (0, 1), or x is no atom and there is no grid
   */
  densityRatioLoss(data: AtomicDataOf<I>, x: I, label: string, grid?: ArrayLike<I>): N;
  /**
   * p(c|x) ∝ p(c)·e^{−L(x;c)}, as a diffusion classifier has it. Equation (36).
   *
   * @param data the atoms with their classes
   * @param loss L(x;c) of each class
   * @returns p(c|x), on the names of the classes
   * @throws TypeError when a class has no loss
   * @throws RangeError when a loss is NaN or −∞, or all of them are ∞
   */
  classify(data: AtomicDataOf<I>, loss: Readonly<Record<string, I>>): DistributionOf<N>;
}
