/**
 * Checks of the arguments of public functions. A message names the function, the argument, the index and the value.
 * Every condition is written positively (`value >= 0`), so that NaN fails it.
 */

/** `0.5`, `NaN`, `1n`, `"text"`, `an array of 2`: a value as it may stand in a message, cut to a readable length. */
export function show(value: unknown): string {
  // Reads no more of a long text than the message shows.
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

type Refusal<E> = (caller: string, argument: string, condition: string, value: unknown) => E;

const refusal =
  <E>(Kind: new (message: string) => E): Refusal<E> =>
  (caller, argument, condition, value) =>
    new Kind(`${caller}: ${argument} must ${condition}, got ${show(value)}`);

/** A `RangeError` that reads `tilt: reward[3] must be a number below Infinity, got NaN`. */
export const outOfRange: Refusal<RangeError> = refusal(RangeError);

/** A `TypeError` of the same form, for a wrong type or shape. */
export const wrongType: Refusal<TypeError> = refusal(TypeError);

/** A condition on a number: it lies from `least` to `most`, both included. NaN meets none. */
export interface Condition {
  readonly least: number;
  readonly most: number;
  /** How a message ends after "must". */
  readonly says: string;
}

export const FINITE: Condition = { least: -Number.MAX_VALUE, most: Number.MAX_VALUE, says: "be finite" };
export const POSITIVE: Condition = {
  least: Number.MIN_VALUE,
  most: Number.MAX_VALUE,
  says: "be positive and finite",
};
/** For arguments that have a limit at Infinity. */
export const POSITIVE_OR_INFINITE: Condition = {
  least: Number.MIN_VALUE,
  most: Infinity,
  says: "be positive (Infinity allowed)",
};
export const NON_NEGATIVE: Condition = { least: 0, most: Number.MAX_VALUE, says: "be non-negative and finite" };
export const NON_NEGATIVE_OR_INFINITE: Condition = {
  least: 0,
  most: Infinity,
  says: "be at least 0 (Infinity allowed)",
};
export const NOT_NAN: Condition = { least: -Infinity, most: Infinity, says: "be a number, not NaN" };
export const BELOW_INFINITY: Condition = {
  least: -Infinity,
  most: Number.MAX_VALUE,
  says: "be a number below Infinity",
};
export const BETWEEN_ZERO_AND_ONE: Condition = {
  least: Number.MIN_VALUE,
  most: 0.9999999999999999,
  says: "be between 0 and 1",
};

/**
 * The value as a number that meets the condition; without one NaN passes. Whole numbers may come as bigints, as columns of
 * 64-bit integers do, so callers go on with what is returned. A bigint that no double holds is refused, not rounded.
 */
export function requireNumber(caller: string, argument: string, value: unknown, condition?: Condition): number {
  let x = value as number;
  if (typeof value !== "number") {
    if (typeof value !== "bigint") throw wrongType(caller, argument, "be a number", value);
    x = Number(value);
    if (!Number.isSafeInteger(x))
      throw outOfRange(caller, argument, "be within ±(2^53 - 1) where it is a bigint", value);
  }
  if (condition && !(x >= condition.least && x <= condition.most))
    throw outOfRange(caller, argument, condition.says, x);
  return x;
}

/** An object with members, such as a problem or options: no array, no function and no plain value. */
export function requireObject<T extends object>(caller: string, argument: string, value: T): T {
  const ok = typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
  if (!ok) throw wrongType(caller, argument, "be an object", value);
  return value;
}

/** A whole number of at least `least`, below 2^53: from there on doubles skip whole numbers. */
export function requireInteger(caller: string, argument: string, value: unknown, least: number): number {
  const x = requireNumber(caller, argument, value);
  if (Number.isSafeInteger(x) && x >= least) return x;
  const most = Number.isInteger(x) && x >= least ? " and below 2^53" : "";
  throw outOfRange(caller, argument, `be a whole number of at least ${least}${most}`, x);
}

/** Options: an object that has no other names than the known ones, since a misspelt one would pass for one left out. */
export function requireOptions<T extends object>(
  caller: string,
  options: T,
  known: Readonly<Record<keyof T, true>>,
  argument: string = "options",
): T {
  const names = Object.keys(known);
  for (const [name, value] of Object.entries(requireObject(caller, argument, options)))
    if (!names.includes(name)) throw wrongType(caller, `${argument}.${name}`, `be one of ${names.join(", ")}`, value);
  return options;
}

/** One of some words. */
export function requireOneOf<T extends string>(
  caller: string,
  argument: string,
  value: unknown,
  words: readonly T[],
  others = "",
): T {
  if (words.includes(value as T)) return value as T;
  const refuse = typeof value === "string" ? outOfRange : wrongType;
  throw refuse(caller, argument, `be ${others}one of ${words.join(", ")}`, value);
}

/** Array-likes, typed arrays included; strings are not numbers in a row. */
export function requireArrayLike(caller: string, argument: string, value: unknown): ArrayLike<unknown> {
  const length = typeof value === "object" && value !== null ? (value as { length?: unknown }).length : undefined;
  if (!(Number.isSafeInteger(length) && (length as number) >= 0))
    throw wrongType(caller, argument, "be an array", value);
  return value as ArrayLike<unknown>;
}

/** An array-like of a given length. */
export function requireLength(caller: string, argument: string, value: unknown, length: number): ArrayLike<unknown> {
  const array = requireArrayLike(caller, argument, value);
  if (array.length !== length) {
    throw new TypeError(
      `${caller}: ${argument} must have length ${length}, one entry per answer, got length ${array.length}`,
    );
  }
  return array;
}

/** Entries of a longer array-like are checked before memory is allocated for them: its length may be false. */
const MAX_UNCHECKED_LENGTH = 2 ** 24;

/** A fresh Float64Array of the entries; the first that is not in range is named with its index. */
export function requireNumbers(caller: string, argument: string, value: unknown, condition: Condition): Float64Array {
  const array = requireArrayLike(caller, argument, value);
  const { least, most, says } = condition;
  if (array instanceof Float64Array && ArrayBuffer.isView(array)) {
    // Numbers already: one copy and two comparisons an entry.
    const own = array.slice();
    for (let i = 0; i < own.length; i++) {
      const x = own[i];
      if (!(x >= least && x <= most)) throw outOfRange(caller, `${argument}[${i}]`, says, x);
    }
    return own;
  }
  const entry = (i: number): number => {
    const value = array[i];
    const x = typeof value === "number" ? value : requireNumber(caller, `${argument}[${i}]`, value);
    if (!(x >= least && x <= most)) throw outOfRange(caller, `${argument}[${i}]`, says, value);
    return x;
  };
  const { length } = array;
  if (length > MAX_UNCHECKED_LENGTH && !ArrayBuffer.isView(array)) for (let i = 0; i < length; i++) entry(i);
  const out = new Float64Array(length);
  for (let i = 0; i < length; i++) out[i] = entry(i);
  return out;
}
