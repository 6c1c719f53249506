import { chooseSelection, randomSource, type SelectionCandidate } from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { studentQuantile } from "../../src/numeric/student.js";
import { crossFit } from "../../src/selection/choice/crossFit.js";
import { meanEstimate, meanOverQueries, quantile } from "../../src/selection/choice/meanOverQueries.js";
import { overoptimization } from "../../src/selection/choice/overoptimization.js";
import { test } from "../support/test.js";

const near = (got: number, want: number, size = 1) =>
  expect(Math.abs(got - want)).toBeLessThanOrEqual(1e-12 * (size + Math.abs(want)));
const average = (x: ArrayLike<number>) => Array.from(x).reduce((s, v) => s + v, 0) / x.length;

const figure = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: -3, max: 3, noNaN: true }));
const settings = fc.constantFrom(0, 0.1, 1);

/** Candidates on the same queries, the first of them one draw. */
const candidates = (most = 12): fc.Arbitrary<SelectionCandidate[]> =>
  fc.integer({ min: 2, max: most }).chain((queries) => {
    const figures = fc.array(figure, { minLength: queries, maxLength: queries });
    const one = (n: fc.Arbitrary<number>) =>
      fc.record({ beta: settings, n, reward: figures, gold: figures, klToRef: figures });
    return fc
      .tuple(one(fc.constant(1)), fc.array(one(fc.constantFrom(2, 4, 8, 16)), { maxLength: 6 }))
      .map(([first, more]) => [first, ...more]);
  });

describe("the standard error of a mean over queries", () => {
  test.prop([fc.array(figure, { minLength: 2, maxLength: 30 })])(
    "is the sample's standard deviation over √Q, the same where every query is a cluster, and √(m) more where each counts m times",
    (values) => {
      const x = Float64Array.from(values);
      const mean = average(x);
      const variance = values.reduce((s, v) => s + (v - mean) ** 2, 0) / (values.length - 1);
      const { standardError, interval, ...rest } = meanOverQueries(x);
      near(rest.mean, mean);
      near(standardError, Math.sqrt(variance / values.length));
      near((interval[0] + interval[1]) / 2, mean, 10);
      near(meanOverQueries(x, Uint32Array.from(x.keys())).standardError, standardError);
      // Three copies of each query in one cluster tell no more than one.
      const copies = Float64Array.from([...values, ...values, ...values]);
      const clusters = Uint32Array.from(copies, (_, i) => i % values.length);
      near(meanOverQueries(copies, clusters).standardError, standardError);
    },
  );

  it("of one cluster is not known", () => {
    expect(meanOverQueries(Float64Array.of(1, 2), Uint32Array.of(0, 0)).standardError).toBeNaN();
  });
});

describe("chooseSelection", () => {
  test.prop([candidates(), fc.integer({ min: 2, max: 5 }), fc.integer()])(
    "names the greatest mean gold, and reads each query at what the other parts choose",
    (all, folds, seed) => {
      const { best, cheapest, queries, by } = chooseSelection(all, { folds, rng: randomSource(seed) });
      expect([by, queries]).toEqual(["gold", all[0].reward.length]);
      const means = all.map(({ gold = [] }) => average(gold));
      near(means[best.index], Math.max(...means));
      expect([best.beta, best.n]).toEqual([all[best.index].beta, all[best.index].n]);
      near(best.reward.mean, average(all[best.index].reward));
      near(best.klToRef.mean, average(all[best.index].klToRef));
      near(best.gain.mean, best.value.mean - average(all[0].gold ?? []), 5);
      expect(cheapest.n).toBeLessThanOrEqual(best.n);
      // Dominance: no reading is above the best candidate's on any one query.
      const most = Array.from({ length: queries }, (_, i) => Math.max(...all.map(({ gold = [] }) => gold[i])));
      expect(best.value.mean).toBeLessThanOrEqual(average(most) + 1e-12);
    },
  );

  test.prop([candidates(8)])("with a part for each query leaves out one at a time", (all) => {
    const queries = all[0].reward.length;
    const { best } = chooseSelection(all, { folds: queries });
    const choice = (without: number) => {
      const mean = (c: SelectionCandidate) => average(Array.from(c.gold ?? []).filter((_, i) => i !== without));
      const most = Math.max(...all.map(mean));
      return all.filter((c) => mean(c) >= most - 1e-12).map(({ gold = [] }) => gold[without]);
    };
    // Where means tie to rounding any of the tied may be chosen.
    const choices = Array.from({ length: queries }, (_, i) => choice(i));
    expect(best.value.mean).toBeGreaterThanOrEqual(average(choices.map((g) => Math.min(...g))) - 1e-12);
    expect(best.value.mean).toBeLessThanOrEqual(average(choices.map((g) => Math.max(...g))) + 1e-12);
  });

  test.prop([candidates(), fc.double({ min: 0, max: 2, noNaN: true }), fc.constantFrom(1, 2, 5, 16)])(
    "keeps to the budgets of KL and of draws",
    (all, kl, n) => {
      const { withinKl, withinN } = chooseSelection(all, { kl, n });
      const meets = all.filter(({ klToRef }) => average(klToRef) <= kl + 1e-12);
      if (withinKl) expect(average(all[withinKl.index].klToRef)).toBeLessThanOrEqual(kl + 1e-12);
      else expect(meets.every(({ klToRef }) => average(klToRef) > kl - 1e-12)).toBe(true);
      expect(withinN?.n).toBeLessThanOrEqual(n);
      near(
        average(all[withinN?.index ?? 0].gold ?? []),
        Math.max(...all.filter((c) => c.n <= n).map(({ gold = [] }) => average(gold))),
      );
    },
  );

  test.prop([candidates(), fc.double({ min: 0.1, max: 10, noNaN: true }), fc.double({ min: -5, max: 5, noNaN: true })])(
    "does not mind the unit and the zero of gold, but for ties that rounding breaks",
    (all, unit, zero) => {
      const moved = all.map((c) => ({ ...c, gold: Array.from(c.gold ?? [], (g) => unit * g + zero) }));
      const [a, b] = [chooseSelection(all), chooseSelection(moved)];
      near(average(moved[b.best.index].gold), unit * average(all[a.best.index].gold ?? []) + zero, 100);
    },
  );

  it("is by reward where there is no gold, and says nothing of overoptimization then", () => {
    const queries = [1, 2, 3];
    const all = [1, 4].map((n) => ({ beta: 0, n, reward: queries.map((q) => q * n), klToRef: queries.map(() => n) }));
    const { by, best, overoptimized } = chooseSelection(all);
    expect([by, best.n, best.value.mean, overoptimized]).toEqual(["reward", 4, 8, []]);
  });

  it("finds where gold falls while reward rises, from the fewest draws on, and not where gold only wavers", () => {
    const rng = randomSource(1);
    const queries = Array.from({ length: 200 }, () => rng());
    const at = (n: number, drift: number) => ({
      beta: 0,
      n,
      reward: queries.map((q) => q + Math.log(n)),
      gold: queries.map((q) => q + drift + 0.2 * (rng() - 0.5)),
      klToRef: queries.map(() => Math.log(n)),
    });
    const falls = [at(1, 0), at(2, 0.1), at(4, 0.1), at(8, 0.02), at(16, -0.2)];
    const [found, ...more] = chooseSelection(falls).overoptimized;
    expect(more).toEqual([]);
    expect(found).toMatchObject({ beta: 0, n: 8, last: 16, comparisons: 10 });
    expect([2, 4]).toContain(found.than);
    expect(chooseSelection([at(1, 0), at(2, 0), at(4, 0), at(8, 0)]).overoptimized).toEqual([]);
  });

  it("keeps clusters together: copies of the queries change no figure but the number of queries", () => {
    const all = [1, 2, 4].map((n) => ({
      beta: 0,
      n,
      reward: [1, 2, 3, 4].map((q) => q * n),
      gold: [0.3, 0.1, 0.4, 0.1].map((g) => g * (n === 2 ? 2 : 1)),
      klToRef: [n, n, n, n],
    }));
    const twice = all.map((c) => ({
      ...c,
      reward: [...c.reward, ...c.reward],
      gold: [...c.gold, ...c.gold],
      klToRef: [...c.klToRef, ...c.klToRef],
    }));
    const one = chooseSelection(all, { folds: 4 });
    const two = chooseSelection(twice, { folds: 4, cluster: ["a", "b", "c", "d", "a", "b", "c", "d"] });
    expect(two.queries).toBe(8);
    near(two.best.value.mean, one.best.value.mean);
    near(two.best.gain.standardError, one.best.gain.standardError);
    expect(() => chooseSelection(all, { cluster: [1, 1, 1, 1] })).toThrow(
      /options.cluster must name at least 2 clusters/,
    );
  });
});

describe("the parts of a choice", () => {
  const float = (x: readonly number[]) => Float64Array.from(x);
  /** Σ (S − m·mean)² over the clusters, and what follows from it for the mean. */
  const errorOf = (values: readonly number[], cluster: readonly number[]) => {
    const mean = average(values);
    const names = [...new Set(cluster)];
    const sums = names.map((c) => values.reduce((s, v, i) => (cluster[i] === c ? s + v - mean : s), 0));
    const squares = sums.reduce((s, x) => s + x * x, 0);
    return Math.sqrt((squares * names.length) / (names.length - 1)) / values.length;
  };

  test.prop([fc.array(fc.tuple(figure, fc.nat(3)), { minLength: 2, maxLength: 12 })])(
    "a mean has the error of its clusters, and the interval of Student's law",
    (rows) => {
      const names = [...new Set(rows.map(([, c]) => c))];
      const cluster = rows.map(([, c]) => names.indexOf(c));
      const got = meanOverQueries(float(rows.map(([x]) => x)), Uint32Array.from(cluster));
      near(got.mean, average(rows.map(([x]) => x)));
      if (names.length === 1) {
        expect([got.standardError, ...got.interval]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
        return;
      }
      near(
        got.standardError,
        errorOf(
          rows.map(([x]) => x),
          cluster,
        ),
      );
      const half = got.standardError * studentQuantile(0.025, names.length - 1);
      near(got.interval[0], got.mean - half, half);
      near(got.interval[1], got.mean + half, half);
    },
  );
  it("a mean of infinities has no error, and one of one query or cluster none that is known", () => {
    const unknown = { standardError: Number.NaN, interval: [Number.NaN, Number.NaN] };
    expect(meanOverQueries(float([1, -Infinity]))).toEqual({ mean: -Infinity, ...unknown });
    expect(meanOverQueries(float([Infinity, -Infinity]))).toEqual({ mean: Number.NaN, ...unknown });
    expect(meanOverQueries(float([3]))).toEqual({ mean: 3, ...unknown });
    expect(meanEstimate({ clusters: 1, queries: 4, mean: 2, squares: 9 })).toEqual({ mean: 2, ...unknown });
    const two = meanEstimate({ clusters: 2, queries: 2, mean: 2, squares: 9 });
    near(two.standardError, Math.sqrt(18) / 2);
    // Kept or not, and however many were asked for since.
    const first = quantile(7, 0.025);
    for (let i = 0; i < 1100; i++) quantile(1, 0.4 + i * 1e-5);
    expect([quantile(7, 0.025), quantile(7, 0.05)]).toEqual([first, studentQuantile(0.05, 7)]);
  });

  const settingsOf = (queries: number) =>
    fc.array(
      fc.record({
        n: fc.constantFrom(1, 2, 4),
        beta: fc.constantFrom(0, 1),
        value: fc.array(fc.constantFrom(0, 1, 1, 2), { minLength: queries, maxLength: queries }),
        kl: fc.array(fc.constantFrom(0, 1), { minLength: queries, maxLength: queries }),
        up: fc.boolean(),
        method: fc.constantFrom("soft" as const, "metropolis" as const),
      }),
      { minLength: 1, maxLength: 5 },
    );
  const choices = fc.integer({ min: 3, max: 9 }).chain((queries) => {
    const places = fc.array(fc.nat(2), { minLength: queries, maxLength: queries });
    return fc.tuple(settingsOf(queries), places, places);
  });
  const asCandidate = ({
    n,
    beta,
    value,
    kl,
    up,
    method,
  }: {
    n: number;
    beta: number;
    value: number[];
    kl: number[];
    up: boolean;
    method: "soft" | "metropolis";
  }) => ({
    n,
    beta,
    method,
    value: float(value),
    reward: float(value.map(() => (up ? n : -n))),
    klToRef: float(kl),
  });

  test.prop([choices, fc.boolean(), fc.boolean()])(
    "from each part's complement is chosen the best there, or the cheapest whose shortfall is within its error",
    ([rows, fold, clusters], slack, clustered) => {
      const all = rows.map(asCandidate);
      const names = [...new Set(clusters)];
      const cluster = clusters.map((c) => names.indexOf(c));
      const got = crossFit(all, Uint32Array.from(fold), 3, slack, clustered ? Uint32Array.from(cluster) : undefined);
      const holds = (chosen: (typeof all)[number], kept: readonly number[]) => {
        const at = (x: Float64Array) => kept.map((i) => x[i]);
        if (kept.length === 0) return;
        const most = Math.max(...all.map((c) => average(at(c.value))));
        const cost = (c: (typeof all)[number]) => c.n + average(at(c.klToRef)) / 2;
        // All figures are small whole numbers: equal means are equal but for their division.
        const best = all.filter((c) => average(at(c.value)) > most - 1e-9);
        const cheapest = Math.min(...best.map(cost));
        if (!slack) {
          expect(best.includes(chosen)).toBe(true);
          near(cost(chosen), cheapest);
          return;
        }
        const top = all.find((c) => best.includes(c) && Math.abs(cost(c) - cheapest) < 1e-9) as typeof chosen;
        const near2 = (c: typeof chosen) => {
          const short = kept.map((i) => top.value[i] - c.value[i]);
          const own = clustered ? kept.map((i) => cluster[i]) : kept;
          const error = errorOf(short, own);
          return { mean: average(short), error: Number.isNaN(error) ? Infinity : error };
        };
        // Several may be as good and as cheap: then the shortfall is from any of them.
        if (best.filter((c) => Math.abs(cost(c) - cheapest) < 1e-9).length > 1) return;
        const { mean, error } = near2(chosen);
        expect(mean).toBeLessThanOrEqual(error + 1e-9);
        for (const c of all)
          if (cost(c) < cost(chosen) - 1e-9) expect(near2(c).mean).toBeGreaterThan(near2(c).error - 1e-9);
      };
      holds(
        got.named as (typeof all)[number],
        fold.map((_, i) => i),
      );
      expect(got.without.length).toBe(3);
      for (const [f, chosen] of got.without.entries())
        holds(
          chosen as (typeof all)[number],
          fold.flatMap((x, i) => (x === f ? [] : [i])),
        );
      expect([...got.value]).toEqual(fold.map((f, i) => got.without[f].value[i]));
    },
  );

  test.prop([choices])("more draws lower the gold only where every test says so", ([rows]) => {
    const all = rows.map(asCandidate);
    const mean = (x: Float64Array) => meanOverQueries(x);
    const asked: number[] = [];
    // A level of its own, so that small samples tell something.
    const critical = 0.5;
    const found = overoptimization(all, mean, (tail) => {
      asked.push(tail);
      return critical;
    });
    const groups = new Map<string, typeof all>();
    for (const c of all) groups.set(`${c.method} ${c.beta}`, [...(groups.get(`${c.method} ${c.beta}`) ?? []), c]);
    const comparisons = [...groups.values()].reduce((s, g) => s + (g.length * (g.length - 1)) / 2, 0);
    expect(asked).toEqual(comparisons === 0 ? [] : [0.05 / comparisons]);
    for (const g of groups.values()) {
      const [{ method, beta }] = g;
      const got = found.filter((o) => o.method === method && o.beta === beta);
      // Two of the same number of draws are compared too, in their order.
      const order = [...g].sort((a, b) => a.n - b.n);
      const falls = order.flatMap((to, j) =>
        order.slice(0, j).flatMap((from) => {
          const gold = meanOverQueries(to.value.map((x, i) => x - from.value[i]));
          const rises = average(to.reward.map((x, i) => x - from.reward[i])) > 0;
          return rises && gold.mean < 0 && gold.mean < -critical * gold.standardError ? [{ from, to, gold }] : [];
        }),
      );
      expect(got.length).toBe(Math.min(1, falls.length));
      if (falls.length === 0) continue;
      const [first] = falls;
      const here = falls.filter(({ to }) => to === first.to);
      const least = Math.min(...here.map(({ gold }) => gold.mean));
      expect(got[0]).toMatchObject({ n: first.to.n, last: order[order.length - 1].n, comparisons });
      near(got[0].change.mean, least);
      const from = here.filter(({ gold }) => gold.mean === least).map((h) => h.from);
      expect(from.map((c) => c.n)).toContain(got[0].than);
      const last = order[order.length - 1];
      const changes = from.map((c) => average(last.value.map((x, i) => x - c.value[i])));
      expect(Math.min(...changes.map((x) => Math.abs(x - got[0].lastChange.mean)))).toBeLessThan(1e-12);
    }
    expect(
      overoptimization(
        all.map(({ method: _, ...c }) => c),
        mean,
        () => 0,
      ).every((o) => !("method" in o)),
    ).toBe(true);
  });

  const queries = [0, 1, 0, 1];
  const one = { beta: 0, n: 1, reward: queries, klToRef: queries };
  const wrong = (x: unknown) => x as never;
  it.each<[unknown, unknown, typeof TypeError | typeof RangeError, string]>([
    [5, {}, TypeError, "chooseSelection: candidates must be an array"],
    [[], {}, RangeError, "chooseSelection: candidates must have at least one entry"],
    [[5], {}, TypeError, "chooseSelection: candidates[0] must be"],
    [[one, null], {}, TypeError, "chooseSelection: candidates[1] must be"],
    [[{ ...one, reward: [1] }], {}, RangeError, "candidates[0].reward must have at least 2 entries, one a query"],
    [[{ ...one, reward: 1 }], {}, TypeError, "candidates[0].reward must be an array"],
    [[one, { ...one, reward: [1, 2] }], {}, TypeError, "candidates[1].reward must have length 4"],
    [[{ ...one, klToRef: [1, 2, 3, Infinity] }], {}, RangeError, "candidates[0].klToRef[3] must be finite"],
    [[{ ...one, klToRef: [1] }], {}, TypeError, "candidates[0].klToRef must have length 4"],
    [[{ ...one, gold: [1, 2, Number.NaN, 0] }], {}, RangeError, "candidates[0].gold[2] must be finite"],
    [[{ ...one, gold: queries }, one], {}, TypeError, "candidates[1] must have gold as candidates[0] has it, or none"],
    [[one, { ...one, gold: queries }], {}, TypeError, "candidates[1] must have gold as candidates[0] has it, or none"],
    [[{ ...one, beta: -1 }], {}, RangeError, "candidates[0].beta must"],
    [[{ ...one, n: 0.5 }], {}, RangeError, "candidates[0].n must"],
    [[{ ...one, method: "best" }], {}, RangeError, "candidates[0].method must be one of soft"],
    [[{ ...one, n: 2 }], {}, RangeError, "chooseSelection: candidates must have one with n = 1"],
    [[one], { kl: -1 }, RangeError, "options.kl must be non-negative"],
    [[one], { n: 0 }, RangeError, "options.n must"],
    [[one], { folds: 1 }, RangeError, "options.folds must be a whole number of at least 2"],
    [[one], { fold: 2 }, TypeError, "fold"],
    [[one], { cluster: [1, 2] }, TypeError, "options.cluster must have length 4"],
    [[one], { cluster: [1, 1, 1, 1] }, RangeError, "options.cluster must name at least 2 clusters"],
    [[one], { rng: 5 }, TypeError, "rng"],
  ])("%j with %j is refused", (candidates, options, type, message) => {
    const call = () => chooseSelection(wrong(candidates), wrong(options));
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
  it("names what was given, and leaves out what was not", () => {
    const more = { ...one, n: 3, reward: [1, 2, 1, 2] };
    const plain = chooseSelection([one, more]);
    expect(Object.keys(plain)).toEqual(["by", "queries", "oneDraw", "best", "cheapest", "telling", "overoptimized"]);
    expect("method" in plain.best).toBe(false);
    expect(plain.telling).toBe(true);
    expect(plain.best.byPart).toEqual([1, 1, 1, 1]);
    near(plain.oneDraw.mean, 0.5);
    const named = chooseSelection(
      [
        { ...one, method: "vote" },
        { ...more, method: "metropolis" },
      ],
      { kl: 0.5, n: 1, folds: 2 },
    );
    expect(named.best).toMatchObject({ method: "metropolis", beta: 0, n: 3, index: 1, byPart: [1, 1] });
    expect(named.withinN).toMatchObject({ method: "vote", index: 0 });
    expect(named.withinKl).toMatchObject({ index: 1 });
    expect(chooseSelection([one], { kl: 0.25 }).withinKl).toBeUndefined();
    // Losses tell as gains do, and what does not differ tells nothing.
    expect(chooseSelection([one]).telling).toBe(false);
    const less = chooseSelection([one, { ...more, reward: [0, 1, 0, 1] }]);
    expect([less.best.index, less.telling]).toEqual([0, false]);
  });
});
