import { fc } from "@fast-check/vitest";
import * as float64 from "exptilt";
import { type ExactAlgebra, exactAlgebra } from "exptilt/exact";
import { describe, expect } from "vitest";
import { type Given, keys, problemOf, runs } from "../objective/witnesses.js";
import { test } from "../support/test.js";

const exact = exactAlgebra({ digits: 60 });
const thousandths = (min: number, max: number) => fc.integer({ min: min * 1000, max: max * 1000 }).map((x) => x / 1000);

/** Masses up to 600 orders apart, subnormal ones among them, and rewards that bring all of them within some nats. */
const level: fc.Arbitrary<Given> = fc
  .record({
    rows: fc.array(fc.tuple(thousandths(-322, 307), thousandths(-5, 5)), { minLength: 2, maxLength: 4 }),
    logBeta: thousandths(-3, 3),
  })
  .map(({ rows, logBeta }) => {
    const [mass, beta] = [rows.map(([x]) => 10 ** x), 10 ** logBeta];
    return { mass, beta, reward: rows.map(([, nats], i) => beta * (nats - Math.log(mass[i]))) };
  });

/** Masses of any size, subnormal ones among them, that a tilt brings below the normal doubles, under one that it does not. */
const faint: fc.Arbitrary<Given> = fc
  .record({
    top: thousandths(-12, 12),
    rows: fc.array(fc.tuple(thousandths(-323, 300), thousandths(-744, -690)), { minLength: 1, maxLength: 4 }),
    logBeta: thousandths(-3, 3),
  })
  .map(({ top, rows, logBeta }) => {
    const [mass, beta] = [[top, ...rows.map(([x]) => x)].map((x) => 10 ** x), 10 ** logBeta];
    const reward = rows.map(([, nats], i) => beta * (nats + Math.log(mass[0]) - Math.log(mass[i + 1])));
    return { mass, beta, reward: [0, ...reward] };
  });

type Ref = ReturnType<ExactAlgebra["measure"]>;
/** What the float64 functions and their twins have in common, as far as it is asked for here. */
type Common = ExactAlgebra;
type Problem = { readonly ref: Ref; readonly reward: readonly number[]; readonly beta: number };

/** An exponent of 1,450 nats, made of a mass, a reward and β, is rounded by a few times 1e-13. */
const MAX_ERROR = 1e-12;

/** A law to a relative 1e-12 of each mass that is a normal double, and of each logarithm. */
function expectLaw(given: Given, law: (on: Common, problem: Problem) => Ref): void {
  const got = law(float64 as unknown as Common, problemOf(given) as unknown as Problem);
  const want = law(exact, { ...given, ref: exact.measure(keys(given.mass), given.mass) });
  for (const i of keys(given.mass)) {
    const off = exact.number(Number(got.mass[i])).minus(want.mass[i]).abs();
    if (want.mass[i].gt(1e-307)) expect(off.div(want.mass[i]).toNumber(), `${got.mass[i]}`).toBeLessThan(MAX_ERROR);
    const offLog = exact.number(Number(got.logMass[i])).minus(want.logMass[i]).abs();
    const size = Math.max(1, want.logMass[i].abs().toNumber() / 1000);
    expect(offLog.toNumber(), `${got.logMass[i]}`).toBeLessThan(MAX_ERROR * size);
  }
}

const REGULARIZERS = [
  ...[-5, -1, 0, 0.5, 0.9, 1.1, 2, 3, 10].map((alpha) => ({ alpha })),
  ...(["jensenShannon", "klPlusChiSquared"] as const),
];
const allRuns = { numRuns: runs(25) };

describe("Laws of masses up to 600 orders apart that a tilt brings level have all their digits", () => {
  test.prop([level], allRuns)("a tilt, under each of its names", (given) => {
    expectLaw(given, (on, { ref, reward, beta }) => on.tilt(ref, reward, beta));
    expectLaw(given, (on, problem) => on.rlhfOptimum(problem));
    expectLaw(given, (on, problem) => on.klPenaltyOptimum(problem, { estimator: "k2", place: "loss" }));
    expectLaw(given, (on, problem) => on.maxAtKOptimum(problem, 1));
    expectLaw(given, (on, problem) => on.selectionLimit(problem));
    const { ref, reward, beta } = problemOf(given);
    const out = new Float64Array(reward.length);
    expect(float64.tiltedMass(ref, reward, beta, out)).toEqual(float64.tilt(ref, reward, beta).mass);
  });

  test.prop([faint], allRuns)("a probability below the normal doubles is rounded to these once", (given) => {
    const got = float64.tilt(problemOf(given).ref, given.reward, given.beta).mass;
    const want = exact.tilt(exact.measure(keys(given.mass), given.mass), given.reward, given.beta).mass;
    for (const i of keys(given.mass)) {
      const off = exact.number(got[i]).minus(want[i]).abs().toNumber();
      expect(off, `${got[i]}`).toBeLessThanOrEqual(MAX_ERROR * got[i] + 2 * Number.MIN_VALUE);
    }
  });

  test.prop([level], allRuns)("tilts of tilts, of escorts and of products", (given) => {
    expectLaw(given, (on, { ref, reward, beta }) => on.tilt(on.tilt(ref, reward, 2 * beta), reward, 2 * beta));
    const back = given.reward.map((r) => -r);
    expectLaw(given, (on, { ref, reward, beta }) => on.tilt(on.tilt(ref, reward, beta), back, beta));
    expectLaw(given, (on, { ref, reward, beta }) => on.tilt(on.escort(ref, 0.5), reward, 2 * beta));
    const inverse = given.mass.map((m) => Math.min(1 / m, 1e300));
    expectLaw(given, (on, { ref }) => on.product(ref, on.measure(keys(inverse), inverse)));
    for (const power of [0.5, 0.01, -0.01]) expectLaw(given, (on, { ref }) => on.escort(ref, power));
  });

  test.prop([level, fc.constantFrom(...REGULARIZERS)], { numRuns: runs(10) })(
    "the optimum under a divergence",
    (given, regularizer) => {
      expectLaw(given, (on, problem) => on.regularizedOptimum(problem, regularizer));
    },
  );

  test.prop([level], allRuns)("the values of a policy", (given) => {
    const { mass, reward, beta } = given;
    const [near, far] = [problemOf(given), { ...given, ref: exact.measure(keys(mass), mass) }];
    const size = Math.max(...reward.map(Math.abs));
    const even = mass.map(() => 1);
    const [policy, twin] = [float64.measure(keys(mass), even), exact.measure(keys(mass), even)];
    for (const [got, want] of [
      [float64.rlhfOptimalValue(near), exact.rlhfOptimalValue(far)],
      [float64.rlhfRegret(near, near.ref), exact.rlhfRegret(far, far.ref)],
      [float64.rlhfRegret(near, policy), exact.rlhfRegret(far, twin)],
      [float64.rlhfObjective(near, policy), exact.rlhfObjective(far, twin)],
      [
        beta * float64.klDivergence(float64.rlhfOptimum(near), near.ref),
        exact.klDivergence(exact.rlhfOptimum(far), far.ref).times(beta),
      ],
    ] as const)
      expect(exact.number(got).minus(want).abs().toNumber()).toBeLessThanOrEqual(MAX_ERROR * size);
  });
});
