/** Products of polynomials, against those of whole numbers multiplied out one by one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { multiply, ProductTree, powerOf } from "../../src/selection/votes/productTree.js";
import { test } from "../support/test.js";

/** The product up to a degree, of the length that all of its terms take. */
function product(all: readonly (readonly number[])[], degree: number): number[] {
  return all.reduce<number[]>(
    (a, b) => {
      const out = new Array<number>(Math.min(degree + 1, a.length + b.length - 1)).fill(0);
      for (const [i, x] of a.entries()) for (const [j, y] of b.entries()) if (i + j < out.length) out[i + j] += x * y;
      return out;
    },
    [1],
  );
}
const cut = (a: ArrayLike<number>, degree: number) => Array.from(a).slice(0, degree + 1);

const polynomial = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 6 });
const degrees = fc.integer({ min: 0, max: 12 });

describe("products of polynomials", () => {
  test.prop([polynomial, polynomial, degrees])("of two are all sums of their terms", (a, b, degree) => {
    expect([...multiply(Float64Array.from(a), Float64Array.from(b), degree)]).toEqual(product([a, b], degree));
  });

  test.prop([polynomial, fc.integer({ min: 0, max: 9 }), degrees])("of one with itself are powers", (a, k, degree) => {
    const got = powerOf(Float64Array.from(a), k, degree);
    expect(cut(got, degree)).toEqual(cut(product(Array<number[]>(k).fill(a), degree), degree));
  });

  it("take a number of steps that grows as the logarithm of the exponent", () => {
    expect([...powerOf(Float64Array.of(1, 1), 2 ** 40, 1)]).toEqual([1, 2 ** 40]);
    expect([...powerOf(Float64Array.of(1, 1), 2 ** 40 + 1, 1)]).toEqual([1, 2 ** 40 + 1]);
  });

  const change = fc.record({ leaf: fc.nat(), polynomial, fall: fc.integer({ min: 0, max: 2 }) });
  test.prop([
    fc.array(polynomial, { minLength: 1, maxLength: 9 }),
    fc.array(change, { maxLength: 4 }),
    fc.array(fc.nat(), { minLength: 1, maxLength: 9 }),
    degrees,
  ])("of all but one of many are found, while they change", (leaves, changes, asked, degree) => {
    const tree = new ProductTree(
      leaves.map((a) => Float64Array.from(a)),
      degree,
    );
    const now = [...leaves];
    const wanted = [...new Set(asked.map((x) => x % leaves.length))];
    const holds = (left: number) => {
      const seen: number[] = [];
      tree.without(wanted, (leaf, a, b) => {
        seen.push(leaf);
        const others = now.filter((_, i) => i !== leaf);
        const want = product(others, left);
        const got = product([cut(a, left), cut(b, left)], left);
        // Either may have zeros where the other was cut.
        for (let i = 0; i <= left; i++) expect(got[i] ?? 0).toBe(want[i] ?? 0);
      });
      expect(seen.sort((x, y) => x - y)).toEqual(wanted.sort((x, y) => x - y));
    };
    let left = degree;
    holds(left);
    for (const { leaf, polynomial: to, fall } of changes) {
      const at = leaf % leaves.length;
      now[at] = to;
      tree.set(at, Float64Array.from(to));
      left = Math.max(0, left - fall);
      tree.degree = left;
      holds(left);
    }
  });
});
