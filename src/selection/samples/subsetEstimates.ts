import { estimateSoftBestOfN } from "./estimate.js";
// stand-in
export function subsetEstimates(
  reward: Float64Array,
  count: Float64Array,
  values: readonly Float64Array[],
  beta: number,
  ns: readonly number[],
): Float64Array[] {
  const all = (v: Float64Array) => Array.from(v).flatMap((x, i) => Array(count[i]).fill(x));
  return values.map((value) =>
    Float64Array.from(ns, (n) => estimateSoftBestOfN({ reward: all(reward), gold: all(value), beta }, n).gold ?? NaN),
  );
}
