import { readFileSync } from "node:fs";
import { measure } from "exptilt";
import { expect } from "vitest";
import { keys } from "./witnesses.js";

/** A case of `test/reference/objectives.json`: the arguments of a function, and its values as decimal strings. */
export interface ReferenceCase {
  readonly id: string;
  readonly fn: string;
  readonly mass: readonly number[];
  readonly rel: number;
  readonly abs?: number;
  // biome-ignore lint/suspicious/noExplicitAny: arguments and values differ from function to function
  readonly [field: string]: any;
}

const file = new URL("../reference/objectives.json", import.meta.url);
const { cases }: { cases: readonly ReferenceCase[] } = JSON.parse(readFileSync(file, "utf8"));

/** The cases of a function. */
export const referenceCases = (fn: string): readonly ReferenceCase[] => cases.filter((one) => one.fn === fn);

/** Masses as the measure on the answers 0, 1, 2, … */
export const massesOf = (mass: readonly number[]) => measure(keys(mass), mass);

/** Holds values against a case's decimal strings. */
export function expectReference(
  got: ArrayLike<number>,
  want: readonly string[],
  { id, rel, abs = 0 }: ReferenceCase,
): void {
  expect(got.length, id).toBe(want.length);
  for (const [i, text] of want.entries()) {
    const value = Number(text);
    const off = Math.abs(got[i] - value);
    expect(off <= rel * Math.abs(value) + abs, `${id}: ${got[i]} at ${i}, not ${text}`).toBe(true);
  }
}
