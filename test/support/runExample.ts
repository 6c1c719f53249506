/**
 * Runs the text of an example and compares what it computes with what it says.
 *
 * - `entropy(p) // => 0.69`: the value of the expression, or of the variable the line declares, rounds to the one shown.
 * - `entropy([]) // throws RangeError`: the statement throws that class; `: text` after it must occur in the message.
 *
 * The mark may also stand alone on the line below its statement. A mark that belongs to no statement, one that is never
 * reached, and an example without any, are failures.
 */
import { runInThisContext } from "node:vm";
import ts from "typescript";
import { type ExpectedValue, fits, parseExpected, show } from "./expectedValue.js";

export interface CompiledExample {
  readonly marks: readonly Mark[];
  /** JavaScript of an expression: the async function `(load, check, expectThrow) => …`. */
  readonly javascript: string;
}

/** What one statement of an example is said to do. */
export interface Mark {
  /** Line within the example, counted from 0. */
  readonly line: number;
  readonly statement: string;
  /** Where the statement begins and ends in the example. */
  readonly span: readonly [number, number];
  readonly outcome:
    | { readonly kind: "value"; readonly text: string; readonly value: ExpectedValue }
    | { readonly kind: "error"; readonly name: string; readonly message: string };
}

const MARK = /\/\/\s*(=>|throws\s+(?=[A-Z]))\s*(.*)/;

/** Reads an example. @throws SyntaxError for text that is no module, a mark that is unreadable, or none at all. */
export function compileExample(code: string): CompiledExample {
  const source = ts.createSourceFile("example.ts", `${code}\nexport {};`, ts.ScriptTarget.ES2023, true);
  const insertions: { readonly at: number; readonly text: string; readonly until?: number }[] = [];
  const marks: Mark[] = [];

  const read = (statement: ts.Statement): void => {
    if (ts.isImportDeclaration(statement)) {
      insertions.push({ at: statement.getStart(), until: statement.end, text: loading(statement) });
    }
    const comments = [
      ...(ts.getTrailingCommentRanges(code, statement.end) ?? []),
      ...(ts.getLeadingCommentRanges(code, statement.end) ?? []),
    ];
    const found = comments.flatMap(({ pos, end }) => MARK.exec(code.slice(pos, end)) ?? []);
    if (found.length === 0) return;
    const [, sign = "", text = ""] = found;
    const start = statement.getStart();
    const line = source.getLineAndCharacterOfPosition(start).line;
    const index = marks.length;
    if (sign === "=>") {
      if (ts.isExpressionStatement(statement)) {
        insertions.push({ at: start, text: `;check(${index}, (` }, { at: statement.expression.end, text: "));" });
      } else {
        insertions.push({ at: statement.end, text: `;check(${index}, ${declaredName(statement)});` });
      }
    } else {
      insertions.push({ at: start, text: `;await expectThrow(${index}, async () => {` });
      insertions.push({ at: statement.end, text: "});" });
    }
    const [name = "", ...rest] = text.split(":");
    const outcome: Mark["outcome"] =
      sign === "=>"
        ? { kind: "value", text: text.trim(), value: parseExpected(text.trim()) }
        : { kind: "error", name: name.trim(), message: rest.join(":").trim() };
    marks.push({ line, statement: statement.getText(), span: [start, statement.end], outcome });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isSourceFile(node) || ts.isBlock(node)) node.statements.forEach(read);
    ts.forEachChild(node, visit);
  };
  visit(source);

  const written = code.match(new RegExp(MARK.source, "g")) ?? [];
  if (written.length === 0) throw new SyntaxError("the example asserts nothing: it has no `// =>` and no `// throws`");
  if (written.length > marks.length) {
    throw new SyntaxError(
      `of ${written.length} marks only ${marks.length} stand at the end of a statement of their own`,
    );
  }
  const body = insertions
    .map((insertion, order) => ({ ...insertion, order }))
    .sort((a, b) => b.at - a.at || b.order - a.order)
    .reduce((text, { at, until = at, text: inserted }) => text.slice(0, at) + inserted + text.slice(until), code);
  const { outputText, diagnostics = [] } = ts.transpileModule(`(async (load, check, expectThrow) => {${body}\n})`, {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
    reportDiagnostics: true,
  });
  const [problem] = diagnostics;
  if (problem !== undefined) throw new SyntaxError(ts.flattenDiagnosticMessageText(problem.messageText, "\n"));
  return { marks, javascript: outputText };
}

/** What is wrong with an example, at a line of it counted from 0. */
export interface Failure {
  readonly line: number;
  readonly problem: string;
}

/** Runs an example, and lists what did not come out as it says. `load` imports a module by its name. */
export async function runExample(
  example: CompiledExample,
  load: (specifier: string) => Promise<unknown>,
): Promise<Failure[]> {
  const { marks, javascript } = example;
  const failures: Failure[] = [];
  const reached = new Set<number>();
  const fail = ({ line, statement }: Mark, problem: string): void => {
    failures.push({ line, problem: `${statement}\n  ${problem}` });
  };
  const check = (index: number, actual: unknown): void => {
    reached.add(index);
    const mark = marks[index] as Mark;
    if (mark.outcome.kind !== "value" || fits(mark.outcome.value, actual)) return;
    fail(mark, `is said to give ${mark.outcome.text}\n  but gives          ${show(actual)}`);
  };
  const expectThrow = async (index: number, statement: () => Promise<void>): Promise<void> => {
    reached.add(index);
    const mark = marks[index] as Mark;
    if (mark.outcome.kind !== "error") return;
    const { name, message } = mark.outcome;
    const said = message === "" ? name : `${name}: ${message}`;
    try {
      await statement();
    } catch (error) {
      const met = error instanceof Error && error.name === name && error.message.includes(message);
      if (!met) fail(mark, `is said to throw ${said}\n  but throws          ${String(error)}`);
      return;
    }
    fail(mark, `is said to throw ${said}\n  but throws nothing`);
  };
  const run = runInThisContext(javascript) as (...args: unknown[]) => Promise<void>;
  try {
    await run(load, check, expectThrow);
  } catch (error) {
    return [...failures, { line: 0, problem: `the example throws ${String(error)}` }];
  }
  for (const [index, mark] of marks.entries()) {
    if (!reached.has(index)) fail(mark, "is never reached");
  }
  return failures;
}

/** `const { a, b: c } = await load("m")` for `import { a, b as c } from "m"`. */
function loading({ importClause, moduleSpecifier }: ts.ImportDeclaration): string {
  const load = `await load(${moduleSpecifier.getText()});`;
  if (importClause === undefined) return load;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return "";
  const { name, namedBindings } = importClause;
  const parts = name === undefined ? [] : [`default: ${name.text}`];
  if (namedBindings !== undefined && ts.isNamespaceImport(namedBindings)) {
    return `const ${namedBindings.name.text} = ${load} const { ${parts.join()} } = ${namedBindings.name.text};`;
  }
  for (const element of namedBindings?.elements ?? []) {
    if (!element.isTypeOnly) parts.push(`${(element.propertyName ?? element.name).getText()}: ${element.name.text}`);
  }
  return `const { ${parts.join(", ")} } = ${load}`;
}

function declaredName(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement)) {
    const [declaration, ...others] = statement.declarationList.declarations;
    if (declaration && others.length === 0 && ts.isIdentifier(declaration.name)) return declaration.name.text;
  }
  throw new SyntaxError(`\`// =>\` stands after what has no value: ${statement.getText()}`);
}
