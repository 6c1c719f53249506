import { measure } from "../../measure/measure.js";
import {
  FINITE,
  outOfRange,
  requireArrayLike,
  requireInteger,
  requireLength,
  requireNumber,
  requireNumbers,
  requireObject,
} from "../../numeric/check.js";
import { selectionCurve } from "../curve.js";
import { TEMPERATURE } from "../problem.js";
import { subsetEstimates } from "./subsetEstimates.js";

/** Scored samples of one query, drawn independently from the reference policy. */
export interface ScoredSamples {
  /** The reward of each sample: what selection goes by. */
  readonly reward: ArrayLike<number>;
  /** What one really wants, of each sample. */
  readonly gold?: ArrayLike<number>;
  /** How many samples have this reward and gold: whole numbers, 1 each where left out. M is their sum, below 2³¹. */
  readonly count?: ArrayLike<number>;
}

/** Scored samples, and a temperature to select at. */
export interface SoftScoredSamples extends ScoredSamples {
  /** The temperature β ≥ 0, in the units of the reward: 0 is hard best-of-N, Infinity picks any. */
  readonly beta: number;
}

/** Expected values of the sample that selection picks. */
export interface SelectedValues {
  /** The expected reward. */
  readonly reward: number;
  /** The expected gold reward, where the samples have one. */
  readonly gold?: number;
}

/** What selection among n draws is worth, estimated from M ≥ n samples. */
export interface SelectionEstimate extends SelectedValues {
  /** The same under the samples' own law, n draws from them with replacement: biased, but for n = 1. */
  readonly plugIn: SelectedValues;
}

/** The condition on rewards: a forbidden sample would be drawn again, which biases the estimate. */
const REDRAWN =
  "be finite (a draw of reward -Infinity would have been drawn again, which biases the estimate; leave it out)";

/** How many samples there may be in all. */
const MAX_SAMPLES = 2 ** 31;

function countsOf(caller: string, given: ArrayLike<number> | undefined, length: number): Float64Array {
  if (given === undefined) return new Float64Array(length).fill(1);
  requireLength(caller, "count", given, length);
  return Float64Array.from({ length }, (_, i) => requireInteger(caller, `count[${i}]`, given[i], 0));
}

function estimates(
  caller: string,
  samples: SoftScoredSamples,
  ns: readonly (readonly [argument: string, n: unknown])[],
): SelectionEstimate[] {
  const reward = requireNumbers(caller, "reward", samples.reward, { ...FINITE, least: -Infinity });
  const forbidden = reward.indexOf(-Infinity);
  if (forbidden >= 0) throw outOfRange(caller, `reward[${forbidden}]`, REDRAWN, -Infinity);
  if (reward.length === 0) throw outOfRange(caller, "reward", "have at least one entry", samples.reward);
  const count = countsOf(caller, samples.count, reward.length);
  const size = count.reduce((s, m) => s + m, 0);
  if (!(size >= 1 && size < MAX_SAMPLES)) throw outOfRange(caller, "count", "sum to 1 or more, below 2^31", size);
  const gold = samples.gold === undefined ? undefined : goldOf(caller, samples.gold, reward.length);
  const beta = requireNumber(caller, "beta", samples.beta, TEMPERATURE);
  const draws = ns.map(([argument, given]) => {
    const n = requireInteger(caller, argument, given, 1);
    if (n > size) throw outOfRange(caller, argument, `be at most ${size}, the number of samples`, n);
    return n;
  });
  const [rewards, golds] = subsetEstimates(reward, count, gold ? [reward, gold] : [reward], beta, draws);
  const ref = measure([...reward.keys()], count);
  const plugIns = selectionCurve({ ref, reward, beta, ...(gold && { gold }) }, draws);
  return plugIns.map((plugIn, i) => ({
    ...selectedValues(rewards[i], golds?.[i]),
    plugIn: selectedValues(plugIn.reward, plugIn.gold),
  }));
}

function goldOf(caller: string, given: ArrayLike<number>, length: number): Float64Array {
  requireLength(caller, "gold", given, length);
  return requireNumbers(caller, "gold", given, FINITE);
}

/** One estimate for one n, and a list of them for a list. */
function estimate(
  caller: string,
  samples: SoftScoredSamples,
  n: number | ArrayLike<number>,
): SelectionEstimate | SelectionEstimate[] {
  if (typeof n !== "object" || n === null) return estimates(caller, samples, [["n", n]])[0];
  return estimates(
    caller,
    samples,
    Array.from(requireArrayLike(caller, "n", n), (one, i) => [`n[${i}]`, one]),
  );
}

function selectedValues(reward: number, gold: number | undefined): SelectedValues {
  return gold === undefined ? { reward } : { reward, gold };
}

/**
 * The unbiased estimate, from M scored samples of a query, of what best-of-n gives: the mean over all subsets of n
 * samples of the reward (and the gold reward) of the best, ties broken uniformly. With r₍₁₎ ≤ … ≤ r₍M₎,
 *
 * $$\hat r = \binom{M}{n}^{-1} \sum_{b=n}^{M} \binom{b - 1}{n - 1} r_{(b)} ,$$
 *
 * and gold likewise, tied samples having the mean gold of their level. Its expectation over samples from ref is the value
 * under `bestOfNLaw`, at every n ≤ M; the plug-in value, under the law of the samples themselves, is low for the reward.
 * With a 0/1 label for the reward it is pass@n, `passAtK`.
 *
 * Time grows as M log M to sort, and with the number of distinct rewards for each n; counts may be large.
 *
 * @param samples the finite rewards of the samples, their gold rewards where wanted, and how many there are of each
 * @param n the number of draws to select among, a whole number from 1 to M
 * @returns the estimates and the plug-in values, to a few units in the last place of the largest value
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when there are no samples, a value is not finite, a count is no whole number, or n is none from 1 to M
 * @example
 * ```ts
 * import { estimateBestOfN } from "exptilt";
 * const samples = { reward: [0, 1, 2, 2], gold: [0, 1, 1, 0] };
 * estimateBestOfN(samples, 2) // => { reward: 1.833333333333, gold: 0.583333333333, plugIn: { reward: 1.6875, gold: 0.5625 } }
 * // The same samples, counted by their rewards.
 * estimateBestOfN({ reward: [0, 1, 2], count: [1, 1, 2] }, 2).reward // => 1.833333333333
 * ```
 */
export function estimateBestOfN(samples: ScoredSamples, n: number): SelectionEstimate;
/**
 * The same for several n at once, which share the sorting.
 *
 * @param samples the samples
 * @param n the numbers of draws, in any order and possibly none
 * @returns an estimate for each, in that order
 */
export function estimateBestOfN(samples: ScoredSamples, n: ArrayLike<number>): SelectionEstimate[];
export function estimateBestOfN(
  samples: ScoredSamples,
  n: number | ArrayLike<number>,
): SelectionEstimate | SelectionEstimate[] {
  requireObject("estimateBestOfN", "samples", samples);
  return estimate("estimateBestOfN", { ...samples, beta: 0 }, n);
}

/**
 * The unbiased estimate, from M scored samples of a query, of what soft best-of-n gives: the mean over all subsets of n
 * samples of the reward (and the gold reward) averaged with weights w = e^{r/β} within the subset,
 *
 * $$\hat g = \binom{M}{n}^{-1} \sum_{|S| = n} \frac{\sum_{j \in S} w_j g_j}{\sum_{j \in S} w_j}
 * = \binom{M}{n}^{-1} \int_0^\infty \sum_j g_j w_j e^{-t w_j}\, e_{n-1}\big((e^{-t w_i})_{i \ne j}\big)\, dt ,$$
 *
 * with e the elementary symmetric polynomial. Its expectation over samples from ref is the value under `softBestOfNLaw`,
 * at every n ≤ M. n = 1 and β = ∞ give the mean, β = 0 gives `estimateBestOfN`, n = M the softmax-weighted average.
 *
 * Samples of one reward cost as much as one. A hundred samples take some 0.5 ms, and with 500 or fewer all n share one
 * recurrence where that is less work. Otherwise each n takes about 2 ms, whatever n and M, if range(r)/β is below 30, and
 * 20 ms for each hundred more: ten n from 10,000 samples take some 80 ms, half of it for the plug-in values. Weights may lie any
 * number of powers of e apart.
 *
 * A gold reward that only samples of tiny weight have keeps its digits where M − n < 40. For smaller n it may be exact only
 * to 1e−16 of the range.
 *
 * @param samples the finite rewards of the samples, their gold rewards where wanted, how many there are of each, and β from 0
 * to ∞
 * @param n the number of draws to select among, a whole number from 1 to M
 * @returns the estimates and the plug-in values, with a relative error of about 1e−15·(8 + range(r)/β) of the range
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when there are no samples, a value is not finite, a count is no whole number, β is negative or NaN, or n
 * is no whole number from 1 to M
 * @example
 * ```ts
 * import { estimateSoftBestOfN } from "exptilt";
 * const samples = { reward: [0, 1, 2, 2], gold: [0, 1, 1, 0] };
 * estimateSoftBestOfN({ ...samples, beta: 1 }, 2).reward // => 1.619394007967
 * estimateSoftBestOfN({ ...samples, beta: 1 }, [1, 4]).map(({ gold }) => gold) // => [0.5, 0.546449103161]
 * ```
 */
export function estimateSoftBestOfN(samples: SoftScoredSamples, n: number): SelectionEstimate;
/**
 * The same for several n at once, which share most of the work.
 *
 * @param samples the samples, and β
 * @param n the numbers of draws, in any order and possibly none
 * @returns an estimate for each, in that order
 */
export function estimateSoftBestOfN(samples: SoftScoredSamples, n: ArrayLike<number>): SelectionEstimate[];
export function estimateSoftBestOfN(
  samples: SoftScoredSamples,
  n: number | ArrayLike<number>,
): SelectionEstimate | SelectionEstimate[] {
  requireObject("estimateSoftBestOfN", "samples", samples);
  return estimate("estimateSoftBestOfN", samples, n);
}
