import { countedQueries } from "../terminal/countedQueries.js";
import type { Columns } from "./columns.js";
import type { Detected } from "./detect.js";
import type { Lacks } from "./grouping.js";
import type { Query } from "./query.js";
import type { Wrapping } from "./unwrap.js";

/** Tells once how a data set was read, after it was read as far as it goes. */
export class Told {
  readonly #name: string;
  readonly #reading: string | undefined;
  readonly #notes: readonly string[];
  readonly #say: (line: string) => void;
  #said = false;
  #queries = 0;
  #fewest = Infinity;
  #most = 0;

  constructor(
    name: string,
    { columns, plain, notes }: Detected,
    wrapping: Wrapping | undefined,
    say: (line: string) => void,
  ) {
    this.#name = name;
    this.#reading = plain && wrapping === undefined ? undefined : readingOf(columns, wrapping);
    this.#notes = notes;
    this.#say = say;
  }

  /** A reading begins. */
  begin(): void {
    this.#queries = this.#most = 0;
    this.#fewest = Infinity;
  }

  /** A query is read; of one still to be parsed it is not known how many samples it has. */
  count(query: Query | undefined): void {
    this.#queries++;
    if (query?.kind !== "samples" || !("mass" in query.ref)) return;
    const samples = query.ref.mass.reduce((a, b) => a + b);
    this.#fewest = Math.min(this.#fewest, samples);
    this.#most = Math.max(this.#most, samples);
  }

  /** The reading is at its end, or broke off. */
  end({ answers, queries }: Lacks, missing: Columns["missing"]): void {
    if (this.#said) return;
    this.#said = true;
    for (const note of this.#notes) this.#say(`${this.#name}: ${note}`);
    const { fewest, most } = { fewest: this.#fewest, most: this.#most };
    const samples = most === 0 ? "" : ` × ${fewest === most ? most : `${fewest} to ${most}`}`;
    if (this.#reading !== undefined && this.#queries > 0)
      this.#say(`${this.#name}: ${this.#reading}, ${countedQueries(this.#queries)}${samples}`);
    if (answers === 0) return;
    const what = missing === "worst" ? "they count as the lowest of their query" : "their answers are left out";
    const lost = queries === 0 ? "" : `, and with them ${countedQueries(queries)}`;
    this.#say(`${this.#name}: ${answers === 1 ? "1 answer has" : `${answers} answers have`} no score; ${what}${lost}`);
  }
}

const SHAPES: Readonly<Record<Columns["shape"], string>> = {
  list: "one record a query",
  arrays: "one record a query, its answers in arrays",
  pair: "one record a pair of answers",
  rows: "one row a sample",
};

/** How the records are read, in words. */
function readingOf(
  { shape, query, answers, answer, rewards, gold, goldNeeded, firstRight, masses, law, cluster }: Columns,
  wrapping: Wrapping | undefined,
): string {
  const goldParts =
    firstRight !== undefined
      ? [`gold = 1 for the ${firstRight === 1 ? "chosen" : `first ${firstRight}`}`]
      : gold !== undefined && goldNeeded
        ? [`gold = ${gold.text}`]
        : [];
  const kind = masses.length === 1 ? masses[0].kind : undefined;
  const parts = [
    `query = ${query ?? "its place"}`,
    ...(answers === undefined ? [] : [`answers = ${answers}`]),
    ...(answer === undefined || shape === "list" ? [] : [`answer = ${answer}`]),
    ...rewards.map(({ text }) => `reward = ${text}`),
    ...goldParts,
    ...(kind === undefined ? [] : [`${kind === "count" ? "count" : "law"} = ${masses[0].name}`]),
    ...(law && (kind === undefined || kind === "count") ? ["the counts are the law"] : []),
    ...(cluster === undefined ? [] : [`cluster = ${cluster}`]),
  ];
  const within = wrapping !== undefined && "field" in wrapping && wrapping.field ? ` in ${wrapping.field}` : "";
  const columns = wrapping?.kind === "columns" ? " in columns" : "";
  return `${SHAPES[shape]}${within}${columns}: ${parts.join(", ")}`;
}
