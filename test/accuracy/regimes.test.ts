/**
 * Some fifty small cases of each accuracy sweep with their values at 60 digits, committed: quick enough for every mutant.
 * `REGIMES=new` takes those of new subjects from the sweeps, `REGIMES=all` all.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { judge, sweep } from "./assess.js";
import type { Inputs, Subject } from "./subject.js";
import { folders } from "./subjects.js";

/** A value: as it should be, the unit of its error, and how many of these are allowed. */
type Value = readonly [want: number, unit: number, most: number];
type Regime = readonly [inputs: Inputs, values: readonly Value[]];

const FILE = new URL("../reference/regimes.json", import.meta.url);
const CASES = 48;
const SEEN = 400;
const LARGEST = 12;
const MOST_VALUES = 6;

const coded = (_: string, x: unknown) =>
  typeof x === "number" && (!Number.isFinite(x) || Object.is(x, -0)) ? (x === 0 ? "-0" : String(x)) : x;
const decoded = (_: string, x: unknown) =>
  typeof x === "string" && ["Infinity", "-Infinity", "-0"].includes(x) ? Number(x) : x;

const list = (value: unknown): number[] => (typeof value === "number" ? [value] : Array.from(value as number[]));

/** What the mutation run changes, and what stands on it. */
const subjects = ["numeric", "measure", "information", "preference", "alignment", "selection"].flatMap(
  (f) => folders[f],
);

/** Cases that differ in what their inputs are, each value with the error it may have: 1 unit where it has no more. */
function regimes(s: Subject): Regime[] {
  const few = sweep(s, SEEN).filter(({ inputs }) => Object.values(inputs).flat(2).length <= LARGEST);
  return few.slice(0, Math.min(CASES, s.cases ?? CASES)).flatMap((one): Regime[] => {
    const { want, scaled } = judge(s, one);
    if (want.length > MOST_VALUES) return [];
    const errors = scaled();
    const near = want.map((w) => w.toNumber() + Math.max(Math.abs(w.toNumber()) * 2 ** -20, 16 * Number.MIN_VALUE));
    const distances = scaled(near);
    const values = want.map((w, i): Value => {
      const value = w.toNumber();
      const unit = Number.isFinite(value) ? Math.abs(near[i] - value) / distances[i] : 0;
      return [value, unit, errors[i] <= 1 ? 1 : Math.ceil(errors[i])];
    });
    return [[one.inputs, values]];
  });
}

const decode = () => JSON.parse(readFileSync(FILE, "utf8"), decoded) as Record<string, Regime[]>;

if (process.env.REGIMES !== undefined) {
  const before = decode();
  const entries = subjects.map((s) => {
    const taken = process.env.REGIMES === "all" || before[s.name] === undefined ? regimes(s) : before[s.name];
    return `${JSON.stringify(s.name)}: [\n${taken.map((r) => JSON.stringify(r, coded)).join(",\n")}\n]`;
  });
  writeFileSync(FILE, `{\n${entries.join(",\n")}\n}\n`);
}

const known = decode();

describe("in every regime the value is that of 60 digits, to within an ULP after scaling where it was", () => {
  for (const s of subjects) {
    it.each((known[s.name] ?? []).map(([inputs, values], i) => ({ i, inputs, values })))(
      `${s.name} $i`,
      ({ inputs, values }) => {
        const got = list(s.float64(inputs));
        expect(got.length).toBe(values.length);
        for (const [i, [want, unit, most]] of values.entries()) {
          if (got[i] === want) continue;
          expect(Math.abs(got[i] - want) / unit, `entry ${i}: ${got[i]} for ${want}`).toBeLessThanOrEqual(most + 0.5);
        }
      },
    );
  }
});
