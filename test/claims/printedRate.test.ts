import { measure, rlhfOptimum, softBestOfNLaw, uniform } from "exptilt";
import { printedRate } from "exptilt/claims";
import { describe, expect, it } from "vitest";

const good = { ref: measure(["a", "b"], [1, 3]), reward: [0, 1], beta: 0.5 };
const near = (got: number, want: number, ulps: number) =>
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(ulps * 2 ** -52 * Math.abs(want));

describe("the printed rate of (29)", () => {
  it("is e^{range/β}·√(log N/N): 0 for one draw, ∞ with forbidden answers", () => {
    near(printedRate(good, 9), Math.exp(2) * Math.sqrt(Math.log(9) / 9), 4);
    expect(printedRate(good, 1)).toBe(0);
    expect(printedRate({ ...good, reward: [0, -Infinity] }, 1)).toBe(0);
    expect(printedRate({ ...good, reward: [0, -Infinity] }, 2)).toBe(Infinity);
    near(printedRate({ ...good, beta: Infinity }, 4), Math.sqrt(Math.log(4) / 4), 2);
    expect(printedRate({ ...good, beta: Infinity }, 1)).toBe(0);
    expect(printedRate({ ...good, reward: [0, -Infinity], beta: Infinity }, 2)).toBe(Infinity);
    expect(printedRate(good, 2 ** 60)).toBeGreaterThan(0);
  });

  it("lies far above what it bounds", () => {
    const problem = { ref: uniform([0, 1, 2]), reward: [0, 0.5, 1], beta: 0.5 };
    for (const n of [100, 1e4, 1e6]) {
      const law = softBestOfNLaw(problem, n).mass;
      const off = Math.max(...rlhfOptimum(problem).mass.map((p, i) => Math.abs(law[i] / p - 1)));
      expect(off).toBeLessThan(printedRate(problem, n) / 10);
    }
  });

  it("refuses a number of draws below 1", () => {
    expect(() => printedRate(good, 0)).toThrow(
      new RangeError("printedRate: n must be a whole number of at least 1, got 0"),
    );
  });
});
