/**
 * What tells the parts of a data set from each other: a digest a query, as a multiset, kept in a text.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { queryDigest } from "../../src/cli/curve/digest.js";
import { Digests, inCommon, without } from "../../src/cli/curve/digests.js";
import { NATIVE } from "../../src/cli/input/columns.js";
import { parseQuery } from "../../src/cli/input/dataset.js";
import { test } from "../support/test.js";

const digest = fc.oneof(
  fc.maxSafeNat().map((n) => n % 2 ** 52),
  fc.nat(20),
  fc.constantFrom(0, 2 ** 52 - 1, 2 ** 32),
);
const list = fc.array(digest, { maxLength: 40 });

function digestsOf(all: readonly number[]): Digests {
  const digests = new Digests();
  for (const one of all) digests.add(one);
  return digests;
}

/** How often each number is in a list. */
function counts(all: Iterable<number>): Map<number, number> {
  const found = new Map<number, number>();
  for (const one of all) found.set(one, (found.get(one) ?? 0) + 1);
  return found;
}

describe("a multiset of digests", () => {
  test.prop([list])("is kept in a text that does not depend on the order, to the last bit", (all) => {
    const text = digestsOf(all).toText();
    expect(text).toMatch(/^[A-Za-z0-9_-]*$/);
    expect([...(Digests.fromText(text)?.sorted ?? [])]).toEqual([...all].sort((a, b) => a - b));
    expect(digestsOf([...all].reverse()).toText()).toBe(text);
  });

  test.prop([list, list])("is compared with another as often as each digest comes", (a, b) => {
    const [s, t] = [counts(a), counts(b)];
    const common = [...s].reduce((sum, [x, n]) => sum + Math.min(n, t.get(x) ?? 0), 0);
    expect(inCommon(digestsOf(a), digestsOf(b))).toBe(common);
    const rest = counts(without(digestsOf(a), digestsOf(b)).sorted);
    for (const [x, n] of s) expect(rest.get(x) ?? 0).toBe(Math.max(0, n - (t.get(x) ?? 0)));
    for (const x of [...a, ...b]) expect(digestsOf(a).has(x)).toBe(s.has(x));
  });

  test.prop([list, fc.nat(), fc.constantFrom("", "=", "A", "z")])("is no other text", (all, at, put) => {
    const text = digestsOf(all).toText();
    const place = at % (text.length + 1);
    const changed = text.slice(0, place) + put + text.slice(place + 1);
    const read = Digests.fromText(changed);
    // What is read again is what is written again: no two texts stand for one multiset.
    if (read !== undefined) expect(read.toText().length).toBeLessThanOrEqual(changed.length);
    if (changed.includes("=")) expect(read).toBeUndefined();
  });

  it("takes some 7 characters a digest where there are many", () => {
    const many = new Digests();
    let state = 1;
    for (let i = 0; i < 200_000; i++) {
      state = (state * 48_271) % 2_147_483_647;
      many.add((state * 2 ** 21 + i) % 2 ** 52);
    }
    expect(many.toText().length / many.size).toBeLessThan(8);
  });
});

describe("the digest of a query", () => {
  const line = (more: object = {}, answers: object[] = [{}, {}]) =>
    JSON.stringify({
      query: "q",
      answers: answers.map((own, i) => ({ answer: `a${i}`, count: i + 1, reward: i, gold: 1 - i, ...own })),
      ...more,
    });
  const of = (text: string, place = "f:1", columns = NATIVE) => queryDigest(parseQuery(text, place), columns).digest;

  it("is of what the figures are made of, and of the texts, not of where and how the line stands", () => {
    const all = [
      line(),
      line({ query: "p" }),
      line({}, [{ answer: "b" }, {}]),
      line({}, [{ reward: 5e-324 }, {}]),
      line({}, [{ gold: 1 + 2 ** -52 }, {}]),
      line({}, [{ count: 3 }, {}]),
      line({}, [{}, {}, {}]),
      line({}, [
        { count: undefined, probability: 0.5 },
        { count: undefined, probability: 0.5 },
      ]),
      line({}, [
        { answer: undefined, gold: undefined },
        { answer: undefined, gold: undefined },
      ]),
    ];
    expect(new Set(all.map((text) => of(text))).size).toBe(all.length);
    for (const text of all) {
      expect(of(JSON.stringify(JSON.parse(text), undefined, 1).replaceAll("\n", " "), "g:7")).toBe(of(text));
    }
  });

  it("of a query without a name leaves out its place, which stands for the name", () => {
    const { query: _, ...unnamed } = NATIVE;
    const columns = unnamed as typeof NATIVE;
    expect(of(line({ query: "f:1" }), "f:1", columns)).toBe(of(line({ query: "f:2" }), "f:2", columns));
  });

  test.prop([fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 50 })])("differs where names do", (names) => {
    expect(new Set(names.map((query) => of(line({ query })))).size).toBe(names.length);
  });
});
