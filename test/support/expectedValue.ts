/** The values written on the right of `// =>` in an example: how they are read, and when an actual value fits them. */
import { inspect } from "node:util";
import ts from "typescript";

export type ExpectedValue =
  /** A number as printed: its digits say how far the actual value is rounded before they are compared. */
  | { readonly kind: "number"; readonly text: string }
  /** A quotient of two integers, for the fractions of exact arithmetic. */
  | { readonly kind: "fraction"; readonly text: string }
  | { readonly kind: "literal"; readonly value: string | boolean | null | undefined | bigint }
  | { readonly kind: "array"; readonly items: readonly ExpectedValue[] }
  | { readonly kind: "object"; readonly entries: ReadonlyMap<string, ExpectedValue> };

/** Reads a number, string, boolean, `null`, `undefined`, bigint, fraction, array or object. @throws SyntaxError */
export function parseExpected(text: string): ExpectedValue {
  const source = ts.createSourceFile("expected.ts", `(${text}\n)`, ts.ScriptTarget.ES2023, true);
  const [statement, ...others] = source.statements;
  const { parseDiagnostics } = source as unknown as { parseDiagnostics: readonly unknown[] };
  if (parseDiagnostics.length > 0 || others.length > 0 || !statement || !ts.isExpressionStatement(statement)) {
    throw new SyntaxError(`cannot read the expected value ${text}`);
  }
  return read(statement.expression, text);
}

function read(node: ts.Expression, whole: string): ExpectedValue {
  const text = node.getText().replaceAll(/[\s_]/g, "");
  if (ts.isParenthesizedExpression(node)) return read(node.expression, whole);
  if (/^-?(?:[\d.]+(?:e[+-]?\d+)?|Infinity)$|^NaN$/i.test(text)) return { kind: "number", text };
  if (/^-?\d+\/\d+$/.test(text)) return { kind: "fraction", text };
  if (/^-?\d+n$/.test(text)) return { kind: "literal", value: BigInt(text.slice(0, -1)) };
  if (ts.isStringLiteralLike(node)) return { kind: "literal", value: node.text };
  if (text === "true" || text === "false") return { kind: "literal", value: text === "true" };
  if (text === "null") return { kind: "literal", value: null };
  if (text === "undefined") return { kind: "literal", value: undefined };
  if (ts.isArrayLiteralExpression(node)) {
    return { kind: "array", items: node.elements.map((element) => read(element, whole)) };
  }
  if (ts.isObjectLiteralExpression(node)) {
    const entries = node.properties.map((property): [string, ExpectedValue] => {
      if (!ts.isPropertyAssignment(property)) throw new SyntaxError(`cannot read the expected value ${whole}`);
      const { name, initializer } = property;
      return [ts.isStringLiteralLike(name) ? name.text : name.getText(), read(initializer, whole)];
    });
    return { kind: "object", entries: new Map(entries) };
  }
  throw new SyntaxError(`cannot read the expected value ${whole}`);
}

/** Whether a value, rounded to the digits shown, is what the example shows. */
export function fits(expected: ExpectedValue, actual: unknown): boolean {
  switch (expected.kind) {
    case "number":
      return fitsNumber(expected.text, actual);
    case "fraction":
      return asFraction(actual) === expected.text;
    case "literal":
      return Object.is(actual, expected.value);
    case "array": {
      if (!Array.isArray(actual) && !(ArrayBuffer.isView(actual) && "length" in actual)) return false;
      const items = Array.from(actual as ArrayLike<unknown>);
      return items.length === expected.items.length && expected.items.every((item, i) => fits(item, items[i]));
    }
    case "object": {
      if (typeof actual !== "object" || actual === null || Array.isArray(actual)) return false;
      const values = new Map<string, unknown>(Object.entries(actual));
      const { entries } = expected;
      return values.size === entries.size && [...entries].every(([k, v]) => values.has(k) && fits(v, values.get(k)));
    }
  }
}

/** How a value that did not fit is shown. */
export function show(actual: unknown): string {
  if (hasMethod(actual, "toPrecision")) return String(actual);
  const fraction = asFraction(actual);
  if (fraction !== undefined) return fraction;
  return inspect(actual, { depth: 6, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 20 });
}

function fitsNumber(text: string, actual: unknown): boolean {
  if (typeof actual !== "number" && !hasMethod(actual, "toPrecision")) return asFraction(actual) === text;
  if (/NaN|Infinity/.test(text)) return String(actual) === text;
  if (!/^-?\d/.test(String(actual))) return false;
  const [mantissa = "", exponent] = text.toLowerCase().split("e");
  const decimals = mantissa.split(".")[1]?.length;
  const digits = mantissa.replace(/[-.]/g, "").replace(/^0+/, "").length;
  if (digits === 0)
    return decimals === undefined ? Number(actual) === 0 : Math.abs(Number(actual)) < 0.5 / 10 ** decimals;
  // A number written as an integer is meant as that integer: 1.4 must not pass for 1.
  const shown = decimals === undefined && exponent === undefined ? Math.max(digits, 15) : digits;
  return canonical((actual as number).toPrecision(shown)) === canonical(text);
}

/** One spelling for each decimal number: sign, digits without zeros at the ends, power of ten. */
function canonical(decimal: string): string {
  const [mantissa = "", exponent = "0"] = decimal.toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = (whole + fraction).replace(/^0+/, "");
  const trimmed = digits.replace(/0+$/, "");
  const power = Number(exponent) - fraction.length + digits.length - trimmed.length;
  return `${mantissa.startsWith("-") ? "-" : ""}${trimmed}e${power}`;
}

/** `1/3` for a fraction, nothing for anything else; a big number can be turned into a fraction too, but is none. */
function asFraction(value: unknown): string | undefined {
  return hasMethod(value, "toFraction") && !hasMethod(value, "toPrecision") ? String(value.toFraction()) : undefined;
}

function hasMethod<N extends string>(value: unknown, name: N): value is Record<N, (...args: number[]) => unknown> {
  return typeof value === "object" && value !== null && typeof (value as Record<string, unknown>)[name] === "function";
}
