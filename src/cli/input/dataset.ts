import { type Columns, NATIVE } from "./columns.js";
import type { QueryText } from "./containers/container.js";
import { EMBEDDED, openContainer, textsOf } from "./containers/open.js";
import { parseQuery } from "./parseQuery.js";
import { type Query, requireFiniteRewards } from "./query.js";
import type { ReadingSettings } from "./reading.js";

export { type Columns, EMBEDDED, parseQuery, type Query, type QueryText, requireFiniteRewards, textsOf };

/** A query, read already or still the text of its line. */
export type Piece = QueryText | Query;

const isText = (piece: Piece): piece is QueryText => typeof piece.text === "string";

/** The query that a piece is. */
export function queryOf(piece: Piece, columns: Columns): Query {
  return isText(piece) ? parseQuery(piece.text, piece.place, columns) : piece;
}

/** A data set that is open for reading. */
export interface Dataset {
  readonly name: string;
  readonly columns: Columns;
  /** The rewards of each query, by what was asked for. */
  readonly rewardNames: readonly string[];
  /**
   * Runs over all queries in order. Where the rows of a query turn out to be scattered, `run` is called once more, from the
   * start: it must begin afresh.
   */
  read(run: (pieces: AsyncIterable<Piece>) => Promise<void>, signal?: AbortSignal): Promise<void>;
  /** Scores that were missing so far, and left out or set to the worst. */
  readonly missing: number;
  /** In bytes, as stored: the whole where it is known, and what is read. */
  readonly size: number | undefined;
  readonly position: number;
  close(): Promise<void>;
}

export interface OpenSettings {
  /** Whether the queries are read more than once. */
  readonly again: boolean;
  /** Whether the texts of answers are needed. */
  readonly texts: boolean;
  /** Whether a data set without a reward is refused; else its queries have no rewards. */
  readonly rewardNeeded: boolean;
  /** Takes what is to be told about the reading, a line at a time. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Opens a file, `-` for standard input or undefined for the embedded data set. */
export async function openDataset(
  file: string | undefined,
  settings: ReadingSettings,
  { again, say, signal }: OpenSettings,
): Promise<Dataset> {
  const container = await openContainer(file, { again, say, ...(signal && { signal }) });
  const rewardNames = settings.rewards.length === 0 ? ["reward"] : settings.rewards;
  return {
    name: container.name,
    columns: NATIVE,
    rewardNames,
    async read(run, signal) {
      if (container.texts) await run(container.texts(signal));
    },
    missing: 0,
    get size() {
      return container.size;
    },
    get position() {
      return container.position;
    },
    close: () => container.close(),
  };
}

/** Opens a data set for some work, and closes it after. */
export async function withDataset<T>(
  file: string | undefined,
  settings: ReadingSettings,
  more: OpenSettings,
  work: (dataset: Dataset) => Promise<T>,
): Promise<T> {
  const dataset = await openDataset(file, settings, more);
  try {
    return await work(dataset);
  } finally {
    await dataset.close();
  }
}

/** The texts of a data set's queries in order. */
export async function* readTexts(file: string | undefined, signal?: AbortSignal): AsyncGenerator<QueryText> {
  const container = await openContainer(file, { again: false, say: () => {}, ...(signal && { signal }) });
  if (container.texts) yield* container.texts(signal);
}

/** The queries of a data set in order, one at a time. */
export async function* readDataset(file: string | undefined, signal?: AbortSignal): AsyncGenerator<Query> {
  for await (const { text, place } of readTexts(file, signal)) yield parseQuery(text, place);
}

/** About how long a piece is, in characters. */
const lengthOf = (piece: Piece): number => (isText(piece) ? piece.text.length : 40 * piece.reward.length);

/** Pieces in batches of about so many characters. An error comes after the last batch. */
export async function* inBatches<P extends Piece>(pieces: AsyncIterable<P>, characters: number): AsyncGenerator<P[]> {
  let batch: P[] = [];
  let size = 0;
  try {
    for await (const one of pieces) {
      batch.push(one);
      size += lengthOf(one);
      if (size < characters) continue;
      yield batch;
      batch = [];
      size = 0;
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
