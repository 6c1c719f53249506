import { cached } from "../../numeric/cache.js";
import { square } from "../../numeric/elementary.js";
import { studentQuantile } from "../../numeric/student.js";
import { sum } from "../../numeric/sum.js";

/** A mean over queries, and how far the choice of queries may have moved it. */
export interface MeanEstimate {
  /** The mean over the queries. */
  readonly mean: number;
  /** Its standard error: of the draw of the queries, or of the clusters where they come in clusters. */
  readonly standardError: number;
  /** The interval of 95 %: Student's, on one degree of freedom less than there are queries or clusters. */
  readonly interval: readonly [number, number];
}

/** What is summed of each cluster: a query by itself is a cluster of one. */
export interface ClusterSums {
  /** The number of clusters. */
  readonly clusters: number;
  /** The number of queries. */
  readonly queries: number;
  /** The mean over the queries. */
  readonly mean: number;
  /** Σ (S_c − m_c·mean)² over the clusters, of which one has m_c queries that sum to S_c. */
  readonly squares: number;
}

/** The half of what an interval of 95 % leaves out. */
const TAIL = 0.025;

/**
 * The mean with the standard error √(C/(C−1) Σ (S_c − m_c·mean)²)/Q of C clusters of Q queries: for queries by themselves
 * the sample's standard deviation over √Q. One cluster has no standard error: NaN.
 */
export function meanEstimate({ clusters, queries, mean, squares }: ClusterSums): MeanEstimate {
  if (clusters < 2) return { mean, standardError: Number.NaN, interval: [Number.NaN, Number.NaN] };
  const standardError = Math.sqrt((squares * clusters) / (clusters - 1)) / queries;
  const half = standardError * quantile(clusters - 1, TAIL);
  return { mean, standardError, interval: [mean - half, mean + half] };
}

/** Student's quantile, kept: a table asks for the same one again and again. */
const kept = new Map<string, number>();
const MAX_KEPT = 1000;
export function quantile(degrees: number, tail: number): number {
  if (kept.size > MAX_KEPT) kept.clear();
  return cached(kept, `${degrees} ${tail}`, () => studentQuantile(tail, degrees));
}

/**
 * The mean of values, one a query; `cluster` says by whole numbers from 0 which query belongs where. An infinite value makes an
 * infinite mean, which has no standard error.
 */
export function meanOverQueries(values: Float64Array, cluster?: Uint32Array): MeanEstimate {
  const queries = values.length;
  if (!values.every(Number.isFinite)) {
    const mean = values.reduce((s, x) => s + x, 0) / queries;
    return { mean, standardError: Number.NaN, interval: [Number.NaN, Number.NaN] };
  }
  const mean = sum(values).hi / queries;
  const apart = values.map((x) => x - mean);
  if (cluster === undefined)
    return meanEstimate({ clusters: queries, queries, mean, squares: sum(apart.map(square)).hi });
  const totals = new Float64Array(cluster.reduce((most, c) => Math.max(most, c + 1), 0));
  for (let i = 0; i < queries; i++) totals[cluster[i]] += apart[i];
  return meanEstimate({ clusters: totals.length, queries, mean, squares: sum(totals.map(square)).hi });
}
