import { show } from "../../numeric/check.js";
import type { Row } from "./containers/container.js";
import { type Fields, isFields } from "./fields.js";
import { InputError } from "./inputError.js";
import { firstNamed, LIST_NAMES, QUERY_NAMES, RECORD_NAMES, WRAPPER_NAMES } from "./names.js";

/** How one object holds many records. A plain value. */
export type Wrapping =
  /** In a list: `{"results": [{…}, …]}`. */
  | { readonly kind: "list"; readonly field: string }
  /** In lists by the query's name: `{"eval": {"HumanEval/0": [{…}, …], …}}`, or without the outer field. */
  | { readonly kind: "lists"; readonly field: string | undefined; readonly named: boolean }
  /** In columns: `{"prompt": ["a", "b"], "score": [1, 2]}`, or with objects of equal keys for the lists. */
  | { readonly kind: "columns" }
  /** A list of answers, without its query: `[[{…}, …], …]`. */
  | { readonly kind: "answers" };

/** How a record holds others, undefined where it is one itself. */
export function wrappingOf(record: unknown): Wrapping | undefined {
  if (Array.isArray(record)) return { kind: "answers" };
  if (!isFields(record)) return undefined;
  const fields = Object.keys(record);
  const query = firstNamed(fields, QUERY_NAMES);
  const name = query ?? firstNamed(fields, RECORD_NAMES);
  if (name !== undefined && isColumn(record[name]) && columnsOf(record).length > 1) return { kind: "columns" };
  if (query !== undefined) return undefined;
  for (const wrapper of WRAPPER_NAMES) {
    const field = firstNamed(fields, [wrapper]);
    if (field === undefined) continue;
    const value = record[field];
    if (Array.isArray(value) && isFields(value[0]) && firstNamed(Object.keys(value[0]), QUERY_NAMES) !== undefined)
      return { kind: "list", field };
    if (isLists(value)) return { kind: "lists", field, named: isNamed(value) };
  }
  if (isLists(record) && firstNamed(fields, LIST_NAMES) === undefined)
    return { kind: "lists", field: undefined, named: isNamed(record) };
  return undefined;
}

/** The records that a wrapped one holds, with their places. */
export function* unwrapped({ record, place }: Row, wrapping: Wrapping): Generator<Row> {
  const wrong = (what: string) => new InputError(`${place}: ${what}, as the first record of the file has`);
  if (wrapping.kind === "answers") {
    if (!Array.isArray(record)) throw wrong("must be an array");
    yield { record: { answers: record }, place };
    return;
  }
  if (!isFields(record)) throw wrong("must be an object");
  if (wrapping.kind === "columns") {
    if (columnsOf(record).length === 0) throw wrong("must have columns");
    yield* zipped(record, place);
    return;
  }
  const { field } = wrapping;
  const value = field === undefined ? record : record[field];
  const at = field === undefined ? `${place}: ` : `${place}: ${field}`;
  if (wrapping.kind === "list") {
    if (!Array.isArray(value)) throw wrong(`${field} must be an array`);
    for (const [i, one] of value.entries()) yield { record: one, place: `${at}[${i}]` };
    return;
  }
  if (!isFields(value)) throw wrong(`${field} must be an object`);
  for (const [query, list] of Object.entries(value)) {
    if (!Array.isArray(list)) throw wrong(`${field ?? "the object"}[${show(query)}] must be an array`);
    for (const [i, one] of list.entries()) {
      const answer = numbered(one);
      const named = wrapping.named || !isFields(answer) ? answer : { ...answer, query };
      yield { record: named, place: `${at}[${show(query)}][${i}]` };
    }
  }
}

/** `[3, {…}]` is the object: some programs write the number of a sample beside it. */
function numbered(value: unknown): unknown {
  return Array.isArray(value) && value.length === 2 && isFields(value[1]) ? value[1] : value;
}

/** Whether a value is an object of lists of objects, each under its query's name. */
function isLists(value: unknown): value is Readonly<Record<string, readonly unknown[]>> {
  if (!isFields(value)) return false;
  const lists = Object.values(value);
  return (
    lists.length > 0 && lists.every((list) => Array.isArray(list) && list.length > 0 && isFields(numbered(list[0])))
  );
}

/** Whether the records in such lists name their queries themselves. */
function isNamed(lists: Readonly<Record<string, readonly unknown[]>>): boolean {
  const [[first]] = Object.values(lists);
  return firstNamed(Object.keys(numbered(first) as Fields), QUERY_NAMES) !== undefined;
}

/** A list of plain values, or an object of such under the numbers of rows, as pandas writes a column. */
function isColumn(value: unknown): boolean {
  const values = cellsOf(value);
  return values !== undefined && values.length > 0 && !isFields(values[0]);
}

function cellsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (!isFields(value)) return undefined;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key, i) => key === String(i)) ? Object.values(value) : undefined;
}

/** The fields of a record that are columns of one length, that of the first. */
function columnsOf(record: Fields): (readonly [string, readonly unknown[]])[] {
  const columns = Object.entries(record).flatMap(([name, value]) => {
    const cells = cellsOf(value);
    return cells === undefined ? [] : [[name, cells] as const];
  });
  return columns.filter(([, cells]) => cells.length === columns[0][1].length);
}

/** The rows of columns side by side. What is no column is the same in every row. */
function* zipped(record: Fields, place: string): Generator<Row> {
  const columns = columnsOf(record);
  const names = new Set(columns.map(([name]) => name));
  for (const [name, value] of Object.entries(record)) {
    const cells = cellsOf(value);
    if (cells !== undefined && !names.has(name))
      throw new InputError(
        `${place}: ${show(name)} has ${cells.length} entries, ${show(columns[0][0])} has ${columns[0][1].length}`,
      );
  }
  const others = Object.entries(record).filter(([name]) => !names.has(name));
  for (let i = 0; i < columns[0][1].length; i++) {
    const cells = columns.map(([name, values]) => [name, values[i]] as const);
    yield { record: Object.fromEntries([...others, ...cells]), place: `${place}: row ${i + 1}` };
  }
}
