import ts from "typescript";
import { describe, expect, test } from "vitest";
import typedoc from "../../typedoc.config.js";

const entryPoints = typedoc.entryPoints as string[];
const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile) as { config: unknown };
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
const program = ts.createProgram(entryPoints, options);
const checker = program.getTypeChecker();

describe.each(entryPoints)("%s: a public function or class has an example that is run", (file) => {
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  const callables = module ? checker.getExportsOfModule(module).map(origin).filter(isCallable) : [];

  test.each(callables.map((symbol) => [symbol.name, symbol] as const))("%s", (_, symbol) => {
    const documented = (symbol.declarations ?? []).flatMap((declaration) => ts.getJSDocTags(declaration));
    const texts = documented.filter(({ tagName }) => tagName.text === "example").map((tag) => tag.getText());
    expect(texts, "no @example in its doc comment").not.toEqual([]);
    expect(texts.join("\n"), "its @example holds no ```ts block").toMatch(/```ts\b/);
  });
});

/** The symbol that a re-export stands for. */
function origin(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function isCallable(symbol: ts.Symbol): boolean {
  if (symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class)) return true;
  if (!(symbol.flags & ts.SymbolFlags.Variable)) return false;
  return checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0;
}
