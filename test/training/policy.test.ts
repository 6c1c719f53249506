import { fc } from "@fast-check/vitest";
import { autoregressivePolicy, klDivergence, sequenceDistribution, uniform } from "exptilt";
import { autoregressiveTabularPolicy, logLinearPolicy, policyDistribution, tabularPolicy } from "exptilt/training";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";
import { type Complex, witnesses } from "./policies.js";

const H = 1e-100;
const complex = (theta: readonly number[], j = -1): Complex[] => theta.map((re, i) => ({ re, im: i === j ? H : 0 }));

describe.each(witnesses)("$name", ({ policy, logProbability }) => {
  const numbers = (n: number, size: number) =>
    fc.array(fc.double({ min: -size, max: size, noNaN: true }), { minLength: n, maxLength: n });
  const answers = policy.on(0).support.length;
  const points = fc.record({
    theta: numbers(policy.size, 3),
    c: numbers(answers, 2),
    query: fc.integer({ min: 0, max: 1 }),
  });

  test.prop([points])("log-probabilities are those of the definition and add up to 1", ({ theta, query }) => {
    const got = policy.on(query).logProbabilities(Float64Array.from(theta));
    for (const [o, l] of got.entries()) expect(l).toBeCloseTo(logProbability(complex(theta), query, o).re, 11);
    expect(got.reduce((s, l) => s + Math.exp(l), 0)).toBeCloseTo(1, 13);
  });

  test.prop([points])("the gradient is the complex-step derivative to 1e−9", ({ theta, c, query }) => {
    const gradient = new Float64Array(policy.size);
    policy.on(query).addGradient(Float64Array.from(theta), Float64Array.from(c), gradient);
    for (const [j, g] of gradient.entries()) {
      const step = c.reduce((s, x, o) => s + (x * logProbability(complex(theta, j), query, o).im) / H, 0);
      expect(Math.abs(g - step)).toBeLessThanOrEqual(1e-12 * c.reduce((s, x) => s + Math.abs(x), 1) * 3);
    }
  });

  test.prop([points], { numRuns: 30 })(
    "the information is minus the derivative of the gradient",
    ({ theta, c, query }) => {
      const n = policy.size;
      const weight = Float64Array.from(c, Math.abs);
      const on = policy.on(query);
      const information = new Float64Array(n * n);
      on.addInformation?.(Float64Array.from(theta), weight, information);
      const gradientAt = (j: number, h: number) => {
        const gradient = new Float64Array(n);
        on.addGradient(
          Float64Array.from(theta, (x, i) => (i === j ? x + h : x)),
          weight,
          gradient,
        );
        return gradient;
      };
      const h = 1e-3;
      for (let j = 0; j < n; j++) {
        const [a, b, d, e] = [gradientAt(j, h), gradientAt(j, -h), gradientAt(j, 2 * h), gradientAt(j, -2 * h)];
        for (let k = 0; k < n; k++) {
          const slope = (8 * (a[k] - b[k]) - (d[k] - e[k])) / (12 * h);
          expect(Math.abs(information[j * n + k] + slope)).toBeLessThanOrEqual(1e-9);
        }
      }
    },
  );

  it("draws fall within five standard deviations of the exact law", () => {
    const theta = Float64Array.from({ length: policy.size }, (_, i) => Math.sin(3 * i));
    const on = policy.on(1);
    let state = 1;
    const rng = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const n = 20_000;
    const count = new Map<unknown, number>(on.support.map((o) => [o, 0]));
    for (let i = 0; i < n; i++) {
      const o = on.sample(theta, rng);
      count.set(o, (count.get(o) ?? Number.NaN) + 1);
    }
    for (const [i, l] of on.logProbabilities(theta).entries()) {
      const p = Math.exp(l);
      const got = count.get(on.support[i]) ?? Number.NaN;
      expect(Math.abs(got - n * p)).toBeLessThanOrEqual(5 * Math.sqrt(n * p * (1 - p)) + 1);
    }
  });
});

describe("policies", () => {
  it("autoregressive parameters log π(token | prefix) give the law of sequenceDistribution, in its order", () => {
    const masses = (prefix: readonly string[]) => [1 + prefix.length, prefix.includes("b") ? 3 : 1, 2];
    const model = { vocabulary: ["a", "b", "."], length: 3, end: "." };
    const law = sequenceDistribution(autoregressivePolicy({ ...model, conditional: masses }));
    const policy = autoregressiveTabularPolicy(model);
    const conditional = policy.on(undefined);
    expect(conditional.support).toEqual(law.support);
    const theta = conditional.maximizer?.(law.mass) ?? [];
    expect(klDivergence(law, policyDistribution(policy, theta))).toBeLessThanOrEqual(1e-28);
  });

  it("bad models and parameters are refused by name", () => {
    const features = () => [1];
    const base = () => uniform([0, 1]);
    const refused = [
      [() => tabularPolicy([]), RangeError, "tabularPolicy: support must have at least one answer"],
      [() => policyDistribution(tabularPolicy([0, 1]), [0]), TypeError, "parameters must have length 2"],
      [() => policyDistribution(tabularPolicy([0, 1]), [0, Number.NaN]), RangeError, "parameters[1] must be below"],
      [
        () => policyDistribution(tabularPolicy([0]), [-Infinity]),
        RangeError,
        "parameters must give logits of a finite maximum",
      ],
      [() => logLinearPolicy({ size: 2, base, features }).on(0), TypeError, "features of answer 0 must have length 2"],
      [() => logLinearPolicy({ size: 1, base, features: () => [1 / 0] }).on(0), RangeError, "must be finite"],
      [() => autoregressiveTabularPolicy({ vocabulary: [0, 1], length: 25 }), RangeError, "at most 16777216 sequences"],
      [() => autoregressiveTabularPolicy({ vocabulary: ["a"], length: 2, end: "b" }), RangeError, "end must be in"],
    ] as const;
    for (const [call, type, message] of refused) {
      expect(call).toThrow(type);
      expect(call).toThrow(message);
    }
  });
});
