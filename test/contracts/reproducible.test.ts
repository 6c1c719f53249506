import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { builtDoors } from "../support/doors.js";
import { draws } from "./draws.js";

const top = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Every module that a source reaches by import or re-export. */
function reached(entry: string): Map<string, ts.SourceFile> {
  const found = new Map<string, ts.SourceFile>();
  const visit = (file: string) => {
    if (found.has(file)) return;
    const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
    found.set(file, source);
    for (const statement of source.statements) {
      if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
      const from = statement.moduleSpecifier;
      if (from === undefined || !ts.isStringLiteral(from) || !from.text.startsWith(".")) continue;
      visit(fileURLToPath(new URL(from.text.replace(/\.js$/, ".ts"), `file://${file}`)));
    }
  };
  visit(entry);
  return found;
}

/** What a module asks the engine for that the standard does not fix to the last bit. */
function unfixed(source: ts.SourceFile): string[] {
  // Exactly rounded by IEEE 754, or on whole numbers.
  const fixed = ["abs", "ceil", "clz32", "floor", "fround", "imul", "max", "min", "round", "sign", "sqrt", "trunc"];
  const constants = ["E", "LN10", "LN2", "LOG10E", "LOG2E", "PI", "SQRT1_2", "SQRT2"];
  const out: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === "Math") {
      const { parent } = node;
      const name = ts.isPropertyAccessExpression(parent) ? parent.name.text : "";
      if (![...fixed, ...constants].includes(name)) out.push(parent.getText());
    }
    if (ts.isIdentifier(node) && ["Date", "performance", "crypto", "Intl"].includes(node.text)) out.push(node.text);
    if (ts.isBinaryExpression(node)) {
      const { kind } = node.operatorToken;
      const power = kind === ts.SyntaxKind.AsteriskAsteriskToken || kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken;
      // A power of 2 with a whole exponent is a double, which every engine gives.
      if (power && node.left.getText() !== "2") out.push(node.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return out;
}

describe("a computation has the same bits in every engine", () => {
  const doors = ["index.ts", "training/index.ts", "diffusion/index.ts", "claims/index.ts"];
  const modules = [...new Map(doors.flatMap((door) => [...reached(top(`src/${door}`))]))];

  it("no module asks for a function that engines may round differently, nor for time or chance", () => {
    expect(modules.length).toBeGreaterThan(90);
    const asked = modules.flatMap(([file, source]) =>
      unfixed(source).map((what) => `${file.slice(top("").length)}: ${what}`),
    );
    expect(asked).toEqual([
      // A count of sequences, which is only held against a limit.
      "src/alignment/sequences.ts: vocabulary.length ** length",
      // When to let the event loop turn.
      ...Array(3).fill("src/optimize/minimize.ts: performance"),
    ]);
  });

  it("the guard sees such a function however it is used", () => {
    const source = (text: string) => ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest, true);
    const seen = unfixed(
      source("const { exp } = Math; x.map(Math.log); y ** 2; y **= 2; Math['cos'](1); Math.random();"),
    );
    expect(seen.length).toBe(6);
    expect(unfixed(source("// Math.exp(x)\nconst y = Math.sqrt(2 ** k) + Math.LN2;"))).toEqual([]);
  });
});

describe("seeded streams", () => {
  it("the first draws of every sampler are those on record, bit by bit", async () => {
    await expect(await draws()).toMatchFileSnapshot("draws.txt");
  });

  it("are the same in the next run of the same process", async () => {
    expect(await draws()).toBe(await draws());
  });

  it.each([
    ["a fresh process", []],
    ["a process that compiles nothing", ["--jitless"]],
    ["a process that optimises at once", ["--always-turbofan"]],
  ])("are the same in %s, from the built package", async (_, flags) => {
    const { outputFiles } = await build({
      stdin: {
        contents: 'import { draws } from "./draws.ts"; process.stdout.write(await draws());',
        resolveDir: top("test/contracts"),
      },
      alias: builtDoors(top("")),
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
    });
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, "--input-type=module"], {
      input: outputFiles[0].text,
      encoding: "utf8",
    });
    expect(stdout, stderr).toBe(await draws());
  });
});
