/** What a divergence says of its density, near and far, is one function; and its regret is the Bregman divergence of f. */
import { fc } from "@fast-check/vitest";
import type { Regularizer } from "exptilt";
import { describe, expect } from "vitest";
import { Law } from "../../src/measure/law.js";
import { type FDivergence, isHalfChiSquared, requireRegularizer } from "../../src/objective/regularizers.js";
import { test } from "../support/test.js";
import { even, runs } from "./witnesses.js";

/** f, with f(1) = f′(1) = 0 and f″(1) = 1, or ¼ for Jensen–Shannon; and f′. */
function integrandOf(regularizer: Regularizer): { f: (t: number) => number; slope: (t: number) => number } {
  if (regularizer === "jensenShannon")
    return {
      f: (t) => (t * Math.log((2 * t) / (1 + t)) + Math.log(2 / (1 + t))) / 2,
      slope: (t) => Math.log((2 * t) / (1 + t)) / 2,
    };
  if (regularizer === "klPlusChiSquared")
    return { f: (t) => t * Math.log(t) - t + 1 + (t - 1) ** 2 / 2, slope: (t) => Math.log(t) + t - 1 };
  const { alpha } = regularizer;
  if (alpha === 0) return { f: (t) => t - 1 - Math.log(t), slope: (t) => 1 - 1 / t };
  const c = alpha - 1;
  return { f: (t) => (t ** alpha - alpha * t + c) / (alpha * c), slope: (t) => (t ** c - 1) / c };
}

const near = (got: number, want: number, error: number) =>
  expect(Math.abs(got - want), `${got}, not ${want}`).toBeLessThanOrEqual(error);

const ALL: Regularizer[] = [
  ...[-1, 0, 0.25, 0.5, 1.5, 2, 2.5, 3].map((alpha) => ({ alpha })),
  "jensenShannon",
  "klPlusChiSquared",
];
const shares = fc.record({ ref: even(0.01, 1), policy: even(0.01, 1), optimum: even(0.01, 1) });

describe.each(ALL)("%j", (regularizer) => {
  const divergence = requireRegularizer("test", regularizer) as FDivergence;
  const { f, slope } = integrandOf(regularizer);
  const { pole } = divergence;
  const step = 1e-5;

  test.prop([even(-2, 2)], { numRuns: runs(50) })(
    "the density is the inverse of f′, and the slopes are theirs",
    (l) => {
      const t = Math.exp(l);
      const x = divergence.derivative(l);
      near(x, slope(t), 1e-12 * (1 + Math.abs(x)));
      near(divergence.density(x), t, 1e-11 * t);
      near(divergence.logDensity(x), l, 1e-11);
      const rises = divergence.slope(x, t);
      const h = step / rises;
      near((divergence.logDensity(x + h) - divergence.logDensity(x - h)) / (2 * h) / rises, 1, 1e-6);
      near(divergence.curvature(l) * rises, 1, 1e-11);
      const some = divergence.densities(Float64Array.of(0, h, Infinity), x + 1, -1);
      for (const [i, want] of [t, divergence.density(x - h), 0].entries()) near(some[i], want, 1e-10 * t);
    },
  );

  test.prop([even(-2, 2)], { numRuns: runs(50) })("below the pole it is the same by the distance", (l) => {
    if (pole === Infinity) return;
    const gap = pole - divergence.derivative(l);
    near(divergence.densityBelow(gap), Math.exp(l), 1e-11 * Math.exp(l));
    near(divergence.logDensityBelow(Math.log(gap)), l, 1e-11);
    near(divergence.logGapOf(l), Math.log(gap), 1e-11 * (1 + Math.abs(Math.log(gap))));
    const h = step * gap;
    const falls =
      (Math.log(divergence.densityBelow(gap - h)) - Math.log(divergence.densityBelow(gap + h))) / (2 * step);
    near(divergence.steepnessBelow(gap) / falls, 1, 1e-6);
  });

  test.prop([even(-300, 0), even(0, 2000)], { numRuns: runs(50) })(
    "so it is in logarithms, where no double holds it",
    (low, high) => {
      if (pole === Infinity) return;
      for (const l of [low, high])
        near(divergence.logDensityBelow(divergence.logGapOf(l)), l, 1e-12 * (1 + Math.abs(l)));
      near(divergence.logDensity(divergence.derivative(low)), low, 1e-10 * (1 + Math.abs(low)));
      // Next to the pole the distance is the difference of f′ at ∞ and at the density, f″ integrated: ∝ t^{α−1}, or 1/(2t).
      const [near1, near2] = [divergence.logGapOf(800), divergence.logGapOf(900)];
      const power = regularizer === "jensenShannon" ? -1 : (regularizer as { alpha: number }).alpha - 1;
      near((near2 - near1) / 100, power, 1e-12);
    },
  );

  test.prop([shares, even(-300, 300)], { numRuns: runs(50) })(
    "the regret of one answer is ref·(f(π/ref) − f(π*/ref)) − f′(π*/ref)(π − π*), in any unit",
    ({ ref, policy, optimum }, exponent) => {
      const t = optimum / ref;
      const parts = [ref * f(policy / ref), -ref * f(t), -slope(t) * (policy - optimum)];
      const want = parts.reduce((a, b) => a + b, 0);
      const size = parts.reduce((sum, x) => sum + Math.abs(x), ref);
      const unit = 2 ** Math.round(exponent);
      const term = {
        l: Math.log(policy / optimum),
        policy: policy * unit,
        optimum: optimum * unit,
        ref: ref * unit,
        argument: slope(t),
        density: t,
        logDensity: Math.log(t),
      };
      near(divergence.regret(term) / unit, want, 1e-13 * size);
      // Near the optimum it is ½(π − π*)² f″(π*/ref)/ref, whose digits no difference has.
      const few = Math.ceil(optimum * 1024) / 1024;
      const s = few / ref;
      const close = {
        l: Math.log1p(2 ** -30),
        policy: few * (1 + 2 ** -30) * unit,
        optimum: few * unit,
        ref: ref * unit,
        argument: slope(s),
        density: s,
        logDensity: Math.log(s),
      };
      near(divergence.regret(close) / unit / ((few * 2 ** -60 * divergence.curvature(Math.log(s))) / 2), 1, 1e-8);
      near(divergence.regret({ ...term, l: 0, policy: term.optimum }), 0, 0);
    },
  );
});

const divergenceOf = (regularizer: Regularizer) => requireRegularizer("test", regularizer) as FDivergence;
const alpha = (order: number) => divergenceOf({ alpha: order });
const close = (got: number, want: number, roundings = 4) => near(got, want, roundings * 2 ** -53 * Math.abs(want));

describe("densities, to the last digits", () => {
  const whole = Array.from({ length: 40 }, (_, i) => i + 1);

  test("are whole where they are roots and powers of whole numbers", () => {
    for (const n of whole) {
      expect(alpha(3).density((n * n - 1) / 2)).toBe(n);
      expect(alpha(1.5).density(2 * n - 2)).toBe(n * n);
      expect(alpha(2).density(n - 1)).toBe(n);
      expect(alpha(0).density(1 - n)).toBe(1 / n);
      expect(alpha(0).densityBelow(n)).toBe(1 / n);
      expect(alpha(0.5).density(2 - 2 * n)).toBe(1 / (n * n));
      expect(alpha(0.5).densityBelow(2 * n)).toBe(1 / (n * n));
      close(alpha(-1).densityBelow(n), 1 / Math.sqrt(2 * n));
    }
  });

  test("above α = 1 are 0 from where an answer drops out, and at an infinite distance for all", () => {
    for (const order of [1.25, 1.5, 2, 2.5, 3]) {
      const out = 1 / (order - 1);
      for (const x of [-out, -out - 1, -1e300, -Infinity]) {
        expect(alpha(order).density(x)).toBe(0);
        expect(alpha(order).logDensity(x)).toBe(-Infinity);
      }
      expect(alpha(order).density(-0.999 * out)).toBeGreaterThan(0);
    }
    for (const regularizer of ALL) {
      const f = divergenceOf(regularizer);
      expect(f.densities(Float64Array.of(Infinity, 1), 0.25, 0)[0]).toBe(0);
      expect(f.densities(Float64Array.of(1, Infinity), 0.25, 0)[1]).toBe(0);
    }
  });

  test("near 1 keep the digits of x where α is near 1", () => {
    for (const c of [2 ** -30, -(2 ** -30), 2 ** -50]) {
      // (1 + cx)^{1/c} = e^x (1 − cx²/2 + …)
      for (const x of [1e-3, 0.1, 0.3]) close(alpha(1 + c).density(x), Math.exp(x) * (1 - (c * x * x) / 2), 6);
    }
  });

  test("x is known with them", () => {
    expect(alpha(1.5).densities(Float64Array.of(3), 1, 2 ** -20)[0]).toBe(2 ** -42);
    expect(alpha(2).densities(Float64Array.of(2), 1, 2 ** -20)[0]).toBe(2 ** -20);
    expect(alpha(2).densities(Float64Array.of(0, 1, 3.5), 3, 0)).toEqual(Float64Array.of(4, 3, 0.5));
  });
});

describe("Jensen–Shannon far from 1", () => {
  const f = divergenceOf("jensenShannon");

  test("has f′ = ½ log(2t/(1 + t)) for the largest and the smallest densities", () => {
    for (const l of [800, 5000]) {
      close(f.derivative(l), Math.LN2 / 2);
      close(f.derivative(-l), (Math.LN2 - l) / 2);
      close(f.logDensity((Math.LN2 - l) / 2), -l);
      close(f.logDensityBelow(-l), l - Math.LN2);
      close(f.logGapOf(l), -l - Math.LN2);
      close(f.logDensityBelow(Math.log(l)), -2 * l, 64);
    }
    // Near 1, where f′ is l/4.
    for (const l of [1e-9, -1e-9]) {
      close(f.derivative(l), l / 4, 2 ** 24);
      close(f.logDensity(l), 4 * l, 2 ** 26);
    }
    close(f.steepnessBelow(2 ** -70), 1);
    close(f.steepnessBelow(400), 800);
  });

  test("has a regret where the optimum has a density that no double holds", () => {
    const half = Math.LN2 / 2;
    for (const [ref, policy] of [
      [0.5, 0.25],
      [0.125, 0.75],
      [1, 1e-3],
    ]) {
      const t = policy / ref;
      // f(t) − f(0) − f′(s) t, with f′(s) = ½(log 2 + log s).
      const own = (t * Math.log((2 * t) / (1 + t)) + Math.log(2 / (1 + t))) / 2;
      const logDensity = -800;
      const want = ref * (own - half - (half + logDensity / 2) * t);
      const l = Math.log(t) - logDensity;
      const term = { l, policy, optimum: 0, ref, argument: half + logDensity / 2, density: 0, logDensity };
      near(f.regret(term), want, 1e-14 * want);
    }
  });

  test("and where ref has a mass that none holds, beside the policy's", () => {
    // Both shares of the optimum are no double: ½ KL of the coin (1, 0) and (b, 1 − b), b = 1/(1 + 1/t).
    for (const logDensity of [-40, -2, 0, 2, 40]) {
      const term = { l: 800, policy: 0.5, optimum: 0, ref: 0, argument: 0, density: Math.exp(logDensity), logDensity };
      const b = 1 / (1 + Math.exp(-logDensity));
      // Its part beside the large one, ½ · policy · l, of the whole a (l + log((ref + optimum)/(ref + policy)) − 1) + b.
      expect(f.regret({ ...term, policy: 0, l: -Infinity })).toBe(0);
      near(f.regret(term), 0.25 * (-Math.log(b) || 0), 1e-12 * (1 + Math.abs(logDensity)));
    }
  });
});

describe("KL + ½χ²", () => {
  const f = divergenceOf("klPlusChiSquared");
  const term = { argument: 0, density: 1, logDensity: 0 };

  test("the regret of what the optimum has is 0, also where ref has next to nothing", () => {
    for (const ref of [5e-324, 0]) expect(f.regret({ ...term, l: 0, policy: 1, optimum: 1, ref })).toBe(0);
    expect(f.regret({ ...term, l: 0, policy: 0, optimum: 0, ref: 0 })).toBe(0);
  });

  test("the regret is KL and ½(π − π*)²/ref, far on both sides", () => {
    for (const [policy, optimum] of [
      [0.75, 1e-300],
      [1e-300, 0.75],
      [0.5, 0.25],
      [0.25, 0.5],
    ]) {
      const l = Math.log(policy) - Math.log(optimum);
      const want = policy * l - policy + optimum + (policy - optimum) ** 2 / 2 / 0.125;
      near(f.regret({ ...term, l, policy, optimum, ref: 0.125 }), want, 1e-13 * want);
    }
  });

  test("has no pole", () => {
    for (const gap of [f.densityBelow(1), f.logDensityBelow(1), f.steepnessBelow(1), f.logGapOf(1)])
      expect(gap).toBeNaN();
  });
});

test("½χ² alone is recognised", () => {
  expect(isHalfChiSquared(alpha(2))).toBe(true);
  for (const other of [alpha(1.5), alpha(3), divergenceOf("jensenShannon"), divergenceOf("klPlusChiSquared")])
    expect(isHalfChiSquared(other)).toBe(false);
});

test("no regulariser at all is named", () => {
  expect(() => requireRegularizer("test", null as never)).toThrow(/^test: regularizer must be \{ alpha \} or one of/);
});

describe("the divergences of laws", () => {
  const [p, q] = [Float64Array.of(1, 3, 0), Float64Array.of(2, 1, 1)].map((mass) => Law.fromMass(mass));
  const none = () => false;

  test("are Σ q f(p/q)", () => {
    for (const regularizer of [{ alpha: 2 }, { alpha: 1.5 }, { alpha: 0.5 }, "klPlusChiSquared"] as Regularizer[]) {
      const { f } = integrandOf(regularizer);
      const atZero = regularizer === "klPlusChiSquared" ? 1.5 : 1 / (regularizer as { alpha: number }).alpha;
      const want = 0.5 * f(0.5) + 0.25 * f(3) + 0.25 * atZero;
      close(divergenceOf(regularizer).divergence(p, q, none), want, 8);
    }
  });

  test("where f(0) is infinite are so too, but for forbidden answers, which are left out", () => {
    for (const order of [0, -1]) {
      const { f } = integrandOf({ alpha: order });
      const divergence = alpha(order);
      expect(divergence.divergence(p, q, none)).toBe(Infinity);
      expect(divergence.divergence(p, q, (i) => i === 0)).toBe(Infinity);
      close(
        divergence.divergence(p, q, (i) => i === 2),
        0.5 * f(0.5) + 0.25 * f(3),
        8,
      );
    }
    // Above α = 0 they count.
    expect(alpha(0.5).divergence(p, q, (i) => i === 2)).toBe(alpha(0.5).divergence(p, q, none));
  });
});
