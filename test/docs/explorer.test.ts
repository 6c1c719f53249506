import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildExplorer } from "../../docs/explorer/build.mjs";

describe("the explorer", () => {
  let folder: string;
  let sources: readonly string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "explorer-"));
    sources = await buildExplorer(folder);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (name: string) => readFileSync(join(folder, name), "utf8");

  test("is made of its own files, the built package without mathjs, and the embedded data", () => {
    expect(sources).toContain("dist/alignment/rlif.js");
    const others = sources.filter((path) => !/^(docs\/explorer|dist|src\/data)\//.test(path));
    expect(others).toEqual([]);
    expect(sources.filter((path) => path.startsWith("dist/exact/"))).toEqual([]);
    // Of the commands, what parses a line; not what reads files.
    expect(sources).toContain("dist/cli/input/parseQuery.js");
    expect(sources).not.toContain("dist/cli/input/dataset.js");
  });

  test("loads nothing but its own script and style, and those of the site", () => {
    const loaded = [...read("index.html").matchAll(/<(?:script|link|img)[^>]*(?:src|href)="([^"]*)"/g)].map(
      (m) => m[1],
    );
    expect(loaded.sort()).toEqual([
      "../site.js",
      "../style.css",
      "../theme.js",
      "data:,",
      "explorer.css",
      "explorer.js",
    ]);
    expect(read("explorer.css")).not.toMatch(/url\(|@import/);
    expect(read("explorer.js")).not.toMatch(/\bfetch\(|XMLHttpRequest|sendBeacon|\bimport\(|\brequire\(/);
  });

  test("every id that its script asks for is in its page", () => {
    const asked = sources
      .filter((path) => path.startsWith("docs/explorer/"))
      .flatMap((path) => [...readFileSync(path, "utf8").matchAll(/byId(?:<\w+>)?\("([\w-]+)"\)/g)].map((m) => m[1]));
    expect(asked.length).toBeGreaterThan(20);
    const page = read("index.html");
    expect(asked.filter((id) => !page.includes(`id="${id}"`))).toEqual([]);
  });
});
