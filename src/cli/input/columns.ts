import { columnsIn, type Expression } from "./expression.js";

/** The kinds of weight that an answer may have under the reference. */
export type MassKind = "count" | "probability" | "logProbability";

/** A reward or gold: how it was written, and what that means. */
export interface Score {
  readonly text: string;
  readonly expression: Expression;
}

/** The score that one column is. */
export function columnScore(name: string): Score {
  return { text: name, expression: { op: "column", name } };
}

/** Which columns of a data set are what. A plain value, so that worker threads get it as it is. */
export interface Columns {
  /**
   * How a record holds answers: `list`: in a list of objects; `arrays`: in arrays side by side; `pair`: in two sets of
   * fields; `rows`: a record is one answer of a query.
   */
  readonly shape: "list" | "arrays" | "pair" | "rows";
  /** The native form, without options: numbers are JSON's, names are texts. */
  readonly strict: boolean;
  /** The record's field that names its query. Left out, its place is the name. */
  readonly query?: string;
  /** The record's list of answers, in the shape `list`. */
  readonly answers?: string;
  /** The field of an answer's text, or fields one after the other. */
  readonly answer?: string;
  /** One for each reward asked for. */
  readonly rewards: readonly Score[];
  readonly gold?: Score;
  /** Whether gold that an answer lacks is a missing score; else the answer has none. */
  readonly goldNeeded: boolean;
  /** The fields that may give an answer's weight, one of them in each query. Without any, each answer counts once. */
  readonly masses: readonly { readonly kind: MassKind; readonly name: string }[];
  /** The record's field of what its query belongs to. */
  readonly cluster?: string;
  /** Where the columns of a pair, or of arrays that continue one another, come from. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
  /** The field that says how many of the first answers are right, or 1: gold where there is no other. */
  readonly firstRight?: string | 1;
  /** A field that all rows must agree in, such as the filter that an evaluation was run with. */
  readonly same?: string;
  readonly missing: "refuse" | "drop" | "worst";
  /** What the error of a missing score ends with. */
  readonly hint: string;
  /** Whether the masses are the reference's law, not of samples drawn from it, whatever they are. */
  readonly law: boolean;
  /** Whether equal answers with other scores are joined. */
  readonly mergeMean: boolean;
}

/** The columns of the native form. */
export const NATIVE: Columns = {
  shape: "list",
  strict: true,
  query: "query",
  answers: "answers",
  answer: "answer",
  rewards: [columnScore("reward")],
  gold: columnScore("gold"),
  goldNeeded: false,
  masses: [
    { kind: "count", name: "count" },
    { kind: "probability", name: "probability" },
    { kind: "logProbability", name: "logProbability" },
  ],
  parts: {},
  missing: "refuse",
  hint: "",
  law: false,
  mergeMean: false,
};

/** The fields that a column is made of. */
export function partsOf(parts: Columns["parts"], name: string): readonly string[] {
  return Object.hasOwn(parts, name) ? parts[name] : [name];
}

/** The names of all columns that are read. */
export function columnNames(columns: Columns): string[] {
  const { query, answers, answer, rewards, gold, masses, cluster, parts, firstRight, same } = columns;
  const scores = [...rewards, ...(gold === undefined ? [] : [gold])].flatMap(({ expression }) => columnsIn(expression));
  const own = answers === undefined ? [answer, ...scores, ...masses.map(({ name }) => name), "features"] : [answers];
  const names = [query, cluster, same, typeof firstRight === "string" ? firstRight : undefined, ...own];
  return [...new Set(names.filter((name) => name !== undefined).flatMap((name) => partsOf(parts, name)))];
}
