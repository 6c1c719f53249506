import { scaledDifference } from "../../measure/score.js";
import { exp, expm1 } from "../../numeric/elementary.js";
import type { SampleLevels } from "./levels.js";
import { MarkedSubsets } from "./markedSubsets.js";

/**
 * For each of several n, the mean of each value f, 0 ≤ f < 1, at what rejection with this cap takes, over all ordered draws of
 * n samples: the k-th, k < n, is taken where it is accepted and the k − 1 before it are not, and the n-th where none is.
 */
export function rejectionSubsetMeans(
  { reward, count, values }: SampleLevels,
  beta: number,
  cap: number,
  ns: readonly number[],
): Map<number, Float64Array> {
  const size = values.length;
  const subsets = new MarkedSubsets(Math.max(1, ...ns), 2 * size);
  subsets.begin(0);
  for (let i = reward.length - 1; i >= 0; i--) {
    const x = reward[i] >= cap ? 0 : beta === 0 ? -Infinity : scaledDifference(reward[i], cap, beta);
    const accepted = values.map((f) => exp(x) * f[i]);
    subsets.add(count[i], -expm1(x), [...accepted, ...values.map((f) => f[i])]);
  }
  return new Map(
    ns.map((n) => {
      const mean = (_: unknown, v: number) => {
        let total = subsets.d[size + v][n];
        for (let k = n - 1; k >= 1; k--) total += subsets.d[v][k];
        return total;
      };
      return [n, Float64Array.from(values, mean)];
    }),
  );
}
