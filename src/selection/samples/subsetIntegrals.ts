import { lazy } from "../../numeric/cache.js";
import { twoSum } from "../../numeric/doubleDouble.js";
import { exp } from "../../numeric/elementary.js";
import { gridFor } from "../integral/trapezoid.js";
import type { SampleWeights } from "./sampleWeights.js";

/**
 * The mean over all subsets S of n samples of Σ_S f w / Σ_S w, w = e^{r/β}. With 1/W = ∫ e^{−tW} dt and z = t w, it is
 * ∫ d_n(t) dt/t, where d_n is the mean over the subsets of n of Σ f z e^{−Σ z}. Two ways to find d_n have this integral in
 * common, by the trapezoid rule of `Grid`, which is exact to 2e−16 on each e^{−tW}.
 */

/** What a way finds at one node: d_n, and a_n, the mean of e^{−Σ z}. */
export interface NodeMeans {
  /** a_n for each n. */
  readonly a: Float64Array;
  /** d_n for each n and, within it, each value. */
  readonly d: Float64Array;
}

/** A way, for several n. */
export interface SubsetMeans {
  /** The n, increasing. */
  readonly ns: readonly number[];
  /** At t = e^{m·step}/w, w being the weight of the first level of a block; m increases within a block. */
  at(block: number, m: number): NodeMeans;
}

/** The nodes left of the first are summed by a polynomial in t through so many. */
const FITTED = 5;
/** The nodes before the first that count. */
const NODES_BEFORE = 160;

/**
 * What d at the first nodes adds for all nodes before them, where d = t·D(t): D(t), a mean of e^{−tW}, is the polynomial
 * through the first nodes, in Lagrange's form.
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

/** The integrals ∫ d_n dt/t for each n and, within it, each value f, 0 ≤ f < 1. */
export function integrals(weights: SampleWeights, means: SubsetMeans): Float64Array[] {
  const { step } = gridFor(true);
  const { ns } = means;
  const values = weights.values.length;
  // So many nodes of many blocks add up that the errors of the sums would show: these are kept in `rest`.
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
