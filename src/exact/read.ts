import { type BigNumber, isBigNumber } from "mathjs";
import { outOfRange, requireArrayLike, requireLength, wrongType } from "../numeric/check.js";
import type { Arithmetic } from "./arithmetic.js";

/*
 * What the functions of one precision accept and refuse: numbers of either kind, each read at its exact value, under
 * the conditions of float64 and with its errors. A condition is a positive comparison, which NaN fails.
 */

export type Numbers = readonly BigNumber[];

/** A number read from the public edge; NaN is read, and refused by the condition put on it. */
export function readNumber(arithmetic: Arithmetic, caller: string, argument: string, value: unknown): BigNumber {
  if (typeof value === "number") return arithmetic.number(value);
  if (typeof value === "bigint") return new arithmetic.Big(String(value));
  if (value instanceof arithmetic.Big) return value;
  if (!isBigNumber(value)) throw wrongType(caller, argument, "be a number, a bigint or a BigNumber", value);
  return new arithmetic.Big(value);
}

/** A `RangeError` that shows a big number by its leading digits. */
export function bigOutOfRange(caller: string, argument: string, condition: string, value: BigNumber): RangeError {
  const shown = value.precision() > 17 ? value.toPrecision(17) : value.toString();
  return new RangeError(`${caller}: ${argument} must ${condition}, got ${shown}`);
}

/** A condition on a number, and how an error says it. */
export interface Condition {
  readonly fits: (x: BigNumber) => boolean;
  readonly says: string;
}

export const finite: Condition = { fits: (x) => x.isFinite(), says: "be finite" };
export const positive: Condition = { fits: (x) => x.gt(0) && x.isFinite(), says: "be positive and finite" };
export const positiveOrInfinite: Condition = { fits: (x) => x.gt(0), says: "be positive (Infinity allowed)" };
export const nonNegative: Condition = { fits: (x) => x.gte(0) && x.isFinite(), says: "be non-negative and finite" };
export const nonNegativeOrInfinite: Condition = { fits: (x) => x.gte(0), says: "be at least 0 (Infinity allowed)" };
export const notNaN: Condition = { fits: (x) => !x.isNaN(), says: "be a number, not NaN" };
export const betweenZeroAndOne: Condition = { fits: (x) => x.gt(0) && x.lt(1), says: "be between 0 and 1" };
/** A score or a log-mass, of which −∞ forbids its answer. */
export const belowInfinity: Condition = { fits: (x) => x.lt(Infinity), says: "be a number below Infinity" };

/** A loss, of which ∞ rules its class out. */
export const aboveMinusInfinity: Condition = { fits: (x) => x.gt(-Infinity), says: "be above -Infinity" };

/** A number on which a condition is put. */
export function requireNumber(
  arithmetic: Arithmetic,
  caller: string,
  argument: string,
  value: unknown,
  { fits, says }: Condition,
): BigNumber {
  const x = readNumber(arithmetic, caller, argument, value);
  if (!fits(x)) throw bigOutOfRange(caller, argument, says, x);
  return x;
}

/** Numbers on which a condition is put, one for each of `size` answers. */
export function requireNumbers(
  arithmetic: Arithmetic,
  caller: string,
  argument: string,
  values: unknown,
  size: number,
  condition: Condition,
): readonly BigNumber[] {
  requireLength(caller, argument, values, size);
  const read = Array.from(requireArrayLike(caller, argument, values), (x, i) =>
    requireNumber(arithmetic, caller, `${argument}[${i}]`, x, condition),
  );
  return Object.freeze(read);
}

/** Masses: none negative, and one positive. */
export function requireMass(
  arithmetic: Arithmetic,
  caller: string,
  argument: string,
  values: unknown,
  size: number,
): readonly BigNumber[] {
  const mass = requireNumbers(arithmetic, caller, argument, values, size, nonNegative);
  if (!mass.some((m) => m.gt(0))) throw outOfRange(caller, argument, "have a positive total", 0);
  // |−0| is 0.
  return Object.freeze(mass.map((m) => m.abs()));
}

/** Log-masses, or the rewards of a law: all below ∞, and one above −∞. */
export function requireLogMass(
  arithmetic: Arithmetic,
  caller: string,
  argument: string,
  values: unknown,
  size: number,
): readonly BigNumber[] {
  const logMass = requireNumbers(arithmetic, caller, argument, values, size, belowInfinity);
  if (!logMass.some((l) => l.isFinite()))
    throw outOfRange(caller, argument, "have an entry above -Infinity", -Infinity);
  return logMass;
}
