import { fc } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { columnsIn, evaluate, parseExpression } from "../../src/cli/input/expression.js";
import { InputError } from "../../src/cli/input/inputError.js";
import { test } from "../support/test.js";

const VALUES: Readonly<Record<string, number>> = { a: 3, "b.c": -0.5, "odd name": 7, mean: 2, _x1: 1e-3, größe: -4 };
const written = (name: string) => (/^[\p{L}_][\p{L}\p{N}_.]*$/u.test(name) ? name : `"${name}"`);

/** An expression as text, its value by JavaScript's own arithmetic, and its columns. */
interface Sample {
  readonly text: string;
  readonly value: number;
  readonly columns: readonly string[];
}

const space = fc.constantFrom("", " ", "  ");
const { sum: anySum } = fc.letrec<{ sum: Sample; product: Sample; factor: Sample }>((tie) => {
  const list = (of: fc.Arbitrary<Sample>) =>
    fc.array(fc.record({ part: of, gap: space, minus: fc.boolean() }), { minLength: 1, maxLength: 3 });
  return {
    sum: list(tie("product")).map(([{ part: first, gap: after }, ...others]) =>
      others.reduce(
        (all, { part, gap, minus }) => ({
          text: `${all.text}${minus ? "-" : "+"}${gap}${part.text}`,
          value: all.value + (minus ? -part.value : part.value),
          columns: [...all.columns, ...part.columns],
        }),
        { ...first, text: first.text + after },
      ),
    ),
    product: list(tie("factor")).map((parts) =>
      parts
        .map(({ part }) => part)
        .reduce((all, part) => ({
          text: `${all.text} *${part.text}`,
          value: all.value * part.value,
          columns: [...all.columns, ...part.columns],
        })),
    ),
    factor: fc.oneof(
      { depthSize: "small" },
      fc
        .constantFrom(...Object.keys(VALUES))
        .map((name) => ({ text: written(name), value: VALUES[name], columns: [name] })),
      fc.constantFrom("2", "0.25", ".5", "1e-2", "3.", "0").map((text) => ({ text, value: Number(text), columns: [] })),
      tie("factor").map(({ text, value, columns }) => ({ text: `- ${text}`, value: -value, columns })),
      tie("sum").map(({ text, value, columns }) => ({ text: `( ${text} )`, value, columns })),
      fc
        .tuple(fc.constantFrom("mean", "min", "max"), fc.array(tie("sum"), { minLength: 1, maxLength: 3 }))
        .map(([name, parts]) => {
          const values = parts.map(({ value }) => value);
          const total = values.reduce((a, b) => a + b);
          return {
            text: `${name}(${parts.map(({ text }) => text).join(", ")})`,
            value: name === "mean" ? total / values.length : name === "min" ? Math.min(...values) : Math.max(...values),
            columns: parts.flatMap((part) => part.columns),
          };
        }),
    ),
  };
});

const sum = anySum.filter(({ text }) => text.length <= 1000);

describe("an expression", () => {
  test.prop([sum])(
    "has the value that arithmetic gives, and the columns that stand in it",
    ({ text, value, columns }) => {
      const parsed = parseExpression(text, "--reward");
      expect(columnsIn(parsed)).toEqual(columns);
      expect(evaluate(parsed, (name) => VALUES[name])).toEqual(value === 0 ? expect.closeTo(0, 300) : value);
    },
  );

  test.prop([sum, fc.nat()])("is missing where one of its columns is", ({ text, columns }, i) => {
    fc.pre(columns.length > 0);
    const missing = columns[i % columns.length];
    const parsed = parseExpression(text, "--reward");
    expect(evaluate(parsed, (name) => (name === missing ? undefined : VALUES[name]))).toBeUndefined();
  });

  test.prop([fc.string()])("of any text is read, or refused in words that name the option", (text) => {
    try {
      evaluate(parseExpression(text, "--reward"), () => 1);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect((error as Error).message).toMatch(/^--reward "/);
    }
  });

  it("is refused where it is too long to be nested safely", () => {
    expect(() => parseExpression("(".repeat(1e5), "--reward")).toThrow("--reward is longer than 1000 characters");
    expect(evaluate(parseExpression(`${"(".repeat(499)}a${")".repeat(499)}`, "--reward"), () => 5)).toBe(5);
  });

  it.each([
    ["", "a column, a number or ( is wanted, the text ends"],
    ["a +", "a column, a number or ( is wanted, the text ends"],
    ["0.7*a + * b", "a column, a number or ( is wanted, got * at character 9"],
    ["mean(a, b", '")" is wanted, the text ends'],
    ["(a", '")" is wanted, the text ends'],
    ["a b", "an operator or the end is wanted, got b at character 3"],
    ["a / 2", "an operator or the end is wanted, got / at character 3"],
    ["min()", "a column, a number or ( is wanted, got ) at character 5"],
    ['"a', 'a column, a number or ( is wanted, got " at character 1'],
  ])("%j is refused at its place", (text, what) => {
    expect(() => parseExpression(text, "--reward")).toThrow(`--reward ${JSON.stringify(text)}: ${what}`);
  });
});
