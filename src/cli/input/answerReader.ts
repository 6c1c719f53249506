import { show } from "../../numeric/check.js";
import type { Columns, MassKind, Score } from "./columns.js";
import { columnsIn, evaluate } from "./expression.js";
import { type FieldReader, type Fields, fieldReader, isFields } from "./fields.js";
import { InputError } from "./inputError.js";
import { FORBIDDEN, numberOf, textOf } from "./values.js";

/** The places of a record's answers, for errors: made when one is thrown. */
export interface Places {
  /** The i-th answer: `file:3: answers[2]`. */
  answer(i: number): string;
  /** A field of it: `file:3: answers[2].reward`. */
  field(i: number, name: string): string;
}

/** Reads something of the i-th answer of a record. */
type Read<T> = (answer: Fields, i: number, places: Places) => T;

/** The weight of an answer, and the field that gives it. */
export interface Mass {
  readonly kind: MassKind;
  readonly name: string;
  readonly value: number;
}

/** Reads answers as a data set's columns say. */
export interface AnswerReader {
  /** The rewards; undefined where a score is missing. */
  readonly rewards: readonly Read<number | undefined>[];
  readonly gold: Read<number | undefined>;
  readonly text: Read<string | undefined>;
  readonly mass: (answer: Fields, i: number, places: Places, like: MassKind | undefined) => Mass;
  readonly features: Read<Readonly<Record<string, number>>>;
}

const readers = new WeakMap<Columns, AnswerReader>();

/** The reader of some columns, made once. */
export function answerReader(columns: Columns): AnswerReader {
  const known = readers.get(columns);
  if (known !== undefined) return known;
  const { rewards, gold } = columns;
  const reader: AnswerReader = {
    rewards: rewards.map((score) => scoreReader(score, columns, `be a finite number or "${FORBIDDEN}"`, true)),
    gold: gold === undefined ? () => undefined : scoreReader(gold, columns, "be a finite number", columns.goldNeeded),
    text: textReader(columns),
    mass: massReader(columns),
    features: featuresReader(columns),
  };
  readers.set(columns, reader);
  return reader;
}

function scoreReader({ text, expression }: Score, columns: Columns, must: string, needed: boolean) {
  const mayForbid = must.includes(FORBIDDEN);
  const reader = (name: string) => columnReader(name, columns, must, mayForbid, needed);
  if (expression.op === "column") return reader(expression.name);
  const parts = new Map(columnsIn(expression).map((name) => [name, reader(name)]));
  return (answer: Fields, i: number, places: Places): number | undefined => {
    let forbidden = false;
    const x = evaluate(expression, (name) => {
      const part = parts.get(name)?.(answer, i, places);
      forbidden ||= part === -Infinity;
      return part;
    });
    if (x === undefined || Number.isFinite(x) || (forbidden && x === -Infinity)) return x;
    throw new InputError(`${places.answer(i)}: ${text} must ${must}, got ${x}`);
  };
}

/** Reads a column of scores. Missing ones are refused here, where they are to be. */
function columnReader(name: string, columns: Columns, must: string, mayForbid: boolean, needed: boolean) {
  const { strict, missing, hint } = columns;
  const read = fieldReader(name);
  return (answer: Fields, i: number, places: Places): number | undefined => {
    const value = read(answer);
    if (typeof value === "number" && Number.isFinite(value)) return value;
    const x = numberOf(value, strict);
    if (x !== undefined && (Number.isFinite(x) || (mayForbid && x === -Infinity))) return x;
    if (
      x === undefined &&
      (needed ? missing === "drop" || (missing === "worst" && mayForbid) : (value ?? null) === null)
    )
      return undefined;
    const refused = x === undefined ? hint : "";
    if (value === undefined) throw new InputError(`${places.answer(i)}: the field "${name}" is missing${refused}`);
    throw new InputError(`${places.field(i, name)} must ${must}, got ${show(value)}${refused}`);
  };
}

function textReader({ answer: name, strict }: Columns): Read<string | undefined> {
  if (name === undefined) return () => undefined;
  const read = fieldReader(name);
  if (!strict) return (answer) => textOf(read(answer));
  return (answer, i, places) => {
    const text = read(answer);
    if (text === undefined || typeof text === "string") return text;
    throw new InputError(`${places.field(i, name)} must be a string, got ${show(text)}`);
  };
}

/** What each kind of weight may be. */
const MASSES: Readonly<Record<MassKind, { fits: (x: number) => boolean; must: (x: unknown) => string }>> = {
  count: {
    fits: (x) => Number.isSafeInteger(x) && x >= 0,
    must: (x) =>
      typeof x === "number" && x >= 2 ** 53
        ? 'be below 2^53, from where on JSON\'s numbers skip whole ones (give each "probability" instead)'
        : "be a whole number of at least 0",
  },
  probability: { fits: (x) => x >= 0 && x <= 1, must: () => "be a number from 0 to 1" },
  logProbability: { fits: (x) => x <= 0 && x > -Infinity, must: () => "be a finite number of at most 0" },
};

/** A sample that counts once. */
const ONCE: Mass = { kind: "count", name: "count", value: 1 };

function massReader({ masses, strict }: Columns): AnswerReader["mass"] {
  if (masses.length === 0) return () => ONCE;
  const fields = masses.map(({ kind, name }) => ({ kind, name, read: fieldReader(name), ...MASSES[kind] }));
  return (answer, i, places, like) => {
    let given: (typeof fields)[number] | undefined;
    let value: unknown;
    for (const field of fields) {
      const found = field.read(answer) ?? undefined;
      if (found === undefined) continue;
      if (given !== undefined) throw oneMass(answer, i, places, fields);
      [given, value] = [field, found];
    }
    if (given === undefined) throw oneMass(answer, i, places, fields);
    const { kind, name } = given;
    if (like !== undefined && kind !== like) {
      const first = masses.find((mass) => mass.kind === like)?.name;
      throw new InputError(`${places.answer(i)} must give "${first}", as the query's first answer does`);
    }
    const x = typeof value === "number" ? value : strict ? Number.NaN : numberOf(value, strict);
    if (x !== undefined && given.fits(x)) return { kind, name, value: x };
    throw new InputError(`${places.field(i, name)} must ${given.must(x)}, got ${show(value)}`);
  };
}

function oneMass(
  answer: Fields,
  i: number,
  places: Places,
  fields: readonly { readonly name: string; readonly read: FieldReader }[],
): InputError {
  const names = fields.map(({ name }) => name);
  const given = fields.filter(({ read }) => (read(answer) ?? undefined) !== undefined).map(({ name }) => name);
  const must = names.length === 1 ? `the field ${names[0]}` : `one of the fields ${names.join(", ")}`;
  return new InputError(`${places.answer(i)} must have ${must}, got ${given.join(" and ") || "none"}`);
}

const NO_FEATURES: Readonly<Record<string, number>> = {};

/** The field `features`, an object of finite numbers. In rows of other programs an object of that name may be anything. */
function featuresReader({ shape }: Columns): Read<Readonly<Record<string, number>>> {
  const needed = shape === "list";
  return (answer, i, places) => {
    const given = answer.features ?? undefined;
    if (given === undefined || (!needed && !isFields(given))) return NO_FEATURES;
    if (!isFields(given)) throw new InputError(`${places.answer(i)}: features must be an object, got ${show(given)}`);
    const bad = Object.entries(given).find(([, x]) => typeof x !== "number" || !Number.isFinite(x));
    if (bad === undefined) return given as Readonly<Record<string, number>>;
    if (!needed) return NO_FEATURES;
    const [name, x] = bad;
    throw new InputError(`${places.field(i, "features")}[${show(name)}] must be a finite number, got ${show(x)}`);
  };
}
