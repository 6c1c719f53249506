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
 * The library's functions wherever their values are rational. Each throws a `TypeError` for a wrong type or shape and a
 * `RangeError` for a value out of range.
 */
export interface RationalAlgebra {
  /**
   * The fraction of two rational numbers.
   *
   * @param numerator a rational number
   * @param denominator a rational number other than 0; 1 when left out
   * @returns numerator/denominator, in lowest terms
   * @throws RangeError when the denominator is 0, or a number is not finite
   */
  fraction(numerator: Rational, denominator?: Rational): Fraction;
  /**
   * The measure with the given masses, kept as they are.
   *
   * @param support distinct answers of any type
   * @param mass one mass an answer, ≥ 0, not all 0
   * @returns the measure
   * @throws TypeError when an argument is no array, a mass is no rational, or the lengths differ
   * @throws RangeError when the support is empty or repeats an answer, or a mass is negative or not finite, or all are 0
   */
  measure(support: readonly unknown[], mass: ArrayLike<Rational>): RationalMeasure;
  /**
   * The distribution mass(o)/Σ mass.
   *
   * @param support distinct answers of any type
   * @param mass one mass an answer, ≥ 0, not all 0
   * @returns the distribution
   * @throws TypeError when an argument is no array, a mass is no rational, or the lengths differ
   * @throws RangeError when the support is empty or repeats an answer, or a mass is negative or not finite, or all are 0
   */
  distribution(support: readonly unknown[], mass: ArrayLike<Rational>): RationalMeasure;
  /**
   * The uniform distribution.
   *
   * @param support distinct answers of any type
   * @returns the distribution
   * @throws TypeError when the support is no array
   * @throws RangeError when the support is empty or repeats an answer
   */
  uniform(support: readonly unknown[]): RationalMeasure;
  /**
   * The distribution proportional to a measure.
   *
   * @param p any measure
   * @returns the distribution
   * @throws TypeError when p is not a measure
   */
  normalize(p: RationalMeasure): RationalMeasure;
  /**
   * The elementwise power of masses as given; mass 0 stays 0.
   *
   * @param p a measure, read as given
   * @param exponent a whole number, negative only where every mass is positive
   * @returns the measure of masses p(o)^exponent
   * @throws TypeError when an argument has the wrong type
   * @throws RangeError when the exponent is no whole number, or is negative though p has an answer of mass 0
   */
  power(p: RationalMeasure, exponent: number): RationalMeasure;
  /**
   * The elementwise product of masses as given.
   *
   * @param p a measure, read as given
   * @param q a measure on the same answers in the same order
   * @returns the measure of masses p(o)·q(o)
   * @throws TypeError when the supports differ
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
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when the odds are negative or forbid the whole support, or 1/β is no whole number ≥ 0
   */
  tilt(ref: RationalMeasure, odds: ArrayLike<Rational>, inverseBeta: number): RationalMeasure;
  /**
   * The escort ∝ ref(o)^exponent on the support of ref. Equations (10) and (17).
   *
   * @param ref any measure, read as the law proportional to it
   * @param exponent a whole number, negative only where every mass is positive
   * @returns the escort distribution
   * @throws TypeError when an argument has the wrong type
   * @throws RangeError when the exponent is no whole number, or is negative though some answer has mass 0
   */
  escort(ref: RationalMeasure, exponent: number): RationalMeasure;
  /**
   * The expectation E_p[f].
   *
   * @param p any measure, read as the law proportional to it
   * @param f a rational number for each answer
   * @returns the expectation
   * @throws TypeError when p is no measure, or f has the wrong length or type
   */
  expectation(p: RationalMeasure, f: ArrayLike<Rational>): Fraction;
  /**
   * The total variation distance ½ Σ |P − Q| of the laws.
   *
   * @param p any measure, read as the law proportional to it
   * @param q a measure on the same answers in the same order
   * @returns the distance
   * @throws TypeError when an argument is not a measure or the supports differ
   */
  totalVariation(p: RationalMeasure, q: RationalMeasure): Fraction;
  /**
   * The Bradley–Terry probability ρ(o)/(ρ(o) + ρ(õ)), with ρ = e^r. Equation (3).
   *
   * @param odds ρ(o) ≥ 0
   * @param other ρ(õ) ≥ 0
   * @returns the probability
   * @throws TypeError when an argument is no rational number
   * @throws RangeError when an argument is negative or not finite, or both are 0
   */
  preferenceProbability(odds: Rational, other: Rational): Fraction;
  /**
   * The human-preference distribution hp(o) = ρ(o)/Σ ρ, with ρ = e^r. Equation (4).
   *
   * @param support distinct answers of any type
   * @param odds ρ(o) ≥ 0 of each answer, not all 0
   * @returns the distribution
   * @throws TypeError when an argument is no array, an entry of the odds is no rational, or the lengths differ
   * @throws RangeError when the support is empty or repeats an answer, or the odds are negative or not finite, or all 0
   */
  humanPreference(support: readonly unknown[], odds: ArrayLike<Rational>): RationalMeasure;
  /**
   * The RLHF optimum ∝ ref·ρ^{1/β}. Equation (9).
   *
   * @param problem the reference policy, the odds and 1/β
   * @returns the optimal policy
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when the odds are negative or forbid the whole support, or 1/β is no whole number ≥ 0
   */
  rlhfOptimum(problem: RationalTiltProblem): RationalMeasure;
  /**
   * The RLIF optimum ∝ ref^{Lβ/(Lβ−1)} for Lβ > 1, and the point mass on the first mode of ref for Lβ ≤ 1. Equation (10).
   *
   * @param problem the reference policy, the length and β
   * @returns an optimal policy
   * @throws TypeError when an argument has the wrong type
   * @throws RangeError when L is no whole number ≥ 1, β is negative, or Lβ > 1 and 1/(Lβ − 1) is no whole number
   */
  rlifOptimum(problem: RationalSelfCertaintyProblem): RationalMeasure;
  /**
   * The tilt problem with the same optimum: odds ρ = ref at 1/β_hf = 1/(Lβ_if − 1). Equations (11) and (18).
   *
   * @param problem an RLIF problem with Lβ_if > 1
   * @returns the tilt problem
   * @throws TypeError when an argument has the wrong type
   * @throws RangeError when L is no whole number ≥ 1, or 1/(Lβ_if − 1) is no positive whole number
   */
  rlhfEquivalent(problem: RationalSelfCertaintyProblem): RationalTiltProblem;
  /**
   * Whether two measures on the same answers have the same masses.
   *
   * @param p a measure, read as given
   * @param q a measure on the same answers in the same order
   * @returns true where all masses are equal, not close
   * @throws TypeError when an argument is not a measure or the supports differ
   */
  equal(p: RationalMeasure, q: RationalMeasure): boolean;
}
