import { randomSource } from "../../numeric/random.js";
import { sum } from "../../numeric/sum.js";
import { type Method, SOFT } from "../method.js";
import { hardShares } from "./hardSubsets.js";
import { type SampleLevels, sampleLevels } from "./levels.js";
import { metropolisSubsetMeans } from "./metropolisSubsets.js";
import { rejectionSubsetMeans } from "./rejectionSubsets.js";
import { Sided } from "./sided.js";
import { softSubsetMeans } from "./softSubsets.js";

/** For each n, the mean of each value at the best of n samples, over all subsets of n. */
function hardSubsetMeans({ count, values }: SampleLevels, ns: readonly number[]): Map<number, Float64Array> {
  return new Map(
    ns.map((n) => {
      const share = hardShares(count, n);
      return [n, Float64Array.from(values, (f) => sum(f.map((x, i) => share[i] * x)).hi)];
    }),
  );
}

/** For each n ≥ 2, increasing, the mean of each value f, 0 ≤ f < 1, at what a method picks, at a finite β > 0 but for rejection. */
function subsetMeans(
  levels: SampleLevels,
  beta: number,
  ns: readonly number[],
  { method, cap = Number.NaN }: Method,
  rng: () => number,
): Map<number, Float64Array> {
  if (method === "rejection") return rejectionSubsetMeans(levels, beta, cap, ns);
  return method === "metropolis" ? metropolisSubsetMeans(levels, beta, ns, rng) : softSubsetMeans(levels, beta, ns);
}

/**
 * The mean over all subsets of n samples of each value, averaged with weights e^{reward/β} within the subset: the core of
 * `estimateSoftBestOfN`, without checks and plug-in values, for many n at once. With a method, which is no vote, over all
 * ordered draws of n samples, of each value at what the method picks of them.
 *
 * @param reward the finite rewards
 * @param count how many samples have each, whole numbers
 * @param values what is averaged, aligned with the rewards and finite
 * @param beta the temperature from 0 to ∞
 * @param ns whole numbers from 1 to the sum of the counts, in any order
 * @param method the method, rejection with its cap
 * @param rng deals samples of many distinct rewards into parts, for Metropolis
 * @returns for each value the means at each n
 */
export function subsetEstimates(
  reward: Float64Array,
  count: Float64Array,
  values: readonly Float64Array[],
  beta: number,
  ns: readonly number[],
  method: Method = SOFT,
  rng: () => number = randomSource(0),
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
  const isHard = (n: number) => n === 1 || (beta === 0 && method.method !== "rejection");
  const hard = hardSubsetMeans(levels, all.filter(isHard));
  const rest = subsetMeans(
    levels,
    beta,
    all.filter((n) => !isHard(n)),
    method,
    rng,
  );
  let from = 0;
  return parts.map((part) => {
    const first = from;
    from += part.sides.length;
    return Float64Array.from(ns.map(drawn), (n) => {
      const means = (hard.get(n) ?? rest.get(n)) as Float64Array;
      return part.mean(means.subarray(first, from));
    });
  });
}
