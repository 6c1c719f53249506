import {
  bestOfNLaw,
  betaForKl,
  fromLogMass,
  klDivergence,
  limitDistance,
  measure,
  normalize,
  rlhfOptimum,
  samplesNeeded,
  selectionCurve,
  softBestOfNLaw,
} from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerOf, edgeRows, nats, pairsOf } from "../support/selectionEdges.js";
import { test } from "../support/test.js";

describe("where masses, weights and numbers of draws leave the doubles", () => {
  const rows = edgeRows();
  it.each([...new Set(rows.map(({ what }) => what))])("%s is as mpmath has it", (what) => {
    for (const row of rows.filter((r) => r.what === what)) {
      const { value, ...input } = row;
      // An input of so many nats is rounded by as many units of the result, and so are the sums of such.
      const room = 1e-14 * (8 + nats(row));
      for (const { at, got, want } of pairsOf(answerOf(row), value)) {
        if (got === want) continue;
        const off = Math.abs(got - want) - 2 * Number.MIN_VALUE;
        // A distance that cancels has some 12 digits.
        const allowed = (what === "limitDistance" ? Math.max(room, 1e-11) : room) * Math.abs(want);
        expect(off, `${at}: ${got} for ${want}: ${JSON.stringify(input)}`).toBeLessThanOrEqual(allowed);
      }
    }
  });
});

it("a subnormal mass beside others of a small total gives the law of the same masses scaled up", () => {
  const reward = [0, 1, 0.5];
  const masses = [1, 3 * 2 ** -410, 0.5];
  const [small, whole] = [2 ** -660, 1].map((unit) =>
    measure(
      ["a", "b", "c"],
      masses.map((m) => m * unit),
    ),
  );
  for (const beta of [0, 0.3]) {
    const [got, want] = [small, whole].map((ref) => softBestOfNLaw({ ref, reward, beta }, 3));
    for (const [i, p] of want.mass.entries()) expect(Math.abs(got.mass[i] - p)).toBeLessThanOrEqual(1e-13 * p);
  }
});

const logMasses = fc.oneof(
  fc.double({ min: -6000, max: 0, noNaN: true }),
  fc.double({ min: -760, max: -690, noNaN: true }),
  fc.constantFrom(0, -1, -730, -746),
  fc.constant(-Infinity),
);
const rewards = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constant(-Infinity),
);
const problems = fc
  .record({
    rows: fc.array(fc.tuple(logMasses, rewards), { minLength: 1, maxLength: 6 }),
    beta: fc.constantFrom(0, 1e-300, 1e-6, 1e-3, 0.01, 1, 1e6, Infinity),
  })
  .filter(({ rows }) => rows.some(([l, r]) => l > -Infinity && r > -Infinity))
  .map(({ rows, beta }) => ({ logMass: rows.map(([l]) => l), reward: rows.map(([, r]) => r), beta }));
const draws = fc.constantFrom(1, 2, 3, 40, 1e6, 1e15, 1e29, 1e31, 1e100, 1e300, 1.7e308);
const refOf = (logMass: readonly number[]) => fromLogMass([...logMass.keys()], logMass);

/** log Σ e^l. */
function logSum(logs: readonly number[]): number {
  const top = Math.max(...logs);
  return top + Math.log(logs.reduce((sum, l) => sum + Math.exp(l - top), 0));
}

/** log E[w_o/(w_o + Σ w)] over so many more draws, by going through them; `logs` are those of w/w_o drawn so far. */
function logShare(
  logMass: Float64Array,
  reward: readonly number[],
  beta: number,
  o: number,
  draws: number,
  logs: readonly number[],
): number {
  if (draws === 0) return -logSum(logs);
  const after = (j: number) => logShare(logMass, reward, beta, o, draws - 1, [...logs, (reward[j] - reward[o]) / beta]);
  return logSum([...logMass].map((l, j) => l + after(j)));
}

describe("of any log-masses, at any temperature and number of draws", () => {
  test.prop([problems, draws])(
    "a law is one, and its distances are those that it has",
    ({ logMass, reward, beta }, n) => {
      const problem = { ref: refOf(logMass), reward, beta };
      const law = softBestOfNLaw(problem, n);
      expect(Math.abs(law.mass.reduce((s, p) => s + p) - 1)).toBeLessThanOrEqual(1e-12);
      for (const [i, l] of law.logMass.entries()) {
        // Every answer that may be drawn and is not forbidden may be given.
        expect(l > -Infinity).toBe(logMass[i] > -Infinity && reward[i] > -Infinity);
      }
      const { totalVariation, kl, reverseKl } = limitDistance(problem, n);
      expect(totalVariation).toBeGreaterThanOrEqual(0);
      expect(totalVariation).toBeLessThanOrEqual(1);
      for (const d of [kl, reverseKl]) expect(d).toBeGreaterThanOrEqual(0);
      // Pinsker, and what KL is at least.
      expect(2 * totalVariation ** 2).toBeLessThanOrEqual(Math.min(kl, reverseKl) * (1 + 1e-9));
      if (!reward.includes(-Infinity)) expect(klDivergence(problem.ref, law)).toBeLessThan(Infinity);
      const [point] = selectionCurve({ ...problem, gold: reward.map((r) => (r === -Infinity ? 5 : r)) }, [n]);
      const allowed = reward.filter((r, i) => r > -Infinity && logMass[i] > -Infinity);
      for (const mean of [point.reward, point.gold ?? 0]) {
        expect(mean).toBeGreaterThanOrEqual(Math.min(...allowed));
        expect(mean).toBeLessThanOrEqual(Math.max(...allowed));
      }
      expect(point.klToRef).toBeGreaterThanOrEqual(0);
      expect(point.winRate).toBeGreaterThanOrEqual(0);
      expect(point.winRate).toBeLessThanOrEqual(1);
    },
  );

  test.prop([problems, draws, fc.integer({ min: -3000, max: 3000 })])(
    "a factor of all masses changes nothing",
    ({ logMass, reward, beta }, n, shift) => {
      const whole = logMass.map(Math.round);
      const [a, b] = [whole, whole.map((l) => l + shift)].map(
        (masses) => softBestOfNLaw({ ref: refOf(masses), reward, beta }, n).logMass,
      );
      expect([...b]).toEqual([...a]);
    },
  );

  // So small a β that no gap between rewards is outlived by N draws of which none is better.
  test.prop([problems, draws])("hard selection is the limit of soft selection as β → 0", ({ logMass, reward }, n) => {
    const ref = refOf(logMass);
    const levels = reward.map((r) => Math.round(r));
    const most = Math.min(n, 1e300);
    const hard = bestOfNLaw({ ref, reward: levels }, most).logMass;
    const soft = softBestOfNLaw({ ref, reward: levels, beta: 1e-307 }, most).logMass;
    for (const [i, l] of hard.entries()) {
      if (l === soft[i]) continue;
      expect(Math.abs(soft[i] - l)).toBeLessThanOrEqual(1e-12 * (100 + Math.abs(l)));
    }
  });

  const best = fc.record({
    logMass: fc.double({ min: -6, max: 0, noNaN: true }),
    reward: fc.integer({ min: -4, max: 4 }),
  });
  test.prop([
    fc.array(best, { minLength: 1, maxLength: 4 }),
    fc.double({ min: 42, max: 690, noNaN: true }),
    fc.nat(20),
  ])("as many times more draws as the best answers are rarer, and worth more, change nothing", (rows, rarer, k) => {
    const law = (s: number, beta: number) => {
      const ref = refOf([0, ...rows.map(({ logMass }) => logMass - s)]);
      const reward = [0, ...rows.map(({ reward }) => (beta === 0 ? 5 : s) + reward)];
      return softBestOfNLaw({ ref, reward, beta }, (k + 1) * Math.exp(s)).logMass;
    };
    for (const beta of [0, 1]) {
      const want = law(41, beta);
      for (const [i, l] of law(rarer, beta).entries()) {
        expect(Math.abs(l - want[i])).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(want[i])));
      }
    }
  });

  const differing = fc.record({
    logMass: fc.array(
      fc.integer({ min: -3e6, max: 0 }).map((l) => l / 1000),
      { minLength: 4, maxLength: 4 },
    ),
    reward: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }),
    scale: fc.integer({ min: -1000, max: 4000 }).map((e) => 10 ** (e / 1000)),
  });
  test.prop([differing, fc.constantFrom(2, 3)], { numRuns: 300 })(
    "the law of few draws is the sum over all that can be drawn",
    ({ logMass, reward, scale }, n) => {
      const ref = normalize(refOf(logMass));
      const law = softBestOfNLaw({ ref, reward, beta: 1 / scale }, n).logMass;
      for (const [o, l] of law.entries()) {
        const summed = Math.log(n) + ref.logMass[o] + logShare(ref.logMass, reward, 1 / scale, o, n - 1, [0]);
        expect(Math.abs(l - summed)).toBeLessThanOrEqual(1e-12 * (100 + Math.abs(summed)));
      }
    },
  );

  test.prop([problems, fc.constantFrom(0.5, 0.1, 1e-3)])(
    "samplesNeeded is the first N within the distance",
    ({ logMass, reward, beta }, totalVariation) => {
      const problem = { ref: refOf(logMass), reward, beta };
      const n = samplesNeeded(problem, { totalVariation });
      if (n > 1) {
        const before = Math.min(n, Number.MAX_SAFE_INTEGER) - (n === Infinity ? 0 : 1);
        expect(limitDistance(problem, before).totalVariation).toBeGreaterThan(totalVariation * (1 - 1e-11));
      }
      if (n < Infinity)
        expect(limitDistance(problem, n).totalVariation).toBeLessThanOrEqual(totalVariation * (1 + 1e-11));
    },
  );

  test.prop([
    fc.array(
      fc.tuple(
        fc.integer({ min: -6000 * 1024, max: 0 }).map((x) => x / 1024),
        fc.integer({ min: 0, max: 1e6 }).map((x) => x / 1e6),
      ),
      {
        minLength: 2,
        maxLength: 5,
      },
    ),
    fc.oneof(fc.double({ min: -12, max: 3, noNaN: true }), fc.double({ min: -290, max: 0, noNaN: true })),
  ])("betaForKl spends its budget", (rows, exponent) => {
    const ref = refOf(rows.map(([l]) => l));
    const reward = rows.map(([, r]) => r);
    const budget = 10 ** exponent;
    const top = Math.max(...reward);
    const most = -Math.max(...reward.map((r, i) => (r === top ? rows[i][0] : -Infinity)));
    fc.pre(new Set(reward).size === reward.length && budget < 0.9 * (most + Math.max(...rows.map(([l]) => l))));
    const beta = betaForKl({ ref, reward }, budget);
    fc.pre(beta > 0 && beta < Infinity);
    const kl = klDivergence(rlhfOptimum({ ref, reward, beta }), ref);
    // At η = 1/β nats a rounding of β moves the tilt by as many units; and the optimum of log-masses is known by their sums
    // with the tilt, rounded at the size of the larger.
    const logs = rows.map(([l]) => l);
    const sums = ((Math.max(...logs) - Math.min(...logs)) * beta) / (top - Math.min(...reward));
    fc.pre(sums < 1e3);
    expect(Math.abs(kl / budget - 1)).toBeLessThanOrEqual(1e-13 * (10 + 1 / beta) + 1e-14 * sums);
  });
});
