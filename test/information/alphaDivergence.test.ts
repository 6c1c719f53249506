import { distribution, fromLogMass, klDivergence, measure } from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alphaDivergenceOf, alphaTerm } from "../../src/information/alphaDivergence.js";
import { lawOf } from "../../src/measure/measure.js";
import { test } from "../support/test.js";

const exact = exactAlgebra({ digits: 60 });
const big = (x: number) => exact.number(x);

/** (a^α b^{1−α} − α a + (α − 1) b)/(α(α − 1)) for a = b e^l, and its limits at α = 1 and 0. */
function byDefinition(alpha: number, l: number, a: number): number {
  const [A, one, L] = [big(alpha), big(1), big(l)];
  const c = A.minus(one);
  const down = exact.exp(L.neg());
  const over =
    alpha === 1
      ? L.minus(one).plus(down)
      : alpha === 0
        ? down.times(L.neg().minus(one)).plus(one)
        : exact.exp(c.times(L)).minus(A).plus(c.times(down)).div(A.times(c));
  return exact.toNumber(over.times(big(a)));
}

const orders = fc.oneof(fc.constantFrom(0, 1, 0.5, 2, -1, 3), fc.double({ min: -20, max: 21, noNaN: true }));
const ratios = fc.oneof(
  fc.double({ min: -1.5, max: 1.5, noNaN: true }),
  fc.double({ min: -60, max: 60, noNaN: true }),
  fc.double({ min: -900, max: 900, noNaN: true }),
  fc.double({ min: -12, max: 0, noNaN: true }).map((x) => 10 ** x),
);

describe("one answer's part of the α-divergence", () => {
  test.prop([orders, ratios, fc.double({ min: -300, max: 0, noNaN: true })])("has its digits", (alpha, l, exponent) => {
    // The larger of the two is a double, and so is the smaller.
    const [a, b] =
      l < 0 ? [10 ** exponent * Math.exp(l), 10 ** exponent] : [10 ** exponent, 10 ** exponent * Math.exp(-l)];
    if (Math.min(a, b) < 1e-300) return;
    const near = Math.min(Math.abs(alpha), Math.abs(alpha - 1));
    // Where α is all but 0 or 1 the quotient of two small numbers is another's to test.
    if (near > 0 && near < 1e-6) return;
    // Nearer to 0 the 60 digits cancel.
    if (Math.abs(l) < 1e-12) return;
    const want = byDefinition(alpha, l, a);
    if (!Number.isFinite(want)) return;
    const nats = Math.abs(l) * (1 + Math.abs(alpha));
    const got = alphaTerm(alpha, l, a, b);
    expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(1e-15 * (12 + 2 * nats) * want + 1e-300);
  });

  it("is a double where a power of the ratio is none", () => {
    for (const [alpha, l, a] of [
      [3, 380, 1e-200],
      [2.5, 480, 1e-250],
      [3, 355, 1e-20],
      [-2, -380, Math.exp(-380) * 1e-30],
    ]) {
      const b = a * Math.exp(-l);
      const want = byDefinition(alpha, l, a);
      expect(want > 0 && want < Infinity).toBe(true);
      expect(alphaTerm(alpha, l, a, b) / want).toBeCloseTo(1, 12);
    }
    // a^α b^{1−α} where a is next to nothing and α in the middle.
    for (const [alpha, l] of [
      [0.51, -690],
      [0.9, -700],
    ])
      expect(alphaTerm(alpha, l, Math.exp(l), 1) / byDefinition(alpha, l, Math.exp(l))).toBeCloseTo(1, 9);
  });

  it("is what one law has alone", () => {
    for (const alpha of [0.5, 0.75, 1, 3]) expect(alphaTerm(alpha, -Infinity, 0, 0.25)).toBe(0.25 / alpha);
    for (const alpha of [0.25, 0, -2]) expect(alphaTerm(alpha, Infinity, 0.25, 0)).toBe(0.25 / (1 - alpha));
    expect(alphaTerm(0.5, 0, 0.5, 0.5)).toBe(0);
    expect(alphaTerm(2, Infinity, 0.5, 0)).toBe(Infinity);
  });
});

describe("the α-divergence of two laws", () => {
  it("is a number where the power of a ratio leaves the doubles", () => {
    const law = (log: number) => lawOf("f", "p", fromLogMass(["a", "b"], [0, log]));
    // P³/Q² = e^{−1380 + 1680}, over α(α − 1), beside which all else is nothing.
    expect(Math.log(alphaDivergenceOf(3, law(-460), law(-840)))).toBeCloseTo(300 - Math.log(6), 10);
    expect(Math.log(alphaDivergenceOf(-2, law(-840), law(-460)))).toBeCloseTo(300 - Math.log(6), 10);
  });

  const pair = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })), {
    minLength: 1,
    maxLength: 5,
  });
  test.prop([pair, fc.constantFrom(-1, 0, 0.3, 0.5, 1, 2)])("adds its parts, and is KL at 0 and 1", (rows, alpha) => {
    const law = (k: 0 | 1) =>
      distribution(
        rows.map((_, i) => i),
        rows.map((r) => r[k]),
      );
    const [p, q] = [law(0), law(1)];
    const got = alphaDivergenceOf(alpha, lawOf("f", "p", p), lawOf("f", "q", q));
    const want = rows.reduce((s, _, i) => s + byDefinition(alpha, Math.log(p.mass[i] / q.mass[i]), p.mass[i]), 0);
    expect(Math.abs(got - want)).toBeLessThan(1e-14);
    if (alpha === 1) expect(got).toBe(klDivergence(p, q));
    if (alpha === 0) expect(got).toBe(klDivergence(q, p));
  });

  it.each([2, 3, 1.5, -1, -2])("is a double also where it is far above 1, and ∞ above them all: α = %d", (alpha) => {
    for (let digits = 50; digits <= 300; digits += 10) {
      // One term counts: P^α Q^{1−α}/(α(α − 1)), with the rare answer in Q, or below ½ in P.
      const laws = [
        [1, 1],
        [10 ** -digits, 1],
      ].map((mass) => lawOf("test", "p", measure(["a", "b"], mass)));
      const [p, q] = alpha > 0.5 ? laws : laws.toReversed();
      const power = alpha > 0.5 ? alpha : 1 - alpha;
      const log = (power - 1) * digits * Math.LN10 - power * Math.LN2 - Math.log(power * (power - 1));
      const got = alphaDivergenceOf(alpha, p, q);
      if (log > 710) expect(got).toBe(Infinity);
      else if (log < 709) expect(Math.abs(Math.log(got) - log)).toBeLessThanOrEqual(1e-12 * log);
    }
  });
});
