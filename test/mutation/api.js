/**
 * The part of vitest's interface that the tests of the mathematics use, without its workers: tests are collected into a
 * list, and whoever has the list calls them. The assertions are vitest's own.
 */
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from "@vitest/expect";
import * as fc from "fast-check";

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

export const expect = Object.assign(
  (value, message) => chai.expect(value, message),
  chai.expect,
  globalThis[ASYMMETRIC_MATCHERS_OBJECT],
);
setState({ assertionCalls: 0, isExpectingAssertions: false }, expect);

/** A property of which each run takes longer than it did ends after so many milliseconds, with the runs that it had. */
const MOST_MS = 4000;

/**
 * What tests import, the list that they go to, `{id, file, run}`, and what is to be called when the last has been.
 * Of the files, those given are collected, or all.
 */
export function testApi(files) {
  const tests = [];
  const names = new Map();
  let file = "";
  let path = [];
  let before = [];
  const after = [];

  const it = (title, ...rest) => {
    const name = [...path, title].join(" > ");
    const times = (names.get(`${file}#${name}`) ?? 0) + 1;
    names.set(`${file}#${name}`, times);
    const id = `${file}#${name}${times > 1 ? ` (${times})` : ""}`;
    const run = rest.find((x) => typeof x === "function");
    const hooks = before;
    const withHooks = async () => {
      for (const hook of hooks) await hook();
      await run();
    };
    tests.push({ id, file, run: hooks.length > 0 ? withHooks : run });
  };
  /** Called before the first test of its scope that is called, and only then. */
  const beforeAll = (f) => {
    let called;
    before = [...before, () => (called ??= Promise.resolve(f()))];
  };
  const afterAll = (f) => after.push(f);
  it.each = (table) => (title, f) => {
    for (const [i, row] of [...table].entries()) {
      it(`${title} [${i}]`, () => (Array.isArray(row) ? f(...row) : f(row)));
    }
  };
  it.prop = (arbitraries, parameters) => (title, f) => {
    it(title, () => {
      // A property holds unless it throws or says false.
      const property = fc.asyncProperty(...arbitraries, async (...values) => (await f(...values)) !== false);
      return fc.assert(property, { ...parameters, endOnFailure: true, interruptAfterTimeLimit: MOST_MS });
    });
  };
  const describe = (title, f) => {
    const outer = { path, before };
    path = [...path, title];
    f();
    ({ path, before } = outer);
  };
  describe.each = (table) => (title, f) => {
    for (const [i, row] of [...table].entries()) {
      describe(`${title} [${i}]`, () => (Array.isArray(row) ? f(...row) : f(row)));
    }
  };

  return {
    tests,
    modules: {
      vitest: { describe, it, test: it, expect, beforeAll, afterAll },
      "@fast-check/vitest": { test: it, it, fc },
    },
    collect(name, load) {
      if (files?.has(name) === false) return;
      file = name;
      before = [];
      load();
    },
    async end() {
      for (const f of after) await f();
    },
  };
}
