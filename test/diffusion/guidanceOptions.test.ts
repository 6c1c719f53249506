import { measure, rlhfOptimum, totalVariation } from "exptilt";
import {
  atomicData,
  ddimLaw,
  ddimSample,
  type GuidanceStrength,
  guidanceProblem,
  guidedNoisePrediction,
  guidedTarget,
  logSnrSchedule,
  noisePrediction,
} from "exptilt/diffusion";
import { exactAlgebra } from "exptilt/exact";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalInterval } from "../../src/numeric/normal.js";
import { runs } from "../objective/witnesses.js";
import { test } from "../support/test.js";
import { lineInstances, scaled } from "./instances.js";

const A = exactAlgebra({ digits: 60 });
const three = atomicData({ atoms: [[-1], [0], [1]], classes: { a: [0.5, 0.25, 0.25], b: [0.1, 0.1, 0.8] } });
const strengths = fc.constantFrom(-1, -0.5, 0, 0.5, 1, 3);

describe("negative prompts", () => {
  test.prop([lineInstances(), strengths], { numRuns: runs(50) })(
    "the target is p(x|c)^{1+w}/p(x|negative)^w, the optimum of its problem too, and that at 60 digits",
    ({ data, classes }, w) => {
      const positive = classes.b.map((p) => p + 1e-3);
      const negative = measure(data.marginal.support, positive);
      const q = scaled(positive);
      const raw = classes.a.map((p, i) => (p > 0 ? p * (p / q[i]) ** w : 0));
      const { atoms } = { atoms: Array.from(data.points) };
      const exact = {
        atoms,
        classes: {
          a: A.measure(
            atoms.map((_, i) => i),
            classes.a,
          ),
        },
        prior: { a: 1 },
      };
      const want = A.guidedTarget(exact, "a", w, {
        negative: A.measure(
          atoms.map((_, i) => i),
          positive,
        ),
      }).mass;
      const targets = [
        guidedTarget(data, "a", w, { negative }),
        rlhfOptimum(guidanceProblem(data, "a", w, { negative })),
      ];
      for (const { mass } of targets)
        for (const [i, p] of scaled(raw).entries()) {
          expect(Math.abs(mass[i] - p)).toBeLessThanOrEqual(1e-12 * p);
          expect(Math.abs(mass[i] - Number(want[i]))).toBeLessThanOrEqual(1e-13 * p);
        }
    },
  );

  test.prop([lineInstances(), strengths, fc.double({ min: -3, max: 3, noNaN: true })])(
    "the marginal as the negative law is no negative prompt, and the noise is the mixture of the two predictors",
    ({ data }, w, x) => {
      const named = guidedTarget(data, "a", w, { negative: data.marginal });
      expect(totalVariation(named, guidedTarget(data, "a", w))).toBeLessThanOrEqual(1e-12);
      const [own, other] = ["a", "b"].map((c) => noisePrediction(data, [x], 0.7, c)[0]);
      const [got] = guidedNoisePrediction(data, [x], 0.7, "a", w, { negative: "b" });
      expect(Math.abs(got - ((1 + w) * own - w * other))).toBeLessThanOrEqual(
        1e-13 * (1 + Math.abs(own) + Math.abs(other)),
      );
      expect(guidedNoisePrediction(data, [x], 0.7, "a", w, { negative: "a" })[0]).toBe(own);
    },
  );

  it("where only the class has mass: refused at w > 0, 0 at w < 0, and of no account at w = 0", () => {
    const data = atomicData({ atoms: [[0], [1]], classes: { a: [0.5, 0.5], b: [0, 1] }, prior: { a: 0, b: 1 } });
    const negative = { negative: "b" };
    for (const f of [guidedTarget, guidanceProblem])
      expect(() => f(data, "a", 1, negative)).toThrow(
        `${f.name}: options.negative must have mass at every atom of the class, got "none at atom 0"`,
      );
    expect(guidedTarget(data, "a", -0.5, negative).mass).toEqual(Float64Array.of(0, 1));
    expect(guidedTarget(data, "a", 0, negative).mass).toEqual(Float64Array.of(0.5, 0.5));
    const apart = atomicData({ atoms: [[0], [1]], classes: { a: [1, 0], b: [0, 1] } });
    expect(() => guidedTarget(apart, "a", -0.5, negative)).toThrow(RangeError);
    expect(() => ddimLaw(apart, "a", 1, undefined, negative)).toThrow(
      "ddimLaw: options.negative must have mass at every atom of the class without a grid",
    );
    expect(() => ddimLaw(data, "a", 1)).toThrow("ddimLaw: label must have a positive prior without a grid");
    // On a grid each sample counts for the nearest atom of the class, wherever it ends.
    expect(ddimLaw(apart, "a", 1, [0.1, 0.9], negative).mass).toEqual(Float64Array.of(1, 0));
  });
});

const SPANS: GuidanceStrength[] = [
  { strength: 3, above: 0.3, upTo: 0.8 },
  { strength: 2, above: 0, upTo: 0.6 },
  { strength: 4, above: 0.5, upTo: 1 },
];

describe("a strength that depends on the noise level", () => {
  test.prop([lineInstances({ most: 5 }), fc.constantFrom(...SPANS), fc.constantFrom({}, { negative: "both" })], {
    numRuns: runs(2),
  })("in the flow is the limit of its laws on finer grids", ({ data }, strength, { negative }) => {
    const options = negative === undefined ? {} : { negative: data.marginal };
    const flow = ddimLaw(data, "a", strength, undefined, options);
    const off = (steps: number) =>
      totalVariation(flow, ddimLaw(data, "a", strength, logSnrSchedule(steps, 18, -24), options));
    expect(off(3000)).toBeLessThanOrEqual(4e-3);
    expect(off(3000)).toBeLessThanOrEqual(0.8 * off(600) + 2e-3);
  });

  it.each<[string, GuidanceStrength, object]>([
    ["an interval", { strength: 5, above: 0.3, upTo: 0.8 }, {}],
    ["a function", (sigma) => 6 * sigma * (1 - sigma), {}],
    ["a function, away from another class", (sigma) => 2 * sigma, { negative: "b" }],
  ])("on few levels is what a fine grid of starts says: %s", (_, strength, options) => {
    const grid = [0.1, 0.3, 0.5, 0.8, 0.95];
    const law = ddimLaw(three, "a", strength, grid, options).mass;
    const reached = new Float64Array(3);
    const step = 2e-3;
    for (let x = -8 + step / 2; x < 8; x += step) {
      const predict = (z: Float64Array, sigma: number) =>
        guidedNoisePrediction(three, z, sigma, "a", strength, options);
      const [y] = ddimSample(predict, grid, [x]);
      reached[y <= -0.5 ? 0 : y <= 0.5 ? 1 : 2] += normalInterval(x - step / 2, x + step / 2);
    }
    for (const [i, m] of law.entries()) expect(Math.abs(m - reached[i])).toBeLessThanOrEqual(0.002);
  });

  it("on all levels is one w, and on none is p(x|c)", () => {
    const whole = ddimLaw(three, "a", { strength: 2, above: 0, upTo: 1 });
    expect(whole.mass).toEqual(ddimLaw(three, "a", 2).mass);
    const none = ddimLaw(three, "a", { strength: 2, above: 0.999999, upTo: 1 });
    expect(totalVariation(none, ddimLaw(three, "a", 0))).toBeLessThan(0.01);
    const grid = [0.1, 0.5, 0.9];
    expect(ddimLaw(three, "a", () => 2, grid).mass).toEqual(ddimLaw(three, "a", 2, grid).mass);
    expect(ddimLaw(three, "a", { strength: 9, above: 0.91, upTo: 0.95 }, grid).mass).toEqual(
      ddimLaw(three, "a", 0, grid).mass,
    );
  });

  it("has its upper end inside and its lower end outside", () => {
    const interval = { strength: 2, above: 0.5, upTo: 0.8 };
    const at = (sigma: number) => guidedNoisePrediction(three, [0.2], sigma, "a", interval)[0];
    const plain = (sigma: number, w: number) => guidedNoisePrediction(three, [0.2], sigma, "a", w)[0];
    expect([at(0.5), at(0.6), at(0.8), at(0.81)]).toEqual([
      plain(0.5, 0),
      plain(0.6, 2),
      plain(0.8, 2),
      plain(0.81, 0),
    ]);
  });
});

describe("bad input", () => {
  it.each<[() => unknown, ErrorConstructor, string]>([
    [
      () => guidedTarget(three, "a", 1, { negative: "z" }),
      RangeError,
      "guidedTarget: options.negative must be one of a, b",
    ],
    [
      () => guidedTarget(three, "a", 1, { negative: 3 as never }),
      TypeError,
      "guidedTarget: options.negative must be a measure",
    ],
    [
      () => guidedTarget(three, "a", 1, { negativ: "b" } as never),
      TypeError,
      "guidedTarget: options.negativ must be one of",
    ],
    [() => ddimLaw(three, "a", () => 1), TypeError, "ddimLaw: strength must be a number or an interval without a grid"],
    [
      () => ddimLaw(three, "a", () => -1, [0.5]),
      RangeError,
      "ddimLaw: strength(0.5) must be non-negative and finite, got -1",
    ],
    [
      () => ddimLaw(three, "a", { strength: 1, above: 0.5, upTo: 0.5 }),
      RangeError,
      "ddimLaw: strength.upTo must exceed strength.above, got 0.5",
    ],
    [
      () => ddimLaw(three, "a", { strength: 1, above: 0.5, upTo: 2 }),
      RangeError,
      "ddimLaw: strength.upTo must be from 0 to 1",
    ],
    [
      () => ddimLaw(three, "a", { strength: 1, above: 0.5 } as never),
      TypeError,
      "ddimLaw: strength.upTo must be a number",
    ],
    [
      () => ddimLaw(three, "a", { strength: 1e6, above: 0.5, upTo: 1 }),
      RangeError,
      "ddimLaw: strength must be at most",
    ],
    [
      () => guidedNoisePrediction(three, [0], 0.5, "a", () => "1" as never),
      TypeError,
      'guidedNoisePrediction: strength(0.5) must be a number, got "1"',
    ],
    [() => guidedNoisePrediction(three, [0], 1, "a", 1), RangeError, "guidedNoisePrediction: sigma must be"],
  ])("%s", (call, error, message) => {
    expect(call).toThrow(error);
    expect(call).toThrow(message);
  });
});
