import { rangeOf } from "../../numeric/peak.js";
import { exponentOf, timesPowerOfTwo } from "../../numeric/powerOfTwo.js";

/**
 * Values above and below a base, scaled below 1 by a power of two: sums of terms of one sign lose no digits.
 * The base is the value nearest 0 where all have one sign, and 0 where they have not.
 */
export class Sided {
  readonly #least: number;
  readonly #most: number;
  readonly #base: number;
  readonly #exponent: number;
  /** The gains, and the losses, in units of the power of two: those of the two that are not 0 throughout. */
  readonly sides: readonly { readonly sign: 1 | -1; readonly size: Float64Array }[];

  constructor(value: Float64Array) {
    const { top: most, bottom: least } = rangeOf(value);
    const base = Math.max(least, Math.min(most, 0));
    const size = Math.max(base - least, most - base);
    const exponent = size === 0 ? 0 : exponentOf(size) + 1;
    this.#least = least;
    this.#most = most;
    this.#base = base;
    this.#exponent = exponent;
    this.sides = ([1, -1] as const)
      .filter((sign) => (sign > 0 ? most > base : least < base))
      .map((sign) => ({ sign, size: value.map((x) => Math.max(0, timesPowerOfTwo(sign * (x - base), -exponent))) }));
  }

  /** The value whose sides have the given means. */
  mean(means: Float64Array): number {
    const apart = this.sides.reduce((s, { sign }, i) => s + sign * means[i], 0);
    return Math.min(this.#most, Math.max(this.#least, this.#base + timesPowerOfTwo(apart, this.#exponent)));
  }
}
