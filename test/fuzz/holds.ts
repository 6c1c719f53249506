/** What holds of every input: of the query that is read, of the refusal, and of every object after it. */
import { rmSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, expect } from "vitest";
import type { Query } from "../../src/cli/input/dataset.js";

/** What every object inherits, as it was before any input was read. */
const inherited = () => [Object.prototype, Array.prototype, String.prototype].map((p) => Reflect.ownKeys(p).length);
const before = inherited();

export const expectUntouched = (): void => expect(inherited()).toEqual(before);

/** A refusal is one line of some length that begins with the place. */
export function expectMessage(message: string, place: RegExp): void {
  expect(message).toMatch(place);
  expect(message.length).toBeLessThan(400);
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

/** Removes the folder after the tests, and where `npm run fuzz` set the number of runs, records what was tried. */
export function recordAfterAll(record: URL, folder: string, runs: number, tried: () => object): void {
  afterAll(() => {
    rmSync(folder, { recursive: true });
    if (process.env.FUZZ_RUNS === undefined) return;
    const peak = Math.round(process.resourceUsage().maxRSS / 1024);
    const { seed } = fc.readConfigureGlobal();
    writeFileSync(record, `${JSON.stringify({ node: process.version, seed, runs, ...tried(), peak }, null, 2)}\n`);
  });
}
