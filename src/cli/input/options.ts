import { parseArgs } from "node:util";
import { InputError } from "./inputError.js";

/** The options of a command. An option with a `value` takes one; the others are flags. */
export type OptionTable = Readonly<Record<string, { readonly value?: string; readonly help: string }>>;

/** What a command is: its line, what it does, and its options. */
export interface Usage {
  readonly line: string;
  readonly about: string;
  readonly options: OptionTable;
}

/** What was given for each option. */
export type Given<T extends OptionTable> = { [K in keyof T]?: T[K] extends { value: string } ? string : boolean };

/** The files and options of a command line; an unknown option is refused by name. */
export function parseOptions<T extends OptionTable>(
  command: string,
  table: T,
  args: readonly string[],
): { files: string[]; options: Given<T> } {
  const types = Object.entries(table).map(([name, { value }]) => [
    name,
    { type: value === undefined ? "boolean" : "string" } as const,
  ]);
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: Object.fromEntries(types),
      allowPositionals: true,
    });
    return { files: positionals, options: values as Given<T> };
  } catch (error) {
    const message = error instanceof Error ? error.message.split(". ")[0] : String(error);
    throw new InputError(`${command}: ${message} (see exptilt ${command} --help)`);
  }
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
export function helpText({ line, about, options }: Usage): string {
  const rows = Object.entries(options).map(([name, { value = "", help }]) => [`  --${name} ${value}`.trimEnd(), help]);
  const width = Math.max(...rows.map(([left]) => left.length));
  return `${line}\n\n${about}\n\n${rows.map(([left, help]) => `${left.padEnd(width)}  ${help}`).join("\n")}\n`;
}
