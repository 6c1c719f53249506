import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstWithin } from "../../src/numeric/firstWithin.js";
import { test } from "../support/test.js";

/** The first n, and what was asked for on the way, call by call. */
function found(f: (n: number) => number, wanted: number): { n: number; asked: number[][] } {
  const asked: number[][] = [];
  const n = firstWithin((ns) => {
    asked.push([...ns]);
    return ns.map(f);
  }, wanted);
  return { n, asked };
}

/** Above 1 up to `last`, then below. */
const step = (last: number) => (n: number) => (n <= last ? 2 : 0.5);

describe("the first whole number at which a decreasing function is within what is wanted", () => {
  const lasts = fc.oneof(
    fc.nat(300),
    fc.maxSafeNat().filter((n) => n < 2 ** 53 - 1),
  );
  test.prop([lasts])(
    "is the one after the last that is not; each call asks inside the bracket only, in order",
    (last) => {
      const { n, asked } = found(step(last), 1);
      expect(n).toBe(last + 1);
      let [low, high] = [0, Infinity];
      let inOrder = true;
      for (const ns of asked) {
        inOrder &&= ns.every((m, i) => m > low && m < high && (i === 0 || m > ns[i - 1]));
        low = Math.max(low, ...ns.filter((m) => m <= last));
        high = Math.min(high, ...ns.filter((m) => m > last));
      }
      expect(inOrder).toBe(true);
      // Four-fold steps up, halves down.
      expect(asked.length).toBeLessThanOrEqual(2 + 1.5 * Math.log2(last + 2));
    },
  );

  test.prop([
    fc.double({ min: 0.3, max: 3, noNaN: true }),
    fc.double({ min: 1, max: 1e9, noNaN: true, minExcluded: true }).filter((x) => x % 1 > 0.01 && x % 1 < 0.99),
  ])("is found by one interpolation where the function is a power", (p, root) => {
    const { n, asked } = found((m) => (m / root) ** -p, 1);
    expect(n).toBe(Math.ceil(root));
    expect(asked.length).toBeLessThanOrEqual(2 + Math.ceil(Math.log(n) / Math.log(4)));
  });

  it("is looked for in four-fold steps, then beside the interpolation and in the middle", () => {
    expect(found((n) => 100.5 / n, 1).asked).toEqual([[1], [4], [16], [64], [256], [100, 101, 160]]);
    expect(found((n) => 230.5 / n, 1).asked).toEqual([[1], [4], [16], [64], [256], [160, 230, 231]]);
    expect(found((n) => 230.5e-9 / n, 1e-9).asked.at(-1)).toEqual([160, 230, 231]);
    // Where the upper end is just within, right before it.
    expect(found((n) => 64 / n, 1).asked).toEqual([[1], [4], [16], [64], [40, 63]]);
    // Where the lower end is infinitely far, right after that.
    expect(found((n) => (n < 20 ? Infinity : 1 / n), 1)).toEqual({
      n: 20,
      asked: [[1], [4], [16], [64], [17, 18, 40], [19, 20, 29]],
    });
  });

  it("is 1 where one is enough, and Infinity where no n that a double tells from the next is", () => {
    expect(found(() => 1, 1)).toEqual({ n: 1, asked: [[1]] });
    const { n, asked } = found(() => 2, 1);
    expect(n).toBe(Infinity);
    expect(asked.flat()).toEqual([...Array.from({ length: 27 }, (_, i) => 4 ** i), Number.MAX_SAFE_INTEGER]);
    expect(found(step(2 ** 53 - 2), 1).n).toBe(2 ** 53 - 1);
  });
});
