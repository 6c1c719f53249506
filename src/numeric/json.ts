/** A number as JSON holds it: infinities are words. */
export type JsonNumber = number | "Infinity" | "-Infinity";

/** Numbers other than NaN, as JSON holds them. */
export function toJson(values: Iterable<number>): JsonNumber[] {
  return Array.from(values, (x) => (Number.isFinite(x) ? x : x > 0 ? "Infinity" : "-Infinity"));
}

/** The same array with the words for infinities as numbers; any other value, and any other entry, as it is. */
export function fromJson(values: unknown): unknown {
  if (!Array.isArray(values)) return values;
  return values.map((x: unknown) => (x === "Infinity" ? Infinity : x === "-Infinity" ? -Infinity : x));
}
