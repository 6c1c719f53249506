import { expect } from "vitest";
import { type BadCall, badCalls, legalAnswer, type Outcome, outcomesOf } from "../support/badCalls.js";
import type { LegalCall } from "../support/legalCalls.js";

/** What came of many calls, counted. */
export type Counts = Record<Outcome["kind"] | "calls", number>;

/** Values that no place takes where a number stands, unless it takes whatever is there. */
const NO_NUMBERS: ReadonlySet<string> = new Set(['"1"', '""', "true"]);

/** Makes every bad call of a legal one that `chosen` picks, and expects that each is answered or refused as it should. */
export async function expectEdges(legal: LegalCall, chosen: (index: number) => boolean, counts: Counts): Promise<void> {
  const calls = [...badCalls(legal, chosen)];
  const outcomes = await outcomesOf(legal, calls, await legalAnswer(legal));
  const faults: string[] = [];
  for (const [i, { kind, text }] of outcomes.entries()) {
    counts.calls++;
    counts[kind]++;
    const { place, change } = calls[i] as BadCall;
    const number = place
      .split(".")
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], legal.args);
    const lenient =
      kind === "answered" &&
      typeof number === "number" &&
      NO_NUMBERS.has(change) &&
      takesNumbers(place) &&
      !isSeed(place);
    if ((kind !== "refused" && kind !== "answered") || lenient) faults.push(`${place} = ${change}: ${kind}: ${text}`);
  }
  expect(faults, legal.path).toEqual([]);

  /** A seed is a number or a text. */
  function isSeed(place: string): boolean {
    return legal.names[0] === "randomSource" && place === "0";
  }

  /** Whether a Symbol is refused there: then it is no place for an answer, which may be anything. */
  function takesNumbers(place: string): boolean {
    return outcomes.some(
      ({ kind }, i) => kind === "refused" && calls[i]?.place === place && calls[i]?.change === "Symbol()",
    );
  }
}

export function noCounts(): Counts {
  const kinds = [
    "calls",
    "refused",
    "answered",
    "raw",
    "misnamed",
    "no argument",
    "slow",
    "large",
    "mutated",
    "NaN",
    "other",
  ];
  return Object.fromEntries(kinds.map((kind) => [kind, 0])) as Counts;
}
