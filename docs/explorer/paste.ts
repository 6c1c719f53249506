import { InputError } from "../../src/cli/input/inputError.js";
import { parseQuery } from "../../src/cli/input/parseQuery.js";
import type { Query } from "../../src/cli/input/query.js";
import { type AnswerSet, wholeSetError } from "./view.js";

/** The query that a line is, read as the commands read it: a complaint names the place and the field. */
export function readLine(text: string, place: string): Query {
  const query = parseQuery(text, place);
  const error = wholeSetError(answerSetOf(query));
  if (error !== undefined) throw new InputError(`${place}: ${error}`);
  return query;
}

/** The queries of a text in the data set format, one a line. */
export function readLines(text: string): Query[] {
  const queries = text
    .split(/\r?\n/)
    .map((line, i) => ({ line, place: `line ${i + 1}` }))
    .filter(({ line }) => line.trim() !== "")
    .map(({ line, place }) => readLine(line, place));
  if (queries.length === 0) throw new InputError("There is no line: a query is one JSON object on a line.");
  return queries;
}

/** The query as the page's table holds it. */
export function answerSetOf({ query, ref, reward, gold, text }: Query): AnswerSet {
  const logarithmic = "logMass" in ref;
  return {
    name: query,
    logarithmic,
    labels: text.map((label, i) => label ?? `answer ${i + 1}`),
    mass: logarithmic ? ref.logMass : ref.mass,
    reward,
    gold,
  };
}
