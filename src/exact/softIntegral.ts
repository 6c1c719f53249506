import type { BigNumber } from "mathjs";
import type { Arithmetic } from "./arithmetic.js";
import { bigOutOfRange } from "./read.js";

/** Terms summed of the power series at t = 0. */
const SERIES_TERMS = 12;

/** The coefficients of e^{−wt}, in fixed point. */
function expTerms(w: bigint, shift: bigint): bigint[] {
  const out = [1n << shift];
  for (let k = 1n; out.length < SERIES_TERMS; k++) out.push(-((out[out.length - 1] * w) >> shift) / k);
  return out;
}

/** The coefficients of f^power for f with the given ones, in fixed point, by g' f = power·f' g; g₀ is f₀^power. */
function seriesPower(f: readonly bigint[], power: bigint, first: bigint): bigint[] {
  const out = [first];
  for (let k = 1; k < f.length; k++) {
    const terms = out.map((g, i) => g * f[k - i] * ((power + 1n) * BigInt(k - i) - BigInt(k)));
    out.push(terms.reduce((sum, term) => sum + term) / (f[0] * BigInt(k)));
  }
  return out;
}

/** A level: its log-weight x ≤ 0 relative to the best, and its probability. */
export interface Level {
  readonly x: BigNumber;
  readonly mass: BigNumber;
}

/**
 * N w ∫ e^{−tw} φ(t)^{N−1} dt by the trapezoid rule in log t, in fixed point on BigInt.
 *
 * Each octave of t has the same whole number of nodes. From a node to the one an octave on t·w doubles, so that e^{−tw} is
 * squared: a few exponentials a level begin these chains, and multiplications continue them.
 */
export class SoftIntegral {
  readonly arithmetic: Arithmetic;
  readonly levels: readonly Level[];
  readonly n: number;
  /** Nodes an octave: the rule's error is at most e^{−2πθ·cells/ln 2}/cos θ for any θ < π/2, here with 2πθ = 9.3. */
  readonly cells: number;
  /** The octaves between the first node and t = 1; what lies before the first node is summed by its series. */
  readonly lead: number;
  /** Fixed-point numbers are multiples of 2^−bits: the bits promised, and those that a chain of squarings loses. */
  readonly bits: number;
  readonly #promised: number;
  readonly #squared: number;

  constructor(arithmetic: Arithmetic, levels: readonly Level[], n: number) {
    this.arithmetic = arithmetic;
    this.levels = levels;
    this.n = n;
    const { digits } = arithmetic;
    this.cells = Math.ceil((Math.LN2 * ((digits + 4) * Math.LN10 + 4)) / 9.3);
    this.lead = Math.ceil(((digits + 6) * Math.log2(10)) / (SERIES_TERMS + 1) + Math.log2(n) + 2);
    this.#promised = Math.ceil((digits + 14) * Math.log2(10));
    this.#squared = Math.max(this.lead, Math.ceil(this.#promised / 6));
    this.bits = this.#promised + this.#squared + 16;
  }

  ratios(): BigNumber[] {
    const { arithmetic, levels, n, cells, lead, bits } = this;
    const shift = BigInt(bits);
    const unit = 1n << shift;
    const mass = levels.map((level) => this.#floating(level.mass));
    const log2 = arithmetic.log(arithmetic.number(2));
    const root = Array.from({ length: cells }, (_, r) => this.#fixed(arithmetic.exp(log2.times(r).div(cells))));
    const roots = root.reduce((sum, x) => sum + x);
    const chains = levels.map((level) => this.#chain(level.x, root));
    const integral = levels.map(() => new Accumulator());
    const last =
      chains.reduce((latest, { first }) => (first > latest ? first : latest), 0n) + BigInt(2 * this.#promised);
    for (let octave = 0n; octave <= last; octave++) {
      let power: Floating = { mantissa: 0n, exponent: 0n };
      let e: bigint[] = [];
      for (let r = 0; r < cells; r++) {
        e = chains.map((chain) => chain.at(octave, r));
        power = powerBelow(meanOf(mass, e, shift), n, bits);
        const scaled = (root[r] * power.mantissa) >> shift;
        for (let i = 0; i < e.length; i++) integral[i].add((e[i] * scaled) >> shift, octave + power.exponent);
      }
      if (this.#isOver(power, integral)) break;
      // Where each e^{−tw} is 0 or still 1, the octaves up to the next level's first are a geometric series.
      if (!chains.every((chain, i) => chain.constant || e[i] === 0n || octave < chain.first)) continue;
      const next = chains.flatMap(({ first }) => (octave < first ? [first] : []));
      if (next.length === 0) break;
      const skipped = next.reduce((a, b) => (a < b ? a : b)) - octave - 1n;
      if (skipped <= 0n) continue;
      for (let i = 0; i < e.length; i++) {
        const one = (e[i] * ((roots * power.mantissa) >> shift)) >> shift;
        integral[i].add(one - (one >> skipped), octave + power.exponent + 1n + skipped);
      }
      octave += skipped;
    }
    const before = this.#before(root);
    // Back from fixed point by logarithms: 2^exponent and e^x alone may overflow where their product does not.
    const big = (x: bigint) => new arithmetic.Big(x.toString()).div(new arithmetic.Big(unit.toString()));
    const back = ({ mantissa, exponent }: Accumulator, x: BigNumber) =>
      arithmetic.exp(arithmetic.log(big(mantissa)).plus(log2.times(exponent.toString())).plus(x));
    // The step is ln 2/cells, and t counts from 2^−lead.
    const scale = log2.times(n).div(cells).div(arithmetic.number(2).pow(lead));
    return levels.map(({ x }, i) => big(before[i]).times(arithmetic.exp(x)).plus(back(integral[i], x)).times(scale));
  }

  /**
   * Whether the nodes that are left add nothing to the sums: φ^{N−1} falls, and Σ t e^{−tw} over the nodes is at most
   * 2·cells/w.
   */
  #isOver(power: Floating, sums: readonly Accumulator[]): boolean {
    const { levels, cells, lead, bits } = this;
    const left = sizeOf(power, bits) + lead + Math.log2(2 * cells);
    return levels.every(
      ({ x }, i) => !x.isFinite() || left - x.toNumber() / Math.LN2 < sizeOf(sums[i], bits) - this.#promised,
    );
  }

  /**
   * Σ t e^{−tw} φ^{N−1} of each level over the nodes before the first, by its power series in t, in units of the first node's t:
   * in fixed point, since φ is near 1 there. `root` has the powers of 2^{1/cells} below 2.
   */
  #before(root: readonly bigint[]): bigint[] {
    const { arithmetic, levels, n, cells, lead, bits } = this;
    const shift = BigInt(bits);
    const unit = 1n << shift;
    // Σ t^{k+1} over the nodes t = ratio^−j, j = 1, 2, …
    const sums = Array.from({ length: SERIES_TERMS }, (_, k) => {
      const ratio = root[(k + 1) % cells] << BigInt(Math.floor((k + 1) / cells));
      return (unit << shift) / (ratio - unit);
    });
    const own = levels.map(({ x }) => expTerms(this.#fixed(arithmetic.exp(x)) >> BigInt(lead), shift));
    const mass = levels.map((level) => this.#fixed(level.mass));
    const phi = sums.map((_, k) => mass.reduce((sum, m, i) => sum + m * own[i][k], 0n) >> shift);
    const first = powerOf({ mantissa: phi[0], exponent: 0n }, n - 1, bits);
    const others = seriesPower(phi, BigInt(n - 1), first.mantissa << first.exponent);
    return own.map((terms) => {
      const term = (k: number) => terms.slice(0, k + 1).reduce((sum, e, j) => sum + e * others[k - j], 0n) >> shift;
      return sums.reduce((sum, s, k) => sum + ((s * term(k)) >> shift), 0n);
    });
  }

  #fixed(x: BigNumber): bigint {
    return this.arithmetic.toFixed(x, BigInt(this.bits));
  }

  /** A positive number as mantissa·2^exponent, the mantissa in fixed point and from 1/2 to 2. */
  #floating(x: BigNumber): Floating {
    const { arithmetic } = this;
    const exponent = Math.floor(x.e * Math.log2(10) + Math.log2(x.div(arithmetic.number(10).pow(x.e)).toNumber()));
    return { mantissa: this.#fixed(x.div(arithmetic.number(2).pow(exponent))), exponent: BigInt(exponent) };
  }

  /** e^{−tw} at the nodes t = 2^{m/cells − lead} for w = e^x, asked for in order; octaves where it is 1 or 0 may be skipped. */
  #chain(x: BigNumber, root: readonly bigint[]): Chain {
    const { arithmetic, lead, bits } = this;
    const shift = BigInt(bits);
    const unit = 1n << shift;
    if (!x.isFinite()) return { first: 0n, at: () => unit, constant: true }; // forbidden
    const start = 1n << BigInt(bits - this.#squared);
    // t·w doubles from octave to octave, and needs its digits from 2^−promised on.
    const finer = BigInt(this.#promised);
    const log2 = arithmetic.log(arithmetic.number(2));
    const doubled = BigInt(x.div(log2).negated().floor().toFixed(0)) + BigInt(lead - this.#promised);
    const first = doubled > 0n ? doubled : 0n;
    const z: bigint[] = [];
    const e: bigint[] = [];
    const at = (octave: bigint, r: number) => {
      if (octave < first) return unit;
      if (e[r] === 0n) return 0n;
      if (octave === first && r === 0) {
        const octaves = arithmetic.number(this.#promised - lead).plus(octave.toString());
        const log = x.plus(log2.times(octaves));
        // An x with more digits than are carried leaves no digit of t·w.
        if (!log.abs().lt(this.#promised))
          throw bigOutOfRange("softBestOfNLaw", "reward / beta", "have no more digits than are carried", x);
        z[r] = this.#fixed(arithmetic.exp(log));
      } else if (octave === first) {
        z[r] = (z[0] * root[r]) >> shift;
      } else {
        z[r] <<= 1n;
      }
      // Each squaring doubles the error: a chain begins as late as a few terms of the series suffice.
      const small = z[r] >> finer;
      if (small >= start && octave > first) e[r] = (e[r] * e[r]) >> shift;
      else e[r] = expSeries(-small, shift);
      return e[r];
    };
    return { first, at, constant: false };
  }
}

/** e^{−tw} of one level along the nodes. */
interface Chain {
  /** Before this octave e^{−tw} is 1 to all digits. */
  readonly first: bigint;
  /** The value at a cell of an octave. */
  readonly at: (octave: bigint, cell: number) => bigint;
  /** Whether e^{−tw} is 1 at every node. */
  readonly constant: boolean;
}

/** A sum of non-negative fixed-point terms, each with an exponent of its own, kept at the largest exponent. */
class Accumulator {
  mantissa = 0n;
  exponent = 0n;

  /** Adds term·2^octave. */
  add(term: bigint, octave: bigint): void {
    if (term === 0n) return;
    if (octave > this.exponent) {
      this.mantissa >>= octave - this.exponent;
      this.exponent = octave;
    }
    this.mantissa += term >> (this.exponent - octave);
  }
}

/** e^x in fixed point for small x. */
function expSeries(x: bigint, shift: bigint): bigint {
  let sum = 1n << shift;
  for (let term = sum, k = 1n; term !== 0n && term !== -1n; k++) {
    term = ((term * x) >> shift) / k;
    sum += term;
  }
  return sum;
}

/** mantissa·2^exponent, the mantissa in fixed point. */
interface Floating {
  readonly mantissa: bigint;
  readonly exponent: bigint;
}

/** log₂ of a floating number, rounded up by 4 at most. */
function sizeOf({ mantissa, exponent }: Floating, bits: number): number {
  return mantissa === 0n ? -Infinity : mantissa.toString(16).length * 4 - bits + Number(exponent);
}

/** Σ mass·e at the exponent of the largest mass with e > 0, so that rare levels keep their digits once the others are 0. */
function meanOf(mass: readonly Floating[], e: readonly bigint[], shift: bigint): Floating {
  let exponent: bigint | undefined;
  for (let i = 0; i < e.length; i++)
    if (e[i] !== 0n && (exponent === undefined || mass[i].exponent > exponent)) exponent = mass[i].exponent;
  let mantissa = 0n;
  if (exponent === undefined) return { mantissa, exponent: 0n };
  for (let i = 0; i < e.length; i++)
    if (e[i] !== 0n) mantissa += (mass[i].mantissa * e[i]) >> (shift + exponent - mass[i].exponent);
  return { mantissa, exponent };
}

/** A number to a whole power; its exponent is a BigInt, which neither under- nor overflows. */
function powerOf(base: Floating, power: number, bits: number): Floating {
  const shift = BigInt(bits);
  if (base.mantissa === 0n) return base;
  const times = (a: Floating, b: Floating) => normal((a.mantissa * b.mantissa) >> shift, a.exponent + b.exponent, bits);
  let result: Floating | undefined;
  let square = normal(base.mantissa, base.exponent, bits);
  for (let left = power; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = result === undefined ? square : times(result, square);
    if (left > 1) square = times(square, square);
  }
  return result ?? { mantissa: 1n << shift, exponent: 0n };
}

/** Below this N the squarings and products of a power take less time than a division. */
const MIN_DRAWS_FOR_DIVISION = 16;

/** A number to the power N − 1: for many N to the power N over the number, since N is often a power of 2, by squarings alone. */
function powerBelow(base: Floating, n: number, bits: number): Floating {
  if (base.mantissa === 0n || n < MIN_DRAWS_FOR_DIVISION) return powerOf(base, n - 1, bits);
  const { mantissa, exponent } = powerOf(base, n, bits);
  return normal((mantissa << BigInt(bits)) / base.mantissa, exponent - base.exponent, bits);
}

/** The same number with its mantissa near 1. */
function normal(mantissa: bigint, exponent: bigint, bits: number): Floating {
  // Its digits are written out, which is slow, only where the mantissa is far from 1.
  const high = mantissa >> BigInt(bits - 8);
  if (high > 0n && high < 65536n) return { mantissa, exponent };
  const size = mantissa.toString(16).length * 4;
  if (Math.abs(size - bits) < 8) return { mantissa, exponent };
  // A left shift by a negative number is a right shift.
  const missing = BigInt(bits - size);
  return { mantissa: mantissa << missing, exponent: exponent - missing };
}
