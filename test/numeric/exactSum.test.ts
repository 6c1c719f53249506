import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExactSum } from "../../src/numeric/exactSum.js";
import { test } from "../support/test.js";

/** A double as a whole number of units 2^−1074. */
function units(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & ((1n << 52n) - 1n)) | (exponent === 0 ? 0n : 1n << 52n);
  const size = mantissa << BigInt(Math.max(0, exponent - 1));
  return bits >> 63n ? -size : size;
}

const doubles = fc.array(
  fc.oneof(
    fc.double({ min: -1e300, max: 1e300, noNaN: true }),
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.constantFrom(1, -1, 2 ** 53, -(2 ** 53), 2 ** -53, 5e-324, 1e16, -1e16),
  ),
  { maxLength: 40 },
);

describe("an exact sum", () => {
  test.prop([doubles])("has parts that add up, as whole numbers of 2^−1074, to the sum of the terms", (terms) => {
    const sum = new ExactSum(terms);
    const total = terms.reduce((s, x) => s + units(x), 0n);
    expect(sum.parts.reduce((s, x) => s + units(x), 0n)).toBe(total);
    // Rounded to the nearest double, ties to even: no neighbour is nearer.
    const distance = (x: number) => {
      const d = units(x) - total;
      return d < 0n ? -d : d;
    };
    const { value } = sum;
    const step = Math.max(5e-324, Math.abs(value) * 2 ** -52);
    for (const other of [value + step, value - step]) expect(distance(value) <= distance(other)).toBe(true);
  });

  test.prop([doubles, fc.nat(40), fc.nat()])(
    "does not depend on the order or on how it is divided",
    (terms, at, seed) => {
      const shuffled = terms
        .map((x, i) => ({ x, key: Math.sin(seed + i * 12.9898) }))
        .sort((a, b) => a.key - b.key)
        .map(({ x }) => x);
      const merged = new ExactSum(shuffled.slice(0, at));
      for (const part of JSON.parse(JSON.stringify(new ExactSum(shuffled.slice(at)).parts))) merged.add(part);
      expect(merged.value + 0).toBe(new ExactSum(terms).value + 0);
    },
  );

  it("rounds as IEEE does where the plain sum goes wrong", () => {
    expect(new ExactSum([1e16, 1, -1e16]).value).toBe(1);
    expect(new ExactSum(new Array<number>(10).fill(0.1)).value).toBe(1);
    expect(new ExactSum([2 ** 53, 1]).value).toBe(2 ** 53); // half-way, to even
    expect(new ExactSum([2 ** 53, 1, 2 ** -60]).value).toBe(2 ** 53 + 2);
    expect(new ExactSum([-(2 ** 53), -1, -(2 ** -60)]).value).toBe(-(2 ** 53) - 2);
    expect(new ExactSum().value).toBe(0);
  });
});
