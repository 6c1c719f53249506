import { readFileSync } from "node:fs";

/** A problem of the fixture, and what it says of best-of-N: numbers as text, at 40 digits. */
export interface SelectionCase {
  readonly id: string;
  readonly mass: number[];
  readonly reward: number[];
  readonly beta: number;
  readonly expect: {
    /** The law of soft best-of-N, for each N. */
    readonly soft: Record<string, string[]>;
    /** The law of best-of-N, for each N. */
    readonly hard: Record<string, string[]>;
    /** The coefficient of 1/N; null where the answer has no mass. */
    readonly firstOrder: (string | null)[];
  };
}

const text = readFileSync(new URL("../reference/autoregressive.json", import.meta.url), "utf8");

export const selectionCases: readonly SelectionCase[] = JSON.parse(text).cases;
