import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { figures } from "../../docs/figures/build.mjs";
import { WIDE } from "../../docs/figures/picture.mjs";

const root = new URL("../../", import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), "utf8");
const pages = ["README.md", ...readdirSync(new URL("docs", root)).map((name) => `docs/${name}`)];

/** The figures that the pages show, each with the caption below it. */
const shown = pages
  .filter((page) => page.endsWith(".md"))
  .flatMap((page) => {
    const paragraphs = text(page).trimEnd().split(/\n\n+/);
    return paragraphs.flatMap((paragraph, i) => {
      const [, name] = /^!\[[^\]]*\]\((?:docs\/)?figures\/(\w+)\.svg\)$/.exec(paragraph) ?? [];
      const caption = paragraphs[i + 1]?.replaceAll("\n", " ").replace(/^_(.*)_$/, "$1");
      // The digits are drawn by a run of their own: digitsFigure.test.ts holds them.
      return name === undefined || name === "digits" ? [] : [{ page, name, caption }];
    });
  });
const drawn = new Map((await figures()).map((figure) => [figure.name, figure]));

describe("the numbers of a figure's caption come from the run that draws it", () => {
  it.each(shown)("$page: $name", ({ name, caption }) => {
    expect(caption).toBe(drawn.get(name)?.caption);
  });
});

describe("a figure is shown on some page, and its file is what the run draws", () => {
  it.each([...drawn.keys()])("%s", (name) => {
    expect(shown.map((figure) => figure.name)).toContain(name);
    expect(text(`docs/figures/${name}.svg`)).toBe(drawn.get(name)?.draw(WIDE));
  });
});
