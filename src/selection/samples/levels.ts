import { twoSum } from "../../numeric/doubleDouble.js";

/** Samples by their reward, the best first, with tied ones together. */
export interface SampleLevels {
  readonly reward: Float64Array;
  /** How many samples each level has. */
  readonly count: Float64Array;
  /** The mean of each value over the samples of each level. */
  readonly values: readonly Float64Array[];
}

/** Sorts and groups samples, leaving out those that are counted 0 times. */
export function sampleLevels(reward: Float64Array, count: Float64Array, values: readonly Float64Array[]): SampleLevels {
  const order = Uint32Array.from(reward.keys())
    .filter((i) => count[i] > 0)
    .sort((i, j) => reward[j] - reward[i]);
  const starts: number[] = [];
  for (let i = 0; i < order.length; i++) if (i === 0 || reward[order[i]] !== reward[order[i - 1]]) starts.push(i);
  const groups = starts.map((start, level) => order.subarray(start, starts[level + 1]));
  return {
    reward: Float64Array.from(groups, ([first]) => reward[first]),
    count: Float64Array.from(groups, (group) => group.reduce((s, i) => s + count[i], 0)),
    values: values.map((value) => Float64Array.from(groups, (group) => meanOf(group, count, value))),
  };
}

function meanOf(group: Uint32Array, count: Float64Array, value: Float64Array): number {
  if (group.length === 1) return value[group[0]];
  let [size, hi, lo] = [0, 0, 0];
  for (const i of group) {
    size += count[i];
    const s = twoSum(hi, count[i] * value[i]);
    hi = s.hi;
    lo += s.lo;
  }
  return (hi + lo) / size;
}
