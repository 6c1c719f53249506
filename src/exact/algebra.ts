/**
 * The algebra that the float64 library and its high-precision twin have in common. A statement written against this
 * interface runs in both; the names are those of the library, the numbers are of type `N`, the measures of type `M`.
 *
 * @typeParam N a number: a double, or a big number of a chosen precision
 */

/** A measure whose masses are numbers of type `N`. */
export interface MeasureOf<N> {
  /** The answers. */
  readonly support: readonly unknown[];
  /** The mass of each answer. */
  readonly mass: ArrayLike<N>;
  /** The natural logarithm of each mass, −∞ at mass zero. */
  readonly logMass: ArrayLike<N>;
}

/** A measure of total mass 1, and the logarithm of what normalising divided out. */
export interface DistributionOf<N> extends MeasureOf<N> {
  /** The logarithm of the normaliser, in nats. */
  readonly logNormalizer: N;
}

/** A reference, a reward for each answer and β. */
export interface TiltProblemOf<N> {
  /** The reference policy. */
  readonly ref: MeasureOf<N>;
  /** The reward of each answer. */
  readonly reward: ArrayLike<N>;
  /** The temperature. */
  readonly beta: N;
}

/** An RLIF problem. */
export interface SelfCertaintyProblemOf<N> {
  /** The reference policy. */
  readonly ref: MeasureOf<N>;
  /** The number of tokens of every sequence. */
  readonly length: number;
  /** The temperature. */
  readonly beta: N;
  /** The number of tokens in the vocabulary. */
  readonly vocabularySize: number;
}

/** Numbers of one precision, and the library's functions on them. */
export interface Algebra<N> {
  /** How the arithmetic is called in a report: `float64`, `60 digits`. */
  readonly name: string;

  /** The exact value of a double. */
  number(x: number): N;
  /** The nearest double. */
  toNumber(x: N): number;
  /** a + b */
  add(a: N, b: N): N;
  /** a − b */
  subtract(a: N, b: N): N;
  /** a·b */
  multiply(a: N, b: N): N;
  /** a/b */
  divide(a: N, b: N): N;
  /** e^a */
  exp(a: N): N;
  /** The natural logarithm; −∞ at 0. */
  log(a: N): N;

  /** The measure with masses as given. */
  measure(support: readonly unknown[], mass: ArrayLike<N>): MeasureOf<N>;
  /** The distribution proportional to the masses. */
  distribution(support: readonly unknown[], mass: ArrayLike<N>): DistributionOf<N>;
  /** The measure with log-masses as given. */
  fromLogMass(support: readonly unknown[], logMass: ArrayLike<N>): MeasureOf<N>;
  /** The uniform distribution. */
  uniform(support: readonly unknown[]): DistributionOf<N>;
  /** The distribution proportional to a measure. */
  normalize(p: MeasureOf<N>): DistributionOf<N>;
  /** The elementwise power. */
  power(p: MeasureOf<N>, exponent: N): MeasureOf<N>;
  /** The elementwise product. */
  product(p: MeasureOf<N>, q: MeasureOf<N>): MeasureOf<N>;
  /** The exponential tilt ∝ ref·e^{score/β}. */
  tilt(ref: MeasureOf<N>, score: ArrayLike<N>, beta: N): DistributionOf<N>;
  /** The escort ∝ ref^a. */
  escort(ref: MeasureOf<N>, exponent: N): DistributionOf<N>;
  /** E_p[f]. */
  expectation(p: MeasureOf<N>, f: ArrayLike<N>): N;

  /** H(p). */
  entropy(p: MeasureOf<N>): N;
  /** The Rényi entropy. */
  renyiEntropy(p: MeasureOf<N>, order: N): N;
  /** KL(p‖q) of the laws. */
  klDivergence(p: MeasureOf<N>, q: MeasureOf<N>): N;
  /** KL(p‖q) of the masses as given. */
  generalizedKlDivergence(p: MeasureOf<N>, q: MeasureOf<N>): N;
  /** ½ Σ|P − Q|. */
  totalVariation(p: MeasureOf<N>, q: MeasureOf<N>): N;
  /** Σ (P − Q)²/Q. */
  chiSquaredDivergence(p: MeasureOf<N>, q: MeasureOf<N>): N;

  /** σ(r − r'). */
  preferenceProbability(reward: N, other: N): N;
  /** hp ∝ e^r. */
  humanPreference(support: readonly unknown[], reward: ArrayLike<N>): DistributionOf<N>;

  /** E_π[r] − β KL(π‖ref). */
  rlhfObjective(problem: TiltProblemOf<N>, policy: MeasureOf<N>): N;
  /** ∝ ref·e^{r/β}. */
  rlhfOptimum(problem: TiltProblemOf<N>): DistributionOf<N>;
  /** β log E_ref[e^{r/β}]. */
  rlhfOptimalValue(problem: TiltProblemOf<N>): N;
  /** β KL(π‖π*). */
  rlhfRegret(problem: TiltProblemOf<N>, policy: MeasureOf<N>): N;
  /** log|V| − (H(π) + Lβ KL(π‖ref))/L. */
  rlifObjective(problem: SelfCertaintyProblemOf<N>, policy: MeasureOf<N>): N;
  /** ∝ ref^a' for Lβ > 1, a mode for Lβ ≤ 1. */
  rlifOptimum(problem: SelfCertaintyProblemOf<N>): DistributionOf<N>;
  /** The objective at its optimum. */
  rlifValue(problem: SelfCertaintyProblemOf<N>): N;
  /** The tilt problem with the same optimum. */
  rlhfEquivalent(problem: SelfCertaintyProblemOf<N>): TiltProblemOf<N>;
  /** H(π) + (β + 1) KL(π‖hp). */
  unifiedObjective(problem: { readonly ref: MeasureOf<N>; readonly beta: N }, policy: MeasureOf<N>): N;
}
