import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { library } from "../support/doors.js";
import { type Case, caseAt, judge, sweep } from "./assess.js";
import { page } from "./page.js";
import { PAGE, read } from "./report.js";
import { LIMIT, type Subject } from "./subject.js";
import { folders } from "./subjects.js";
import { unmeasured } from "./unmeasured.js";

const subjects = Object.values(folders).flat();
const report = read();
const figures = Object.values(report.folders).flat();

/** How many cases of each sweep are run; `npm run accuracy` runs all. */
const FEW = 3;

/** The largest error of a case; the condition number is asked for only where the plain error is too large. */
function largest(s: Subject, one: Case, most: number): number {
  const { plain, scaled } = judge(s, one);
  const error = Math.max(0, ...plain);
  return error <= most ? error : Math.max(0, ...scaled());
}

describe("no function errs by more than 4 ULP after scaling, or than its exception says", () => {
  test.each(subjects)("$name: in the first cases and in the worst of the report", (s) => {
    const most = s.exception?.ulp ?? LIMIT;
    const worst = figures.find(({ name }) => name === s.name)?.worst;
    const cases = [...sweep(s, FEW), ...(worst === undefined ? [] : [caseAt(s, worst.at)])];
    for (const one of cases) expect(largest(s, one, most), one.at).toBeLessThanOrEqual(most);
  });

  test("as the committed report says of all cases", () => {
    const limits = new Map(subjects.map((s) => [s.name, s.exception?.ulp ?? LIMIT]));
    expect(figures.filter(({ name, scaled }) => !(scaled.max <= (limits.get(name) ?? 0)))).toEqual([]);
  });

  test("and an exception stands only where there is one", () => {
    const kept = new Set(figures.filter(({ scaled }) => scaled.max <= LIMIT).map(({ name }) => name));
    expect(subjects.filter(({ name, exception }) => exception !== undefined && kept.has(name))).toEqual([]);
  });
});

describe("the report is of the library as it stands", () => {
  const called = Object.entries(library).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));
  const measured = new Set(subjects.flatMap(({ name }) => name.match(/\w+/g) ?? []));
  const excused = unmeasured.flatMap(({ names }) => names);

  test("every public function has figures, or a reason for having none", () => {
    expect(called.filter((name) => !measured.has(name) && !excused.includes(name))).toEqual([]);
  });

  test("a reason is given only for public functions without figures", () => {
    expect(excused.filter((name) => measured.has(name) || !called.includes(name))).toEqual([]);
  });

  test("it has every subject, and no other", () => {
    const names = (list: Readonly<Record<string, readonly { readonly name: string; readonly domain: string }[]>>) =>
      Object.entries(list).map(([folder, of]) => [folder, of.map(({ name, domain }) => [name, domain])]);
    expect(names(report.folders)).toEqual(names(folders));
  });

  test("docs/accuracy.md is made from it", () => {
    expect(readFileSync(PAGE, "utf8")).toBe(page(report, subjects, unmeasured));
  });
});
