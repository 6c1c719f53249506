import { wrongType } from "../numeric/check.js";
import { isNormal } from "../numeric/float64.js";
import { toJson } from "../numeric/json.js";

/** What a measure shows of itself. */
interface Shown {
  readonly support: readonly unknown[];
  readonly mass: Float64Array;
  readonly logMass: Float64Array;
}

/** What is known of a measure beside its masses. */
type Facts = Readonly<Record<string, unknown>>;

/** The method by which `console.log` in Node prints an object. */
export const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

/** Node's `util.inspect`, which it hands to that method. */
export type Inspect = (value: unknown, options: object) => string;

const ANSWERS_PRINTED = 100;

/**
 * `Distribution(2) { 'yes' => 0.75, 'no' => 0.25, logNormalizer: 0 }`: as Node prints a Map from answers to masses, with
 * six digits of each. A mass that no double holds is printed by its logarithm, as `e^-800`.
 */
export function printed({ support, mass, logMass }: Shown, facts: Facts, options: object, inspect: Inspect): string {
  const short = (x: number) => Number(x.toPrecision(6));
  const entries = support.slice(0, ANSWERS_PRINTED).map((answer, i): [unknown, unknown] => {
    const plain = isNormal(mass[i]) || logMass[i] === -Infinity;
    return [answer, plain ? short(mass[i]) : { [INSPECT]: () => `e^${short(logMass[i])}` }];
  });
  const more = support.length - entries.length;
  const text = inspect(Object.assign(new Map(entries), facts, more > 0 && { answersNotPrinted: more }), options);
  return text.replace(/Map(\(\d+\))?/, `${"logNormalizer" in facts ? "Distribution" : "Measure"}(${support.length})`);
}

/** A measure as JSON holds it, with what else is known of it: infinities are words. */
export function jsonOf({ support, mass, logMass }: Shown, facts: Facts): object {
  const lost = support.findIndex((answer) => !isKeptByJson(answer));
  if (lost >= 0) {
    const condition = "be of text, finite numbers, booleans, null, arrays and plain objects";
    throw wrongType("toJSON", `support[${lost}]`, condition, support[lost]);
  }
  const known = Object.entries(facts).map(([name, x]) => [name, typeof x === "number" ? toJson(x) : x]);
  const numbers = (values: Float64Array) => Array.from(values, toJson);
  return { support, mass: numbers(mass), logMass: numbers(logMass), ...Object.fromEntries(known) };
}

/** Whether JSON neither drops nor changes a value. */
function isKeptByJson(x: unknown): boolean {
  if (x === null || typeof x === "string" || typeof x === "boolean" || Number.isFinite(x)) return true;
  if (typeof x !== "object") return false;
  const prototype: unknown = Object.getPrototypeOf(x);
  const isPlain = Array.isArray(x) || prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain && Object.values(x).every(isKeptByJson);
}
