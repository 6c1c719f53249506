/**
 * What a call is changed to, and what is right to come of it. Each place of a legal call, and each place one and two
 * levels inside an argument, takes every value below in turn. The function must then answer, or refuse in words that
 * name itself and an argument as the caller wrote it: within a second, without touching what it was given.
 */
import { readdirSync, readFileSync } from "node:fs";
import { getHeapStatistics } from "node:v8";
import { Script } from "node:vm";
import ts from "typescript";
import { copy, isPlain, type LegalCall } from "./legalCalls.js";

/** Thrown by a caller's own code: it must come out as it is. */
export const SENTINEL: Error = new Error("thrown by the caller's own function");

const throwing = (): never => {
  throw SENTINEL;
};

class Other {
  readonly value = 1;
}

/** Values that hardly any place takes, each made anew. */
const JUNK: Record<string, () => unknown> = {
  undefined: () => undefined,
  null: () => null,
  NaN: () => Number.NaN,
  Infinity: () => Infinity,
  "-Infinity": () => -Infinity,
  "-1": () => -1,
  "-0": () => -0,
  "0": () => 0,
  "0.5": () => 0.5,
  "2^53": () => 2 ** 53,
  "1e308": () => 1e308,
  "5e-324": () => 5e-324,
  '"1"': () => "1",
  '""': () => "",
  true: () => true,
  "1n": () => 1n,
  "-1n": () => -1n,
  "2n**70n": () => 2n ** 70n,
  "Symbol()": () => Symbol("symbol"),
  "[]": () => [],
  "[[]]": () => [[]],
  "[NaN]": () => [Number.NaN],
  "[-1, 2n ** 70n]": () => [-1, 2n ** 70n],
  "a sparse array": () => {
    const sparse: number[] = [1];
    sparse[2] = 1;
    return sparse;
  },
  "a long sparse array": () => new Array(1e5),
  "{}": () => ({}),
  "a null prototype": () => Object.create(null),
  "a getter that throws": () => Object.defineProperty({}, "length", { get: throwing }),
  "{ length: -1 }": () => ({ length: -1 }),
  "{ length: 2 ** 53 }": () => ({ length: 2 ** 53 }),
  "{ length: 1e9 }": () => ({ length: 1e9 }),
  '{ length: "2" }': () => ({ length: "2" }),
  "new Other()": () => new Other(),
  "new Date(NaN)": () => new Date(Number.NaN),
  "new Map()": () => new Map(),
  "a Promise": () => Promise.resolve(1),
  "a function": () => () => undefined,
  "a function of NaN": () => () => Number.NaN,
  "a function of text": () => () => "1",
  "a function of null": () => () => null,
  "a function of []": () => () => [],
  "a function of 2n**70n": () => () => 2n ** 70n,
  "a function of -1": () => () => -1,
  "a function of 1": () => () => 1,
  "a function that throws": () => throwing,
  "Int8Array [-1, 1]": () => Int8Array.of(-1, 1),
  "Float32Array [NaN]": () => Float32Array.of(Number.NaN),
  "BigInt64Array [-1n]": () => BigInt64Array.of(-1n),
  "BigUint64Array [2n ** 64n - 1n]": () => BigUint64Array.of(2n ** 64n - 1n),
  "an ArrayBuffer": () => new ArrayBuffer(16),
};

/** The same value in other clothes, where there are some: the answer must be the same. */
function equivalents(value: unknown): [string, unknown][] {
  const out: [string, unknown][] = [];
  if (Number.isSafeInteger(value)) out.push([`${value}n`, BigInt(value as number)]);
  if (Array.isArray(value) && value.length > 0 && value.every(Number.isSafeInteger)) {
    const big = value.map((x) => BigInt(x as number));
    out.push(["an array of bigints", big]);
    out.push(["a BigInt64Array", BigInt64Array.from(big)]);
    if (value.every((x) => (x as number) >= 0)) out.push(["a BigUint64Array", BigUint64Array.from(big)]);
    if (value.every((x) => Math.abs(x as number) < 2 ** 31)) out.push(["an Int32Array", Int32Array.from(value)]);
  }
  if ((typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) || typeof value === "function") {
    out.push(["a Proxy of it", new Proxy(value, {})]);
  }
  if (isPlain(value)) out.push(["a null prototype", Object.assign(Object.create(null), value)]);
  return out;
}

/** The same array with an entry less or more. */
function resized(value: unknown): [string, unknown][] {
  if (ArrayBuffer.isView(value)) {
    const array = value as Float64Array;
    return array.length === 0 ? [] : [["one entry less", array.slice(1)]];
  }
  if (!Array.isArray(value)) return [];
  return [
    ["one entry less", value.slice(1)],
    ["one entry more", [...value, ...(value.length === 0 ? [0] : value.slice(-1))]],
  ];
}

/** The argument, by function, that another function of the library makes as a whole. */
const MADE: Readonly<Record<string, string>> = { checkClaim: "1", worldOf: "0" };

/** A call, changed in one place. */
export interface BadCall {
  /** The place, from the argument on: `0.reward.1`. */
  readonly place: string;
  readonly change: string;
  readonly args: readonly unknown[];
  /** Whether the answer must be that of the legal call. */
  readonly same: boolean;
}

/** The changed calls whose index is chosen, in a fixed order; the arguments of each are its own. */
export function* badCalls(legal: LegalCall, chosen: (index: number) => boolean): Generator<BadCall> {
  const { args } = legal;
  let index = 0;
  for (let n = 0; n < args.length; n++) {
    if (!chosen(index++)) continue;
    yield { place: `${n}`, change: "left out", args: (copy(args) as unknown[]).slice(0, n), same: false };
  }
  for (const path of places(args)) {
    // A world is what worldOf made it, and the members of an algebra are functions of the library.
    if (path.length > 1 && MADE[legal.names[0] ?? ""] === path[0]) continue;
    const place = path.join(".");
    const value = path.reduce((at, key) => members(at)[key], args as unknown);
    const changes: [string, () => unknown, boolean][] = [
      ...Object.entries(JUNK).map(([name, make]): [string, () => unknown, boolean] => [name, make, false]),
      ...resized(value).map(([name, made]): [string, () => unknown, boolean] => [name, () => made, false]),
      ...equivalents(copy(value)).map(([name, made]): [string, () => unknown, boolean] => [name, () => made, true]),
    ];
    for (const [change, make, same] of changes) {
      if (!chosen(index++)) continue;
      yield {
        place,
        change,
        args: replaced(copy(args), path, make()) as unknown[],
        same: same && !insideMade(args, path) && !isGiven(legal, path),
      };
    }
  }
}

/**
 * Whether a place is a part of what the library made: in a measure's stead a new one is made, of its masses as they are
 * rounded, and what it froze it takes as a whole.
 */
function insideMade(args: readonly unknown[], path: readonly string[]): boolean {
  const along = path
    .slice(0, -1)
    .map((_, n) => path.slice(0, n + 1).reduce((at, key) => members(at)[key], args as unknown));
  return along.some(
    (value) => typeof value === "object" && value !== null && ("logMass" in value || Object.isFrozen(value)),
  );
}

/** Tokens, which 0 and 0n are two of, and the array that a function is to write to, which no other one can stand for. */
function isGiven({ names }: LegalCall, path: readonly string[]): boolean {
  if (names[0] === "selfCertainty" && path[0] === "1") return true;
  return path.includes("vocabulary") || (names[0] === "tiltedMass" && path[0] === "3");
}

/** The places of a value, two levels deep inside each argument; of an array the first, the second and the last entry. */
function* places(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (path.length > 0) yield path;
  if (path.length > 2) return;
  const inner = members(value);
  let keys = Object.keys(inner);
  if (path.length > 0 && isList(value)) keys = [...new Set([...keys.slice(0, 2), ...keys.slice(-1)])];
  for (const key of keys) yield* places(inner[key], [...path, key]);
}

const isList = (value: unknown): boolean => Array.isArray(value) || ArrayBuffer.isView(value);

/** What a value is made of: a measure of what its interface says it is. */
function members(value: unknown): Record<string, unknown> {
  if (isList(value) || isPlain(value)) return value as Record<string, unknown>;
  if (typeof value === "object" && value !== null && "support" in value && "mass" in value && "logMass" in value) {
    const { support, mass, logMass } = value;
    return { support, mass, logMass };
  }
  return {};
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (isList(value)) {
    const list = Array.from(value as ArrayLike<unknown>);
    list[Number(key)] = replaced(list[Number(key)], rest, by);
    return list;
  }
  const inner = members(value);
  return { ...inner, [key]: replaced(inner[key], rest, by) };
}

/** Operations on numbers, of which NaN is one. */
const ARITHMETIC: ReadonlySet<string> = new Set("number toNumber add subtract multiply divide exp log".split(" "));

/** Members that hold what the caller gave: answers of any type. */
const GIVEN: ReadonlySet<string> = new Set("support vocabulary items modes end answers winner loser".split(" "));

function hasNaN(value: unknown, depth = 0): boolean {
  if (typeof value === "number") return Number.isNaN(value);
  if (value instanceof Float64Array) return value.some(Number.isNaN);
  if (typeof value !== "object" || value === null || depth > 3) return false;
  if ("isBigNumber" in value) return String(value) === "NaN";
  return Object.entries(value).some(([key, member]) => !GIVEN.has(key) && hasNaN(member, depth + 1));
}

/** What is wrong with what came of a call; undefined where nothing is. */
export interface Outcome {
  readonly kind:
    | "refused"
    | "answered"
    | "raw"
    | "misnamed"
    | "no argument"
    | "slow"
    | "large"
    | "mutated"
    | "NaN"
    | "other";
  readonly text: string;
}

const LONGEST_MS = 1000;
/** A law at 20 digits and more, which takes some 100 ms on a fast machine. */
const LONGEST_EXACT_MS = 3000;
/** An integral over all noise levels at 20 digits, whose time grows with the rarity of an atom: its comment says so. */
const LONGEST_INTEGRAL_MS = 30_000;
const INTEGRALS: ReadonlySet<string> = new Set("klByMismatchedEstimation densityRatioLoss denoisingLoss".split(" "));

/** How long a call may take. */
function longest({ names, isMethod }: LegalCall): number {
  if (!isMethod) return LONGEST_MS;
  return INTEGRALS.has(names[0] ?? "") ? LONGEST_INTEGRAL_MS : LONGEST_EXACT_MS;
}
/** How long many calls together may take before the one that runs is stopped: on a loaded machine, too, this is a call without end. */
const ENDLESS_MS = 240_000;
const LARGEST_BYTES = 2 ** 28;
const script = new Script("globalThis.badCalls()");

/** What came of each of many calls, one after the other; one that does not return is stopped. */
export async function outcomesOf(
  legal: LegalCall,
  bad: readonly BadCall[],
  expected: string | undefined,
): Promise<Outcome[]> {
  const out: Outcome[] = [];
  let waited: Promise<Outcome> | undefined;
  (globalThis as Record<string, unknown>).badCalls = () => {
    while (out.length < bad.length) {
      const outcome = outcomeOf(legal, bad[out.length], expected);
      if (outcome instanceof Promise) {
        waited = outcome;
        return;
      }
      out.push(outcome);
    }
  };
  while (out.length < bad.length) {
    try {
      script.runInThisContext({ timeout: ENDLESS_MS });
    } catch (error) {
      out.push({ kind: "slow", text: String(error) });
    }
    if (waited !== undefined) out.push(await waited);
    waited = undefined;
  }
  return out;
}

function outcomeOf(legal: LegalCall, bad: BadCall, expected: string | undefined): Outcome | Promise<Outcome> {
  const kept = (): string => shown(bad.args.filter((_, n) => parametersOf(legal)[n] !== "out"));
  // What the caller's own functions throw must come out as it is.
  const thrown = new Set<unknown>();
  const args = bad.args.map((arg) => (typeof arg === "function" ? watched(arg as () => unknown, thrown) : arg));
  const before = legal.isMethod ? undefined : kept();
  const external = getHeapStatistics().external_memory;
  const begin = process.cpuUsage();
  try {
    const result = legal.call(...args);
    return result instanceof Promise ? result.then(answered, refused) : answered(result);
  } catch (error) {
    return refused(error);
  }

  function refused(error: unknown): Outcome {
    const refusal = thrown.has(error) ? checked({ kind: "refused", text: String(error) }) : judgeError(legal, error);
    // Answers and items stand in plain arrays alone.
    if (refusal.kind !== "refused" || !bad.same || /must be an array of/.test(refusal.text)) return checked(refusal);
    return { kind: "other", text: `refuses a legal value: ${refusal.text}` };
  }
  function answered(result: unknown): Outcome {
    const early = checked({ kind: "answered", text: "" });
    if (early.kind !== "answered") return early;
    const answer = shown(result);
    if (hasNaN(result) && !ARITHMETIC.has(legal.names[0])) return { kind: "NaN", text: answer };
    const differs = bad.same && expected !== undefined && answer !== expected;
    return differs ? { kind: "other", text: `gives ${answer}\n   instead of ${expected}` } : { ...early, text: answer };
  }
  function checked(outcome: Outcome): Outcome {
    // Of the processor's time: a loaded machine is no fault of the call.
    const { user, system } = process.cpuUsage(begin);
    const time = (user + system) / 1000;
    if (time > longest(legal)) return { kind: "slow", text: `took ${Math.round(time)} ms: ${outcome.text}` };
    const bytes = getHeapStatistics().external_memory - external;
    if (bytes > LARGEST_BYTES) return { kind: "large", text: `took ${bytes} bytes: ${outcome.text}` };
    if (before !== undefined && kept() !== before) {
      return { kind: "mutated", text: `${before} became ${kept()}` };
    }
    return outcome;
  }
}

/** The same function, which notes what it throws. */
function watched(call: () => unknown, thrown: Set<unknown>): unknown {
  return new Proxy(call, {
    apply(target, self, args) {
      try {
        return Reflect.apply(target, self, args);
      } catch (error) {
        thrown.add(error);
        throw error;
      }
    },
  });
}

function judgeError(legal: LegalCall, error: unknown): Outcome {
  const text = String(error);
  if (error === SENTINEL) return { kind: "refused", text };
  if ((error as { code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return { kind: "slow", text };
  if (!(error instanceof TypeError || error instanceof RangeError)) return { kind: "raw", text };
  const [, name, argument = ""] = /^([\w]+): (\w*)/.exec(error.message) ?? [];
  if (name === undefined) return { kind: "raw", text };
  if (!legal.names.includes(name)) return { kind: "misnamed", text };
  if (!roots(legal).has(argument) && !legal.isMethod) return { kind: "no argument", text };
  return { kind: "refused", text };
}

/** The answer of a call that is not changed, where it is the same each time. */
export async function legalAnswer({ call, args, isMethod }: LegalCall): Promise<string | undefined> {
  if (isMethod) return undefined;
  const [first, second] = [
    shown(await call(...(copy(args) as unknown[]))),
    shown(await call(...(copy(args) as unknown[]))),
  ];
  return first === second ? first : undefined;
}

const parameters = parameterNames();

const parametersOf = ({ names: [name] }: LegalCall): readonly string[] => {
  return parameters.get(name ?? "") ?? [];
};

/** The words that a path of a call may begin with: its parameters, and the members of its first objects. */
function roots({ names, args }: LegalCall): Set<string> {
  const own = names.flatMap((name) => parameters.get(name) ?? []);
  return new Set([...own, ...args.flatMap((arg) => (isPlain(arg) ? Object.keys(arg) : [])), "both"]);
}

/** The parameters of every function and method of the sources, with the members that their comments describe. */
function parameterNames(): Map<string, string[]> {
  const out = new Map<string, string[]>();
  const add = (name: string, found: readonly string[]) => out.set(name, [...(out.get(name) ?? []), ...found]);
  for (const file of readdirSync("src", { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const source = ts.createSourceFile(file, readFileSync(`src/${file}`, "utf8"), ts.ScriptTarget.ES2023, true);
    const visit = (node: ts.Node): void => {
      if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isMethodSignature(node)) {
        const described = ts
          .getJSDocTags(node)
          .flatMap((tag) => /@param (?:\w+\.)?(\w+)/.exec(tag.getText())?.[1] ?? []);
        add(node.name?.getText() ?? "", [...node.parameters.map((p) => p.name.getText()), ...described]);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return out;
}

/** A value as a text: its numbers in full, functions left out, the answers of measures by their interface. */
export function shown(value: unknown, depth = 0): string {
  if (typeof value === "function") return "function";
  if (typeof value === "bigint" || typeof value === "symbol") return String(value);
  if (typeof value !== "object" || value === null)
    return Object.is(value, -0)
      ? "0"
      : JSON.stringify(value) === "null"
        ? String(value)
        : String(JSON.stringify(value));
  if (depth > 4) return "…";
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    const list = value as ArrayLike<unknown>;
    const first = Array.from({ length: Math.min(list.length, 50) }, (_, i) => shown(list[i], depth + 1));
    return `[${first.join()}${list.length > 50 ? `… ${list.length}` : ""}]`;
  }
  if (
    (value as { isBigNumber?: unknown }).isBigNumber === true ||
    (value as { isFraction?: unknown }).isFraction === true
  )
    return String(value);
  const named = value as Record<string, unknown>;
  const keys =
    "support" in value && "mass" in value ? ["support", "mass", "logMass", "logNormalizer"] : Object.keys(value);
  return `{${keys
    .filter((key) => Object.getOwnPropertyDescriptor(value, key)?.get === undefined)
    .map((key) => `${key}:${shown(named[key], depth + 1)}`)
    .join()}}`;
}
