import type { Table } from "../../src/cli/terminal/table.js";

/** What the form says: the options of `curve` and `choose` by their names, without those that are left out. */
export interface Options {
  readonly beta?: string;
  readonly n?: string;
  readonly method?: string;
  readonly cap?: string;
  readonly "plug-in"?: boolean;
  readonly kl?: string;
  readonly "max-n"?: string;
  readonly query?: string;
  readonly answer?: string;
  readonly reward?: string[];
  readonly gold?: string;
  readonly count?: string;
  readonly logprob?: string;
  readonly probability?: string;
  readonly missing?: string;
  readonly law?: boolean;
  readonly merge?: string;
  readonly cluster?: string;
}

/** What the page asks of a worker. A second message ends the reading. */
export interface Request {
  readonly file: File;
  readonly options: Options;
  /** The script of the worker, from which it makes others: a page from a file has no address that they could load it from. */
  readonly script: string;
}

/** How far a reading is. */
export interface Progress {
  readonly label: string;
  readonly queries: number;
  /** Of so many, where they were counted before. */
  readonly total?: number;
  /** The bytes taken from the file, of which some may wait to be worked off. */
  readonly position: number;
  readonly size: number;
}

/** What the worker sends: progress, a line about the reading, and at last the outcome. */
export type Message = { readonly progress: Progress } | { readonly line: string } | { readonly outcome: Outcome };

/** What came of a file: figures of the queries that were read, and what ended the reading early. */
export interface Outcome {
  readonly results?: Results;
  readonly error?: string;
}

/** What one reward's tables are headed by, where there are several. */
interface Part {
  readonly reward?: string;
  readonly table: Table;
}

export interface Results {
  readonly queries: number;
  readonly curve: {
    readonly parts: readonly Part[];
    readonly legend: readonly string[];
    readonly csv: string;
    readonly svg: string;
  };
  /** Undefined where the queries allow no choice. */
  readonly choice?: {
    readonly parts: readonly (Part & { readonly sentences: readonly string[] })[];
    readonly legend: string;
    readonly json: string;
    readonly svg: string;
  };
  /** Why there is no choice. */
  readonly noChoice?: string;
}
