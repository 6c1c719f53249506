/** Laws of votes of answers so rare that what they win with is no double. */
import {
  bestOfMajorityLaw,
  fromLogMass,
  klDivergence,
  majorityVoteLaw,
  measure,
  normalize,
  powerVoteLaw,
  weightedVoteLaw,
} from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { test } from "../support/test.js";
import { bestOfMajority, choose, countsOf, factorial, heaviest, logOf, logSum, type Rule } from "../support/votes.js";

const near = (got: number, want: number) => {
  if (got === want) return;
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThan(1e-11 + 1e-13 * Math.abs(want));
};
const rows = fc.array(
  fc.record({
    logMass: fc.oneof(
      fc.constant(0),
      fc.constantFrom(-130, -200, -320, -500),
      fc.double({ min: -800, max: 0, noNaN: true }),
    ),
    odds: fc.integer({ min: 0, max: 3 }),
  }),
  { minLength: 1, maxLength: 3 },
);
type Rows = readonly { logMass: number; odds: number }[];
const keys = (all: Rows) => [...all.keys()];
const refOf = (all: Rows) =>
  fromLogMass(
    keys(all),
    all.map((r) => r.logMass),
  );

/** The logarithms of the law of what a rule takes, all ways gone through; given that it takes any. */
function enumerated(all: Rows, n: number, rule: Rule): number[] {
  const total = logSum(all.map((r) => r.logMass));
  const parts = all.map((): number[] => []);
  for (const counts of countsOf(
    all.map(() => n),
    n,
  )) {
    const winners = rule(counts);
    const ways = Number(counts.reduce((w, c) => w / factorial(c), factorial(n)));
    const log = counts.reduce(
      (s, c, i) => s + (c === 0 ? 0 : c * (all[i].logMass - total)),
      Math.log(ways / winners.length),
    );
    for (const i of winners) parts[i].push(log);
  }
  const logs = parts.map((p) => (p.length === 0 ? -Infinity : logSum(p)));
  const kept = logSum(logs);
  return logs.map((l) => l - kept);
}

describe("votes of answers of any rarity", () => {
  test.prop([rows, fc.integer({ min: 1, max: 6 })])("have the logarithms of all ways", (all, n) => {
    if (!all.some(({ odds }) => odds > 0)) return;
    const reward = all.map(({ odds }) => Math.log(odds));
    const weighted = weightedVoteLaw({ ref: refOf(all), reward, beta: 1 }, n);
    for (const [i, want] of enumerated(all, n, heaviest(all.map((r) => r.odds))).entries())
      near(weighted.logMass[i], want);
    const plain = majorityVoteLaw(refOf(all), n);
    for (const [i, want] of enumerated(all, n, heaviest(all.map(() => 1))).entries()) near(plain.logMass[i], want);
  });

  test.prop([rows, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 7 })])(
    "best-of-majority too",
    (all, n, tau) => {
      if (!all.some(({ odds }) => odds > 0)) return;
      const rule = bestOfMajority(
        all.map((r) => r.odds),
        tau,
      );
      // Masses whose powers are doubles: of others the law has 0.
      const given = all.map((r) => ({ ...r, logMass: Math.max(r.logMass, -700 / n) }));
      const law = bestOfMajorityLaw({ ref: refOf(given), reward: given.map((r) => r.odds || -Infinity) }, n, tau);
      for (const [i, want] of enumerated(given, n, rule).entries()) near(law.logMass[i], want);
    },
  );

  it("of more draws than are counted have the tail of the binomial law", () => {
    for (const n of [501, 700])
      for (const p of [0.3, 0.02, 1e-5]) {
        const law = majorityVoteLaw(measure(["a", "b"], [p, 1 - p]), n);
        const terms: number[] = [];
        for (let m = Math.ceil(n / 2); m <= n; m++)
          terms.push(logOf(choose(n, m)) + m * Math.log(p) + (n - m) * Math.log1p(-p) + (2 * m === n ? -Math.LN2 : 0));
        near(law.logMass[0], logSum(terms));
      }
  });

  test.prop([
    fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 4 }),
    fc.integer({ min: 1, max: 9 }),
    fc.constantFrom(0, 0.5, 2),
  ])("have their KL to ref, also by power", (mass, n, alpha) => {
    const ref = measure([...mass.keys()], mass);
    const base = normalize(ref).mass;
    const problem = { ref, reward: mass.map((_, i) => i % 2), beta: 1 };
    for (const law of [
      powerVoteLaw(problem, n, alpha),
      weightedVoteLaw(problem, n),
      bestOfMajorityLaw(problem, n, 2),
    ]) {
      const want = law.mass.reduce((s, p, i) => s + (p === 0 ? 0 : p * Math.log(p / base[i])), 0);
      expect(Math.abs(klDivergence(law, ref) - want)).toBeLessThan(1e-12);
    }
  });
});
