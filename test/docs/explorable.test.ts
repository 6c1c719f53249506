import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildExplorable } from "../../docs/explorable/build.mjs";

describe("the explorable", () => {
  let folder: string;
  let sources: readonly string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "explorable-"));
    sources = await buildExplorable(folder);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (name: string) => readFileSync(join(folder, name), "utf8");

  test("is made of the pages' own files, the built package without mathjs, and the embedded data", () => {
    expect(sources).toContain("dist/diffusion/ddimLaw.js");
    expect(sources.filter((path) => !/^(docs\/(explorer|explorable)|dist|src\/data)\//.test(path))).toEqual([]);
    expect(sources.filter((path) => path.startsWith("dist/exact/"))).toEqual([]);
  });

  test("its page has nothing but the section, and loads nothing but its own script and style, and the style of the site", () => {
    const page = read("index.html");
    expect(page).toContain('<section id="explorable" data-root="../"></section>');
    expect(page).not.toMatch(/ style="|<style|<script>/);
    const loaded = [...page.matchAll(/<(?:script|link|img)[^>]*(?:src|href)="([^"]*)"/g)].map((m) => m[1]);
    expect(loaded.sort()).toEqual(["../style.css", "data:,", "explorable.css", "explorable.js"]);
    expect(read("explorable.css")).not.toMatch(/url\(|@import/);
    expect(read("explorable.js")).not.toMatch(/\bfetch\(|XMLHttpRequest|sendBeacon|\bimport\(|\brequire\(/);
  });
});
