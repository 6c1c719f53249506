import { cached, lazy } from "../../numeric/cache.js";
import { twoSum } from "../../numeric/doubleDouble.js";
import { exp } from "../../numeric/elementary.js";
import { gridFor } from "../integral/trapezoid.js";
import { ContourMeans, contourProducts, isForContour } from "./contourMeans.js";
import type { SampleLevels } from "./levels.js";
import { SampleGrid } from "./sampleGrid.js";
import { SampleWeights } from "./sampleWeights.js";
import { MAX_UNSCALED, SymmetricMeans, symmetricProducts } from "./symmetricMeans.js";

/**
 * The mean over all subsets S of n samples of Σ_S f w / Σ_S w, w = e^{r/β}. With 1/W = ∫ e^{−tW} dt and z = t w, it is
 * ∫ d_n(t) dt/t, where d_n is the mean over the subsets of n of Σ f z e^{−Σ z}, and a_n that of e^{−Σ z}.
 */

/** a_n and d_n at one node. */
export interface NodeMeans {
  /** a_n for each n. */
  readonly a: Float64Array;
  /** d_n for each n and, within it, each value. */
  readonly d: Float64Array;
}

/** A way to find a_n and d_n of several n. */
export interface SubsetMeans {
  readonly ns: readonly number[];
  /** At t = e^{m·step}/w, w being the weight of the first level of a block; m increases within a block. */
  at(block: number, m: number): NodeMeans;
}

/** The nodes left of the first are summed by a polynomial in t through so many. */
const FITTED = 5;
/** The nodes before the first that count. */
const NODES_BEFORE = 160;

/**
 * What d at the first nodes counts for beside its own, where t·D(t), D a polynomial, is summed over all nodes before:
 * D is interpolated by Lagrange's polynomials in t/t₀.
 */
const leftTail = lazy(() => {
  const { step } = gridFor(true);
  const at = (k: number) => exp(k * step);
  return Float64Array.from({ length: FITTED }, (_, i) => {
    let weight = 0;
    for (let k = NODES_BEFORE; k >= 1; k--) {
      let term = at(-k);
      for (let j = 0; j < FITTED; j++) if (j !== i) term *= (at(-k) - at(j)) / (at(i) - at(j));
      weight += term;
    }
    return weight / at(i);
  });
});

/** The integrals ∫ d_n dt/t for each n and, within it, each value, by the trapezoid rule of `Grid`. */
export function integrals(weights: SampleWeights, means: SubsetMeans): Float64Array[] {
  const { step } = gridFor(true);
  const { ns } = means;
  const values = weights.values.length;
  // Of many blocks, so many nodes add up that the errors of the sums would show.
  const totals = new Float64Array(ns.length * values);
  const rest = new Float64Array(totals.length);
  for (let block = 0; block < weights.blocks; block++) {
    const [first, last] = weights.nodes(block);
    for (let m = first; m <= last; m++) {
      const { a, d } = means.at(block, m);
      const weight = m - first < FITTED ? 1 + leftTail()[m - first] : 1;
      for (let i = 0; i < totals.length; i++) {
        const { hi, lo } = twoSum(totals[i], weight * d[i]);
        totals[i] = hi;
        rest[i] += lo;
      }
      // The integral from t on is at most a_n(t), since f < 1.
      if (m - first >= FITTED && totals.every((total, i) => a[Math.floor(i / values)] <= 1e-17 * total)) {
        block = weights.blocks;
        break;
      }
    }
  }
  return ns.map((_, i) =>
    Float64Array.from({ length: values }, (_, v) => step * (totals[i * values + v] + rest[i * values + v])),
  );
}

/** For each of several n ≥ 2, increasing, the mean of each value f, 0 ≤ f < 1. */
export function softSubsetMeans(levels: SampleLevels, beta: number, ns: readonly number[]): Float64Array[] {
  if (ns.length === 0) return [];
  const weights = new SampleWeights(levels, beta, ns[ns.length - 1]);
  const { byContour, together } = ways(weights, ns);
  const grids = new Map<string, SampleGrid>();
  const gridOf = (block: number, fineness: number) =>
    cached(grids, `${block} ${fineness}`, () => new SampleGrid(weights, block, fineness));
  const means = new Map<number, Float64Array>();
  for (const n of byContour) means.set(n, integrals(weights, new ContourMeans(weights, n, gridOf))[0]);
  for (const some of together) {
    for (const [i, one] of integrals(weights, new SymmetricMeans(weights, some)).entries()) means.set(some[i], one);
  }
  return ns.map((n) => means.get(n) as Float64Array);
}

/** If so few samples at most meet at a node, the recurrence can do any n up to half of them all. */
const FEW = 128;

interface Ways {
  readonly byContour: readonly number[];
  /** Those n that are done by one recurrence. */
  readonly together: readonly (readonly number[])[];
}

/** Which n are done by which way: by the one that can, and where both can by that of less work. */
function ways(weights: SampleWeights, ns: readonly number[]): Ways {
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
