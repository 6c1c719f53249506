import { InputError } from "./inputError.js";

/** A number made of the columns of a data set. A plain value, so that worker threads get it as it is. */
export type Expression =
  | { readonly op: "column"; readonly name: string }
  | { readonly op: "number"; readonly value: number }
  | { readonly op: Operation; readonly of: readonly Expression[] };

type Operation = "sum" | "product" | "mean" | "min" | "max";

const OPERATIONS: Readonly<Record<Operation, (x: readonly number[]) => number>> = {
  sum: (x) => x.reduce((a, b) => a + b),
  product: (x) => x.reduce((a, b) => a * b),
  mean: (x) => x.reduce((a, b) => a + b) / x.length,
  min: (x) => x.reduce((a, b) => Math.min(a, b)),
  max: (x) => x.reduce((a, b) => Math.max(a, b)),
};

/** Of brackets alone, a longer text would exhaust the stack. */
const MAX_LENGTH = 1000;

const FUNCTIONS: readonly string[] = ["mean", "min", "max"];

/**
 * The expression that a text like `0.7*helpful - 0.3*mean(a, b.c)` is. A name with other characters than letters, digits, _ and
 * dots stands in double quotes. An error begins with `option` and says at which character the text goes wrong.
 */
export function parseExpression(text: string, option: string): Expression {
  if (text.length > MAX_LENGTH) throw new InputError(`${option} is longer than ${MAX_LENGTH} characters`);
  const tokens = tokensOf(text);
  let next = 0;
  const wrong = (must: string) => {
    const { text: got, at } = tokens[next];
    const found = got === "" ? "the text ends" : `got ${got} at character ${at + 1}`;
    return new InputError(`${option} ${JSON.stringify(text)}: ${must} is wanted, ${found}`);
  };
  const take = (token: string): boolean => {
    if (tokens[next].text !== token) return false;
    next++;
    return true;
  };
  const expect = (token: string) => {
    if (!take(token)) throw wrong(JSON.stringify(token));
  };
  const sum = (): Expression => {
    const of = [product()];
    for (;;) {
      if (take("+")) of.push(product());
      else if (take("-")) of.push(negative(product()));
      else return joined("sum", of);
    }
  };
  const product = (): Expression => {
    const of = [factor()];
    while (take("*")) of.push(factor());
    return joined("product", of);
  };
  const factor = (): Expression => {
    if (take("-")) return negative(factor());
    if (take("(")) {
      const inner = sum();
      expect(")");
      return inner;
    }
    const { kind, text: word } = tokens[next];
    if (kind === "number") return { op: "number", value: Number(tokens[next++].text) };
    if (kind !== "name") throw wrong("a column, a number or (");
    next++;
    if (!FUNCTIONS.includes(word) || !take("(")) return { op: "column", name: unquoted(word) };
    const of = [sum()];
    while (take(",")) of.push(sum());
    expect(")");
    return { op: word as Operation, of };
  };
  const whole = sum();
  if (tokens[next].kind !== "end") throw wrong("an operator or the end");
  return whole;
}

const negative = (of: Expression): Expression => ({ op: "product", of: [{ op: "number", value: -1 }, of] });
const joined = (op: Operation, of: readonly Expression[]): Expression => (of.length === 1 ? of[0] : { op, of });
const unquoted = (word: string): string => (word.startsWith('"') ? word.slice(1, -1) : word);

interface Token {
  readonly kind: "number" | "name" | "other" | "end";
  readonly text: string;
  readonly at: number;
}

/** In the order of the kinds; a name may be in double quotes. */
const TOKEN = /\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|("[^"]+"|[\p{L}_][\p{L}\p{N}_.]*)|(\S))/uy;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const [, number, name, other] = match;
    const word = number ?? name ?? other;
    const kind = number !== undefined ? "number" : name !== undefined ? "name" : "other";
    tokens.push({ kind, text: word, at: match.index + match[0].length - word.length });
  }
  tokens.push({ kind: "end", text: "", at: text.length });
  return tokens;
}

/** The names of the columns that an expression reads. */
export function columnsIn(expression: Expression): string[] {
  if (expression.op === "column") return [expression.name];
  return "of" in expression ? expression.of.flatMap(columnsIn) : [];
}

/** The value of an expression, given those of its columns; undefined where one of them is missing. */
export function evaluate(expression: Expression, column: (name: string) => number | undefined): number | undefined {
  if (expression.op === "column") return column(expression.name);
  if (expression.op === "number") return expression.value;
  const values = expression.of.map((part) => evaluate(part, column));
  return values.includes(undefined) ? undefined : OPERATIONS[expression.op](values as number[]);
}
