/** Checks the types of all examples at once, as a reader's editor would: against the sources, by the package's name. */
import { resolve } from "node:path";
import ts from "typescript";
import type { Failure } from "./runExample.js";

/** For each example, what the compiler says of it; `ignored` spans hold statements whose error is the point. */
export function typecheckExamples(
  examples: readonly { readonly code: string; readonly ignored: readonly (readonly [number, number])[] }[],
): Failure[][] {
  const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
  const texts = new Map(examples.map(({ code }, i) => [resolve(`test/docs/example-${i}.ts`), `${code}\nexport {};`]));
  const relaxed = { ...options, noUnusedLocals: false, noUnusedParameters: false };
  const host = ts.createCompilerHost(relaxed);
  const { fileExists, readFile } = host;
  host.fileExists = (name) => texts.has(name) || fileExists(name);
  host.readFile = (name) => texts.get(name) ?? readFile(name);
  host.getSourceFile = (name, languageVersion) => {
    const text = host.readFile(name);
    return text === undefined ? undefined : ts.createSourceFile(name, text, languageVersion);
  };
  const program = ts.createProgram([...texts.keys()], relaxed, host);
  return [...texts.keys()].map((name, i) => {
    const source = program.getSourceFile(name);
    const problems = program.getSemanticDiagnostics(source);
    const meant = (at: number): boolean =>
      examples[i]?.ignored.some(([start, end]) => start <= at && at < end) ?? false;
    return problems
      .filter(({ start = 0 }) => !meant(start))
      .map(({ start = 0, messageText }) => {
        const line = source === undefined ? 0 : source.getLineAndCharacterOfPosition(start).line;
        return { line, problem: ts.flattenDiagnosticMessageText(messageText, "\n") };
      });
  });
}
