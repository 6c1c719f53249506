import { parseArgs } from "node:util";
import { InputError } from "./inputError.js";
import { didYouMean } from "./nearest.js";

interface Option {
  /** What stands for its value in the help. An option without one is a flag. */
  readonly value?: string;
  /** Whether it may be given more than once: the values come as a list. Of the others the last one counts. */
  readonly repeatable?: true;
  readonly help: string;
}

/** The options of a command. */
export type OptionTable = Readonly<Record<string, Option>>;

/** What a command is: its line, what it does, and its options. */
export interface Usage {
  readonly line: string;
  readonly about: string;
  readonly options: OptionTable;
  /** Whether FILE is a data set of queries, whose format the help shows. */
  readonly readsQueries?: boolean;
}

/** What was given for each option. */
export type Given<T extends OptionTable> = {
  [K in keyof T]?: T[K] extends { repeatable: true } ? string[] : T[K] extends { value: string } ? string : boolean;
};

/** The files and options of a command line. An unknown option is refused by name; a value may begin with a minus. */
export function parseOptions<T extends OptionTable>(
  command: string,
  table: T,
  args: readonly string[],
): { files: string[]; options: Given<T> } {
  const wrong = (what: string) => new InputError(`${command}: ${what} (see exptilt ${command} --help)`);
  const types = Object.entries(table).map(([name, { value }]) => [
    name,
    { type: value === undefined ? "boolean" : "string" } as const,
  ]);
  const options = Object.fromEntries(types);
  // Not strict: what is refused, and in which words, is decided here.
  const { tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
  const files: string[] = [];
  const given: Record<string, string | string[] | boolean> = {};
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (token.value === "") throw wrong("FILE is empty, as a shell's variable is that was not set");
      files.push(token.value);
    }
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    if (!Object.hasOwn(table, name))
      throw wrong(
        `there is no option ${rawName}${didYouMean(
          rawName,
          Object.keys(table).map((known) => `--${known}`),
        )}`,
      );
    const takes = table[name].value;
    if (takes === undefined && value !== undefined)
      throw wrong(`${rawName} takes no value, got ${JSON.stringify(value)}`);
    if (takes !== undefined && (value === undefined || (!token.inlineValue && value.startsWith("--"))))
      throw wrong(`${rawName} takes a value, ${takes}`);
    if (table[name].repeatable) given[name] = [...((given[name] as string[] | undefined) ?? []), value as string];
    else given[name] = value ?? true;
  }
  return { files, options: given as Given<T> };
}

/** The options that keep what comes of a run: with one of them the data have to be named. */
const KEEPING = ["partial", "output", "resume"];

/** The one FILE of a command, undefined for the embedded data: never by accident, where a shell's variable is not set. */
export function oneFile(command: string, files: readonly string[], options: object): string | undefined {
  if (files.length > 1) throw new InputError(`${command} takes one FILE, got ${files.length}`);
  const keeping = KEEPING.find((name) => Object.hasOwn(options, name));
  if (files.length === 0 && keeping !== undefined)
    throw new InputError(`${command}: --${keeping} needs FILE (- for standard input)`);
  return files[0];
}

/** The help text of a command. */
export function helpText({ line, about, options, readsQueries }: Usage): string {
  const rows = Object.entries(options).map(([name, { value = "", help }]) => [`  --${name} ${value}`.trimEnd(), help]);
  const width = Math.max(...rows.map(([left]) => left.length));
  return `${line}\n\n${about}\n\n${rows.map(([left, help]) => `${left.padEnd(width)}  ${help}`).join("\n")}\n${readsQueries === true ? `\n${FORMAT}` : ""}`;
}

/** The forms of a data set, with examples. */
export const FORMAT = `A data set is queries with answers, and a reward of each. FILE may be JSON Lines, JSON, CSV, TSV or Parquet, also in gzip or
Zstandard. Its bytes tell which it is, and the names in its first record which column is what. The native form:

  {"query": "6 × 7?", "answers": [{"answer": "42", "count": 20, "reward": 1}, {"answer": "41", "count": 50, "reward": 0}]}

Of each answer:

  count | probability | logProbability   its weight under the reference: one of the three, the same for all; without one each
                                         answer is a sample that counts once
  reward                                 a finite number, or "-Infinity" for an answer that is forbidden
  gold                                   what one really wants, where it is known
  answer                                 its text
  features                               an object of named numbers, for train --features

Other forms, under these and many other names (prompt, task_id; responses, completions; score, is_correct, passed, …):

  {"prompt": "6 × 7?", "responses": ["42", "41"], "scores": [0.9, 0.4], "is_correct": [true, false]}   arrays side by side
  {"prompt": "6 × 7?", "completion": "42", "score": 0.9, "correct": true}                              a row a sample
  {"prompt": "6 × 7?", "chosen": "42", "rejected": "41", "scores_chosen": 2, "scores_rejected": -1}    a pair
  {"eval": {"HumanEval/0": [{"solution": "…", "base_status": "pass", "plus_status": "fail"}]}}         records in an object
  {"task_id": [0, 0], "passed": [true, false]}                                                         columns
  task_id,completion,passed                                                                            a table: CSV, TSV,
  0,"return 42",True                                                                                   Parquet

Rows of one query belong together wherever they stand; 0 and "0" are one query. Equal answers of equal scores are counted
together. true, pass and passed are 1; false, fail and failed are 0. Of a reward-like and a gold-like column (correct, passed,
acc, label, …) the second is gold; one alone is the reward. Samples' log-probabilities are read with --law only.

  exptilt curve rows.csv --query task_id --reward 'mean(a, 0.5*b)'     columns by name, a.b for b in a, "odd name" in quotes
  exptilt curve data.jsonl --reward -length --gold passed              expressions of + - * ( ) mean min max
  exptilt curve data.jsonl --reward gold                               gold as the reward: pass@k
  exptilt curve rows.parquet --missing drop                            without the answers that have no score
  exptilt convert rows.parquet > native.jsonl                          any of them in the native form
`;
