import { describe, expect, test } from "vitest";
import { buildExplorable } from "../../docs/explorable/build.mjs";
import { builtPage, REQUESTS } from "../support/builtPage.js";

describe("the explorable", () => {
  const { sources, read, loaded } = builtPage(buildExplorable);

  test("is made of the pages' own files, the built package without mathjs, and the embedded data", () => {
    expect(sources()).toContain("dist/diffusion/ddimLaw.js");
    expect(sources().filter((path) => !/^(docs\/(explorer|explorable)|dist|src\/data)\//.test(path))).toEqual([]);
    expect(sources().filter((path) => path.startsWith("dist/exact/"))).toEqual([]);
  });

  test("its page has nothing but the section, and loads nothing but its own script and style, and the style of the site", () => {
    const page = read("index.html");
    expect(page).toContain('<section id="explorable" data-root="../"></section>');
    expect(page).not.toMatch(/ style="|<style|<script>/);
    expect(loaded()).toEqual(["explorable.css", "explorable.js"]);
    expect(read("explorable.css")).not.toMatch(/url\(|@import/);
    expect(read("explorable.js")).not.toMatch(REQUESTS);
  });
});
