/** The parts of the integral of soft best-of-N, each against what it stands for. */
import { measure } from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import { describe, expect, it } from "vitest";
import { levelAt, levelsOf, massAbove, massFrom } from "../../src/measure/levels.js";
import { lawOf } from "../../src/measure/measure.js";
import { Workspace } from "../../src/numeric/floats.js";
import { expOfSum, type Kernel, laplaceTransforms } from "../../src/selection/integral/laplaceTransform.js";
import { nodesOf } from "../../src/selection/integral/logPhi.js";
import { gridFor } from "../../src/selection/integral/trapezoid.js";
import { shortfall, type Weights, weightsAsGiven, weightsOfRewards } from "../../src/selection/integral/weights.js";
import { Windows } from "../../src/selection/integral/windows.js";
import { keptByPoisson } from "../../src/selection/ratio/kept.js";
import { softRatios } from "../../src/selection/ratio/soft.js";

const exact = exactAlgebra({ digits: 36 });
const big = (x: number) => exact.number(x);
type Big = ReturnType<typeof big>;
const near = (got: number, want: number, ulps: number) => {
  if (got === want) return;
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(
    ulps * Math.max(2 ** -52 * Math.abs(want), 2 ** -1074),
  );
};
const law = (mass: readonly number[]) => lawOf("test", "ref", measure([...mass.keys()], mass));
const levels = (mass: readonly number[], reward: readonly number[]) =>
  levelsOf("test", law(mass), Float64Array.from(reward));
const many = (n: number, f: (i: number) => number) => Array.from({ length: n }, (_, i) => f(i));

describe("the levels of a law", () => {
  // Few answers and many are sorted differently.
  it.each([5, 48, 49, 300])("of %i answers are the distinct rewards, best first, and what has each", (n) => {
    const reward = many(n, (i) =>
      i % 11 === 3 ? -Infinity : i % 4 === 0 ? -0 : i % 8 === 2 ? 0 : ((i * 37) % 13) - 5,
    );
    const mass = many(n, (i) => (i % 7 === 5 ? 0 : 1 + (i % 3)));
    const total = mass.reduce((s, m) => s + m);
    const { reward: listed, mass: p, levelOf, forbidden } = levels(mass, reward);
    const counts = (i: number) => mass[i] > 0 && reward[i] > -Infinity;
    const distinct = [...new Set(reward.filter((_, i) => counts(i)).map((r) => r + 0))].sort((a, b) => b - a);
    expect([...listed]).toEqual(distinct);
    expect([...levelOf]).toEqual(reward.map((r, i) => (counts(i) ? distinct.indexOf(r + 0) : -1)));
    const share = (keep: (i: number) => boolean) => mass.reduce((s, m, i) => s + (keep(i) ? m : 0), 0) / total;
    for (const [j, r] of distinct.entries())
      near(
        p[j],
        share((i) => reward[i] === r),
        1,
      );
    near(
      forbidden,
      share((i) => reward[i] === -Infinity),
      1,
    );
  });

  it("have masses that are rounded once, however many answers share them", () => {
    // 1 and then 512 times 2⁻⁵³·1.5: each alone is lost beside 1, or counted for more than it is.
    const mass = [1, ...many(512, () => 1.5 * 2 ** -53)];
    for (const forbidden of [false, true]) {
      const reward = [...mass.map(() => (forbidden ? -Infinity : 2)), 1];
      const got = levels([...mass, 1], reward);
      near(forbidden ? got.forbidden : got.mass[0], (1 + 768 * 2 ** -53) / (2 + 768 * 2 ** -53), 1);
    }
    const each = Float64Array.from(mass);
    near(massAbove(each)[513], 1 + 768 * 2 ** -53, 0);
    near(massFrom(each.reverse(), 0)[0], 1 + 768 * 2 ** -53, 0);
  });

  it("are above and below each other by their sums", () => {
    const mass = Float64Array.of(0.125, 0.25, 0.5);
    expect([...massAbove(mass)]).toEqual([0, 0.125, 0.375, 0.875]);
    expect([...massFrom(mass, 0.0625)]).toEqual([0.9375, 0.8125, 0.5625, 0.0625]);
  });

  it("are found by their reward", () => {
    const reward = Float64Array.of(5, 3, 3 - 2 ** -51, 0, -7);
    for (const r of [9, 5, 4, 3, 2.9, 0, -1, -7, -8]) {
      const first = reward.findIndex((x) => x <= r);
      expect(levelAt(reward, r)).toBe(first < 0 ? 5 : first);
    }
  });
});

/** Weights of every kind: whether weights are given, whether they are near, and whether some are forbidden. */
const manyWeights: [string, Weights][] = [
  ["near rewards", weightsOfRewards(levels([3, 2, 1, 4], [0.1, 0.3, 0.35, -0.2]), 1)],
  ["a range of rewards", weightsOfRewards(levels([3, 2, 1, 4, 1e-9], [3, 1, 0.5, -7, 9]), 0.7)],
  ["rewards and forbidden answers", weightsOfRewards(levels([3, 2, 1, 4], [0.1, -Infinity, 0.35, -2]), 0.5)],
  ["mostly forbidden answers", weightsOfRewards(levels([1e-3, 1e-12, 5], [0, 3, -Infinity]), 1)],
  ["weights", weightsAsGiven(levels([3, 2, 1, 4], [1, 0.25, 7, 1e-9]))],
  ["weights of all sizes", weightsAsGiven(levels([3, 2, 1, 1e-3], [1e-250, 1e250, 1e-310, 3e307]))],
  ["weights, most of them 0", weightsAsGiven(levels([1e-3, 1e-12, 5], [0.5, 3, -Infinity]))],
  ["rewards so far apart that a few nodes are left out", weightsOfRewards(levels([1e-6, 1], [0, -45.6]), 1)],
  ["rewards far apart", weightsOfRewards(levels([3, 2, 1e-5, 1e-9], [-150, 0, 80, 81]), 1)],
  [
    "many rewards",
    weightsOfRewards(
      levels(
        many(140, (i) => 1 + (i % 7)),
        many(140, (i) => ((i * 37) % 140) / 14),
      ),
      1,
    ),
  ], // prettier
];

/** The weights in many digits: as given, or e to their logarithm. */
const weightOf = ({ x, low, weight, byWeight }: Weights, i: number): Big =>
  byWeight && weight[i] > 1e-300 ? big(weight[i]) : big(x[i]).plus(low[i]).exp();
const bigWeights = (weights: Weights): Big[] => [...weights.x.keys()].map((i) => weightOf(weights, i));
const meanOf = (w: readonly Big[], mass: Float64Array) => w.reduce((s, v, i) => s.plus(v.times(mass[i])), big(0));
/** So many places of an array, from the first to the last. */
const some = (size: number, count: number) =>
  many(Math.min(size, count), (k) => Math.round((k * (size - 1)) / Math.max(1, Math.min(size, count) - 1)));

describe("weights by level", () => {
  it.each(manyWeights)("of %s has the weights, their logarithms and their mean", (_, weights) => {
    const { x, weight, mass, mean, meanLess1, logMean } = weights;
    const w = bigWeights(weights);
    const mu = meanOf(w, mass);
    for (const i of some(x.length, 8)) {
      const v = w[i];
      near(weight[i], v.toNumber(), 2);
      near(x[i] + 1, v.ln().toNumber() + 1, 2 * (1 + Math.abs(x[i])));
      const size = Math.max(Math.min(mean, Math.abs(x[i]) + Math.abs(meanLess1)), weight[i] > 1 ? weight[i] : 0);
      const want = mu.minus(v).div(mu).toNumber();
      const room = 2 ** -49 * (size / mean) + 2 ** -51 * Math.abs(want);
      expect(Math.abs(shortfall(weights, i) - want)).toBeLessThanOrEqual(room);
    }
    near(mean, mu.toNumber(), 4);
    near(logMean + 1, mu.ln().toNumber() + 1, 4 * (1 + Math.abs(logMean)));
    // Masses rounded each by half an ULP total 1 to no more than that.
    expect(Math.abs(meanLess1 - mu.minus(1).toNumber())).toBeLessThanOrEqual(2 ** -51);
  });
});

describe("the anchor of weights is the heaviest level that is not rarer than a normal double", () => {
  it("and rarer ones, however heavy, are not in the mean", () => {
    const { x, mean, meanLess1 } = weightsOfRewards(levels([1e-310, 1, 1], [1000, 0, -1]), 1);
    expect([...x]).toEqual([1000, 0, -1]);
    near(mean, (1 + Math.exp(-1)) / 2, 2);
    near(meanLess1, Math.expm1(-1) / 2, 2);
    const near1 = weightsOfRewards(levels([1e-310, 1, 1], [1000, 0, -1e-9]), 1);
    near(near1.meanLess1, Math.expm1(-1e-9) / 2, 2);
    expect([...weightsOfRewards(levels([2 ** -1022, 1], [3, 0]), 1).x]).toEqual([0, -3]);
    const given = weightsAsGiven(levels([1e-310, 1, 9], [1e300, 2, 1e-3]));
    near(given.mean, (1 + 9 * 5e-4) / 10, 2);
    near(given.weight[0], 5e299, 1);
  });
  it("and gaps of more than 10¹⁴ nats are cut, on either side of it, while near levels stay", () => {
    const { x, low } = weightsOfRewards(levels([1e-310, 1e-310, 1, 1, 1], [1e20, 3, 0, -2, -1e300]), 1);
    expect([...x]).toEqual([1e14 / 4 + 3, 3, 0, -2, -1e14 / 4 - 2]);
    expect([...low]).toEqual([0, 0, 0, 0, 0]);
    expect([...weightsOfRewards(levels([1, 1, 1], [1e14, 5, 0]), 1).x]).toEqual([0, 5 - 1e14, -1e14]);
  });
});

describe("the windows of weights", () => {
  const [all, reward] = [440, many(440, (i) => i)];
  const more: typeof manyWeights = [
    [
      "more than are kept",
      weightsOfRewards(
        levels(
          many(all, () => 1),
          reward,
        ),
        9,
      ),
    ],
  ];
  it.each([...manyWeights, ...more])("of %s: w = factor·e^{steps·step}, and e^{−tw} at each node", (_, weights) => {
    const size = weights.x.length;
    for (const grid of [gridFor(true), gridFor(false)]) {
      const { step, low, far } = grid;
      const windows = new Windows(grid, weights, Infinity, new Workspace());
      const { steps, factor, width, values } = windows;
      expect(width).toBe(far - low - 1);
      // Kept for a second reading, or made each time in the place of one.
      expect(values.length).toBe(size * width <= 8192 ? size * width : width);
      const expectAt = (i: number, from: number) => {
        for (const j of some(width, 20)) {
          const z = Math.exp((low + 1 + j) * step) * factor[i];
          near(values[from + j], Math.exp(-z), 4 + 2 * z);
        }
      };
      for (const i of some(size, 9)) {
        near(factor[i], weightOf(weights, i).div(big(steps[i]).times(step).exp()).toNumber(), 2);
        expect(factor[i]).toBeGreaterThan(1 - 1e-12);
        expect(factor[i]).toBeLessThan(Math.exp(step) + 1e-12);
        expectAt(i, windows.at(i));
      }
      for (const i of some(size, 3)) expectAt(i, windows.at(i));
    }
  });
});

describe("φ(t) = E_ref[e^{−tw}] at the nodes of weights", () => {
  it.each(manyWeights)("of %s: its logarithm, and by how much that exceeds −μt", (_, weights) => {
    const { mass, forbidden } = weights;
    const w = bigWeights(weights);
    const mu = meanOf(w, mass);
    const total = mass.reduce((s: Big, p) => s.plus(p), big(forbidden));
    for (const whole of [true, false]) {
      const grid = gridFor(whole);
      const { at, logPhi, excess } = nodesOf(new Workspace(), weights, grid, {
        least: 1,
        most: 30,
        lead: 6,
        fall: () => 0,
      });
      // Also beside the nodes that are left out.
      const beside = [...at.keys()].filter((n) => at[n + 1] - at[n] > 1).flatMap((n) => [n, n + 1]);
      for (const n of [...beside, ...some(at.length, w.length > 20 ? 4 : 30)]) {
        const t = big(at[n] * grid.step).exp();
        const phi = w.reduce((s, v, i) => s.plus(t.times(v).neg().exp().times(mass[i])), big(forbidden)).div(total);
        const want = phi.ln();
        expect(Math.abs(logPhi[n] / want.toNumber() - 1)).toBeLessThanOrEqual(1e-13);
        const over = want.plus(mu.times(t)).toNumber();
        if (excess[n] !== over)
          expect(Math.abs(excess[n] / over - 1), `${excess[n]} for ${over} at ${at[n]}`).toBeLessThanOrEqual(1e-11);
      }
    }
  });
});

describe("a Laplace transform on the nodes of weights", () => {
  it.each(manyWeights)("of %s: of 1, φ, φ² and φ − e^{−μt} in closed form", (_, weights) => {
    const { mass, forbidden } = weights;
    if (mass.length > 20) return;
    const w = bigWeights(weights);
    const mu = meanOf(w, mass);
    const law = [...w.map((v, i) => [v, big(mass[i])] as const), [big(0), big(forbidden)] as const];
    const phi = (a: Big) => law.reduce((s, [v, p]) => s.plus(p.div(a.plus(v))), big(0));
    const square = (a: Big) => law.reduce((s, [v, p]) => s.plus(p.times(phi(a.plus(v)))), big(0));
    for (const whole of [true, false]) {
      const grid = gridFor(whole);
      const nodes = nodesOf(new Workspace(), weights, grid, { least: 1, most: 2, lead: 6, fall: () => 0 });
      const { at, logPhi, excess } = nodes;
      const kernels: [Kernel, (a: Big) => Big][] = [
        [{ logF: at.map(() => 0), order: 0 }, (a) => big(1).div(a)],
        [{ logF: logPhi, order: 0 }, phi],
        [{ logF: logPhi.map((l) => 2 * l), order: 0 }, square],
        [
          { logF: logPhi.map((l, n) => l + Math.log(-Math.expm1(-excess[n]))), order: 2 },
          (a) => phi(a).minus(big(1).div(a.plus(mu))),
        ],
      ];
      const transforms = laplaceTransforms(
        nodes,
        kernels.map(([kernel]) => kernel),
      );
      for (const [k, [, want]] of kernels.entries()) {
        const { value, whole: scale, part } = transforms[k];
        for (const [i, v] of w.entries()) {
          const got = Math.log(value[i]) + scale[i] + part[i];
          const l = want(v).ln().toNumber();
          // Beside 1/(w + μ), which is what the integral of φ − e^{−μt} is added to.
          const beside = Math.exp(-v.plus(mu).ln().toNumber() - l);
          expect(Math.abs(got - l)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(scale[i])) + 1e-15 * beside);
        }
      }
    }
  });

  it("of a power of φ ends where nothing is left of it, on both grids and by both ways to φ", () => {
    const of = (p: number, gap: number, forbidden: number) =>
      weightsOfRewards(levels([p, 1 - p, forbidden], [0, -gap, -Infinity]), 1);
    for (const [p, gap, forbidden, power] of [
      [0.5, 0.5, 0, 63],
      [0.5, 2, 0, 63],
      [1e-3, 5, 0, 400],
      [0.9, 30, 0, 2],
      [0.9, 80, 0, 200],
      [0.3, 6, 0.2, 100],
    ]) {
      const weights = of(p, gap, forbidden);
      const [w1, w2] = bigWeights(weights);
      const [p1, p2, p0] = [...weights.mass, weights.forbidden].map(big);
      for (const grid of [gridFor(true), gridFor(false)]) {
        const reach = { least: power, most: power, lead: 6 };
        const nodes = (fall: (phi: number, gap: number) => number) =>
          nodesOf(new Workspace(), weights, grid, { ...reach, fall });
        const all = nodes(() => 0).at.length;
        const some = nodes((phi) => -power * Math.log(phi));
        // Only few draws of answers far apart need all nodes.
        if (power > 2) expect(some.at.length).toBeLessThan(0.9 * all);
        const logF = some.logPhi.map((l) => power * l);
        const [{ value, whole, part }] = laplaceTransforms(some, [{ logF, order: 0 }]);
        for (const [i, w] of [w1, w2].entries()) {
          // The multinomial theorem, and the integral of each exponential.
          let want = big(0);
          let ofMissed = big(1);
          for (let missed = 0; missed <= power; missed++) {
            if (missed > 0)
              ofMissed = ofMissed
                .times(p0)
                .times(power + 1 - missed)
                .div(missed);
            if (missed > 0 && forbidden === 0) break;
            let term = ofMissed.times(
              p2
                .ln()
                .times(power - missed)
                .exp(),
            );
            for (let j = 0; j <= power - missed; j++) {
              if (j > 0)
                term = term
                  .times(p1)
                  .times(power - missed + 1 - j)
                  .div(big(j).times(p2));
              want = want.plus(term.div(w.plus(w1.times(j)).plus(w2.times(power - missed - j))));
            }
          }
          const got = Math.log(value[i]) + whole[i] + part[i];
          expect(Math.abs(got - want.ln().toNumber())).toBeLessThanOrEqual(2e-13);
        }
      }
    }
  });

  it("of (1 + t)^{−3/4} at small w is Γ(1/4) w^{−1/4}, over more nats than the doubles have", () => {
    // No two levels so far apart that nodes are left out between them.
    const weights = weightsOfRewards(
      levels(
        many(70, () => 1),
        many(70, (i) => -30 * i),
      ),
      1,
    );
    const nodes = nodesOf(new Workspace(), weights, gridFor(true), { least: 1, most: 2, lead: 6, fall: () => 0 });
    const log1pExp = (u: number) => (u > 40 ? u : Math.log1p(Math.exp(u)));
    const logF = nodes.at.map((m) => -0.75 * log1pExp(m / 4));
    const [{ value, whole, part }] = laplaceTransforms(nodes, [{ logF, order: 0 }]);
    for (let i = 6; i < 70; i++)
      near(Math.log(value[i]) + whole[i] + part[i], Math.log(3.625609908221908) + 7.5 * i, 8);
  });

  it("of what is 0 at the first nodes, or at all of them", () => {
    const weights = weightsOfRewards(levels([1, 2, 3], [0, -1, -5]), 1);
    const nodes = nodesOf(new Workspace(), weights, gridFor(true), { least: 1, most: 2, lead: 20, fall: () => 0 });
    const logF = nodes.at.map((m, n) => (n < 20 ? -Infinity : m / 2 - Math.exp(m / 4)));
    const [some, none] = laplaceTransforms(nodes, [
      { logF, order: 2 },
      { logF: logF.map(() => -Infinity), order: 2 },
    ]);
    for (const [i, w] of weights.weight.entries()) {
      near(some.value[i] * Math.exp(some.whole[i] + some.part[i]), 2 / (1 + w) ** 3, 1000);
      expect(none.value[i]).toBe(0);
      expect(none.whole[i]).toBe(nodes.at[0] / 4);
      expect(none.part[i]).toBe(-Number.MAX_VALUE);
    }
  });

  it("comes with e^{a + b}, whichever of the two is large", () => {
    for (const [a, b] of [
      [0.5, 0],
      [900, -500],
      [-900, 500],
      [500, -900],
      [-500, 900],
      [500.3, 1 / 3],
      [1 / 3, 500.3],
      [-500.3, 1 / 3],
      [1 / 3, -500.3],
      [450, -300],
      [1, 2],
      [-650, 640],
      [650, -640],
      [900, -1000],
      [-1000, 900],
      [599, 100],
      [-5, 800],
    ]) // prettier
      near(expOfSum(a, b), big(a).plus(big(b)).exp().toNumber(), 4);
    expect(expOfSum(0, -Infinity)).toBe(0);
    expect(expOfSum(-Infinity, 0)).toBe(0);
  });
});

describe("the ratios of soft best-of-N", () => {
  it.each(manyWeights)(
    "of %s: N w E[1/(w + Σ w_j)] over the other draws, N = 2 and 3, beside their limit",
    (_, weights) => {
      const { mass, x } = weights;
      if (mass.length > 20) return;
      const w = bigWeights(weights);
      const mu = meanOf(w, mass);
      // Where nearly all is forbidden what is not has more digits.
      const allowed = mass.reduce((s: Big, p) => s.plus(p), big(0));
      const forbidden = weights.forbidden > 0.5 ? big(1).minus(allowed) : big(weights.forbidden);
      const draws = [...w.map((v, i) => [v, big(mass[i])] as const), [big(0), forbidden] as const];
      const one = (a: Big) => draws.reduce((s, [v, p]) => s.plus(p.div(a.plus(v))), big(0));
      const two = (a: Big) => draws.reduce((s, [v, p]) => s.plus(p.times(one(a.plus(v)))), big(0));
      const within = (got: number, want: Big, error: number) => {
        const exact = want.toNumber();
        if (got !== exact) expect(Math.abs(got - exact), `${got} for ${exact}`).toBeLessThanOrEqual(error);
      };
      for (const [k, of] of softRatios(weights, [2, 3]).entries()) {
        const { ratio, logRatio, gap, logGap } = of;
        expect(of.gap).toBe(gap);
        const kept = big(1).minus(forbidden.pow(k + 2));
        for (const [i, v] of w.entries()) {
          const want = v
            .times(k + 2)
            .times((k === 0 ? one : two)(v))
            .div(kept);
          const beside = want.times(mu).div(v);
          within(ratio[i], want, 1e-14 * ratio[i]);
          within(logRatio[i], want.ln(), 1e-15 * (4 + Math.abs(x[i])));
          // Where few draws count the law is nowhere near its limit, and may still meet it at one level.
          const rounding = weights.forbidden > 0.5 ? 1e-15 : 0;
          within(gap[i], beside.minus(1), 2e-13 * Math.abs(gap[i]) + rounding);
          within(logGap[i], beside.ln(), 2e-13 * Math.abs(logGap[i]) + rounding);
        }
      }
    },
  );

  it.each(manyWeights)(
    "of %s: average to 1 under ref, forbidden draws made again, at each of several N at once",
    (_, weights) => {
      for (const ns of [
        [1.01, 1.5],
        [1.01, 50],
        [2, 1e6],
      ])
        for (const { ratio } of softRatios(weights, ns))
          expect(Math.abs(weights.mass.reduce((s, p, i) => s + p * ratio[i], 0) - 1)).toBeLessThanOrEqual(1e-12);
    },
  );

  it("of levels so near that their variance is hardly a double, or none: gaps of half the distance over N", () => {
    for (let r = 1e-165; r < 1e-158; r *= 1.7)
      for (const [k, { ratio, gap }] of softRatios(weightsOfRewards(levels([1, 1], [r, 0]), 1), [2, 3]).entries()) {
        expect([...ratio]).toEqual([1, 1]);
        near(gap[0], -r / 2 / (k + 2), 4);
        near(gap[1], r / 2 / (k + 2), 4);
      }
  });

  it("of an answer that outweighs its anchor beyond the doubles: N draws are N chances, and its limit has no room for it", () => {
    const weights = weightsOfRewards(levels([1e-310, 1, 1], [1000, 0, -1]), 1);
    for (const [k, { ratio, logRatio, gap, logGap }] of softRatios(weights, [2, 3, 50]).entries()) {
      const n = [2, 3, 50][k];
      near(ratio[0], n, 4);
      near(logRatio[0], Math.log(n), 2 ** 9);
      expect(gap[0]).toBe(-1);
      near(logGap[0], Math.log(n) - 1000 + Math.log((1 + Math.exp(-1)) / 2), 4);
    }
  });

  it("of levels that are all but never picked: of three draws, that the others are the best, or as bad", () => {
    // 3 w/(w + 2), w = e^{−800} and e^{−900}.
    const far = softRatios(weightsOfRewards(levels([1, 1e-200, 1e-250], [0, -800, -900]), 1), [3])[0].logRatio;
    near(far[1], Math.log(1.5) - 800, 4);
    near(far[2], Math.log(1.5) - 900, 4);
    // p² + 3pq + 3q² where q is the mass below, whose weights are nothing.
    const further = softRatios(weightsOfRewards(levels([1, 1e-170, 1e-175], [0, -1500, -1600]), 1), [3])[0].logRatio;
    near(further[1], -340 * Math.LN10 + Math.log1p(3e-5 + 3e-10), 4);
    near(further[2], -350 * Math.LN10, 4);
    // 4 w/(w + 3), beside p³ = 1e−900.
    const alone = softRatios(weightsOfRewards(levels([1, 1e-300], [0, -800]), 1), [4])[0].logRatio;
    near(alone[1], Math.log(4 / 3) - 800, 4);
    // Both: 3 w/(w + 2) + p².
    const both = softRatios(weightsOfRewards(levels([1, 1e-174], [0, -800]), 1), [3])[0].logRatio;
    near(both[1], Math.log(1.5) - 800 + Math.log1p(Math.exp(800 - 348 * Math.LN10) / 1.5), 4);
  });

  it("of 1 + Poisson(λ) draws: 1 − f e^{−λ(1 − f)} is kept, to its own digits and those of its logarithm", () => {
    for (const allowed of [1e-200, 1e-12, 0.3, 0.6, 1 - 2 ** -40])
      for (const rate of [0.01, 1, 90]) {
        const { kept, logKept } = keptByPoisson(levels([1 - allowed, allowed], [-Infinity, 0]), rate);
        const lost = big(1)
          .minus(big(allowed))
          .times(big(allowed).times(big(-rate)).exp());
        // 1 − lost = a + (1 − a)(1 − e^{−λa}), without cancellation.
        const want = allowed < 1e-30 ? big(allowed).times(1 + rate) : big(1).minus(lost);
        near(kept, want.toNumber(), 8);
        near(logKept, lost.toNumber() < 1e-17 ? -lost.toNumber() : want.ln().toNumber(), 16);
      }
    expect(keptByPoisson(levels([1], [0]), 3)).toEqual({ kept: 1, logKept: 0 });
  });
});
