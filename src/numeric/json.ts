/** A number as JSON holds it: infinities are words. */
export type JsonNumber = number | "Infinity" | "-Infinity";

/** A number other than NaN, as JSON holds it. */
export const toJson = (x: number): JsonNumber => (Number.isFinite(x) ? x : x > 0 ? "Infinity" : "-Infinity");

/** The same array with the words for infinities as numbers; any other value, and any other entry, as it is. */
export function fromJson(values: unknown): unknown {
  return Array.isArray(values) ? values.map((x: unknown) => (isWord(x) ? Number(x) : x)) : values;
}

const isWord = (x: unknown): boolean => x === "Infinity" || x === "-Infinity";
