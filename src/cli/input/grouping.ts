import { show } from "../../numeric/check.js";
import type { Places } from "./answerReader.js";
import type { Columns } from "./columns.js";
import type { Row } from "./containers/container.js";
import { type Fields, fieldReader } from "./fields.js";
import { InputError } from "./inputError.js";
import { clusterOf, nameOf, requireFields } from "./parseQuery.js";
import type { Query } from "./query.js";
import { QueryBuilder } from "./queryBuilder.js";
import { sha256 } from "./sha256.js";

/** A query's rows come again after those of others: the queries before are not whole. */
export class Scattered extends Error {}

/** What was missing in a pass over a data set. */
export interface Lacks {
  /** Answers without a score. */
  answers: number;
  /** Queries without an answer that has one. */
  queries: number;
}

/** The queries of rows that are one answer each, as their rows end. Throws `Scattered` where one's rows come again. */
export async function* adjacentQueries(
  rows: AsyncIterable<Row>,
  columns: Columns,
  lacks: Lacks,
): AsyncGenerator<Query> {
  const reader = new RowReader(columns);
  const ended = new Set<string>();
  let name: string | undefined;
  let builder: QueryBuilder | undefined;
  for await (const row of rows) {
    const fields = reader.fields(row);
    const query = nameOf(fields, row.place, columns);
    if (query !== name) {
      if (name !== undefined) ended.add(brief(name));
      if (builder !== undefined) yield* finished(builder, lacks);
      if (ended.has(brief(query))) throw new Scattered();
      [name, builder] = [query, undefined];
    }
    builder = reader.add(builder, query, fields, row.place);
  }
  if (builder !== undefined) yield* finished(builder, lacks);
}

/**
 * The queries of rows that are one answer each, in any order, after all rows are read. Where an error ends the rows, the queries
 * that are whole come before it: all but the last where no query's rows came again, else none.
 */
export async function* gatheredQueries(
  rows: AsyncIterable<Row>,
  columns: Columns,
  lacks: Lacks,
): AsyncGenerator<Query> {
  const reader = new RowReader(columns);
  const builders = new Map<string, QueryBuilder>();
  let last: string | undefined;
  let scattered = false;
  try {
    for await (const row of rows) {
      const fields = reader.fields(row);
      const query = nameOf(fields, row.place, columns);
      const known = builders.get(query);
      if (query !== last && known !== undefined) scattered = true;
      last = query;
      const builder = reader.add(known, query, fields, row.place);
      if (known === undefined) builders.set(query, builder);
    }
  } catch (error) {
    if (last !== undefined) builders.delete(last);
    if (!scattered) for (const builder of builders.values()) yield* finished(builder, lacks);
    throw error;
  }
  for (const [name, builder] of builders) {
    // What is finished need not be held.
    builders.delete(name);
    yield* finished(builder, lacks);
  }
}

export function* finished(builder: QueryBuilder, lacks: Lacks): Generator<Query> {
  const query = builder.finish();
  lacks.answers += builder.missing;
  if (query !== undefined) yield query;
  else lacks.queries++;
}

/** A long name by its digest, since the names of all queries are kept. */
function brief(name: string): string {
  return name.length <= 64 ? name : sha256(name, "base64");
}

/** Adds rows to the queries that they belong to. */
class RowReader {
  readonly #columns: Columns;
  /** The value that all rows must have in the field `same`. */
  #same: unknown;

  constructor(columns: Columns) {
    this.#columns = columns;
  }

  fields({ record, place }: Row): Fields {
    const fields = requireFields(record, place, "the row");
    const { same } = this.#columns;
    if (same === undefined) return fields;
    const value = fieldReader(same)(fields);
    this.#same ??= value;
    if (value !== this.#same)
      throw new InputError(
        `${place}: ${same} is ${show(value)}, in the rows before it is ${show(this.#same)}: keep the rows of one ${same}`,
      );
    return fields;
  }

  add(known: QueryBuilder | undefined, query: string, fields: Fields, place: string): QueryBuilder {
    const cluster = clusterOf(fields, place, this.#columns);
    const builder = known ?? new QueryBuilder(this.#columns, query, place, cluster);
    if (builder.cluster !== cluster)
      throw new InputError(
        `${place}: ${this.#columns.cluster} must be ${show(builder.cluster)}, as in the rows of query ${show(query)} before, got ${show(cluster)}`,
      );
    const places: Places = { answer: () => place, field: (_, name) => `${place}: ${name}` };
    builder.add(fields, 0, places);
    return builder;
  }
}
