import { beforeAll, describe, test } from "vitest";
import { docExamples } from "../support/docExamples.js";
import { type CompiledExample, compileExample, type Failure, runExample } from "../support/runExample.js";
import { typecheckExamples } from "../support/typecheckExamples.js";

const examples = docExamples().map((example) => ({ ...example, compiled: compiledOrError(example.code) }));
const files = [...new Set(examples.map(({ file }) => file))];
let typeErrors: Failure[][] = [];

beforeAll(() => {
  typeErrors = typecheckExamples(
    examples.map(({ code, compiled }) => ({
      code,
      ignored:
        compiled instanceof Error
          ? [[0, code.length]]
          : compiled.marks.filter(({ outcome }) => outcome.kind === "error").map(({ span }) => span),
    })),
  );
});

describe.each(files)("%s", (file) => {
  const seen = new Map<string, number>();
  for (const [index, { subject, line, compiled }] of examples.entries()) {
    if (examples[index]?.file !== file) continue;
    const count = (seen.get(subject) ?? 0) + 1;
    seen.set(subject, count);
    test(count === 1 ? subject : `${subject} (${count})`, async () => {
      if (compiled instanceof Error) throw new Error(`${file}:${line}: ${compiled.message}`);
      const load = (specifier: string): Promise<unknown> => import(/* @vite-ignore */ specifier);
      const failures = [...(await runExample(compiled, load)), ...(typeErrors[index] ?? [])];
      const report = failures.map((failure) => `${file}:${line + failure.line}: ${failure.problem}`);
      if (report.length > 0) throw new Error(report.join("\n"));
    });
  }
});

function compiledOrError(code: string): CompiledExample | Error {
  try {
    return compileExample(code);
  } catch (error) {
    return error as Error;
  }
}
