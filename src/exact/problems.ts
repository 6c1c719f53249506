/**
 * What the functions of an algebra take and give, with numbers of any precision. The names are those of the library.
 */

/**
 * A measure whose masses are numbers of type `N`.
 *
 * @typeParam N a number
 */
export interface MeasureOf<N> {
  /** The answers, distinct, in a fixed order. */
  readonly support: readonly unknown[];
  /** The mass of each answer. */
  readonly mass: ArrayLike<N>;
  /** The natural logarithm of each mass, −∞ at mass zero. */
  readonly logMass: ArrayLike<N>;
}

/**
 * A measure of total mass 1, and the logarithm of what normalising divided out.
 *
 * @typeParam N a number
 */
export interface DistributionOf<N> extends MeasureOf<N> {
  /** The logarithm of the normaliser, in nats: log Σ mass, or a tilt's log-partition. */
  readonly logNormalizer: N;
}

/**
 * A reference and a reward for each answer: what best-of-N selects by.
 *
 * @typeParam N a number
 */
export interface BestOfNProblemOf<N> {
  /** The reference policy, read as the law proportional to it. */
  readonly ref: MeasureOf<N>;
  /** The reward of each answer, below ∞; −∞ forbids. */
  readonly reward: ArrayLike<N>;
}

/**
 * A reference, a reward for each answer and β: what RLHF, soft best-of-N and weighted maximum likelihood share.
 *
 * @typeParam N a number
 */
export interface TiltProblemOf<N> extends BestOfNProblemOf<N> {
  /** The temperature β > 0, in the units of the reward. */
  readonly beta: N;
}

/**
 * What stands in the place of KL: see `Regularizer`.
 *
 * @typeParam N a number
 */
export type RegularizerOf<N> =
  | {
      /** The order α of an α-divergence. */
      readonly alpha: N;
    }
  | "jensenShannon"
  | "klPlusChiSquared";

/**
 * An RLIF problem: sequences of one length, whose reward is the policy's own certainty.
 *
 * @typeParam N a number
 */
export interface SelfCertaintyProblemOf<N> {
  /** The reference policy, read as the law proportional to it. */
  readonly ref: MeasureOf<N>;
  /** L, the number of tokens of every sequence. */
  readonly length: number;
  /** β_if ≥ 0, in nats of self-certainty per token. */
  readonly beta: N;
  /** |V|, the number of tokens in the vocabulary. */
  readonly vocabularySize: number;
}

/**
 * What the unified objective (12) needs: a faithful reference and β_hf.
 *
 * @typeParam N a number
 */
export interface UnifiedProblemOf<N> {
  /** hp, read as the law proportional to it. */
  readonly ref: MeasureOf<N>;
  /** β_hf > 0. */
  readonly beta: N;
}

/**
 * A reference and a weight for each answer.
 *
 * @typeParam N a number
 */
export interface WeightedProblemOf<N> {
  /** The reference policy, read as the law proportional to it. */
  readonly ref: MeasureOf<N>;
  /** The weight of each answer, finite and ≥ 0, one positive on the support of ref. */
  readonly weight: ArrayLike<N>;
}

/**
 * A policy that draws a sequence token by token.
 *
 * @typeParam N a number
 */
export interface AutoregressivePolicyOf<N> {
  /** The tokens V. */
  readonly vocabulary: readonly unknown[];
  /** The number of tokens L of every sequence, or the largest where `end` may cut it short. */
  readonly length: number;
  /** The token that ends a sequence, where there is one. */
  readonly end: unknown;
  /**
   * The law π(·|prefix) of the next token.
   *
   * @param prefix the tokens so far, none at first
   * @returns a law on the vocabulary
   */
  conditional(prefix: readonly unknown[]): DistributionOf<N>;
}

/**
 * What rejection with a budget of draws gives and takes.
 *
 * @typeParam N a number
 */
export interface RejectionSamplingOf<N> {
  /** The law of the answer taken. */
  readonly law: DistributionOf<N>;
  /** The expected number of draws, those included that are drawn again. */
  readonly expectedDraws: N;
  /** The probability that a draw is accepted. */
  readonly acceptance: N;
}

/**
 * An optimum that is a tilt at a temperature of its own.
 *
 * @typeParam N a number
 */
export interface UtilityOptimumOf<N> {
  /** The optimal policy. */
  readonly policy: DistributionOf<N>;
  /** Its mean reward. */
  readonly mean: N;
  /** β/U′ at that mean. */
  readonly temperature: N;
}

/**
 * A policy that group-relative training leaves as it is.
 *
 * @typeParam N a number
 */
export interface GrpoFixedPointOf<N> extends UtilityOptimumOf<N> {
  /** The standard deviation of the reward under the policy. */
  readonly standardDeviation: N;
  /** Whether policies near it are led to it. */
  readonly attracts: boolean;
}

/**
 * Where group-relative training ends.
 *
 * @typeParam N a number
 */
export interface GrpoOptimumOf<N> {
  /** All fixed points, from the nearest to ref on. */
  readonly fixedPoints: readonly GrpoFixedPointOf<N>[];
  /** Below this β only collapse is left. */
  readonly collapse: N;
}

/**
 * What N draws say of the log-partition, on average.
 *
 * @typeParam N a number
 */
export interface LogMeanExpOf<N> {
  /** E log((1/N) Σ e^{r/β}), in nats. */
  readonly mean: N;
  /** The log-partition less the mean. */
  readonly bias: N;
}

/**
 * Rigorous bounds on a law, answer by answer.
 *
 * @typeParam N a number
 */
export interface LawBoundsOf<N> {
  /** What each probability is at least. */
  readonly lower: ArrayLike<N>;
  /** What each probability is at most. */
  readonly upper: ArrayLike<N>;
}

/**
 * How far the law of N draws is from its limit.
 *
 * @typeParam N a number
 */
export interface LimitDistanceOf<N> {
  /** ½ Σ |P_N − π*|. */
  readonly totalVariation: N;
  /** KL(π*‖P_N), in nats. */
  readonly kl: N;
  /** KL(P_N‖π*), in nats. */
  readonly reverseKl: N;
}

/**
 * How the law of soft best-of-N approaches its limit, to leading order in 1/N.
 *
 * @typeParam N a number
 */
export interface FirstOrderExpansionOf<N> {
  /** c(o) = 1 + CV² − w(o)/μ of each answer; 1 + CV² where π* is 0. */
  readonly coefficient: ArrayLike<N>;
  /** ½ E_π*|c|. */
  readonly totalVariation: N;
  /** ½ E_π*[c²]. */
  readonly kl: N;
}

/**
 * Importance weights of every answer, and the law they make of ref.
 *
 * @typeParam N a number
 */
export interface ImportanceWeightsOf<N> {
  /** The law ref·w/Z. */
  readonly target: DistributionOf<N>;
  /** w(o)/Z of each answer. */
  readonly weight: ArrayLike<N>;
  /** log(w(o)/Z) of each answer, in nats. */
  readonly logWeight: ArrayLike<N>;
  /** log Z, in nats. */
  readonly logNormalizer: N;
  /** 1/E_ref[(w/Z)²], the share of the draws that counts. */
  readonly effectiveFraction: N;
}

/**
 * A weighted maximum-likelihood fit of the tabular softmax policy, one logit an answer.
 *
 * @typeParam N a number
 */
export interface WeightedMleFitOf<N> {
  /** The logits. */
  readonly parameters: ArrayLike<N>;
  /** The objective reached, Σ target log π_θ, in nats. */
  readonly objective: N;
}

/**
 * A game of two policies, of which the one wins whose answer is preferred.
 *
 * @typeParam N a number
 */
export interface NashProblemOf<N> {
  /** The reference policy, read as the law proportional to it. */
  readonly ref: MeasureOf<N>;
  /** `preference[i][j]`: the probability that answer i is preferred to answer j. */
  readonly preference: ArrayLike<ArrayLike<N>>;
  /** β, a probability of winning per nat. */
  readonly beta: N;
}

/**
 * What direct preference optimisation starts from.
 *
 * @typeParam N a number
 */
export interface DpoProblemOf<N> {
  /** The reference policy, read as the law proportional to it. */
  readonly ref: MeasureOf<N>;
  /** β > 0. */
  readonly beta: N;
}

/**
 * A counted win of one answer over another, or a counted tie of two.
 *
 * @typeParam N a number
 */
export type ComparisonOf<N> =
  | {
      /** The preferred answer. */
      readonly winner: unknown;
      /** The other one. */
      readonly loser: unknown;
      /** How often this outcome was seen; 1 when left out. */
      readonly count?: N;
    }
  | {
      /** The two answers. */
      readonly tie: readonly [unknown, unknown];
      /** How often this outcome was seen; 1 when left out. */
      readonly count?: N;
    };

/**
 * What each prefix of a sequence is worth, and the token-level policy of these values.
 *
 * @typeParam N a number
 */
export interface SoftValuesOf<N> {
  /**
   * V of a prefix, in the units of the reward.
   *
   * @param prefix the tokens so far: none, some, or a complete sequence
   * @returns the value
   */
  value(prefix: readonly unknown[]): N;
  /** The policy that draws a next token with probability ref(a|s)·e^{(V(sa) − V(s))/β}. */
  readonly policy: AutoregressivePolicyOf<N>;
}
