/** A record of a data set and its place: `file:12` for the line on which it begins, `file: row 12` where a file has no lines. */
export interface Row {
  readonly record: unknown;
  readonly place: string;
}

/** The text of a record, not parsed yet, and its place: `file:line`. */
export interface QueryText {
  readonly text: string;
  readonly place: string;
}

/** A file of records, whatever its format. */
export interface Container {
  readonly kind: "JSON Lines" | "JSON" | "CSV" | "TSV" | "Parquet";
  /** The name in places: the file's, `standard input` or `embedded data set`. */
  readonly name: string;
  /** The names of the columns, where the file states them before its rows: CSV, TSV and Parquet. */
  readonly columns?: readonly string[];
  /** The lines of JSON Lines that are not blank, not parsed, so that workers can do that. Each call starts from the first. */
  texts?(signal?: AbortSignal): AsyncGenerator<QueryText>;
  /**
   * The records in order; each call starts from the first. `columns` are the top-level columns that are needed, all of them
   * when left out: Parquet reads no others. A raised signal ends the records with its reason.
   */
  rows(signal?: AbortSignal, columns?: readonly string[]): AsyncGenerator<Row>;
  /** The bytes of the file, where they are known. */
  readonly size: number | undefined;
  /** The bytes of the file that were read in the current pass. */
  readonly position: number;
  /** Closes the file and removes what was kept of it. */
  close(): Promise<void>;
}

/** Reads the bytes from the first, decompressed. */
export type Contents = (signal?: AbortSignal) => AsyncGenerator<Uint8Array>;

/** What a format adds to the bytes. */
export type Reader = Pick<Container, "kind" | "columns" | "texts" | "rows">;
