import { type Columns, columnNames, NATIVE } from "./columns.js";
import type { Container, QueryText, Row } from "./containers/container.js";
import { type Detected, detect } from "./detect.js";
import { isFields } from "./fields.js";
import { adjacentQueries, gatheredQueries, type Lacks, Scattered } from "./grouping.js";
import { InputError } from "./inputError.js";
import { ANSWER_NAMES, plainName } from "./names.js";
import { parseQuery, readRecord } from "./parseQuery.js";
import { type Query, requireFiniteRewards } from "./query.js";
import type { ReadingSettings } from "./reading.js";
import { type RecordSource, recordSource } from "./recordSource.js";
import { Told } from "./told.js";
import { unwrapped, type Wrapping, wrappingOf } from "./unwrap.js";

export { type Columns, parseQuery, type Query, type QueryText, requireFiniteRewards };

/** A query, read already or still the text of its line. */
export type Piece = QueryText | Query;

/** Where a piece stands, as in errors. */
export const placeOf = ({ place }: Piece): string => place;

const isText = (piece: Piece): piece is QueryText => typeof piece.text === "string";

/** The query that a piece is. */
export function queryOf(piece: Piece, columns: Columns): Query {
  return isText(piece) ? parseQuery(piece.text, piece.place, columns) : piece;
}

/** A data set that is open for reading. */
export interface Dataset {
  readonly name: string;
  readonly columns: Columns;
  /** The rewards of each query, as they were asked for; none where the data set has none. */
  readonly rewardNames: readonly string[];
  /**
   * Runs over all queries in order. Where the rows of a query turn out to be scattered, `run` is called once more, from the
   * start: it must begin afresh.
   */
  read(run: (pieces: AsyncIterable<Piece>) => Promise<void>, signal?: AbortSignal): Promise<void>;
  /** Answers without a score so far in this reading, which were left out or given the worst. */
  readonly missing: number;
  /** Queries that were left out, since no answer was left. */
  readonly leftOut: number;
  /** In bytes, as stored: the whole where it is known, and what is read. */
  readonly size: number | undefined;
  readonly position: number;
  close(): Promise<void>;
}

export interface DatasetSettings {
  /** Whether the texts of answers are needed. Without, rows of long texts take little memory. */
  readonly texts: boolean;
  /** Whether a data set without a reward is refused; else its queries have no rewards, and 0 for `reward`. */
  readonly rewardNeeded: boolean;
  /** Takes what is to be told about the reading, a line at a time. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** The data set in a file of records, which is closed where it cannot be read. */
export async function datasetOf(
  container: Container,
  settings: ReadingSettings,
  more: DatasetSettings,
): Promise<Dataset> {
  try {
    const source = await recordSource(container, columnsToTell(container, settings, more), more.signal);
    const wrapping = wrappingOf(source.first?.record);
    const detected = detectedIn(source.first, wrapping, container, settings, more);
    return new OpenDataset(container, source, detected, wrapping, more);
  } catch (error) {
    await container.close();
    throw error;
  }
}

/** The columns that tell what a data set is: not the texts of answers, which may be long and are not needed. */
function columnsToTell({ columns }: Container, settings: ReadingSettings, { texts }: DatasetSettings) {
  const named = Object.values(settings)
    .flat()
    .filter((value) => typeof value === "string");
  const isText = (column: string) => ANSWER_NAMES.includes(plainName(column));
  return texts ? undefined : columns?.filter((one) => !isText(one) || named.some((text) => text.includes(one)));
}

/** What the first record tells. What is no record is read as the native form, which refuses it at its place. */
function detectedIn(
  first: Row | undefined,
  wrapping: Wrapping | undefined,
  { kind, name, columns: stated = [] }: Container,
  settings: ReadingSettings,
  { rewardNeeded, texts }: DatasetSettings,
): Detected {
  const plain = { columns: NATIVE, plain: true, notes: [] };
  if (first === undefined) return plain;
  const [inner] = wrapping === undefined ? [first] : unwrapped(first, wrapping);
  if (inner === undefined) throw new InputError(`${first.place}: there are no records`);
  if (!isFields(inner.record)) return plain;
  const record = { ...Object.fromEntries(stated.map((column) => [column, undefined])), ...inner.record };
  return detect(record, settings, { name, rewardNeeded, texts, numerals: kind === "CSV" || kind === "TSV" });
}

class OpenDataset implements Dataset {
  readonly name: string;
  readonly columns: Columns;
  readonly rewardNames: readonly string[];
  readonly #container: Container;
  readonly #source: RecordSource;
  readonly #wrapping: Wrapping | undefined;
  readonly #told: Told;
  readonly #say: (line: string) => void;
  #lacks: Lacks = { answers: 0, queries: 0 };
  /** Whether the rows of each query are gathered from the whole file: always from a pipe, which cannot be read anew. */
  #gathers: boolean;

  constructor(
    container: Container,
    source: RecordSource,
    detected: Detected,
    wrapping: Wrapping | undefined,
    { say }: DatasetSettings,
  ) {
    this.name = container.name;
    this.columns = detected.columns;
    this.rewardNames = detected.columns.rewards.map(({ text }) => text);
    this.#container = container;
    this.#source = source;
    this.#wrapping = wrapping;
    this.#told = new Told(container.name, detected, wrapping, say);
    this.#say = say;
    this.#gathers = container.size === undefined;
  }

  get missing(): number {
    return this.#lacks.answers;
  }
  get leftOut(): number {
    return this.#lacks.queries;
  }
  get size(): number | undefined {
    return this.#container.size;
  }
  get position(): number {
    return this.#container.position;
  }

  async read(run: (pieces: AsyncIterable<Piece>) => Promise<void>, signal?: AbortSignal): Promise<void> {
    let scattered = false;
    const pieces = this.#pieces(signal);
    async function* watched(): AsyncGenerator<Piece> {
      try {
        yield* pieces;
      } catch (error) {
        scattered = error instanceof Scattered;
        throw error;
      }
    }
    try {
      await run(watched());
    } catch (error) {
      if (!scattered) throw error;
    } finally {
      if (!scattered) this.#told.end(this.#lacks, this.columns.missing);
    }
    if (!scattered) return;
    this.#say(`${this.name}: the rows of a query are not next to each other; all are gathered first`);
    this.#gathers = true;
    await this.read(run, signal);
  }

  async *#pieces(signal: AbortSignal | undefined): AsyncGenerator<Piece> {
    this.#lacks = { answers: 0, queries: 0 };
    this.#told.begin();
    for await (const piece of this.#read(signal)) {
      this.#told.count(isText(piece) ? undefined : piece);
      yield piece;
    }
  }

  #read(signal: AbortSignal | undefined): AsyncIterable<Piece> {
    const { columns } = this;
    const isWhole = columns.shape !== "rows" && this.#wrapping === undefined;
    // What is missing is counted here, so that only complete lines may be left to others to parse.
    if (isWhole && this.#container.texts !== undefined && columns.missing === "refuse")
      return this.#source.texts(signal);
    const rows = this.#rows(signal);
    if (columns.shape !== "rows") return this.#queries(rows);
    return (this.#gathers ? gatheredQueries : adjacentQueries)(rows, columns, this.#lacks);
  }

  async *#rows(signal: AbortSignal | undefined): AsyncGenerator<Row> {
    for await (const row of this.#source.rows(signal, this.#neededColumns())) {
      if (this.#wrapping === undefined) yield row;
      else yield* unwrapped(row, this.#wrapping);
    }
  }

  /** The columns of the file that are read; a name with dots may be within one. */
  #neededColumns(): string[] | undefined {
    const stated = this.#container.columns;
    // The columns that are looked for are within those of the file.
    if (stated === undefined || this.#wrapping !== undefined) return undefined;
    const names = columnNames(this.columns).flatMap((name) => [name, name.split(".")[0]]);
    return stated.filter((column) => names.includes(column));
  }

  async *#queries(rows: AsyncIterable<Row>): AsyncGenerator<Query> {
    for await (const { record, place } of rows) {
      const { query, missing } = readRecord(record, place, this.columns);
      this.#lacks.answers += missing;
      if (query !== undefined) yield query;
      else this.#lacks.queries++;
    }
  }

  close(): Promise<void> {
    return this.#container.close();
  }
}

/** About how long a piece is, in characters. */
const lengthOf = (piece: Piece): number => (isText(piece) ? piece.text.length : 40 * piece.reward.length);

/** A batch is not held back longer, so that what comes slowly from a pipe is worked off as it comes. */
const BATCH_MS = 50;

/**
 * Pieces in batches of so many characters at most; a longer piece is a batch of its own, so that what becomes of it touches no
 * other. An error comes after the last batch.
 */
export async function* inBatches<P extends Piece>(pieces: AsyncIterable<P>, characters: number): AsyncGenerator<P[]> {
  let batch: P[] = [];
  let size = 0;
  let begun = performance.now();
  try {
    for await (const one of pieces) {
      const length = lengthOf(one);
      const isDue = size + length > characters || performance.now() - begun > BATCH_MS;
      if (batch.length > 0 && isDue) {
        yield batch;
        batch = [];
        size = 0;
      }
      if (batch.length === 0) begun = performance.now();
      batch.push(one);
      size += length;
    }
  } catch (error) {
    if (batch.length > 0) yield batch;
    throw error;
  }
  if (batch.length > 0) yield batch;
}

/** The first so many of the items. */
export async function* take<T>(items: AsyncIterable<T>, limit: number): AsyncGenerator<T> {
  let left = limit;
  for await (const item of items) {
    yield item;
    if (--left <= 0) return;
  }
}
