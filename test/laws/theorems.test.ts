import { fc } from "@fast-check/vitest";
import {
  chiSquaredDivergence,
  distribution,
  entropy,
  escort,
  expectation,
  klDivergence,
  measure,
  renyiEntropy,
  rlhfObjective,
  rlhfOptimalValue,
  rlhfOptimum,
  tilt,
  totalVariation,
  uniform,
} from "exptilt";
import { describe, expect } from "vitest";
import { test } from "../support/test.js";

const mass = fc.oneof(
  { weight: 5, arbitrary: fc.double({ min: 1e-3, max: 1, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 0.25) },
  { weight: 1, arbitrary: fc.double({ min: 1e-12, max: 1e-6, noNaN: true }) },
);

/** Two laws with full support and a reward, K from 1 to 30. */
const pair = fc
  .array(fc.tuple(mass, mass, fc.double({ min: -3, max: 3, noNaN: true })), { minLength: 1, maxLength: 30 })
  .map((rows) => {
    const support = [...rows.keys()];
    return {
      support,
      p: measure(
        support,
        rows.map((r) => r[0]),
      ),
      q: measure(
        support,
        rows.map((r) => r[1]),
      ),
      r: rows.map((r) => r[2]),
    };
  });
const beta = fc.double({ min: -1, max: 2, noNaN: true }).map((x) => 10 ** x);

/** a ≤ b, but for rounding relative to the larger. */
const atMost = (a: number, b: number) =>
  expect(a).toBeLessThanOrEqual(b + 4e-15 * Math.max(1, Math.abs(a), Math.abs(b)));
const near = (a: number, b: number, scale: number) => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-14 * (1 + scale));

describe("divergences", () => {
  test.prop([pair])("Gibbs: KL(p‖q) ≥ 0, with 0 for equal laws however scaled", ({ support, p, q }) => {
    expect(klDivergence(p, q)).toBeGreaterThanOrEqual(0);
    expect(
      klDivergence(
        p,
        measure(
          support,
          p.mass.map((m) => 4 * m),
        ),
      ),
    ).toBe(0);
  });
  test.prop([pair])("Pinsker: 2·TV² ≤ KL, and KL ≤ log(1 + χ²)", ({ p, q }) => {
    atMost(2 * totalVariation(p, q) ** 2, klDivergence(p, q));
    atMost(klDivergence(p, q), Math.log1p(chiSquaredDivergence(p, q)));
  });
  test.prop([pair])("data processing: merging answers never increases KL", ({ p, q, support }) => {
    const merged = (m: typeof p) => {
      const out = new Float64Array(Math.ceil(support.length / 2));
      for (const [i, x] of m.mass.entries()) out[i >> 1] += x;
      return measure([...out.keys()], out);
    };
    atMost(klDivergence(merged(p), merged(q)), klDivergence(p, q));
  });
  test.prop([pair])("chain rule: KL of product laws is the sum of the KLs", ({ p, q, support }) => {
    const square = support.flatMap((i) => support.map((j) => i * support.length + j));
    const product = (a: typeof p, b: typeof p) =>
      measure(
        square,
        support.flatMap((i) => support.map((j) => a.mass[i] * b.mass[j])),
      );
    const sum = klDivergence(p, q) + klDivergence(q, p);
    near(klDivergence(product(p, q), product(q, p)), sum, sum);
  });
  test.prop([pair])("log K − H(p) is KL(p‖uniform)", ({ p, support }) => {
    near(Math.log(support.length) - entropy(p), klDivergence(p, uniform(support)), Math.log(support.length));
  });
});

describe("entropies", () => {
  test.prop([pair])(
    "0 ≤ H_β ≤ H_α ≤ log K for α ≤ β: the Rényi entropy does not increase in its order",
    ({ p, support }) => {
      const orders = [0, 0.3, 0.999999, 1, 1.000001, 2, 7, 1e3, Infinity];
      const values = orders.map((order) => renyiEntropy(p, order));
      atMost(values[0], Math.log(support.length));
      for (const [i, value] of values.entries()) atMost(value, values[Math.max(0, i - 1)]);
      atMost(0, values[values.length - 1]);
    },
  );
});

describe("tilts", () => {
  test.prop([pair, beta])("tilts compose: by r₁/β and then by r₂/β is once by (r₁ + r₂)/β", ({ p, q, r }, b) => {
    const other = q.mass;
    const twice = tilt(tilt(p, r, b), other, b);
    const once = tilt(
      p,
      r.map((x, i) => x + other[i]),
      b,
    );
    for (const [i, l] of twice.logMass.entries()) near(l, once.logMass[i], Math.abs(l) + 10 / b);
  });
  test.prop([pair, beta])("a constant reward tilts nothing, and −r undoes r", ({ p, r }, b) => {
    expect(
      klDivergence(
        tilt(
          p,
          r.map(() => 2.5),
          b,
        ),
        p,
      ),
    ).toBe(0);
    expect(
      klDivergence(
        tilt(
          tilt(p, r, b),
          r.map((x) => -x),
          b,
        ),
        p,
      ),
      // (r − r₀)/β is rounded once each way and undone to within that: second order in 60 · 2⁻⁵³.
    ).toBeLessThan(1e-26);
  });
  test.prop([pair, beta])("KL(π*‖ref) = E_{π*}[r]/β − log E_ref[e^{r/β}]", ({ p, r }, b) => {
    const optimum = tilt(p, r, b);
    near(klDivergence(optimum, p), expectation(optimum, r) / b - optimum.logNormalizer, 10 / b);
  });
  test.prop([pair])("E_{π*}[r] grows as β falls", ({ p, r }) => {
    const means = [100, 10, 1, 0.1, 0.01].map((b) => expectation(tilt(p, r, b), r));
    for (const [i, mean] of means.entries()) atMost(means[Math.max(0, i - 1)], mean);
  });
  test.prop([pair])("the escort of order a is the tilt by log p at β = 1/(a − 1)", ({ p }) => {
    const logs = distribution(p.support, p.mass).logMass;
    const [a, b] = [escort(p, 3), tilt(p, logs, 0.5)];
    for (const [i, l] of a.logMass.entries()) near(l, b.logMass[i], 3 * Math.abs(l) + 90);
  });
});

describe("the variational principle (Donsker–Varadhan)", () => {
  test.prop([pair, beta])("no policy beats the optimum, whose value is β log E_ref[e^{r/β}]", ({ p, q, r }, b) => {
    const problem = { ref: p, reward: r, beta: b };
    const best = rlhfOptimalValue(problem);
    atMost(rlhfObjective(problem, q), best);
    near(rlhfObjective(problem, rlhfOptimum(problem)), best, 10 + 30 * b);
  });
});
