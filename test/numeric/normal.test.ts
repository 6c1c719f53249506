import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { normalInterval } from "../../src/numeric/normal.js";

const { cdf, intervals } = JSON.parse(readFileSync(new URL("../reference/normal.json", import.meta.url), "utf8")) as {
  cdf: { x: number; p: string }[];
  intervals: { a: number; b: number; p: string }[];
};

const normalCdf = (x: number) => normalInterval(-Infinity, x);
const off = (got: number, exact: string) => Math.abs(got / Number(exact) - 1);

describe("N(0, 1) against 40 digits", () => {
  it("P(Z ≤ x) is within 1e-14 of itself from −38 to 8", () => {
    // Below 2.3e−308 a double itself has fewer digits: half its last place is 2.5e−324.
    for (const { x, p } of cdf)
      expect(Math.abs(normalCdf(x) - Number(p)), `x = ${x}`).toBeLessThanOrEqual(1e-14 * Number(p) + 5e-324);
  });
  it("P(a < Z ≤ b) is within 1e-14 of the smaller of P(Z > a) and P(Z ≤ b), of which it is a difference", () => {
    for (const { a, b, p } of intervals) {
      const tail = a >= 0 ? normalCdf(-a) : b <= 0 ? normalCdf(b) : 1;
      expect(Math.abs(normalInterval(a, b) - Number(p)), `${a}, ${b}`).toBeLessThanOrEqual(1e-14 * tail);
    }
  });
  it("far out an interval keeps its digits, on both sides alike", () => {
    const far = intervals.filter(({ a, b }) => Math.min(Math.abs(a), Math.abs(b)) > 4 && a * b > 0 && b - a > 0.5);
    expect(far.length).toBeGreaterThan(10);
    for (const { a, b, p } of far) {
      expect(off(normalInterval(a, b), p), `${a}, ${b}`).toBeLessThanOrEqual(2e-14);
      expect(normalInterval(-b, -a)).toBe(normalInterval(a, b));
    }
  });
  it("has its limits at the ends", () => {
    expect([normalCdf(-Infinity), normalCdf(Infinity), normalCdf(0)]).toEqual([0, 1, 0.5]);
    expect(normalInterval(-Infinity, Infinity)).toBe(1);
    expect(normalInterval(-Infinity, 0)).toBe(0.5);
    expect(normalInterval(2, Infinity)).toBe(normalCdf(-2));
  });
});
