/** How a file forbids an answer: JSON has no infinities. */
export const FORBIDDEN = "-Infinity";

const WORDS: ReadonlyMap<string, number> = new Map([
  ...["true", "pass", "passed"].map((word) => [word, 1] as const),
  ...["false", "fail", "failed"].map((word) => [word, 0] as const),
]);

const NUMERAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The number that a value of a data set stands for: undefined where it is missing, NaN where it stands for none. A strict
 * reading takes numbers and truth values, and no text but "-Infinity".
 */
export function numberOf(value: unknown, strict: boolean): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : Number.isNaN(value) ? undefined : Number.NaN;
  if (value === undefined || value === null) return undefined;
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "string")
    return strict ? (value === FORBIDDEN ? -Infinity : Number.NaN) : numberOfText(value.trim());
  return !strict && Array.isArray(value) && value.length === 1 ? numberOf(value[0], strict) : Number.NaN;
}

function numberOfText(text: string): number | undefined {
  if (text === FORBIDDEN) return -Infinity;
  const word = text.toLowerCase();
  if (word === "" || word === "nan") return undefined;
  const x = WORDS.get(word) ?? (NUMERAL.test(text) ? Number(text) : Number.NaN);
  return Math.abs(x) < Infinity ? x : Number.NaN;
}

/** The text that a value stands for: its own, else as JSON. Undefined where there is none. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? undefined : JSON.stringify(value);
}
