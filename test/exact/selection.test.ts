import { fc } from "@fast-check/vitest";
import { bestOfNLaw, softBestOfNLaw } from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import { describe, expect, it } from "vitest";
import { selectionCases } from "../support/autoregressive.js";

const A = exactAlgebra({ digits: 50 });

/** Equal to all the digits that the fixture gives, but for one unit in its last. */
function meets(got: ArrayLike<ReturnType<typeof A.number>>, want: readonly string[]): void {
  for (const [i, text] of want.entries()) {
    const given = A.number(0).plus(text);
    const scale = given.abs().times("1e-38");
    expect(got[i].minus(given).abs().lte(scale), `answer ${i}: ${got[i]} and ${text}`).toBe(true);
  }
}

describe("the laws of best-of-N at 50 digits meet enumeration at 80 to the 38 digits it gives", () => {
  for (const { id, mass, reward, beta, expect: expected } of selectionCases.slice(0, 12)) {
    it(id, () => {
      const ref = A.measure([...mass.keys()], mass);
      for (const [n, want] of Object.entries(expected.soft))
        meets(A.softBestOfNLaw({ ref, reward, beta }, Number(n)).mass, want);
      for (const [n, want] of Object.entries(expected.hard)) meets(A.bestOfNLaw({ ref, reward }, Number(n)).mass, want);
    });
  }
});

describe("at 40 digits the law of N draws", () => {
  const exact = exactAlgebra({ digits: 40 });
  it.each([
    [[1, 3], [0, 1], 1e-3, 2],
    [[1, 1e-12, 2], [0, 1, 0.5], 1e-3, 5],
    [[1, 3, 0], [0, 1, 7], 2, 100_000],
    [[1e-9, 1, 5], [3, 1, -Infinity], 0.7, 40],
    [[2, 3, 4], [1, 1, 1], 1, 9],
  ])("is what float64 says, for %j, %j, β = %d, N = %d", (mass, reward, beta, n) => {
    const support = [...mass.keys()];
    const got = exact.softBestOfNLaw({ ref: exact.measure(support, mass), reward, beta }, n);
    const fast = softBestOfNLaw({ ref: { ...got, support, mass: Float64Array.from(mass) } as never, reward, beta }, n);
    for (const [i, p] of fast.mass.entries()) {
      const range = Math.max(...reward) - Math.min(...reward.filter(Number.isFinite));
      expect(Math.abs(Number(got.mass[i]) - p)).toBeLessThanOrEqual(1e-15 * (8 + range / beta) * p);
    }
    const hard = exact.bestOfNLaw({ ref: exact.measure(support, mass), reward }, n);
    const fastHard = bestOfNLaw({ ref: { ...got, support, mass: Float64Array.from(mass) } as never, reward }, n);
    for (const [i, p] of fastHard.mass.entries())
      expect(Math.abs(Number(hard.mass[i]) - p)).toBeLessThanOrEqual(1e-14 * p);
  });

  it("keeps all digits of a level however rare: two draws give one of mass q ≪ 1 twice as often, less what they give worse", () => {
    // ref = (1, q, q²)/Z: 1 − (1 − q²/Z)² = (q²/Z)(2 − q²/Z) for the best answer.
    const q = exact.number(1e-100);
    const masses = [exact.number(1), q, q.times(q)];
    const ref = exact.measure([0, 1, 2], masses);
    const { mass } = exact.bestOfNLaw({ ref, reward: [0, 1, 2] }, 2);
    const [p0, p1, p2] = Array.from(exact.normalize(ref).mass);
    const [low, middle, best] = [p0.times(p0), p1.times(p0.times(2).plus(p1)), p2.times(exact.number(2).minus(p2))];
    for (const [i, want] of [low, middle, best].entries())
      expect(mass[i].div(want).minus(1).abs().lt(1e-38), `${mass[i]} and ${want}`).toBe(true);
  });

  it("keeps all digits of a level however rare and however far below the best: it is what all draws gone through give", () => {
    const few = { minLength: 1, maxLength: 3 };
    const instances = fc.record({
      logMass: fc.array(fc.oneof(fc.double({ min: -6000, max: 0, noNaN: true }), fc.constantFrom(0, -800)), few),
      reward: fc.array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1)), {
        minLength: 3,
        maxLength: 3,
      }),
      beta: fc.double({ min: -6, max: 2, noNaN: true }).map((e) => 10 ** e),
      n: fc.constantFrom(2, 3),
    });
    const law = fc.property(instances, ({ logMass, reward: given, beta, n }) => {
      const keys = [...logMass.keys()];
      const ref = exact.normalize(exact.fromLogMass(keys, logMass));
      const reward = given.slice(0, keys.length);
      const top = Math.max(...reward);
      const weights = reward.map((r) => exact.exp(exact.divide(exact.subtract(r, top), beta)));
      const [soft, hard] = [keys.map(() => exact.number(0)), keys.map(() => exact.number(0))];
      for (let code = 0; code < keys.length ** n; code++) {
        const drawn = Array.from({ length: n }, (_, k) => Math.floor(code / keys.length ** k) % keys.length);
        const p = drawn.reduce((product, i) => product.times(ref.mass[i]), exact.number(1));
        // Relative to the best of these draws, so that no weight is too small for the big numbers.
        const best = drawn.reduce((a, b) => (reward[a] >= reward[b] ? a : b));
        const odds = drawn.map((i) => weights[i].div(weights[best]));
        const sum = odds.reduce((a, b) => a.plus(b));
        const ties = drawn.filter((i) => reward[i] === reward[best]);
        for (const [k, i] of drawn.entries()) soft[i] = soft[i].plus(p.times(odds[k]).div(sum));
        for (const i of ties) hard[i] = hard[i].plus(p.div(ties.length));
      }
      const [gotSoft, gotHard] = [
        exact.softBestOfNLaw({ ref, reward, beta }, n).mass,
        exact.bestOfNLaw({ ref, reward }, n).mass,
      ];
      for (const i of keys) {
        expect(gotSoft[i].div(soft[i]).minus(1).abs().lt(1e-38), `soft ${gotSoft[i]} and ${soft[i]}`).toBe(true);
        expect(gotHard[i].div(hard[i]).minus(1).abs().lt(1e-38), `hard ${gotHard[i]} and ${hard[i]}`).toBe(true);
      }
    });
    fc.assert(law, { numRuns: 40 });
  });

  it("refuses what is no problem", () => {
    const ref = exact.measure(["a", "b"], [1, 1]);
    expect(() => exact.softBestOfNLaw({ ref, reward: [0, 1], beta: 0 }, 2)).toThrow(
      "softBestOfNLaw: beta must be positive",
    );
    expect(() => exact.softBestOfNLaw({ ref, reward: [0, 1], beta: 1 }, 1.5)).toThrow(
      "softBestOfNLaw: n must be a whole",
    );
    expect(() => exact.bestOfNLaw({ ref, reward: [-Infinity, -Infinity] }, 2)).toThrow(
      "bestOfNLaw: reward must be above",
    );
  });
});
