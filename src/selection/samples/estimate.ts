import { expectation } from "../../measure/expectation.js";
import { uniform } from "../../measure/measure.js";
import {
  FINITE,
  outOfRange,
  requireInteger,
  requireLength,
  requireNumber,
  requireNumbers,
  requireObject,
} from "../../numeric/check.js";
import { exponentOf, timesPowerOfTwo } from "../../numeric/powerOfTwo.js";
import { sum } from "../../numeric/sum.js";
import { TEMPERATURE } from "../problem.js";
import { softBestOfNLaw } from "../softBestOfN.js";
import { shareWithin, softSubsetMeans } from "./subsets.js";

/** Scored samples of one query, drawn independently from the reference policy. */
export interface ScoredSamples {
  /** The reward of each sample: what selection goes by. */
  readonly reward: ArrayLike<number>;
  /** What one really wants, of each sample. */
  readonly gold?: ArrayLike<number>;
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

/**
 * Values of samples above and below a base, scaled below 1 by a power of two: sums of terms of one sign lose no digits.
 * The base is the value nearest 0 where all have one sign, and 0 where they have not.
 */
interface Sided {
  readonly least: number;
  readonly most: number;
  readonly base: number;
  readonly exponent: number;
  readonly gains: Float64Array;
  readonly losses: Float64Array;
}

function sided(value: Float64Array): Sided {
  const [least, most] = [value.reduce((x, y) => Math.min(x, y)), value.reduce((x, y) => Math.max(x, y))];
  const base = Math.max(least, Math.min(most, 0));
  const size = Math.max(base - least, most - base);
  const exponent = size === 0 ? 0 : exponentOf(size) + 1;
  const part = (sign: 1 | -1) => value.map((x) => Math.max(0, timesPowerOfTwo(sign * (x - base), -exponent)));
  return { least, most, base, exponent, gains: part(1), losses: part(-1) };
}

/**
 * The mean over all subsets of n samples of f at the best, for each of several f; the rewards decreasing and f in their
 * order. The b-th lowest sample is the best of C(b−1, n−1) subsets; tied samples share theirs.
 */
function hardSubsetMeans(reward: Float64Array, values: readonly Float64Array[], n: number): Float64Array {
  const size = reward.length;
  const share = shareWithin(size, n);
  const win = new Float64Array(size);
  for (let i = 0; i < size; ) {
    let next = i;
    let level = 0;
    for (; next < size && reward[next] === reward[i]; next++) level += (share[size - next] * n) / (size - next);
    win.fill(level / (next - i), i, next);
    i = next;
  }
  return Float64Array.from(values, (value) => sum(value.map((f, i) => win[i] * f)).hi);
}

/** The condition on rewards: a forbidden sample would be drawn again, which biases the estimate. */
const REDRAWN =
  "be finite (a draw of reward -Infinity would have been drawn again, which biases the estimate; leave it out)";

function estimate(caller: string, samples: SoftScoredSamples, n: number): SelectionEstimate {
  const reward = requireNumbers(caller, "reward", samples.reward, { ...FINITE, least: -Infinity });
  const forbidden = reward.indexOf(-Infinity);
  if (forbidden >= 0) throw outOfRange(caller, `reward[${forbidden}]`, REDRAWN, -Infinity);
  const size = reward.length;
  if (size === 0) throw outOfRange(caller, "reward", "have at least one entry", samples.reward);
  const values = [reward];
  if (samples.gold !== undefined) {
    requireLength(caller, "gold", samples.gold, size);
    values.push(requireNumbers(caller, "gold", samples.gold, FINITE));
  }
  const beta = requireNumber(caller, "beta", samples.beta, TEMPERATURE);
  n = requireInteger(caller, "n", n, 1);
  if (n > size) throw outOfRange(caller, "n", `be at most ${size}, the number of samples`, n);

  const order = new Uint32Array(size).map((_, i) => i).sort((i, j) => reward[j] - reward[i]);
  const byReward = (value: Float64Array) => Float64Array.from(order, (i) => value[i]);
  const parts = values.map(sided);
  const sides = parts.flatMap(({ gains, losses }) => [byReward(gains), byReward(losses)]);
  const soft = n > 1 && beta > 0 && beta < Infinity;
  const means = soft
    ? softSubsetMeans(byReward(reward), beta, sides, n)
    : hardSubsetMeans(byReward(reward), sides, beta === Infinity ? 1 : n);
  const law = softBestOfNLaw({ ref: uniform([...reward.keys()]), reward, beta }, n);
  return {
    ...selectedValues(
      parts.map(({ least, most, base, exponent }, v) => {
        const mean = base + timesPowerOfTwo(means[2 * v] - means[2 * v + 1], exponent);
        return Math.min(most, Math.max(least, mean));
      }),
    ),
    plugIn: selectedValues(values.map((value) => expectation(law, value))),
  };
}

function selectedValues([reward, gold]: readonly number[]): SelectedValues {
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
 * Time grows as M log M.
 *
 * @param samples the finite rewards of the samples, and their gold rewards where wanted
 * @param n the number of draws to select among, a whole number from 1 to M
 * @returns the estimates and the plug-in values, to a few units in the last place of the largest value
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when there are no samples, a value is not finite, or n is no whole number from 1 to M
 * @example
 * ```ts
 * import { estimateBestOfN } from "exptilt";
 * const samples = { reward: [0, 1, 2, 2], gold: [0, 1, 1, 0] };
 * estimateBestOfN(samples, 2) // => { reward: 1.833333333333, gold: 0.583333333333, plugIn: { reward: 1.6875, gold: 0.5625 } }
 * ```
 */
export function estimateBestOfN(samples: ScoredSamples, n: number): SelectionEstimate {
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
 * Time grows as M·n, about 1 ms for 100 samples; weights may lie any number of powers of e apart.
 *
 * @param samples the finite rewards of the samples, their gold rewards where wanted, and β from 0 to ∞
 * @param n the number of draws to select among, a whole number from 1 to M
 * @returns the estimates and the plug-in values, with a relative error of about 1e−15·(8 + range(r)/β) of the range
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when there are no samples, a value is not finite, β is negative or NaN, or n is no whole number from 1 to M
 * @example
 * ```ts
 * import { estimateSoftBestOfN } from "exptilt";
 * const samples = { reward: [0, 1, 2, 2], gold: [0, 1, 1, 0] };
 * estimateSoftBestOfN({ ...samples, beta: 1 }, 2).reward // => 1.619394007967
 * estimateSoftBestOfN({ ...samples, beta: 1 }, 4).gold // => 0.546449103161
 * ```
 */
export function estimateSoftBestOfN(samples: SoftScoredSamples, n: number): SelectionEstimate {
  requireObject("estimateSoftBestOfN", "samples", samples);
  return estimate("estimateSoftBestOfN", samples, n);
}
