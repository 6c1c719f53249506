import { timesRatio } from "../../numeric/doubleDouble.js";
import { exp } from "../../numeric/elementary.js";
import { peakOf } from "../../numeric/peak.js";
import { exponentOf, timesPowerOfTwo } from "../../numeric/powerOfTwo.js";
import { gridFor } from "../integral/trapezoid.js";
import { sharesWithout } from "./hardSubsets.js";
import { LOG_WEIGHT_GONE, type SampleWeights } from "./sampleWeights.js";
import type { NodeMeans, SubsetMeans } from "./subsetIntegrals.js";

/** Of so many samples C(M, n), and all products of two such numbers, are doubles. */
export const MAX_UNSCALED = 500;

/** Whether the samples of a level are added one by one, given how many j there are: sums of few terms would cost more. */
const isOneByOne = (m: number, width: number) => m <= width / 4;

/** About how many products a node takes where levels of so many samples take part, out of `size` samples. */
export function symmetricProducts(active: Float64Array, size: number, ns: readonly number[], values: number): number {
  const width = widthFor(ns, size);
  let [taken, products] = [0, 0];
  for (const m of active.toSorted((a, b) => b - a)) {
    const each = isOneByOne(m, width) ? m * (1 + values) : (Math.min(m, width) / 2 + 3) * (2 + values);
    let above = Infinity;
    for (const n of ns) {
      const least = Math.max(0, taken + m - n);
      products += Math.max(0, Math.min(above, taken + m, size - n) - least + 1) * each;
      above = Math.min(above, least - 1);
    }
    taken += m;
  }
  return products;
}

/** How many j there are, for the largest or the smallest n. */
const widthFor = (ns: readonly number[], size: number) => 1 + Math.min(ns[ns.length - 1], size - ns[0]);

/** C(m, j)·2^{−scale·j} for j from 0 to `most`; a number past 1e300 is Infinity. */
function binomials(m: number, most: number, scale: number): Float64Array {
  const out = new Float64Array(most + 1).fill(Infinity);
  let value = { hi: 1, lo: 0 };
  for (let j = 0; j <= most && value.hi < 1e300; j++) {
    out[j] = value.hi;
    value = timesRatio(value, timesPowerOfTwo(m - j, -scale), j + 1);
  }
  return out;
}

/**
 * a_n and d_n by elementary symmetric polynomials, level by level. Of the samples taken so far, let A_j be the sum of
 * e^{−Σ z} over the subsets that leave out j of them, and D_j that of Σ f z e^{−Σ z}. With m samples more of the same z,
 *
 *     A_j ← Σ_i C(m, i) e^{−(m−i)z} A_{j−i},   D_j ← Σ_i C(m, i) e^{−(m−i)z} (D_{j−i} + (m − i) f z A_{j−i}),
 *
 * all terms ≥ 0, so that nothing cancels. Only those j are kept from which some n can still be reached.
 *
 * At each node only the levels whose z is neither nothing nor over 45 take part so: the heavier ones are left out. The
 * lighter ones, N samples, have e^{−z} = 1: C(N, k) ways to take k of them, and in D_j the mean of their f z.
 *
 * So it is for up to `MAX_UNSCALED` samples. Of more, n must be near M, and each sample left out counts 2^{−scale}, so
 * that no A_j overflows; or n is at most M/2, and few samples are at a node. Then C(M, n) may overflow, but where it does and
 * fewer than n samples are idle, the subsets of n of those not gone are nothing among all.
 */
export class SymmetricMeans implements SubsetMeans {
  readonly ns: readonly number[];
  readonly #weights: SampleWeights;
  readonly #lighter: readonly Float64Array[];
  readonly #scale: number;
  /** C(m, j)·2^{−scale·j} of each level. */
  readonly #ways: readonly Float64Array[];
  /** C(M, n)·2^{−scale·(M−n)} for each n. */
  readonly #all: readonly number[];
  /** For each n, C(N, n)/C(M, n), N being the samples from a level on. */
  readonly #shares: readonly Float64Array[];
  readonly #a: Float64Array;
  /** D of each value, and zeros last where their number is odd. */
  readonly #d: readonly Float64Array[];
  /** Of the level that is added: C(m, i) e^{−(m−i)z}, and m − i times that. */
  readonly #factor: Float64Array;
  readonly #moment: Float64Array;
  readonly #out: NodeMeans;
  #block = -1;
  #gone = 0;
  #idle = 0;

  constructor(weights: SampleWeights, ns: readonly number[]) {
    const { size, count, values } = weights;
    const most = Math.min(size - ns[0], MAX_UNSCALED);
    const scale = size > MAX_UNSCALED && most < MAX_UNSCALED ? exponentOf(size / (most + 1)) : 0;
    this.ns = ns;
    this.#weights = weights;
    this.#lighter = values.map((f) => weights.sumsOfLighter(f));
    this.#scale = scale;
    this.#ways = Array.from(count, (m) => binomials(m, Math.min(m, most), scale));
    this.#all = ns.map((n) => {
      const few = scale > 0 ? size - n : Math.min(n, size - n);
      return binomials(size, few, scale)[few];
    });
    this.#shares = ns.map((n) => Float64Array.from(sharesWithout(count, n), ({ hi }) => hi));
    this.#a = new Float64Array(most + 1);
    this.#d = Array.from({ length: 2 * Math.ceil(values.length / 2) }, () => new Float64Array(most + 1));
    this.#factor = new Float64Array(most + 1);
    this.#moment = new Float64Array(most + 1);
    this.#out = { a: new Float64Array(ns.length), d: new Float64Array(ns.length * values.length) };
  }

  at(block: number, node: number): NodeMeans {
    const u = node * gridFor(true).step;
    const { x, count, before, size } = this.#weights;
    this.#move(block, u);
    const left = size - before[this.#gone];
    let taken = 0;
    this.#a[0] = 1;
    for (const d of this.#d) d[0] = 0;
    const [from, to] = [this.#gone, this.#idle];
    // The largest level is added first, to nothing: later it would take the most products.
    const first = peakOf(count, from, to);
    for (let k = from; k < to; k++) {
      const i = k === from ? first : k > first ? k : k - 1;
      this.#add(i, exp(u + x[i]), taken, left);
      taken += count[i];
    }
    for (const i of this.ns.keys()) this.#finish(i, block, u, taken);
    return this.#out;
  }

  /** Moves on to a node: past the levels that are gone there, and those that are idle no more. */
  #move(block: number, u: number): void {
    const { starts, x, idleNats } = this.#weights;
    const end = starts[block + 1];
    if (block !== this.#block) {
      this.#block = block;
      this.#gone = starts[block];
      this.#idle = starts[block];
    }
    while (this.#gone < end && u + x[this.#gone] > LOG_WEIGHT_GONE) this.#gone++;
    while (this.#idle < end && u + x[this.#idle] > -idleNats) this.#idle++;
  }

  /** Adds the samples of a level, of weight z each, to those taken; `left` are not gone. */
  #add(level: number, z: number, taken: number, left: number): void {
    const { count, size } = this.#weights;
    const m = count[level];
    // To nothing, many are added as fast as one.
    if ((taken > 0 || m === 1) && isOneByOne(m, widthFor(this.ns, size)))
      for (let i = 0; i < m; i++) this.#addOne(level, z, taken + i, left);
    else this.#addMany(level, z, taken, left);
  }

  #addOne(level: number, z: number, taken: number, left: number): void {
    const { ns } = this;
    const { values } = this.#weights;
    const a = this.#a;
    const keep = exp(-z);
    const leave = timesPowerOfTwo(1, -this.#scale);
    if (taken + 1 < a.length) {
      a[taken + 1] = 0;
      for (const d of this.#d) d[taken + 1] = 0;
    }
    for (let v = 0; v < values.length; v += 2) {
      const [d, e] = [this.#d[v], this.#d[v + 1]];
      const fzD = z * values[v][level];
      const fzE = v + 1 < values.length ? z * values[v + 1][level] : 0;
      const isLast = v + 2 >= values.length;
      let above = Infinity;
      for (const n of ns) {
        const least = Math.max(0, taken + 1 - n);
        for (let j = Math.min(above, taken + 1, left - n); j >= Math.max(1, least); j--) {
          const x = a[j];
          d[j] = keep * (d[j] + fzD * x) + leave * d[j - 1];
          e[j] = keep * (e[j] + fzE * x) + leave * e[j - 1];
          if (isLast) a[j] = keep * x + leave * a[j - 1];
        }
        above = Math.min(above, least - 1);
      }
      d[0] = keep * (d[0] + fzD * a[0]);
      e[0] = keep * (e[0] + fzE * a[0]);
      if (isLast) a[0] *= keep;
    }
  }

  #addMany(level: number, z: number, taken: number, left: number): void {
    const { ns } = this;
    const { count, values } = this.#weights;
    const m = count[level];
    const ways = this.#ways[level];
    const [a, factor, moment] = [this.#a, this.#factor, this.#moment];
    for (let i = Math.max(0, m - ns[ns.length - 1]); i < ways.length; i++) {
      factor[i] = ways[i] * exp(-z * (m - i));
      moment[i] = factor[i] * (m - i);
    }
    // Two values at a time: four sums in one loop, none of which waits for another.
    for (let v = 0; v < values.length; v += 2) {
      const [d, e] = [this.#d[v], this.#d[v + 1]];
      const fzD = z * values[v][level];
      const fzE = v + 1 < values.length ? z * values[v + 1][level] : 0;
      const isLast = v + 2 >= values.length;
      let above = Infinity;
      for (const n of ns) {
        const least = Math.max(0, taken + m - n);
        // From the largest j down: the sums need A and D at smaller j as they were before.
        for (let j = Math.min(above, taken + m, left - n); j >= least; j--) {
          const to = Math.min(m, j);
          let kept = 0;
          let gained = 0;
          let sumD = 0;
          let sumE = 0;
          for (let i = Math.max(0, j - taken); i <= to; i++) {
            const x = a[j - i];
            kept += factor[i] * x;
            gained += moment[i] * x;
            sumD += factor[i] * d[j - i];
            sumE += factor[i] * e[j - i];
          }
          d[j] = sumD + gained * fzD;
          e[j] = sumE + gained * fzE;
          if (isLast) a[j] = kept;
        }
        above = Math.min(above, least - 1);
      }
    }
  }

  /** a_n and d_n: over all numbers of samples from the idle levels, the rest being of those taken. */
  #finish(index: number, block: number, u: number, taken: number): void {
    const n = this.ns[index];
    const { count, before, size, values } = this.#weights;
    const [idle, scale] = [this.#idle, this.#scale];
    const { a, d } = this.#out;
    const from = index * values.length;
    const free = size - before[idle];
    const z = idle < count.length ? exp(u + this.#weights.from(block, idle)) / free : 0;
    a[index] = 0;
    d.fill(0, from, from + values.length);
    let share =
      free >= n
        ? timesPowerOfTwo(this.#shares[index][idle], scale * taken)
        : timesPowerOfTwo(1 / this.#all[index], -scale * before[this.#gone]);
    for (let k = Math.min(n, free); k >= Math.max(0, n - taken); k--) {
      const j = taken - (n - k);
      a[index] += share * this.#a[j];
      for (let v = 0; v < values.length; v++)
        d[from + v] += share * (this.#d[v][j] + this.#a[j] * k * z * this.#lighter[v][idle]);
      share = timesPowerOfTwo((share * k) / (free - k + 1), -scale);
    }
  }
}
