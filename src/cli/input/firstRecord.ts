import type { Columns } from "./columns.js";
import { type Fields, fieldReader } from "./fields.js";
import { InputError } from "./inputError.js";
import { didYouMean } from "./nearest.js";
import type { ReadingSettings } from "./reading.js";
import { numberOf } from "./values.js";

/** How a data set is to be read, beside what its options say. */
export interface Needs {
  /** The data set's name in errors. */
  readonly name: string;
  readonly rewardNeeded: boolean;
  /** Whether its numbers are texts, as in a CSV file. */
  readonly numerals: boolean;
  readonly texts: boolean;
}

/** The first record of a data set, by which its columns are told. */
export interface FirstRecord {
  readonly record: Fields;
  /** What has the fields of an answer: the record itself, or all answers of its list in one. */
  readonly sample: Fields;
  readonly shape: Columns["shape"];
  /** Whether the record has the names of the native form. */
  readonly native: boolean;
  readonly settings: ReadingSettings;
  readonly needs: Needs;
}

/** The error of columns that the names do not tell. */
export function untold({ name }: Needs, what: string): InputError {
  return new InputError(`${name}: ${what} (see exptilt help format)`);
}

export function hasField(record: Fields, name: string): boolean {
  return Object.hasOwn(record, name) || fieldReader(name)(record) !== undefined;
}

/** Refuses a name that an option gives, and that the first record has not. */
export function requireField(needs: Needs, name: string, record: Fields, option: string): void {
  if (hasField(record, name)) return;
  const fields = Object.keys(record);
  const had = `the first record has the fields ${listed(fields)}${didYouMean(
    name,
    fields.filter((field) => field.length <= 100),
  )}`;
  throw untold(needs, `${option} names ${JSON.stringify(name)}, but ${had}`);
}

/** Names of fields in a message, cut to a readable length. */
export function listed(fields: readonly string[]): string {
  const text = fields.join(", ");
  return text.length > 160 ? `${text.slice(0, 160)}, …` : text;
}

/** The fields whose values may be scores: numbers, or arrays of them, also where some are missing. */
export function numericFields({ sample, shape, needs }: Pick<FirstRecord, "sample" | "shape" | "needs">): string[] {
  const fits = shape === "arrays" ? isNumbers : isNumber;
  return Object.keys(sample).filter((name) => fits(sample[name], needs));
}

/** Whether a value may be a score. In JSON a numeral in quotes is rather a text, such as the right answer. */
export function isNumber(value: unknown, { numerals }: Needs): boolean {
  const isText = typeof value === "string" && !numerals && Number.isFinite(Number(value)) && value.trim() !== "";
  return !isText && !Number.isNaN(numberOf(value, false) ?? 0);
}

export function isNumbers(value: unknown, needs: Needs): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  const flat: readonly unknown[] = value.length === 1 && Array.isArray(value[0]) ? value[0] : value;
  return flat.length > 0 && flat.every((one) => isNumber(one, needs));
}
