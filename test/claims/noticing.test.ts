import { readFileSync, writeFileSync } from "node:fs";
import { claims, float64Algebra } from "exptilt/claims";
import { describe, expect, test } from "vitest";
import { matrix, page, SECTION, table } from "./noticed.js";
import { members, noticing } from "./noticing.js";
import { speaksOf } from "./speaksOf.js";

/** `npm run claims:table` prints the table of functions and claims, and writes the one of the guide. */
const WRITE = process.env.CLAIMS_TABLE !== undefined;
const GUIDE = new URL("../../docs/verification.md", import.meta.url);

const found = noticing(float64Algebra, undefined);
if (WRITE) {
  process.stdout.write(`${matrix(found)}\n`);
  writeFileSync(GUIDE, page(readFileSync(GUIDE, "utf8"), table(found)));
}

test("each of (1) to (39), the library's own (40) to (57) and E1 to E9 has a claim whose equation is exactly that", () => {
  const claimed = new Set(claims.map((claim) => claim.equation));
  const numbered = Array.from({ length: 57 }, (_, i) => `(${i + 1})`);
  const errata = Array.from({ length: 9 }, (_, i) => `E${i + 1}`);
  expect(claimed).toEqual(new Set([...numbered, ...errata]));
});

describe("a function of the library that is off by 1 % anywhere is noticed by the claims that speak of it", () => {
  test.each(Object.entries(speaksOf))("%s", (equation, functions) => {
    const rows = found.filter((_, i) => claims[i].equation === equation);
    const missed = functions.filter((name) => !rows.some((row) => row.get(name as never) === "every"));
    expect(missed).toEqual([]);
  });

  test("every equation is listed with functions that it speaks of", () => {
    const unlisted = claims.filter(({ equation }) => !((speaksOf[equation] ?? []).length > 0));
    expect(unlisted.map(({ equation }) => equation)).toEqual([]);
  });

  test("no claim notices nothing", () => {
    const blind = claims.filter((_, i) => ![...found[i].values()].includes("every"));
    expect(blind.map(({ equation }) => equation)).toEqual([]);
  });

  test("no function is noticed by no claim", () => {
    const unseen = members.filter((name) => !found.some((row) => ["every", "some"].includes(row.get(name) ?? "-")));
    expect(unseen).toEqual([]);
  });
});

test(`the table in docs/verification.md, "${SECTION}", is that of this run`, () => {
  const guide = readFileSync(GUIDE, "utf8");
  expect(guide).toBe(page(guide, table(found)));
});
