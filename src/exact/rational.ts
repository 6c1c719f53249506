import type { Fraction } from "mathjs";

/** What may stand for a rational number: a double or a bigint, at its exact value, or a fraction of mathjs. */
export type Rational = number | bigint | Fraction;

/** A measure whose masses are fractions. */
export interface RationalMeasure {
  /** The answers, distinct, in a fixed order. */
  readonly support: readonly unknown[];
  /** The mass of each answer. */
  readonly mass: readonly Fraction[];
}

/** A tilt problem in which everything is rational: the odds ρ = e^r instead of the reward, and a whole number 1/β. */
export interface RationalTiltProblem {
  /** The reference policy, read as the law proportional to it. */
  readonly ref: RationalMeasure;
  /** ρ(o) = e^{r(o)} ≥ 0 of each answer; 0 forbids. */
  readonly odds: ArrayLike<Rational>;
  /** 1/β, a whole number of at least 0; 0 stands for β = ∞. */
  readonly inverseBeta: number;
}

/** What rejection with a budget of draws gives and takes, in fractions. */
export interface RationalRejectionSampling {
  /** The law of the answer taken. */
  readonly law: RationalMeasure;
  /** The expected number of draws, those included that are drawn again. */
  readonly expectedDraws: Fraction;
  /** The probability that a draw is accepted. */
  readonly acceptance: Fraction;
}

/** A rational RLIF problem. */
export interface RationalSelfCertaintyProblem {
  /** The reference policy, read as the law proportional to it. */
  readonly ref: RationalMeasure;
  /** L, the number of tokens of every sequence. */
  readonly length: number;
  /** β_if ≥ 0; above 1/L it must make 1/(Lβ_if − 1) a whole number. */
  readonly beta: Rational;
}

/**
 * The library's functions wherever their values are rational. Each throws a `TypeError` for a wrong type, shape or support,
 * and a `RangeError` where a value is out of the range that its parameter or its problem names.
 */
export interface RationalAlgebra {
  /**
   * The fraction of two rational numbers.
   *
   * @param numerator a rational number
   * @param denominator a rational number other than 0; 1 when left out
   * @returns numerator/denominator, in lowest terms
   */
  fraction(numerator: Rational, denominator?: Rational): Fraction;
  /**
   * The measure with the given masses, kept as they are.
   *
   * @param support distinct answers of any type, one at least
   * @param mass one mass an answer, ≥ 0, not all 0
   * @returns the measure
   */
  measure(support: readonly unknown[], mass: ArrayLike<Rational>): RationalMeasure;
  /**
   * The distribution mass(o)/Σ mass.
   *
   * @param support distinct answers of any type, one at least
   * @param mass one mass an answer, ≥ 0, not all 0
   * @returns the distribution
   */
  distribution(support: readonly unknown[], mass: ArrayLike<Rational>): RationalMeasure;
  /**
   * The uniform distribution.
   *
   * @param support distinct answers of any type, one at least
   * @returns the distribution
   */
  uniform(support: readonly unknown[]): RationalMeasure;
  /**
   * The distribution proportional to a measure.
   *
   * @param p any measure
   * @returns the distribution
   */
  normalize(p: RationalMeasure): RationalMeasure;
  /**
   * The elementwise power of masses as given; mass 0 stays 0.
   *
   * @param p a measure, read as given
   * @param exponent a whole number, negative only where every mass is positive
   * @returns the measure of masses p(o)^exponent
   */
  power(p: RationalMeasure, exponent: number): RationalMeasure;
  /**
   * The elementwise product of masses as given.
   *
   * @param p a measure, read as given
   * @param q a measure on the same answers in the same order
   * @returns the measure of masses p(o)·q(o)
   * @throws RangeError when no answer has positive mass under both
   */
  product(p: RationalMeasure, q: RationalMeasure): RationalMeasure;
  /**
   * The tilt ∝ ref(o)·ρ(o)^{1/β}, with ρ = e^r. Equation (9).
   *
   * @param ref any measure, read as the law proportional to it
   * @param odds ρ(o) ≥ 0 of each answer; 0 forbids
   * @param inverseBeta 1/β, a whole number of at least 0
   * @returns the tilted law
   */
  tilt(ref: RationalMeasure, odds: ArrayLike<Rational>, inverseBeta: number): RationalMeasure;
  /**
   * The escort ∝ ref(o)^exponent on the support of ref. Equations (10) and (17).
   *
   * @param ref any measure, read as the law proportional to it
   * @param exponent a whole number, negative only where every mass is positive
   * @returns the escort distribution
   */
  escort(ref: RationalMeasure, exponent: number): RationalMeasure;
  /**
   * The expectation E_p[f].
   *
   * @param p any measure, read as the law proportional to it
   * @param f a rational number for each answer
   * @returns the expectation
   */
  expectation(p: RationalMeasure, f: ArrayLike<Rational>): Fraction;
  /**
   * The total variation distance ½ Σ |P − Q| of the laws.
   *
   * @param p any measure, read as the law proportional to it
   * @param q a measure on the same answers in the same order
   * @returns the distance
   */
  totalVariation(p: RationalMeasure, q: RationalMeasure): Fraction;
  /**
   * The Bradley–Terry probability ρ(o)/(ρ(o) + ρ(õ)), with ρ = e^r. Equation (3).
   *
   * @param odds ρ(o) ≥ 0
   * @param other ρ(õ) ≥ 0
   * @returns the probability
   */
  preferenceProbability(odds: Rational, other: Rational): Fraction;
  /**
   * The human-preference distribution hp(o) = ρ(o)/Σ ρ, with ρ = e^r. Equation (4).
   *
   * @param support distinct answers of any type, one at least
   * @param odds ρ(o) ≥ 0 of each answer, not all 0
   * @returns the distribution
   */
  humanPreference(support: readonly unknown[], odds: ArrayLike<Rational>): RationalMeasure;
  /**
   * The RLHF optimum ∝ ref·ρ^{1/β}. Equation (9).
   *
   * @param problem the reference policy, the odds and 1/β
   * @returns the optimal policy
   */
  rlhfOptimum(problem: RationalTiltProblem): RationalMeasure;
  /**
   * The RLIF optimum ∝ ref^{Lβ/(Lβ−1)} for Lβ > 1, and the point mass on the first mode of ref for Lβ ≤ 1. Equation (10).
   *
   * @param problem the reference policy, the length and β
   * @returns an optimal policy
   */
  rlifOptimum(problem: RationalSelfCertaintyProblem): RationalMeasure;
  /**
   * The tilt problem with the same optimum: odds ρ = ref at 1/β_hf = 1/(Lβ_if − 1). Equations (11) and (18).
   *
   * @param problem an RLIF problem with Lβ_if > 1
   * @returns the tilt problem
   */
  rlhfEquivalent(problem: RationalSelfCertaintyProblem): RationalTiltProblem;
  /**
   * The law of Metropolis selection, by its kernel applied N − 1 times: a draw replaces the answer held with probability
   * min(1, (ρ′/ρ)^{1/β}). Odds of 0 forbid: N forbidden draws are drawn again.
   *
   * @param problem the reference policy, the odds and 1/β
   * @param n the number of draws N, a whole number of at least 1
   * @returns the law of the answer held
   */
  metropolisLaw(problem: RationalTiltProblem, n: number): RationalMeasure;
  /**
   * Rejection sampling with at most N draws, one draw after the other: accepted with probability min(1, (ρ/cap)^{1/β}), and
   * the N-th taken whatever it is. Where that is forbidden (odds 0), all N are drawn again.
   *
   * @param problem the reference policy, the odds and 1/β
   * @param n the most draws N, a whole number of at least 1
   * @param options the cap
   * @param options.cap from these odds on a draw is always accepted; the largest of the support when left out
   * @returns the law, the expected number of draws and the probability of acceptance
   */
  rejectionSamplingLaw(
    problem: RationalTiltProblem,
    n: number,
    options?: { readonly cap?: Rational },
  ): RationalRejectionSampling;
  /**
   * The law of a majority vote of N draws, ties broken uniformly, from the counts of the draws.
   *
   * @param ref any measure, read as the law proportional to it
   * @param n the number of draws N, a whole number of at least 1
   * @returns the law of the answer taken
   */
  majorityVoteLaw(ref: RationalMeasure, n: number): RationalMeasure;
  /**
   * The law of a vote of N draws by (number of draws)·ρ^{1/β}, ties broken uniformly. Odds of 0 forbid: N forbidden draws
   * are drawn again.
   *
   * @param problem the reference policy, the odds and 1/β
   * @param n the number of draws N, a whole number of at least 1
   * @returns the law of the answer taken
   */
  weightedVoteLaw(problem: RationalTiltProblem, n: number): RationalMeasure;
  /**
   * The law of picking one of N draws' answers with probability ∝ ((number of draws)·ρ^{1/β})^α. Odds of 0 forbid: N
   * forbidden draws are drawn again.
   *
   * @param problem the reference policy, the odds and 1/β
   * @param n the number of draws N, a whole number of at least 1
   * @param alpha the exponent α, a whole number of at least 0
   * @returns the law of the answer picked
   */
  powerVoteLaw(problem: RationalTiltProblem, n: number, alpha: number): RationalMeasure;
  /**
   * Whether two measures on the same answers have the same masses.
   *
   * @param p a measure, read as given
   * @param q a measure on the same answers in the same order
   * @returns true where all masses are equal, not close
   */
  equal(p: RationalMeasure, q: RationalMeasure): boolean;
}
