/**
 * Parts of a data set, added up: what is printed is the figures of the whole, each query once, or an error that names the
 * part. And a run that broke off goes on to the bytes of one that did not.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { Moments } from "../../src/cli/curve/moments.js";
import { sealed } from "../../src/cli/curve/partial.js";
import { CurveTally } from "../../src/cli/curve/tally.js";
import { parseQuery } from "../../src/cli/input/dataset.js";
import { tallyOf } from "../support/readings.js";
import { test } from "../support/test.js";
import { withoutProgress } from "../support/withoutProgress.js";

const bin = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "exptilt-parts-"));
afterAll(() => rmSync(folder, { recursive: true }));

function exptilt(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { encoding: "utf8", cwd: folder });
  return { status, stdout, stderr: withoutProgress(stderr) };
}

const file = (name: string, lines: readonly string[]) => {
  writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(""));
  return name;
};
const text = (name: string) => readFileSync(join(folder, name), "utf8");

const line = (i: number) =>
  JSON.stringify({
    query: `q${i}`,
    answers: [0, 1, 2].map((k) => ({ answer: `${k}`, count: 1 + ((i + k) % 4), reward: ((i * 7 + k * 5) % 11) / 11 })),
  });
const lines = Array.from({ length: 24 }, (_, i) => line(i));
// The same query twice: to one run it is two queries.
lines.push(line(3));
const GRID = ["--beta", "0,0.5", "--n", "1,2"];
const partial = (name: string, content: readonly string[], ...more: string[]) => {
  const run = exptilt("curve", file(`${name}.jsonl`, content), ...GRID, "--partial", `${name}.json`, ...more);
  expect(run.status).toBe(0);
  return `${name}.json`;
};

describe("shards", { timeout: 300_000 }, () => {
  const whole = exptilt("curve", file("whole.jsonl", lines), ...GRID, "--csv", "--partial", "whole.json");
  const [a, b, c] = [
    partial("a", lines.slice(0, 10)),
    partial("b", lines.slice(10, 17)),
    partial("c", lines.slice(17)),
  ];
  const merge = (...args: string[]) => exptilt("merge", ...args, "--csv");

  it("that are the whole give its bytes, proved against it, in any order and cutting", () => {
    for (const shards of [
      [a, b, c],
      [c, a, b],
      [
        partial(
          "odd",
          lines.filter((_, i) => i % 2 === 1),
        ),
        partial("even", lines.filter((_, i) => i % 2 === 0).reverse()),
      ],
      ["whole.json"],
    ]) {
      expect(merge(...shards, "--of", "whole.jsonl", "--partial", "merged.json")).toEqual({ ...whole, stderr: "" });
      expect(text("merged.json")).toBe(text("whole.json"));
    }
  });

  it.each([
    [
      "overlap",
      () => [a, partial("over", lines.slice(9, 17)), c],
      "over.json: 1 of its 8 queries is in the files before it",
    ],
    [
      "overlap, reordered",
      () => [a, partial("mixed", lines.slice(5, 17).reverse())],
      "mixed.json: 5 of its 12 queries are in",
    ],
    ["are in the whole", () => [b, "whole.json"], "whole.json: 7 of its 25 queries are in the files before it"],
    [
      "are the same under another name",
      () => [a, partial("again", lines.slice(0, 10))],
      "of its 10 queries are in the files before it",
    ],
  ])("that %s are refused, also against the whole", (_, shards, complaint) => {
    for (const of of [[], ["--of", "whole.jsonl"]])
      expect(merge(...shards(), ...of)).toMatchObject({
        status: 2,
        stdout: "",
        stderr: expect.stringContaining(complaint),
      });
  });

  it("of equal queries are accepted only under the whole that has both", () => {
    const [first, second] = [partial("first", [line(3)]), partial("second", [line(3), line(4)])];
    expect(merge(first, second)).toMatchObject({ status: 2, stderr: expect.stringContaining("(--of FILE tells") });
    const both = file("both.jsonl", [line(3), line(4), line(3)]);
    expect(merge(first, second, "--of", both).stdout).toBe(exptilt("curve", both, ...GRID, "--csv").stdout);
    expect(merge(first, second, "--of", file("once.jsonl", [line(3), line(4)])).stderr).toContain(
      "second.json: 1 of its 2 queries is in the files before it already",
    );
  });

  it("of which one is missing, or of other data, are refused under the whole, with the place", () => {
    expect(merge(a, c, "--of", "whole.jsonl")).toEqual({
      status: 2,
      stdout: "",
      stderr: "exptilt: whole.jsonl:11: 7 queries of whole.jsonl are in none of the files, the first of them here\n",
    });
    const other = file("other.jsonl", [...lines.slice(0, 20), line(99)]);
    expect(merge(a, b, c, "--of", other).stderr).toContain("c.json: 4 of its 8 queries are not in other.jsonl");
  });

  it("that cut the rows of a query are refused", () => {
    const row = (q: number, score: number) => JSON.stringify({ prompt: `p${q}`, completion: `c${score}`, score });
    const rows = [0, 1, 2, 3].flatMap((q) => [1, 2, 3].map((s) => row(q, s + q / 10)));
    const asked = ["--beta", "0", "--n", "1"];
    const made = (name: string, content: readonly string[]) => {
      expect(exptilt("curve", file(`${name}.jsonl`, content), ...asked, "--partial", `${name}.json`).status).toBe(0);
      return `${name}.json`;
    };
    const [head, tail] = [made("head", rows.slice(0, 5)), made("tail", rows.slice(5))];
    expect(merge(head, tail).stderr).toContain("tail.json: rows of 1 query are in the files before it too");
    const all = file("rows.jsonl", rows);
    expect(merge(head, tail, "--of", all).stderr).toContain("head.json: 1 of its 2 queries is not in rows.jsonl");
    const cut = [made("left", rows.slice(0, 6)), made("right", rows.slice(6))];
    expect(merge(...cut, "--of", all).stdout).toBe(exptilt("curve", all, ...asked, "--csv").stdout);
  });

  it("whose sum leaves the range of doubles are refused, as by one run", () => {
    const huge = (q: string) =>
      JSON.stringify({
        query: q,
        answers: [
          { count: 1, reward: 1.7e308 },
          { count: 1, reward: 1.6e308 },
        ],
      });
    const [x, y] = [partial("x", [huge("x")]), partial("y", [huge("y")])];
    expect(merge(x, y)).toMatchObject({
      status: 2,
      stdout: "",
      stderr: "exptilt: y.json: with it a sum of rewards leaves the range of doubles\n",
    });
  });

  it("of which a digit was changed are refused", () => {
    const good = text(a);
    for (const at of [60, Math.floor(good.length / 2), good.length - 70]) {
      const digit = good.slice(at).search(/\d/) + at;
      const changed = `${good.slice(0, digit)}${(Number(good[digit]) + 1) % 10}${good.slice(digit + 1)}`;
      writeFileSync(join(folder, "changed.json"), changed);
      expect(merge("changed.json"), changed.slice(digit - 9, digit + 9)).toMatchObject({ status: 2, stdout: "" });
    }
  });
});

const counted = (n: number) => (n === 1 ? "1 query" : `${n} queries`);

describe("a run that broke off", { timeout: 300_000 }, () => {
  const whole = exptilt("curve", file("all.jsonl", lines), ...GRID, "--csv", "--partial", "all.json");

  it.each([0, 1, 12, 24])(
    "after %d queries goes on to the same bytes, with its own options or the same ones",
    (done) => {
      file("broken.jsonl", [...lines.slice(0, done), "{"]);
      expect(exptilt("curve", "broken.jsonl", ...GRID, "--partial", "broken.json").status).toBe(2);
      for (const options of [[], GRID]) {
        const run = exptilt(
          "curve",
          "all.jsonl",
          ...options,
          "--csv",
          "--resume",
          "broken.json",
          "--partial",
          "resumed.json",
        );
        expect(run).toEqual({ ...whole, stderr: `exptilt: broken.json: going on after ${counted(done)}\n` });
        expect(text("resumed.json")).toBe(text("all.json"));
      }
    },
  );

  it("goes on in the file that it writes itself, also when it has ended, and begins where there is none", () => {
    rmSync(join(folder, "own.json"), { force: true });
    const own = ["--csv", ...GRID, "--resume", "own.json", "--partial", "own.json"];
    for (let i = 0; i < 2; i++) {
      const stderr = i === 0 ? "" : "exptilt: own.json: going on after 25 queries\n";
      expect(exptilt("curve", "all.jsonl", ...own)).toEqual({ ...whole, stderr });
      expect(text("own.json")).toBe(text("all.json"));
    }
    // Of other data it is no beginning.
    const other = file("others.jsonl", lines.slice(2));
    const { status, stderr } = exptilt("curve", other, ...own);
    expect([status, stderr]).toEqual([0, expect.stringContaining("others.jsonl: its first 25 queries are not those")]);
    expect(text("own.json")).toBe(text(partial("anew", lines.slice(2))));
  });

  it.each([
    [["--resume", "none.json", ...GRID], "none.json: there is no such file or folder"],
    [["--resume", "all.json", "--beta", "0"], "all.json was made with other options"],
    [["--resume", "all.json", "--law"], "--resume needs --beta"],
    [["--resume", "all.json", "--per-query", "per.csv"], "--per-query and --resume exclude each other"],
  ])("%j is refused", (args, complaint) => {
    expect(exptilt("curve", "all.jsonl", ...args)).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining(complaint),
    });
  });

  it("does not go on with other data", () => {
    const other = file("otherwise.jsonl", [line(50), ...lines.slice(1)]);
    expect(exptilt("curve", other, "--resume", "all.json").stderr).toBe(
      "exptilt: otherwise.jsonl: its first 25 queries are not those that the file to resume is of\n",
    );
  });
});

describe("sums that no queries have", () => {
  const settings = { rewards: [{ name: "reward", betas: [0, 0.5] }], ns: [1, 2], plugIn: false };
  const made = tallyOf(
    lines.slice(0, 5).map((text, i) => ({ ...parseQuery(text, `f:${i + 1}`), cluster: `${i % 2}` })),
    settings,
  ).toText();
  const record = () => JSON.parse(made.replace(/,"checksum":.*\n$/, "}"));

  it.each([
    ["more queries than digests", (r) => r.queries++],
    ["fewer digests", (r) => (r.digests = "")],
    ["a win rate above 1", (r) => (r.cells[3] = [5, [5.1], [6]])],
    ["a negative KL", (r) => (r.cells[1] = [5, [-1], [1]])],
    ["squares too small for the sum", (r) => (r.cells[0] = [5, [2], [0.7]])],
    ["a point of more queries than there are", (r) => (r.cells[0][0] = 6)],
    ["clusters that are not the whole", (r) => r.clusters.pop()],
    ["a sum without a figure", (r) => (r.cells[0] = [0, [1], [1]])],
    ["too few cells", (r) => r.cells.pop()],
  ] as [string, (record: { queries: number; digests: string; cells: unknown[][]; clusters: unknown[] }) => void][])(
    "%s",
    (_, change) => {
      const changed = record();
      change(changed);
      expect(() => CurveTally.fromText(sealed(JSON.stringify(changed)), "p")).toThrow(
        /^p: .*no queries have such sums$/,
      );
    },
  );

  it("and sums of another version, format or shape are refused by what they are", () => {
    const changed = (more: object) => sealed(JSON.stringify({ ...record(), ...more }));
    const read = (text: string) => () => CurveTally.fromText(text, "p");
    expect(read(changed({ exptilt: "0.0.1" }))).toThrow(/^p: it was made by exptilt 0\.0\.1, and this is /);
    expect(read(changed({ format: "exptilt curve partial sums, version 2" }))).toThrow(/its format is .*version 2/);
    expect(read(changed({ cells: 1 }))).toThrow(/it is not a file of exptilt curve partial sums/);
    expect(read("")).toThrow("p: it is empty");
    expect(read(made.slice(0, -1))).toThrow("p: it was changed after it was written");
    expect(read(made)).not.toThrow();
  });

  const figure = fc.oneof(
    fc.double({ noNaN: true, min: -1e160, max: 1e160 }),
    fc.constantFrom(0, 5e-324, -1e-200, 1e-160, 1e145, 1e150),
  );
  test.prop([fc.array(figure, { maxLength: 20 })])("are never those of figures", (figures) => {
    const moments = new Moments();
    for (const x of figures) moments.add(x);
    expect(moments.isPossible(Math.min(0, ...figures), Math.max(0, ...figures))).toBe(true);
  });
});
