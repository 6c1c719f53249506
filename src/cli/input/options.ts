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
    if (token.kind === "positional") files.push(token.value);
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

/** The number that an option's text stands for. */
export function optionValue(name: string, text: string, fits: (x: number) => boolean, must: string): number {
  const x = text.trim() === "" ? Number.NaN : Number(text);
  if (!fits(x)) throw new InputError(`--${name} must be ${must}, got ${JSON.stringify(text)}`);
  return x;
}

/** The same for a whole number of at least `least`; `otherwise` where the option is left out. */
export function wholeNumber(name: string, text: string | undefined, least: number, otherwise: number): number {
  const fits = (x: number) => Number.isSafeInteger(x) && x >= least;
  return text === undefined ? otherwise : optionValue(name, text, fits, `a whole number of at least ${least}`);
}

/** The help text of a command. */
export function helpText({ line, about, options, readsQueries }: Usage): string {
  const rows = Object.entries(options).map(([name, { value = "", help }]) => [`  --${name} ${value}`.trimEnd(), help]);
  const width = Math.max(...rows.map(([left]) => left.length));
  return `${line}\n\n${about}\n\n${rows.map(([left, help]) => `${left.padEnd(width)}  ${help}`).join("\n")}\n${readsQueries === true ? `\n${FORMAT}` : ""}`;
}

/** The format of a data set, with an example. */
export const FORMAT = `A data set is JSON Lines: an object a line, with a "query" and its "answers".

  {"query": "6 × 7?", "answers": [{"answer": "42", "count": 20, "reward": 1}, {"answer": "41", "count": 50, "reward": 0}]}

Of each answer:

  count | probability | logProbability   its weight under the reference: one of the three, the same for all
  reward                                 a finite number, or "-Infinity" for an answer that is forbidden
  gold                                   what one really wants, where it is known
  answer                                 its text
  features                               an object of named numbers, for train --features
`;
