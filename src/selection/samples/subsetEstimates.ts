import { rangeOf } from "../../numeric/peak.js";
import { exponentOf, timesPowerOfTwo } from "../../numeric/powerOfTwo.js";
import { sum } from "../../numeric/sum.js";
import { hardShares } from "./hardSubsets.js";
import { type SampleLevels, sampleLevels } from "./levels.js";
import { softSubsetMeans } from "./softSubsets.js";

/**
 * Values above and below a base, scaled below 1 by a power of two: sums of terms of one sign lose no digits.
 * The base is the value nearest 0 where all have one sign, and 0 where they have not.
 */
class Sided {
  readonly #least: number;
  readonly #most: number;
  readonly #base: number;
  readonly #exponent: number;
  /** The gains, and the losses, in units of the power of two: those of the two that are not 0 throughout. */
  readonly sides: readonly { readonly sign: 1 | -1; readonly size: Float64Array }[];

  constructor(value: Float64Array) {
    const { top: most, bottom: least } = rangeOf(value);
    const base = Math.max(least, Math.min(most, 0));
    const size = Math.max(base - least, most - base);
    const exponent = size === 0 ? 0 : exponentOf(size) + 1;
    this.#least = least;
    this.#most = most;
    this.#base = base;
    this.#exponent = exponent;
    this.sides = ([1, -1] as const)
      .filter((sign) => (sign > 0 ? most > base : least < base))
      .map((sign) => ({ sign, size: value.map((x) => Math.max(0, timesPowerOfTwo(sign * (x - base), -exponent))) }));
  }

  /** The value whose sides have the given means. */
  mean(means: Float64Array): number {
    const apart = this.sides.reduce((s, { sign }, i) => s + sign * means[i], 0);
    return Math.min(this.#most, Math.max(this.#least, this.#base + timesPowerOfTwo(apart, this.#exponent)));
  }
}

/** For each n, the mean of each value at the best of n samples, over all subsets of n. */
function hardSubsetMeans({ count, values }: SampleLevels, ns: readonly number[]): Map<number, Float64Array> {
  return new Map(
    ns.map((n) => {
      const share = hardShares(count, n);
      return [n, Float64Array.from(values, (f) => sum(f.map((x, i) => share[i] * x)).hi)];
    }),
  );
}

/**
 * The mean over all subsets of n samples of each value, averaged with weights e^{reward/β} within the subset: the core of
 * `estimateSoftBestOfN`, without checks and plug-in values, for many n at once.
 *
 * @param reward the finite rewards
 * @param count how many samples have each, whole numbers
 * @param values what is averaged, aligned with the rewards and finite
 * @param beta the temperature from 0 to ∞
 * @param ns whole numbers from 1 to the sum of the counts, in any order
 * @returns for each value the means at each n
 */
export function subsetEstimates(
  reward: Float64Array,
  count: Float64Array,
  values: readonly Float64Array[],
  beta: number,
  ns: readonly number[],
): Float64Array[] {
  const parts = values.map((value) => new Sided(value));
  const levels = sampleLevels(
    reward,
    count,
    parts.flatMap(({ sides }) => sides.map(({ size }) => size)),
  );
  // β = ∞ picks any sample of the n: the first, say.
  const drawn = (n: number) => (beta === Infinity ? 1 : n);
  const all = [...new Set(ns.map(drawn))].sort((a, b) => a - b);
  const isHard = (n: number) => beta === 0 || n === 1;
  const hard = hardSubsetMeans(levels, all.filter(isHard));
  const soft = softSubsetMeans(
    levels,
    beta,
    all.filter((n) => !isHard(n)),
  );
  let from = 0;
  return parts.map((part) => {
    const first = from;
    from += part.sides.length;
    return Float64Array.from(ns.map(drawn), (n) => {
      const means = (hard.get(n) ?? soft.get(n)) as Float64Array;
      return part.mean(means.subarray(first, from));
    });
  });
}
