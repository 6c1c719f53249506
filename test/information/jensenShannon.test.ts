import { fc } from "@fast-check/vitest";
import { jensenShannonDivergence, klDivergence, measure, tilt } from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import { describe, expect } from "vitest";
import { test } from "../support/test.js";

const exact = exactAlgebra({ digits: 60 });
const given = (mass: readonly number[]) => measure(Object.keys(mass), mass);
const near = (got: number, want: number, relative: number, absolute = 0) =>
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(relative * want + absolute);
const laws = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })), { minLength: 1, maxLength: 7 })
  .filter((rows) => rows.some(([p]) => p > 0) && rows.some(([, q]) => q > 0))
  .map((rows) => [rows.map(([p]) => p), rows.map(([, q]) => q)] as const);

type Masses = ReturnType<typeof exact.number>[];

const byEntropies = (p: readonly number[], q: readonly number[]) =>
  jensenShannonAt60(p.map(exact.number), q.map(exact.number));

/** The entropy of the mixture less the mean entropy, at 60 digits. */
function jensenShannonAt60(p: Masses, q: Masses): number {
  const [P, Q] = [p, q].map((mass) => {
    const total = mass.reduce((s, x) => s.plus(x));
    return mass.map((x) => x.div(total));
  });
  const entropy = (mass: typeof P) => exact.entropy(exact.measure(Object.keys(mass), mass));
  const mixture = P.map((x, i) => x.plus(Q[i]).div(2));
  return exact.toNumber(entropy(mixture).minus(entropy(P).plus(entropy(Q)).div(2)));
}

describe("the Jensen–Shannon divergence", () => {
  test.prop([laws])("is the entropy of the mixture less the mean entropy", ([p, q]) => {
    near(jensenShannonDivergence(given(p), given(q)), byEntropies(p, q), 1e-14, 1e-55);
  });

  test.prop([laws, fc.integer({ min: 1, max: 15 })])("keeps its digits near p = q", ([p, q], digits) => {
    const moved = p.map((x, i) => x * (1 + q[i] * 10 ** -digits));
    near(jensenShannonDivergence(given(p), given(moved)), byEntropies(p, moved), 1e-14, 1e-55);
  });

  test.prop([laws, fc.integer({ min: 6, max: 12 })])(
    "is an eighth of the variance of a weak tilt",
    ([p, r], digits) => {
      const total = p.reduce((s, x) => s + x);
      const mean = p.reduce((s, x, i) => s + x * r[i], 0) / total;
      const variance = p.reduce((s, x, i) => s + x * (r[i] - mean) ** 2, 0) / total;
      const beta = 10 ** digits;
      const ref = given(p);
      const got = jensenShannonDivergence(ref, tilt(ref, r, beta));
      near(got * 8 * beta * beta, variance, 30 / beta, 1e-13);
    },
  );

  // A tilt that forbids answers is in the support of its law, and not the other way round.
  test.prop([laws, fc.integer({ min: 0, max: 9 }), fc.integer({ min: 3, max: 25 })])(
    "of a law and its tilt has its digits also where the tilt forbids a rare answer",
    ([p, r], digits, rarity) => {
      const mass = [...p, 10 ** -rarity];
      const ref = given(mass);
      const reward = [...r, -Infinity];
      const beta = 10 ** digits;
      const masses = mass.map(exact.number);
      const tilted = masses.map((m, i) =>
        reward[i] === -Infinity ? exact.number(0) : m.times(exact.exp(exact.number(reward[i]).div(beta))),
      );
      const want = jensenShannonAt60(masses, tilted);
      near(jensenShannonDivergence(ref, tilt(ref, reward, beta)), want, 1e-13, 1e-55);
      near(jensenShannonDivergence(tilt(ref, reward, beta), ref), want, 1e-13, 1e-55);
    },
  );

  test.prop([laws])("is symmetric, at most log 2, and 0 for one law at two totals", ([p, q]) => {
    const js = jensenShannonDivergence(given(p), given(q));
    near(jensenShannonDivergence(given(q), given(p)), js, 1e-15);
    expect(js).toBeGreaterThanOrEqual(0);
    expect(js).toBeLessThanOrEqual(Math.LN2);
    expect(jensenShannonDivergence(given(p), given(p.map((x) => 4 * x)))).toBe(0);
    near(js, Math.min(js, (klDivergence(given(p), given(q)) + klDivergence(given(q), given(p))) / 4), 1e-14);
  });

  test("laws without a common answer are log 2 apart", () => {
    near(jensenShannonDivergence(given([3, 1, 0]), given([0, 0, 7])), Math.LN2, 1e-15);
  });
});
