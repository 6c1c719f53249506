import { wrongType } from "../numeric/check.js";
import { isNormal } from "../numeric/float64.js";
import { toJson } from "../numeric/json.js";

/** What a measure shows of itself. */
interface Shown {
  readonly support: readonly unknown[];
  readonly mass: Float64Array;
  readonly logMass: Float64Array;
}

/** The method by which `console.log` in Node prints an object. */
export const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

/** Node's `util.inspect`, which it hands to that method. */
export type Inspect = (value: unknown, options: InspectOptions) => string;

/** The options of `util.inspect` that are read here. */
export interface InspectOptions {
  /** How many levels deep to print; null for all. */
  readonly depth?: number | null;
}

const ANSWERS_PRINTED = 20;
const LINE_WIDTH = 76;

/**
 * `Distribution(2) { 'yes' => 0.75, 'no' => 0.25, logNormalizer: 0 }`, with six digits of each mass. A mass that no double
 * holds is printed by its logarithm, as `e^-800`.
 */
export function printed(
  title: string,
  p: Shown,
  facts: Readonly<Record<string, unknown>>,
  depth: number,
  options: InspectOptions,
  inspect: Inspect,
): string {
  const { support } = p;
  const head = `${title}(${support.length})`;
  if (depth < 0) return `[${head}]`;
  const inner = typeof options.depth === "number" ? { ...options, depth: options.depth - 1 } : options;
  const text = (x: unknown) => inspect(x, inner).replaceAll("\n", "\n  ");
  const entries = support.slice(0, ANSWERS_PRINTED).map((answer, i) => `${text(answer)} => ${massText(p, i)}`);
  if (support.length > ANSWERS_PRINTED) entries.push(`… ${support.length - ANSWERS_PRINTED} more`);
  for (const [name, x] of Object.entries(facts)) entries.push(`${name}: ${text(x)}`);
  const line = `${head} { ${entries.join(", ")} }`;
  const fits = line.length <= LINE_WIDTH && !line.includes("\n");
  return fits ? line : `${head} {\n  ${entries.join(",\n  ")}\n}`;
}

function massText({ mass, logMass }: Shown, i: number): string {
  const short = (x: number) => String(Number(x.toPrecision(6)));
  return isNormal(mass[i]) || logMass[i] === -Infinity ? short(mass[i]) : `e^${short(logMass[i])}`;
}

/** A measure as JSON holds it, with what else is known of it: infinities are words. */
export function jsonOf({ support, mass, logMass }: Shown, facts: Readonly<Record<string, unknown>>): object {
  JSON.stringify(support, refuseLoss);
  const known = Object.entries(facts).map(([name, x]) => [name, typeof x === "number" ? toJson([x])[0] : x]);
  return { support, mass: toJson(mass), logMass: toJson(logMass), ...Object.fromEntries(known) };
}

/** A replacer that changes nothing, and refuses the parts of an answer that JSON would drop or change. */
function refuseLoss(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const given = this[key];
  if (!isKeptByJson(given)) {
    throw wrongType(
      "toJSON",
      "each answer",
      "be of text, finite numbers, booleans, null, arrays and plain objects",
      given,
    );
  }
  return value;
}

function isKeptByJson(x: unknown): boolean {
  if (typeof x === "number") return Number.isFinite(x);
  if (typeof x !== "object" || x === null) return typeof x === "string" || typeof x === "boolean" || x === null;
  const prototype: unknown = Object.getPrototypeOf(x);
  return Array.isArray(x) || prototype === null || Object.getPrototypeOf(prototype) === null;
}
