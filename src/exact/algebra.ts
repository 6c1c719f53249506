import type { DiffusionAlgebra } from "./diffusionAlgebra.js";

/**
 * The algebra that the float64 library and its high-precision twin have in common: a statement written against this
 * interface runs in both. The names are those of the library.
 *
 * Functions of laws (entropy, divergences, optima) read any measure as the law proportional to it; `power`, `product`
 * and `generalizedKlDivergence` read the masses as given. Everywhere 0·log 0 = 0, a mass on an answer that the other
 * law excludes makes a divergence +∞, and a reward of −∞ forbids its answer.
 */

import type {
  AutoregressivePolicyOf,
  BestOfNProblemOf,
  DistributionOf,
  FirstOrderExpansionOf,
  ImportanceWeightsOf,
  LawBoundsOf,
  LimitDistanceOf,
  MeasureOf,
  SelfCertaintyProblemOf,
  TiltProblemOf,
  UnifiedProblemOf,
  WeightedMleFitOf,
  WeightedProblemOf,
} from "./problems.js";

export type * from "./problems.js";

/**
 * Numbers of one precision, and the library's functions on them. Every function throws a `TypeError` for a wrong type or
 * shape and a `RangeError` for a value out of range, naming itself, the argument, the index and the value.
 *
 * @typeParam N the numbers that come out
 * @typeParam I the numbers that may go in: those of type `N`, and where it says so doubles beside them
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

  /**
   * The measure with the given masses, kept as they are.
   *
   * @param support distinct answers of any type
   * @param mass one mass an answer: finite, ≥ 0, not all 0
   * @returns the measure
   * @throws TypeError when an argument is no array, a mass is no number, or the lengths differ
   * @throws RangeError when the support is empty or repeats an answer, or a mass is negative, NaN or infinite, or all are 0
   */
  measure(support: readonly unknown[], mass: ArrayLike<I>): MeasureOf<N>;
  /**
   * The distribution P(o) = mass(o)/Σ mass.
   *
   * @param support distinct answers of any type
   * @param mass one mass an answer: finite, ≥ 0, not all 0
   * @returns the distribution, with log Σ mass as its `logNormalizer`
   * @throws TypeError when an argument is no array, a mass is no number, or the lengths differ
   * @throws RangeError when the support is empty or repeats an answer, or a mass is negative, NaN or infinite, or all are 0
   */
  distribution(support: readonly unknown[], mass: ArrayLike<I>): DistributionOf<N>;
  /**
   * The measure with the given log-masses.
   *
   * @param support distinct answers of any type
   * @param logMass one log-mass an answer, in nats: below ∞, −∞ for mass zero, not all −∞
   * @returns the measure
   * @throws TypeError when an argument is no array, a log-mass is no number, or the lengths differ
   * @throws RangeError when the support is empty or repeats an answer, or a log-mass is NaN or +∞, or all are −∞
   */
  fromLogMass(support: readonly unknown[], logMass: ArrayLike<I>): MeasureOf<N>;
  /**
   * The uniform distribution 1/K.
   *
   * @param support K distinct answers of any type
   * @returns the distribution, with log K as its `logNormalizer`
   * @throws TypeError when the support is no array
   * @throws RangeError when the support is empty or repeats an answer
   */
  uniform(support: readonly unknown[]): DistributionOf<N>;
  /**
   * The distribution proportional to a measure.
   *
   * @param p any measure
   * @returns the distribution, with log Σ mass as its `logNormalizer` (0 for a distribution)
   * @throws TypeError when p is not a measure
   */
  normalize(p: MeasureOf<I>): DistributionOf<N>;
  /**
   * The elementwise power p^α of masses as given; mass 0 stays 0. The notation of equation (9).
   *
   * @param p a measure, read as given
   * @param exponent α, finite; negative only where every mass is positive
   * @returns the measure of masses p(o)^α
   * @throws TypeError when an argument has the wrong type
   * @throws RangeError when α is not finite, or is negative though p has an answer of mass 0
   */
  power(p: MeasureOf<I>, exponent: I): MeasureOf<N>;
  /**
   * The elementwise product p∘q of masses as given. The notation of equation (9).
   *
   * @param p a measure, read as given
   * @param q a measure on the same answers in the same order
   * @returns the measure of masses p(o)·q(o)
   * @throws TypeError when the supports differ
   * @throws RangeError when no answer has positive mass under both
   */
  product(p: MeasureOf<I>, q: MeasureOf<I>): MeasureOf<N>;
  /**
   * The exponential tilt ∝ ref(o)·e^{score(o)/β}. Equation (9).
   *
   * @param ref any measure, read as the law proportional to it
   * @param score a number below ∞ for each answer; −∞ forbids
   * @param beta β > 0; ∞ gives the law of ref
   * @returns the tilted law, with log E_ref[e^{score/β}] as its `logNormalizer`
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when a score is NaN or +∞ or forbids the whole support, or β is not positive
   */
  tilt(ref: MeasureOf<I>, score: ArrayLike<I>, beta: I): DistributionOf<N>;
  /**
   * The escort distribution ∝ ref(o)^a. Equations (10) and (17).
   *
   * @param ref any measure, read as the law proportional to it
   * @param exponent a, finite; negative only where every mass is positive
   * @returns the escort, with log Σ ref(o)^a (ref normalised) as its `logNormalizer`
   * @throws TypeError when an argument has the wrong type
   * @throws RangeError when a is not finite, or is negative though some answer has mass 0
   */
  escort(ref: MeasureOf<I>, exponent: I): DistributionOf<N>;
  /**
   * The expectation E_p[f]; answers of mass 0 add nothing, whatever f is there.
   *
   * @param p any measure, read as the law proportional to it
   * @param f a number below ∞ for each answer
   * @returns the expectation, −∞ where f is −∞ on the support
   * @throws TypeError when p is no measure, or f has the wrong length or type
   * @throws RangeError when a value of f is NaN or +∞
   */
  expectation(p: MeasureOf<I>, f: ArrayLike<I>): N;

  /**
   * The Shannon entropy H(p) = −Σ P log P, in nats. Equation (1).
   *
   * @param p any measure, read as the law proportional to it
   * @returns the entropy, in [0, log K]
   * @throws TypeError when p is not a measure
   */
  entropy(p: MeasureOf<I>): N;
  /**
   * The Rényi entropy H_α(p) = log Σ P^α/(1 − α), in nats, by its limits at α = 0, 1 and ∞.
   *
   * @param p any measure, read as the law proportional to it
   * @param order α ≥ 0; ∞ allowed
   * @returns the entropy, in [0, log K]
   * @throws TypeError when an argument has the wrong type
   * @throws RangeError when α is negative or NaN
   */
  renyiEntropy(p: MeasureOf<I>, order: I): N;
  /**
   * KL(P‖Q) = Σ P log(P/Q) of the laws, in nats. Equation (2) where both sum to 1.
   *
   * @param p any measure, read as the law proportional to it
   * @param q a measure on the same answers in the same order
   * @returns the divergence, in [0, ∞]
   * @throws TypeError when an argument is not a measure or the supports differ
   */
  klDivergence(p: MeasureOf<I>, q: MeasureOf<I>): N;
  /**
   * The generalized divergence Σ p log(p/q) − p + q of the masses as given. Equation (2).
   *
   * @param p a measure, read as given
   * @param q a measure on the same answers in the same order
   * @returns the divergence, in [0, ∞]
   * @throws TypeError when an argument is not a measure or the supports differ
   */
  generalizedKlDivergence(p: MeasureOf<I>, q: MeasureOf<I>): N;
  /**
   * The total variation distance ½ Σ |P − Q| of the laws.
   *
   * @param p any measure, read as the law proportional to it
   * @param q a measure on the same answers in the same order
   * @returns the distance, in [0, 1]
   * @throws TypeError when an argument is not a measure or the supports differ
   */
  totalVariation(p: MeasureOf<I>, q: MeasureOf<I>): N;
  /**
   * The χ² divergence Σ (P − Q)²/Q of the laws.
   *
   * @param p any measure, read as the law proportional to it
   * @param q a measure on the same answers in the same order
   * @returns the divergence, in [0, ∞]
   * @throws TypeError when an argument is not a measure or the supports differ
   */
  chiSquaredDivergence(p: MeasureOf<I>, q: MeasureOf<I>): N;

  /**
   * The Bradley–Terry probability P(o ≻ õ) = σ(r(o) − r(õ)). Equation (3).
   *
   * @param reward r(o), in nats of log-odds; an infinite one always wins or always loses
   * @param other r(õ)
   * @returns the probability, in [0, 1]
   * @throws TypeError when an argument is no number
   * @throws RangeError when an argument is NaN, or both are the same infinity
   */
  preferenceProbability(reward: I, other: I): N;
  /**
   * log P(o ≻ õ) = −log(1 + e^{r(õ) − r(o)}). Equation (3).
   *
   * @param reward r(o), in nats of log-odds; an infinite one always wins or always loses
   * @param other r(õ)
   * @returns the log-probability in nats, at most 0
   * @throws TypeError when an argument is no number
   * @throws RangeError when an argument is NaN, or both are the same infinity
   */
  logPreferenceProbability(reward: I, other: I): N;
  /**
   * The human-preference distribution hp(o) = e^{r(o)}/Σ e^r. Equation (4).
   *
   * @param support distinct answers of any type
   * @param reward r(o), in nats of log-odds, below ∞; −∞ forbids
   * @returns the distribution, with log Σ e^r as its `logNormalizer`
   * @throws TypeError when the support is no array, or the reward has the wrong type or length
   * @throws RangeError when the support is empty or repeats an answer, or a reward is NaN or +∞, or all are −∞
   */
  humanPreference(support: readonly unknown[], reward: ArrayLike<I>): DistributionOf<N>;

  /**
   * The RLHF objective J(π) = E_π[r] − β KL(π‖ref), in the units of the reward. Equation (5).
   *
   * @param problem the reference policy, the reward and β; here β = 0 is allowed
   * @param policy any measure on the answers of ref, read as the law proportional to it
   * @returns J(π), −∞ where π has mass that ref has not, or mass on a forbidden answer
   * @throws TypeError when an argument has the wrong type or the supports differ
   * @throws RangeError when a reward is NaN or +∞, or β is negative, NaN or infinite
   */
  rlhfObjective(problem: TiltProblemOf<I>, policy: MeasureOf<I>): N;
  /**
   * The RLHF optimum π* ∝ ref·e^{r/β}. Equation (9).
   *
   * @param problem the reference policy, the reward and β > 0
   * @returns the optimal policy, with log E_ref[e^{r/β}] as its `logNormalizer`
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when a reward is NaN or +∞ or forbids the whole support, or β is not positive
   */
  rlhfOptimum(problem: TiltProblemOf<I>): DistributionOf<N>;
  /**
   * The optimal value β log E_ref[e^{r/β}], in the units of the reward; β = ∞ gives E_ref r. Equations (5) and (9).
   *
   * @param problem the reference policy, the reward and β > 0
   * @returns J(π*)
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when a reward is NaN or +∞ or forbids the whole support, or β is not positive
   */
  rlhfOptimalValue(problem: TiltProblemOf<I>): N;
  /**
   * The regret J(π*) − J(π) = β KL(π‖π*), in the units of the reward. Equations (5) and (9).
   *
   * @param problem the reference policy, the reward and β, positive and finite
   * @param policy any measure on the answers of ref, read as the law proportional to it
   * @returns the regret, in [0, ∞]
   * @throws TypeError when an argument has the wrong type or the supports differ
   * @throws RangeError when a reward is NaN or +∞ or forbids the whole support, or β is not positive and finite
   */
  rlhfRegret(problem: TiltProblemOf<I>, policy: MeasureOf<I>): N;
  /**
   * The RLIF objective log|V| − (H(π) + Lβ KL(π‖ref))/L, in nats per token. Equation (7).
   *
   * @param problem the reference policy, the length, β and the vocabulary's size
   * @param policy any measure on the answers of ref, read as the law proportional to it
   * @returns J(π), −∞ where π has mass that ref has not
   * @throws TypeError when an argument has the wrong type or the supports differ
   * @throws RangeError when the length or the vocabulary's size is no whole number ≥ 1, or β is negative or not finite
   */
  rlifObjective(problem: SelfCertaintyProblemOf<I>, policy: MeasureOf<I>): N;
  /**
   * The RLIF optimum: ∝ ref^a' with a' = Lβ/(Lβ − 1) for Lβ > 1, and the point mass on the first mode of ref for
   * Lβ ≤ 1, where the objective is convex. Equation (10).
   *
   * @param problem the reference policy, the length, β and the vocabulary's size
   * @returns an optimal policy, with log Σ ref^a' as its `logNormalizer` (0 for a mode)
   * @throws TypeError when an argument has the wrong type
   * @throws RangeError when the length or the vocabulary's size is no whole number ≥ 1, or β is negative or not finite
   */
  rlifOptimum(problem: SelfCertaintyProblemOf<I>): DistributionOf<N>;
  /**
   * The optimal RLIF value, in nats per token: log|V| − H_{a'}(ref)/L with the Rényi entropy for Lβ > 1, and
   * log|V| + β log max ref for Lβ ≤ 1. Equation (10).
   *
   * @param problem the reference policy, the length, β and the vocabulary's size
   * @returns the value of the objective at its maximum
   * @throws TypeError when an argument has the wrong type
   * @throws RangeError when the length or the vocabulary's size is no whole number ≥ 1, or β is negative or not finite
   */
  rlifOptimalValue(problem: SelfCertaintyProblemOf<I>): N;
  /**
   * The tilt problem with the same optimum as an RLIF problem: reward log ref at β_hf = Lβ_if − 1. Equations (11), (18).
   *
   * @param problem an RLIF problem with Lβ_if > 1
   * @returns the tilt problem; answers outside the support of ref have reward −∞
   * @throws TypeError when an argument has the wrong type
   * @throws RangeError when Lβ_if ≤ 1, where RLIF has no RLHF counterpart
   */
  rlhfEquivalent(problem: SelfCertaintyProblemOf<I>): TiltProblemOf<N>;
  /**
   * The RLIF problem with the same optimum as an RLHF problem whose reference is faithful: β_if = (β_hf + 1)/L.
   * Equations (11), (18).
   *
   * @param problem the tilt problem, with ref(o) ∝ e^{reward(o)}
   * @param options the length L of the sequences and the vocabulary's size |V|
   * @param options.length L, a whole number of at least 1
   * @param options.vocabularySize |V|, a whole number of at least 1
   * @returns the self-certainty problem
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when hp is farther than 1e−9 from ref in total variation, β is not positive and finite, or L or |V| is
   * no whole number ≥ 1
   */
  rlifEquivalent(
    problem: TiltProblemOf<I>,
    options: { readonly length: number; readonly vocabularySize: number },
  ): SelfCertaintyProblemOf<N>;
  /**
   * The unified objective H(π) + (β_hf + 1) KL(π‖hp), in nats, whose minimiser is ∝ hp^{1+1/β_hf}. Equation (12).
   *
   * @param problem the faithful reference ref = hp, and β = β_hf
   * @param policy any measure on the answers of ref, read as the law proportional to it
   * @returns the objective, ∞ where π has mass and hp has none
   * @throws TypeError when an argument has the wrong type or the supports differ
   * @throws RangeError when β is not positive and finite
   */
  unifiedObjective(problem: UnifiedProblemOf<I>, policy: MeasureOf<I>): N;
  /**
   * The law of best-of-N: the best of N draws from ref, ties broken uniformly. Equations (8) and (13) at β = 0.
   *
   * @param problem the reference policy and the reward
   * @param n the number of draws, a whole number ≥ 1
   * @returns the law of the answer kept
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when n is no whole number ≥ 1, or a reward is NaN or +∞ or forbids the whole support
   */
  bestOfNLaw(problem: BestOfNProblemOf<I>, n: number): DistributionOf<N>;
  /**
   * The law of soft best-of-N: one of N draws from ref, picked with probability ∝ e^{r/β}. Equations (13) and (26).
   *
   * @param problem the reference policy, the reward and β > 0
   * @param n the number of draws, a whole number ≥ 1
   * @returns the law of the answer picked
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when n is no whole number ≥ 1, β is not positive, or a reward is NaN or +∞ or forbids the whole support
   */
  softBestOfNLaw(problem: TiltProblemOf<I>, n: number): DistributionOf<N>;
  /**
   * The law of soft best-of-N for weights given as they are. Equation (13).
   *
   * @param problem the reference policy, and a weight for each answer
   * @param n the number of draws, a whole number ≥ 1
   * @returns the law of the answer picked; draws that all weigh 0 are drawn again
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when n is no whole number ≥ 1, or a weight is negative, NaN or infinite, or all are 0 on the support
   */
  weightedBestOfNLaw(problem: WeightedProblemOf<I>, n: number): DistributionOf<N>;
  /**
   * What selection among ever more draws tends to: the optimum at β > 0, ref on the best answers at β = 0. Equations (15)
   * and (16).
   *
   * @param problem the reference policy, the reward and β; here β = 0 is allowed
   * @returns the law of the answer picked as N → ∞
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when β is negative or NaN, or a reward is NaN or +∞ or forbids the whole support
   */
  selectionLimit(problem: TiltProblemOf<I>): DistributionOf<N>;
  /**
   * How far the law of N draws is from that limit. Equations (15) and (29).
   *
   * @param problem the reference policy, the reward and β; here β = 0 is allowed
   * @param n the number of draws, a whole number ≥ 1
   * @returns the total variation and both divergences
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when n is no whole number ≥ 1, β is negative or NaN, or a reward is NaN or +∞ or forbids the whole support
   */
  limitDistance(problem: TiltProblemOf<I>, n: number): LimitDistanceOf<N>;
  /**
   * Rigorous bounds on the law of soft best-of-N: Jensen's inequality, and the remainder of 1/x. Equation (15).
   *
   * @param problem the reference policy, the reward and β > 0
   * @param n the number of draws, a whole number ≥ 1
   * @returns bounds on each probability
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when n is no whole number ≥ 1, β is not positive, or a reward is NaN or +∞ or forbids the whole support
   */
  softBestOfNBounds(problem: TiltProblemOf<I>, n: number): LawBoundsOf<N>;
  /**
   * The first-order expansion P_N = π*·(1 + c/N + …) of the law of soft best-of-N. Equation (29).
   *
   * @param problem the reference policy, the reward and β > 0
   * @returns c, and the leading coefficients of the distances
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when β is not positive, or a reward is NaN or +∞ or forbids the whole support
   */
  firstOrderExpansion(problem: TiltProblemOf<I>): FirstOrderExpansionOf<N>;
  /**
   * The printed rate e^{(r_max − r_min)/β}·√(log N/N) of (29).
   *
   * @param problem the reference policy, the reward and β > 0
   * @param n the number of draws, a whole number ≥ 1
   * @returns the rate; ∞ where an answer is forbidden, 0 at N = 1
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when n is no whole number ≥ 1, β is not positive, or a reward is NaN or +∞ or forbids the whole support
   */
  printedRate(problem: TiltProblemOf<I>, n: number): N;

  /**
   * The law of the whole sequence, Π_i π(o_i | o_<i), the last token changing fastest. Equation (6).
   *
   * @param policy an autoregressive policy
   * @returns the law over complete sequences
   * @throws RangeError when |V|^L is above 2²⁴
   */
  sequenceDistribution(policy: AutoregressivePolicyOf<I>): DistributionOf<N>;
  /**
   * The self-certainty of one sequence in nats per token. Equation (6).
   *
   * @param policy an autoregressive policy
   * @param sequence a complete sequence
   * @param form `"variant"` (when left out) takes KL(π‖Unif), `"original"` KL(Unif‖π)
   * @returns the mean over the sequence's tokens
   * @throws TypeError when the sequence is no array
   * @throws RangeError when the sequence is not complete, a token is not in the vocabulary, or the form is unknown
   */
  selfCertainty(policy: AutoregressivePolicyOf<I>, sequence: readonly unknown[], form?: "variant" | "original"): N;
  /**
   * E_π[u], in nats per token, by going through all sequences. Equation (6).
   *
   * @param policy an autoregressive policy
   * @param form `"variant"` (when left out) or `"original"`
   * @returns the expectation under the policy itself
   * @throws RangeError when |V|^L is above 2²⁴, or the form is unknown
   */
  expectedSelfCertainty(policy: AutoregressivePolicyOf<I>, form?: "variant" | "original"): N;

  /**
   * The importance weights e^{r/β}/Z of every answer. Equations (19) and (20).
   *
   * @param problem the reference policy, the reward and β > 0
   * @returns the weights, and the law that they make of ref
   * @throws TypeError when an argument has the wrong type or the lengths differ
   * @throws RangeError when a reward is NaN or +∞ or forbids the whole support, or β is not positive
   */
  importanceWeights(problem: TiltProblemOf<I>): ImportanceWeightsOf<N>;
  /**
   * The importance weights ref^{1/(Lβ−1)}/Z of RLIF. Equations (21) and (22).
   *
   * @param problem an RLIF problem with Lβ > 1
   * @returns the weights, and the law that they make of ref
   * @throws TypeError when an argument has the wrong type
   * @throws RangeError when Lβ ≤ 1
   */
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
