import { chooseSelection, randomSource, type SelectionCandidate } from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { meanOverQueries } from "../../src/selection/choice/meanOverQueries.js";
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
