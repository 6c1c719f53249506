/** The multiplier makes the mean density 1, near and far, in few passes over the answers. */
import { fc } from "@fast-check/vitest";
import type { Regularizer } from "exptilt";
import { describe, expect } from "vitest";
import { Law } from "../../src/measure/law.js";
import { sum } from "../../src/numeric/sum.js";
import type { Multiplier } from "../../src/objective/multiplier.js";
import { type FDivergence, requireRegularizer } from "../../src/objective/regularizers.js";
import { sampleOf, solveMultiplier } from "../../src/objective/solveMultiplier.js";
import { test } from "../support/test.js";
import { even, runs } from "./witnesses.js";

const divergenceOf = (regularizer: Regularizer) => requireRegularizer("test", regularizer) as FDivergence;
const alpha = (order: number) => divergenceOf({ alpha: order });
const METHODS = [
  "logDensity",
  "slope",
  "logDensityBelow",
  "steepnessBelow",
  "logGapOf",
  "derivative",
  "curvature",
] as const;

/** A divergence that counts the densities asked of it. */
function counted(f: FDivergence): { f: FDivergence; asked: () => number } {
  let n = 0;
  const tell = (density: (at: number) => number) => (at: number) => {
    n++;
    return density(at);
  };
  const counting = {
    pole: f.pole,
    density: tell((x) => f.density(x)),
    densityBelow: tell((gap) => f.densityBelow(gap)),
    ...Object.fromEntries(METHODS.map((name) => [name, f[name].bind(f)])),
  };
  return { f: counting as FDivergence, asked: () => n };
}

const masses = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  even(-12, 0).map((x) => 10 ** x),
);
/** Masses, and distances in units of β; the first answer is the best, and some may have no mass. */
const problems = fc.record({
  best: masses,
  rows: fc.array(fc.record({ mass: masses, distance: fc.oneof(even(0, 3), fc.constantFrom(0, 1, 2, Infinity)) }), {
    maxLength: 6,
  }),
  unit: even(-3, 3).map((x) => 10 ** x),
});

/** Σ p t of densities, less 1, and the rounding that x leaves in it. */
function missed(f: FDivergence, law: Law, distance: Float64Array, found: Multiplier) {
  const t = found.densities(distance);
  const parts = law.probabilities().map((p, i) => p * t[i]);
  const size = Math.abs(found.argument(0)) + 4;
  const rounding = parts.map((part, i) => (part > 0 ? part * f.slope(found.argument(distance[i]), t[i]) * size : 0));
  const below = f.pole < Infinity && found.argument(0) > f.pole / 2;
  return {
    off: Math.abs(parts.reduce((a, b) => a + b, 0) - 1),
    // Below the pole the distance to it has digits of its own.
    rounding: 16 + (below ? 8 * Math.max(1, f.pole) : rounding.reduce((a, b) => a + b, 0)),
  };
}

/** The mean passes over five answers, and the passes over 6400 of which a part has been searched. */
const PASSES: [Regularizer, mean: number, many: number][] = [
  [{ alpha: -1 }, 4, 7],
  [{ alpha: 0 }, 3.4, 3],
  [{ alpha: 0.5 }, 3, 2],
  [{ alpha: 0.999 }, 2.2, 2],
  [{ alpha: 1.001 }, 2.2, 2],
  [{ alpha: 1.5 }, 2.8, 3],
  [{ alpha: 2 }, 2.1, 3],
  [{ alpha: 3 }, 3.9, 4],
  [{ alpha: 5 }, 6.7, 6],
  ["jensenShannon", 3.1, 6],
  ["klPlusChiSquared", 2.8, 3],
];
const ALL = PASSES.map(([regularizer]) => regularizer);

describe.each(PASSES)("%j", (regularizer, mean, many) => {
  const f = divergenceOf(regularizer);

  test.prop([problems], { numRuns: runs(100) })("the mean density is 1, to a few roundings", ({ best, rows, unit }) => {
    const law = Law.fromMass(Float64Array.of(best, ...rows.map(({ mass }) => mass)));
    const distance = Float64Array.of(0, ...rows.map((row) => row.distance * unit));
    const { f: counting, asked } = counted(f);
    solveMultiplier(law, distance, counting);
    const found = solveMultiplier(law, distance, f) as Multiplier;
    const passes = asked() / distance.filter((d) => d < Infinity).length;
    const { off, rounding } = missed(f, law, distance, found);
    expect(off, `${off / 2 ** -53} roundings`).toBeLessThanOrEqual(rounding * 2 ** -53);
    // Above α = 2 the slope is infinite where an answer drops out, and the bracket is halved next to that.
    expect(passes).toBeLessThanOrEqual((regularizer as { alpha: number }).alpha > 3 ? 30 : 20);
  });

  test("takes a few passes, of which none only confirms the last", () => {
    let all = 0;
    const units = Array.from({ length: 33 }, (_, i) => 10 ** (i / 8 - 2));
    for (const unit of units) {
      const { f: counting, asked } = counted(f);
      const distance = Float64Array.of(0, 0.3, 0.5, 0.7, 2).map((d) => d * unit);
      solveMultiplier(Law.fromMass(Float64Array.of(3, 1, 4, 1, 5)), distance, counting);
      all += asked() / 5;
    }
    expect(all / units.length).toBeLessThanOrEqual(mean);
  });

  test.prop([problems, even(1e-300, 1e-290)], { numRuns: runs(40) })(
    "masses below the normal doubles, or given by logarithms, count as they are",
    ({ best, rows, unit }) => {
      const mass = [best, ...rows.map((row) => row.mass)];
      const distance = Float64Array.of(0, ...rows.map((row) => row.distance * unit));
      const plain = solveMultiplier(Law.fromMass(Float64Array.from(mass)), distance, f) as Multiplier;
      const logs = Law.fromLogMass(Float64Array.from([...mass.map(Math.log), -5000]));
      // An answer whose mass no double holds, far behind, changes nothing.
      const more = solveMultiplier(logs, Float64Array.of(...distance, 1e5), f) as Multiplier;
      const size = 1e-13 * (1 + Math.abs(plain.argument(0)));
      expect(Math.abs(more.argument(0) - plain.argument(0))).toBeLessThanOrEqual(size);
    },
  );

  test("others with a mean density of 1 at the pole leave the best one what is left of second order", () => {
    if (f.pole === Infinity) return;
    // Their density is 1 where f′(1) = 0 is, a pole behind.
    for (const rare of [1e-6, 1e-20, 1e-89]) {
      const law = Law.fromMass(Float64Array.of(rare, 1 - rare));
      const distance = Float64Array.of(0, f.pole);
      const found = solveMultiplier(law, distance, f) as Multiplier;
      const [t, others] = found.densities(distance);
      expect(Math.abs(rare * t + (1 - rare) * others - 1)).toBeLessThan(4e-15);
      expect(t > 1 && t * rare < 1 + 1e-12).toBe(true);
      // p t = (1 − p)(1 − t₂) + p, where doubles tell it.
      if (rare > 1e-10) expect((rare * t) / (rare - (1 - rare) * (others - 1))).toBeCloseTo(1, 5);
    }
  });

  test("where all rewards are equal, x is 0, or what makes up for forbidden mass", () => {
    const at = (mass: number[], distance: number[]) =>
      solveMultiplier(Law.fromMass(Float64Array.from(mass)), Float64Array.from(distance), f)?.argument(0) as number;
    expect(Math.abs(at([2, 3, 7], [0, 0, 0]))).toBeLessThan(1e-15);
    const want = f.derivative(Math.log(4));
    expect(Math.abs(at([2, 1, 9], [0, 0, Infinity]) - want)).toBeLessThan(1e-15 * (1 + want));
  });

  test("the best answer may be too rare for a double: e^−800 of the mass, with the density e^800 but for the others' part", () => {
    for (const logMass of [-300, -800, -3000]) {
      const law = Law.fromLogMass(Float64Array.of(logMass, 0));
      // As far behind as the best density lies above 1, and with half of the mass.
      const x = f.derivative(-logMass - Math.LN2);
      if (!(x < 1e6)) continue;
      const distance = Float64Array.of(0, x - f.derivative(-Math.LN2));
      const found = solveMultiplier(law, distance, f) as Multiplier;
      const share = Math.exp(found.logDensity(distance[1]));
      expect(share).toBeCloseTo(0.5, 9);
      expect(Math.abs(found.logDensity(0) + logMass - Math.log1p(-share))).toBeLessThan(1e-12 * -logMass);
    }
  });

  test("of many answers a part is searched first, and all of them two or three times", () => {
    const size = 64 * 100;
    const distance = Float64Array.from({ length: size }, (_, i) => ((i * 0.6180339887) % 1) * 3);
    const law = Law.fromMass(Float64Array.from(distance, (d) => 1 + Math.sin(97 * d)));
    const { f: counting, asked } = counted(f);
    solveMultiplier(law, distance, counting);
    expect(asked() / size).toBeLessThanOrEqual(many + 1.2);
    const t = (solveMultiplier(law, distance, f) as Multiplier).densities(distance);
    const mean = sum(t.map((density, i) => density * law.weight[i])).hi / law.total.hi;
    expect(Math.abs(mean - 1)).toBeLessThan(16 * 2 ** -53);
  });
});

describe("two answers", () => {
  const answers = fc.record({ p: even(-12, 0).map((x) => 10 ** x * 0.999), d: even(-6, 6).map((x) => 10 ** x) });
  const solved = (p: number, d: number, f: FDivergence) =>
    solveMultiplier(Law.fromMass(Float64Array.of(p, 1 - p)), Float64Array.of(0, d), f) as Multiplier;

  test.prop([answers], { numRuns: runs(100) })(
    "forward KL: the distance to the pole is the root of a quadratic",
    ({ p, d }) => {
      // g² + (d − 1)g − pd = 0.
      const root = Math.sqrt((d - 1) ** 2 + 4 * p * d);
      const gap = d > 1 ? (2 * p * d) / (d - 1 + root) : (1 - d + root) / 2;
      expect(Math.exp(solved(p, d, alpha(0)).logDensity(0)) * gap).toBeCloseTo(1, 13);
    },
  );

  test.prop([answers], { numRuns: runs(100) })(
    "½χ²: both keep mass where d < 1/p, or else the best alone",
    ({ p, d }) => {
      const x = p * d < 1 ? (1 - p) * d : 1 / p - 1;
      const got = solved(p, d, alpha(2)).argument(0);
      expect(Math.abs(got - x)).toBeLessThanOrEqual(1e-14 * (1 + x));
    },
  );

  test.prop([answers], { numRuns: runs(100) })("α = 1.5: the root of a quadratic too", ({ p, d }) => {
    // Densities (y₀)² and (y₀ − d/2)₊² of y₀ = 1 + x/2.
    const y = p * d * d < 4 ? ((1 - p) * d) / 2 + Math.sqrt(1 - (p * (1 - p) * d * d) / 4) : Math.sqrt(1 / p);
    const got = 1 + solved(p, d, alpha(1.5)).argument(0) / 2;
    expect(Math.abs(got - y)).toBeLessThanOrEqual(1e-13 * y);
  });
});

describe("far", () => {
  test.each([1.5, 2, 3, 10])(
    "α = %d: undefined where forbidden mass leaves x beyond 2^1000, and there alone",
    (order) => {
      const f = alpha(order);
      const at = (logAllowed: number) =>
        solveMultiplier(Law.fromLogMass(Float64Array.of(logAllowed, 0)), Float64Array.of(0, Infinity), f);
      // f′ of the density 1/allowed.
      const limit = (1000 * Math.LN2 + Math.log(order - 1)) / (order - 1);
      expect(at(-limit - 0.1)).toBe(undefined);
      const found = at(-limit + 0.1) as Multiplier;
      expect(Math.abs(found.logDensity(0) - limit + 0.1)).toBeLessThan(1e-12 * limit);
    },
  );

  test("where there is a pole never", () => {
    for (const f of [alpha(0), alpha(0.5), divergenceOf("jensenShannon")]) {
      const law = Law.fromLogMass(Float64Array.of(-6000, 0));
      const found = solveMultiplier(law, Float64Array.of(0, Infinity), f) as Multiplier;
      expect(found.logDensity(0)).toBeCloseTo(6000, 9);
    }
  });

  test.prop([even(2, 300), fc.constantFrom(...ALL)], { numRuns: runs(50) })(
    "where all others are far behind the best answer has all mass",
    (exponent, regularizer) => {
      const f = divergenceOf(regularizer);
      const law = Law.fromMass(Float64Array.of(1, 3, 4));
      const found = solveMultiplier(law, Float64Array.of(0, 10 ** exponent, Infinity), f) as Multiplier;
      const t = found.densities(Float64Array.of(0, 10 ** exponent, Infinity));
      expect((t[0] + 3 * t[1]) / 8).toBeCloseTo(1, 13);
      expect(t[2]).toBe(0);
    },
  );
});

describe("the part of many answers", () => {
  const ramp = (size: number) => Float64Array.from({ length: size }, (_, i) => i);

  test("is every 64th, and its distances are those from its own best", () => {
    const sample = sampleOf(
      ramp(4097),
      ramp(4097).map((i) => 5000 - i),
    );
    expect(sample?.weight).toEqual(ramp(64).map((j) => 64 * j));
    expect(sample?.distance).toEqual(ramp(64).map((j) => 64 * (63 - j)));
    expect(sample?.nearest).toBe(5000 - 63 * 64);
  });

  test("is none of few, nor where none of it may have mass", () => {
    expect(sampleOf(ramp(4095), ramp(4095))).toBe(undefined);
    expect(sampleOf(ramp(4096), ramp(4096))?.weight.length).toBe(64);
    expect(sampleOf(ramp(4096), ramp(4096).fill(Infinity))).toBe(undefined);
  });
});
