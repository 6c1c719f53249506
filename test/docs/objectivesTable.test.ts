import { readFileSync } from "node:fs";
import * as exptilt from "exptilt";
import { describe, expect, it } from "vitest";
import { compileExample, runExample } from "../support/runExample.js";

const page = readFileSync(new URL("../../docs/objectives.md", import.meta.url), "utf8");
const [, setting = ""] = /^```ts\n(.*?)^```$/ms.exec(page) ?? [];
const rows = [...page.matchAll(/^\| ([^|]*) \| `([^`]*)` \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$/gm)];

describe("the table of objectives is what its code gives, run after the first example of the page", () => {
  it("has a row for each objective", () => {
    expect(rows.length).toBeGreaterThanOrEqual(24);
  });

  it.each(rows.map(([, name, code, ...shares]) => ({ name, code, shares })))("$name", async ({ code, shares }) => {
    const named = (text: string, name: string) => new RegExp(`\\b${name}\\b`).test(text);
    const names = Object.keys(exptilt).filter((name) => named(code, name) && !named(setting, name));
    const imports = names.length === 0 ? "" : `import { ${names.join(", ")} } from "exptilt";`;
    const law = `Array.from((${code}).mass, (p) => 100 * p) // => [${shares.join(", ")}]`;
    const load = (specifier: string): Promise<unknown> => import(/* @vite-ignore */ specifier);
    expect(await runExample(compileExample([imports, setting, law].join("\n")), load)).toEqual([]);
  });
});
