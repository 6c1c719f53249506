import { scaledDifference } from "../../measure/score.js";
import { twoProduct } from "../../numeric/doubleDouble.js";
import { exp, log } from "../../numeric/elementary.js";
import { gridFor } from "../integral/trapezoid.js";

/**
 * For b = 0 … M: the share C(b, n)/C(M, n) of the subsets of n among M samples that lie within b given ones. In
 * double-double, since each is the one before times (b − n)/b.
 */
export function shareWithin(size: number, n: number): Float64Array {
  const share = new Float64Array(size + 1);
  let [hi, lo] = [1, 0];
  share[size] = 1;
  for (let b = size; b > n; b--) {
    const up = twoProduct(hi, b - n);
    const q = up.hi / b;
    const down = twoProduct(q, b);
    lo = (up.hi - down.hi - down.lo + up.lo + lo * (b - n)) / b;
    hi = q;
    share[b - 1] = hi + lo;
  }
  return share;
}

/** log(45): past it a sample has left, e^{−z} z < 1e−18. */
const LOG_WEIGHT_GONE = log(45);

/** Samples further apart than this, in nats, do not meet: e^{−800} is 0 as a double. */
const MIN_BLOCK_GAP_NATS = 800;

/** The weights of samples in falling order of reward: log-weights relative to the first sample of their block. */
interface Blocks {
  readonly x: Float64Array;
  /** The first place of each block, and the number of samples last. Neighbours further apart are in two blocks. */
  readonly starts: readonly number[];
}

function blocksOf(reward: Float64Array, beta: number): Blocks {
  const x = new Float64Array(reward.length);
  const starts = [0];
  let top = 0;
  for (let i = 1; i < x.length; i++) {
    if (scaledDifference(reward[i - 1], reward[i], beta) > MIN_BLOCK_GAP_NATS) {
      top = i;
      starts.push(i);
    } else x[i] = scaledDifference(reward[i], reward[top], beta);
  }
  starts.push(x.length);
  return { x, starts };
}

/**
 * The mean over all subsets S of n samples of Σ_S f w / Σ_S w, w = e^{r/β}, for each of several f ≥ 0; the rewards
 * decreasing and f in their order.
 *
 * With 1/W = ∫ e^{−tW} dt and z = t w, it is ∫ d_n(t) dt/t, where d_k is the mean over subsets of size k of
 * Σ f z e^{−Σ z}, and a_k that of e^{−Σ z}: elementary symmetric polynomials divided by the number of their terms. With
 * one sample more, all three means are convex combinations,
 *
 *     a_k ← (1 − k/i) a_k + (k/i) e^{−z} a_{k−1},   d_k ← (1 − k/i) d_k + (k/i) e^{−z} (d_{k−1} + f z a_{k−1}),
 *
 * of terms ≥ 0, so that nothing overflows or cancels. The trapezoid rule of `Grid` is exact to 2e−16 on each e^{−tW}.
 *
 * At each node only the samples whose z is neither nothing nor over 45 take part one by one: the lighter ones have
 * e^{−z} = 1 and enter by the sum of their f z, the heavier ones only by the share of the subsets without them.
 */
export function softSubsetMeans(
  reward: Float64Array,
  beta: number,
  values: readonly Float64Array[],
  n: number,
): Float64Array {
  const size = reward.length;
  const { step } = gridFor(true);
  const { x, starts } = blocksOf(reward, beta);
  const share = shareWithin(size, n);
  // Σ z of a subset of samples all idle is under e^{−38}.
  const lead = 38 + log(n);
  const lighter = values.map((f) => sumsOfLighter(f, x, starts));
  const a = new Float64Array(n + 1);
  const d = values.map(() => new Float64Array(n + 1));
  const totals = new Float64Array(values.length);
  for (let block = 0; block + 1 < starts.length; block++) {
    const [begin, end] = [starts[block], starts[block + 1]];
    // The lightest subset is gone from here on.
    const stop = size - n < end ? lastNode(x.subarray(Math.max(begin, size - n), end), step) : Infinity;
    let [gone, idle, next] = [begin, begin, -Infinity];
    for (let i = begin; i < end; i++) {
      const last = Math.min(stop, Math.ceil((LOG_WEIGHT_GONE - x[i]) / step));
      for (next = Math.max(next, Math.floor((-lead - x[i]) / step)); next <= last; next++) {
        const u = next * step;
        while (gone < end && u + x[gone] > LOG_WEIGHT_GONE) gone++;
        while (idle < end && u + x[idle] > -lead) idle++;
        const within = share[size - gone];
        if (within === 0) break;
        symmetricMeans({ x, u, gone, idle, end, values, lighter, n }, a, d);
        for (let v = 0; v < totals.length; v++) totals[v] += within * d[v][n];
      }
    }
  }
  return totals.map((total) => total * step);
}

/** The last node that matters to the lightest of all subsets, of which these are the log-weights that count. */
function lastNode(x: Float64Array, step: number): number {
  const total = x.reduce((s, v) => s + exp(v - x[0]), 0);
  return Math.ceil((LOG_WEIGHT_GONE - x[0] - log(total)) / step);
}

/** Σ of f w over each sample and all lighter ones, relative to its own w. */
function sumsOfLighter(f: Float64Array, x: Float64Array, starts: readonly number[]): Float64Array {
  const sums = new Float64Array(f.length + 1);
  for (let b = starts.length - 2; b >= 0; b--) {
    let s = 0;
    for (let i = starts[b + 1] - 1; i >= starts[b]; i--) {
      s = f[i] + (i + 1 < starts[b + 1] ? s * exp(x[i + 1] - x[i]) : 0);
      sums[i] = s;
    }
  }
  return sums;
}

/** What one node sees: from `gone` to `idle` the samples that take part one by one, from there to `end` the idle ones. */
interface Node {
  readonly x: Float64Array;
  readonly u: number;
  readonly gone: number;
  readonly idle: number;
  readonly end: number;
  readonly values: readonly Float64Array[];
  readonly lighter: readonly Float64Array[];
  readonly n: number;
}

/** Leaves in a[n] and d[n] the means over the subsets of n samples that are not gone, and in lower places some others. */
function symmetricMeans(node: Node, a: Float64Array, d: readonly Float64Array[]): void {
  const { x, u, gone, idle, end, values, lighter, n } = node;
  let count = x.length - idle;
  let from = Math.max(0, n - (idle - gone));
  // For k > count, of which there are no subsets, any number will do: the first sample that makes one takes none of it.
  a.fill(1, from);
  for (const [v, dv] of d.entries()) {
    const each = idle < end ? (exp(u + x[idle]) * lighter[v][idle]) / count : 0;
    for (let k = from; k <= n; k++) dv[k] = k * each;
  }
  for (let i = gone; i < idle; i++) {
    count++;
    from = Math.max(1, n - (idle - 1 - i));
    const most = Math.min(n, count);
    const z = exp(u + x[i]);
    const e = exp(-z) / count;
    for (let v = 0; v < d.length; v++) {
      const dv = d[v];
      const fz = values[v][i] * z;
      for (let k = most; k >= from; k--) {
        dv[k] = dv[k] * ((count - k) / count) + k * e * (dv[k - 1] + fz * a[k - 1]);
      }
    }
    for (let k = most; k >= from; k--) a[k] = a[k] * ((count - k) / count) + k * e * a[k - 1];
  }
}
