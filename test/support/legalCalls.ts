/**
 * One legal call at least of every public function, without a table: the examples of the documentation are run with the
 * library's exports replaced by recorders, and the claims with the members of the algebras replaced likewise.
 */

import type { RandomSource } from "exptilt";
import type * as exact from "exptilt/exact";
import { docExamples } from "./docExamples.js";
import { doors, library } from "./doors.js";
import { compileExample, runExample } from "./runExample.js";

/** A call that was made and gave a result. */
export interface LegalCall {
  /** Where the function is found: `exptilt.tilt`, `exptilt/exact.exactAlgebra().tilt`. */
  readonly path: string;
  /** The names that a message may begin with: that of the function, and for a method that of what made its object. */
  readonly names: readonly string[];
  readonly call: (...args: unknown[]) => unknown;
  /** A method's object: its state may be another one at the next call. */
  readonly isMethod: boolean;
  readonly args: readonly unknown[];
}

/** As many calls of one function are kept: an example may call it in a loop. */
const MOST_CALLS = 3;

type Function = (...args: unknown[]) => unknown;

class Recorder {
  readonly calls = new Map<string, LegalCall[]>();

  /** The function, which notes the calls that succeed; and so do the functions that its results have. */
  record(path: string, names: readonly string[], call: Function, isMethod = false): Function {
    const recorder = (...args: unknown[]): unknown => {
      const before = copy(args) as unknown[];
      const result = call(...args);
      const calls = this.calls.get(path) ?? [];
      this.calls.set(path, calls);
      if (calls.length < MOST_CALLS) calls.push({ path, names, call, isMethod, args: before });
      if (result instanceof Promise) return result.then((made) => this.wrapMembers(path, names, made));
      return this.wrapMembers(path, names, result);
    };
    return Object.assign(recorder, call);
  }

  /** What a function gave, if it is a function itself or has some. */
  wrapMembers(path: string, names: readonly string[], value: unknown): unknown {
    if (typeof value === "function") {
      const wrapped = this.record(`${path}()`, names, value as Function, true);
      return Object.assign(wrapped, this.members(path, names, value));
    }
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || Array.isArray(value)) return value;
    const members = this.members(path, names, value);
    for (const [name, member] of Object.entries(members)) {
      const property = Object.getOwnPropertyDescriptor(value, name);
      if (property?.writable === true) (value as Record<string, unknown>)[name] = member;
    }
    return value;
  }

  members(path: string, names: readonly string[], value: object): Record<string, Function> {
    const out: Record<string, Function> = {};
    for (const [name, member] of Object.entries(value)) {
      if (typeof member !== "function" || name === "constructor") continue;
      const bound = (...args: unknown[]) => (member as Function).apply(value, args);
      out[name] = this.record(`${path}().${name}`, [name, ...names], bound, true);
    }
    return out;
  }

  module(path: string, exports: object): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(exports).map(([name, value]) => [
        name,
        typeof value === "function" ? this.record(`${path}.${name}`, [name], value as Function) : value,
      ]),
    );
  }
}

/** The legal calls of every function that the library exports, and of the members of its algebras. */
export async function legalCalls(): Promise<ReadonlyMap<string, readonly LegalCall[]>> {
  const recorder = new Recorder();
  for (const { code, file } of docExamples()) {
    if (!file.startsWith("src/")) continue;
    const load = async (specifier: string): Promise<unknown> => {
      const exports = (doors as Readonly<Record<string, object>>)[specifier];
      return exports === undefined ? import(/* @vite-ignore */ specifier) : recorder.module(specifier, exports);
    };
    await runExample(compileExample(code), load);
  }
  const instance = { mass: [1, 2, 3], reward: [0, 0.5, 1], beta: 0.5, length: 2, vocabularySize: 3 };
  const algebras = recorder.module("exptilt/exact", doors["exptilt/exact"]) as typeof exact;
  const algebra = algebras.exactAlgebra({ digits: 20, integralDigits: 8 });
  for (const claim of library.claims) library.checkClaim(claim, library.worldOf(algebra as never, instance));
  // A member that no example and no claim calls takes what the library's function of its name takes, if it can.
  const members = { ...(algebra as object), ...algebras.rationalAlgebra() };
  for (const [name, member] of Object.entries(members)) {
    for (const { args } of Object.keys(doors).flatMap((door) => recorder.calls.get(`${door}.${name}`) ?? [])) {
      try {
        (member as Function)(...args);
      } catch {}
    }
  }
  return recorder.calls;
}

/** The functions that the library exports, by their paths. */
export function exportedFunctions(): string[] {
  return Object.entries(doors).flatMap(([module, exports]) =>
    Object.entries(exports).flatMap(([name, value]) => (typeof value === "function" ? [`${module}.${name}`] : [])),
  );
}

/**
 * A copy of plain arrays and objects, typed arrays and random sources; all else is what it was. What the library froze
 * (supports, atomic data) it knows again.
 */
export function copy(value: unknown): unknown {
  if (Array.isArray(value) || isPlain(value)) {
    if (Object.isFrozen(value)) return value;
    if (Array.isArray(value)) return value.map(copy);
  }
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return (value as Float64Array).slice();
  if (typeof value === "function" && "state" in value) {
    return library.randomSource((value as RandomSource).state());
  }
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copy(member)]));
}

/** An object that is written with braces. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
