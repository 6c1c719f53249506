/**
 * What `exptilt curve` says of samples: figures without bias, standard errors whose intervals cover the truth as often as they
 * say, and sums that do not depend on how the data were cut.
 */
import { expectation, measure, randomSource, softBestOfNLaw } from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CurveSettings } from "../../src/cli/curve/settings.js";
import { CurveTally } from "../../src/cli/curve/tally.js";
import type { Query } from "../../src/cli/input/dataset.js";
import { readingSettings } from "../../src/cli/input/reading.js";
import { cached } from "../../src/numeric/cache.js";
import { readingOf, tallyOf } from "../support/readings.js";
import { test } from "../support/test.js";

type Reading = ReturnType<typeof readingOf>;

interface Class {
  readonly count: number;
  readonly reward: number;
  readonly gold: number;
}

const queryOf = (classes: readonly Class[], cluster?: string): Query => ({
  query: "q",
  place: "f:1",
  kind: "samples",
  ref: { mass: classes.map(({ count }) => count) },
  reward: classes.map(({ reward }) => reward),
  rewards: [classes.map(({ reward }) => reward)],
  gold: classes.map(({ gold }) => gold),
  text: classes.map(() => undefined),
  features: classes.map(() => ({})),
  ...(cluster !== undefined && { cluster }),
});

const settingsOf = (
  betas: readonly number[],
  ns: readonly number[],
  more: Partial<CurveSettings> = {},
): CurveSettings => ({
  rewards: [{ name: "reward", betas }],
  ns,
  plugIn: false,
  ...more,
});

const near = (got: number, want: number, tolerance = 1e-12) =>
  expect(Math.abs(got - want)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(want)));

/** The samples of size m of k answers, as counts, each with the number of ways to draw it. */
function* allSamples(k: number, m: number, factor = 1): Generator<{ counts: number[]; ways: number }> {
  if (k === 1) yield { counts: [m], ways: factor };
  else {
    let ways = factor;
    for (let first = 0; first <= m; first++) {
      for (const rest of allSamples(k - 1, m - first, ways)) yield { counts: [first, ...rest.counts], ways: rest.ways };
      ways = (ways * (m - first)) / (first + 1);
    }
  }
}

describe("figures from samples have no bias", () => {
  const answer = fc.record({
    mass: fc.integer({ min: 1, max: 5 }),
    reward: fc.integer({ min: -2, max: 2 }),
    gold: fc.integer({ min: 0, max: 3 }),
  });
  test.prop(
    [fc.array(answer, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 5 }), fc.constantFrom(0, 0.3, 2)],
    {
      numRuns: 40,
    },
  )("their mean over all samples of a law is the law's own figure, at every N up to their number", (law, m, beta) => {
    const total = law.reduce((s, { mass }) => s + mass, 0);
    const ns = Array.from({ length: m }, (_, i) => i + 1);
    const settings = settingsOf([beta], ns);
    const means = new Float64Array(ns.length * 2);
    for (const { counts, ways } of allSamples(law.length, m)) {
      const share = counts.reduce((s, c, i) => s * (law[i].mass / total) ** c, ways);
      const classes = law.map(({ reward, gold }, i) => ({ reward, gold, count: counts[i] }));
      const { points } = tallyOf([queryOf(classes)], settings).curves[0];
      for (const [i, { cells, estimate }] of points.slice(0, -1).entries()) {
        expect(estimate).toBe("unbiased");
        means[2 * i] += share * cells.reward.mean;
        means[2 * i + 1] += share * cells.gold.mean;
      }
    }
    const ref = measure(
      law.map((_, i) => i),
      law.map(({ mass }) => mass),
    );
    const [reward, gold] = [law.map((a) => a.reward), law.map((a) => a.gold)];
    for (const [i, n] of ns.entries()) {
      const selected = softBestOfNLaw({ ref, reward, beta }, n);
      near(means[2 * i], expectation(selected, reward));
      near(means[2 * i + 1], expectation(selected, gold));
    }
  });
});

/** A population of queries: kinds with their shares, each a law of answers. */
const KINDS = [
  {
    share: 0.5,
    law: [
      [0.6, 0, 0],
      [0.3, 1, 1],
      [0.1, 2, 0],
    ],
  },
  {
    share: 0.3,
    law: [
      [0.2, 0.5, 1],
      [0.7, 1, 0],
      [0.1, 1.5, 1],
    ],
  },
  {
    share: 0.2,
    law: [
      [0.9, -1, 0],
      [0.1, 3, 1],
    ],
  },
] as const;

/** A data set of the population, its queries with so many samples each. */
function drawn(queries: number, samples: number, rng: () => number): Query[] {
  const pick = (shares: readonly number[]) => {
    let [u, place] = [rng(), 0];
    while (u >= shares[place] && place + 1 < shares.length) u -= shares[place++];
    return place;
  };
  return Array.from({ length: queries }, () => {
    const { law } = KINDS[pick(KINDS.map(({ share }) => share))];
    const counts = law.map(() => 0);
    for (let i = 0; i < samples; i++) counts[pick(law.map(([p]) => p))]++;
    return queryOf(law.map(([, reward, gold], i) => ({ count: counts[i], reward, gold })));
  });
}

function truth(beta: number, n: number, value: 1 | 2): number {
  return KINDS.reduce((sum, { share, law }) => {
    const ref = measure(
      law.map((_, i) => i),
      law.map(([p]) => p),
    );
    const reward = law.map(([, r]) => r);
    return (
      sum +
      share *
        expectation(
          softBestOfNLaw({ ref, reward, beta }, n),
          law.map((answer) => answer[value]),
        )
    );
  }, 0);
}

describe("intervals of 95 % cover the truth in 93 to 97 % of 1,000 data sets", () => {
  const [DATA_SETS, QUERIES, SAMPLES] = [1000, 100, 8];
  const settings = settingsOf([0, 0.5], [1, 4], { versus: { beta: 0, n: 4 } });
  const rng = randomSource("coverage");
  const covered = new Map<string, number>();
  // Few samples of a kind differ, and each is read once.
  const [readings, wanted] = [new Map<string, Reading>(), new Map<string, number>()];
  const read = (query: Query) => cached(readings, JSON.stringify(query), () => readingOf(query, settings));
  const want = (name: string, beta: number, n: number): number => {
    const [group, quantity] = name.includes(".") ? name.split(".") : ["", name];
    const value = quantity === "gold" ? 2 : 1;
    const less = group === "gain" ? truth(0, 1, value) : group === "versus" ? truth(0, 4, value) : 0;
    return truth(beta, n, value) - less;
  };
  it("for means, for gains over one draw and for differences from a chosen row", () => {
    for (let d = 0; d < DATA_SETS; d++) {
      for (const { points } of tallyOf(drawn(QUERIES, SAMPLES, rng), settings, read).curves)
        for (const { beta, n, cells } of points.filter((point) => point.n < Infinity))
          for (const [name, { interval, standardError }] of Object.entries(cells)) {
            if (name === "klToRef" || name === "winRate" || standardError === 0) continue;
            const [low, high] = interval;
            const key = `${name} at β = ${beta}, N = ${n}`;
            const x = cached(wanted, key, () => want(name, beta, n));
            covered.set(key, (covered.get(key) ?? 0) + Number(low <= x && x <= high));
          }
    }
    // Rewards and golds at three laws, gains at two, differences at three (of the four less the one compared with).
    expect(covered.size).toBe(2 * 4 + 2 * 2 + 2 * 3);
    for (const [key, hits] of covered)
      expect([key, hits / DATA_SETS, hits >= 930 && hits <= 970]).toEqual([key, expect.any(Number), true]);
  });
});

const classes = fc.array(
  fc.record({
    count: fc.integer({ min: 1, max: 4 }),
    reward: fc.oneof(fc.integer({ min: -2, max: 2 }), fc.double({ min: -1e3, max: 1e3, noNaN: true })),
    gold: fc.double({ min: -1, max: 1, noNaN: true }),
  }),
  { minLength: 1, maxLength: 4 },
);
const dataset = fc.array(fc.tuple(classes, fc.constantFrom("a", "b", "c")), { minLength: 2, maxLength: 12 });

describe("the sums", () => {
  const settings = settingsOf([0, 0.7], [1, 2, 6], { versus: { beta: 0, n: 2 } });

  test.prop([dataset, fc.boolean(), fc.array(fc.nat(), { minLength: 12, maxLength: 12 })], { numRuns: 60 })(
    "give the same means and standard errors to the last bit from any shards in any order, clusters or not",
    (data, clustered, deal) => {
      const queries = data.map(([all, cluster]) => queryOf(all, clustered ? cluster : undefined));
      const whole = tallyOf(queries, settings);
      const shards = [0, 1, 2].map((s) => {
        const part = tallyOf(
          queries.filter((_, i) => deal[i % deal.length] % 3 === s),
          settings,
        );
        return CurveTally.fromText(part.toText(), "shard");
      });
      const merged = new CurveTally(settings, readingSettings());
      for (const shard of shards.sort((a, b) => b.queries - a.queries)) merged.merge(shard, "shard", true);
      expect(JSON.stringify(merged.curves)).toBe(JSON.stringify(whole.curves));
      expect(merged.toText()).toBe(whole.toText());
    },
  );

  test.prop([dataset], { numRuns: 60 })(
    "are over the queries that reach an N, and differences over those that reach both rows",
    (data) => {
      const queries = data.map(([all]) => queryOf(all));
      const tally = tallyOf(queries, settings);
      const sizes = data.map(([all]) => all.reduce((s, { count }) => s + count, 0));
      for (const { beta, points } of tally.curves) {
        for (const { n, queries: reached, cells } of points) {
          if (n === Infinity) continue;
          const own = queries.filter((_, i) => sizes[i] >= n);
          expect(reached).toBe(own.length);
          const at = (query: Query, b: number, draws: number) =>
            tallyOf([query], settingsOf([b], [draws])).curves[0].points[0].cells.gold.mean;
          const [x, one] = [own.map((query) => at(query, beta, n)), own.map((query) => at(query, 0, 1))];
          const both = own.filter((query) => (query.ref as { mass: number[] }).mass.reduce((s, c) => s + c) >= 2);
          const apart = both.map((query) => at(query, beta, n) - at(query, 0, 2));
          for (const [name, values] of [
            ["gold", x],
            ["gain.gold", x.map((v, i) => v - one[i])],
            ["versus.gold", apart],
          ] as const) {
            if (values.length === 0) continue;
            const mean = values.reduce((s, v) => s + v, 0) / values.length;
            near(cells[name].mean, mean);
            if (values.length < 2) continue;
            const squares = values.reduce((s, v) => s + (v - mean) ** 2, 0);
            near(cells[name].standardError, Math.sqrt(squares / (values.length - 1) / values.length));
          }
        }
      }
    },
  );

  it("keep the standard error's digits where all figures are nearly alike, and none where squares leave the doubles", () => {
    const at = (reward: number) => queryOf([{ count: 1, reward, gold: 0 }]);
    const settings = settingsOf([0], [1]);
    const error = (rewards: readonly number[]) =>
      tallyOf(rewards.map(at), settings).curves[0].points[0].cells.reward.standardError;
    near(error([1e8, 1e8 + 2 ** -20]) * 2 ** 21, 1);
    near(error([1e100, 3e100]) / 1e100, 1);
    expect(error([1e200, 3e200])).toBeNaN();
  });
});
