import { show } from "../../numeric/check.js";
import type { Places } from "./answerReader.js";
import { type Columns, NATIVE, partsOf, type Score } from "./columns.js";
import { columnsIn } from "./expression.js";
import { type Fields, fieldReader, isFields } from "./fields.js";
import { InputError } from "./inputError.js";
import { parseJson } from "./jsonText.js";
import { plainArrays } from "./plainArrays.js";
import { plainQuery } from "./plainQuery.js";
import type { Query } from "./query.js";
import { QueryBuilder } from "./queryBuilder.js";
import { numberOf, textOf } from "./values.js";

/** One line as a query. Every error names the place and the field. */
export function parseQuery(text: string, place: string, columns: Columns = NATIVE): Query {
  const { query } = readRecord(parseJson(text, place, "the line"), place, columns);
  if (query === undefined) throw new InputError(`${place}: answers must have at least one entry`);
  return query;
}

/** The query that a record holds, undefined where none of its answers is left, and how many scores were missing. */
export function readRecord(
  record: unknown,
  place: string,
  columns: Columns,
): { readonly query: Query | undefined; readonly missing: number } {
  const fields = requireFields(record, place, columns.strict ? "the line" : "the record");
  const plain = columns.strict ? plainQuery(fields, place) : undefined;
  if (plain !== undefined) return { query: plain, missing: 0 };
  const name = nameOf(fields, place, columns);
  const arrays = plainArrays(fields, name, place, columns);
  if (arrays !== undefined) return { query: arrays, missing: 0 };
  const builder = new QueryBuilder(columns, name, place, clusterOf(fields, place, columns));
  const { answers, places } = columns.shape === "list" ? listOf(fields, place, columns) : zipOf(fields, place, columns);
  for (let i = 0; i < answers.length; i++) {
    const answer = answers[i];
    builder.add(isFields(answer) ? answer : requireFields(answer, place, `${columns.answers}[${i}]`), i, places);
  }
  return { query: builder.finish(), missing: builder.missing };
}

export function requireFields(value: unknown, place: string, what: string): Fields {
  if (isFields(value)) return value;
  throw new InputError(`${place}: ${what} must be an object, got ${show(value)}`);
}

/** The name of a record's query: a text, a number or a list of messages. */
export function nameOf(record: Fields, place: string, { query: name, strict }: Columns): string {
  if (name === undefined) return place;
  const value = fieldReader(name)(record);
  if (value === undefined) throw new InputError(`${place}: the field "${name}" is missing`);
  if (strict && typeof value !== "string")
    throw new InputError(`${place}: ${name} must be a string, got ${show(value)}`);
  const text = textOf(value);
  if (text === undefined) throw new InputError(`${place}: ${name} must be a text or a number, got ${show(value)}`);
  return text;
}

export function clusterOf(record: Fields, place: string, { cluster: name }: Columns): string | undefined {
  if (name === undefined) return undefined;
  const text = textOf(fieldReader(name)(record));
  if (text === undefined) throw new InputError(`${place}: the field "${name}" is missing`);
  return text;
}

interface Answers {
  readonly answers: readonly unknown[];
  readonly places: Places;
}

/** The answers of a list of objects. */
function listOf(record: Fields, place: string, { answers: name = "answers" }: Columns): Answers {
  const answers = fieldReader(name)(record);
  if (answers === undefined) throw new InputError(`${place}: the field "${name}" is missing`);
  if (!Array.isArray(answers)) throw new InputError(`${place}: ${name} must be an array, got ${show(answers)}`);
  if (answers.length === 0) throw new InputError(`${place}: ${name} must have at least one entry`);
  return {
    answers,
    places: {
      answer: (i) => `${place}: ${name}[${i}]`,
      field: (i, field) => `${place}: ${name}[${i}].${field}`,
    },
  };
}

/** The answers of arrays side by side, or of a pair's two sets of fields. */
function zipOf(record: Fields, place: string, columns: Columns): Answers {
  const { shape, parts, firstRight } = columns;
  const [first, ...others] = zippedColumns(columns).map((name) => ({ name, value: joined(record, name, columns) }));
  const list = Array.isArray(first.value) ? unnested(first.value) : undefined;
  if (list === undefined) throw new InputError(`${place}: ${first.name} must be an array, got ${show(first.value)}`);
  if (list.length === 0) throw new InputError(`${place}: ${first.name} must have at least one entry`);
  const lists = others.map(({ name, value }): [string, readonly unknown[]] => {
    if (!Array.isArray(value)) return [name, list.map(() => value)];
    const like = value.length === list.length ? value : unnested(value);
    if (like.length === list.length) return [name, like];
    throw new InputError(`${place}: ${name} has ${like.length} entries, ${first.name} has ${list.length}`);
  });
  if (firstRight !== undefined) lists.push(["gold", rightOf(record, place, firstRight, list.length)]);
  return {
    answers: list.map((value, i) =>
      Object.fromEntries([[first.name, value], ...lists.map(([name, l]) => [name, l[i]])]),
    ),
    places: {
      answer: (i) => `${place}: ${shape === "pair" ? ["the chosen answer", "the rejected answer"][i] : `entry ${i}`}`,
      field: (i, name) => `${place}: ${shape === "pair" ? partsOf(parts, name)[i] : `${name}[${i}]`}`,
    },
  };
}

/** The columns that are laid side by side. The first, a reward or the answers, says how many there are. */
function zippedColumns({ rewards, gold, answer, masses, firstRight }: Columns): string[] {
  const namesIn = (scores: readonly Score[]) => scores.flatMap(({ expression }) => columnsIn(expression));
  const golds = gold === undefined || firstRight !== undefined ? [] : [gold];
  const texts = answer === undefined ? [] : [answer];
  return [...new Set([...namesIn(rewards), ...texts, ...namesIn(golds), ...masses.map(({ name }) => name)])];
}

/** A column as it stands, or its parts one after the other. */
function joined(record: Fields, name: string, { shape, parts }: Columns): unknown {
  if (!Object.hasOwn(parts, name)) return fieldReader(name)(record);
  const values = parts[name].map((part) => fieldReader(part)(record));
  return shape === "pair" ? values : values.flat(1);
}

/** `[[a, b]]` is `[a, b]`: some programs write the answers of one request so. */
function unnested(list: readonly unknown[]): readonly unknown[] {
  return list.length === 1 && Array.isArray(list[0]) ? list[0] : list;
}

/** Gold of answers of which the first so many are right. */
function rightOf(record: Fields, place: string, firstRight: string | 1, answers: number): number[] {
  const right = firstRight === 1 ? 1 : numberOf(fieldReader(firstRight)(record), false);
  if (right === undefined || !(Number.isInteger(right) && right >= 0 && right <= answers))
    throw new InputError(`${place}: ${firstRight} must be a whole number from 0 to ${answers}`);
  return Array.from({ length: answers }, (_, i) => Number(i < right));
}
