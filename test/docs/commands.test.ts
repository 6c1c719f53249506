import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const bin = fileURLToPath(new URL("dist/cli/main.js", root));
const pages = ["README.md", ...readdirSync(new URL("docs", root)).map((name) => `docs/${name}`)];

/** The commands that a page shows with what they print: code blocks whose first line is `$ exptilt …`. */
function shown(page: string): { line: string; printed: string }[] {
  const text = readFileSync(new URL(page, root), "utf8");
  return [...text.matchAll(/^```[a-z]*\n\$ exptilt (.*)\n([^`]*)^```$/gm)].map(([, line, printed]) => ({
    line,
    printed,
  }));
}

const commands = pages
  .filter((page) => page.endsWith(".md"))
  .flatMap((page) => shown(page).map((c) => ({ page, ...c })));

describe("a command shown on a page prints what the page shows", () => {
  it.each(commands)("$page: exptilt $line", ({ line, printed }) => {
    const { stdout, stderr } = spawnSync(process.execPath, [bin, ...line.split(" ")], { encoding: "utf8" });
    // A page may leave out the legend below a table.
    expect(stdout, stderr).toContain(printed.trimEnd());
  });
});
