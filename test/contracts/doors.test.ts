/** What a new function must touch besides its own file, each with the test that fails where it was forgotten: see docs/extending.md. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import typedoc from "../../typedoc.config.js";
import { doors } from "../support/doors.js";
import { exportedFunctions } from "../support/legalCalls.js";

const top = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, top), "utf8");
const filesOf = (folder: string) =>
  (readdirSync(new URL(folder, top), { recursive: true }) as string[])
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name}`);

describe("the doors", () => {
  it("are those of package.json, each with types, a file for Node and a module, and the reference has them all; beside them is one file for browsers", () => {
    const { exports } = JSON.parse(read("package.json")) as { exports: Record<string, Record<string, string>> };
    const { "./package.json": _, "./browser": bundle, ...given } = exports;
    const expected = Object.keys(doors).map((door) => {
      const path = door === "exptilt" ? "" : door.slice("exptilt/".length);
      const module = `./dist/${path === "" ? "" : `${path}/`}index`;
      const node = `./dist/node/${path === "" ? "index" : path}.js`;
      return [path === "" ? "." : `./${path}`, { types: `${module}.d.ts`, node, default: `${module}.js` }];
    });
    expect(given).toEqual(Object.fromEntries(expected));
    expect(bundle).toEqual({ types: "./dist/browser/index.d.ts", default: "./dist/browser/exptilt.js" });
    const modules = Object.values(given).map(({ default: path }) =>
      path.replace("./dist", "src").replace(".js", ".ts"),
    );
    expect([...(typedoc.entryPoints as string[])].sort()).toEqual(modules.sort());
  });

  it("lead to different functions", () => {
    const names = exportedFunctions().map((path) => path.split(".")[1]);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it("lead to every function whose comment has an example", () => {
    const documented = filesOf("src").flatMap((file) => {
      const text = read(file);
      return [...text.matchAll(/^ \* @example$(?:(?!\*\/)[\s\S])*\*\/\s+export function (\w+)/gm)].map(
        ([, name]) => name,
      );
    });
    const names = new Set(exportedFunctions().map((path) => path.split(".")[1]));
    expect(documented.length).toBeGreaterThan(100);
    expect(documented.filter((name) => !names.has(name))).toEqual([]);
  });
});

describe("a public function", () => {
  // The tests of contracts and documents go over all functions, so a name there says nothing.
  const tests = filesOf("test").filter(
    (file) => !/^test\/(contracts|docs|support|accuracy|bench|package)\//.test(file),
  );
  const words = new Set(tests.flatMap((file) => read(file).match(/\w+/g) ?? []));

  it("is named by a test of its own", () => {
    expect(exportedFunctions().filter((path) => !words.has(path.split(".")[1]))).toEqual([]);
  });
});
