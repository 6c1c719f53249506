import { fc } from "@fast-check/vitest";
import { fromLogMass, type KlEstimatorKind, klDivergence, klEstimator, measure, tilt } from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import { describe, expect } from "vitest";
import { test } from "../support/test.js";

const exact = exactAlgebra({ digits: 60 });
const KINDS: readonly KlEstimatorKind[] = ["k1", "k2", "k3"];
const given = (mass: readonly number[]) => measure(Object.keys(mass), mass);
const near = (got: number, want: number, relative = 1e-12, absolute = 1e-300) =>
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(relative * Math.abs(want) + absolute);

const whole = fc.integer({ min: 1, max: 9 });
const kind = fc.constantFrom(...KINDS);
const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), whole, whole), { minLength: 2, maxLength: 6 });
const laws = rows
  .filter((all) => all.some(([p]) => p > 0))
  .map((all) => [0, 1, 2].map((k) => all.map((row) => row[k])) as [number[], number[], number[]]);

/** Mean and second moment about it, by the definition at 60 digits, over the answers that can be drawn. */
function byDefinition(p: readonly number[], q: readonly number[], of: KlEstimatorKind, from: readonly number[]) {
  const [P, Q, B] = [p, q, from].map((mass) => {
    const m = mass.map(exact.number);
    const total = m.reduce((s, x) => s.plus(x));
    return m.map((x) => x.div(total));
  });
  const terms = P.map((x, i) => {
    if (x.isZero()) return { b: B[i], value: x };
    const u = Q[i].div(x);
    const k1 = exact.log(u).neg();
    const k = { k1, k2: k1.times(k1).div(2), k3: u.minus(1).plus(k1) }[of];
    return { b: B[i], value: k.times(x).div(B[i]) };
  }).filter(({ b }) => !b.isZero());
  const mean = terms.map(({ b, value }) => b.times(value)).reduce((s, x) => s.plus(x));
  const squares = terms.map(({ b, value }) => b.times(value.minus(mean).times(value.minus(mean))));
  return { mean: exact.toNumber(mean), variance: exact.toNumber(squares.reduce((s, x) => s.plus(x))) };
}

describe("mean and variance of one draw are those of the definition", () => {
  test.prop([laws, kind])("from the policy, and from any law that covers it", ([p, q, from], of) => {
    for (const [b, got] of [
      [p, klEstimator(given(p), given(q), of)],
      [p, klEstimator(given(p), given(q), of, { behavior: given(p) })],
      [from, klEstimator(given(p), given(q), of, { behavior: given(from) })],
    ] as const) {
      const want = byDefinition(p, q, of, b);
      near(got.mean, want.mean, 1e-13, 1e-30);
      near(got.variance, want.variance, 1e-12, 1e-30);
    }
  });

  test.prop([laws, fc.integer({ min: 1, max: 15 }), kind])(
    "near the policy with all digits",
    ([p, q, from], digits, of) => {
      const moved = p.map((x, i) => x * (1 + q[i] * 10 ** -digits));
      const got = klEstimator(given(p), given(moved), of, { behavior: given(from) });
      const want = byDefinition(p, moved, of, from);
      // 60 digits less those of a square of second order.
      near(got.mean, want.mean, 1e-12, 1e-42);
      near(got.variance, want.variance, 1e-10, 1e-58);
    },
  );

  test.prop([fc.integer({ min: 55, max: 300 }), kind])(
    "where a draw that hardly happens has a value far above all others",
    (digits, of) => {
      const [p, q] = [
        [10 ** -digits, 1],
        [1, 1],
      ];
      const want = byDefinition(p, q, of, p);
      const got = klEstimator(given(p), given(q), of);
      near(got.mean, want.mean);
      near(got.variance, want.variance);
    },
  );
});

describe("theorems", () => {
  test.prop([laws])("E k1 is the KL, and E k3 is the KL less what ref has where the policy has nothing", ([p, q]) => {
    const kl = klDivergence(given(p), given(q));
    const outside = q.reduce((s, x, i) => (p[i] === 0 ? s + x : s), 0) / q.reduce((s, x) => s + x);
    expect(klEstimator(given(p), given(q), "k1").mean).toBe(kl);
    near(klEstimator(given(p), given(q), "k3").mean, kl - outside, 1e-13, 1e-15);
  });

  test.prop([laws])("k1 of a tilt has the variance of reward/β under the tilt", ([mass, reward]) => {
    const ref = given(mass);
    const policy = tilt(ref, reward, 2);
    const mean = reward.reduce((s, r, i) => s + policy.mass[i] * (r / 2), 0);
    const variance = reward.reduce((s, r, i) => s + policy.mass[i] * (r / 2 - mean) ** 2, 0);
    near(klEstimator(policy, ref, "k1").variance, variance, 1e-12, 1e-28);
  });

  test.prop([laws, fc.integer({ min: 4, max: 12 })])("of a weak tilt too", ([mass, reward], digits) => {
    const ref = given(mass);
    const beta = 10 ** digits;
    const mean = reward.reduce((s, r, i) => s + mass[i] * r, 0) / mass.reduce((s, x) => s + x);
    const variance = reward.reduce((s, r, i) => s + mass[i] * (r - mean) ** 2, 0) / mass.reduce((s, x) => s + x);
    const got = klEstimator(tilt(ref, reward, beta), ref, "k1").variance * beta * beta;
    near(got, variance, 30 / beta, 1e-12);
  });

  test.prop([laws, kind])(
    "a policy equal to ref is estimated without error, a point mass without variance",
    ([p, q], of) => {
      expect(klEstimator(given(p), given(p.map((x) => 4 * x)), of)).toEqual({ mean: 0, variance: 0 });
      const point = given(q.map((_, i) => (i === 1 ? 3 : 0)));
      expect(klEstimator(point, given(q), of).variance).toBe(0);
    },
  );

  test.prop([laws])("k3 has no variance when each draw is as likely as its part of the mean", ([p, q]) => {
    const mass = p.map((x) => x + 1);
    const k3 = (i: number) => {
      const [a, b] = [mass[i] / mass.reduce((s, x) => s + x), q[i] / q.reduce((s, x) => s + x)];
      return a * Math.log(a / b) - a + b;
    };
    const parts = mass.map((_, i) => k3(i));
    fc.pre(parts.every((x) => x > 1e-6));
    const { mean, variance } = klEstimator(given(mass), given(q), "k3", { behavior: given(parts) });
    expect(variance).toBeLessThan(1e-16 * mean * mean);
  });
});

describe("edges", () => {
  const [a, b, c] = [given([1, 1, 0]), given([1, 0, 1]), given([1, 2, 3])];
  test.each(KINDS)("%s where ref or the behavior lacks an answer of the policy", (of) => {
    expect(klEstimator(a, b, of)).toEqual({ mean: Infinity, variance: Infinity });
    expect(klEstimator(a, c, of).mean).toBeLessThan(Infinity);
    expect(() => klEstimator(a, c, of, { behavior: b })).toThrow(RangeError);
    expect(() => klEstimator(a, c, of, { behavior: b })).toThrow(
      "klEstimator: options.behavior must have mass wherever",
    );
  });

  test("another kind is refused", () => {
    expect(() => klEstimator(a, c, "k4" as "k3")).toThrow("klEstimator: kind must be one of k1, k2, k3");
    expect(() => klEstimator(a, c, 3 as never)).toThrow(TypeError);
  });

  test("u that no double holds still has its variance", () => {
    // P = e^−1100, Q = e^−300 at the second answer: P u² = Q²/P = e^500.
    const answers = ["a", "b"];
    const { mean, variance } = klEstimator(fromLogMass(answers, [0, -1100]), fromLogMass(answers, [0, -300]), "k3");
    near(mean, Math.exp(-300), 1e-12);
    near(variance, Math.exp(500), 1e-12);
  });
});
