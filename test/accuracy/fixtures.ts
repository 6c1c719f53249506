/** Cases of the committed reference values, whose inputs the subjects take beside their own. */
import { readFileSync } from "node:fs";
import { selectionCases } from "../support/autoregressive.js";
import type { FixtureCase } from "./subject.js";

type Raw = Readonly<Record<string, unknown>>;

const { cases } = JSON.parse(readFileSync(new URL("../reference/adversarial.json", import.meta.url), "utf8")) as {
  cases: readonly { id: string; family: string; inputs: Raw; expect: { error?: true } }[];
};

type Read<L extends string, N extends string> = { [K in L | N]: K extends N ? number : number[] };

/** Longer lists than this are left to the test of the fixture: the oracle would take minutes. */
const LONGEST = 2000;

/** A list as `meta.number_encoding` has it; undefined where it is too long. */
function vector(v: unknown): number[] | undefined {
  if (Array.isArray(v)) return v.map(Number);
  const { tile, n, head = [] } = v as { tile: unknown[]; n: number; head?: unknown[] };
  if (n > LONGEST) return undefined;
  return [...head, ...Array.from({ length: n }, (_, i) => tile[i % tile.length])].map(Number);
}

/**
 * The cases of a family of adversarial.json that have a value: the names of its lists and of its numbers, by those of the
 * subject.
 */
export function adversarial<L extends string, N extends string = never>(
  family: string,
  lists: Readonly<Record<L, string>>,
  numbers: Readonly<Record<N, string>> = {} as Record<N, string>,
  keep: (inputs: Read<L, N>) => boolean = () => true,
): FixtureCase<Read<L, N>>[] {
  return cases.flatMap(({ id, family: own, inputs, expect }) => {
    if (own !== family || expect.error) return [];
    const read = [
      ...Object.entries<string>(lists).map(([name, from]) => [
        name,
        inputs[from] === undefined ? undefined : vector(inputs[from]),
      ]),
      ...Object.entries<string>(numbers).map(([name, from]) => [name, Number(inputs[from])]),
    ];
    const known = Object.fromEntries(read) as Read<L, N>;
    return Object.values(known).includes(undefined as never) || !keep(known) ? [] : [{ id, inputs: known }];
  });
}

/** The problems of autoregressive.json at each N that it has the law of. */
export const selections: FixtureCase<{ mass: number[]; reward: number[]; beta: number; n: number }>[] =
  selectionCases.flatMap(({ id, mass, reward, beta, expect }) =>
    Object.keys(expect.soft).map((n) => ({ id: `${id}, N = ${n}`, inputs: { mass, reward, beta, n: Number(n) } })),
  );
