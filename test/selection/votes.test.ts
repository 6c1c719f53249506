import {
  bestOfMajorityLaw,
  bestOfNLaw,
  distribution,
  escort,
  estimateMajorityVote,
  fromLogMass,
  majorityVoteLaw,
  measure,
  normalize,
  powerVoteLaw,
  rlhfOptimum,
  softBestOfNLaw,
  weightedVoteLaw,
} from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialCounts, poissonCounts } from "../../src/selection/votes/countModel.js";
import { voteIntegral } from "../../src/selection/votes/voteIntegral.js";
import { voteWeights } from "../../src/selection/votes/voteWeights.js";
import reference from "../reference/votes.json" with { type: "json" };
import { add, toNumber } from "../support/fraction.js";
import { test } from "../support/test.js";
import {
  bestOfMajority,
  choose,
  countsOf,
  factorial,
  heaviest,
  logOf,
  logSum,
  type Rule,
  ZERO,
} from "../support/votes.js";

const keys = (values: ArrayLike<unknown>) => [...Array(values.length).keys()];
const near = (got: number, want: number, relative: number) => {
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(relative * Math.abs(want));
};
const within = (got: ArrayLike<number>, want: ArrayLike<number>, relative: number) => {
  for (const i of keys(want)) near(got[i], want[i], relative);
};

/** The law of the answer that a rule takes, ties drawn uniformly, given that it takes one: all counts gone through. */
function enumerated(mass: readonly number[], n: number, rule: Rule): number[] {
  let law = mass.map(() => ZERO);
  for (const counts of countsOf(
    mass.map(() => n),
    n,
  )) {
    const ways = counts.reduce((w, c, i) => (w * BigInt(mass[i]) ** BigInt(c)) / factorial(c), factorial(n) ** 2n);
    const winners = rule(counts);
    law = law.map((p, i) => (winners.includes(i) ? add(p, { top: ways, bottom: BigInt(winners.length) }) : p));
  }
  const all = law.reduce(add);
  return law.map(({ top, bottom }) => toNumber({ top: top * all.bottom, bottom: bottom * all.top }));
}

/** The same for subsets of samples. */
function enumeratedSubsets(count: readonly number[], n: number, rule: Rule): number[] {
  let law = count.map(() => ZERO);
  for (const counts of countsOf(count, n)) {
    const ways = counts.reduce((w, c, i) => w * choose(count[i], c), 1n);
    const winners = rule(counts);
    law = law.map((p, i) => (winners.includes(i) ? add(p, { top: ways, bottom: BigInt(winners.length) }) : p));
  }
  const all = choose(
    count.reduce((a, b) => a + b),
    n,
  );
  return law.map(({ top, bottom }) => toNumber({ top, bottom: bottom * all }));
}

const row = fc.record({
  mass: fc.oneof(fc.constantFrom(0, 1), fc.integer({ min: 1, max: 1000 })),
  // Weights whose sums are often tied, and 0 for a forbidden answer.
  weight: fc.oneof(fc.constantFrom(0, 1, 2), fc.integer({ min: 1, max: 6 })),
});
const rows = fc
  .array(row, { minLength: 1, maxLength: 4 })
  .filter((all) => all.some(({ mass, weight }) => mass > 0 && weight > 0));
type Rows = readonly { mass: number; weight: number }[];
const massesOf = (all: Rows) => all.map(({ mass }) => mass);
const refOf = (all: Rows) => measure(keys(all), massesOf(all));
const draws = fc.integer({ min: 1, max: 6 });
/** Rewards log w at β = 1, moved and scaled as doubles allow. */
const rewardsOf = (all: Rows, beta = 1, offset = 0) => all.map(({ weight }) => offset + beta * Math.log(weight));

describe("votes are those of all ways to share the draws, in whole numbers", () => {
  test.prop([rows, draws, fc.constantFrom(1, 0.3, 7), fc.constantFrom(0, -3, 100)])(
    "weighted, with ties of different numbers of votes",
    (all, n, beta, offset) => {
      const want = enumerated(massesOf(all), n, heaviest(all.map(({ weight }) => weight)));
      const problem = { ref: refOf(all), reward: rewardsOf(all, beta, offset), beta };
      within(weightedVoteLaw(problem, n).mass, want, 1e-14);
    },
  );

  test.prop([rows, draws])("by majority", (all, n) => {
    within(majorityVoteLaw(refOf(all), n).mass, enumerated(massesOf(all), n, heaviest(all.map(() => 1))), 1e-14);
    // At β = ∞ a reward says only whether an answer is allowed.
    const allowed = all.map(({ weight }) => Math.min(1, weight));
    const problem = { ref: refOf(all), reward: rewardsOf(all), beta: Infinity };
    within(weightedVoteLaw(problem, n).mass, enumerated(massesOf(all), n, heaviest(allowed)), 1e-14);
  });

  test.prop([rows, draws])("at β = 0 by the best reward drawn, and votes within it", (all, n) => {
    // No number of votes makes up for a factor of 10.
    const want = enumerated(massesOf(all), n, heaviest(all.map(({ weight }) => (weight === 0 ? 0 : 10 ** weight))));
    within(weightedVoteLaw({ ref: refOf(all), reward: rewardsOf(all), beta: 0 }, n).mass, want, 1e-14);
    within(weightedVoteLaw({ ref: refOf(all), reward: rewardsOf(all), beta: 1e-310 }, n).mass, want, 1e-14);
  });

  test.prop([rows, draws, fc.integer({ min: 1, max: 8 })])("best-of-majority", (all, n, tau) => {
    const rule = bestOfMajority(
      all.map((r) => r.weight),
      tau,
    );
    const got = bestOfMajorityLaw({ ref: refOf(all), reward: rewardsOf(all) }, n, tau);
    within(got.mass, enumerated(massesOf(all), n, rule), 1e-14);
  });

  test.prop([rows, draws, fc.constantFrom(0, 0.5, 1, 2, 3.5)])("power votes", (all, n, alpha) => {
    const mass = massesOf(all);
    const total = mass.reduce((a, b) => a + b);
    const law = mass.map(() => 0);
    for (const counts of countsOf(
      mass.map(() => n),
      n,
    )) {
      const chance = counts.reduce(
        (w, c, i) => (w * (mass[i] / total) ** c) / Number(factorial(c)),
        Number(factorial(n)),
      );
      const power = counts.map((c, i) => (c === 0 || all[i].weight === 0 ? 0 : (c * all[i].weight) ** alpha));
      const sum = power.reduce((a, b) => a + b);
      for (const i of keys(law)) if (sum > 0) law[i] += (chance * power[i]) / sum;
    }
    const kept = law.reduce((a, b) => a + b);
    const problem = { ref: refOf(all), reward: rewardsOf(all), beta: 1 };
    within(
      powerVoteLaw(problem, n, alpha).mass,
      law.map((p) => p / kept),
      1e-13,
    );
  });

  test.prop([rows, draws])(
    "where votes count the same, the tied answer that was drawn first has the same law",
    (all, n) => {
      const total = massesOf(all).reduce((a, b) => a + b);
      const law = all.map(() => 0);
      const walk = (drawn: readonly number[], chance: number) => {
        if (drawn.length < n) {
          for (const [i, { mass }] of all.entries()) if (mass > 0) walk([...drawn, i], (chance * mass) / total);
          return;
        }
        const winners = heaviest(all.map(() => 1))(all.map((_, i) => drawn.filter((d) => d === i).length));
        law[drawn.find((i) => winners.includes(i)) as number] += chance;
      };
      walk([], 1);
      within(majorityVoteLaw(refOf(all), n).mass, law, 1e-13);
    },
  );
});

describe("an estimate of votes", () => {
  const samples = fc
    .array(fc.record({ count: fc.integer({ min: 0, max: 4 }), weight: fc.integer({ min: 1, max: 4 }) }), {
      minLength: 1,
      maxLength: 5,
    })
    .filter((all) => all.some(({ count }) => count > 0));
  const part = fc.double({ min: 0, max: 1, noNaN: true });

  test.prop([samples, part])("is the mean over all subsets", (all, q) => {
    const count = all.map((s) => s.count);
    const size = count.reduce((a, b) => a + b);
    const n = Math.max(1, Math.round(q * size));
    const weight = all.map((s) => s.weight);
    const gold = all.map((_, i) => (i % 3) - 1);
    const reward = weight.map(Math.log);
    const want = enumeratedSubsets(count, n, heaviest(weight));
    const got = estimateMajorityVote({ count, reward, beta: 1, gold }, n);
    within(got.law, want, 1e-14);
    expect(got.gold).toBeCloseTo(
      want.reduce((s, p, i) => s + p * gold[i], 0),
      13,
    );
    within(estimateMajorityVote({ count }, n).law, enumeratedSubsets(count, n, heaviest(weight.map(() => 1))), 1e-14);
    // Rewards do not matter to a majority.
    expect(estimateMajorityVote({ count, reward }, n)).toEqual(estimateMajorityVote({ count }, n));
    within(estimateMajorityVote({ count }, [n, size, 1])[0].law, estimateMajorityVote({ count }, n).law, 1e-14);
  });

  test.prop([
    fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
    fc.integer({ min: 1, max: 5 }),
    part,
  ])("is without bias: its mean over all samples is the law", (mass, size, q) => {
    const n = Math.max(1, Math.round(q * size));
    const ref = distribution(keys(mass), mass);
    const reward = keys(mass).map((i) => (i % 2) * Math.log(2));
    const mean = mass.map(() => 0);
    for (const count of countsOf(
      mass.map(() => size),
      size,
    )) {
      const chance = count.reduce((w, c, i) => (w * ref.mass[i] ** c) / Number(factorial(c)), Number(factorial(size)));
      const { law } = estimateMajorityVote({ count, reward, beta: 1 }, n);
      for (const i of keys(mean)) mean[i] += chance * law[i];
    }
    within(mean, weightedVoteLaw({ ref, reward, beta: 1 }, n).mass, 1e-12);
  });
});

describe("laws of votes at many draws", () => {
  const contenders = fc.array(
    fc.record({
      answers: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 4 })),
      mass: fc.oneof(fc.constant(1), fc.double({ min: 1e-6, max: 1, noNaN: true })),
      level: fc.integer({ min: -1, max: 2 }),
    }),
    { minLength: 1, maxLength: 6 },
  );
  const temperature = fc.constantFrom(0, 0.2, 1, 3, Infinity);

  test.prop([contenders, fc.integer({ min: 1, max: 40 }), temperature], { numRuns: 25 })(
    "the integral meets the count, for a law and for samples",
    (all, n, beta) => {
      if (!all.some(({ level }) => level >= 0)) return;
      const reward = [2, 1, 0];
      const answers = all.map((c) => c.answers);
      const total = all.reduce((s, c) => s + c.answers * c.mass, 0);
      const support = all.flatMap((c, i) => Array<number>(c.answers).fill(i));
      const ref = measure(
        keys(support),
        support.map((i) => all[i].mass),
      );
      const law = weightedVoteLaw(
        { ref, reward: support.map((i) => (all[i].level < 0 ? -Infinity : reward[all[i].level])), beta },
        n,
      );
      const weights = voteWeights(Float64Array.from(reward), beta);
      const share = Float64Array.from(all, (c) => c.mass / total);
      const wanted = keys(all);
      const logs = voteIntegral(all, weights, poissonCounts(answers, share, share.map(Math.log), n), n, wanted);
      const lost = all.reduce((s, c) => (c.level < 0 ? s + (c.answers * c.mass) / total : s), 0) ** n;
      for (const [k, i] of support.entries()) near(Math.exp(logs[i]) / (1 - lost), law.mass[k], 3e-12);

      // Some samples of each answer, none of them forbidden.
      const drawn = all.filter((c) => c.level >= 0);
      const count = drawn.map((c) => 1 + Math.round(20 * c.mass));
      const size = drawn.reduce((s, c, i) => s + c.answers * count[i], 0);
      const m = Math.min(n, size);
      const spread = drawn.flatMap((c, i) => Array<number>(c.answers).fill(i));
      const estimate = estimateMajorityVote(
        { count: spread.map((i) => count[i]), reward: spread.map((i) => reward[drawn[i].level]), beta },
        m,
      );
      const model = binomialCounts(
        drawn.map((c) => c.answers),
        count,
        m,
      );
      const shares = voteIntegral(drawn, weights, model, m, keys(drawn));
      for (const [k, i] of spread.entries()) {
        if (estimate.law[k] < 1e-250) expect(Math.exp(shares[i])).toBeLessThan(1e-240);
        else near(Math.exp(shares[i]), estimate.law[k], 3e-12);
      }
    },
  );

  test.prop([fc.double({ min: -690, max: -0.7, noNaN: true }), fc.integer({ min: 1, max: 2000 })], { numRuns: 25 })(
    "of two answers the rarer has the tail of a binomial law, however rare",
    (logShare, n) => {
      const logRest = Math.log1p(-Math.exp(logShare));
      const terms: number[] = [];
      let ways = 1n;
      for (let m = 0; m <= n; m++) {
        if (m > 0) ways = (ways * BigInt(n - m + 1)) / BigInt(m);
        const half = 2 * m === n ? Math.log(0.5) : 0;
        if (2 * m >= n) terms.push(logOf(ways) + m * logShare + (n - m) * logRest + half);
      }
      const law = majorityVoteLaw(fromLogMass(["rare", "other"], [logShare, logRest]), n);
      // The terms are sums of numbers of up to 2,000, and so are their roundings.
      expect(Math.abs(law.logMass[0] - logSum(terms))).toBeLessThan(1e-12 + 1e-13 * Math.abs(law.logMass[0]));
    },
  );

  test.prop([
    fc.array(
      fc.record({
        logMass: fc.oneof(fc.constant(0), fc.double({ min: -6000, max: 0, noNaN: true })),
        odds: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    fc.integer({ min: 1, max: 7 }),
    fc.constantFrom(0, 1, 2),
  ])("have every logarithm, of masses that no double holds", (all, n, inverseBeta) => {
    if (!all.some(({ odds }) => odds > 0)) return;
    const weight = all.map(({ odds }) => (inverseBeta === 0 ? Math.min(1, odds) : odds ** inverseBeta));
    const reward = all.map(({ odds }) => Math.log(odds));
    const top = logSum(all.map((r) => r.logMass));
    const logs = all.map((r) => r.logMass - top);
    const parts = all.map((): number[] => []);
    for (const counts of countsOf(
      all.map(() => n),
      n,
    )) {
      const winners = heaviest(weight)(counts);
      const ways = Number(counts.reduce((w, c) => w / factorial(c), factorial(n)));
      const log = counts.reduce((s, c, i) => s + (c === 0 ? 0 : c * logs[i]), Math.log(ways / winners.length));
      for (const i of winners) parts[i].push(log);
    }
    const kept = logSum(parts.flat());
    const law = weightedVoteLaw(
      { ref: fromLogMass(keys(all), logs), reward, beta: inverseBeta === 0 ? Infinity : 1 / inverseBeta },
      n,
    );
    for (const i of keys(all)) {
      if (weight[i] === 0) expect(law.logMass[i]).toBe(-Infinity);
      else
        expect(Math.abs(law.logMass[i] - logSum(parts[i]) + kept)).toBeLessThan(
          1e-9 + 1e-13 * Math.abs(law.logMass[i]),
        );
    }
  });

  it("tend to the mode of ref, to that of π*, and power votes to an escort", () => {
    const ref = distribution(["a", "b", "c"], [5, 4, 1]);
    const reward = [0, 1, 2];
    // The mode of ref is a; e^{r/β} ref has the mode b at β = 2.
    expect(majorityVoteLaw(ref, 10_000).mass[0]).toBeGreaterThan(1 - 1e-12);
    expect(rlhfOptimum({ ref, reward, beta: 2 }).mass[1]).toBeGreaterThan(0.45);
    expect(weightedVoteLaw({ ref, reward, beta: 2 }, 10_000).mass[1]).toBeGreaterThan(1 - 1e-12);
    const tilted = escort(rlhfOptimum({ ref, reward, beta: 2 }), 1.5);
    const [far, nearer] = [40, 160].map((n) => powerVoteLaw({ ref, reward, beta: 2 }, n, 1.5).mass);
    for (const i of [0, 1, 2]) {
      near(nearer[i], tilted.mass[i], 0.03);
      expect(Math.abs(nearer[i] - tilted.mass[i])).toBeLessThan(0.3 * Math.abs(far[i] - tilted.mass[i]));
    }
    // Modes that tie share.
    const shared = majorityVoteLaw(distribution(["a", "b", "c"], [2, 2, 1]), 3000).mass;
    within(shared.subarray(0, 2), [0.5, 0.5], 1e-12);
    expect(shared[2]).toBeLessThan(1e-60);
  });

  it("are a total of 1, also by the integral", () => {
    const mass = keys(Array(100)).map((i) => 1 / (i + 1));
    const reward = keys(mass).map((i) => Math.sin(i));
    for (const law of [
      majorityVoteLaw(measure(keys(mass), mass), 1024),
      weightedVoteLaw({ ref: measure(keys(mass), mass), reward, beta: 1 }, 1024),
    ])
      near(
        law.mass.reduce((a, b) => a + b),
        1,
        1e-12,
      );
  });
});

describe("laws of votes meet other laws", () => {
  test.prop([rows, fc.integer({ min: 1, max: 30 })])("one draw and two give ref", (all, n) => {
    const ref = refOf(all);
    const plain = normalize(ref).mass;
    for (const one of [1, 2]) within(majorityVoteLaw(ref, one).mass, plain, 1e-14);
    const allowed = normalize(
      measure(
        keys(all),
        all.map(({ mass, weight }) => (weight === 0 ? 0 : mass)),
      ),
    ).mass;
    for (const beta of [0, 1, Infinity])
      within(weightedVoteLaw({ ref, reward: rewardsOf(all), beta }, 1).mass, allowed, 1e-14);
    within(
      powerVoteLaw({ ref, reward: rewardsOf(all), beta: 1 }, n, 1).mass,
      softBestOfNLaw({ ref, reward: rewardsOf(all), beta: 1 }, n).mass,
      1e-13,
    );
    expect(powerVoteLaw({ ref, reward: rewardsOf(all), beta: 1 }, n, Infinity)).toEqual(
      weightedVoteLaw({ ref, reward: rewardsOf(all), beta: 1 }, n),
    );
  });

  test.prop([
    fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 8 }),
    fc.integer({ min: 1, max: 40 }),
  ])("where no rewards tie, β = 0 is best-of-N, and so is best-of-majority at τ = 1", (reward, n) => {
    const ref = measure(
      keys(reward),
      keys(reward).map((i) => 1 + ((7 * i) % 5)),
    );
    const want = bestOfNLaw({ ref, reward }, n).mass;
    within(weightedVoteLaw({ ref, reward, beta: 0 }, n).mass, want, 1e-13);
    within(bestOfMajorityLaw({ ref, reward }, n, 1).mass, want, 1e-13);
    within(bestOfMajorityLaw({ ref, reward: reward.map(() => 0) }, n, n + 1).mass, majorityVoteLaw(ref, n).mass, 1e-13);
  });

  it("have the values of the reference", () => {
    for (const { fn, mass, count, reward, beta, n, gold, expect: want } of reference) {
      const numbers = (texts: readonly string[]) => texts.map(Number);
      if (fn === "estimateMajorityVote") {
        const weighted = reward === undefined ? {} : { reward, beta: Number(beta) };
        const got = estimateMajorityVote({ count: count as number[], gold: gold as number[], ...weighted }, n);
        within(got.law, numbers(want.law), 1e-14);
        near(got.gold as number, Number(want.gold), 1e-14);
        continue;
      }
      const ref = measure(keys(mass as number[]), mass as number[]);
      const law =
        fn === "majorityVoteLaw"
          ? majorityVoteLaw(ref, n)
          : weightedVoteLaw({ ref, reward: reward as number[], beta: Number(beta) }, n);
      within(law.mass, numbers(want.law), 1e-14);
    }
  });
});

describe("what votes do not take", () => {
  const ref = distribution(["a", "b"], [1, 2]);
  it("is named", () => {
    for (const n of [0, 1.5, -1, Number.NaN, 2 ** 19 + 1])
      expect(() => majorityVoteLaw(ref, n)).toThrow(/^majorityVoteLaw: n must be a whole number from 1 to 524288/);
    expect(() => weightedVoteLaw({ ref, reward: [0, 1], beta: 1 }, 2.5)).toThrow(/^weightedVoteLaw: n must be a whole/);
    expect(() => powerVoteLaw({ ref, reward: [0, 1], beta: 1 }, 501, 2)).toThrow(/^powerVoteLaw: n must be .* 500/);
    expect(() => powerVoteLaw({ ref, reward: [0, 1], beta: 1 }, 5, -1)).toThrow(/^powerVoteLaw: alpha must be/);
    expect(() => bestOfMajorityLaw({ ref, reward: [0, 1] }, 5, 0.5)).toThrow(/^bestOfMajorityLaw: tau must be a whole/);
    expect(() => estimateMajorityVote({ count: [1, 2], beta: 1 }, 2)).toThrow(TypeError);
    expect(() => estimateMajorityVote({ count: [1, 2], reward: [0, -Infinity], beta: 1 }, 2)).toThrow(
      /^estimateMajorityVote: reward\[1\] must be finite/,
    );
    expect(() => estimateMajorityVote({ count: [1, 2] }, [1, 4])).toThrow(
      /^estimateMajorityVote: n\[1\] must be at most 3, the number of samples/,
    );
    expect(() => estimateMajorityVote({ count: [1, 0.5] }, 1)).toThrow(/^estimateMajorityVote: count\[1\]/);
    expect(() => estimateMajorityVote({ count: [0, 0] }, 1)).toThrow(/^estimateMajorityVote: count must sum/);
  });
});
