import { logRatio, logRatios } from "../numeric/deviance.js";
import type { DoubleDouble } from "../numeric/doubleDouble.js";
import { exp, log, log1p, logDoubleDouble } from "../numeric/elementary.js";
import { expNormal, logsScaled } from "../numeric/expLog.js";
import { SMALLEST_NORMAL } from "../numeric/float64.js";
import { made } from "../numeric/made.js";
import { peakOf, rangeOf } from "../numeric/peak.js";
import { exponentOf, timesPowerOfTwo } from "../numeric/powerOfTwo.js";
import { type PeakedSum, peakedSum, sum } from "../numeric/sum.js";

/**
 * Laws have this symbol for a key, whichever copy of the library made them. It names the version, since a law is read by
 * its fields and methods: laws of another version are read by their masses.
 */
export const BRAND: unique symbol = Symbol.for("exptilt 0.1.0 law") as never;

/** What may have the brand. */
export interface Branded {
  readonly [BRAND]?: unknown;
}

/** What every law built from logarithms is a tilt of, in every copy of the library: mass 1 on each answer. */
const COUNTING = Symbol.for("exptilt counting measure");

/**
 * The log-densities of two laws over the last law that both come from; one that is left out is 0 throughout. Undefined
 * where they have no law in common.
 */
export function densitiesOf(p: Law, q: Law): [Float64Array | undefined, Float64Array | undefined] | undefined {
  if (p.origin !== q.origin) return undefined;
  const ancestors = new Set<Law | undefined>();
  for (let law: Law | undefined = p; law !== undefined; law = law.base) ancestors.add(law);
  let common: Law | undefined = q;
  while (common !== undefined && !ancestors.has(common)) common = common.base;
  return [p === common ? undefined : p.densityOver(common), q === common ? undefined : q.densityOver(common)];
}

/** The field of a law whose weights have underflowed: one getter for all laws, so that they have one shape. */
const LOG_MASS: PropertyDescriptor = {
  enumerable: true,
  get(this: Law) {
    return this.logWeight;
  },
};

/** Laws of so many answers or more keep the logarithms of their weights, for the next divergence. */
export const MIN_SIZE_FOR_KEPT_LOGS = 1024;

/**
 * The logarithms of weights scaled by the power of two that brings their mean near 1, and their total at that scale: so
 * that the logarithms of ordinary weights are of the size of 1, and their rounding is too.
 */
export interface ScaledLogs {
  readonly logs: Float64Array;
  readonly total: DoubleDouble;
}

/**
 * The exact law proportional to a vector of relative weights. Nothing is divided by the total: the total stays beside
 * the weights as a double-double, the largest weight apart from the rest, so that a probability near 1 keeps the digits
 * of its distance from 1.
 *
 * A law keeps its weights in one of three ways:
 *
 * - Given by masses: `mass` is exact, and `weight` is the same array, or its multiple by a power of two.
 * - Given by log-masses (`fromLog`): `logWeight` is exact, and `weight` is its exponential, rounded.
 * - Tilted from a base: `weight` is exact but for rounding where it is a normal double, `logWeight` everywhere else. The
 *   law also knows the logarithm of its density over the base. Two tilts of one law differ by a log-ratio that is known
 *   directly, so a divergence between them keeps the digits that their weights have lost. A law given by log-masses is a
 *   tilt of the counting measure.
 *
 * The public fields are data, and all that a structured clone keeps: `fromMass` makes the law again of `mass`, `logMass`
 * and `fromLog`.
 */
export class Law {
  /** Relative weights, the largest far from over- and underflow. */
  readonly weight: Float64Array;
  /** The sum of all weights. */
  readonly total: DoubleDouble;
  /** Whether the law was given by log-masses: `logWeight` is exact, and `weight` is rounded. */
  readonly fromLog: boolean;
  /** What the weights are powers of two times, all digits kept: the masses given, or the weights themselves. */
  readonly mass: Float64Array;
  /** Log-weights that came beside the weights: there where a weight has underflowed, made when first read or cloned. */
  readonly logMass: Float64Array | undefined;
  /** The law that this one was tilted from. */
  readonly #base: Law | undefined;
  readonly #origin: Law | symbol;
  /** The logarithm of the density over the base, or the counting measure, up to a constant. */
  #step: Float64Array | (() => Float64Array) | undefined;
  /** The density over the earlier law that was last asked for. */
  #known: { readonly ancestor: Law | undefined; readonly density: Float64Array } | undefined;
  #logWeight: Float64Array | (() => Float64Array) | undefined;
  /** Whether logarithms came beside the weights. They are exact where a weight is rounded. */
  readonly #apart: boolean;
  #hasTail: boolean | undefined;
  #least: number | undefined;
  #leastPositive: number | undefined;
  #peaked: PeakedSum | undefined;
  #scaledLogs: ScaledLogs | undefined;

  private constructor(
    weight: Float64Array,
    logWeight: Float64Array | (() => Float64Array) | undefined,
    base: Law | undefined,
    step: Float64Array | (() => Float64Array) | undefined,
    fromLog: boolean,
    total: DoubleDouble = sum(weight),
    mass: Float64Array = weight,
  ) {
    this.weight = weight;
    this.mass = mass;
    this.logMass = typeof logWeight === "function" ? undefined : logWeight;
    this.#logWeight = logWeight;
    this.#apart = logWeight !== undefined;
    this.#base = base;
    this.#step = step;
    this.#origin = base?.origin ?? (step ? COUNTING : this);
    this.fromLog = fromLog;
    this.total = total;
  }

  static {
    // A law itself has the brand, a Proxy of one has not.
    Object.defineProperty(Law.prototype, BRAND, {
      get(this: object) {
        return #hasTail in this;
      },
    });
  }

  /** Whether a value is a law itself, of this copy of the library or another one of the same version. */
  static isLaw(value: unknown): value is Law {
    return (value as Branded | null | undefined)?.[BRAND] === true;
  }

  /**
   * The law ∝ mass, whose entries are non-negative with one positive at least. Scaled by 2^k only where needed. Masses
   * that were rounded below the normal doubles, or above them, are whole in `logMass`; with `fromLog`, all are.
   */
  static fromMass(mass: Float64Array, logMass?: Float64Array, fromLog = false): Law {
    let max = 0;
    for (let i = 0; i < mass.length; i++) if (mass[i] > max) max = mass[i];
    if (max >= 2 ** -400 && max <= 2 ** 400) return new Law(mass, logMass, undefined, undefined, fromLog);
    if (logMass !== undefined) return Law.fromLogMass(logMass);
    const exponent = -exponentOf(max);
    const logScale = exponent * Math.LN2;
    const weight = mass.map((m) => timesPowerOfTwo(m, exponent));
    return new Law(weight, () => mass.map((m) => log(m) + logScale), undefined, undefined, false, undefined, mass);
  }

  /** The law ∝ exp(logMass), whose entries are below ∞ with one above −∞ at least. */
  static fromLogMass(logMass: Float64Array): Law {
    const max = logMass[peakOf(logMass)];
    const logWeight = new Float64Array(logMass.length);
    const weight = new Float64Array(logMass.length);
    for (let i = 0; i < weight.length; i++) {
      const x = logMass[i] - max;
      logWeight[i] = x;
      weight[i] = x > -700 ? expNormal(x) : exp(x);
    }
    return new Law(weight, logWeight, undefined, logWeight, true);
  }

  /** The law of given weights that is a tilt of `base` by `logDensity`: base·exp(logDensity), up to a constant. */
  static tilted(
    base: Law,
    weight: Float64Array,
    logWeight: () => Float64Array,
    logDensity: () => Float64Array,
    total?: DoubleDouble,
  ): Law {
    const law = new Law(weight, logWeight, base, logDensity, base.fromLog, total);
    // With a total come weights that have all digits.
    if (total !== undefined) {
      law.#hasTail = false;
      return law;
    }
    // Log-weights are data where they alone have all digits of an answer.
    for (let i = 0; i < weight.length; i++) {
      if (weight[i] >= SMALLEST_NORMAL || !base.supports(i)) continue;
      Object.defineProperty(law, "logMass", LOG_MASS);
      break;
    }
    return law;
  }

  get base(): Law | undefined {
    return this.#base;
  }

  /** What this law comes from in the end: itself, where it was given by its masses. */
  get origin(): Law | symbol {
    return this.#origin;
  }

  /** The logarithm of the density over an earlier law that this one comes from, up to a constant. */
  densityOver(ancestor: Law | undefined): Float64Array | undefined {
    const step = this.#step && made(this.#step);
    this.#step = step;
    if (this.#base === ancestor || step === undefined) return step;
    if (this.#known === undefined || this.#known.ancestor !== ancestor) {
      const before = this.#base?.densityOver(ancestor);
      this.#known = { ancestor, density: before === undefined ? step : step.map((x, i) => x + before[i]) };
    }
    return this.#known.density;
  }

  /** The index of the largest weight. */
  get peak(): number {
    this.#peaked ??= peakedSum(this.weight);
    return this.#peaked.peak;
  }

  /** The sum of all other weights. */
  get rest(): DoubleDouble {
    this.#peaked ??= peakedSum(this.weight);
    return this.#peaked.rest;
  }

  /** log weight, −∞ off the support; made when first asked for. */
  get logWeight(): Float64Array {
    // Loops read it entry by entry: nothing is written then.
    if (typeof this.#logWeight === "object") return this.#logWeight;
    this.#logWeight = made(this.#logWeight ?? (() => this.weight.map(log)));
    return this.#logWeight;
  }

  /** The logarithms of the weights around their mean; made when first asked for. For a law without a tail. */
  get scaledLogs(): ScaledLogs {
    if (this.#scaledLogs === undefined) {
      const { weight, total } = this;
      const exponent = exponentOf((total.hi / weight.length) * Math.SQRT2);
      const factor = 2 ** -exponent;
      const scaledTotal = { hi: total.hi * factor, lo: total.lo * factor };
      this.#scaledLogs = { logs: logsScaled(weight, exponent), total: scaledTotal };
    }
    return this.#scaledLogs;
  }

  /** log Σ weight. */
  get logTotal(): number {
    return logDoubleDouble(this.total);
  }

  /** P(i). */
  probability(i: number): number {
    return this.weight[i] / this.total.hi;
  }

  /** Every P(i), in a fresh array or a given one. */
  probabilities(out: Float64Array = new Float64Array(this.weight.length)): Float64Array {
    return divideBy(this.weight, this.total.hi, out);
  }

  /** Every log P(i), −∞ off the support: at the largest weight from its distance to the total. */
  logProbabilities(): Float64Array {
    const { weight, peak, rest } = this;
    const total = this.total.hi;
    const logTotal = this.logTotal;
    const plain = !(this.fromLog || this.hasTail);
    const out = plain ? logRatios(weight, total) : new Float64Array(weight.length);
    if (this.fromLog) for (let i = 0; i < out.length; i++) out[i] = this.logWeight[i] - logTotal;
    else if (this.hasTail) for (let i = 0; i < out.length; i++) out[i] = this.logProbability(i);
    out[peak] = 0 - log1p((rest.hi + rest.lo) / weight[peak]);
    return out;
  }

  /** log P(i) of one answer. */
  logProbability(i: number): number {
    const w = this.weight[i];
    if (i === this.peak) return 0 - log1p((this.rest.hi + this.rest.lo) / w);
    return this.fromLog || w < SMALLEST_NORMAL ? this.logWeight[i] - this.logTotal : logRatio(w, this.total.hi);
  }

  /** The smallest weight; 0 where there are answers without. */
  get least(): number {
    this.#least ??= rangeOf(this.weight).bottom;
    return this.#least;
  }

  /** The smallest positive weight. */
  get leastPositive(): number {
    this.#leastPositive ??=
      this.least > 0 ? this.least : this.weight.reduce((l, w) => (w > 0 && w < l ? w : l), Infinity);
    return this.#leastPositive;
  }

  /**
   * Whether answers are in the support whose weight is zero or too small for a normal double, so that only `logWeight` has
   * them whole. A law given by masses of ordinary size has none.
   */
  get hasTail(): boolean {
    this.#hasTail ??=
      this.#apart &&
      this.least < SMALLEST_NORMAL &&
      this.weight.some((w, i) => w < SMALLEST_NORMAL && this.logWeight[i] > -Infinity);
    return this.#hasTail;
  }

  /** Whether the mass of an answer has all its digits: it was given, or is a normal double. */
  isWhole(i: number): boolean {
    return this.mass !== this.weight || this.weight[i] >= SMALLEST_NORMAL || !this.hasTail;
  }

  /** Whether answer i is in the support, also where its weight has underflowed. */
  supports(i: number): boolean {
    return this.weight[i] > 0 || (this.hasTail && this.logWeight[i] > -Infinity);
  }
}

/** out[i] = values[i]/by. */
export function divideBy(values: Float64Array, by: number, out: Float64Array): Float64Array {
  for (let i = 0; i < out.length; i++) out[i] = values[i] / by;
  return out;
}
