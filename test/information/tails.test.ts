/** Laws that agree but for answers whose masses are no normal doubles: what these add to a divergence is all there is. */
import {
  chiSquaredDivergence,
  entropy,
  fromLogMass,
  generalizedKlDivergence,
  jensenShannonDivergence,
  klEstimator,
  measure,
  renyiDivergence,
} from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { test } from "../support/test.js";

const exact = exactAlgebra({ digits: 60 });
const big = (x: number) => exact.number(x);
const one = big(1);
const near = (got: number, want: number, error = 2e-323) =>
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(1e-12 * Math.abs(want) + error);

const tail = fc.oneof(fc.double({ min: -730, max: -709, noNaN: true }), fc.constantFrom(-712, -720));
const given = (log: number) => fromLogMass(["most", "rare"], [0, log]);
/** The probability of the rare answer, and the exact log-ratio of the two. */
const rare = (log: number) => exact.exp(big(log));

describe("of one rare answer", () => {
  test.prop([fc.oneof(tail, fc.double({ min: -760, max: -730, noNaN: true }))])(
    "entropy is its own part, and what the main answer is below 1",
    (x) => {
      const a = rare(x);
      near(entropy(given(x)), exact.toNumber(a.times(one.minus(big(x)))));
    },
  );

  test.prop([tail, tail])("Jensen and Shannon's divergence is its own part", (x, y) => {
    const [a, b] = [rare(x), rare(y)];
    const mean = a.plus(b).div(big(2));
    const part = (u: typeof a) => u.times(exact.log(u.div(mean)));
    near(jensenShannonDivergence(given(x), given(y)), exact.toNumber(part(a).plus(part(b)).div(big(2))));
    const alone = fromLogMass(["most", "rare"], [0, -Infinity]);
    // ½ a log 2, and as much of the main answer's first order that cancels.
    near(jensenShannonDivergence(given(x), alone), exact.toNumber(a.times(exact.log(big(2))).div(big(2))));
    near(jensenShannonDivergence(alone, given(x)), exact.toNumber(a.times(exact.log(big(2))).div(big(2))));
  });

  test.prop([tail, tail])("the estimators of KL have its mean and its second moment", (x, y) => {
    const [a, b] = [rare(x), rare(y)];
    const l = big(x).minus(big(y));
    const u = b.div(a);
    const of = { k1: l, k2: l.times(l).div(big(2)), k3: u.minus(one).plus(l) };
    for (const kind of ["k2", "k3"] as const) {
      const { mean, variance } = klEstimator(given(x), given(y), kind);
      near(mean, exact.toNumber(a.times(of[kind])), 1e-322);
      near(variance, exact.toNumber(a.times(of[kind].times(of[kind]))), 1e-320);
    }
    near(klEstimator(given(x), given(y), "k1").variance, exact.toNumber(a.times(l.times(l))), 1e-320);
    // From another law of the draws, rarer or not: Σ P² f²/B.
    for (const z of [-711, -725]) {
      const { variance } = klEstimator(given(x), given(y), "k2", { behavior: given(z) });
      const want = a.times(a).times(of.k2.times(of.k2)).div(rare(z));
      near(variance, exact.toNumber(want), 1e-318);
    }
  });

  test.prop([tail, tail, fc.constantFrom(0.5, 2, 3)])("Rényi's divergence is its own part", (x, y, order) => {
    const [a, b, r] = [rare(x), rare(y), big(order)];
    const power = exact.exp(
      big(x)
        .times(r)
        .plus(big(y).times(one.minus(r))),
    );
    // Σ P^r Q^{1−r} − 1 = a^r b^{1−r} − r a + (r − 1) b, as the main answers have what is left.
    const apart = power.minus(r.times(a)).plus(r.minus(one).times(b));
    near(renyiDivergence(given(x), given(y), order), exact.toNumber(apart.div(r.minus(one))), 1e-322);
  });
});

describe("an answer whose mass no double holds", () => {
  test.each([-1e3, -1e200])("adds nothing to the estimators' moments: its mass is e^%d", (log) => {
    const even = measure(["most", "rare"], [1, 1]);
    const mean = { k1: Math.LN2, k2: Math.LN2 ** 2 / 2, k3: Math.LN2 - 1 / 2 };
    for (const kind of ["k1", "k2"] as const) {
      const got = klEstimator(given(log), even, kind);
      near(got.mean, mean[kind]);
      expect(got.variance).toBe(0);
    }
    // P·u² overflows, with u = Q/P.
    expect(klEstimator(given(log), even, "k3").variance).toBe(Infinity);
  });

  test.prop([fc.double({ min: -735, max: -650, noNaN: true }), fc.constantFrom("k1", "k2", "k3")])(
    "has the share P²k²/B in a variance when draws are from a law B that hardly has it",
    (log, kind) => {
      const [p, q] = [measure(["most", "rare"], [1, 1e-10]), measure(["most", "rare"], [3, 1])];
      const [P, Q] = [1e-10, 1].map((x, i) => big(x).div(big(x).plus(big([1, 3][i]))));
      const u = Q.div(P);
      const k1 = exact.log(u).neg();
      const k = { k1, k2: k1.times(k1).div(2), k3: u.minus(one).plus(k1) }[kind as "k1" | "k2" | "k3"];
      const part = P.times(k);
      const share = part.times(part).div(rare(log));
      const got = klEstimator(p, q, kind, { behavior: given(log) }).variance;
      const want = exact.toNumber(share);
      if (Number.isFinite(want)) near(got, want);
      else expect(got).toBe(Infinity);
    },
  );
});

describe("masses of a rare answer that need not be a law's", () => {
  // Answers of e^x beside 1, and of e^y beside 1: the second alone has a part.
  test.prop([tail, tail, fc.constantFrom(0, 0.1, -0.1, 3, -3, 20)])(
    "have their own part in the generalised divergence",
    (x, _, step) => {
      const [a, b] = [rare(x), rare(x + step)];
      const want = a
        .times(exact.log(a.div(b)))
        .minus(a)
        .plus(b);
      near(generalizedKlDivergence(given(x), given(x + step)), exact.toNumber(want), 1e-321);
      const none = fromLogMass(["most", "rare"], [0, -Infinity]);
      expect(generalizedKlDivergence(given(x), none)).toBe(Infinity);
      near(generalizedKlDivergence(none, given(x)), exact.toNumber(a), 1e-321);
      expect(generalizedKlDivergence(none, none)).toBe(0);
    },
  );

  // (P − Q)²/Q where Q is far below P, or the other way round.
  test.prop([fc.constantFrom(-1, -300, -640, -705, -720, -1400), fc.constantFrom(-1, -300, -640, -705, -720, -1400)])(
    "and in the χ² divergence, of which one may overflow",
    (x, y) => {
      const probability = (l: number) => rare(l).div(one.plus(rare(l)));
      const [p, q] = [probability(x), probability(y)];
      const apart = p.minus(q);
      const want = apart
        .times(apart)
        .div(q)
        .plus(apart.times(apart).div(one.minus(q)));
      const got = chiSquaredDivergence(given(x), given(y));
      const log = want.isZero() ? -Infinity : exact.toNumber(exact.log(want));
      if (log > 709.78) expect(got).toBe(Infinity);
      else near(got, Math.exp(log), 1e-320);
    },
  );
});
