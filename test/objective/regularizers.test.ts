/** What a divergence says of its density, near and far, is one function; and its regret is the Bregman divergence of f. */
import { fc } from "@fast-check/vitest";
import type { Regularizer } from "exptilt";
import { describe, expect } from "vitest";
import { type FDivergence, requireRegularizer } from "../../src/objective/regularizers.js";
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
      const l = 2 ** -30;
      const close = { ...term, l, policy: term.optimum * (1 + l) };
      near(divergence.regret(close) / unit / ((optimum * l * l * divergence.curvature(Math.log(t))) / 2), 1, 1e-6);
      near(divergence.regret({ ...term, l: 0, policy: term.optimum }), 0, 0);
    },
  );
});
