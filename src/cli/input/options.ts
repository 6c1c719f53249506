import { parseArgs } from "node:util";
import { InputError } from "./inputError.js";

/** The options of a command: those with a `value` take one, the others are flags. */
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
  const options = Object.fromEntries(
    Object.entries(table).map(([name, { value }]) => [
      name,
      { type: value === undefined ? "boolean" : "string" } as const,
    ]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { files: positionals, options: values as Given<T> };
  } catch (error) {
    const message = error instanceof Error ? error.message.split(". ")[0] : String(error);
    throw new InputError(`${command}: ${message} (see exptilt ${command} --help)`);
  }
}

/** Whether a number is whole and at least so large. */
export function isWhole(least: number): (x: number) => boolean {
  return (x) => Number.isSafeInteger(x) && x >= least;
}

/** The number that an option's text stands for. */
export function optionValue(name: string, text: string, fits: (x: number) => boolean, must: string): number {
  const x = text.trim() === "" ? Number.NaN : Number(text);
  if (!fits(x)) throw new InputError(`--${name} must be ${must}, got ${JSON.stringify(text)}`);
  return x;
}

/** The help text of a command. */
export function helpText(usage: Usage): string {
  const rows = Object.entries(usage.options).map(([name, { value, help }]) => [
    `  --${name}${value === undefined ? "" : ` ${value}`}`,
    help,
  ]);
  const width = Math.max(...rows.map(([left]) => left.length));
  return `${usage.line}\n\n${usage.about}\n\n${rows.map(([left, help]) => `${left.padEnd(width)}  ${help}`).join("\n")}\n`;
}
