/** The generating functions of votes, against sums over all numbers of votes of each contender by itself. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gaussLegendre } from "../../src/numeric/gaussLegendre.js";
import { binomialCounts, type CountModel, poissonCounts } from "../../src/selection/votes/countModel.js";
import { CountSweep, ruleForTies } from "../../src/selection/votes/countSweep.js";
import { Rivals } from "../../src/selection/votes/rivals.js";
import { test } from "../support/test.js";

type Complex = readonly [re: number, im: number];
const times = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];
const plus = ([a, b]: Complex, [c, d]: Complex): Complex => [a + c, b + d];
const scaled = ([a, b]: Complex, s: number): Complex => [a * s, b * s];
const turned = (angle: number): Complex => [Math.cos(angle), Math.sin(angle)];
const power = (x: Complex, n: number): Complex => Array<Complex>(n).fill(x).reduce(times, [1, 0]);
const meets = (got: Complex, want: Complex, error: number) =>
  expect(Math.hypot(got[0] - want[0], got[1] - want[1]), `${got} for ${want}`).toBeLessThanOrEqual(error);

/** Numbers of votes of some contenders, and for each the chances of 0, 1, … votes of one answer, multiplied out. */
interface Case {
  readonly answers: readonly number[];
  readonly model: CountModel;
  readonly n: number;
  readonly logZ: number;
  readonly chances: readonly (readonly number[])[];
}

const kinds = fc.array(
  fc.record({
    answers: fc.integer({ min: 1, max: 3 }),
    rate: fc.oneof(fc.constant(1), fc.double({ min: 1e-3, max: 6, noNaN: true })),
    count: fc.integer({ min: 1, max: 9 }),
  }),
  { minLength: 1, maxLength: 4 },
);

/** Chances from what each is over the one before, the first n and all that count. */
function chancesOf(most: number, step: (i: number) => number): number[] {
  const terms = [1];
  for (let i = 0; i < most; i++) terms.push(terms[i] * step(i));
  const all = terms.reduce((s, t) => s + t, 0);
  return terms.map((t) => t / all);
}

const poisson = kinds.map((all): Case => {
  const answers = all.map((k) => k.answers);
  const sum = all.reduce((s, k) => s + k.answers * k.rate, 0);
  const n = Math.max(1, Math.round(sum));
  const share = Float64Array.from(all, (k) => k.rate / sum);
  return {
    answers,
    n,
    model: poissonCounts(answers, share, share.map(Math.log), n),
    logZ: Math.log(sum),
    chances: all.map(({ rate }) => chancesOf(100, (i) => rate / (i + 1))),
  };
});
const binomial = fc.tuple(kinds, fc.double({ min: -3, max: 3, noNaN: true })).map(([all, logZ]): Case => {
  const answers = all.map((k) => k.answers);
  const size = all.reduce((s, k) => s + k.answers * k.count, 0);
  const n = Math.max(1, Math.round(size / (1 + Math.exp(-logZ))));
  return {
    answers,
    n,
    model: binomialCounts(
      answers,
      all.map((k) => k.count),
      n,
    ),
    logZ,
    chances: all.map(({ count }) => chancesOf(count, (i) => ((count - i) / (i + 1)) * Math.exp(logZ))),
  };
});
const cases = fc.oneof(poisson, binomial);
const angles = fc.array(fc.double({ min: -3.2, max: 3.2, noNaN: true }), { minLength: 1, maxLength: 3 });

/** Σ q(i) e^{iθ} over fewer votes than `below`. */
const lost = (q: readonly number[], below: number, angle: number): Complex =>
  q.slice(0, below).reduce<Complex>((s, x, i) => plus(s, scaled(turned(angle * i), x)), [0, 0]);
const chanceOf = (q: readonly number[], votes: number) => q[votes] ?? 0;

describe("rivals that lose", () => {
  test.prop([cases, angles, fc.array(fc.nat(3), { minLength: 4, maxLength: 4 }), fc.constantFrom(0, 0.3, 1)])(
    "have the product of their functions, without each that is kept",
    ({ answers, model, logZ, chances }, at, pick, y) => {
      const kept = [...new Set(pick.map((c) => c % answers.length))];
      const rivals = new Rivals(model.at(logZ), answers, kept, at);
      const place = Int32Array.from(answers, (_, c) => kept.indexOf(c));
      // The numbers rise at each contender's own pace, and some may be tied.
      for (let m = 1; m <= 8; m++) {
        const against = (c: number) => ({ below: 1 + Math.floor((m * (c + 1)) / 2), tied: (m + c) % 3 !== 0 });
        rivals.raise(against);
        const sums = chances.map((q, c) => q.slice(0, against(c).below).reduce((s, x) => s + x, 0));
        const hazard = chances.map((q, c) => (against(c).tied ? chanceOf(q, against(c).below) / sums[c] : 0));
        const total = (of: (c: number) => number) => answers.reduce((s, k, c) => s + k * of(c), 0);
        const near = (got: number, want: number) =>
          expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThan(1e-12 * (1 + Math.abs(want)));
        near(
          rivals.logLost,
          total((c) => Math.log(sums[c])),
        );
        near(
          rivals.ties.hazard,
          total((c) => hazard[c]),
        );
        near(
          rivals.ties.logMost,
          total((c) => Math.log1p(hazard[c])),
        );
        // Who is left with less than 1e−22 for a tie is not counted.
        const tied = (least: number) => total((c) => (hazard[c] > least ? 1 : 0));
        expect(rivals.ties.answers).toBeLessThanOrEqual(tied(0));
        expect(rivals.ties.answers).toBeGreaterThanOrEqual(tied(1e-21));
        for (const c of kept) {
          near(rivals.logLostOf(c), Math.log(sums[c]));
          near(rivals.logTieOf(c), Math.log1p(hazard[c]));
        }
        const seen: number[] = [];
        rivals.without(place, y, (j, re, im) => {
          seen.push(j);
          for (const [k, angle] of at.entries()) {
            const one = (c: number): Complex => {
              const tie = scaled(turned(angle * against(c).below), y * hazard[c]);
              const all = plus(scaled(lost(chances[c], against(c).below, angle), 1 / sums[c]), tie);
              return scaled(all, 1 / (1 + hazard[c]));
            };
            const want = answers.map((size, c) => power(one(c), c === kept[j] ? size - 1 : size)).reduce(times, [1, 0]);
            meets([re[k], im[k]], want, 1e-12);
          }
        });
        expect(seen.sort((a, b) => a - b)).toEqual(kept.map((_, j) => j));
      }
    },
  );

  it("have as many votes as they may where more are past all doubles the likelier", () => {
    // e^600 is what one vote more is likelier by: fewer are nothing.
    const [logZ, count] = [600, 9];
    const counts = binomialCounts([2, 1], [count, 3], 12).at(logZ);
    const rivals = new Rivals(counts, [2, 1], [0, 1], [0.4]);
    const logChoose = (m: number) => {
      let ways = 1;
      for (let i = 0; i < m; i++) ways = (ways * (count - i)) / (i + 1);
      return Math.log(ways);
    };
    for (let m = 1; m <= count; m++) {
      rivals.raise((c) => (c === 0 ? { below: m, tied: true } : { below: 1, tied: false }));
      const most = logChoose(m - 1) + (m - 1) * logZ;
      const more = logChoose(m) + m * logZ - most;
      expect(rivals.logLostOf(0) + counts.logTotal(0)).toBeCloseTo(most, 9);
      expect(rivals.logTieOf(0)).toBeCloseTo(more, 9);
      expect(rivals.ties.logMost).toBeCloseTo(2 * more, 9);
      for (const y of [0, 0.5, 1]) {
        // One of the two is left, tied but for 1/hazard; or both.
        const tie = scaled(turned(0.4 * m), y);
        rivals.without(Int32Array.of(0, -1), y, (_, re, im) => meets([re[0], im[0]], tie, 1e-12));
        rivals.without(Int32Array.of(-1, 0), y, (_, re, im) => meets([re[0], im[0]], times(tie, tie), 1e-12));
      }
    }
    // Not tied they have one vote less than the number.
    const others = new Rivals(counts, [2, 1], [0, 1], [0.4]);
    others.raise((c) => ({ below: c === 0 ? 5 : 1, tied: false }));
    others.without(Int32Array.of(0, -1), 1, (_, re, im) => meets([re[0], im[0]], turned(0.4 * 4), 1e-12));
  });

  it("keep their turns over many votes", () => {
    const counts = binomialCounts([1, 1], [300, 2], 150).at(0);
    const rivals = new Rivals(counts, [1, 1], [1], [0.7, 3]);
    const q = chancesOf(300, (i) => (300 - i) / (i + 1));
    for (const m of [64, 127, 130, 192, 200]) {
      rivals.raise((c) => ({ below: c === 0 ? m : 1, tied: false }));
      const sum = q.slice(0, m).reduce((s, x) => s + x, 0);
      rivals.without(Int32Array.of(-1, 0), 1, (_, re, im) => {
        for (const [k, angle] of [0.7, 3].entries()) meets([re[k], im[k]], scaled(lost(q, m, angle), 1 / sum), 1e-12);
      });
    }
  });
});

/** ∫₀¹ of a polynomial in y of complex coefficients. */
const integral = (p: readonly Complex[]): Complex => p.map((x, i) => scaled(x, 1 / (i + 1))).reduce(plus, [0, 0]);
const multiplied = (a: readonly Complex[], b: readonly Complex[]): Complex[] => {
  const out: Complex[] = Array(a.length + b.length - 1).fill([0, 0]);
  for (const [i, x] of a.entries()) for (const [j, y] of b.entries()) out[i + j] = plus(out[i + j], times(x, y));
  return out;
};

/** What a number of votes of a winner is up against: whole factors and their reciprocals. */
const factors = fc.array(fc.constantFrom(1, 1, 2, 3, 1 / 2, 1 / 3, 2 / 3, 0, Infinity), { minLength: 4, maxLength: 4 });

describe("the sweep over the winner's votes", () => {
  const sweepOf = ({ answers, model, n }: Case, factor: readonly number[]) =>
    new CountSweep(
      answers.map((size) => ({ answers: size, level: 0 })),
      model,
      n,
      factor,
      factor.map(() => 1e-14),
    );
  /** The votes below which m wins, and whether with so many there is a tie, in exact thirds and halves. */
  const against = (factor: number, m: number, n: number) => {
    const sixths = Math.round(6 * factor) * m;
    // More than n votes have no part in a total of n.
    if (sixths > 6 * (n + 1)) return { below: n + 1, tied: false };
    if (sixths % 6 === 0 && sixths > 0) return { below: sixths / 6, tied: true };
    return { below: Math.floor(sixths / 6) + 1, tied: false };
  };

  test.prop([cases, factors, angles, fc.nat(3)])("adds all ways to win", (all, given, at, pick) => {
    const { answers, n, model, logZ, chances } = all;
    const winner = pick % answers.length;
    // The winner's own kind is tied with it, and so is another of the same factor.
    const factor = answers.map((_, c) => (c === winner ? 1 : given[c]));
    const winners = answers.flatMap((_, c) => (factor[c] === 1 ? [c] : []));
    const sweep = sweepOf(all, factor);
    const counts = model.at(logZ);
    const window = sweep.window(counts, winners, 1e-18);
    const got = sweep.run(counts, winners, window, at);
    const only = sweep.window(counts, winners, 1e-18, 2);
    const gotOnly = model.most(winner) >= 2 && n >= 2 ? sweep.run(counts, winners, only, at) : undefined;
    for (const [k, angle] of at.entries()) {
      for (const [i, a] of winners.entries()) {
        const ways = (m: number): Complex => {
          const rest = chances.map((q, c) => {
            const { below, tied } = against(factor[c], m, n);
            const tie = tied ? chanceOf(q, below) : 0;
            const one = [lost(q, below, angle), scaled(turned(angle * below), tie)];
            const size = c === a ? answers[c] - 1 : answers[c];
            return Array<Complex[]>(size)
              .fill(one)
              .reduce(multiplied, [[1, 0]]);
          });
          return scaled(times(turned(angle * m), integral(rest.reduce(multiplied, [[1, 0]]))), chanceOf(chances[a], m));
        };
        let want: Complex = [0, 0];
        // No winner has more votes than there are in all.
        for (let m = 1; m <= Math.min(n, model.most(a)); m++) want = plus(want, ways(m));
        const size = Math.exp(got[i].scale);
        meets([got[i].re[k] * size, got[i].im[k] * size], want, 1e-12 * size * n);
        if (gotOnly === undefined) continue;
        const own = Math.exp(gotOnly[i].scale);
        meets([gotOnly[i].re[k] * own, gotOnly[i].im[k] * own], ways(2), 1e-12 * own);
      }
    }
  });

  test.prop([
    fc.array(fc.record({ answers: fc.integer({ min: 1, max: 3 }), mass: fc.integer({ min: 1, max: 9 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.integer({ min: 200, max: 1500 }),
    fc.constantFrom(1e-5, 1e-18),
  ])("is over those numbers of votes where some winner is felt, and no others", (all, n, negligible) => {
    const answers = all.map((c) => c.answers);
    const total = all.reduce((s, c) => s + c.answers * c.mass, 0);
    const share = Float64Array.from(all, (c) => c.mass / total);
    const model = poissonCounts(answers, share, share.map(Math.log), n);
    const winners = answers.map((_, c) => c);
    const one: Case = { answers, model, n, logZ: Math.log(n), chances: [] };
    const { from, to, peak } = sweepOf(
      one,
      answers.map(() => 1),
    ).window(model.at(Math.log(n)), winners, negligible);
    // log of the chance of m votes, and that the others have as many at most.
    const logs = [...share].map((p) => {
      const [own, fewer] = [[-n * p], [-n * p]];
      for (let m = 1; m <= n; m++) {
        own.push(own[m - 1] + Math.log((n * p) / m));
        const [x, y] = [fewer[m - 1], own[m]].sort((a, b) => b - a);
        fewer.push(x + Math.log1p(Math.exp(y - x)));
      }
      return { own, fewer };
    });
    const bound = (a: number, m: number) =>
      logs[a].own[m] - logs[a].fewer[m] + logs.reduce((s, { fewer }, c) => s + answers[c] * fewer[m], 0);
    for (const a of winners) {
      const most = Math.max(...Array.from({ length: n }, (_, i) => bound(a, i + 1)));
      expect(Math.abs(peak[a] - most)).toBeLessThan(1e-8 * n);
    }
    const felt = Array.from({ length: n }, (_, i) => i + 1).filter((m) =>
      winners.some((a) => bound(a, m) > peak[a] + Math.log(negligible) + 1e-8 * n),
    );
    const nearly = Array.from({ length: n }, (_, i) => i + 1).filter((m) =>
      winners.some((a) => bound(a, m) > peak[a] + Math.log(negligible) - 1e-8 * n),
    );
    expect(from >= nearly[0] && from <= felt[0]).toBe(true);
    expect(to >= felt[felt.length - 1] && to <= nearly[nearly.length - 1]).toBe(true);
  });

  it("takes sums as tied by their slack, and no others", () => {
    const against = (factor: number, slack: number) => {
      const model = binomialCounts([1, 1], [3, 30], 12);
      const sweep = new CountSweep(
        [0, 1].map(() => ({ answers: 1, level: 0 })),
        model,
        12,
        [1, factor],
        [1e-14, slack],
      );
      // 3 and up to 9 make 12, and up to 8 do not.
      return sweep.mayWin(0, 3);
    };
    expect([
      against(3, 1e-14),
      against(3 - 1e-13, 1e-14),
      against(3 - 1e-13, 1e-12),
      against(3 + 1e-13, 1e-14),
    ]).toEqual([true, false, true, true]);
    expect([against(3 - 1e-8, 1e-12), against(0, 1e-12), against(Infinity, 0)]).toEqual([false, false, true]);
  });

  test.prop([cases, factors, fc.nat(3), fc.integer({ min: 1, max: 8 })])(
    "knows whether so many votes may win",
    (all, given, pick, m) => {
      const { answers, n, model } = all;
      const winner = pick % answers.length;
      const factor = answers.map((_, c) => (c === winner ? 1 : given[c]));
      if (m > Math.min(n, model.most(winner))) return;
      // The most votes that the others may have without one of them beating m.
      const others = answers.flatMap((size, c) => {
        const { below, tied } = against(factor[c], m, n);
        return Array<number>(c === winner ? size - 1 : size).fill(Math.min(model.most(c), tied ? below : below - 1));
      });
      const most = others.reduce((s, x) => s + x, m);
      // Whatever m, fewer votes of some of the others are possible.
      expect(sweepOf(all, factor).mayWin(winner, m)).toBe(most >= n);
    },
  );
});

describe("the rule for the share of ties", () => {
  /** How far the rule is off for e^{T(y − 1)}, relative to its integral. */
  const errorOf = (T: number, { nodes, weights }: ReturnType<typeof ruleForTies>) => {
    const sum = nodes.reduce((s, y, k) => s + weights[k] * Math.exp(T * (y - 1)), 0);
    return Math.abs((sum * T) / -Math.expm1(-T) - 1);
  };
  it.each([0.03, 0.5, 2, 7, 20, 60])(
    "has the error asked for, and few nodes to spare, at hazards of %d in all",
    (T) => {
      for (const error of [1e-3, 1e-5, 1e-9, 1e-12]) {
        const rule = ruleForTies({ answers: 1000, hazard: T }, error);
        expect(errorOf(T, rule)).toBeLessThan(error + 1e-14);
        const fewer = rule.nodes.length - 1;
        // Two nodes less are not enough, but for large hazards, whose bound is far off.
        if (fewer > 1 && T < 10) expect(errorOf(T, gaussLegendre(fewer - 1))).toBeGreaterThan(error);
      }
    },
  );
  it("is no longer than the polynomial of the ties asks for", () => {
    for (const answers of [0, 1, 2, 3, 7]) {
      const { nodes, weights } = ruleForTies({ answers, hazard: 1e6 }, 1e-18);
      expect(nodes.length).toBe(Math.max(1, Math.ceil((answers + 1) / 2)));
      const power = nodes.reduce((s, y, k) => s + weights[k] * y ** answers, 0);
      expect(power * (answers + 1)).toBeCloseTo(1, 13);
    }
    expect(ruleForTies({ answers: 9, hazard: 0 }, 1e-18).nodes.length).toBe(1);
  });
});
