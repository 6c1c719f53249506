import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { studentQuantile } from "../../src/numeric/student.js";
import { test } from "../support/test.js";

describe("Student's quantile", () => {
  // scipy.stats.t.isf of SciPy 1.17.1.
  it.each([
    [0.25, 1, 1.0000000000000002],
    [0.025, 1, 12.706204736174705],
    [0.025, 2, 4.302652729749464],
    [1e-8, 3, 479.5250695797382],
    [0.005, 5, 4.032142983555229],
    [1e-4, 29, 4.25389411843228],
    [0.025, 163, 1.9746246209663614],
    [1e-8, 163, 5.904111961521298],
    [0.025, 999, 1.9623414611334498],
    [0.025, 1e6, 1.9599663568141072],
  ])("exceeded with probability %d on %d degrees of freedom", (tail, degrees, want) => {
    expect(Math.abs(studentQuantile(tail, degrees) / want - 1)).toBeLessThan(1e-14);
  });

  test.prop([fc.double({ min: 1e-12, max: 0.5, noNaN: true })])(
    "is cot(π tail) on one degree and a root on two, and falls as there are more",
    (tail) => {
      const close = (got: number, want: number) => expect(Math.abs(got - want)).toBeLessThanOrEqual(1e-12 * (1 + want));
      close(studentQuantile(tail, 1), 1 / Math.tan(Math.PI * tail));
      close(studentQuantile(tail, 2), (1 - 2 * tail) / Math.sqrt(2 * tail * (1 - tail)));
      const many = [1, 2, 5, 20, 100, 1e4].map((degrees) => studentQuantile(tail, degrees));
      for (let i = 1; i < many.length; i++) expect(many[i]).toBeLessThanOrEqual(many[i - 1] * (1 + 1e-13) + 1e-15);
    },
  );
});
