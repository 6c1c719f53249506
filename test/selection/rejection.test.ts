import {
  bestOfNLaw,
  fromLogMass,
  measure,
  normalize,
  rejectionSamplingLaw,
  rlhfOptimum,
  selectionLimit,
} from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import reference from "../reference/selection.json" with { type: "json" };
import { add, type Fraction, toNumber } from "../support/fraction.js";
import { test } from "../support/test.js";

const keys = (values: readonly unknown[]) => [...values.keys()];
const near = (got: number, want: number, relative: number) => {
  expect(want).toBeLessThan(Infinity);
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(relative * Math.abs(want));
};
const within = (got: ArrayLike<number>, want: readonly number[], relative: number) => {
  for (const [i, w] of want.entries()) near(got[i], w, relative);
};

const rows = fc
  .array(
    fc.record({
      mass: fc.oneof(fc.constant(0), fc.constant(1), fc.integer({ min: 1, max: 1000 })),
      reward: fc.oneof(fc.constant(-Infinity), fc.integer({ min: 0, max: 6 })),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .filter((r) => r.some((x) => x.mass > 0 && x.reward > -Infinity));
type Rows = readonly { mass: number; reward: number }[];
const problemOf = (r: Rows, beta: number) => ({
  ref: measure(
    keys(r),
    r.map((x) => x.mass),
  ),
  reward: r.map((x) => x.reward),
  beta,
});
const topOf = (r: Rows) => Math.max(...r.filter((x) => x.mass > 0).map((x) => x.reward));

/** Draw by draw in whole numbers: what was accepted, what is still looked for, and the draws made. e^{r/β} = 2^reward. */
function drawByDraw(r: Rows, cap: number, n: number) {
  const mass = r.map((x) => BigInt(x.mass));
  const total = mass.reduce((a, b) => a + b);
  // Acceptance in parts of 2^12: a difference of rewards is at most 12.
  const unit = 1n << 12n;
  const accept = r.map((x) => (x.reward === -Infinity ? 0n : x.reward >= cap ? unit : unit >> BigInt(cap - x.reward)));
  const each = total * unit;
  let open: Fraction = { top: 1n, bottom: 1n };
  let draws: Fraction = { top: 0n, bottom: 1n };
  let taken = r.map((): Fraction => ({ top: 0n, bottom: 1n }));
  for (let draw = 1; draw <= n; draw++) {
    draws = add(draws, open);
    const chance = (i: number) => mass[i] * (draw === n ? unit : accept[i]);
    taken = taken.map((t, i) => add(t, { top: open.top * chance(i), bottom: open.bottom * each }));
    const refused = keys(r).reduce((s, i) => s + mass[i] * (unit - accept[i]), 0n);
    open = { top: open.top * refused, bottom: open.bottom * each };
  }
  const allowed = taken.map((t, i): Fraction => (r[i].reward === -Infinity ? { top: 0n, bottom: 1n } : t));
  const kept = allowed.reduce(add);
  const over = (x: Fraction) => toNumber({ top: x.top * kept.bottom, bottom: x.bottom * kept.top });
  const accepted = keys(r).reduce((s, i) => s + mass[i] * accept[i], 0n);
  return { law: allowed.map(over), draws: over(draws), acceptance: toNumber({ top: accepted, bottom: each }) };
}

describe("rejection with a budget", () => {
  test.prop([rows, fc.integer({ min: 1, max: 8 }), fc.option(fc.integer({ min: -1, max: 12 }))])(
    "is what its draws give one by one, in fractions, given that an allowed answer is taken",
    (r, n, cap) => {
      const want = drawByDraw(r, cap ?? topOf(r), n);
      const got = rejectionSamplingLaw(problemOf(r, 1 / Math.LN2), n, cap === null ? {} : { cap });
      within(got.law.mass, want.law, 1e-13);
      near(got.expectedDraws, want.draws, 1e-13);
      near(got.acceptance, want.acceptance, 1e-13);
    },
  );

  test.prop([rows, fc.integer({ min: 1, max: 8 }), fc.integer({ min: -1, max: 7 })])(
    "at β = 0 accepts what reaches the cap, and takes the last of N where nothing does",
    (r, n, cap) => {
      const { law, expectedDraws, acceptance } = rejectionSamplingLaw(problemOf(r, 0), n, { cap });
      const total = r.reduce((s, x) => s + x.mass, 0);
      const reach = r.reduce((s, x) => s + (x.reward >= cap ? x.mass : 0), 0) / total;
      const lost = r.reduce((s, x) => s + (x.reward === -Infinity ? x.mass : 0), 0) / total;
      let [open, draws] = [1, 0];
      const taken = r.map(() => 0);
      for (let draw = 1; draw <= n; draw++, open *= 1 - reach) {
        draws += open;
        for (const [i, x] of r.entries())
          if (x.reward > -Infinity && (draw === n || x.reward >= cap)) taken[i] += (open * x.mass) / total;
      }
      const kept = taken.reduce((s, p) => s + p, 0);
      within(
        law.mass,
        taken.map((p) => p / kept),
        1e-12,
      );
      near(expectedDraws, draws / kept, 1e-12);
      near(acceptance, reach, 1e-14);
      if (reach === 0 && lost === 0) expect(expectedDraws).toBe(n);
    },
  );

  test.prop([rows, fc.constantFrom(0, 0.1, 1, 30), fc.integer({ min: 0, max: 6 })])(
    "tends to the optimum of the capped reward as N grows, in 1/A draws, and is ref at N = 1 and at β = ∞",
    (r, beta, cap) => {
      const problem = problemOf(r, beta);
      const allowed = r.map((x) => (x.reward > -Infinity ? x.mass : 0));
      const ref = normalize(measure(keys(r), allowed)).mass;
      within(rejectionSamplingLaw(problem, 1).law.mass, [...ref], 1e-15);
      within(rejectionSamplingLaw({ ...problem, beta: Infinity }, 9, { cap }).law.mass, [...ref], 1e-14);
      // A is at least e^{−60}/6000.
      for (const n of [1e40, 1e300]) {
        const { law, expectedDraws, acceptance } = rejectionSamplingLaw(problem, n);
        within(law.mass, [...selectionLimit(problem).mass], 1e-12);
        near(expectedDraws * acceptance, 1, 1e-12);
      }
      if (beta === 0) return;
      const capped = problem.reward.map((x) => Math.min(x, cap));
      within(
        rejectionSamplingLaw(problem, 1e40, { cap }).law.mass,
        [...rlhfOptimum({ ...problem, reward: capped }).mass],
        1e-12,
      );
    },
  );

  it("at β = 0 of two answers is best-of-N, which takes the better one if any draw is it", () => {
    const problem = { ref: measure(["a", "b"], [5, 2]), reward: [0, 1] };
    for (const n of [1, 2, 3.5, 100])
      within(rejectionSamplingLaw({ ...problem, beta: 0 }, n).law.mass, [...bestOfNLaw(problem, n).mass], 1e-14);
  });

  test.prop([
    fc.double({ min: -6000, max: -600, noNaN: true }),
    fc.double({ min: 0, max: 3000, noNaN: true }),
    fc.constantFrom(2, 2.5, 50, 1e12),
  ])("keeps the logarithms of answers, and of acceptances, that no double holds", (logMass, gap, n) => {
    const ref = fromLogMass(["rare", "common"], [logMass, 0]);
    const { law, expectedDraws } = rejectionSamplingLaw({ ref, reward: [gap, 0], beta: 1 }, n);
    // Common is accepted with e^{−gap}, so that rare is taken as often as a look is still open, beside its own acceptance.
    const accepted = Math.exp(-gap);
    const open = accepted < 1e-20 ? n : accepted === 1 ? 1 : -Math.expm1(n * Math.log1p(-accepted)) / accepted;
    near(expectedDraws, open, 1e-12);
    expect(Math.abs(law.logMass[0] - logMass - Math.log(open))).toBeLessThanOrEqual(1e-14 * -logMass);
  });

  it("refuses a cap that is none, by name", () => {
    const problem = problemOf([{ mass: 1, reward: 0 }], 1);
    for (const cap of [Infinity, Number.NaN])
      expect(() => rejectionSamplingLaw(problem, 2, { cap })).toThrow(
        new RangeError(`rejectionSamplingLaw: options.cap must be finite, got ${cap}`),
      );
    expect(() => rejectionSamplingLaw(problem, 2, { cap: "1" as never })).toThrow(TypeError);
  });

  it.each(reference.filter(({ fn }) => fn === "rejectionSamplingLaw"))("$id has the reference's values", (one) => {
    const { mass, reward, beta, n, cap, expect: expected } = one;
    const got = rejectionSamplingLaw(
      { ref: measure(keys(mass), mass), reward, beta },
      n,
      cap === undefined ? {} : { cap },
    );
    within(got.law.mass, expected.law.map(Number), 1e-11);
    near(got.expectedDraws, Number(expected.expectedDraws), 1e-11);
    near(got.acceptance, Number(expected.acceptance), 1e-11);
  });
});
