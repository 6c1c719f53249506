import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { buildExplorer } from "../../docs/explorer/build.mjs";
import { builtPage, REQUESTS } from "../support/builtPage.js";

describe("the explorer", () => {
  const { sources, read, loaded } = builtPage(buildExplorer);

  test("is made of its own files, the built package without mathjs, and the embedded data", () => {
    expect(sources()).toContain("dist/alignment/rlif.js");
    const others = sources().filter((path) => !/^(docs\/(explorer|explorable)|dist|src\/data)\//.test(path));
    expect(others).toEqual([]);
    expect(sources().filter((path) => path.startsWith("dist/exact/"))).toEqual([]);
    // Of the commands, what parses a line; not what reads files.
    expect(sources()).toContain("dist/cli/input/parseQuery.js");
    expect(sources()).not.toContain("dist/cli/input/dataset.js");
  });

  test("loads nothing but its own script and style, and those of the site", () => {
    expect(loaded()).toEqual(["../explorable/explorable.css", "explorer.css", "explorer.js"]);
    expect(read("explorer.css")).not.toMatch(/url\(|@import/);
    expect(read("explorer.js")).not.toMatch(REQUESTS);
  });

  test("every id that its script asks for is in its page", () => {
    const asked = sources()
      .filter((path) => path.startsWith("docs/explorer/"))
      .flatMap((path) => [...readFileSync(path, "utf8").matchAll(/byId(?:<\w+>)?\("([\w-]+)"\)/g)].map((m) => m[1]));
    expect(asked.length).toBeGreaterThan(20);
    const page = read("index.html");
    expect(asked.filter((id) => !page.includes(`id="${id}"`))).toEqual([]);
  });
});
