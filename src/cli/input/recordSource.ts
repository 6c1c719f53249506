import type { Container, QueryText, Row } from "./containers/container.js";
import { InputError } from "./inputError.js";
import { parseJson } from "./jsonText.js";

type Item = QueryText | Row;

const rowOf = (item: Item): Row =>
  "text" in item ? { record: parseJson(item.text, item.place, "the line"), place: item.place } : item;

/** The records of a container, of which the first is known before they are read. */
export interface RecordSource {
  /** The first record; undefined where there is none, or where reading it ends in an error, which comes again at its turn. */
  readonly first: Row | undefined;
  /** The lines, of a container that has such, and the records, with the columns that are needed. */
  texts(signal: AbortSignal | undefined): AsyncIterable<QueryText>;
  rows(signal: AbortSignal | undefined, columns: readonly string[] | undefined): AsyncIterable<Row>;
}

/** Reads the first record, of these columns where not all are needed to tell what they are. */
export async function recordSource(
  container: Container,
  columns: readonly string[] | undefined,
  signal: AbortSignal | undefined,
): Promise<RecordSource> {
  const isPipe = container.size === undefined;
  const items: AsyncGenerator<Item> = container.texts?.(signal) ?? container.rows(signal, isPipe ? undefined : columns);
  const head = items.next();
  const first = await head.then(
    ({ done, value }) => (done ? undefined : value),
    (error) => {
      if (!(error instanceof InputError)) throw error;
      return undefined;
    },
  );
  // A pipe goes on where the first record ends; a file is read anew.
  let begun: AsyncGenerator<Item> | undefined = isPipe ? resumed(head, items) : undefined;
  if (!isPipe) await items.return(undefined);
  const take = (): AsyncGenerator<Item> | undefined => {
    const items = begun;
    begun = undefined;
    return items;
  };
  return {
    first: first && parsed(first),
    texts: (signal) => (take() as AsyncGenerator<QueryText> | undefined) ?? container.texts?.(signal) ?? none(),
    async *rows(signal, columns) {
      const begun = take();
      if (begun === undefined) yield* container.rows(signal, columns);
      else for await (const item of begun) yield rowOf(item);
    },
  };
}

function parsed(item: Item): Row | undefined {
  try {
    return rowOf(item);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

async function* resumed(head: Promise<IteratorResult<Item>>, rest: AsyncGenerator<Item>): AsyncGenerator<Item> {
  const { done, value } = await head;
  if (done) return;
  yield value;
  yield* rest;
}

async function* none(): AsyncGenerator<never> {}
