import type { BigNumber } from "mathjs";
import type { Arithmetic } from "./arithmetic.js";

/** An exponential halves its argument this many times, sums the series, and squares the result as many times. */
const HALVINGS = 8n;

/** Fixed-point numbers on BigInt, multiples of 2^−bits: what integrals are summed in. */
export class FixedPoint {
  readonly bits: bigint;
  readonly one: bigint;
  readonly #arithmetic: Arithmetic;
  readonly #log2: bigint;
  /** e^x is 0 below this x. */
  readonly #lowest: bigint;

  constructor(arithmetic: Arithmetic, bits: number) {
    this.#arithmetic = arithmetic;
    this.bits = BigInt(bits);
    this.one = 1n << this.bits;
    this.#log2 = this.of(arithmetic.log(arithmetic.number(2)));
    this.#lowest = -(this.bits + 1n) * this.#log2;
  }

  /** A big number, rounded. */
  of(x: BigNumber): bigint {
    return this.#arithmetic.toFixed(x, this.bits);
  }

  /** A double, exactly where it is a multiple of 2^−bits. */
  ofDouble(x: number): bigint {
    return this.of(this.#arithmetic.number(x));
  }

  /** The quotient of two fixed-point numbers, as a big number. */
  ratio(a: bigint, b: bigint): BigNumber {
    return new this.#arithmetic.Big(a.toString()).div(new this.#arithmetic.Big(b.toString()));
  }

  /** The nearest double, or one beside it. */
  toNumber(x: bigint): number {
    const shift = this.bits - 64n;
    return Number(shift > 0n ? x >> shift : x) * 2 ** -(shift > 0n ? 64 : Number(this.bits));
  }

  times(a: bigint, b: bigint): bigint {
    return (a * b) >> this.bits;
  }

  /** e^x for x ≤ 0. */
  exp(x: bigint): bigint {
    if (x < this.#lowest) return 0n;
    const octaves = -x / this.#log2;
    const halved = (x + octaves * this.#log2) >> HALVINGS;
    let sum = this.one;
    for (let term = this.one, k = 1n; term !== 0n && term !== -1n; k++) {
      term = this.times(term, halved) / k;
      sum += term;
    }
    for (let i = 0n; i < HALVINGS; i++) sum = this.times(sum, sum);
    return sum >> octaves;
  }
}
