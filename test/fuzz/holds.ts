/** What holds of every input: of the query that is read, of the refusal, and of every object after it. */
import { expect } from "vitest";
import type { Query } from "../../src/cli/input/dataset.js";

/** What every object inherits, as it was before any input was read. */
const inherited = () => [Object.prototype, Array.prototype, String.prototype].map((p) => Reflect.ownKeys(p).length);
const before = inherited();

export const expectUntouched = (): void => expect(inherited()).toEqual(before);

/** A refusal is one line of some length that begins with the place. */
export function expectMessage(message: string, place: RegExp): void {
  expect(message).toMatch(place);
  expect(message.length).toBeLessThanOrEqual(400);
  expect(message).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
}

/** A query is of numbers alone, one of each kind for each answer. */
export function expectSound({ rewards, reward, gold, ref, features, text }: Query): void {
  const masses = "mass" in ref ? ref.mass : ref.logMass;
  expect(rewards[0] ?? reward).toEqual(reward);
  for (const values of [reward, ...rewards]) {
    const allowed = values.filter((r) => r !== -Infinity);
    expect(allowed).not.toEqual([]);
    const numbers = [...allowed, ...masses, ...features.flatMap((f) => Object.values(f))];
    expect([...numbers, ...gold.map((g) => g ?? 0)].every(Number.isFinite)).toBe(true);
    expect([masses, gold, features, text].map(({ length }) => length)).toEqual(Array(4).fill(values.length));
  }
}
