import type { GrpoOptions } from "../objective/grpo.js";
import type { KlPenalty } from "../objective/klPenaltyOptimum.js";
import type { DiffusionAlgebra } from "./diffusionAlgebra.js";
import type {
  AutoregressivePolicyOf,
  BestOfNProblemOf,
  ComparisonOf,
  DistributionOf,
  DpoProblemOf,
  FirstOrderExpansionOf,
  GrpoOptimumOf,
  ImportanceWeightsOf,
  LawBoundsOf,
  LimitDistanceOf,
  LogMeanExpOf,
  MeasureOf,
  NashProblemOf,
  RegularizerOf,
  RejectionSamplingOf,
  SelfCertaintyProblemOf,
  SoftValuesOf,
  TiltProblemOf,
  UnifiedProblemOf,
  UtilityOptimumOf,
  WeightedMleFitOf,
  WeightedProblemOf,
} from "./problems.js";

export type * from "./problems.js";

/**
 * Numbers of one precision, and the library's functions on them under their names in the library: a statement written
 * against this interface runs in float64 and at any number of digits.
 *
 * Each function carries the document of the float64 function of its name. What a document says of rounding and of time
 * holds in float64. At a chosen number of digits, totals of votes of unequal weights are tied where their logarithms agree
 * to all digits carried but three. Arguments are narrower here: measures and aligned arrays, `n` a whole number, no default but those of
 * `form` and `cap`.
 *
 * Functions of laws (entropy, divergences, optima) read any measure as the law proportional to it; `power`, `product`
 * and `generalizedKlDivergence` read the masses as given. Everywhere 0·log 0 = 0, a mass on an answer that the other
 * law excludes makes a divergence +∞, and a reward of −∞ forbids its answer.
 *
 * A function throws where the float64 function does: a `TypeError` for a wrong type or shape, a `RangeError` for a value
 * out of range. The error names the function, the argument, the index and the value.
 *
 * @typeParam N the numbers that come out
 * @typeParam I the numbers that may go in: those of type `N`, and doubles beside them in `ExactAlgebra`
 */
export interface Algebra<N, I = N> extends DiffusionAlgebra<N, I> {
  /** How the arithmetic is called in a report: `float64`, `60 digits`. */
  readonly name: string;

  /**
   * The exact value of a double.
   *
   * @param x a double; an infinity or NaN is the same in every arithmetic
   * @returns that number
   */
  number(x: number): N;
  /**
   * The nearest double.
   *
   * @param x a number
   * @returns x rounded to nearest; beyond the range of doubles 0 or ±∞
   */
  toNumber(x: I): number;
  /**
   * a + b, rounded once.
   *
   * @param a a number
   * @param b a number
   * @returns the sum
   */
  add(a: I, b: I): N;
  /**
   * a − b, rounded once.
   *
   * @param a a number
   * @param b a number
   * @returns the difference
   */
  subtract(a: I, b: I): N;
  /**
   * a·b, rounded once.
   *
   * @param a a number
   * @param b a number
   * @returns the product
   */
  multiply(a: I, b: I): N;
  /**
   * a/b, rounded once.
   *
   * @param a a number
   * @param b a number
   * @returns the quotient
   */
  divide(a: I, b: I): N;
  /**
   * e^a.
   *
   * @param a a number
   * @returns the exponential, 0 at −∞
   */
  exp(a: I): N;
  /**
   * The natural logarithm.
   *
   * @param a a number ≥ 0
   * @returns log a, −∞ at 0
   */
  log(a: I): N;

  /** {@inheritDoc exptilt!measure} */
  measure(support: readonly unknown[], mass: ArrayLike<I>): MeasureOf<N>;
  /** {@inheritDoc exptilt!distribution} */
  distribution(support: readonly unknown[], mass: ArrayLike<I>): DistributionOf<N>;
  /** {@inheritDoc exptilt!fromLogMass} */
  fromLogMass(support: readonly unknown[], logMass: ArrayLike<I>): MeasureOf<N>;
  /** {@inheritDoc exptilt!uniform} */
  uniform(support: readonly unknown[]): DistributionOf<N>;
  /** {@inheritDoc exptilt!normalize} */
  normalize(p: MeasureOf<I>): DistributionOf<N>;
  /** {@inheritDoc exptilt!power} */
  power(p: MeasureOf<I>, exponent: I): MeasureOf<N>;
  /** {@inheritDoc exptilt!product} */
  product(p: MeasureOf<I>, q: MeasureOf<I>): MeasureOf<N>;
  /** {@inheritDoc exptilt!tilt} */
  tilt(ref: MeasureOf<I>, score: ArrayLike<I>, beta: I): DistributionOf<N>;
  /** {@inheritDoc exptilt!escort} */
  escort(ref: MeasureOf<I>, exponent: I): DistributionOf<N>;
  /** {@inheritDoc exptilt!expectation} */
  expectation(p: MeasureOf<I>, f: ArrayLike<I>): N;

  /** {@inheritDoc exptilt!entropy} */
  entropy(p: MeasureOf<I>): N;
  /** {@inheritDoc exptilt!renyiEntropy} */
  renyiEntropy(p: MeasureOf<I>, order: I): N;
  /** {@inheritDoc exptilt!klDivergence} */
  klDivergence(p: MeasureOf<I>, q: MeasureOf<I>): N;
  /** {@inheritDoc exptilt!generalizedKlDivergence} */
  generalizedKlDivergence(p: MeasureOf<I>, q: MeasureOf<I>): N;
  /** {@inheritDoc exptilt!totalVariation} */
  totalVariation(p: MeasureOf<I>, q: MeasureOf<I>): N;
  /** {@inheritDoc exptilt!chiSquaredDivergence} */
  chiSquaredDivergence(p: MeasureOf<I>, q: MeasureOf<I>): N;

  /** {@inheritDoc exptilt!preferenceProbability} */
  preferenceProbability(reward: I, other: I): N;
  /** {@inheritDoc exptilt!logPreferenceProbability} */
  logPreferenceProbability(reward: I, other: I): N;
  /** {@inheritDoc exptilt!humanPreference} */
  humanPreference(support: readonly unknown[], reward: ArrayLike<I>): DistributionOf<N>;

  /** {@inheritDoc exptilt!rlhfObjective} */
  rlhfObjective(problem: TiltProblemOf<I>, policy: MeasureOf<I>): N;
  /** {@inheritDoc exptilt!rlhfOptimum} */
  rlhfOptimum(problem: TiltProblemOf<I>): DistributionOf<N>;
  /** {@inheritDoc exptilt!rlhfOptimalValue} */
  rlhfOptimalValue(problem: TiltProblemOf<I>): N;
  /** {@inheritDoc exptilt!rlhfRegret} */
  rlhfRegret(problem: TiltProblemOf<I>, policy: MeasureOf<I>): N;
  /** {@inheritDoc exptilt!regularizedOptimum} */
  regularizedOptimum(problem: TiltProblemOf<I>, regularizer: RegularizerOf<I>): DistributionOf<N>;
  /** {@inheritDoc exptilt!regularizedObjective} */
  regularizedObjective(problem: TiltProblemOf<I>, policy: MeasureOf<I>, regularizer: RegularizerOf<I>): N;
  /** {@inheritDoc exptilt!regularizedRegret} */
  regularizedRegret(problem: TiltProblemOf<I>, policy: MeasureOf<I>, regularizer: RegularizerOf<I>): N;
  /** {@inheritDoc exptilt!klPenaltyOptimum} */
  klPenaltyOptimum(problem: TiltProblemOf<I>, penalty: KlPenalty): DistributionOf<N>;
  /** {@inheritDoc exptilt!rlifObjective} */
  rlifObjective(problem: SelfCertaintyProblemOf<I>, policy: MeasureOf<I>): N;
  /** {@inheritDoc exptilt!rlifOptimum} */
  rlifOptimum(problem: SelfCertaintyProblemOf<I>): DistributionOf<N>;
  /** {@inheritDoc exptilt!rlifOptimalValue} */
  rlifOptimalValue(problem: SelfCertaintyProblemOf<I>): N;
  /** {@inheritDoc exptilt!rlifRegret} */
  rlifRegret(problem: SelfCertaintyProblemOf<I>, policy: MeasureOf<I>): N;
  /** {@inheritDoc exptilt!rlhfEquivalent} */
  rlhfEquivalent(problem: SelfCertaintyProblemOf<I>): TiltProblemOf<N>;
  /** {@inheritDoc exptilt!rlifEquivalent} */
  rlifEquivalent(
    problem: TiltProblemOf<I>,
    options: { readonly length: number; readonly vocabularySize: number },
  ): SelfCertaintyProblemOf<N>;
  /** {@inheritDoc exptilt!unifiedObjective} */
  unifiedObjective(problem: UnifiedProblemOf<I>, policy: MeasureOf<I>): N;
  /** {@inheritDoc exptilt!nashOptimum} */
  nashOptimum(problem: NashProblemOf<I>): DistributionOf<N>;
  /** {@inheritDoc exptilt!dpoOptimum} */
  dpoOptimum(problem: DpoProblemOf<I>, comparisons: Iterable<ComparisonOf<I>>): DistributionOf<N>;
  /** {@inheritDoc exptilt!softValues} */
  softValues(policy: AutoregressivePolicyOf<I>, reward: ArrayLike<I>, beta: I): SoftValuesOf<N>;
  /** {@inheritDoc exptilt!bestOfNLaw} */
  bestOfNLaw(problem: BestOfNProblemOf<I>, n: number): DistributionOf<N>;
  /** {@inheritDoc exptilt!softBestOfNLaw} */
  softBestOfNLaw(problem: TiltProblemOf<I>, n: number): DistributionOf<N>;
  /** {@inheritDoc exptilt!weightedBestOfNLaw} */
  weightedBestOfNLaw(problem: WeightedProblemOf<I>, n: number): DistributionOf<N>;
  /** {@inheritDoc exptilt!metropolisLaw} */
  metropolisLaw(problem: TiltProblemOf<I>, n: number): DistributionOf<N>;
  /** {@inheritDoc exptilt!rejectionSamplingLaw} */
  rejectionSamplingLaw(problem: TiltProblemOf<I>, n: number, options?: { readonly cap?: I }): RejectionSamplingOf<N>;
  /** {@inheritDoc exptilt!majorityVoteLaw} */
  majorityVoteLaw(ref: MeasureOf<I>, n: number): DistributionOf<N>;
  /** {@inheritDoc exptilt!weightedVoteLaw} */
  weightedVoteLaw(problem: TiltProblemOf<I>, n: number): DistributionOf<N>;
  /** {@inheritDoc exptilt!powerVoteLaw} */
  powerVoteLaw(problem: TiltProblemOf<I>, n: number, alpha: I): DistributionOf<N>;
  /** {@inheritDoc exptilt!selectionLimit} */
  selectionLimit(problem: TiltProblemOf<I>): DistributionOf<N>;
  /** {@inheritDoc exptilt!limitDistance} */
  limitDistance(problem: TiltProblemOf<I>, n: number): LimitDistanceOf<N>;
  /** {@inheritDoc exptilt!softBestOfNBounds} */
  softBestOfNBounds(problem: TiltProblemOf<I>, n: number): LawBoundsOf<N>;
  /** {@inheritDoc exptilt!firstOrderExpansion} */
  firstOrderExpansion(problem: TiltProblemOf<I>): FirstOrderExpansionOf<N>;
  /** {@inheritDoc exptilt/claims!printedRate} */
  printedRate(problem: TiltProblemOf<I>, n: number): N;

  /** {@inheritDoc exptilt!utilityOptimum} */
  utilityOptimum(problem: TiltProblemOf<I>, derivative: (mean: N, shortfall: N) => N): UtilityOptimumOf<N>;
  /** {@inheritDoc exptilt!grpoOptimum} */
  grpoOptimum(problem: TiltProblemOf<I>, options: GrpoOptions): GrpoOptimumOf<N>;
  /** {@inheritDoc exptilt!maxAtKOptimum} */
  maxAtKOptimum(problem: TiltProblemOf<I>, k: I): DistributionOf<N>;
  /** {@inheritDoc exptilt!calibratedReward} */
  calibratedReward(problem: BestOfNProblemOf<I>, n?: number): ArrayLike<N>;
  /** {@inheritDoc exptilt!expectedLogMeanExp} */
  expectedLogMeanExp(problem: TiltProblemOf<I>, n: number): LogMeanExpOf<N>;

  /** {@inheritDoc exptilt!sequenceDistribution} */
  sequenceDistribution(policy: AutoregressivePolicyOf<I>): DistributionOf<N>;
  /** {@inheritDoc exptilt!selfCertainty} */
  selfCertainty(policy: AutoregressivePolicyOf<I>, sequence: readonly unknown[], form?: "variant" | "original"): N;
  /** {@inheritDoc exptilt!expectedSelfCertainty} */
  expectedSelfCertainty(policy: AutoregressivePolicyOf<I>, form?: "variant" | "original"): N;

  /** {@inheritDoc exptilt/training!importanceWeights} */
  importanceWeights(problem: TiltProblemOf<I>): ImportanceWeightsOf<N>;
  /** {@inheritDoc exptilt/training!selfCertaintyWeights} */
  selfCertaintyWeights(problem: SelfCertaintyProblemOf<I>): ImportanceWeightsOf<N>;
  /**
   * Weighted maximum likelihood of the tabular policy, which maximises Σ target log π_θ in closed form. Equations (19)–(22).
   *
   * @param data the law to imitate, any measure, read as the law proportional to it
   * @param data.target that law
   * @returns the logits, and the likelihood reached
   * @throws TypeError when the target is no measure
   */
  fitWeightedMle(data: { readonly target: MeasureOf<I> }): WeightedMleFitOf<N>;
}
