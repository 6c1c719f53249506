/**
 * What a public function says when its arguments do not fit: the function, the argument, the index and the value.
 * Every condition is written positively (`value >= 0`), so that NaN fails it.
 */

/** `0.5`, `NaN`, `1n`, `"text"`, `an array of 2`: a value as it may stand in a message, cut to a readable length. */
export function show(value: unknown): string {
  // Of a long text no more than the message can hold is looked at.
  const text = typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : safeString(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function safeString(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value) && "length" in value) return `a ${value.constructor.name} of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "function") return "a function";
  return String(value);
}

/** A `RangeError` that reads `tilt: reward[3] must be a number below Infinity, got NaN`. */
export function outOfRange(caller: string, argument: string, condition: string, value: unknown): RangeError {
  return new RangeError(`${caller}: ${argument} must ${condition}, got ${show(value)}`);
}

/** A `TypeError` of the same form, for a wrong type or shape. */
export function wrongType(caller: string, argument: string, condition: string, value: unknown): TypeError {
  return new TypeError(`${caller}: ${argument} must ${condition}, got ${show(value)}`);
}

/**
 * The value as a number (NaN included: ranges are checked apart). Whole numbers may come as bigints, as columns of 64-bit
 * integers do, so callers go on with what is returned; a bigint that no double holds is refused, not rounded.
 */
export function requireNumber(caller: string, argument: string, value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value !== "bigint") throw wrongType(caller, argument, "be a number", value);
  const x = Number(value);
  if (!Number.isSafeInteger(x)) throw outOfRange(caller, argument, "be within ±(2^53 - 1) where it is a bigint", value);
  return x;
}

/** An object with members, such as a problem or options: no array, no function and no plain value. */
export function requireObject<T extends object>(caller: string, argument: string, value: T): T {
  const ok = typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
  if (!ok) throw wrongType(caller, argument, "be an object", value);
  return value;
}

/** A finite number above 0. */
export function requirePositive(caller: string, argument: string, value: unknown): number {
  const x = requireNumber(caller, argument, value);
  if (!(x > 0 && x < Infinity)) throw outOfRange(caller, argument, "be positive and finite", x);
  return x;
}

/** A number above 0, Infinity included, where the limit is defined. */
export function requirePositiveOrInfinite(caller: string, argument: string, value: unknown): number {
  const x = requireNumber(caller, argument, value);
  if (!(x > 0)) throw outOfRange(caller, argument, "be positive (Infinity allowed)", x);
  return x;
}

/** A finite number of at least 0. */
export function requireNonNegative(caller: string, argument: string, value: unknown): number {
  const x = requireNumber(caller, argument, value);
  if (!(x >= 0 && x < Infinity)) throw outOfRange(caller, argument, "be non-negative and finite", x);
  return x;
}

/** A finite number. */
export function requireFinite(caller: string, argument: string, value: unknown): number {
  const x = requireNumber(caller, argument, value);
  if (!Number.isFinite(x)) throw outOfRange(caller, argument, "be finite", x);
  return x;
}

/** A whole number of at least `least`, below 2^53: from there on doubles skip whole numbers. */
export function requireInteger(caller: string, argument: string, value: unknown, least: number): number {
  const x = requireNumber(caller, argument, value);
  if (Number.isSafeInteger(x) && x >= least) return x;
  if (Number.isInteger(x) && x >= least)
    throw outOfRange(caller, argument, `be a whole number of at least ${least} and below 2^53`, x);
  throw outOfRange(caller, argument, `be a whole number of at least ${least}`, x);
}

/** Options: an object that has no other names than the known ones, since a misspelt one would pass for one left out. */
export function requireOptions<T extends object>(
  caller: string,
  options: T,
  known: Readonly<Record<keyof T, true>>,
): T {
  const names = Object.keys(known);
  for (const [name, value] of Object.entries(requireObject(caller, "options", options)))
    if (!names.includes(name)) throw wrongType(caller, `options.${name}`, `be one of ${names.join(", ")}`, value);
  return options;
}

/** Array-likes, typed arrays included; strings are not numbers in a row. */
export function requireArrayLike(caller: string, argument: string, value: unknown): ArrayLike<unknown> {
  const length = typeof value === "object" && value !== null ? (value as { length?: unknown }).length : undefined;
  if (!(Number.isSafeInteger(length) && (length as number) >= 0))
    throw wrongType(caller, argument, "be an array", value);
  return value as ArrayLike<unknown>;
}

/** The same, of a given length. */
export function requireLength(caller: string, argument: string, value: unknown, length: number): ArrayLike<unknown> {
  const array = requireArrayLike(caller, argument, value);
  if (array.length !== length) {
    throw new TypeError(
      `${caller}: ${argument} must have length ${length}, one entry per answer, got length ${array.length}`,
    );
  }
  return array;
}

/** The numbers that an argument may hold: from `least` to `most`, of which NaN is none. */
export interface Range {
  readonly least: number;
  readonly most: number;
  /** What a message says of it. */
  readonly condition: string;
}

export const NON_NEGATIVE: Range = { least: 0, most: Number.MAX_VALUE, condition: "be non-negative and finite" };
export const FINITE: Range = { least: -Number.MAX_VALUE, most: Number.MAX_VALUE, condition: "be finite" };
export const BELOW_INFINITY: Range = {
  least: -Infinity,
  most: Number.MAX_VALUE,
  condition: "be below Infinity and not NaN",
};

/** So many entries are looked at one by one before room is made for them: a length is only said until then. */
const LONG = 2 ** 24;

/** A fresh Float64Array of the entries; the first that is not in range is named with its index. */
export function requireNumbers(caller: string, argument: string, value: unknown, range: Range): Float64Array {
  const array = requireArrayLike(caller, argument, value);
  const { least, most, condition } = range;
  if (array instanceof Float64Array && ArrayBuffer.isView(array)) {
    // Numbers already: one copy and two comparisons an entry.
    const own = array.slice();
    for (let i = 0; i < own.length; i++) {
      const x = own[i];
      if (!(x >= least && x <= most)) throw outOfRange(caller, `${argument}[${i}]`, condition, x);
    }
    return own;
  }
  const entry = (i: number): number => {
    const value = array[i];
    const x = typeof value === "number" ? value : requireNumber(caller, `${argument}[${i}]`, value);
    if (!(x >= least && x <= most)) throw outOfRange(caller, `${argument}[${i}]`, condition, value);
    return x;
  };
  const { length } = array;
  if (length > LONG && !ArrayBuffer.isView(array)) for (let i = 0; i < length; i++) entry(i);
  const out = new Float64Array(length);
  for (let i = 0; i < length; i++) out[i] = entry(i);
  return out;
}
