import { scaledDifference } from "../../measure/score.js";
import { deal } from "../../numeric/deal.js";
import { exp } from "../../numeric/elementary.js";
import { floats } from "../../numeric/floats.js";
import { gaussLegendre } from "../../numeric/gaussLegendre.js";
import { shareWithout } from "./hardSubsets.js";
import type { SampleLevels } from "./levels.js";
import { MarkedSubsets } from "./markedSubsets.js";

/** Below this a probability is nothing. */
const NEGLIGIBLE = 1e-18;

/** Nodes of Gauss's rule that suffice where the integrand falls by so many nats at most: the error is below 3e−16. */
const RULES: readonly (readonly [nats: number, nodes: number])[] = [
  [0.001, 2],
  [0.02, 3],
  [0.15, 4],
  [0.5, 5],
  [1, 6],
];
/** The same for the longest piece, and its length: a longer way down is cut. */
const MAX_NODES = 9;
const MAX_PIECE_NATS = 4;

/**
 * For each of several n ≥ 2, the mean of each value f, 0 ≤ f < 1, at what Metropolis holds at last, over all ordered draws of
 * n samples. An answer of weight w that is held stays for good where all that are drawn after it are refused. For the law,
 * with λ(θ) = E_ref[(1 − θw′)⁺] and F(x) the probability under ref of a weight of at most x,
 *
 *     P_n(o)/ref(o) = λ(1/w)^{n−1} + (n − 1) w ∫_0^{1/w} λ(θ)^{n−2} F(1/θ) dθ.
 *
 * Each product of means under ref becomes the mean over distinct samples. Between two reciprocals of weights it is a polynomial
 * in θ, of degree n − 2, of the samples of w ≤ 1/θ alone; all terms are non-negative. Samples of many distinct weights are
 * dealt at random into parts, and then it is the mean over the orders within each.
 */
export function metropolisSubsetMeans(
  levels: SampleLevels,
  beta: number,
  ns: readonly number[],
  rng: () => number,
): Map<number, Float64Array> {
  return new Map(
    ns.map((n) => [n, meanOf(partsOf(levels, n, rng).map((part) => new HeldAtLast(part, beta, n).means()))]),
  );
}

/** More levels than these are dealt into parts: the time of a part grows as the square of its levels. */
const MAX_LEVELS = 128;

/** All samples, or parts of them of n or more: the mean of an unbiased estimate over parts is unbiased too. */
function partsOf(levels: SampleLevels, n: number, rng: () => number): SampleLevels[] {
  const { count } = levels;
  if (count.length <= MAX_LEVELS) return [levels];
  const level = Uint32Array.from([...count].flatMap((m, i) => new Array<number>(m).fill(i)));
  const parts = Math.max(1, Math.floor(level.length / Math.max(n, MAX_LEVELS)));
  const partOf = deal(level.length, parts, rng);
  const counts = Array.from({ length: parts }, () => new Float64Array(count.length));
  for (let i = 0; i < level.length; i++) counts[partOf[i]][level[i]]++;
  return counts.map((own) => ofCounts(levels, own));
}

/** The levels with so many samples each, those without any left out. */
function ofCounts({ reward, values }: SampleLevels, count: Float64Array): SampleLevels {
  const some = (_: number, i: number) => count[i] > 0;
  return { reward: reward.filter(some), count: count.filter(some), values: values.map((f) => f.filter(some)) };
}

const meanOf = ([first, ...others]: readonly Float64Array[]): Float64Array =>
  first.map((x, v) => others.reduce((s, one) => s + one[v], x) / (1 + others.length));

/** The same for one n. */
class HeldAtLast {
  readonly #levels: SampleLevels;
  readonly #beta: number;
  readonly #n: number;
  readonly #size: number;
  readonly #subsets: MarkedSubsets;
  readonly #totals: Float64Array;

  constructor(levels: SampleLevels, beta: number, n: number) {
    this.#levels = levels;
    this.#beta = beta;
    this.#n = n;
    this.#size = levels.count.reduce((s, m) => s + m, 0);
    this.#subsets = new MarkedSubsets(n - 1, levels.values.length);
    this.#totals = new Float64Array(levels.values.length);
  }

  means(): Float64Array {
    const { reward, count } = this.#levels;
    let left = this.#size;
    for (let i = 0; i < reward.length && left >= this.#n - 1; i++) {
      const weights = this.#weightsFrom(i);
      if (left >= this.#n && !this.#integrate(i, left, weights)) break;
      left -= count[i];
      if (left >= this.#n - 1) this.#addHeldFirst(i, left, weights);
    }
    return this.#totals;
  }

  /** The weights of a level and all lighter ones, in units of its own. */
  #weightsFrom(i: number): Float64Array {
    const { reward } = this.#levels;
    const z = floats(reward.length);
    for (let t = i; t < z.length; t++) z[t] = exp(scaledDifference(reward[t], reward[i], this.#beta));
    return z;
  }

  /** What the levels above i leave, whose `left` samples are of levels from i on: false where nothing is left after it. */
  #integrate(i: number, left: number, z: Float64Array): boolean {
    const { reward, count, values } = this.#levels;
    const n = this.#n;
    const scale = (n - 1) * this.#shareWithin(left, this.#size, n);
    // θ in units of 1/w of this level.
    const begin = i === 0 ? 0 : exp(scaledDifference(reward[i], reward[i - 1], this.#beta));
    const mean = z.reduce((s, w, t) => s + count[t] * w, 0) / left;
    const nats = (n - 2) * mean * (1 - begin);
    const pieces = Math.max(1, Math.ceil(nats / MAX_PIECE_NATS));
    const width = (1 - begin) / pieces;
    const enough = RULES.find(([most]) => nats / pieces <= most)?.[1] ?? MAX_NODES;
    const { nodes, weights } = gaussLegendre(Math.min(enough, Math.ceil(n / 2)));
    const negligible = NEGLIGIBLE / this.#shareWithin(left, this.#size, n - 1);
    const { a, d } = this.#subsets;
    for (let piece = 0; piece < pieces; piece++) {
      for (let k = 0; k < nodes.length; k++) {
        this.#multiply(i, begin + width * (piece + nodes[k]), z);
        for (let v = 0; v < values.length; v++) this.#totals[v] += scale * width * weights[k] * d[v][n - 1];
      }
      // From here on no more is left than the probability that n − 1 draws are refused.
      if (a[n - 1] <= negligible) return false;
    }
    return true;
  }

  /** Where the first draw is of level i and all others are refused, which are of the levels after it, `left` samples. */
  #addHeldFirst(i: number, left: number, z: Float64Array): void {
    const { count, values } = this.#levels;
    this.#multiply(i + 1, 1, z);
    const held = this.#shareWithin(left, this.#size - 1, this.#n - 1) * this.#subsets.a[this.#n - 1];
    for (let v = 0; v < values.length; v++) this.#totals[v] += (count[i] / this.#size) * held * values[v][i];
  }

  /** The share of the subsets of n of `size` samples that are among `left` of them. */
  #shareWithin(left: number, size: number, n: number): number {
    return shareWithout({ hi: 1, lo: 0 }, size, size - left, n).hi;
  }

  /** The means of products of 1 − θz over the subsets of the levels from i on, the mark being f z. */
  #multiply(i: number, theta: number, z: Float64Array): void {
    const { count, values } = this.#levels;
    let end = z.length;
    let weightless = 0;
    while (end > i && z[end - 1] < NEGLIGIBLE / this.#n) weightless += count[--end];
    this.#subsets.begin(weightless);
    for (let t = end - 1; t >= i; t--)
      this.#subsets.add(
        count[t],
        Math.max(0, 1 - theta * z[t]),
        values.map((f) => f[t] * z[t]),
      );
  }
}
