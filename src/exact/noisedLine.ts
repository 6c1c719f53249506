import type { BigNumber } from "mathjs";
import { cached } from "../numeric/cache.js";
import { outOfRange } from "../numeric/check.js";
import { trapezoidStep } from "../numeric/trapezoid.js";
import type { Arithmetic } from "./arithmetic.js";
import { FixedPoint } from "./fixedPoint.js";

/** Atoms on a line under noise: x₀ is drawn from `sources`, and each law has a posterior of x₀ given x₀ with noise. */
export interface NoisedLineInput {
  /** Different places, increasing. */
  readonly places: readonly BigNumber[];
  /** The probability of x₀ at each place. */
  readonly sources: readonly BigNumber[];
  /** The probabilities of each law on the places. */
  readonly laws: readonly (readonly BigNumber[])[];
  /** How small the average may be beside its terms, as an exponent of 2: differences of nearly equal laws are. */
  readonly lostBits: number;
  /** The function that the user called. */
  readonly caller: string;
}

/** What is averaged: a function of the posterior means, one for each law, and of x₀, in fixed point. */
export type OfMeans = (means: readonly bigint[], x: bigint, fixed: FixedPoint) => bigint;

/** Nats of accuracy beyond the digits asked for: the averaged functions reach a size of 10², which costs some. */
const MARGIN_NATS = 9;

/** The noise widths that the places may range over: doubles number the nodes, up to some hundred a width. */
const MAX_NOISE_WIDTHS = 2 ** 44;

/** The largest rarity of a place, in nats. The time of an integral over all levels grows as its square, to minutes here. */
const MAX_RARITY = 100;

/** −log of the rarest positive probability, in nats. */
function rarityOf(laws: readonly (readonly BigNumber[])[]): number {
  let most = 0;
  for (const law of laws)
    for (const p of law) if (p.gt(0)) most = Math.max(most, -Math.LN10 * p.e - Math.log(Number(p.div(`1e${p.e}`))));
  return most;
}

/**
 * The posterior's weights on some places, relative to the place nearest to z, at the nodes z = n·step. The weights of two
 * neighbours have the ratio e^{−t|z − m|} with t their distance and m their middle: a chain of multiplications out from m.
 */
class Weights {
  readonly weight: bigint[];
  nearest = 0;
  /** Whether all other weights are 0. */
  alone = true;
  readonly #fixed: FixedPoint;
  readonly #at: readonly bigint[];
  #from = 0;
  #step = 0n;
  /** For each two neighbours the ratio of the farther one's weight to the nearer one's. */
  #ratio: bigint[][] = [];

  constructor(fixed: FixedPoint, at: readonly bigint[]) {
    this.#fixed = fixed;
    this.#at = at;
    this.weight = at.map(() => 0n);
  }

  /** Starts a run of nodes, `from` to `to`. */
  begin(step: bigint, from: number, to: number): void {
    const { one, bits } = this.#fixed;
    this.#from = from;
    this.#step = step;
    this.nearest = 0;
    this.#ratio = this.#at.slice(1).map((right, j) => {
      const left = this.#at[j];
      const distance = right - left;
      const out = new Array<bigint>(to - from + 1).fill(0n);
      // The last node left of the middle, up to which the right place is the farther one.
      const last = Number((left + right) / 2n / step);
      const ratio = (n: number) => {
        const gap = BigInt(n) * step - (left + right) / 2n;
        return this.#fixed.exp(-this.#fixed.times(distance, gap < 0n ? -gap : gap));
      };
      const factor = this.#fixed.exp(-this.#fixed.times(distance, step));
      const start = Math.min(last, to);
      for (let n = start, r = n >= from ? ratio(n) : 0n; n >= from && r !== 0n; n--, r = (r * factor) >> bits)
        out[n - from] = r > one ? one : r;
      const next = Math.max(last + 1, from);
      for (let n = next, r = n <= to ? ratio(n) : 0n; n <= to && r !== 0n; n++, r = (r * factor) >> bits)
        out[n - from] = r > one ? one : r;
      return out;
    });
  }

  /** Goes on to node n of the run; nodes come in increasing order. */
  move(n: number): void {
    const z = BigInt(n) * this.#step;
    const at = this.#at;
    const { one, bits } = this.#fixed;
    while (this.nearest < at.length - 1 && 2n * z > at[this.nearest] + at[this.nearest + 1]) this.nearest++;
    const { weight, nearest } = this;
    weight.fill(0n);
    weight[nearest] = one;
    const i = n - this.#from;
    this.alone =
      (nearest === 0 || this.#ratio[nearest - 1][i] === 0n) &&
      (nearest === at.length - 1 || this.#ratio[nearest][i] === 0n);
    if (this.alone) return;
    for (let j = nearest + 1, w = one; j < at.length && w !== 0n; j++) {
      const r = this.#ratio[j - 1][i];
      w = w === one ? r : (w * r) >> bits;
      weight[j] = w;
    }
    for (let j = nearest - 1, w = one; j >= 0 && w !== 0n; j--) {
      const r = this.#ratio[j][i];
      w = w === one ? r : (w * r) >> bits;
      weight[j] = w;
    }
  }
}

/** A law, or the law of x₀, on the places where it has mass. */
interface PlacedLaw {
  readonly weights: Weights;
  readonly places: readonly number[];
  readonly mass: readonly bigint[];
  /** mass·place. */
  readonly moment: readonly bigint[];
}

/**
 * E over x₀ and noise of functions of the posterior means on a line, by the trapezoid rule in z = ux₀ + ε, at any precision.
 *
 * Places are scaled to a range of 1, and u = α/σ is multiplied by their range.
 */
export class NoisedLine {
  /** The range of the places. */
  readonly range: BigNumber;
  /** −log of the error allowed, in nats. */
  readonly nats: number;
  /** The smallest distance of two neighbours, as a part of the range. */
  readonly gap: number;
  /** −log of the rarest positive probability, in nats. */
  readonly rarity: number;
  readonly fixed: FixedPoint;
  readonly #places: readonly bigint[];
  readonly #masses: readonly (readonly bigint[])[];
  readonly #rootTwoPi: bigint;
  readonly #caller: string;

  constructor(arithmetic: Arithmetic, { places, sources, laws, lostBits, caller }: NoisedLineInput) {
    this.#caller = caller;
    this.rarity = rarityOf([sources, ...laws]);
    if (this.rarity > MAX_RARITY)
      throw outOfRange(caller, "atoms", `have no probability below e^-${MAX_RARITY} but 0`, Math.exp(-this.rarity));
    this.nats = arithmetic.integralDigits * Math.LN10 + MARGIN_NATS;
    this.range = places[places.length - 1].minus(places[0]);
    const scale = this.range.isZero() ? arithmetic.one : this.range;
    const scaled = places.map((a) => a.minus(places[0]).div(scale));
    this.gap = scaled.slice(1).reduce((least, a, j) => Math.min(least, a.minus(scaled[j]).toNumber()), 1);
    // What is averaged may be as small as gap².
    const lost = lostBits - Math.log2(Math.max(this.gap, 1 / MAX_NOISE_WIDTHS));
    this.fixed = new FixedPoint(arithmetic, Math.ceil((this.nats + 2 * this.rarity) / Math.LN2 + 2 * lost) + 40);
    const { fixed } = this;
    this.#places = scaled.map((a) => fixed.of(a));
    this.#masses = [sources, ...laws].map((law) => law.map((p) => fixed.of(p)));
    this.#rootTwoPi = fixed.of(new arithmetic.Big(-1).acos().times(2).sqrt());
  }

  /** The level u from which on E[f] counts as 0: the noise joins no two places. */
  get last(): number {
    return Math.sqrt(8 * (this.nats + this.rarity)) / this.gap;
  }

  /**
   * E[f] at level u, as a fixed-point number. It is accurate relative to itself; in an integral over u, where it falls as
   * e^(−u²gap²/8), relative to its size at small u.
   */
  mean(u: bigint, f: OfMeans, inIntegral: boolean): bigint {
    const { fixed, gap, nats } = this;
    const level = fixed.toNumber(u);
    const decay = (level * gap) ** 2 / 8;
    if (decay > (inIntegral ? nats + this.rarity : 5 * nats)) return 0n;
    this.requireNodes(level);
    const at = this.#places.map((a) => fixed.times(a, u));
    const [source, ...laws] = this.#placed(at);
    const reach = Math.sqrt(2 * (nats + this.rarity)) + (inIntegral ? 0 : (level * gap) / 2);
    const spread = Math.min(level, 2 * this.#influence(at, source, laws, reach));
    const needed = inIntegral ? Math.max(nats + this.rarity / 2 - decay, MARGIN_NATS) : nats;
    return this.#sum(source, laws, at, reach, trapezoidStep(needed, spread), f);
  }

  /** Refuses a level at which there are more nodes than doubles count. */
  requireNodes(level: number): void {
    if (level <= MAX_NOISE_WIDTHS) return;
    throw outOfRange(
      this.#caller,
      "atoms",
      "range over at most 2^44 times the noise that still joins two of them",
      level,
    );
  }

  /** The law of x₀ and the others, each on its places. Laws on the same places share their weights. */
  #placed(at: readonly bigint[]): PlacedLaw[] {
    const shared = new Map<string, Weights>();
    return this.#masses.map((all) => {
      const places = all.flatMap((p, j) => (p > 0n ? [j] : []));
      const key = places.join();
      const own = places.map((j) => at[j]);
      const weights = cached(shared, key, () => new Weights(this.fixed, own));
      const mass = places.map((j) => all[j]);
      return { weights, places, mass, moment: places.map((j, k) => this.fixed.times(mass[k], this.#places[j])) };
    });
  }

  /** How far from z a place may be and still count in a posterior there. */
  #influence(at: readonly bigint[], source: PlacedLaw, laws: readonly PlacedLaw[], reach: number): number {
    let nearest = 0;
    for (const { places } of laws)
      for (const i of source.places) {
        const distances = places.map((j) => Math.abs(this.fixed.toNumber(at[j] - at[i])));
        nearest = Math.max(nearest, Math.min(...distances));
      }
    return Math.sqrt((reach + nearest) ** 2 + 2 * (this.nats + this.rarity));
  }

  #sum(
    source: PlacedLaw,
    laws: readonly PlacedLaw[],
    at: readonly bigint[],
    reach: number,
    h: number,
    f: OfMeans,
  ): bigint {
    const { fixed } = this;
    const { bits } = fixed;
    const step = fixed.ofDouble(h);
    const all = [...new Set([source, ...laws].map(({ weights }) => weights))];
    const means = laws.map(() => 0n);
    const together = all.length === 1;
    let sum = 0n;
    for (const [from, to] of this.#runs(source, laws, at, reach, h)) {
      for (const weights of all) weights.begin(step, from, to);
      const density = this.#density(
        source.places.map((j) => at[j]),
        step,
        from,
        to,
      );
      for (let n = from; n <= to; n++) {
        const d = density[n - from];
        if (d === 0n) continue;
        for (const weights of all) weights.move(n);
        // Every posterior is a point mass at x₀, where f is 0.
        if (together && source.weights.alone) continue;
        for (let l = 0; l < laws.length; l++) {
          const { weights, places, mass, moment } = laws[l];
          if (weights.alone) {
            means[l] = this.#places[places[weights.nearest]];
            continue;
          }
          let [first, second] = [0n, 0n];
          for (let k = 0; k < mass.length; k++) {
            const w = weights.weight[k];
            if (w === 0n) continue;
            first += w * mass[k];
            second += w * moment[k];
          }
          means[l] = (second << bits) / first;
        }
        let part = 0n;
        for (let k = 0; k < source.places.length; k++) {
          const w = source.weights.weight[k];
          if (w !== 0n) part += ((w * source.mass[k]) >> bits) * f(means, this.#places[source.places[k]], fixed);
        }
        sum += (part >> bits) * d;
      }
    }
    // The total weight of the nodes is √(2π)/step, up to the error allowed.
    return fixed.times(sum, step) / this.#rootTwoPi;
  }

  /**
   * The nodes that count, as runs [from, to]: those within reach of a place of x₀. Where all laws have the same places, those
   * of x₀ among them, f is 0 at a node that only one place reaches.
   */
  #runs(
    source: PlacedLaw,
    laws: readonly PlacedLaw[],
    at: readonly bigint[],
    reach: number,
    h: number,
  ): [number, number][] {
    const places = at.map((s) => this.fixed.toNumber(s));
    const lawPlaces = new Set(laws[0].places);
    const alike =
      laws.every(({ weights }) => weights === laws[0].weights) && source.places.every((j) => lawPlaces.has(j));
    // Some nats farther than x₀'s own reach, since f may be large where its weight is small.
    const other = reach + MARGIN_NATS / reach;
    const windows = source.places.flatMap((j) => {
      const [low, high] = [places[j] - reach, places[j] + reach];
      if (!alike) return [[low, high]];
      const [left, right] = [places[j - 1] ?? -Infinity, places[j + 1] ?? Infinity];
      return [
        [low, Math.min(high, left + other)],
        [Math.max(low, right - other), high],
      ];
    });
    const out: [number, number][] = [];
    for (const [low, high] of windows.sort((a, b) => a[0] - b[0])) {
      const [from, to] = [Math.ceil(low / h), Math.floor(high / h)];
      const before = out[out.length - 1];
      if (from > to) continue;
      if (before === undefined || from > before[1] + 1) out.push([from, to]);
      else before[1] = Math.max(before[1], to);
    }
    return out;
  }

  /** e^(−(z − s)²/2) with s the place of x₀ nearest to z, at nodes `from` to `to`: by a chain of multiplications out from each s. */
  #density(at: readonly bigint[], step: bigint, from: number, to: number): bigint[] {
    const { fixed } = this;
    const { bits } = fixed;
    const out = new Array<bigint>(to - from + 1).fill(0n);
    const square = fixed.times(step, step);
    const fall = fixed.exp(-square);
    for (const [j, s] of at.entries()) {
      const low = j === 0 ? from : Math.max(from, Number((at[j - 1] + s) / 2n / step) + 1);
      const high = j === at.length - 1 ? to : Math.min(to, Number((s + at[j + 1]) / 2n / step));
      if (low > high) continue;
      const start = Math.min(high, Math.max(low, Number(s / step)));
      for (const direction of [1, -1]) {
        const first = direction === 1 ? start : start - 1;
        const gap = (BigInt(first) * step - s) * BigInt(direction);
        let value = fixed.exp(-fixed.times(gap, gap) / 2n);
        // The next value over this one is e^(−gap·step − step²/2), which exceeds 1 where s lies ahead.
        const exponent = -fixed.times(gap, step) - square / 2n;
        let ratio = exponent <= 0n ? fixed.exp(exponent) : (fixed.one << bits) / fixed.exp(-exponent);
        for (let n = first; n >= low && n <= high && value !== 0n; n += direction) {
          out[n - from] = value;
          value = (value * ratio) >> bits;
          ratio = (ratio * fall) >> bits;
        }
      }
    }
    return out;
  }
}
