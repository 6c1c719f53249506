import { FINITE, requireNumber, requireObject } from "../../numeric/check.js";
import { estimate, type SelectionEstimate, type SoftScoredSamples } from "./selectionEstimate.js";

/** Scored samples, a temperature and the cap of rejection. */
export interface CappedScoredSamples extends SoftScoredSamples {
  /** From this reward on a draw is always accepted: a number given beforehand, since the samples' own largest reward is random. */
  readonly cap: number;
}

/**
 * The unbiased estimate, from M scored samples of a query, of what rejection with a budget of n draws gives: the mean over all
 * ordered draws of n of the samples, of which one before the n-th is taken with probability a = min(1, e^{(r − cap)/β}) and the
 * n-th whatever it is. With ē_k the mean of Π (1 − a) over the subsets of k samples (an elementary symmetric polynomial over
 * its number of terms), sample j left out,
 *
 * $$\hat g = \frac1M \sum_j g_j \Big[ a_j \sum_{k=0}^{n-2} \bar e_k^{(j)} + \bar e_{n-1}^{(j)} \Big] .$$
 *
 * Its expectation over samples from ref is the value under `rejectionSamplingLaw` with the same cap, at every n ≤ M. The cap has
 * to be given: with the largest reward of the samples themselves no such estimate is unbiased. n = 1 and β = ∞ give the mean.
 *
 * All n share one recurrence, in which all terms are non-negative; its time grows as M times the largest n.
 *
 * @param samples the finite rewards of the samples, their gold rewards where wanted, how many there are of each, β from 0 to
 * ∞ and the cap
 * @param n the most draws, a whole number from 1 to M
 * @returns the estimates and the plug-in values, with an error of about 1e−15 of the range
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when there are no samples, a value or the cap is not finite, a count is no whole number, β is negative or
 * NaN, or n is no whole number from 1 to M
 * @example
 * ```ts
 * import { estimateRejectionSampling } from "exptilt";
 * const samples = { reward: [0, 1, 2, 2], gold: [0, 1, 1, 0], beta: 1, cap: 2 };
 * estimateRejectionSampling(samples, 2).reward // => 1.662953678554
 * estimateRejectionSampling(samples, [1, 4]).map(({ gold }) => gold) // => [0.5, 0.538757359656]
 * ```
 */
export function estimateRejectionSampling(samples: CappedScoredSamples, n: number): SelectionEstimate;
/**
 * The same for several n at once, which share the recurrence.
 *
 * @param samples the samples, β and the cap
 * @param n the most draws, in any order and possibly none
 * @returns an estimate for each, in that order
 */
export function estimateRejectionSampling(samples: CappedScoredSamples, n: ArrayLike<number>): SelectionEstimate[];
export function estimateRejectionSampling(
  samples: CappedScoredSamples,
  n: number | ArrayLike<number>,
): SelectionEstimate | SelectionEstimate[] {
  const caller = "estimateRejectionSampling";
  requireObject(caller, "samples", samples);
  return estimate(caller, samples, n, { method: "rejection", cap: requireNumber(caller, "cap", samples.cap, FINITE) });
}
