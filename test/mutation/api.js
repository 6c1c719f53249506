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

/** What tests import, and the list that they go to: `{id, file, run}`. */
export function testApi() {
  const tests = [];
  const names = new Map();
  let file = "";
  let path = [];

  const it = (title, ...rest) => {
    const name = [...path, title].join(" > ");
    const times = (names.get(`${file}#${name}`) ?? 0) + 1;
    names.set(`${file}#${name}`, times);
    const id = `${file}#${name}${times > 1 ? ` (${times})` : ""}`;
    tests.push({ id, file, run: rest.find((x) => typeof x === "function") });
  };
  it.each = (table) => (title, f) => {
    for (const [i, row] of [...table].entries()) {
      it(`${title} [${i}]`, () => (Array.isArray(row) ? f(...row) : f(row)));
    }
  };
  it.prop = (arbitraries, parameters) => (title, f) => {
    it(title, () => {
      // A property holds unless it throws or says false.
      const property = fc.asyncProperty(...arbitraries, async (...values) => (await f(...values)) !== false);
      return fc.assert(property, { ...parameters, endOnFailure: true });
    });
  };
  const describe = (title, f) => {
    path = [...path, title];
    f();
    path = path.slice(0, -1);
  };
  describe.each = (table) => (title, f) => {
    for (const [i, row] of [...table].entries()) {
      describe(`${title} [${i}]`, () => (Array.isArray(row) ? f(...row) : f(row)));
    }
  };

  return {
    tests,
    modules: { vitest: { describe, it, test: it, expect }, "@fast-check/vitest": { test: it, it, fc } },
    collect(name, load) {
      file = name;
      load();
    },
  };
}
