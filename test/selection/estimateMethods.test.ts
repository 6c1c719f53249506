import {
  estimateBestOfN,
  estimateMetropolis,
  estimateRejectionSampling,
  expectation,
  measure,
  metropolisLaw,
  randomSource,
  rejectionSamplingLaw,
  type SelectionEstimate,
} from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deal } from "../../src/numeric/deal.js";
import { test } from "../support/test.js";

/** All samples of M of K answers, by their counts, with how many orders each has. */
function* samples(k: number, m: number): Generator<{ counts: number[]; orders: number }> {
  if (k === 1) yield { counts: [m], orders: 1 };
  else
    for (let first = 0, ways = 1; first <= m; first++) {
      for (const { counts, orders } of samples(k - 1, m - first))
        yield { counts: [first, ...counts], orders: ways * orders };
      ways = (ways * (m - first)) / (first + 1);
    }
}

/** The mean of an estimate over all samples of M from the law. */
function meanOf(mass: readonly number[], m: number, estimate: (count: number[]) => SelectionEstimate) {
  let [reward, gold] = [0, 0];
  for (const { counts, orders } of samples(mass.length, m)) {
    const chance = counts.reduce((p, c, i) => p * mass[i] ** c, orders);
    const one = estimate(counts);
    reward += chance * one.reward;
    gold += chance * (one.gold ?? Number.NaN);
  }
  return { reward, gold };
}

const value = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: -2, max: 3, noNaN: true }));
const answers = fc
  .array(fc.record({ mass: fc.double({ min: 0.05, max: 1, noNaN: true }), reward: value, gold: value }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((rows) => {
    const total = rows.reduce((s, r) => s + r.mass, 0);
    return {
      mass: rows.map((r) => r.mass / total),
      reward: rows.map((r) => r.reward),
      gold: rows.map((r) => r.gold),
    };
  });
const temperatures = fc.constantFrom(0, 1e-300, 1e-6, 0.05, 0.3, 1, 20, Infinity);
const sizes = fc.integer({ min: 1, max: 5 }).chain((m) => fc.tuple(fc.constant(m), fc.integer({ min: 1, max: m })));
const near = (got: number, want: number, tolerance = 1e-12) =>
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(tolerance);

describe("the mean of an estimate over all samples is the law's figure", () => {
  test.prop([answers, temperatures, sizes])("Metropolis", ({ mass, reward, gold }, beta, [m, n]) => {
    const ref = measure([...mass.keys()], mass);
    const law = metropolisLaw({ ref, reward, beta }, n);
    const mean = meanOf(mass, m, (count) => estimateMetropolis({ reward, gold, count, beta }, n));
    near(mean.reward, expectation(law, reward));
    near(mean.gold, expectation(law, gold));
  });

  test.prop([answers, temperatures, sizes, value])(
    "rejection at a given cap",
    ({ mass, reward, gold }, beta, [m, n], cap) => {
      const ref = measure([...mass.keys()], mass);
      const { law } = rejectionSamplingLaw({ ref, reward, beta }, n, { cap });
      const mean = meanOf(mass, m, (count) => estimateRejectionSampling({ reward, gold, count, beta, cap }, n));
      near(mean.reward, expectation(law, reward));
      near(mean.gold, expectation(law, gold));
    },
  );
});

/** All ordered draws of n of the numbers to m. */
function* orders(m: number, n: number, before: readonly number[] = []): Generator<readonly number[]> {
  if (before.length === n) yield before;
  else for (let i = 0; i < m; i++) if (!before.includes(i)) yield* orders(m, n, [...before, i]);
}

const scored = fc.array(fc.record({ reward: value, gold: value }), { minLength: 1, maxLength: 6 });

describe("the estimates are the mean over all ordered draws of n samples", () => {
  test.prop([scored, temperatures, fc.integer({ min: 1, max: 5 })])("Metropolis, step by step", (rows, beta, asked) => {
    const n = Math.min(asked, rows.length);
    const accepted = (to: number, from: number) =>
      to >= from || beta === Infinity ? 1 : beta === 0 ? 0 : Math.exp((to - from) / beta);
    let [gold, all] = [0, 0];
    for (const order of orders(rows.length, n)) {
      // The probability that each sample so far is held.
      const held = new Map([[order[0], 1]]);
      for (const next of order.slice(1)) {
        let taken = 0;
        for (const [i, p] of held) {
          const moved = p * accepted(rows[next].reward, rows[i].reward);
          taken += moved;
          held.set(i, p - moved);
        }
        held.set(next, taken);
      }
      for (const [i, p] of held) gold += p * rows[i].gold;
      all++;
    }
    const own = { reward: rows.map((r) => r.reward), gold: rows.map((r) => r.gold), beta };
    near(estimateMetropolis(own, n).gold ?? Number.NaN, gold / all, 1e-14 * 4);
  });

  test.prop([scored, temperatures, value, fc.integer({ min: 1, max: 5 })])(
    "rejection, draw by draw",
    (rows, beta, cap, asked) => {
      const n = Math.min(asked, rows.length);
      const accepted = (r: number) => (r >= cap || beta === Infinity ? 1 : beta === 0 ? 0 : Math.exp((r - cap) / beta));
      let [gold, all] = [0, 0];
      for (const order of orders(rows.length, n)) {
        let open = 1;
        for (const [k, i] of order.entries()) {
          const p = k === n - 1 ? 1 : accepted(rows[i].reward);
          gold += open * p * rows[i].gold;
          open *= 1 - p;
        }
        all++;
      }
      const own = { reward: rows.map((r) => r.reward), gold: rows.map((r) => r.gold), beta, cap };
      near(estimateRejectionSampling(own, n).gold ?? Number.NaN, gold / all, 1e-14 * 4);
    },
  );
});

describe("many samples", () => {
  const rng = randomSource("samples");
  const reward = Array.from({ length: 300 }, () => Math.floor(8 * rng()) / 8);
  const gold = reward.map((r) => Number(rng() < r));
  const levels = [...new Set(reward)];
  // Of each reward and gold one entry, with its count.
  const classes = levels.flatMap((r) => [0, 1].map((g) => ({ r, g })));
  const count = classes.map(({ r, g }) => reward.filter((x, i) => x === r && gold[i] === g).length);
  const counted = { reward: classes.map(({ r }) => r), gold: classes.map(({ g }) => g), count };

  it.each([0.05, 0.3, 2])("cost as one by their counts: β = %d", (beta) => {
    const ns = [2, 3, 10, 64, 150, 300];
    for (const [i, n] of ns.entries()) {
      for (const both of [
        [estimateMetropolis({ reward, gold, beta }, ns), estimateMetropolis({ ...counted, beta }, n)] as const,
        [
          estimateRejectionSampling({ reward, gold, beta, cap: 1 }, ns),
          estimateRejectionSampling({ ...counted, beta, cap: 1 }, n),
        ] as const,
      ]) {
        near(both[0][i].reward, both[1].reward, 1e-14);
        near(both[0][i].gold ?? Number.NaN, both[1].gold ?? Number.NaN, 1e-14);
      }
    }
  });

  it("a million samples have the law's own figures, but for some (N/M)", () => {
    const many = count.map((c) => c * 1e4);
    for (const n of [2, 16, 200]) {
      const { reward: r, gold: g, plugIn } = estimateMetropolis({ ...counted, count: many, beta: 0.2 }, n);
      near(r, plugIn.reward, 1e-4);
      near(g ?? Number.NaN, plugIn.gold ?? Number.NaN, 1e-4);
      const rejected = estimateRejectionSampling({ ...counted, count: many, beta: 0.2, cap: 1 }, n);
      near(rejected.reward, rejected.plugIn.reward, 1e-4);
    }
  });

  it("nearly as little temperature as none is best-of-n", () => {
    for (const n of [2, 5, 20])
      near(
        estimateMetropolis({ reward, gold, beta: 1e-6 }, n).reward,
        estimateBestOfN({ reward, gold }, n).reward,
        1e-14,
      );
  });

  it("more than 128 distinct rewards are dealt into parts: within each it is the mean over pairs", () => {
    const distinct = Array.from({ length: 300 }, () => rng());
    const partOf = deal(300, 2, randomSource(7));
    const at = [0, 1].map((part) => distinct.toSorted((a, b) => b - a).filter((_, i) => partOf[i] === part));
    const pairs = at.map((own) => {
      let [sum, all] = [0, 0];
      for (const first of own) {
        for (const next of own) {
          if (first === next) continue;
          const p = Math.min(1, Math.exp((next - first) / 0.3));
          sum += p * next + (1 - p) * first;
          all++;
        }
      }
      return sum / all;
    });
    const got = estimateMetropolis({ reward: distinct, beta: 0.3 }, 2, { rng: randomSource(7) });
    near(got.reward, (pairs[0] + pairs[1]) / 2, 1e-13);
    expect(estimateMetropolis({ reward: distinct, beta: 0.3 }, 2)).toEqual(
      estimateMetropolis({ reward: distinct, beta: 0.3 }, 2, { rng: randomSource(0) }),
    );
  });
});

describe("bad input", () => {
  const own = { reward: [0, 1], beta: 1, cap: 1 };
  it.each([
    [
      () => estimateRejectionSampling({ ...own, cap: Infinity }, 1),
      "estimateRejectionSampling: cap must be finite, got Infinity",
    ],
    [() => estimateRejectionSampling({ reward: [0], beta: 1 } as never, 1), "cap must be a number, got undefined"],
    [
      () => estimateRejectionSampling(own, 3),
      "estimateRejectionSampling: n must be at most 2, the number of samples, got 3",
    ],
    [() => estimateMetropolis(own, 1.5), "estimateMetropolis: n must be a whole number of at least 1, got 1.5"],
    [() => estimateMetropolis({ ...own, reward: [0, -Infinity] }, 1), "estimateMetropolis: reward[1] must be finite"],
    [() => estimateMetropolis(own, [1], { seed: 1 } as never), "estimateMetropolis: options.seed must be one of rng"],
    [() => estimateMetropolis(own, [1], { rng: 1 as never }), "estimateMetropolis: rng must be a function, got 1"],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
});
