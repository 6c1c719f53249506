/** How data sets are read: options, what is refused and where, what is said. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { fc } from "@fast-check/vitest";
import { afterAll, describe, expect, it } from "vitest";
import { queryOf } from "../../src/cli/input/dataset.js";
import { openDataset } from "../../src/cli/input/openDataset.js";
import type { Query } from "../../src/cli/input/query.js";
import { readingSettings } from "../../src/cli/input/reading.js";
import { dataFolder, jsonLines, parquet, table } from "../support/dataFiles.js";
import { type FileReading, readFile } from "../support/readFile.js";
import { test } from "../support/test.js";

type Options = Parameters<typeof readingSettings>[0];

const bin = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const folder = dataFolder();
afterAll(() => folder.remove());

const file = (content: string | Uint8Array) => folder.write("f", content);
/** Reads a content; places begin with `f`. */
async function read(content: string | Uint8Array, options: Options = {}, more = {}): Promise<FileReading> {
  const path = file(content);
  const reading = await readFile(path, options, more);
  const short = (text: string) => text.replaceAll(path, "f");
  return {
    ...reading,
    said: reading.said.map(short),
    complaint: reading.complaint && short(reading.complaint),
    queries: reading.queries.map((query) => ({ ...query, place: short(query.place) })),
  };
}

const masses = ({ ref }: Query) => ("mass" in ref ? ref.mass : ref.logMass);
const row = (task_id: unknown, completion: string, score: unknown, more: object = {}) => ({
  task_id,
  completion,
  score,
  ...more,
});
const good = [row("a", "x", 1), row("a", "y", 0.5), row("b", "x", 0)];

describe("a file that is wrong somewhere is refused there, after the queries before it", () => {
  it.each<readonly [string, string | Uint8Array, Options, string, number]>([
    [
      "a score that is a word",
      jsonLines([...good, row("b", "y", "high")]),
      {},
      'f:4: score must be a finite number or "-Infinity", got "high"',
      1,
    ],
    [
      "a score that is a list",
      jsonLines([...good, row("b", "y", [1, 2])]),
      {},
      "f:4: score must be a finite number",
      1,
    ],
    ["a score beyond doubles", jsonLines(good).replace("0.5", "1e999"), {}, "f:2: score must be a finite number", 0],
    [
      "a score that is missing",
      jsonLines([...good, { task_id: "b", completion: "y" }]),
      {},
      'f:4: the field "score" is missing (--missing drop leaves out what has no score)',
      1,
    ],
    [
      "a score that is null",
      jsonLines([...good, row("b", "y", null)]),
      {},
      'f:4: score must be a finite number or "-Infinity", got null (--missing',
      1,
    ],
    ["an empty cell", table([...good, row("b", "y", "")]), {}, 'f:5: the field "score" is missing (--missing', 1],
    [
      "a cell of nan",
      table([...good, row("b", "y", "nan")]),
      {},
      'f:5: score must be a finite number or "-Infinity", got "nan" (--missing',
      1,
    ],
    [
      "a row of Parquet",
      parquet([...good, row("b", "y", null)], { task_id: "STRING", completion: "STRING", score: "DOUBLE" }),
      {},
      "f: row 4: score must",
      1,
    ],
    [
      "a query that is missing",
      jsonLines([...good, { completion: "y", score: 1 }]),
      {},
      'f:4: the field "task_id" is missing',
      1,
    ],
    [
      "a query that is null",
      jsonLines([...good, row(null, "y", 1)]),
      {},
      "f:4: task_id must be a text or a number, got null",
      1,
    ],
    ["a row that is none", `${jsonLines(good)}5\n`, {}, "f:4: the row must be an object, got 5", 1],
    [
      "gold that is missing",
      jsonLines([row("a", "x", 1, { passed: true }), row("b", "x", 1, { passed: null })]),
      {},
      "f:2: passed must be a finite number, got null (--missing",
      1,
    ],
    [
      "gold that is infinite",
      jsonLines([row("a", "x", 1, { gold: "-Infinity" })]),
      { gold: "gold" },
      'f:1: gold must be a finite number, got "-Infinity"',
      0,
    ],
    [
      "a count that is none",
      table([row("a", "x", 1, { count: 1 }), row("b", "x", 1, { count: "1.5" })]),
      {},
      'f:3: count must be a whole number of at least 0, got "1.5"',
      1,
    ],
    [
      "a count that is empty",
      table([row("a", "x", 1, { count: 1 }), row("b", "x", 1, { count: "" })]),
      {},
      "f:3 must have the field count, got none",
      1,
    ],
    [
      "arrays of two lengths",
      jsonLines([
        { prompt: "a", responses: ["x"], scores: [1] },
        { prompt: "b", responses: ["x", "y"], scores: [1] },
      ]),
      {},
      "f:2: responses has 2 entries, scores has 1",
      1,
    ],
    [
      "an array that is none",
      jsonLines([
        { prompt: "a", scores: [1] },
        { prompt: "b", scores: 1 },
      ]),
      {},
      "f:2: scores must be an array, got 1",
      1,
    ],
    [
      "an empty array",
      jsonLines([
        { prompt: "a", scores: [1] },
        { prompt: "b", scores: [] },
      ]),
      {},
      "f:2: scores must have at least one entry",
      1,
    ],
    [
      "an entry of an array",
      jsonLines([
        { prompt: "a", scores: [1] },
        { prompt: "b", scores: [0, "x"] },
      ]),
      {},
      'f:2: scores[1] must be a finite number or "-Infinity", got "x"',
      1,
    ],
    [
      "a pair's score",
      jsonLines([
        { prompt: "a", scores_chosen: 1, scores_rejected: 0 },
        { prompt: "b", scores_chosen: 1, scores_rejected: "?" },
      ]),
      {},
      'f:2: scores_rejected must be a finite number or "-Infinity", got "?"',
      1,
    ],
    [
      "how many are right",
      jsonLines([
        { prompt: "a", scores: [1, 2], num_correct: 1 },
        { prompt: "b", scores: [1], num_correct: 2 },
      ]),
      {},
      "f:2: num_correct must be a whole number from 0 to 1",
      1,
    ],
    [
      "an answer of another form's list",
      jsonLines([
        { prompt: "a", responses: [{ text: "x", score: 1 }] },
        { prompt: "b", responses: [{ text: "x", score: 1 }, 7] },
      ]),
      {},
      "f:2: responses[1] must be an object, got 7",
      1,
    ],
    [
      "a list that is none",
      jsonLines([
        { prompt: "a", responses: [{ score: 1 }] },
        { prompt: "b", responses: "x" },
      ]),
      {},
      'f:2: responses must be an array, got "x"',
      1,
    ],
    [
      "a wrapped row",
      JSON.stringify({
        eval: { a: [{ solution: "x", base_status: "pass" }], b: [{ solution: "x", base_status: "passes" }] },
      }),
      {},
      'f:1: eval["b"][0]: base_status must be a finite number',
      1,
    ],
    [
      "a list in lists",
      JSON.stringify({ results: [row("a", "x", 1), row("b", "x", "?")] }),
      {},
      "f:1: results[1]: score must be a finite number",
      1,
    ],
    [
      "columns of two lengths",
      JSON.stringify({ prompt: ["a", "b"], score: [1, 2], n: [1] }),
      {},
      'f:1: "n" has 1 entries, "prompt" has 2',
      0,
    ],
    [
      "a row of columns",
      JSON.stringify({ prompt: ["a", "b"], score: [1, "?"] }),
      {},
      "f:1: row 2: score must be a finite number",
      1,
    ],
    [
      "rows of two filters",
      jsonLines(["a", "b"].map((filter) => ({ doc_id: 0, filtered_resps: ["4"], filter, acc: 1 }))),
      {},
      'f:2: filter is "b", in the rows before it is "a": keep the rows of one filter',
      0,
    ],
    [
      "a cluster of two values",
      jsonLines([row("b", "x", 1, { topic: 1 }), row("a", "x", 1, { topic: 1 }), row("a", "y", 1, { topic: 2 })]),
      { cluster: "topic" },
      'f:3: topic must be "1", as in the rows of query "a" before, got "2"',
      1,
    ],
    [
      "an expression beyond doubles",
      jsonLines([row("a", "x", 1), row("b", "x", 1e300)]),
      { reward: ["1e300*score"] },
      'f:2: 1e300*score must be a finite number or "-Infinity", got Infinity',
      1,
    ],
    [
      "an expression that overflows downwards, which forbids nothing",
      jsonLines([row("a", "x", 1), row("b", "x", 1e300)]),
      { reward: ["-1e300*score"] },
      'f:2: -1e300*score must be a finite number or "-Infinity", got -Infinity',
      1,
    ],
    [
      "forbidden answers alone",
      jsonLines([row("a", "x", 1), row("b", "x", "-Infinity")]),
      {},
      "f:2: answers must have one with a count above 0 that is not forbidden",
      1,
    ],
    [
      "an expression of a forbidden answer turned round",
      jsonLines([row("a", "x", 1), row("b", "x", "-Infinity")]),
      { reward: ["-score"] },
      'f:2: -score must be a finite number or "-Infinity", got Infinity',
      1,
    ],
  ])("%s", async (_, content, options, complaint, before) => {
    const reading = await read(content, options);
    expect(reading.complaint?.slice(0, complaint.length)).toBe(complaint);
    expect(reading.queries.length).toBe(before);
  });
});

describe("a file whose columns are not told by their names is refused with what to do", () => {
  it.each<readonly [string, object, Options, string]>([
    [
      "no reward",
      { prompt: "a", completion: "b", scre: 1 },
      {},
      "f: has the fields prompt, completion, scre, but no reward; did you mean --reward scre? (see exptilt help format)",
    ],
    [
      "no reward, and none like it",
      { prompt: "a", completion: "b", x: 1 },
      {},
      "f: has the fields prompt, completion, x, but no reward; name it with --reward (see exptilt help format)",
    ],
    [
      "no query",
      { promt: "a", score: 1 },
      {},
      "f: has the fields promt, score, but no query; did you mean --query promt? (see exptilt help format)",
    ],
    [
      "two rewards",
      { prompt: "a", a_reward: 1, b_reward: 1 },
      {},
      "f: a_reward and b_reward may each be the reward; name one with --reward, like --reward a_reward (see exptilt help format)",
    ],
    [
      "two golds",
      { prompt: "a", score: 1, acc: 1, passed: true },
      {},
      "f: acc and passed may each be the gold; name one with --gold, like --gold acc, or --gold none (see exptilt help format)",
    ],
    [
      "a column that is not there",
      { prompt: "a", score: 1 },
      { reward: ["scor"] },
      '--reward names "scor", but the first record has the fields prompt, score; did you mean score? (see exptilt help format)',
    ],
    ["a query that is not there", { prompt: "a", score: 1 }, { query: "id" }, '--query names "id", but'],
    [
      "a part of an expression that is not there",
      { prompt: "a", score: 1 },
      { reward: ["mean(score, b)"] },
      '--reward names "b", but',
    ],
    ["a number for a reward", { prompt: "a", score: 1 }, { reward: ["1+1"] }, '--reward "1+1" names no column'],
    [
      "two weights",
      { prompt: "a", score: 1, n: 1, p: 0 },
      { count: "n", logprob: "p" },
      "--count, --probability and --logprob exclude each other",
    ],
    ["an answer that is not there", { prompt: "a", score: 1 }, { answer: "text" }, '--answer names "text", but'],
    ["a word for --missing", {}, { missing: "skip" }, '--missing must be refuse, drop or worst, got "skip"'],
    ["a word for --merge", {}, { merge: "sum" }, '--merge must be mean, got "sum"'],
    ["a reward twice", {}, { reward: ["a", "a"] }, '--reward "a" is given twice'],
  ])("%s", async (_, record, options, complaint) => {
    const { complaint: said, queries } = await read(jsonLines([record]), options);
    expect(said?.replace("f: --", "--")).toEqual(
      complaint.endsWith("but") ? expect.stringContaining(complaint) : complaint,
    );
    expect(queries).toEqual([]);
  });
});

describe("what is said", () => {
  it("is nothing of the native form, and one line of another", async () => {
    const native = { query: "q", answers: [{ answer: "a", count: 1, reward: 1, gold: 0 }] };
    expect((await read(jsonLines([native]))).said).toEqual([]);
    expect((await read(JSON.stringify([native]))).said).toEqual([]);
    const rows = [0, 1].flatMap((t) => [true, false].map((passed) => ({ task_id: t, completion: "x", passed })));
    const { said } = await read(jsonLines(rows));
    expect(said).toEqual(["f: one row a sample: query = task_id, answer = completion, reward = passed, 2 queries × 2"]);
  });

  it("is how far an error's file was read", async () => {
    const { said, complaint } = await read(jsonLines([...good, row("b", "y", "high")]));
    expect(said).toEqual(["f: one row a sample: query = task_id, answer = completion, reward = score, 1 query × 2"]);
    expect(complaint).toContain("f:4: ");
  });

  it.each([
    [
      { query: "q", answers: [{ answer: "a", count: 1, reward: 1, gld: 0 }] },
      'f: the field "gld" is not read; did you mean gold?',
    ],
    [
      { query: "q", answers: [{ anwser: "a", count: 1, reward: 1 }] },
      'f: the field "anwser" is not read; did you mean answer?',
    ],
    [{ prompt: "q", score: 1, rewrd: 1 }, 'f: the field "rewrd" is not read; did you mean reward?'],
    [{ prompt: "q", score: 1, logprob: -1 }, "f: logprob is not read: each answer is a sample (see --law)"],
  ])("%j: %s", async (record, line) => {
    expect((await read(jsonLines([record]))).said[0]).toBe(line);
  });

  it("is not that a field with a name of its own is misspelt", async () => {
    const { said } = await read(
      jsonLines([{ prompt: "q", score: 1, step: 3, data: "x", model: "m", index: 1, gts: "4", pred: "a" }]),
    );
    expect(said).toHaveLength(1);
  });
});

describe("which column is what", () => {
  it.each<readonly [object, Options, string | undefined, string | undefined]>([
    [{ prompt: "q", passed: 1 }, {}, "passed", undefined],
    [{ prompt: "q", score: 1, passed: 1 }, {}, "score", "passed"],
    [{ prompt: "q", reward: 1, rm_score: 2, gold: 1, acc: 0 }, {}, "reward", "gold"],
    [{ prompt: "q", "RM-Score": 2, isCorrect: true }, {}, "RM-Score", "isCorrect"],
    [{ prompt: "q", score: 2, label: "safe" }, {}, "score", undefined],
    [{ prompt: "q", reward: 1, reward_model: { style: "rule" } }, {}, "reward", undefined],
    [{ prompt: "q", score: 1, gold: "18" }, {}, "score", undefined],
    [{ prompt: "q", score: 1, label: "3", passed: "fail" }, {}, "score", "passed"],
    [{ prompt: "q", score: "0.5", passed: 1 }, { reward: ["score"] }, "score", "passed"],
    [{ prompt: "q", reward: 1, gold: 0 }, { gold: "none" }, "reward", undefined],
    [{ prompt: "q", reward: 1, gold: 0 }, { reward: ["gold"] }, "gold", undefined],
    [{ prompt: "q", reward: 1, gold: 0 }, { reward: ["gold", "reward"] }, "gold", "gold"],
    [{ prompt: "q", length: 3, passed: 1 }, { reward: ["-length"] }, "-length", "passed"],
    [{ prompt: "q", "a-b": 3 }, { reward: ["a-b"] }, "a-b", undefined],
  ])("%j with %j: reward %s, gold %s", async (record, options, reward, gold) => {
    const values = record as Record<string, unknown>;
    const { queries, complaint } = await read(jsonLines([record]), options);
    expect(complaint).toBeUndefined();
    const value = reward?.startsWith("-") ? -(values.length as number) : values[reward as string];
    expect(queries[0].reward).toEqual([Number(value)]);
    const number = (value: unknown) => (value === "fail" ? 0 : Number(value));
    expect(queries[0].gold).toEqual([gold === undefined ? undefined : number(values[gold])]);
  });

  it("a column that is called reward is it, whatever it holds", async () => {
    expect((await read(jsonLines([{ prompt: "q", reward: "high", passed: 1 }]))).complaint).toContain(
      "f:1: reward must be",
    );
    const forbidden = {
      query: "q",
      answers: [
        { count: 1, reward: "-Infinity", gold: 1 },
        { count: 1, reward: 2, gold: 0 },
      ],
    };
    expect((await read(jsonLines([forbidden]))).queries[0].reward).toEqual([-Infinity, 2]);
    const word = { query: "q", answers: [{ count: 1, reward: "x", gold: "y" }] };
    expect((await read(jsonLines([word]), { missing: "drop" })).complaint).toContain("f:1: answers[0].reward must be");
    expect((await read(jsonLines([word]), { reward: ["count"] })).complaint).toContain("f:1: answers[0].gold must be");
  });

  it("gold of the native form may be the reward, as any field of an answer", async () => {
    const native = jsonLines([
      {
        query: "q",
        answers: [
          { count: 3, reward: 5, gold: 1, x: { y: 2 } },
          { count: 1, reward: 4, gold: 0, x: { y: 3 } },
        ],
      },
    ]);
    expect((await read(native, { reward: ["gold"] })).queries[0].reward).toEqual([1, 0]);
    expect((await read(native, { reward: ["reward - 2*x.y"] })).queries[0].reward).toEqual([1, -2]);
    const { queries } = await read(native, { reward: ["reward", "gold"] });
    expect([queries[0].rewards, queries[0].reward, queries[0].gold]).toEqual([
      [
        [5, 4],
        [1, 0],
      ],
      [5, 4],
      [1, 0],
    ]);
  });

  it("without a reward the queries have none where none is needed", async () => {
    const { queries } = await read(
      JSON.stringify([["x", "y", "x"], ["z"]].map((responses) => ({ prompt: responses[0], responses }))),
      {},
      { rewardNeeded: false },
    );
    expect(queries.map(({ text, reward, rewards }) => [text, reward, rewards])).toEqual([
      [["x", "y"], [0, 0], []],
      [["z"], [0], []],
    ]);
  });

  it("the cluster is a text of the query", async () => {
    const { queries } = await read(jsonLines([row("a", "x", 1, { topic: 3 }), row("a", "y", 1, { topic: "3" })]), {
      cluster: "topic",
    });
    expect(queries.map(({ cluster }) => cluster)).toEqual(["3"]);
    const native = jsonLines([{ query: "q", topic: "t", answers: [{ count: 1, reward: 1 }] }]);
    expect((await read(native, { cluster: "topic" })).queries[0].cluster).toBe("t");
    expect((await read(native)).queries[0]).not.toHaveProperty("cluster");
  });
});

describe("missing scores", () => {
  const missing = fc.constantFrom(null, "", "nan", "NaN", undefined, Number.NaN);
  const score = fc.oneof({ weight: 2, arbitrary: fc.constantFrom(-1, 0, 2.5) }, missing);
  const isMissing = (value: unknown) => typeof value !== "number" || Number.isNaN(value);
  // The first record has the field, so that it is known.
  const rows = fc
    .array(fc.record({ q: fc.constantFrom("a", "b", "c"), score }), { minLength: 1, maxLength: 12 })
    .map((list) =>
      [{ q: "first", score: 1 }, ...list].sort((x, y) =>
        x.q === "first" ? -1 : y.q === "first" ? 1 : x.q < y.q ? -1 : 1,
      ),
    );

  test.prop([rows])("are left out with --missing drop, and queries that have no other", async (list) => {
    const text = jsonLines(list.map(({ q, score }, i) => ({ query: q, response: String(i), score })));
    const kept = list.filter(({ score }) => !isMissing(score));
    const names = [...new Set(list.map(({ q }) => q))];
    const { queries, lacks, complaint } = await read(text, { missing: "drop" });
    expect(complaint).toBeUndefined();
    expect(queries.map(({ query, reward }) => [query, reward])).toEqual(
      names
        .map((name) => [name, kept.filter(({ q }) => q === name).map(({ score }) => score)])
        .filter(([, scores]) => scores.length > 0),
    );
    expect(lacks).toEqual([
      list.length - kept.length,
      names.filter((name) => kept.every(({ q }) => q !== name)).length,
    ]);
  });

  test.prop([rows])("are the lowest of their query with --missing worst, which needs one", async (list) => {
    const text = jsonLines(list.map(({ q, score }, i) => ({ query: q, response: String(i), score })));
    const names = [...new Set(list.map(({ q }) => q))];
    const of = (name: string) => list.filter(({ q }) => q === name).map(({ score }) => score);
    const lowest = (name: string) => Math.min(...(of(name).filter((s) => !isMissing(s)) as number[]));
    const { queries, complaint } = await read(text, { missing: "worst" });
    const first = names.findIndex((name) => of(name).every(isMissing));
    expect(complaint === undefined).toBe(first < 0);
    if (complaint !== undefined) expect(complaint).toContain("has no reward to take the worst of");
    expect(queries.map(({ query, reward }) => [query, reward])).toEqual(
      (first < 0 ? names : names.slice(0, first)).map((name) => [
        name,
        of(name).map((s) => (isMissing(s) ? lowest(name) : s)),
      ]),
    );
  });

  it("are said", async () => {
    const content = jsonLines([row("a", "x", 1), row("a", "y", null), row("b", "x", null)]);
    expect((await read(content, { missing: "drop" })).said[1]).toBe(
      "f: 2 answers have no score; their answers are left out, and with them 1 query",
    );
    expect((await read(jsonLines([row("a", "x", 1), row("a", "y", null)]), { missing: "worst" })).said[1]).toBe(
      "f: 1 answer has no score; they count as the lowest of their query",
    );
  });

  it("of gold have no worst, and may be left out", async () => {
    const content = jsonLines([row("a", "x", 1, { gold: 1 }), row("a", "y", 0, { gold: null })]);
    expect((await read(content, { missing: "worst" })).complaint).toContain(
      "f:2: gold must be a finite number, got null",
    );
    expect((await read(content, { missing: "drop" })).queries[0].text).toEqual(["x"]);
  });

  it("in lines of the native form are treated alike", async () => {
    const native = jsonLines([
      { query: "q", answers: [{ count: 3, reward: 1 }, { count: 2, reward: null }, { count: 1 }] },
      { query: "r", answers: [{ count: 3, reward: null }] },
    ]);
    const drop = await read(native, { missing: "drop" });
    expect([drop.queries.map(masses), drop.lacks]).toEqual([[[3]], [3, 1]]);
    const worst = await read(native, { missing: "worst" });
    expect([worst.queries.map(({ reward }) => reward), worst.lacks[0]]).toEqual([[[1, 1, 1]], 2]);
    expect(worst.complaint).toBe('f:2: query "r" has no reward to take the worst of');
  });
});

describe("equal answers", () => {
  const answer = fc.record({
    text: fc.constantFrom("a", "b", "c"),
    reward: fc.constantFrom(-1, 0, 0.5, 4),
    count: fc.integer({ min: 0, max: 3 }),
  });
  const answers = fc
    .array(answer, { minLength: 1, maxLength: 8 })
    .filter((list) => list.some(({ count }) => count > 0));

  test.prop([answers])(
    "are joined with --merge mean: their mean reward by their counts, alike in every form",
    async (list) => {
      const texts = [...new Set(list.map(({ text }) => text))];
      const of = (text: string) => list.filter((a) => a.text === text);
      const total = (text: string) => of(text).reduce((s, { count }) => s + count, 0);
      const mean = (text: string) => {
        const even = total(text) === 0;
        const weight = (count: number) => (even ? 1 / of(text).length : count / total(text));
        return of(text).reduce((s, { count, reward }) => s + weight(count) * reward, 0);
      };
      const native = jsonLines([{ query: "q", answers: list.map(({ text, ...a }) => ({ answer: text, ...a })) }]);
      const rows = jsonLines(list.map(({ text, ...a }) => ({ query: "q", answer: text, ...a })));
      for (const content of [native, rows]) {
        const { queries, complaint } = await read(content, { merge: "mean" });
        expect(complaint).toBeUndefined();
        expect([queries[0].text, masses(queries[0])]).toEqual([texts, texts.map(total)]);
        for (const [i, text] of texts.entries())
          if (total(text) > 0) expect(queries[0].reward[i]).toBeCloseTo(mean(text), 12);
      }
    },
  );

  it("of other scores stay apart in rows and are refused in the native form", async () => {
    const rows = jsonLines([row("a", "x", 1), row("a", "x", 0), row("a", "x", 1)]);
    const [query] = (await read(rows)).queries;
    expect([query.text, query.reward, masses(query)]).toEqual([
      ["x", "x"],
      [1, 0],
      [2, 1],
    ]);
    const native = jsonLines([{ query: "q", answers: [0, 1].map((reward) => ({ answer: "x", count: 1, reward })) }]);
    for (const options of [{}, { reward: ["reward"] }])
      expect((await read(native, options)).complaint).toBe("f:1: answers[1].answer repeats answers[0].answer");
  });

  it("are told by their scores alone where texts are not needed", async () => {
    const rows = jsonLines([row("a", "x", 1), row("a", "y", 1), row("a", "z", 0)]);
    const [query] = (await read(rows, {}, { texts: false })).queries;
    expect([query.text, query.reward, masses(query)]).toEqual([
      [undefined, undefined],
      [1, 0],
      [2, 1],
    ]);
  });

  it("of probabilities are joined by their probabilities", async () => {
    const native = (masses: readonly object[]) =>
      jsonLines([
        { query: "q", answers: masses.map((mass, i) => ({ answer: i < 2 ? "x" : "y", ...mass, reward: i })) },
      ]);
    const [p] = (
      await read(native([{ probability: 0.3 }, { probability: 0.1 }, { probability: 0.6 }]), { merge: "mean" })
    ).queries;
    expect([masses(p), p.reward]).toEqual([
      [0.4, 0.6],
      [expect.closeTo(0.25, 14), 2],
    ]);
    const logs = [0.3, 0.1, 0.6].map((x) => ({ logProbability: Math.log(x) - 900 }));
    const [l] = (await read(native(logs), { merge: "mean" })).queries;
    expect(l.reward[0]).toBeCloseTo(0.25, 12);
    expect(masses(l)[0]).toBeCloseTo(Math.log(0.4) - 900, 10);
  });
});

describe("the law", () => {
  const law = { a: -0.5, b: -2, c: -800 } as const;
  const rows = (texts: readonly (keyof typeof law)[]) =>
    jsonLines(
      texts.map((text) => ({ prompt: "q", response: text, score: text.charCodeAt(0), cumulative_logprob: law[text] })),
    );

  it("is that of the distinct answers with --law; else the rows are samples", async () => {
    const content = rows(["a", "b", "a", "a", "c"]);
    const [samples] = (await read(content)).queries;
    expect([samples.kind, samples.ref]).toEqual(["samples", { mass: [3, 1, 1] }]);
    for (const options of [{ law: true }, { logprob: "cumulative_logprob" }])
      for (const texts of [true, false]) {
        const [query] = (await read(content, options, { texts })).queries;
        expect([query.kind, query.ref, query.text]).toEqual(["law", { logMass: [-0.5, -2, -800] }, ["a", "b", "c"]]);
      }
    const { queries, said } = await read(
      jsonLines([{ prompt: "q", responses: ["a", "b"], scores: [1, 2], logprobs: [-1, -2] }]),
      { law: true },
    );
    expect([queries[0].kind, queries[0].ref, said.length]).toEqual(["law", { logMass: [-1, -2] }, 1]);
  });

  it("must be the same at equal answers, to a millionth", async () => {
    const two = (first: number, second: number, scores = [1, 1]) =>
      read(
        jsonLines([first, second].map((logprob, i) => ({ prompt: "q", response: "a", score: scores[i], logprob }))),
        { law: true },
      );
    expect((await two(-3, -3.000002)).queries[0].ref).toEqual({ logMass: [-3] });
    expect((await two(-3, -3.00001)).complaint).toBe(
      "f:2: logprob must be -3, as for the same answer before, got -3.00001",
    );
    expect((await two(-3, -3, [1, 2])).complaint).toBe(
      "f:2: the scores differ from those of the same answer before (see --merge)",
    );
    const joined = await read(
      jsonLines([1, 2, 2].map((score) => ({ prompt: "q", response: "a", score, logprob: -3 }))),
      { law: true, merge: "mean" },
    );
    expect([joined.queries[0].ref, joined.queries[0].reward]).toEqual([{ logMass: [-3] }, [expect.closeTo(5 / 3, 14)]]);
    const untold = await read(jsonLines([{ prompt: "q", score: 1, logprob: -1 }]), { law: true });
    expect(untold.complaint).toBe("f:1: the answer has no text, so that --law cannot tell it from others");
  });

  it("is that of counts with --law, and of probabilities in the native form always", async () => {
    const [counts] = (await read(jsonLines([row("a", "x", 1), row("a", "x", 1), row("a", "y", 0)]), { law: true }))
      .queries;
    expect([counts.kind, counts.ref]).toEqual(["law", { mass: [2, 1] }]);
    const native = (field: string, value: number) =>
      jsonLines([{ query: "q", answers: [{ [field]: value, reward: 1 }] }]);
    expect((await read(native("count", 2))).queries[0].kind).toBe("samples");
    expect((await read(native("count", 2), { law: true })).queries[0].kind).toBe("law");
    expect((await read(native("probability", 0.5))).queries[0].kind).toBe("law");
    expect((await read(native("logProbability", -1))).queries[0].kind).toBe("law");
  });

  it("of counts is converted to probabilities that are converted to themselves", () => {
    const rows = jsonLines([row("a", "x", 1), row("a", "x", 1), row("a", "y", 0)]);
    const run = (args: string[], input: string) =>
      spawnSync(process.execPath, [bin, "convert", "-", ...args], { encoding: "utf8", input }).stdout;
    const first = run(["--law"], rows);
    expect(JSON.parse(first).answers).toEqual([
      { answer: "x", probability: 2 / 3, reward: 1 },
      { answer: "y", probability: 1 / 3, reward: 0 },
    ]);
    expect(run([], first)).toBe(first);
  });
});

describe("a data set that is read more than once", () => {
  const rows = jsonLines(good);
  it.each([
    ["rows", rows],
    ["scattered rows", jsonLines([good[0], good[2], good[1]])],
    ["the native form", jsonLines([{ query: "q", answers: [{ count: 1, reward: 1 }] }])],
  ])("gives the same each time: %s", async (_, content) => {
    const path = file(content);
    const once = await readFile(path);
    const dataset = await openDataset(path, readingSettings(), {
      again: true,
      texts: true,
      rewardNeeded: true,
      say: () => {},
    });
    for (let time = 0; time < 3; time++) {
      let queries: Query[] = [];
      await dataset.read(async (pieces) => {
        queries = [];
        for await (const piece of pieces) queries.push(queryOf(piece, dataset.columns));
      });
      expect(queries).toEqual(once.queries);
    }
    await dataset.close();
  });
});

describe("rows of a query that do not stand together", () => {
  const rowsOf = fc.array(
    fc.record({ q: fc.constantFrom("a", "b", "c", "x".repeat(70)), score: fc.constantFrom(0, 1) }),
    { minLength: 2, maxLength: 20 },
  );

  test.prop([rowsOf])("are one query, as those that do", async (list) => {
    const text = (rows: typeof list) => jsonLines(rows.map(({ q, score }) => ({ query: q, score })));
    const names = [...new Set(list.map(({ q }) => q))];
    const sorted = names.flatMap((name) => list.filter(({ q }) => q === name));
    const strip = ({ queries }: FileReading) => queries.map(({ place: _, ...query }) => query);
    const [scattered, together] = [await read(text(list)), await read(text(sorted))];
    expect(strip(scattered)).toEqual(strip(together));
    const isScattered = list.some(
      ({ q }, i) => i > 0 && list[i - 1].q !== q && list.slice(0, i).some((r) => r.q === q),
    );
    expect(scattered.said.length).toBe(isScattered ? 2 : 1);
    if (isScattered)
      expect(scattered.said[0]).toBe("f: the rows of a query are not next to each other; all are gathered first");
  });

  it("are one query through a pipe, by any command", () => {
    const rows = [0, 1].flatMap((i) => ["a", "b"].map((q) => row(q, `t${i}`, i + (q === "a" ? 0.5 : 0))));
    const path = file(jsonLines(rows));
    for (const args of [
      ["convert"],
      ["verify", "--digits", "20", "--jobs", "2", "--json"],
      ["train", "--json", "--features", "rank"],
    ]) {
      const run = (input: string) =>
        spawnSync("bash", ["-c", `${input} '${process.execPath}' '${bin}' ${args[0]} - ${args.slice(1).join(" ")}`], {
          encoding: "utf8",
        });
      const piped = run(`cat '${path}' |`);
      const direct = spawnSync(process.execPath, [bin, args[0], path, ...args.slice(1)], { encoding: "utf8" });
      expect([direct.status, piped.status]).toEqual([0, 0]);
      expect(piped.stdout.replaceAll('"-"', "")).toBe(direct.stdout.replaceAll(JSON.stringify(path), ""));
      expect(direct.stderr).toContain("gathered first");
    }
  });

  it("give the queries before a bad row from a pipe too, but none where they were not whole", () => {
    const run = (rows: readonly object[]) =>
      spawnSync(process.execPath, [bin, "convert", "-"], { encoding: "utf8", input: jsonLines(rows) });
    const bad = row("c", "x", "?");
    const whole = run([...good, bad]);
    expect([whole.status, whole.stdout.split("\n").length - 1]).toEqual([2, 2]);
    expect(whole.stderr).toContain("standard input:4: score must be a finite number");
    expect(whole.stderr).toContain("(the 2 queries before it are reported above)");
    const within = run([...good, row("b", "y", "?")]);
    expect([within.status, within.stdout.split("\n").length - 1]).toEqual([2, 1]);
    const scattered = run([...good, row("a", "z", 1), row("b", "z", 1), bad]);
    expect([scattered.status, scattered.stdout]).toEqual([2, ""]);
  });
});
