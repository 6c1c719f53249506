import { timesRatio } from "../../numeric/doubleDouble.js";
import { exp, log } from "../../numeric/elementary.js";
import { exponentOf, timesPowerOfTwo } from "../../numeric/powerOfTwo.js";
import { gridFor } from "../integral/trapezoid.js";
import { LOG_WEIGHT_GONE, type SampleWeights } from "./sampleWeights.js";
import type { NodeMeans, SubsetMeans } from "./softSubsets.js";

/** Up to so many samples C(M, n), and all products of such numbers on the way, are doubles. */
export const MAX_UNSCALED = 600;

/** Σ z of samples that are idle is below e^{−38}. */
const IDLE_NATS = 38;

/** C(m, j)·2^{−scale·j} for j from 0 to `most`. */
function binomials(m: number, most: number, scale: number): Float64Array {
  const out = new Float64Array(most + 1);
  let value = { hi: 1, lo: 0 };
  out[0] = 1;
  for (let j = 1; j <= most; j++) {
    value = timesRatio(value, timesPowerOfTwo(m - j + 1, -scale), j);
    out[j] = value.hi;
  }
  return out;
}

/** What there is to do beside the products, for each sum of them. */
const SUM_COST = 3;

/** About how many products a node takes, for levels of so many samples. */
export function symmetricProducts(count: Float64Array, ns: readonly number[], values: number): number {
  const size = count.reduce((s, m) => s + m, 0);
  let [taken, products] = [0, 0];
  for (const m of count) {
    let above = Infinity;
    for (const n of ns) {
      const least = Math.max(0, taken + m - n);
      const sums = Math.max(0, Math.min(above, taken + m, size - n) - least + 1);
      products += sums * (Math.min(m, n, size - n) + SUM_COST) * (2 + values);
      above = Math.min(above, least - 1);
    }
    taken += m;
  }
  return products;
}

/**
 * a_n and d_n by elementary symmetric polynomials, level by level. Of the samples taken so far, let A_j be the sum of
 * e^{−Σ z} over the subsets that leave out j of them, and D_j that of Σ f z e^{−Σ z}. With m samples more of the same z,
 *
 *     A_j ← Σ_i C(m, i) e^{−(m−i)z} A_{j−i},   D_j ← Σ_i C(m, i) e^{−(m−i)z} (D_{j−i} + (m − i) f z A_{j−i}),
 *
 * all terms ≥ 0, so that nothing cancels. Only those j are kept from which some n can still be reached. Each sample left
 * out counts 2^{−scale}, so that no A_j overflows, however many samples there are, if n is near all.
 *
 * At each node only the levels whose z is neither nothing nor over 45 take part one by one: the lighter ones have
 * e^{−z} = 1 and enter by the sum of their f z, the heavier ones only as samples left out.
 */
export class SymmetricMeans implements SubsetMeans {
  readonly ns: readonly number[];
  readonly #weights: SampleWeights;
  readonly #lighter: readonly Float64Array[];
  /** The z of n samples sum to less than e^{−IDLE_NATS} where each is below e^{−lead}. */
  readonly #lead: number;
  readonly #scale: number;
  /** C(m, j)·2^{−scale·j} of each level, and of all samples. */
  readonly #ways: readonly Float64Array[];
  readonly #all: Float64Array;
  readonly #a: Float64Array;
  readonly #d: readonly Float64Array[];
  /** Of the level that is added: C(m, i) e^{−(m−i)z}, and m − i times that. */
  readonly #factor: Float64Array;
  readonly #moment: Float64Array;
  readonly #out: NodeMeans;
  #block = -1;
  #gone = 0;
  #idle = 0;
  #waysOfIdle: Float64Array = new Float64Array(0);

  constructor(weights: SampleWeights, ns: readonly number[]) {
    const { size, count, values } = weights;
    const [least, most] = [ns[0], ns[ns.length - 1]];
    const left = size - least + 1;
    this.ns = ns;
    this.#weights = weights;
    this.#lighter = values.map((f) => weights.sumsOfLighter(f));
    this.#lead = IDLE_NATS + log(most);
    this.#scale = size <= MAX_UNSCALED ? 0 : exponentOf(size / left);
    this.#ways = Array.from(count, (m) => this.#binomials(m));
    this.#all = this.#binomials(size);
    this.#a = new Float64Array(left);
    this.#d = values.map(() => new Float64Array(left));
    this.#factor = new Float64Array(left);
    this.#moment = new Float64Array(left);
    this.#out = { a: new Float64Array(ns.length), d: new Float64Array(ns.length * values.length) };
  }

  #binomials(m: number): Float64Array {
    return binomials(m, Math.min(m, this.#weights.size - this.ns[0]), this.#scale);
  }

  at(block: number, node: number): NodeMeans {
    const u = node * gridFor(true).step;
    const { x, count, before, size, values } = this.#weights;
    this.#move(block, u);
    const [gone, idle] = [this.#gone, this.#idle];
    const left = size - before[gone];
    let taken = size - before[idle];
    this.#begin(block, u, taken, left);
    for (let i = gone; i < idle; i++) {
      this.#add(i, exp(u + x[i]), taken, left);
      taken += count[i];
    }
    const { a, d } = this.#out;
    for (const [i, n] of this.ns.entries()) {
      const share = n > left ? 0 : timesPowerOfTwo(1 / this.#all[size - n], -this.#scale * before[gone]);
      a[i] = share === 0 ? 0 : share * this.#a[left - n];
      for (let v = 0; v < values.length; v++) d[i * values.length + v] = share === 0 ? 0 : share * this.#d[v][left - n];
    }
    return this.#out;
  }

  /** Moves on to a node: past the levels that are gone there, and those that are idle no more. */
  #move(block: number, u: number): void {
    const { starts, x, size, before } = this.#weights;
    const end = starts[block + 1];
    const idle = this.#idle;
    const isNew = block !== this.#block;
    if (isNew) {
      this.#block = block;
      this.#gone = starts[block];
      this.#idle = starts[block];
    }
    while (this.#gone < end && u + x[this.#gone] > LOG_WEIGHT_GONE) this.#gone++;
    while (this.#idle < end && u + x[this.#idle] > -this.#lead) this.#idle++;
    if (isNew || this.#idle !== idle) this.#waysOfIdle = this.#binomials(size - before[this.#idle]);
  }

  /** The A_j and D_j of the idle levels, which have so many samples, of all the `left` that are not gone. */
  #begin(block: number, u: number, taken: number, left: number): void {
    const [a, ways] = [this.#a, this.#waysOfIdle];
    const z = taken > 0 ? exp(u + this.#weights.from(block, this.#idle)) / taken : 0;
    for (const n of this.ns) {
      for (let j = Math.max(0, taken - n); j <= Math.min(taken, left - n); j++) {
        a[j] = ways[j];
        for (const [v, d] of this.#d.entries()) d[j] = ways[j] * (taken - j) * z * this.#lighter[v][this.#idle];
      }
    }
  }

  /** Adds the samples of a level, of weight z each, to those taken, of all the `left` that are not gone. */
  #add(level: number, z: number, taken: number, left: number): void {
    const { ns } = this;
    const { count, values } = this.#weights;
    const m = count[level];
    const ways = this.#ways[level];
    const [a, factor, moment] = [this.#a, this.#factor, this.#moment];
    for (let i = 0; i < ways.length; i++) {
      factor[i] = ways[i] * exp(-z * (m - i));
      moment[i] = factor[i] * (m - i);
    }
    // From the largest j down: the sums need A and D at smaller j as they were before.
    let above = Infinity;
    for (const n of ns) {
      const least = Math.max(0, taken + m - n);
      for (let j = Math.min(above, taken + m, left - n); j >= least; j--) {
        const from = Math.max(0, j - taken);
        const to = Math.min(m, j);
        let kept = 0;
        let gained = 0;
        for (let i = from; i <= to; i++) {
          kept += factor[i] * a[j - i];
          gained += moment[i] * a[j - i];
        }
        a[j] = kept;
        for (let v = 0; v < values.length; v++) {
          const d = this.#d[v];
          let s = gained * z * values[v][level];
          for (let i = from; i <= to; i++) s += factor[i] * d[j - i];
          d[j] = s;
        }
      }
      above = Math.min(above, least - 1);
    }
  }
}
