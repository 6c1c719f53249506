import { fromLogMass, measure, tilt, tiltedMass, uniform } from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";

const mass = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: 1e-6, max: 10, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 1e-300, noNaN: true }) },
);
const reward = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -5, max: 5, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(-Infinity, -1e308, 1e308) },
);
const beta = fc.oneof(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), fc.constantFrom(1e-300, 1e300, Infinity));
const instance = fc
  .array(fc.tuple(mass, reward), { minLength: 1, maxLength: 20 })
  .filter((rows) => rows.some(([m, r]) => m > 0 && r > -Infinity))
  .map((rows) => ({ support: rows.map((_, i) => i), p: rows.map(([m]) => m), r: rows.map(([, x]) => x) }));

describe("tiltedMass writes the masses of tilt, to the last bit", () => {
  test.prop([instance, beta])("from an array, a typed array, or a function", ({ support, p, r }, b) => {
    const ref = measure(support, p);
    const expected = tilt(ref, r, b).mass;
    const out = new Float64Array(p.length).fill(7);
    for (const score of [r, Float64Array.from(r), (answer: number) => r[answer]]) {
      expect(tiltedMass(ref, score, b, out)).toBe(out);
      expect(out).toEqual(expected);
    }
  });

  test.prop([instance, beta])("over the scores themselves", ({ support, p, r }, b) => {
    const ref = measure(support, p);
    const scores = Float64Array.from(r);
    tiltedMass(ref, scores, b, scores);
    expect(scores).toEqual(tilt(ref, r, b).mass);
  });

  test.prop([instance, beta])("of a law given by logarithms", ({ support, p, r }, b) => {
    const ref = fromLogMass(support, p.map(Math.log));
    expect(tiltedMass(ref, r, b, new Float64Array(p.length))).toEqual(tilt(ref, r, b).mass);
  });

  it("over more answers than a stretch holds", () => {
    const support = Array.from({ length: 10_000 }, (_, i) => i);
    const ref = measure(
      support,
      support.map((i) => 1 + (i % 7)),
    );
    const r = Float64Array.from(support, (i) => Math.sin(i));
    expect(tiltedMass(ref, r, 0.1, new Float64Array(10_000))).toEqual(tilt(ref, r, 0.1).mass);
  });
});

it("leaves the scores as they were when they stand elsewhere, and refuses what tilt refuses", () => {
  const ref = uniform(["a", "b"]);
  const out = new Float64Array(2);
  const scores = Float64Array.of(0, 1);
  tiltedMass(ref, scores, 0.5, out);
  expect(scores).toEqual(Float64Array.of(0, 1));
  expect(() => tiltedMass(ref, Float64Array.of(0, Number.NaN), 1, out)).toThrow(/tiltedMass: score\[1\] .* got NaN/);
  expect(() => tiltedMass(ref, [0, Infinity], 1, out)).toThrow(RangeError);
  expect(() => tiltedMass(ref, Float64Array.of(0, 1, 2), 1, out)).toThrow(/tiltedMass: score must have length 2/);
  // Also where the score has no weight.
  const one = measure(["a", "b"], [1, 0]);
  for (const none of [Number.NaN, Infinity]) {
    expect(() => tiltedMass(one, Float64Array.of(0, none), 1, out)).toThrow(/tiltedMass: score\[1\]/);
  }
  expect(() => tiltedMass(ref, [-Infinity, -Infinity], 1, out)).toThrow(RangeError);
  expect(() => tiltedMass(ref, [0, 1], 0, out)).toThrow(/tiltedMass: beta .* got 0/);
  expect(() => tiltedMass(ref, [0], 1, out)).toThrow(/length 2/);
  expect(() => tiltedMass(ref, [0, 1], 1, new Float64Array(3))).toThrow(/tiltedMass: out must have length 2/);
  expect(() => tiltedMass(ref, [0, 1], 1, [0, 0] as never)).toThrow(/tiltedMass: out must be a Float64Array/);
});
