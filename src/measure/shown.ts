import { isNormal } from "../numeric/float64.js";
import { toJson } from "../numeric/json.js";
import { requireSupport } from "./support.js";

/** What a measure shows of itself; a distribution has the last field too. */
interface Shown {
  readonly support: readonly unknown[];
  readonly mass: Float64Array;
  readonly logMass: Float64Array;
  readonly logNormalizer?: number;
}

/** The method by which `console.log` in Node prints an object. */
export const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

/** Node's `util.inspect`, which it hands to that method. */
export type Inspect = (value: unknown, options: object) => string;

const ANSWERS_PRINTED = 100;

/**
 * `Distribution(2) { 'yes' => 0.75, 'no' => 0.25 }`: as Node prints a Map from answers to masses, with six digits of each.
 * A mass that no double holds is printed by its logarithm, as `e^-800`.
 */
export function printed(p: Shown, options: object, inspect: Inspect): string {
  const { support, mass, logMass } = p;
  const short = (x: number) => Number(x.toPrecision(6));
  const entries = support.slice(0, ANSWERS_PRINTED).map((answer, i): [unknown, unknown] => {
    const plain = isNormal(mass[i]) || logMass[i] === -Infinity;
    return [answer, plain ? short(mass[i]) : { [INSPECT]: () => `e^${short(logMass[i])}` }];
  });
  const more = support.length - entries.length;
  const text = inspect(Object.assign(new Map(entries), more > 0 && { answersNotPrinted: more }), options);
  return text.replace(/Map(\(\d+\))?/, `${"logNormalizer" in p ? "Distribution" : "Measure"}(${support.length})`);
}

/** A measure as JSON holds it, with its other fields but the law: infinities are words. */
export function jsonOf(p: Shown): object {
  // Answers that JSON makes one are refused.
  requireSupport("toJSON", JSON.parse(JSON.stringify(p.support)));
  const words = (values: Iterable<number>) => Array.from(values, toJson);
  const { logNormalizer } = p;
  const known = { ...p, law: undefined, mass: words(p.mass), logMass: words(p.logMass), logNormalizer };
  return Object.fromEntries(Object.entries(known).map(([name, x]) => [name, typeof x === "number" ? toJson(x) : x]));
}
