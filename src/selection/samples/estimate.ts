import { requireObject } from "../../numeric/check.js";
import { estimate, type ScoredSamples, type SelectionEstimate, type SoftScoredSamples } from "./selectionEstimate.js";

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
