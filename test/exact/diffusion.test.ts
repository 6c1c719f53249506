import { fc } from "@fast-check/vitest";
import { float64Algebra as F } from "exptilt/claims";
import { exactAlgebra } from "exptilt/exact";
import { describe, expect } from "vitest";
import { test } from "../support/test.js";

const A = exactAlgebra({ digits: 40, integralDigits: 12 });

/** |a − b| beside the larger, or beside 1e-3. */
const gap = (a: number, b: number) => Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-3);

const mass = fc.double({ min: 0.05, max: 1, noNaN: true });
const classes = fc.integer({ min: 2, max: 4 }).chain((size) =>
  fc.record({
    steps: fc.array(fc.double({ min: 0.3, max: 2, noNaN: true }), { minLength: size, maxLength: size }),
    own: fc.array(mass, { minLength: size, maxLength: size }),
    other: fc.array(fc.oneof(mass, fc.constant(0)), { minLength: size, maxLength: size }),
    grid: fc.tuple(
      fc.double({ min: 0.2, max: 0.5, noNaN: true }),
      fc.double({ min: 0.51, max: 0.8, noNaN: true }),
      fc.double({ min: 0.81, max: 0.97, noNaN: true }),
    ),
    x: fc.double({ min: -1, max: 3, noNaN: true }),
  }),
);

describe("each function of the diffusion half is its float64 twin's value", () => {
  test.prop([classes], { numRuns: 15, seed: 3 })("on generated atoms", ({ steps, own, other, grid, x }) => {
    const atoms = steps.map((_, i) => steps.slice(0, i).reduce((a, b) => a + b, -1));
    const answers = [...atoms.keys()];
    const theirs = other.some((m) => m > 0) ? other : own;
    const fast = {
      atoms,
      classes: { a: F.distribution(answers, own), b: F.distribution(answers, theirs) },
      prior: { a: 0.375, b: 0.625 },
    };
    const exact = {
      atoms: atoms.map((a) => A.number(a)),
      classes: { a: A.distribution(answers, own), b: A.distribution(answers, theirs) },
      prior: { a: A.number(0.375), b: A.number(0.625) },
    };
    const [p, q] = [fast.classes.a, fast.classes.b];
    const [P, Q] = [exact.classes.a, exact.classes.b];
    const sigma = grid[1];
    const reward = answers.map((i) => 0.3 * i);
    const problem = F.rewardDirectedProblem(atoms, p, reward, 0.5);
    const Problem = A.rewardDirectedProblem(atoms, P, reward, 0.5);
    const pairs: [number, { toNumber(): number }][] = [
      [F.noisePrediction(atoms, p, x, sigma), A.noisePrediction(atoms, P, x, sigma)],
      [F.score(atoms, q, x, sigma), A.score(atoms, Q, x, sigma)],
      [F.denoisingLoss(atoms, p, q, grid), A.denoisingLoss(atoms, P, Q, grid)],
      [F.weightedDenoisingLoss(atoms, problem, q, grid), A.weightedDenoisingLoss(atoms, Problem, Q, grid)],
      [F.klByMismatchedEstimation(atoms, p, q, grid), A.klByMismatchedEstimation(atoms, P, Q, grid)],
      [F.guidedNoisePrediction(fast, x, sigma, "a", 2), A.guidedNoisePrediction(exact, x, sigma, "a", 2)],
      [F.logDensityRatio(fast, atoms[0], "a"), A.logDensityRatio(exact, atoms[0], "a")],
      [F.densityRatioLoss(fast, x, "a", grid), A.densityRatioLoss(exact, x, "a", grid)],
      [F.guidedTarget(fast, "a", 2).mass[1], A.guidedTarget(exact, "a", 2).mass[1]],
      [F.rlhfOptimum(F.guidanceProblem(fast, "a", 2)).mass[1], A.rlhfOptimum(A.guidanceProblem(exact, "a", 2)).mass[1]],
      [F.classify(fast, { a: 0.3, b: 2 }).mass[0], A.classify(exact, { a: 0.3, b: 2 }).mass[0]],
      [F.densityRatioWeights(grid)[1], A.densityRatioWeights(grid)[1]],
    ];
    for (const [value, twin] of pairs) expect(gap(value, twin.toNumber())).toBeLessThan(1e-11);
  });
});

const sure = (support: readonly number[], masses: readonly number[]) => A.distribution(support, masses);

test.each([
  [
    [-1, 1],
    [1, 2],
    [2, 1],
  ],
  [
    [0, 1, 1.5],
    [3, 2, 1],
    [1, 1, 1],
  ],
  [
    [0, 1, 2],
    [3, 2, 0],
    [3, 2, 1],
  ],
  [
    [0, 1, 2],
    [3, 2, 1],
    [3, 2, 1.000001],
  ],
  [
    [0, 1],
    [1, 1e-6],
    [1, 1e-3],
  ],
])("KL from the noise predictors is KL, to the digits of integrals: atoms %j, laws %j and %j", (atoms, p, q) => {
  const answers = [...atoms.keys()];
  const [P, Q] = [sure(answers, p), sure(answers, q)];
  const [kl, exact] = [A.klByMismatchedEstimation(atoms, P, Q), A.klDivergence(P, Q)];
  expect(kl.minus(exact).div(exact).abs().toNumber()).toBeLessThan(1e-12);
});

test("the density ratio is read off the predictors, to the digits of integrals", () => {
  const [atoms, answers] = [
    [-1, 0.25, 1.25],
    [0, 1, 2],
  ];
  const data = {
    atoms,
    classes: { a: sure(answers, [1, 2, 4]), b: sure(answers, [4, 2, 0]) },
    prior: { a: 0.25, b: 0.75 },
  };
  for (const x of atoms.slice(0, 2)) {
    const sum = A.densityRatioLoss(data, x, "a").plus(A.logDensityRatio(data, x, "a"));
    expect(sum.abs().toNumber()).toBeLessThan(1e-12);
  }
  expect(A.densityRatioLoss(data, 1.25, "b").toNumber()).toBe(Infinity);
  expect(A.klByMismatchedEstimation(atoms, data.classes.a, data.classes.b).toNumber()).toBe(Infinity);
  expect(A.klByMismatchedEstimation(atoms, data.classes.a, data.classes.a).toNumber()).toBe(0);
});

test("what is no problem is refused by name", () => {
  const P = sure([0, 1], [1, 1]);
  const data = { atoms: [0, 1], classes: { a: P, b: P }, prior: { a: 0.5, b: 0.5 } };
  expect(() => exactAlgebra({ digits: 20, integralDigits: 21 })).toThrow(
    /exactAlgebra: integralDigits must be at most/,
  );
  expect(() => A.denoisingLoss([0, 1], P, P, [0.5, 0.5])).toThrow(/denoisingLoss: grid\[1\] must exceed/);
  expect(() => A.densityRatioLoss(data, 0.5, "a")).toThrow(/densityRatioLoss: x must be at an atom/);
  expect(() => A.guidedTarget(data, "c", 1)).toThrow(/guidedTarget: label must be one of a, b, got "c"/);
  expect(() => A.score([0], P, 0, 0.5)).toThrow(/score: atoms must have length 2/);
});
