/** The text of a record, not parsed yet, and its place: `file:line`. */
export interface QueryText {
  readonly text: string;
  readonly place: string;
}

/** A record of a data set, and its place: `file:12` (line) or `file: row 12`. */
export interface Row {
  readonly record: unknown;
  readonly place: string;
}

export interface Container {
  readonly kind: "JSON Lines" | "JSON" | "CSV" | "TSV" | "Parquet";
  readonly name: string;
  readonly columns?: readonly string[];
  texts?(signal?: AbortSignal): AsyncGenerator<QueryText>;
  rows(signal?: AbortSignal, columns?: readonly string[]): AsyncGenerator<Row>;
  readonly size: number | undefined;
  readonly position: number;
  close(): Promise<void>;
}
