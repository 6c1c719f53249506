import { atLeastMOfK, passAtK, passHatK } from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toNumber } from "../support/fraction.js";
import { test } from "../support/test.js";

const exact = exactAlgebra({ digits: 60 });
const near = (got: number, want: number, ulps: number) => {
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(ulps * 2 ** -52 * want);
};

function choose(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n;
  let out = 1n;
  for (let i = 0; i < k; i++) out = (out * BigInt(n - i)) / BigInt(i + 1);
  return out;
}

/** The tail of the hypergeometric law in whole numbers. */
function tailOf(n: number, c: number, k: number, m: number): number {
  let top = 0n;
  for (let j = m; j <= k; j++) top += choose(c, j) * choose(n - c, k - j);
  const bottom = choose(n, k);
  return toNumber({ top, bottom });
}

const part = fc.double({ min: 0, max: 1, noNaN: true });
const counts = fc
  .tuple(fc.integer({ min: 1, max: 300 }), part, part, part)
  .map(([n, p, q, r]): [number, number, number, number] => {
    const k = Math.max(1, Math.round(q * n));
    return [n, Math.round(p * n), k, Math.round(r * k)];
  });

describe("at least m of k, and all of k", () => {
  test.prop([counts])("are the tail of the hypergeometric law in whole numbers", ([n, c, k, m]) => {
    near(atLeastMOfK(n, c, k, m), tailOf(n, c, k, m), 2);
    near(passHatK(n, c, k), tailOf(n, c, k, k), 2);
  });

  test.prop([fc.integer({ min: 1, max: 8 }), part, part])("are shares of the subsets, one by one", (n, p, q) => {
    const [c, k] = [Math.round(p * n), Math.max(1, Math.round(q * n))];
    const correct = Array.from({ length: 2 ** n }, (_, bits) => [...Array(n).keys()].filter((i) => (bits >> i) & 1))
      .filter((s) => s.length === k)
      .map((s) => s.filter((i) => i < c).length);
    for (let m = 0; m <= k; m++)
      near(atLeastMOfK(n, c, k, m), correct.filter((x) => x >= m).length / correct.length, 2);
  });

  test.prop([counts])("meet each other, and pass@k", ([n, c, k]) => {
    near(atLeastMOfK(n, c, k, k), passHatK(n, c, k), 2);
    near(atLeastMOfK(n, c, k, 1), passAtK(n, c, k), 16);
    expect(atLeastMOfK(n, c, k, 0)).toBe(1);
  });

  // Their logarithms are an integral then.
  it.each([
    [1_000_000, 5000, 5000],
    [1_000_000, 4097, 9000],
    [1_000_000, 9000, 4097],
    [300_000, 4500, 2000],
    [60_000, 4100, 4400],
    [30_000_000, 33_000, 5000],
    [2 ** 40, 2 ** 23, 4100],
  ])("keep their digits past 4,096 factors: %i samples, %i correct, subsets of %i", (n, c, k) => {
    const [few, many] = c < k ? [c, k] : [k, c];
    // Π 1 − many/(n − i), at 60 digits.
    let none = exact.number(1);
    for (let i = 0; i < few; i++) none = none.times(exact.number(1).minus(exact.number(many).div(n - i)));
    near(passAtK(n, c, k), exact.toNumber(exact.number(1).minus(none)), 16);
    near(passAtK(n, k, c), passAtK(n, c, k), 1);
    // All of k are correct where none is of the others.
    const all = exact.toNumber(none);
    const got = passHatK(n, n - c, k);
    expect(Math.abs(got - all), `${got} for ${all}`).toBeLessThanOrEqual(1e-15 * all * (1 - Math.log(all)));
  });

  it("keep their digits to 1e-300, and are 0 below the doubles", () => {
    // 1/C(1000, 500) = 3.7e-300, and 1/C(1200, 600).
    near(passHatK(1000, 500, 500), toNumber({ top: 1n, bottom: choose(1000, 500) }), 2);
    near(atLeastMOfK(1000, 500, 500, 500), toNumber({ top: 1n, bottom: choose(1000, 500) }), 2);
    near(atLeastMOfK(1000, 500, 500, 495), tailOf(1000, 500, 500, 495), 2);
    expect([passHatK(1200, 600, 600), atLeastMOfK(1200, 600, 600, 600)]).toEqual([0, 0]);
  });

  it("do so where there are many samples", () => {
    near(passHatK(1e15, 1e15 - 1, 1e15 - 1), 1e-15, 2);
    near(atLeastMOfK(1e15, 3, 2, 2), 6 / (1e15 * (1e15 - 1)), 2);
    // All of k is none of the n − c wrong ones: the two ways that many factors are taken, and the walk over the law.
    near(passHatK(1e9, 1e9 - 65_536, 2e6), atLeastMOfK(1e9, 1e9 - 65_536, 2e6, 2e6), 8);
    const want = 1 - passAtK(1e10, 70_000, 70_000);
    expect(Math.abs(passHatK(1e10, 1e10 - 70_000, 70_000) / want - 1)).toBeLessThanOrEqual(1e-13);
  });

  it.each<[() => unknown, string]>([
    [() => passHatK(3, 4, 1), "passHatK: c must be at most n = 3, got 4"],
    [() => passHatK(3, 1, 4), "passHatK: k must be at most n = 3, got 4"],
    [() => passHatK(3, 1, 0), "passHatK: k must be a whole number of at least 1, got 0"],
    [() => atLeastMOfK(3, 4, 1, 1), "atLeastMOfK: c must be at most n = 3, got 4"],
    [() => atLeastMOfK(3, 1, 4, 1), "atLeastMOfK: k must be at most n = 3, got 4"],
    [() => atLeastMOfK(3, 1, 2, 3), "atLeastMOfK: m must be at most k = 2, got 3"],
    [() => atLeastMOfK(3, 1, 2, -1), "atLeastMOfK: m must be a whole number of at least 0, got -1"],
  ])("refuse what they cannot count, case %#", (call, message) => {
    expect(call).toThrow(new RangeError(message));
  });
});
