import { cached } from "../../numeric/cache.js";
import { ContourMeans, contourProducts, isForContour } from "./contourMeans.js";
import type { SampleLevels } from "./levels.js";
import { SampleGrid } from "./sampleGrid.js";
import { SampleWeights } from "./sampleWeights.js";
import { integrals } from "./subsetIntegrals.js";
import { MAX_UNSCALED, SymmetricMeans, symmetricProducts } from "./symmetricMeans.js";

/** For each of several n ≥ 2, increasing, the mean of each value f, 0 ≤ f < 1. */
export function softSubsetMeans(levels: SampleLevels, beta: number, ns: readonly number[]): Map<number, Float64Array> {
  const means = new Map<number, Float64Array>();
  if (ns.length === 0) return means;
  const weights = new SampleWeights(levels, beta, ns[ns.length - 1]);
  const { byContour, together } = ways(weights, ns);
  const gridOf = gridsOf(weights);
  for (const n of byContour) means.set(n, integrals(weights, new ContourMeans(weights, n, gridOf))[0]);
  for (const some of together) {
    for (const [i, one] of integrals(weights, new SymmetricMeans(weights, some)).entries()) means.set(some[i], one);
  }
  return means;
}

/** Grids in memory at once: where there are more blocks, they are made again for the next n. */
const MAX_GRIDS = 64;

/** The grid of each block, made when it is first asked for. */
function gridsOf(weights: SampleWeights): (block: number, fineness: number) => SampleGrid {
  const grids = new Map<string, SampleGrid>();
  return (block, fineness) => {
    if (grids.size > MAX_GRIDS) grids.clear();
    return cached(grids, `${block} ${fineness}`, () => new SampleGrid(weights, block, fineness));
  };
}

/** If no more samples than this meet at a node, the recurrence does any n up to half of all. */
const FEW = 128;

interface Ways {
  /** Those n that are done one by one, by contour. */
  readonly byContour: readonly number[];
  /** Those n that are done by one recurrence. */
  readonly together: readonly (readonly number[])[];
}

/**
 * Which n are done by which way: by the one that can, and where both can by that of less work. With more than
 * `MAX_UNSCALED` samples, the recurrence can do those n that the contour can't, and n up to M/2 where few samples meet.
 */
export function ways(weights: SampleWeights, ns: readonly number[]): Ways {
  const { size, count, values } = weights;
  const [from, to] = weights.densest();
  const active = count.subarray(from, to);
  const work = (some: readonly number[]) => symmetricProducts(active, size, some, values.length);
  const isFew = size > MAX_UNSCALED && weights.before[to] - weights.before[from] <= FEW;
  const contourOnly = (n: number) => isForContour(n, size) && size > MAX_UNSCALED && !(isFew && n <= size / 2);
  const both = ns.filter((n) => isForContour(n, size) && !contourOnly(n));
  const rest = ns.filter((n) => !isForContour(n, size));
  // Up to MAX_UNSCALED samples, one recurrence does all.
  const together = size > MAX_UNSCALED ? [both, rest] : [ns];
  const saved = together.reduce((s, some) => s + work(some), 0) - work(rest);
  const isLess = both.reduce((s, n) => s + contourProducts(n, size, values.length), 0) < saved;
  return {
    byContour: ns.filter((n) => contourOnly(n) || (isLess && both.includes(n))),
    together: (isLess ? [rest] : together).filter((some) => some.length > 0),
  };
}
