import { describe, expect, test } from "vitest";
import { sourceExamples } from "../support/docExamples.js";
import { fits, parseExpected } from "../support/expectedValue.js";
import { compileExample, runExample } from "../support/runExample.js";

async function run(code: string): Promise<string[]> {
  const load = (specifier: string) => Promise.resolve({ specifier, two: 2, default: 1 });
  const failures = await runExample(compileExample(code), load);
  return failures.map(({ line, problem }) => `${line}: ${problem}`);
}

describe("a number fits when it rounds to the digits shown", () => {
  test.each<[number, string]>([
    [0.5234, "0.52"],
    [0.5234, "0.523"],
    [-0.5234, "-0.52"],
    [2.0000000000041e-20, "2.00000000000e-20"],
    [1234.5, "1.23e3"],
    [1.0000000000000002, "1"],
    [1e21, "1e21"],
    [0, "0"],
    [0.0004, "0.00"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
    [Number.NaN, "NaN"],
  ])("%d // => %s", (actual, text) => {
    expect(fits(parseExpected(text), actual)).toBe(true);
  });

  test.each<[unknown, string]>([
    [0.5234, "0.53"],
    [0.5234, "-0.52"],
    [0.5251, "0.52"],
    [1.4, "1"],
    [1e-17, "0"],
    [0.006, "0.00"],
    [Number.NaN, "0"],
    [Number.POSITIVE_INFINITY, "1e308"],
    ["0.5", "0.5"],
    [true, "1"],
  ])("not %d // => %s", (actual, text) => {
    expect(fits(parseExpected(text), actual)).toBe(false);
  });
});

describe("other values fit when they are the ones shown", () => {
  test.each<[unknown, string]>([
    [new Float64Array([0.1, 0.9]), "[0.1, 0.9]"],
    [[["a", "b"], [1 / 3]], '[["a", "b"], [0.333]]'],
    [{ value: 0.25, modes: ["a"] }, '{ value: 0.25, modes: ["a"] }'],
    [undefined, "undefined"],
    [7n, "7n"],
    [{ toFraction: () => "-1/3" }, "-1/3"],
    [{ toPrecision: (digits: number) => Math.SQRT2.toPrecision(digits), toString: () => "1.4142" }, "1.41"],
  ])("%o // => %s", (actual, text) => {
    expect(fits(parseExpected(text), actual)).toBe(true);
  });

  test.each<[unknown, string]>([
    [[0.1], "[0.1, 0.9]"],
    [[0.1, 0.9, 0], "[0.1, 0.9]"],
    [{ value: 1, more: 2 }, "{ value: 1 }"],
    [{}, "{ value: undefined }"],
    ["b", '"a"'],
    [false, "true"],
    [null, "undefined"],
    [{ toFraction: () => "1/3" }, "2/6"],
  ])("not %o // => %s", (actual, text) => {
    expect(fits(parseExpected(text), actual)).toBe(false);
  });
});

describe("an example passes when all its marks hold", () => {
  test.each([
    'import one, { two as zwei, type Never } from "m";\none + zwei; // => 3',
    'import * as m from "m";\nm.specifier // => "m"',
    "const x: number = 1 / 3; // => 0.333",
    "[1, 2].map((x) => {\n  return 2 * x;\n});\n// => [2, 4]",
    "for (const x of [1, 2]) {\n  x > 0; // => true\n}",
    "await Promise.resolve(1); // => 1",
    "const x = 1\nx // => 1\nx + 1 // => 2",
    "null!.f(); // throws TypeError: Cannot read",
    "const n: number = new Array(-1).length; // throws RangeError",
  ])("%s", async (code) => {
    expect(await run(code)).toEqual([]);
  });
});

describe("an example fails when a mark does not hold", () => {
  test.each([
    ["1 + 1; // => 3", "gives          2"],
    ["Math.abs(1); // throws RangeError", "throws nothing"],
    ["null!.f(); // throws RangeError", "TypeError"],
    ["null!.f(); // throws TypeError: elsewhere", "Cannot read"],
    ["if (Math.abs(1) < 0) {\n  1; // => 1\n}", "never reached"],
    ["1; // => 1\nnull!.f();", "the example throws TypeError"],
  ])("%s", async (code, problem) => {
    expect((await run(code)).join()).toContain(problem);
  });

  test.each([
    ["const x = 1;", "asserts nothing"],
    ["f({\n  x: 1, // => 1\n});\n2; // => 2", "of 2 marks only 1"],
    ["1; // => one of many", "cannot read"],
    ["const [a, b] = [1, 2]; // => 1", "no value"],
    ["f(; // => 1", "expected"],
  ])("%s", (code, problem) => {
    expect(() => compileExample(code)).toThrow(problem);
  });
});

test("the examples of a source are found under the names of what they document", () => {
  const text = [
    "/** The file.",
    " * ```ts",
    " * f() // => 1",
    " * ```",
    " */",
    'import "x";',
    "/**",
    " * @example",
    " * ```ts",
    " * f() // => 2",
    " *",
    " * g() // => 3",
    " * ```",
    " */",
    "export function f() {}",
    "interface Law {",
    "  /**",
    "   * ```ts",
    "   * f() // => 4",
    "   * ```",
    "   */",
    "  mass: number;",
    "}",
  ].join("\n");
  expect(sourceExamples("f.ts", text)).toEqual([
    { file: "f.ts", subject: "module", line: 3, code: "f() // => 1" },
    { file: "f.ts", subject: "f", line: 10, code: "f() // => 2\n\ng() // => 3" },
    { file: "f.ts", subject: "Law.mass", line: 19, code: "f() // => 4" },
  ]);
});
