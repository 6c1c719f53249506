import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { afterAll, describe, expect, it } from "vitest";
import { bundleSizes } from "../bench/cases/package.js";
import { CHROMIUM, FLAGS } from "../browser/chromium.js";
import { builtDoors, doors } from "../support/doors.js";
import { consumer } from "./consumer.js";

const top = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const project = consumer();
afterAll(() => project.close());

const recorded = readFileSync(top("test/contracts/draws.txt"), "utf8");

describe("the tarball", () => {
  it("holds the licence, the README, the guides, the sources and what is built of them, and nothing else", () => {
    const sources = (readdirSync(top("src"), { recursive: true }) as string[]).filter((name) => /\.\w+$/.test(name));
    const modules = sources.filter((name) => /(?<!\.d)\.ts$/.test(name)).map((name) => name.slice(0, -3));
    const built = modules.flatMap((name) => ["js", "js.map", "d.ts", "d.ts.map"].map((end) => `dist/${name}.${end}`));
    // The doors for Node, the workers, the command line, and what they share. Its main file is built anew, without a map.
    const isJoined = (name: string) => /^dist\/(node\/(\w+|shared-[\w-]+)\.js(\.map)?|cli\/part-\w+\.js)$/.test(name);
    const node = project.packed.filter(isJoined);
    built.splice(built.indexOf("dist/cli/main.js.map"), 1);
    // The generator of seedrandom, as a module.
    const generator = "dist/numeric/tychei.js";
    const bundle = "dist/browser/exptilt.js";
    const guides = readdirSync(top("docs")).filter((name) => name.endsWith(".md"));
    const figures = readdirSync(top("docs/figures")).filter((name) => name.endsWith(".svg"));
    const about = ["LICENSE", "README.md", "package.json"];
    about.push(...guides.map((name) => `docs/${name}`), ...figures.map((name) => `docs/figures/${name}`));
    const expected = [...about, generator, bundle, ...sources.map((name) => `src/${name}`), ...built, ...node];
    expect([...project.packed].sort()).toEqual(expected.sort());
  });

  it("has maps whose sources are in it too", () => {
    const maps = project.packed.filter((name) => name.endsWith(".map"));
    expect(maps.length).toBeGreaterThan(300);
    for (const map of maps) {
      const { sources } = JSON.parse(readFileSync(join(project.installed, map), "utf8")) as { sources: string[] };
      for (const source of sources) {
        // The generator of seedrandom has no source here: it comes as a dependency.
        if (source.endsWith("dist/numeric/tychei.js")) continue;
        expect(existsSync(join(project.installed, dirname(map), source)), `${map}: ${source}`).toBe(true);
      }
    }
  });

  it("needs nothing at run time but mathjs, seedrandom, and what the command reads files with", () => {
    const { dependencies } = JSON.parse(readFileSync(join(project.installed, "package.json"), "utf8"));
    expect(Object.keys(dependencies)).toEqual([
      "csv-parse",
      "fzstd",
      "hyparquet",
      "hyparquet-compressors",
      "mathjs",
      "seedrandom",
    ]);
  });
});

describe("from JavaScript", () => {
  const { exports } = JSON.parse(readFileSync(top("package.json"), "utf8")) as { exports: Record<string, unknown> };
  const subpaths = Object.keys(exports).map((path) => `exptilt${path.slice(1)}`);

  /** What each gives, by the sources. */
  const given: Record<string, object> = {
    ...doors,
    "exptilt/browser": { ...doors.exptilt, ...doors["exptilt/training"], ...doors["exptilt/diffusion"] },
    "exptilt/package.json": { default: exports },
  };

  it.each(subpaths)("import of %s gives what the sources export", (subpath) => {
    const attributes = subpath.endsWith(".json") ? ', { with: { type: "json" } }' : "";
    const code = `console.log(JSON.stringify(Object.keys(await import("${subpath}"${attributes}))))`;
    const { stdout, stderr } = project.run("node", "--no-warnings", "--input-type=module", "-e", code);
    expect(JSON.parse(stdout || "[]").sort(), stderr).toEqual(Object.keys(given[subpath]).sort());
  });

  it("require of it works too", () => {
    const code = 'console.log(require("exptilt").entropy(require("exptilt").measure(["a", "b"], [3, 1])))';
    const { stdout, stderr } = project.run("node", "--no-warnings", "--input-type=commonjs", "-e", code);
    expect(stdout, stderr).toBe("0.5623351446188083\n");
  });

  it("an error that nobody catches shows where it comes from, not the whole file", () => {
    const code = 'import { tilt } from "exptilt"; tilt()';
    const { stderr } = project.run("node", "--input-type=module", "-e", code);
    expect(stderr).toContain("TypeError: tilt: ref must be a measure");
    expect(stderr.length).toBeLessThan(2000);
  });

  it("what is not exported cannot be reached", () => {
    const { stderr } = project.run("node", "--input-type=module", "-e", 'import "exptilt/dist/measure/law.js"');
    expect(stderr).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it("the command runs as npm links it, and checks the data that came with it", () => {
    const bin = join(project.folder, "node_modules/.bin/exptilt");
    const { version } = JSON.parse(readFileSync(top("package.json"), "utf8")) as { version: string };
    expect(project.run(bin, "--version").stdout).toBe(`${version}\n`);
    expect(project.run(bin, "--help").stdout).toMatch(/^exptilt COMMAND/);
    const { status, stdout, stderr } = project.run(bin, "verify", "--limit", "2", "--digits", "30", "--jobs", "2");
    expect([status, stdout], stderr).toEqual([0, expect.stringContaining("claims hold on 2 queries")]);
    expect(project.run(bin, "curve", "--csv", "--jobs", "2").stdout).toBe(project.run(bin, "curve", "--csv").stdout);
  });
});

describe("from TypeScript, strict and with the libraries' own declarations checked", () => {
  const code = `
import { type Distribution, klDivergence, measure, randomSource, type Sampler, rlhfOptimum, softBestOfNSampler } from "exptilt";
import { exactAlgebra } from "exptilt/exact";

const ref = measure(["a", "b"] as const, [3, 1]);
const optimum: Distribution<"a" | "b"> = rlhfOptimum({ ref, reward: [0, 1], beta: 0.5 });
const sampler: Sampler<"a" | "b"> = softBestOfNSampler({ ref, reward: [0, 1], beta: 0.5 }, 4, randomSource(1));
export const answer: "a" | "b" = sampler();
export const kl: number = klDivergence(optimum, ref);
export const text: string = exactAlgebra({ digits: 30 }).number(0.1).toString();
// @ts-expect-error A reward is a number for each answer, or a function.
rlhfOptimum({ ref, reward: "high", beta: 0.5 });
// @ts-expect-error The answers are "a" and "b".
export const wrong: "c" = sampler();
`;
  it.each([
    ["NodeNext", "NodeNext"],
    ["ESNext", "bundler"],
  ])("module %s, resolution %s", (module, moduleResolution) => {
    project.write("consumer.ts", code);
    const compilerOptions = {
      target: "ES2023",
      lib: ["ES2023"],
      types: [],
      module,
      moduleResolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      isolatedModules: true,
      verbatimModuleSyntax: true,
      skipLibCheck: false,
      noEmit: true,
    };
    project.write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
    const { status, stdout } = project.run("node", top("node_modules/typescript/bin/tsc"), "-p", "tsconfig.json");
    expect([status, stdout]).toEqual([0, ""]);
  });
});

describe("from a bundle for browsers", () => {
  /** The draws on record and a value of the exact algebra, put on the global object as text. */
  const bundle = async () => {
    const contents = `
      import { draws } from ${JSON.stringify(top("test/contracts/draws.ts"))};
      import { exactAlgebra } from "exptilt/exact";
      const { exp, number } = exactAlgebra({ digits: 40 });
      globalThis.seen = draws().then((text) => [text, exp(number(1)).toString().slice(0, 31)]);
    `;
    const { outputFiles, warnings } = await build({
      stdin: { contents, resolveDir: project.folder },
      // The draws are a file of the tests: their package is the installed one as well.
      alias: builtDoors(project.installed),
      bundle: true,
      minify: true,
      write: false,
      format: "iife",
      platform: "browser",
    });
    expect(warnings).toEqual([]);
    return outputFiles[0].text;
  };
  const seen = [recorded, "2.71828182845904523536028747135"];

  it("in a bare context, which has a clock and no other global of Node or of a browser, the draws are those on record", async () => {
    const context = createContext({ performance, setTimeout });
    runInContext(await bundle(), context);
    expect(await runInContext("seen", context)).toEqual(seen);
  });

  it.skipIf(!existsSync(CHROMIUM))("in Chromium the draws are those on record, bit by bit", async () => {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    try {
      const page = await browser.newPage();
      await page.addScriptTag({ content: await bundle() });
      expect(await page.evaluate("seen")).toEqual(seen);
    } finally {
      await browser.close();
    }
  });

  it("the core is below 15 kB, minified and gzipped, with seedrandom in it", async () => {
    const [core] = await bundleSizes(project.installed);
    expect(core.name).toMatch(/^core:/);
    expect(core.gzipped).toBeLessThan(15_000);
    expect(core.exports).toContain("randomSource");
  });
});
