/** All fixed points of the tilt at β·sd, beside a scan of η·sd by pairs of levels around every pair's crossing. */
import { fc } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { spreadRoots } from "../../src/objective/spreadRoots.js";
import { test } from "../support/test.js";
import { even, runs } from "./witnesses.js";

interface Levels {
  readonly gap: Float64Array;
  readonly logMass: Float64Array;
}

/** Levels from the best, the worst at 2, with masses that differ by up to e^far. */
const levels = (far: number): fc.Arbitrary<Levels> =>
  fc
    .array(fc.record({ gap: even(0.05, 1.95), logMass: even(-far, 0) }), { minLength: 0, maxLength: 3 })
    .chain((inner) =>
      even(-far, 0).map((logBest) => {
        const rows = [{ gap: 0, logMass: logBest }, ...inner, { gap: 2, logMass: 0 }].sort((a, b) => a.gap - b.gap);
        return { gap: Float64Array.from(rows, (r) => r.gap), logMass: Float64Array.from(rows, (r) => r.logMass) };
      }),
    );

const logSum = (x: readonly number[]) => {
  const top = Math.max(...x);
  return top + Math.log(x.reduce((sum, l) => sum + Math.exp(l - top), 0));
};

/** log(η sd): the variance is Σ pᵢ pⱼ (gᵢ − gⱼ)² over pairs. */
function logSpread({ gap, logMass }: Levels, eta: number): number {
  const weight = Array.from(logMass, (l, j) => l - eta * gap[j]);
  const pairs = weight.flatMap((w, j) => weight.slice(0, j).map((v, i) => v + w + 2 * Math.log(gap[j] - gap[i])));
  return Math.log(eta) + logSum(pairs) / 2 - logSum(weight);
}

/** Points of η near all crossings of two levels, and even in log η. */
function scanned({ gap, logMass }: Levels): number[] {
  const points = Array.from({ length: 600 }, (_, i) => Math.exp(i / 20 - 12));
  for (let j = 0; j < gap.length; j++) {
    for (let i = 0; i < j; i++) {
      const crossing = (logMass[j] - logMass[i]) / (gap[j] - gap[i]);
      const width = 1 / (gap[j] - gap[i]);
      for (let x = -40; x <= 40; x += 0.25) points.push(crossing + x * width);
    }
  }
  return points.filter((eta) => eta > 0).sort((a, b) => a - b);
}

const distinct = ({ gap }: Levels) => gap.every((g, j) => j === 0 || g - gap[j - 1] > 0.02);

describe("spreadRoots", () => {
  for (const far of [3, 100, 30_000]) {
    test.prop([levels(far), even(-4, 3).map((x) => 10 ** x)], { numRuns: runs(60) })(
      `has every fixed point where masses differ by up to ${far} nats, and η·sd is 1/β there`,
      (given, beta) => {
        fc.pre(distinct(given));
        const { roots, highest } = spreadRoots(given, beta);
        const points = scanned(given);
        const values = points.map((eta) => logSpread(given, eta) + Math.log(beta));
        for (const { x, rises } of roots) {
          // The weights e^{−η gap} have as many roundings as η.
          expect(Math.abs(logSpread(given, x) + Math.log(beta))).toBeLessThan(1e-13 * (10 + x + far));
          const apart = 1e-4 * Math.min(x, 1);
          expect(logSpread(given, x + apart) > logSpread(given, x - apart)).toBe(rises);
        }
        // They rise and fall in turn, rise first, and end where the best level alone is left.
        expect(roots.map(({ rises }) => rises)).toEqual(roots.map((_, i) => i % 2 === 0));
        const changes = values.filter((v, i) => i > 0 && v >= 0 !== values[i - 1] >= 0).length;
        // A peak between two points of the scan may reach a little higher.
        expect(roots.length).toBeGreaterThanOrEqual(changes);
        if (values.every((v) => Math.abs(v) > 0.05)) expect(roots.length).toBe(changes);
        const most = Math.max(...values);
        expect(logSpread(given, highest) + Math.log(beta)).toBeGreaterThan(most - 1e-9 * (1 + Math.abs(most)));
      },
    );
  }

  test("two levels have two fixed points below the largest spread, and none above", () => {
    // η·sd = η·2√(pq), largest at η = 1.19968 with equal masses, where it is 0.66274.
    const even = { gap: Float64Array.of(0, 2), logMass: Float64Array.of(0, 0) };
    expect(spreadRoots(even, 1).highest).toBeCloseTo(1.1996786402577, 12);
    expect(spreadRoots(even, Infinity)).toEqual({ roots: [], highest: spreadRoots(even, 1).highest });
    expect(spreadRoots(even, 1.5).roots.length).toBe(0);
    expect(spreadRoots(even, 1.51).roots.length).toBe(2);
    expect(spreadRoots(even, 1e6).roots.map(({ rises }) => rises)).toEqual([true, false]);
  });

  test("levels of equal mass have their crossing at 0", () => {
    const flat = { gap: Float64Array.of(0, 1, 2), logMass: Float64Array.of(-7, -7, -7) };
    const { roots } = spreadRoots(flat, 3);
    expect(roots.length).toBe(2);
    for (const { x } of roots) expect(logSpread(flat, x)).toBeCloseTo(-Math.log(3), 12);
  });
});
