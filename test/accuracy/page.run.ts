import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, expect, test } from "vitest";
import { type Assessment, assess } from "./assess.js";
import { exact } from "./oracle.js";
import { page } from "./page.js";
import { PAGE, REPORT, type Report, read, write } from "./report.js";
import { LIMIT } from "./subject.js";
import { folders } from "./subjects.js";
import { unmeasured } from "./unmeasured.js";

/**
 * `npm run accuracy`: every subject through all its cases; writes test/reference/accuracy.json and docs/accuracy.md.
 * ONLY=tilt,entropy takes those whose names begin so, prints what it finds, and keeps the rest of the report.
 */
const only = process.env.ONLY?.split(",");
const subjects = Object.values(folders).flat();
const found = new Map<string, Assessment>();

test.each(subjects.filter(({ name }) => !only || only.some((o) => name.startsWith(o))))("$name", (s) => {
  const a = assess(s);
  found.set(s.name, a);
  const f = (x: number) => x.toPrecision(3).padStart(9);
  if (only) console.log(a.worst);
  console.log(
    `scaled ${f(a.scaled.max)} mean ${f(a.scaled.mean)} plain ${f(a.plain.max)} mean ${f(a.plain.mean)} ${a.name}`,
  );
  expect(a.scaled.max).toBeLessThanOrEqual(s.exception?.ulp ?? LIMIT);
});

afterAll(() => {
  const before = only ? Object.values(read().folders).flat() : [];
  const figuresOf = (name: string) => found.get(name) ?? before.find((a) => a.name === name) ?? [];
  const version = (name: string) =>
    (createRequire(import.meta.url)(`../../node_modules/${name}/package.json`) as { version: string }).version;
  const names = new Set(subjects.flatMap(({ peers }) => Object.keys(peers ?? {})));
  const report: Report = {
    digits: exact.digits,
    node: process.versions.node,
    peers: Object.fromEntries([...names].map((name) => [name, version(name)])),
    folders: Object.fromEntries(
      Object.entries(folders).map(([folder, list]) => [folder, list.flatMap(({ name }) => figuresOf(name))]),
    ),
  };
  writeFileSync(REPORT, write(report));
  writeFileSync(PAGE, page(read(), subjects, unmeasured));
});
