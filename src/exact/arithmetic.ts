import { type BigNumber, BigNumberDependencies, create } from "mathjs";
import { cached } from "../numeric/cache.js";
import { log } from "../numeric/elementary.js";
import { exactDecimal } from "./double.js";
import { Remembered } from "./remembered.js";

/** Digits carried beyond the promised ones: cancellation between near-equal laws may cost as many. */
const GUARD_DIGITS = 20;

/** A function that vanishes at 0 sums its series for arguments below 10^−4, so that it keeps its digits. */
const isSmall = (x: BigNumber): boolean => x.isZero() || x.e < -4;

/** The largest argument of an exponential, in nats: the decimal exponents of big numbers end at ±9·10^15. */
const MAX_EXPONENT = 2.07e16;

/** mathjs's class of big numbers at a precision of its own: no other configuration of mathjs changes it. */
function bigNumberClass(precision: number): new (value: number | string | BigNumber) => BigNumber {
  const math: unknown = create({ BigNumberDependencies }, { precision });
  return (math as { BigNumber: new (value: number | string | BigNumber) => BigNumber }).BigNumber;
}

/** a/b rounded towards −∞. */
function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a < 0n && quotient * b !== a ? quotient - 1n : quotient;
}

/** An exponential takes its argument in steps of 2^−8, 2^−16, …, whose exponentials are kept in tables. */
const TABLES = 5;
const TABLE_BITS = 8;

/**
 * Decimal arithmetic at one precision, with the elementary functions that laws need.
 *
 * The exponential and the logarithm are computed in fixed point on BigInt, which is faster than the big numbers' own, and
 * remembered: the functions of a law ask for the same ones again. A logarithm is the double's, corrected by one exponential.
 * Each is right to a unit in the last digit carried.
 */
export class Arithmetic {
  /** The digits promised. */
  readonly digits: number;
  /** The digits promised of integrals over noise. */
  readonly integralDigits: number;
  /** The digits carried. */
  readonly precision: number;
  /** The class of this precision's numbers. */
  readonly Big: new (
    value: number | string | BigNumber,
  ) => BigNumber;
  readonly zero: BigNumber;
  readonly one: BigNumber;
  readonly infinity: BigNumber;
  readonly negativeInfinity: BigNumber;
  /** Fixed-point numbers are multiples of 2^−bits. */
  readonly #bits: bigint;
  readonly #unit: bigint;
  readonly #log10: bigint;
  readonly #powersOfTen = new Map<number, bigint>();
  readonly #tables = Array.from({ length: TABLES }, () => new Map<number, bigint>());
  readonly #exponentials = new Remembered();
  readonly #logarithms = new Remembered();

  constructor(digits: number, integralDigits: number) {
    this.digits = digits;
    this.integralDigits = integralDigits;
    this.precision = digits + GUARD_DIGITS;
    this.Big = bigNumberClass(this.precision);
    this.zero = new this.Big(0);
    this.one = new this.Big(1);
    this.infinity = new this.Big(Infinity);
    this.negativeInfinity = new this.Big(-Infinity);
    const needed = Math.ceil((this.precision + 8) * Math.log2(10));
    // Multiples of log 10 up to 2^56 are subtracted, and each term of a series is rounded.
    this.#bits = BigInt(needed + 80);
    this.#unit = 1n << this.#bits;
    this.#log10 = this.#fixedLog(10n << this.#bits, Math.LN10);
  }

  /** The exact value of a double, with all its digits, also where they are more than are carried. */
  number(x: number): BigNumber {
    return new this.Big(Number.isFinite(x) && !Number.isSafeInteger(x) ? exactDecimal(x) : x);
  }

  /** e^x; 0 and ∞ beyond the range of exponents, which is ±9·10^15 decimal orders. */
  exp(x: BigNumber): BigNumber {
    if (!x.isFinite()) return x.isNegative() ? this.zero : x;
    if (x.isZero()) return this.one;
    if (x.abs().gt(MAX_EXPONENT)) return x.isNegative() ? this.zero : this.infinity;
    if (x.e < -this.precision) return this.one.plus(x);
    return this.#exponentials.get(x, () => {
      const fixed = this.toFixed(x, this.#bits);
      const tens = floorDivide(fixed, this.#log10);
      return this.#toBig(this.#fixedExp(fixed - tens * this.#log10), tens);
    });
  }

  /** The natural logarithm of a number ≥ 0, −∞ at 0, to full relative accuracy near 1 too. */
  log(x: BigNumber): BigNumber {
    if (x.isZero()) return this.negativeInfinity;
    if (!x.isFinite()) return x;
    const excess = x.minus(this.one);
    if (isSmall(excess)) return this.log1p(excess);
    return this.#logarithms.get(x, () => {
      // x = m·10^e with m in [1, 10).
      const mantissa = this.toFixed(x, this.#bits, x.e);
      const fixed = this.#fixedLog(mantissa, log(this.#toDouble(mantissa)));
      return this.#toBig(fixed + BigInt(x.e) * this.#log10, 0n);
    });
  }

  /** log(1 + x) for x ≥ −1, to full relative accuracy near 0. */
  log1p(x: BigNumber): BigNumber {
    if (!isSmall(x)) return this.log(x.plus(this.one));
    // x times 2·artanh(z)/x, z = x/(2 + x).
    const fixed = this.toFixed(x, this.#bits);
    const scale = (this.#unit << (this.#bits + 1n)) / (2n * this.#unit + fixed);
    const z = (fixed * scale) >> (this.#bits + 1n);
    return x.times(this.#toBig((scale * this.#artanhSeries(z)) >> this.#bits, 0n));
  }

  /** e^x − 1, to full relative accuracy near 0. */
  expm1(x: BigNumber): BigNumber {
    if (!isSmall(x)) return this.exp(x).minus(this.one);
    return x.times(this.#toBig(this.#expSeries(this.toFixed(x, this.#bits), 1n), 0n));
  }

  /** e^x − 1 − x ≥ 0, to full relative accuracy near 0, where it is x²/2. */
  expm1MinusX(x: BigNumber): BigNumber {
    if (!isSmall(x)) return this.exp(x).minus(this.one).minus(x);
    return x
      .times(x)
      .div(2)
      .times(this.#toBig(this.#expSeries(this.toFixed(x, this.#bits), 2n), 0n));
  }

  /** x/10^tens as a multiple of 2^−bits, but for less than one. */
  toFixed(x: BigNumber, bits: bigint, tens = 0): bigint {
    // Less than 2^−bits: a power of ten that small would fill the memory.
    if (x.e - tens < -Number(bits)) return 0n;
    const { coefficient, power } = parts(x);
    const places = power - tens;
    if (places >= 0) return (coefficient * this.#tenTo(places)) << bits;
    return (coefficient << bits) / this.#tenTo(-places);
  }

  /** The sum of numbers. */
  sum(terms: readonly BigNumber[]): BigNumber {
    let total = this.zero;
    for (const term of terms) total = total.plus(term);
    return total;
  }

  /** The double of a fixed-point number, but for its last bits. */
  #toDouble(fixed: bigint): number {
    return Number(fixed >> (this.#bits - 60n)) / 2 ** 60;
  }

  /** A fixed-point number times 10^tens, rounded to the digits carried. */
  #toBig(fixed: bigint, tens: bigint): BigNumber {
    const places = this.precision + 8;
    const coefficient = (fixed * this.#tenTo(places)) >> this.#bits;
    return new this.Big(`${coefficient}e${tens - BigInt(places)}`).toSignificantDigits();
  }

  #tenTo(power: number): bigint {
    return cached(this.#powersOfTen, power, () => 10n ** BigInt(power));
  }

  /** e^x in fixed point, for x from 0 to 3: from tables, but for the rest, whose series is short. */
  #fixedExp(x: bigint): bigint {
    let product = this.#unit;
    let rest = x;
    for (let k = 1; k <= TABLES; k++) {
      const shift = this.#bits - BigInt(TABLE_BITS * k);
      const steps = rest >> shift;
      if (steps === 0n) continue;
      const step = steps << shift;
      rest -= step;
      const known = cached(this.#tables[k - 1], Number(steps), () => this.#expSeries(step));
      product = (product * known) >> this.#bits;
    }
    return (product * this.#expSeries(rest)) >> this.#bits;
  }

  /** first! Σ x^k/(first + k)! in fixed point: e^x for 0, and what is left of it beside the power of x for others. */
  #expSeries(x: bigint, first = 0n): bigint {
    let sum = this.#unit;
    for (let term = sum, k = first + 1n; term !== 0n && term !== -1n; k++) {
      term = ((term * x) >> this.#bits) / k;
      sum += term;
    }
    return sum;
  }

  /** artanh(z)/z in fixed point. */
  #artanhSeries(z: bigint): bigint {
    const square = (z * z) >> this.#bits;
    let sum = this.#unit;
    for (let power = sum, k = 3n; power !== 0n; k += 2n) {
      power = (power * square) >> this.#bits;
      sum += power / k;
    }
    return sum;
  }

  /** log x in fixed point for x from 1 to 10, from its double y: y + log(x/e^y), the second by 2·artanh. */
  #fixedLog(x: bigint, near: number): bigint {
    const y = BigInt(Math.round(near * 2 ** 50)) << (this.#bits - 50n);
    const e = this.#fixedExp(y);
    const z = ((x - e) << this.#bits) / (x + e);
    return y + ((z * this.#artanhSeries(z)) >> (this.#bits - 1n));
  }
}

/** Decimal digits of a word of a big number. */
const WORD_DIGITS = 7;

/** A finite number as coefficient·10^power, from the words that the big number keeps, two at a time. */
function parts({ s: sign, e, d: words }: BigNumber): { coefficient: bigint; power: number } {
  let coefficient = 0n;
  let i = 0;
  if (words.length % 2 === 1) coefficient = BigInt(words[i++]);
  for (; i < words.length; i += 2)
    coefficient = coefficient * 100_000_000_000_000n + BigInt(words[i] * 1e7 + words[i + 1]);
  const power = WORD_DIGITS * (Math.floor(e / WORD_DIGITS) + 1 - words.length);
  return { coefficient: sign < 0 ? -coefficient : coefficient, power };
}
