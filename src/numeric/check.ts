/**
 * What a public function says when its arguments do not fit: the function, the argument, the index and the value.
 * Every condition is written positively (`value >= 0`), so that NaN fails it.
 */

/** `0.5`, `NaN`, `"text"`, `[object]`: a value as it may stand in a message, cut to a readable length. */
export function show(value: unknown): string {
  // Of a long text no more than the message can hold is looked at.
  const text = typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : safeString(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function safeString(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "object" && value !== null)
    return Array.isArray(value) ? `an array of ${value.length}` : "an object";
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

/** The value, when it is of type number (NaN included: ranges are checked apart). */
export function requireNumber(caller: string, argument: string, value: unknown): number {
  if (typeof value !== "number") throw wrongType(caller, argument, "be a number", value);
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

/** A whole number of at least `least`. */
export function requireInteger(caller: string, argument: string, value: unknown, least: number): number {
  const x = requireNumber(caller, argument, value);
  if (!(Number.isSafeInteger(x) && x >= least))
    throw outOfRange(caller, argument, `be a whole number of at least ${least}`, x);
  return x;
}

/** Array-likes, typed arrays included; strings are not numbers in a row. */
export function requireArrayLike(caller: string, argument: string, value: unknown): ArrayLike<unknown> {
  const ok =
    typeof value === "object" && value !== null && Number.isSafeInteger((value as { length?: unknown }).length);
  if (!ok) throw wrongType(caller, argument, "be an array", value);
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

/** A fresh Float64Array of the entries; the first that is not in range is named with its index. */
export function requireNumbers(caller: string, argument: string, value: unknown, range: Range): Float64Array {
  const array = requireArrayLike(caller, argument, value);
  const { least, most, condition } = range;
  if (array instanceof Float64Array) {
    // Numbers already: one copy and two comparisons an entry.
    const own = array.slice();
    for (let i = 0; i < own.length; i++) {
      const x = own[i];
      if (!(x >= least && x <= most)) throw outOfRange(caller, `${argument}[${i}]`, condition, x);
    }
    return own;
  }
  const out = new Float64Array(array.length);
  for (let i = 0; i < out.length; i++) {
    const x = array[i];
    if (typeof x !== "number") throw wrongType(caller, `${argument}[${i}]`, "be a number", x);
    if (!(x >= least && x <= most)) throw outOfRange(caller, `${argument}[${i}]`, condition, x);
    out[i] = x;
  }
  return out;
}
