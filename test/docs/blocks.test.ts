/** Blocks of README and guides that are neither TypeScript nor a command with its output: data, and commands to be typed. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const bin = fileURLToPath(new URL("dist/cli/main.js", root));
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const pages = ["README.md", ...readdirSync(new URL("docs", root)).map((name) => `docs/${name}`)];

interface Block {
  readonly page: string;
  readonly code: string;
}

const blocksOf = (language: string): Block[] =>
  pages
    .filter((page) => page.endsWith(".md"))
    .flatMap((page) =>
      [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, code]) => ({
        page,
        code,
      })),
    );

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "exptilt-blocks-"));
  symlinkSync(bin, join(folder, "exptilt"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (command: string) =>
  spawnSync("bash", ["-e", "-c", command], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` },
  });

describe("data shown on a page are read", () => {
  const data = [...blocksOf("json"), ...blocksOf("csv")];

  it.each(data)("$page: $code", ({ code }) => {
    writeFileSync(join(folder, "shown"), code);
    const { status, stderr } = run("exptilt curve shown --beta 0 --n 1 --csv");
    expect([status, stderr]).toEqual([0, expect.any(String)]);
  });

  it.each(data.filter(({ code }) => code.includes('"answers"')))("$page: the native form passes verify", ({ code }) => {
    writeFileSync(join(folder, "shown"), code);
    const { status, stdout, stderr } = run("exptilt verify shown --digits 30");
    expect(status, stdout + stderr).toBe(0);
  });
});

/** The columns of a file that a page's commands read, by its name. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  "samples.jsonl": ["prompt", "completion", "reward", "gold"],
  "samples.parquet": ["prompt", "completion", "rm_score", "correct"],
  "rows.csv": ["task_id", "completion", "a", "b"],
  "rows.parquet": ["task_id", "completion", "score"],
  "data.jsonl": ["prompt", "completion", "length", "passed", "gold"],
  "results.jsonl": ["prompt", "completion", "rm_score", "is_correct", "rm_a", "rm_b", "passed"],
  "results.parquet": ["prompt", "completion", "rm_a", "rm_b"],
  "results.csv": ["prompt", "completion", "score"],
  "queries.jsonl": ["prompt", "completion", "score"],
};
const QUERIES = 12;
const SAMPLES = 8;

/** Samples with whole numbers for scores; a gold-like column has 0 and 1. */
function cell(column: string, query: number, sample: number): string | number {
  if (column === "prompt" || column === "task_id") return `query ${query}`;
  if (column === "completion") return `answer ${sample}`;
  const score = (query * 7 + sample * 5 + column.length) % 11;
  return ["gold", "correct", "is_correct", "passed"].includes(column) ? score % 2 : score;
}

function writeSamples(name: string): void {
  const columns = COLUMNS[name] as readonly string[];
  const rows = Array.from({ length: QUERIES * SAMPLES }, (_, i) =>
    columns.map((column) => cell(column, Math.floor(i / SAMPLES), i % SAMPLES)),
  );
  const path = join(folder, name);
  if (name.endsWith(".csv")) {
    writeFileSync(path, `${[columns, ...rows].map((row) => row.join(",")).join("\n")}\n`);
  } else if (name.endsWith(".jsonl")) {
    const line = (row: readonly (string | number)[]) =>
      JSON.stringify(Object.fromEntries(row.map((value, i) => [columns[i], value])));
    writeFileSync(path, `${rows.map(line).join("\n")}\n`);
  } else {
    const columnData = columns.map((column, i) => ({
      name: column,
      data: rows.map((row) => row[i]),
      type: typeof rows[0]?.[i] === "string" ? ("STRING" as const) : ("INT32" as const),
    }));
    writeFileSync(path, Buffer.from(parquetWriteBuffer({ columnData })));
  }
}

describe("a command shown on a page does its work", () => {
  /** What these begin with needs an empty clone or many machines: `.ci/run` and the tests named do it. */
  const elsewhere: Readonly<Record<string, string>> = {
    cd: "test/package/install.package.ts",
    npm: ".ci/run",
    split: "test/scale/recipes.scale.ts",
  };
  const blocks = blocksOf("sh");

  it.each(blocks.filter(({ code }) => code.startsWith("exptilt")))("$page: $code", ({ code }) => {
    for (const name of Object.keys(COLUMNS)) if (code.includes(name)) writeSamples(name);
    for (const line of code.trim().split("\n")) {
      const { status, stderr } = run(line);
      expect([line, status, stderr]).toEqual([line, 0, expect.any(String)]);
    }
  });

  it.each(blocks.filter(({ code }) => !code.startsWith("exptilt")))("$page: $code is run elsewhere", ({ code }) => {
    const [first] = /^\w+/.exec(code) ?? [];
    const place = elsewhere[first as string];
    expect(place, `nothing runs ${code}`).toBeDefined();
    const script = read(place as string);
    // The recipes are read off the page by the test itself; the gate calls the same commands.
    if (first === "npm") {
      for (const [command] of code.matchAll(/npm (ci|run \w+|test)/g)) expect(script).toContain(command);
    } else expect(script).toMatch(/commandsOf|README/);
  });
});
