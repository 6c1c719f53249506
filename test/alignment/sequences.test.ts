/** Spaces of sequences: what they hold, in which order, and what is refused. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  requireEnumerable,
  requireListable,
  requireSequence,
  requireSequenceSpace,
  walk,
} from "../../src/alignment/sequences.js";
import { test } from "../support/test.js";

const space = (vocabulary: readonly string[], length: number, end?: string) => ({ vocabulary, length, end });
/** All sequences in the order of the vocabulary: those of L tokens, and those that end before. */
function listed(vocabulary: readonly string[], length: number, end: string | undefined, prefix: string): string[] {
  if (prefix.length === length || (end !== undefined && prefix.endsWith(end))) return [prefix];
  return vocabulary.flatMap((token) => listed(vocabulary, length, end, prefix + token));
}

describe("sequences", () => {
  const spaces = fc
    .tuple(
      fc.uniqueArray(fc.constantFrom("a", "b", "c", "."), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
    )
    .map(([vocabulary, length, ends]) => space(vocabulary, length, ends ? vocabulary[0] : undefined));
  test.prop([spaces])("are walked in order, each prefix before what goes on from it", ({ vocabulary, length, end }) => {
    const closed: string[] = [];
    const opened: string[] = [];
    walk(
      { vocabulary, length, end },
      "",
      (prefix, state) => {
        expect(prefix.join("")).toBe(state);
        expect(Object.isFrozen(prefix)).toBe(true);
        opened.push(state);
        return { state };
      },
      (node, token) => node.state + vocabulary[token],
      (sequence, state) => {
        expect(sequence.join("")).toBe(state);
        expect(Object.isFrozen(sequence)).toBe(true);
        closed.push(state);
        // A node is open before its sequences close, and none of these is open.
        expect(opened).toContain(state.slice(0, -1));
      },
    );
    expect(closed).toEqual(listed(vocabulary, length, end, ""));
    const prefixes = closed.flatMap((s) => [...s].map((_, i) => s.slice(0, i)));
    expect(opened).toEqual([...new Set(prefixes)]);
    for (const sequence of closed)
      expect(requireSequence("f", { vocabulary, length, end }, [...sequence])).toBe(sequence.length);
  });

  it("end at an end that is NaN, and nowhere without one", () => {
    const found: number[][] = [];
    const numbers = { vocabulary: [1, Number.NaN], length: 2, end: Number.NaN };
    walk(
      numbers,
      0,
      () => 0,
      () => 0,
      (s) => found.push([...s]),
    );
    expect(found).toEqual([[1, 1], [1, Number.NaN], [Number.NaN]]);
    expect(requireSequence("f", numbers, [Number.NaN])).toBe(1);
    expect(requireSequence("f", { vocabulary: [undefined, 1], length: 2, end: undefined }, [undefined, 1])).toBe(2);
  });

  it("are of the length that their end says", () => {
    const s = space(["a", "."], 3, ".");
    for (const good of [["."], ["a", "."], ["a", "a", "."], ["a", "a", "a"]])
      expect(requireSequence("f", s, good)).toBe(good.length);
    expect(() => requireSequence("f", s, "a." as never)).toThrow(
      new TypeError('f: sequence must be an array of tokens, got "a."'),
    );
    for (const [bad, tokens] of [
      [["a", "a"], 3],
      [["a", ".", "a"], 2],
      [[], 3],
      [["a", "a", "a", "a"], 3],
    ] as const)
      expect(() => requireSequence("f", s, bad)).toThrow(`f: sequence must have ${tokens} tokens`);
    expect(() => requireSequence("f", s, ["a", "b", "a"])).toThrow(
      'f: sequence[1] must be a token of the vocabulary, got "b"',
    );
    expect(requireSequence("f", space(["a"], 2), ["a", "a"])).toBe(2);
  });
});

describe("spaces of sequences", () => {
  it("are read and named", () => {
    const given = { vocabulary: ["a", "b"], length: 2, end: "b" };
    expect(requireSequenceSpace("f", "policy", given)).toEqual(given);
    expect(requireSequenceSpace("f", "policy", { vocabulary: ["a"], length: 1 })).toEqual({
      vocabulary: ["a"],
      length: 1,
      end: undefined,
    });
    const refused = (x: unknown, message: string) =>
      expect(() => requireSequenceSpace("f", "policy", x as never, "on.")).toThrow(message);
    refused(null, "f: policy must be");
    refused({ ...given, vocabulary: ["a", "a"] }, "f: on.vocabulary");
    refused({ ...given, length: 0 }, "f: on.length must be a whole number of at least 1, got 0");
    refused({ ...given, end: "c" }, 'f: on.end must be in the vocabulary, got "c"');
    expect(() => requireSequenceSpace("f", "policy", { ...given, end: "c" })).toThrow("f: end must be");
  });
  it("are listed up to 2^24 sequences, of up to a thousand tokens", () => {
    const two = ["a", "b"];
    expect(() => requireListable("f", "policy", space(two, 24))).not.toThrow();
    expect(() => requireListable("f", "policy", space(two, 25))).toThrow(
      new RangeError("f: policy must have at most 16777216 sequences, |V|^L, got 33554432"),
    );
    expect(() => requireListable("f", "policy", space(two, 2000))).toThrow("got Infinity");
    const one = space(["a"], 1000);
    expect(requireEnumerable("f", one)).toBe(one);
    expect(() => requireEnumerable("f", space(["a"], 1001))).toThrow(
      new RangeError("f: policy.length must be at most 1000, got 1001"),
    );
    expect(() => requireEnumerable("f", space(two, 25))).toThrow("f: policy must have at most");
  });
});
