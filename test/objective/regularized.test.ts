import { fc } from "@fast-check/vitest";
import {
  fromLogMass,
  klPenaltyOptimum,
  type Measure,
  measure,
  normalize,
  type Regularizer,
  randomSource,
  regularizedObjective,
  regularizedOptimum,
  regularizedRegret,
  rlhfObjective,
  rlhfOptimum,
  rlhfRegret,
  selectionLimit,
} from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import type { BigNumber } from "mathjs";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";
import { expectReference, massesOf, referenceCases } from "./reference.js";
import { expectNoBetter, type Given, keys, problemOf, problems, runs, trainable, trained } from "./witnesses.js";

const A = exactAlgebra();

/** Orders below, at and above 1, whole and not, and the two divergences with names. */
const regularizers: fc.Arbitrary<Regularizer> = fc.oneof(
  fc.constantFrom<Regularizer>(
    ...[-1, 0, 0.5, 1, 1.5, 2, 3, 4].map((alpha) => ({ alpha })),
    "jensenShannon",
    "klPlusChiSquared",
  ),
  fc.integer({ min: -3000, max: 5000 }).map((n) => ({ alpha: n / 1000 })),
);

describe("the values of the reference", () => {
  it.each(referenceCases("regularizedOptimum"))("$id", (one) => {
    const { mass, reward, beta, alpha, expect: want } = one;
    expectReference(regularizedOptimum({ ref: massesOf(mass), reward, beta }, { alpha }).mass, want.law, one);
  });
  it.each(referenceCases("regularizedObjective"))("$id", (one) => {
    const { mass, reward, beta, alpha, policy, expect: want } = one;
    const value = regularizedObjective({ ref: massesOf(mass), reward, beta }, massesOf(policy), { alpha });
    expectReference([value], [want.value], one);
  });
  it.each(referenceCases("regularizedRegret"))("$id", (one) => {
    const { mass, reward, beta, alpha, policy, expect: want } = one;
    const value = regularizedRegret({ ref: massesOf(mass), reward, beta }, massesOf(policy), { alpha });
    expectReference([value], [want.value], one);
  });
  it.each(referenceCases("klPenaltyOptimum"))("$id", (one) => {
    const { mass, reward, beta, estimator, place, expect: want } = one;
    const law = klPenaltyOptimum({ ref: massesOf(mass), reward, beta }, { estimator, place });
    expectReference(law.mass, want.law, one);
  });
});

const big = (given: Given) => ({
  ref: A.measure(keys(given.mass), given.mass),
  reward: given.reward,
  beta: given.beta,
});

/** (f′)(t), at 60 digits. */
function derivative(regularizer: Regularizer, t: BigNumber): BigNumber {
  const log = A.log(t);
  if (regularizer === "jensenShannon") return A.log(t.times(2).div(t.plus(1))).div(2);
  if (regularizer === "klPlusChiSquared") return log.plus(t).minus(1);
  const c = A.number(regularizer.alpha).minus(1);
  return c.isZero() ? log : A.exp(c.times(log)).minus(1).div(c);
}

describe("the optimum satisfies its conditions of optimality at 60 digits", () => {
  test.prop([problems, regularizers], { numRuns: runs(12) })(
    "β f′(π/ref) + ν = r where π has mass; elsewhere β f′(0) + ν ≥ r; and float64 meets it",
    (given, regularizer) => {
      const exact = A.regularizedOptimum(big(given), regularizer);
      const ref = A.normalize(big(given).ref);
      const beta = A.number(given.beta);
      const nu = exact.logNormalizer.times(beta);
      for (const i of keys(given.mass)) {
        const [p, r] = [exact.mass[i], given.reward[i]];
        if (given.mass[i] === 0 || r === -Infinity) {
          expect(p.isZero()).toBe(true);
          continue;
        }
        const ratio = A.exp(exact.logMass[i].minus(ref.logMass[i]));
        if (p.isZero()) {
          expect(typeof regularizer === "object" && regularizer.alpha > 1).toBe(true);
          const c = A.number((regularizer as { alpha: number }).alpha).minus(1);
          expect(nu.minus(beta.div(c)).gte(A.number(r).minus("1e-50"))).toBe(true);
          continue;
        }
        const residual = derivative(regularizer, ratio).times(beta).plus(nu).minus(A.number(r)).abs();
        const size = nu
          .abs()
          .plus(A.number(r).abs())
          .plus(given.beta)
          .plus(derivative(regularizer, ratio).abs().times(given.beta));
        expect(residual.lte(size.times("1e-50")), `${residual} of ${size}`).toBe(true);
      }
    },
  );

  test.prop([problems, regularizers], { numRuns: runs(20) })("float64 has the same law", (given, regularizer) => {
    const exact = A.regularizedOptimum(big(given), regularizer);
    const condition = conditionOf(given, regularizer, exact);
    const { mass, logMass } = regularizedOptimum(problemOf(given), regularizer);
    for (const i of keys(given.mass)) {
      const want = A.toNumber(exact.mass[i]);
      if (exact.mass[i].isZero()) expect(mass[i]).toBeLessThan(1e-16 * condition);
      else expect(Math.abs(mass[i] - want) <= 1e-12 * condition * want, `${mass[i]}, not ${want}, at ${i}`).toBe(true);
      if (exact.mass[i].isZero()) continue;
      const off = Math.abs(logMass[i] - A.toNumber(exact.logMass[i]));
      expect(off).toBeLessThan(1e-12 * condition * (1 + Math.abs(logMass[i])));
    }
  });
});

/**
 * How much larger errors may be: above α = 1 the density is a root or a power of y = 1 + (α − 1)(r − ν)/β, a difference
 * that may be small at an answer about to drop out. Problems with one within 1e-7 of that are left out.
 */
function conditionOf(given: Given, regularizer: Regularizer, exact: ReturnType<typeof A.regularizedOptimum>): number {
  if (typeof regularizer === "string" || regularizer.alpha <= 1) return 1;
  const c = regularizer.alpha - 1;
  const conditions = keys(given.mass).flatMap((i) => {
    if (given.mass[i] === 0 || given.reward[i] === -Infinity) return [];
    const x = A.toNumber(A.number(given.reward[i]).div(A.number(given.beta)).minus(exact.logNormalizer));
    const y = A.toNumber(
      A.number(1).plus(
        A.number(c).times(A.number(given.reward[i]).div(A.number(given.beta)).minus(exact.logNormalizer)),
      ),
    );
    return [(1 + Math.abs(c * x)) / Math.abs(y)];
  });
  const worst = Math.max(...conditions);
  fc.pre(worst < 1e7);
  return worst;
}

const policies = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9 })), { minLength: 6, maxLength: 6 });

/** A policy with mass on the allowed answers of a problem. */
function policyOf({ mass, reward }: Given, weights: readonly number[], everywhere: boolean): Measure<number> {
  const allowed = mass.map((m, i) => m > 0 && reward[i] > -Infinity);
  const own = mass.map((_, i) => (allowed[i] ? weights[i] + (everywhere ? 1 : 0) : 0));
  return measure(keys(mass), own.some((m) => m > 0) ? own : allowed.map(Number));
}

describe("objective and regret", () => {
  test.prop([problems, regularizers, policies, fc.boolean()], { numRuns: runs(12) })(
    "float64 has the figures of 60 digits, and the regret is the difference of objectives",
    (given, regularizer, weights, everywhere) => {
      const policy = policyOf(given, weights, everywhere);
      const law = A.measure(keys(given.mass), policy.mass);
      const [problem, exact] = [problemOf(given), big(given)];
      const regret = regularizedRegret(problem, policy, regularizer);
      const objective = regularizedObjective(problem, policy, regularizer);
      const [wantRegret, wantObjective] = [
        A.regularizedRegret(exact, law, regularizer),
        A.regularizedObjective(exact, law, regularizer),
      ];
      const near = (got: number, want: BigNumber, size: number, condition: number) => {
        const w = A.toNumber(want);
        const off = Math.abs(got - w);
        expect(got === w || off <= 1e-11 * condition * (Math.abs(w) + size) + 1e-150, `${got}, not ${w}`).toBe(true);
      };
      // Near the optimum a regret is the square of a difference of rounded masses.
      const rounding = 1e-3 * Math.sqrt(given.beta * A.toNumber(wantRegret));
      near(
        regret,
        wantRegret,
        rounding < Infinity ? rounding : 0,
        conditionOf(given, regularizer, A.regularizedOptimum(exact, regularizer)),
      );
      near(objective, wantObjective, 10, 1);
      const best = A.regularizedObjective(exact, A.regularizedOptimum(exact, regularizer), regularizer);
      if (!wantObjective.isFinite() || !best.isFinite()) return;
      const size = best.abs().plus(wantObjective.abs()).plus(A.number(given.beta));
      expect(best.minus(wantObjective).minus(wantRegret).abs().lte(size.times("1e-45"))).toBe(true);
    },
  );

  test.prop([problems, regularizers], { numRuns: runs(40) })(
    "no policy near the optimum does better",
    (given, regularizer) => {
      const problem = problemOf(given);
      const optimum = regularizedOptimum(problem, regularizer);
      const objective = (policy: Measure<number>) => regularizedObjective(problem, policy, regularizer);
      // f(0) = 1/α of a forbidden answer may overflow.
      fc.pre(objective(optimum) > -Infinity);
      const size = Math.abs(objective(optimum)) + given.beta + 4;
      expectNoBetter(objective, optimum, problem.ref, 1e-12 * size);
      expect(regularizedRegret(problem, optimum, regularizer)).toBe(0);
    },
  );
});

describe("training ends there", () => {
  const gradientOf =
    (regularizer: Regularizer, ref: readonly number[], { reward, beta }: Given) =>
    (policy: readonly number[]) =>
      policy.map((p, i) => {
        const t = p / ref[i];
        if (regularizer === "jensenShannon") return reward[i] - (beta * Math.log((2 * t) / (1 + t))) / 2;
        if (regularizer === "klPlusChiSquared") return reward[i] - beta * (Math.log(t) + t - 1);
        const c = regularizer.alpha - 1;
        return reward[i] - beta * (c === 0 ? Math.log(t) : (t ** c - 1) / c);
      });

  test.prop(
    [
      trainable,
      fc.constantFrom<Regularizer>(
        { alpha: 0 },
        { alpha: 0.5 },
        { alpha: 1 },
        { alpha: 1.5 },
        "jensenShannon",
        "klPlusChiSquared",
      ),
    ],
    { numRuns: runs(60) },
  )("a tabular softmax policy by plain gradient steps", (given, regularizer) => {
    const total = given.mass.reduce((a, b) => a + b, 0);
    const ref = given.mass.map((m) => m / total);
    const end = trained(given.mass, gradientOf(regularizer, ref, given), { steps: 20_000 });
    const { mass } = regularizedOptimum(problemOf(given), regularizer);
    // Mass on an answer that drops out falls like 1/steps.
    for (const [i, p] of end.entries()) expect(Math.abs(p - mass[i])).toBeLessThan(mass[i] === 0 ? 1e-3 : 1e-4);
  });

  /** Expected gradients of the estimators, in the probabilities: the update of logit i is π_i times it, less its mean. */
  const penalties = {
    "k1 reward": (u: number) => -Math.log(u),
    "k2 loss": (u: number) => -Math.log(u),
    "k3 loss": (u: number) => 1 - u,
  };
  test.prop([trainable, fc.constantFrom(...(Object.keys(penalties) as (keyof typeof penalties)[]))], {
    numRuns: runs(60),
  })("the estimators train the laws of klPenaltyOptimum", (given, name) => {
    const total = given.mass.reduce((a, b) => a + b, 0);
    const penalty = penalties[name];
    const end = trained(given.mass, (policy) =>
      policy.map((p, i) => given.reward[i] - given.beta * (p > 0 ? penalty(given.mass[i] / total / p) : 0)),
    );
    const [estimator, place] = name.split(" ") as ["k1", "reward"];
    const { mass } = klPenaltyOptimum(problemOf(given), { estimator, place });
    for (const [i, p] of end.entries()) expect(Math.abs(p - mass[i])).toBeLessThan(1e-6);
  });
});

describe("limits", () => {
  test.prop([problems, fc.constantFrom(-1, 1)], { numRuns: runs(100) })("α → 1 is RLHF", (given, side) => {
    const problem = problemOf(given);
    const tilt = rlhfOptimum(problem);
    const same = regularizedOptimum(problem, { alpha: 1 });
    expect(same.mass).toEqual(tilt.mass);
    expect(same.logNormalizer).toBe(tilt.logNormalizer);
    const { mass } = regularizedOptimum(problem, { alpha: 1 + side * 2 ** -52 });
    for (const [i, p] of tilt.mass.entries()) {
      if (p === 0) continue;
      // |log density|, of which a part in 2⁵² is lost, and its square as the density is no exponential.
      const nats = Math.abs(tilt.logMass[i] - normalize(problem.ref).logMass[i]) + 8 / given.beta;
      expect(Math.abs(mass[i] - p)).toBeLessThanOrEqual(p * 2 ** -52 * (16 + nats * nats) + 1e-300);
    }
  });

  test.prop([problems, policies], { numRuns: runs(100) })(
    "at α = 1 objective and regret are RLHF's",
    (given, weights) => {
      const [problem, policy] = [problemOf(given), policyOf(given, weights, false)];
      expect(regularizedRegret(problem, policy, { alpha: 1 })).toBe(rlhfRegret(problem, policy));
      const objective = rlhfObjective(problem, policy);
      expect(regularizedObjective(problem, policy, { alpha: 1 })).toBeCloseTo(objective, 10);
    },
  );

  test.prop([problems, regularizers], { numRuns: runs(60) })(
    "β = ∞ is ref on the allowed answers",
    (given, regularizer) => {
      const { ref, reward } = problemOf(given);
      const { mass } = regularizedOptimum({ ref, reward, beta: Infinity }, regularizer);
      const allowed = measure(
        ref.support,
        ref.mass.map((m, i) => (reward[i] > -Infinity ? m : 0)),
      );
      const want = normalize(allowed).mass;
      for (const [i, p] of want.entries()) expect(Math.abs(mass[i] - p)).toBeLessThanOrEqual(1e-12 * p);
    },
  );

  test.prop([trainable, regularizers], { numRuns: runs(60) })(
    "β → 0 is ref on the best answers",
    (given, regularizer) => {
      const { ref, reward } = problemOf(given);
      const { mass } = regularizedOptimum({ ref, reward, beta: 1e-290 }, regularizer);
      const limit = selectionLimit({ ref, reward, beta: 0 });
      for (const [i, p] of limit.mass.entries()) expect(Math.abs(mass[i] - p)).toBeLessThan(1e-9);
      const { mass: unpenalised } = klPenaltyOptimum(problemOf(given), { estimator: "k1", place: "loss" });
      for (const [i, p] of limit.mass.entries()) expect(Math.abs(unpenalised[i] - p)).toBeLessThan(1e-15);
    },
  );
});

describe("edges", () => {
  const ref = measure(["a", "b", "c"], [1, 1, 0]);
  const problem = { ref, reward: [0, 1, 5], beta: 1 };

  it("a policy off the support of ref, or on a forbidden answer, has objective −∞ and regret ∞", () => {
    const off = measure(["a", "b", "c"], [1, 1, 1]);
    const forbidden = { ...problem, reward: [-Infinity, 1, 5] };
    for (const alpha of [-1, 0, 0.5, 1, 2]) {
      expect(regularizedObjective(problem, off, { alpha })).toBe(-Infinity);
      expect(regularizedRegret(problem, off, { alpha })).toBe(Infinity);
      expect(regularizedObjective(forbidden, ref, { alpha })).toBe(-Infinity);
      expect(regularizedRegret(forbidden, ref, { alpha })).toBe(Infinity);
      expect(regularizedOptimum(forbidden, { alpha }).mass).toEqual(Float64Array.of(0, 1, 0));
    }
  });

  it("at β = 0 the objective is the reward alone, whatever the divergence", () => {
    const point = measure(["a", "b", "c"], [0, 1, 0]);
    for (const regularizer of [{ alpha: 0 }, { alpha: -1 }, { alpha: 2 }, "jensenShannon"] as const)
      expect(regularizedObjective({ ...problem, beta: 0 }, point, regularizer)).toBe(1);
  });

  it("a forbidden answer of ref is left out of D_f where f(0) is infinite, and counts elsewhere", () => {
    const forbidden = { ...problem, reward: [-Infinity, 1, 5] };
    const point = measure(["a", "b", "c"], [0, 1, 0]);
    // π/ref = 2 at b: ½ f(2), and ½ f(0).
    expect(regularizedObjective(forbidden, point, { alpha: 0 })).toBeCloseTo(1 - (1 - Math.LN2) / 2, 15);
    expect(regularizedObjective(forbidden, point, { alpha: 2 })).toBeCloseTo(1 - 0.5, 15);
    expect(regularizedObjective(problem, point, { alpha: 0 })).toBe(-Infinity);
  });

  it("k2 and k3 in the reward have no end, and the error says why", () => {
    for (const estimator of ["k2", "k3"] as const)
      expect(() => klPenaltyOptimum(problem, { estimator, place: "reward" })).toThrow(
        `klPenaltyOptimum: penalty must have an end: ${estimator} in the reward is the gradient of no objective`,
      );
  });
});

describe("arguments that are wrong are named", () => {
  const problem = { ref: measure(["a", "b"], [1, 1]), reward: [0, 1], beta: 1 };
  const wrong = (value: unknown) => value as never;
  it.each([
    [
      () => regularizedOptimum(problem, wrong("hellinger")),
      'regularizedOptimum: regularizer must be { alpha } or one of jensenShannon, klPlusChiSquared, got "hellinger"',
    ],
    [
      () => regularizedOptimum(problem, wrong(2)),
      "regularizedOptimum: regularizer must be { alpha } or one of jensenShannon, klPlusChiSquared, got 2",
    ],
    [
      () => regularizedOptimum(problem, wrong({ alpha: 2, beta: 1 })),
      "regularizedOptimum: regularizer.beta must be alpha, got 1",
    ],
    [
      () => regularizedOptimum(problem, wrong({})),
      "regularizedOptimum: regularizer.alpha must be a number, got undefined",
    ],
    [
      () => regularizedOptimum(problem, { alpha: Infinity }),
      "regularizedOptimum: regularizer.alpha must be finite, got Infinity",
    ],
    [
      () => regularizedOptimum({ ...problem, beta: 0 }, { alpha: 2 }),
      "regularizedOptimum: beta must be positive (Infinity allowed",
    ],
    [
      () => regularizedOptimum({ ...problem, reward: [-Infinity, -Infinity] }, { alpha: 2 }),
      "regularizedOptimum: reward must be above -Infinity for some answer of the support",
    ],
    [
      () => regularizedObjective({ ...problem, beta: -1 }, problem.ref, { alpha: 2 }),
      "regularizedObjective: beta must be non-negative and finite, got -1",
    ],
    [
      () => regularizedRegret({ ...problem, beta: Infinity }, problem.ref, { alpha: 2 }),
      "regularizedRegret: beta must be positive and finite, got Infinity",
    ],
    [
      () => klPenaltyOptimum(problem, wrong({ estimator: "k4", place: "loss" })),
      'klPenaltyOptimum: penalty.estimator must be one of k1, k2, k3, got "k4"',
    ],
    [
      () => klPenaltyOptimum(problem, wrong({ estimator: "k1", place: "loss", weight: 1 })),
      "klPenaltyOptimum: penalty.weight must be",
    ],
    [
      () => klPenaltyOptimum(problem, wrong({ estimator: "k1" })),
      "klPenaltyOptimum: penalty.place must be one of reward, loss, got undefined",
    ],
  ])("%#", (call, message) => {
    expect(call).toThrow(message);
  });
});

describe("many answers, whose search starts from a part of them", () => {
  const size = 5000;
  const rng = randomSource("many");
  const mass = Array.from({ length: size }, rng);
  const spread = Array.from({ length: size }, () => rng() + rng() + rng());
  it.each([
    ...[-1, 0, 0.5, 1.5, 2, 3].map((alpha): Regularizer => ({ alpha })),
    "jensenShannon" as const,
    "klPlusChiSquared" as const,
  ])("%j satisfies its conditions, also where the best answer is none of the part", (regularizer) => {
    for (const [beta, best] of [
      [0.05, 3],
      [1, 3],
      [20, 3],
      [0.2, 40],
    ]) {
      const reward = spread.with(1, best);
      const ref = measure(keys(mass), mass);
      const law = regularizedOptimum({ ref, reward, beta }, regularizer);
      const total = mass.reduce((a, b) => a + b, 0);
      const derivative = (t: number) => {
        if (regularizer === "jensenShannon") return -Math.log((1 + 1 / t) / 2) / 2;
        if (regularizer === "klPlusChiSquared") return Math.log(t) + t - 1;
        const c = (regularizer as { alpha: number }).alpha - 1;
        return (t ** c - 1) / c;
      };
      expect(law.mass.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      for (const [i, p] of law.mass.entries()) {
        const want = reward[i] / beta - law.logNormalizer;
        const got = p === 0 ? derivative(0) : derivative(p / (mass[i] / total));
        const size = 1 + Math.abs(want) + Math.abs(law.logNormalizer);
        expect(p === 0 ? want <= got + 1e-9 * size : Math.abs(got - want) < 1e-9 * size, `${got}, not ${want}`).toBe(
          true,
        );
      }
    }
  });

  it.each([
    ...[-1, 0.5, 1.5, 2, 3].map((alpha): Regularizer => ({ alpha })),
    "jensenShannon",
    "klPlusChiSquared",
  ] as const)(
    "%j: answers that may have no mass count by their total under ref alone, also where the part has no others",
    (regularizer) => {
      const inPart = keys(mass).map((i) => i % 64 === 0);
      const kept = keys(mass).filter((i) => !inPart[i]);
      const forbidden = mass.reduce((sum, m, i) => sum + (inPart[i] ? m : 0), 0);
      for (const rest of [0, forbidden]) {
        const few = regularizedOptimum(
          {
            ref: measure([...kept, "rest"], [...kept.map((i) => mass[i]), rest]),
            reward: [...kept.map((i) => spread[i]), -Infinity],
            beta: 0.3,
          },
          regularizer,
        );
        const many = regularizedOptimum(
          {
            ref: measure(
              keys(mass),
              mass.map((m, i) => (inPart[i] && rest === 0 ? 0 : m)),
            ),
            reward: spread.map((r, i) => (inPart[i] ? -Infinity : r)),
            beta: 0.3,
          },
          regularizer,
        );
        for (const [k, i] of kept.entries()) {
          expect(Math.abs(many.mass[i] - few.mass[k])).toBeLessThan(1e-12 / size);
        }
      }
    },
  );

  it.each([1.5, 2, 3])("α = %d: where the allowed ones have e^−6000 of ref, it is ref on these", (alpha) => {
    const ref = fromLogMass([0, 1, 2, 3], [0, -1, -6000, -6001]);
    const { logMass } = regularizedOptimum({ ref, reward: [-Infinity, -Infinity, 0, 1], beta: 1 }, { alpha });
    for (const [i, l] of [-Infinity, -Infinity, -Math.log1p(Math.exp(-1)), -1 - Math.log1p(Math.exp(-1))].entries()) {
      expect(logMass[i]).toBeCloseTo(l, 14);
    }
  });
});

const NAMES = ["jensenShannon", "klPlusChiSquared"] as const;

describe("the regret, where ref has next to nothing on what is allowed", () => {
  const all: Regularizer[] = [...[-1, 0, 0.5, 1, 1.5, 2, 3].map((alpha) => ({ alpha })), ...NAMES];

  test.prop([fc.constantFrom(5e-324, 1e-320, 1e-300, 1e-150), fc.constantFrom(...all)], { numRuns: runs(60) })(
    "is 0 for the optimum, and the rest of the law is ref's",
    (allowed, regularizer) => {
      for (const answers of [[allowed], [allowed, allowed]]) {
        const problem = {
          ref: measure(keys([1, ...answers]), [1, ...answers]),
          reward: [-Infinity, ...answers.map(() => 0)],
          beta: 1,
        };
        const policy = measure(keys([1, ...answers]), [0, ...answers.map(() => 1)]);
        const optimum = regularizedOptimum(problem, regularizer);
        for (const [i, p] of [0, ...answers.map(() => 1 / answers.length)].entries())
          expect(Math.abs(optimum.mass[i] - p)).toBeLessThan(1e-12);
        expect(regularizedRegret(problem, policy, regularizer)).toBe(0);
        expect(regularizedRegret(problem, optimum, regularizer)).toBe(0);
      }
    },
  );
});
