import { outOfRange, requireArrayLike, requireNumber, requireObject } from "../../numeric/check.js";
import { rangeOf } from "../../numeric/peak.js";
import { sum } from "../../numeric/sum.js";
import { TEMPERATURE } from "../problem.js";
import {
  forOneOrMany,
  type NamedDraws,
  requireAligned,
  requireCounts,
  requireSubsetSizes,
} from "../samples/sampleInput.js";
import { voteSubsets } from "./voteSubsets.js";

/** Samples of one query by their answers: what they vote for. */
export interface VotingSamples {
  /** How many of the M samples give each answer: whole numbers, of which M is the sum. */
  readonly count: ArrayLike<number>;
  /** What one really wants, of each answer. */
  readonly gold?: ArrayLike<number>;
  /** The finite reward of each answer, by which votes are weighted where β is given. */
  readonly reward?: ArrayLike<number>;
  /** The temperature β ≥ 0 of the weights e^{r/β}; ∞, where all votes count the same, if left out. */
  readonly beta?: number;
}

/** What the vote of n draws is worth, estimated from M ≥ n samples. */
export interface VoteEstimate {
  /** The probability of each answer to win, aligned with the counts. */
  readonly law: Float64Array;
  /** The expected gold reward, where the samples have one. */
  readonly gold?: number;
}

/** How many samples there may be in all. */
const MAX_SAMPLES = 2 ** 19;

function estimates(caller: string, samples: VotingSamples, ns: readonly NamedDraws[]): VoteEstimate[] {
  const { length } = requireArrayLike(caller, "count", samples.count);
  const count = requireCounts(caller, samples.count, length);
  const size = count.reduce((s, m) => s + m, 0);
  if (!(size >= 1 && size <= MAX_SAMPLES))
    throw outOfRange(caller, "count", `sum to a number from 1 to ${MAX_SAMPLES}`, size);
  const gold = requireAligned(caller, "gold", samples.gold, length);
  const beta = samples.beta === undefined ? Infinity : requireNumber(caller, "beta", samples.beta, TEMPERATURE);
  const reward = requireAligned(caller, "reward", samples.reward, length);
  if (reward === undefined && samples.beta !== undefined)
    throw new TypeError(`${caller}: reward must be given where beta is`);
  const draws = requireSubsetSizes(caller, ns, size);
  const laws = voteSubsets(count, reward ?? new Float64Array(length), beta, draws);
  return laws.map((law) => (gold === undefined ? { law } : { law, gold: meanUnder(law, count, gold) }));
}

/** Σ law·value, within the range of the values of the answers that were drawn. */
export function meanUnder(law: Float64Array, count: Float64Array, value: Float64Array): number {
  const { top, bottom } = rangeOf(value.filter((_, i) => count[i] > 0));
  return Math.min(top, Math.max(bottom, sum(law.map((p, i) => (p === 0 ? 0 : p * value[i]))).hi));
}

/**
 * The unbiased estimate, from M samples of a query, of the law of the vote of n draws, and of what it is worth: maj@n. It
 * is the mean over all subsets of n samples of who wins the vote within the subset, ties broken uniformly, without
 * drawing any. With c the counts,
 *
 * $$\hat P(a) = \binom{M}{n}^{-1} \sum_{m=1}^{n} \binom{c_a}{m} \int_0^1 [z^{n-m}] \prod_{j \ne a}
 * \Big( \sum_{i < m} \binom{c_j}{i} z^i + y \binom{c_j}{m} z^m \Big) dy .$$
 *
 * Its expectation over samples from ref is `majorityVoteLaw`, at every n ≤ M; with rewards and β it is `weightedVoteLaw`.
 * n = M gives the vote of all samples, n = 1 their shares.
 *
 * All terms are non-negative; for more than 1,000 samples, or where counting would be long, by an integral with relative
 * errors below 1e−11. A query of 100 samples takes some ms for all n together.
 *
 * @param samples how many samples give each answer, and where wanted the gold rewards, the rewards and β
 * @param n the number of draws that vote, a whole number from 1 to M
 * @returns the law, aligned with the counts, and the expected gold reward
 * @throws TypeError when an argument has the wrong type, the lengths differ, or β is given without rewards
 * @throws RangeError when there are no samples or more than 2¹⁹, a value is not finite, a count is no whole number, β is
 *   negative or NaN, or n is no whole number from 1 to M
 * @example
 * ```ts
 * import { estimateMajorityVote } from "exptilt";
 * const samples = { count: [4, 3, 2], gold: [1, 0, 0] };
 * estimateMajorityVote(samples, 3) // => { law: [0.5, 0.321428571429, 0.178571428571], gold: 0.5 }
 * estimateMajorityVote(samples, [1, 9]).map(({ gold }) => gold) // => [0.444444444444, 1]
 * estimateMajorityVote({ ...samples, reward: [0, 0.6, 1], beta: 0.9 }, 5).gold // => 0.039682539683
 * ```
 */
export function estimateMajorityVote(samples: VotingSamples, n: number): VoteEstimate;
/**
 * The same for several n at once, which share the work.
 *
 * @param samples the samples
 * @param n the numbers of draws, in any order and possibly none
 * @returns an estimate for each, in that order
 */
export function estimateMajorityVote(samples: VotingSamples, n: ArrayLike<number>): VoteEstimate[];
export function estimateMajorityVote(
  samples: VotingSamples,
  n: number | ArrayLike<number>,
): VoteEstimate | VoteEstimate[] {
  const caller = "estimateMajorityVote";
  requireObject(caller, "samples", samples);
  return forOneOrMany(caller, n, (ns) => estimates(caller, samples, ns));
}
