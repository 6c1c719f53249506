import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { type Columns, NATIVE } from "../../src/cli/input/columns.js";
import { parseQuery } from "../../src/cli/input/dataset.js";
import { InputError } from "../../src/cli/input/inputError.js";
import { readRecord } from "../../src/cli/input/parseQuery.js";
import { plainQuery } from "../../src/cli/input/plainQuery.js";
import { extremeQueryText, queryText } from "../support/hostile.js";
import { readFile } from "../support/readFile.js";
import { test } from "../support/test.js";

const line = (answers: unknown, query: unknown = "q") => JSON.stringify({ query, answers });

test("a line is a query: masses as counts, rewards, and gold where given", () => {
  const text = line([
    { answer: "4", count: 60, reward: 1 },
    { answer: "5", count: 40, reward: 0.3, gold: 0 },
  ]);
  expect(parseQuery(text, "f:1")).toEqual({
    query: "q",
    place: "f:1",
    kind: "samples",
    ref: { mass: [60, 40] },
    reward: [1, 0.3],
    rewards: [[1, 0.3]],
    gold: [undefined, 0],
    text: ["4", "5"],
    features: [{}, {}],
  });
});

test("log-probabilities stay logarithms, so that masses below the smallest double survive", () => {
  const { ref } = parseQuery(
    line([
      { logProbability: -2000, reward: 0 },
      { logProbability: 0, reward: 1 },
    ]),
    "f:1",
  );
  expect(ref).toEqual({ logMass: [-2000, 0] });
});

test('a reward of "-Infinity" forbids its answer', () => {
  const text = line([
    { count: 3, reward: "-Infinity" },
    { count: 1, reward: 2 },
    { count: 2 ** 53 - 1, reward: "-Infinity" },
  ]);
  expect(parseQuery(text, "f:1").reward).toEqual([-Infinity, 2, -Infinity]);
});

test("the embedded data set has 164 queries of 100 samples and 1,725 answers, with gold for each", async () => {
  let [queries, answers] = [0, 0];
  for (const { ref, gold, reward } of (await readFile(undefined)).queries) {
    queries++;
    answers += reward.length;
    expect("mass" in ref && ref.mass.reduce((a, b) => a + b)).toBe(100);
    expect(gold.every((g) => g === 0 || g === 1)).toBe(true);
  }
  expect([queries, answers]).toEqual([164, 1725]);
});

test("the AIME data set has 30 queries of 160 samples, right as often as was published, alone and by majority", async () => {
  const { queries, said } = await readFile(
    fileURLToPath(new URL("../../src/data/aime2025-Phi-4-reasoning.jsonl", import.meta.url)),
  );
  expect([queries.length, said]).toEqual([30, []]);
  const each = queries.map(({ ref, gold }) => {
    const mass = "mass" in ref ? ref.mass : [];
    const total = mass.reduce((a, b) => a + b);
    expect(total).toBe(160);
    const right = mass.reduce((s, m, i) => s + m * (gold[i] ?? Number.NaN), 0) / total;
    return { right, majority: gold[mass.indexOf(Math.max(...mass))] ?? Number.NaN };
  });
  const percent = (name: "right" | "majority") => (100 * each.reduce((s, one) => s + one[name], 0)) / each.length;
  expect(percent("right").toFixed(2)).toBe("64.27");
  expect(percent("majority").toFixed(2)).toBe("83.33");
});

const plainOf = (text: string) => {
  try {
    return plainQuery(JSON.parse(text), "f:1");
  } catch {
    return undefined;
  }
};
const accepted = (text: string, columns: Columns) => {
  try {
    return readRecord(JSON.parse(text), "f:1", columns);
  } catch {
    return undefined;
  }
};
test.prop([fc.oneof(queryText, extremeQueryText)])(
  "a plain line is read at once as it is field by field; what is refused one way is refused the other",
  (text) => {
    const parsed = accepted(text, NATIVE);
    // Numbers in quotes are for tables: the full reading of a table takes them.
    if (parsed !== undefined) expect(accepted(text, { ...NATIVE, strict: false })).toEqual(parsed);
    const plain = plainOf(text);
    if (plain !== undefined) expect(plain).toEqual(parsed?.query);
  },
);

describe("a bad line is refused with its place and field", () => {
  const good = { count: 1, reward: 0 };
  const forbidden = { count: 1, reward: "-Infinity" };
  test.each<readonly [string, RegExp]>([
    ["{", /^f:7: the line is not JSON/],
    ["", /^f:7: the line is not JSON/],
    ["[]", /^f:7: the line must be an object, got an array of 0/],
    ["null", /^f:7: the line must be an object, got null/],
    ["{}", /^f:7: the field "query" is missing/],
    [line([good], 3), /^f:7: query must be a string, got 3/],
    ['{"query":"q"}', /^f:7: the field "answers" is missing/],
    [line({}), /^f:7: answers must be an array, got an object/],
    [line([]), /^f:7: answers must have at least one entry/],
    [line([good, 5]), /^f:7: answers\[1\] must be an object, got 5/],
    [
      line([good, { reward: 1 }]),
      /^f:7: answers\[1\] must have one of the fields count, probability, logProbability, got none/,
    ],
    [line([{ count: 1, probability: 1, reward: 0 }]), /got count and probability/],
    [line([good, { probability: 0.5, reward: 0 }]), /^f:7: answers\[1\] must give "count"/],
    [line([good, { count: -1, reward: 0 }]), /^f:7: answers\[1\]\.count must be a whole number of at least 0, got -1/],
    [line([{ count: 1.5, reward: 0 }]), /count must be a whole number/],
    [line([{ count: "3", reward: 0 }]), /count must be a whole number of at least 0, got "3"/],
    [line([{ count: 0, reward: 0 }]), /^f:7: answers must have a count above 0/],
    [line([{ probability: 1.5, reward: 0 }]), /probability must be a number from 0 to 1, got 1.5/],
    [line([{ logProbability: 0.5, reward: 0 }]), /logProbability must be a finite number of at most 0, got 0.5/],
    [line([{ count: 1 }]), /^f:7: answers\[0\]: the field "reward" is missing/],
    [line([{ count: 1, reward: null }]), /reward must be a finite number or "-Infinity", got null/],
    [
      '{"query":"q","answers":[{"count":1,"reward":-1e999}]}',
      /reward must be a finite number or "-Infinity", got -Inf/,
    ],
    ...["Infinity", "+Infinity", "NaN", "-inf", "-Infinity ", "-1e999", "0"].map(
      (text) =>
        [line([{ count: 1, reward: text }]), /answers\[0\]\.reward must be a finite number or "-Infinity"/] as const,
    ),
    ['{"query":"q","answers":[{"count":1,"reward":-Infinity}]}', /the line is not JSON/],
    [line([{ ...good, gold: "-Infinity" }]), /answers\[0\]\.gold must be a finite number, got "-Infinity"/],
    [line([{ count: "-Infinity", reward: 0 }]), /answers\[0\]\.count must be a whole number/],
    [line([{ logProbability: "-Infinity", reward: 0 }]), /answers\[0\]\.logProbability must be a finite number/],
    [line([{ ...good, features: { a: "-Infinity" } }]), /features\["a"\] must be a finite number, got "-Infinity"/],
    [line([forbidden]), /^f:7: answers must have one with a count above 0 that is not forbidden/],
    [
      line([forbidden, { count: 0, reward: 1 }]),
      /^f:7: answers must have one with a count above 0 that is not forbidden/,
    ],
    [
      line([{ logProbability: -5, reward: "-Infinity" }]),
      /^f:7: answers must have one with a logProbability .* forbidden/,
    ],
    ...[2 ** 53, 1e17, 1e300].map(
      (count) =>
        [
          line([good, { count, reward: 0 }]),
          /^f:7: answers\[1\]\.count must be below 2\^53, from where .* got \d/,
        ] as const,
    ),
    [line([{ count: 1e17 + 0.5, reward: 0 }]), /count must be below 2\^53/],
    ['{"query":"q","answers":[{"count":1,"reward":NaN}]}', /the line is not JSON/],
    [line([{ ...good, gold: "yes" }]), /answers\[0\]\.gold must be a finite number, got "yes"/],
    [
      line([
        { ...good, answer: "a" },
        { ...good, answer: "a" },
      ]),
      /answers\[1\]\.answer repeats answers\[0\]\.answer/,
    ],
    [line([{ ...good, answer: 5 }]), /answers\[0\]\.answer must be a string, got 5/],
    ['{"__proto__":{"query":"q","answers":[{"count":1,"reward":0}]}}', /the field "query" is missing/],
    ['{"query":"q","query":"r","answers":[]}', /^f:7: the key "query" is given twice in one object/],
    ['{"query":"q","answers":[{"count":1,"rew\\u0061rd":0,"reward":1}]}', /the key "reward" is given twice/],
    [
      '{"query":"q","answers":[{"count":1,"reward":1e999}]}',
      /answers\[0\]\.reward must be a finite number or "-Infinity", got Infinity/,
    ],
    ['{"query":"\u001b[2J"', /^f:7: the line is not JSON \([^\p{C}]*\)$/u],
    [
      line([{ ...good, features: { "a\u001b": "x" } }]),
      /^f:7: answers\[0\]\.features\["a\\u001b"\] must be a finite number/,
    ],
  ])("%s", (text, message) => {
    expect(() => parseQuery(text, "f:7")).toThrow(InputError);
    expect(() => parseQuery(text, "f:7")).toThrow(message);
  });
});
