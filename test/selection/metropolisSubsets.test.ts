/** Metropolis among samples without replacement, against its own chain. */
import { estimateMetropolis, randomSource } from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deal } from "../../src/numeric/deal.js";
import { MarkedSubsets } from "../../src/selection/samples/markedSubsets.js";
import { test } from "../support/test.js";

const near = (got: number | undefined, want: number, error = 1e-13) =>
  expect(Math.abs((got ?? Number.NaN) - want), `${got} for ${want}`).toBeLessThanOrEqual(error);

/** The probabilities of the level held after n draws without replacement, by the numbers drawn of each level. */
function chain(count: readonly number[], weight: readonly number[], n: number): number[] {
  const size = count.reduce((s, m) => s + m, 0);
  type State = { drawn: number[]; held: number; p: number };
  let states = new Map<string, State>();
  const put = (into: Map<string, State>, drawn: number[], held: number, p: number) => {
    const key = `${held} ${drawn}`;
    const known = into.get(key);
    if (known) known.p += p;
    else into.set(key, { drawn, held, p });
  };
  put(
    states,
    count.map(() => 0),
    -1,
    1,
  );
  for (let step = 0; step < n; step++) {
    const next = new Map<string, State>();
    for (const { drawn, held, p } of states.values()) {
      for (const [t, m] of count.entries()) {
        if (m === drawn[t]) continue;
        const chance = (p * (m - drawn[t])) / (size - step);
        const more = drawn.map((d, i) => (i === t ? d + 1 : d));
        const taken = held < 0 ? 1 : Math.min(1, weight[t] / weight[held]);
        if (taken > 0) put(next, more, t, chance * taken);
        if (taken < 1) put(next, more, held, chance * (1 - taken));
      }
    }
    states = next;
  }
  const out = count.map(() => 0);
  for (const { held, p } of states.values()) out[held] += p;
  return out;
}

const gaps = fc.oneof(fc.constantFrom(0.01, 1, 30, 60), fc.double({ min: 0, max: 6, noNaN: true }));

describe("what Metropolis holds of samples", () => {
  const few = fc.record({
    counts: fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 2, maxLength: 2 }),
    gap: gaps,
    p: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  test.prop([few])("of two rewards and up to a hundred and eighty draws", ({ counts, gap, p }) => {
    const size = counts[0] + counts[1];
    const n = 1 + Math.floor(p * (size - 1));
    const [best] = chain(counts, [1, Math.exp(-gap)], n);
    near(estimateMetropolis({ reward: [gap, 0], gold: [1, 0], count: counts, beta: 1 }, n).gold, best);
  });

  test.prop([
    fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), gaps), { minLength: 1, maxLength: 3 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom(1, 0.25),
  ])("of three rewards", (rows, p, beta) => {
    const below = rows.map((_, i) => rows.slice(1, i + 1).reduce((s, [, gap]) => s + gap, 0));
    const counts = rows.map(([m]) => m);
    const n = 1 + Math.floor(p * (counts.reduce((s, m) => s + m) - 1));
    const law = chain(
      counts,
      below.map((b) => Math.exp(-b)),
      n,
    );
    for (const [t] of rows.entries()) {
      const gold = rows.map((_, i) => Number(i === t));
      near(estimateMetropolis({ reward: below.map((b) => -b * beta), gold, count: counts, beta }, n).gold, law[t]);
    }
  });

  const many = (size: number) => ({
    reward: Array.from({ length: size }, (_, i) => ((i * 37) % size) / 50),
    gold: Array.from({ length: size }, (_, i) => Math.sin(i)),
  });
  it("of more than 128 rewards is the mean over parts that are dealt at random", () => {
    for (const [size, n, parts] of [
      [128, 5, 1],
      [129, 5, 1],
      [256, 3, 2],
      [384, 2, 3],
      [256, 130, 1],
    ]) {
      const { reward, gold } = many(size);
      const got = estimateMetropolis({ reward, gold, beta: 1 }, n, { rng: randomSource(7) }).gold;
      if (parts === 1) {
        // One part is all of them, whatever the order.
        near(estimateMetropolis({ reward, gold, beta: 1 }, n, { rng: randomSource(8) }).gold, got as number, 1e-15);
        continue;
      }
      const order = reward.map((_, i) => i).sort((i, j) => reward[j] - reward[i]);
      const part = deal(size, parts, randomSource(7));
      const means = Array.from({ length: parts }, (_, k) => {
        const own = order.filter((_, place) => part[place] === k);
        expect(own.length).toBe(128);
        return (
          estimateMetropolis({ reward: own.map((i) => reward[i]), gold: own.map((i) => gold[i]), beta: 1 }, n).gold ?? 0
        );
      });
      near(got, means.reduce((s, x) => s + x) / parts, 1e-14);
    }
  });
  it("deals each sample of a reward by itself", () => {
    const { reward, gold } = many(160);
    const count = reward.map((_, i) => (i < 96 ? 2 : 1));
    const got = estimateMetropolis({ reward, gold, count, beta: 1 }, 4, { rng: randomSource(3) }).gold;
    const order = reward.map((_, i) => i).sort((i, j) => reward[j] - reward[i]);
    const each = order.flatMap((i) => Array<number>(count[i]).fill(i));
    const part = deal(256, 2, randomSource(3));
    const means = [0, 1].map((k) => {
      const own = each.filter((_, place) => part[place] === k);
      return (
        estimateMetropolis({ reward: own.map((i) => reward[i]), gold: own.map((i) => gold[i]), beta: 1 }, 4).gold ?? 0
      );
    });
    near(got, (means[0] + means[1]) / 2, 1e-14);
  });
});

describe("its work is counted, since no clock tells it", () => {
  /** How often means over subsets are begun: at each node of the integrals, and for each level that is held from the first. */
  function begun(call: () => unknown): number {
    const { begin } = MarkedSubsets.prototype;
    let count = 0;
    MarkedSubsets.prototype.begin = function (samples) {
      count++;
      begin.call(this, samples);
    };
    try {
      call();
    } finally {
      MarkedSubsets.prototype.begin = begin;
    }
    return count;
  }
  // Five levels of some samples each, and a thousand that are far below them.
  const estimate = (each: number, gap: number, n: number) => {
    const reward = [0, 1, 2, 3, 4].map((i) => -i * gap);
    const count = [...reward.map(() => each), 1000];
    return () => estimateMetropolis({ reward: [...reward, -40], count, beta: 1 }, n);
  };
  // Over a level the integrand falls by at most (n − 2)(mean weight, in units of its own)(1 − e^−gap) nats. The thousand take
  // 18 nats: five pieces of nine nodes. Held from the first may be all levels but the last.
  it.each([
    [1, 0.01, 4 + (2 + 2 + 2 + 2)],
    [1, 0.1, 4 + (3 + 3 + 3 + 3)],
    [10, 0.1, 6 + (4 + 4 + 4 + 3)],
    [40, 0.3, 9 + (5 + 5 + 5 + 5)],
    [40, 1, 6 + (6 + 6 + 6 + 5)],
  ])("levels of %i samples that are %d apart take %i nodes", (each, gap, nodes) => {
    expect(begun(estimate(each, gap, 20))).toBe(nodes + 5 * 9 + 5);
  });

  it("a polynomial of small degree takes its half, and one of degree 0 a node", () => {
    expect(begun(estimate(1, 1, 2))).toBe(6 * 2 - 1);
    expect(begun(estimate(40, 1, 5))).toBeLessThanOrEqual(6 * (3 + 1) - 1);
  });

  it("levels that are never reached take none", () => {
    // All of 240 draws miss the best six of thirty levels with a probability of some 0.8^240. Each takes two pieces.
    const reward = Array.from({ length: 30 }, (_, i) => -50 * i);
    const nodes = begun(() => estimateMetropolis({ reward, count: reward.map(() => 40), beta: 1 }, 240));
    expect(nodes).toBeLessThanOrEqual(6 * (2 * 9 + 1));
  });
});
