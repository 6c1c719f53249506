import {
  bestOfNKlBound,
  bestOfNLaw,
  bestOfNWinRateBound,
  betaForKl,
  firstOrderExpansion,
  klDivergence,
  limitDistance,
  measure,
  rlhfOptimum,
  samplesNeeded,
  selectionCurve,
  softBestOfNBounds,
  softBestOfNLaw,
  tilt,
  uniform,
  winRate,
} from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { selectionCases } from "../support/autoregressive.js";
import { test } from "../support/test.js";

const rows = fc.array(
  fc.record({
    mass: fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 1e-9, max: 10, noNaN: true })),
    reward: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.double({ min: -1, max: 1, noNaN: true })),
    forbidden: fc.integer({ min: 0, max: 9 }).map((x) => x === 0),
  }),
  { minLength: 1, maxLength: 12 },
);
const problems = rows
  .filter((r) => r.some((x) => x.mass > 0 && !x.forbidden))
  .map((r) => ({
    ref: measure(
      r.map((_, i) => i),
      r.map((x) => x.mass),
    ),
    reward: r.map((x) => (x.forbidden ? -Infinity : x.reward)),
  }));
const betas = fc.constantFrom(0.01, 0.1, 0.5, 2, 1e4, Infinity);
const wholeDraws = fc.constantFrom(1, 2, 3, 10, 100, 1e5, 1e12);

describe("the bounds on soft best-of-N", () => {
  test.prop([problems, betas, wholeDraws])("hold for every answer", (problem, beta, n) => {
    const { lower, upper } = softBestOfNBounds({ ...problem, beta }, n);
    const { mass } = softBestOfNLaw({ ...problem, beta }, n);
    // The relative rounding of a law, 1e-15·(8 + range/β).
    const room = 1e-14 * (8 + 4 / beta);
    for (const [i, p] of mass.entries()) {
      expect(lower[i]).toBeLessThanOrEqual(p * (1 + room));
      expect(upper[i]).toBeGreaterThanOrEqual(p * (1 - room));
    }
  });

  test.prop([problems, fc.constantFrom(1e-300, 1e-6, 1e-3), fc.constantFrom(1, 2, 3, 10)])(
    "hold for answers whose weight is nothing next to the others', which are picked when no other is drawn",
    (problem, beta, n) => {
      // Rewards closer than β are no case of this.
      const reward = problem.reward.map((r) => Math.round(r * 10) / 10);
      const { lower, upper } = softBestOfNBounds({ ref: problem.ref, reward, beta }, n);
      for (const [i, p] of bestOfNLaw({ ref: problem.ref, reward }, n).mass.entries()) {
        expect(lower[i]).toBeLessThanOrEqual(p * (1 + 1e-12));
        expect(upper[i]).toBeGreaterThanOrEqual(p * (1 - 1e-12));
      }
    },
  );

  it("with forbidden answers are those of the draws that are not, each count as likely as it is", () => {
    // Of two draws, half of them forbidden: both of the others with 1/3, else one of them.
    const mass = [1, 1, 2];
    const weight = [Math.E, 1];
    const mean = (weight[0] + weight[1]) / 4;
    const variation = (weight[0] ** 2 + weight[1] ** 2) / 4 / mean ** 2 - 1;
    const { lower, upper } = softBestOfNBounds(
      { ref: measure([0, 1, 2], mass), reward: [1, 0, -Infinity], beta: 1 },
      2,
    );
    for (const [i, w] of weight.entries()) {
      const jensen = (2 * w) / (w + mean);
      const above = jensen * (1 + (variation * mean ** 2) / ((w + mean) * w));
      expect(lower[i]).toBeCloseTo((0.25 * jensen) / 0.75, 14);
      expect(upper[i]).toBeCloseTo((0.25 * Math.min(2, above)) / 0.75, 14);
    }
    expect([lower[2], upper[2]]).toEqual([0, 0]);
  });

  it("heed an answer too rare to be drawn as much as it weighs in the mean", () => {
    const without = softBestOfNBounds({ ref: measure([0, 1], [1, 3]), reward: [1, 0], beta: 1 }, 5);
    for (const best of [3, 300]) {
      const { lower, upper } = softBestOfNBounds(
        { ref: measure([0, 1, 2], [1, 3, 5e-324]), reward: [1, 0, best], beta: 1 },
        5,
      );
      for (const [i, x] of [...without.lower, ...without.upper].entries())
        expect([...lower.subarray(0, 2), ...upper.subarray(0, 2)][i]).toBeCloseTo(x, 14);
    }
    // Outweighing all others, it leaves them next to nothing of the limit, and its variance no bound but N.
    const { lower, upper } = softBestOfNBounds(
      { ref: measure([0, 1, 2], [1, 3, 5e-324]), reward: [1, 0, 1000], beta: 1 },
      5,
    );
    const logMean = 1000 - 1074 * Math.LN2 - Math.log(4);
    expect(Math.log(lower[0])).toBeCloseTo(Math.log(5 / 4 / 4) + 1 - logMean, 10);
    expect([...upper.subarray(0, 2)]).toEqual([5 / 4, 15 / 4]);
  });

  it("meet the limit as N grows, and each other as 1/N", () => {
    const problem = { ref: measure([0, 1, 2], [5, 3, 2]), reward: [0, 1, 0.3], beta: 0.5 };
    const gap = (n: number) => {
      const { lower, upper } = softBestOfNBounds(problem, n);
      return upper[1] / lower[1] - 1;
    };
    expect(gap(1e6) / gap(1e7)).toBeCloseTo(10, 3);
    const { mass } = rlhfOptimum(problem);
    expect(softBestOfNBounds(problem, 1e15).lower[1]).toBeCloseTo(mass[1], 14);
  });
});

describe("Beirami's bounds on best-of-N", () => {
  test.prop([problems, wholeDraws])("hold for KL and for the win rate", (problem, n) => {
    fc.pre(!problem.reward.includes(-Infinity));
    const law = bestOfNLaw(problem, n);
    expect(klDivergence(law, problem.ref)).toBeLessThanOrEqual(bestOfNKlBound(n) + 1e-13);
    expect(winRate(problem, law)).toBeLessThanOrEqual(bestOfNWinRateBound(n) + 1e-14);
  });

  it("are attained as ties vanish", () => {
    const size = 100_000;
    const problem = { ref: uniform(Array.from({ length: size }, (_, i) => i)), reward: (i: number) => i };
    const [{ klToRef, winRate: win }] = selectionCurve({ ...problem, beta: 0 }, [8]);
    expect(klToRef / bestOfNKlBound(8)).toBeCloseTo(1, 4);
    expect(win / bestOfNWinRateBound(8)).toBeCloseTo(1, 4);
  });
});

describe("the first-order coefficient against 80 digits", () => {
  for (const { id, mass, reward, beta, expect: expected } of selectionCases) {
    test(id, () => {
      const { coefficient } = firstOrderExpansion({ ref: measure([...mass.keys()], mass), reward, beta });
      const supported = reward.filter((_, i) => mass[i] > 0);
      const tolerance = 1e-14 * (8 + (Math.max(...supported) - Math.min(...supported)) / beta);
      for (const [i, want] of expected.firstOrder.entries()) {
        if (want === null || mass[i] === 0) continue;
        expect(Math.abs(coefficient[i] - Number(want))).toBeLessThanOrEqual(tolerance * Math.abs(Number(want)));
      }
    });
  }
});

describe("the first-order expansion", () => {
  const spread = problems.filter(
    ({ ref, reward }) => new Set(reward.filter((r, i) => ref.mass[i] > 0 && r > -Infinity)).size > 1,
  );
  test.prop([spread, fc.constantFrom(0.3, 1, 10)])("is what N(P_N/π* − 1) and N²·KL tend to", (problem, beta) => {
    const n = 1e12;
    const { coefficient, totalVariation, kl } = firstOrderExpansion({ ...problem, beta });
    const scale = Math.max(...coefficient.map(Math.abs));
    // The next term is of relative order (1 + CV²)²/N.
    fc.pre(scale < 1e3 && kl > 1e-12);
    const distance = limitDistance({ ...problem, beta }, n);
    expect(Math.abs(distance.totalVariation * n - totalVariation)).toBeLessThanOrEqual(1e-5 * totalVariation);
    expect(Math.abs(distance.kl * n * n - kl)).toBeLessThanOrEqual(1e-5 * kl);
    expect(Math.abs(distance.reverseKl * n * n - kl)).toBeLessThanOrEqual(1e-5 * kl);
    const law = softBestOfNLaw({ ...problem, beta }, 1e6);
    const optimum = rlhfOptimum({ ...problem, beta });
    for (const [i, p] of optimum.mass.entries()) {
      // The next term of the expansion, over N, and the rounding of the ratio, times N.
      const room = (10 * (1 + scale) ** 2) / 1e6 + 1e-8;
      if (p > 1e-300) expect(Math.abs((law.mass[i] / p - 1) * 1e6 - coefficient[i])).toBeLessThanOrEqual(room);
    }
  });

  test.prop([problems, betas])("has a mean of zero under the limit", (problem, beta) => {
    const { coefficient } = firstOrderExpansion({ ...problem, beta });
    const { mass } = tilt(problem.ref, problem.reward, beta);
    const scale = Math.max(1, ...coefficient.map(Math.abs));
    expect(Math.abs(mass.reduce((s, p, i) => s + p * coefficient[i], 0))).toBeLessThanOrEqual(1e-12 * scale);
  });
});

describe("the number of samples needed", () => {
  const targets = fc.constantFrom(
    { totalVariation: 0.3 },
    { totalVariation: 1e-3 },
    { totalVariation: 1e-9 },
    { kl: 0.1 },
    { kl: 1e-4 },
    { kl: 1e-12 },
  );
  test.prop([problems, fc.constantFrom(0, 0.05, 0.5, 3, Infinity), targets], { numRuns: 60 })(
    "is the first N whose distance is met",
    (problem, beta, target) => {
      const n = samplesNeeded({ ...problem, beta }, target);
      const [name, most] = Object.entries(target)[0] as ["kl" | "totalVariation", number];
      expect(limitDistance({ ...problem, beta }, n)[name]).toBeLessThanOrEqual(most);
      if (n > 1) expect(limitDistance({ ...problem, beta }, n - 1)[name]).toBeGreaterThan(most * (1 - 1e-11));
    },
  );

  it("is infinite where 2^53 draws are not enough", () => {
    const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 };
    expect(samplesNeeded(problem, { totalVariation: 1e-20 })).toBe(Infinity);
    expect(samplesNeeded(problem, { totalVariation: 1e-13 })).toBeGreaterThan(1e12);
  });

  it("of hard best-of-N is log(distance)/log(F⁻), rounded up", () => {
    const problem = { ref: measure(["a", "b"], [99, 1]), reward: [0, 1], beta: 0 };
    expect(samplesNeeded(problem, { totalVariation: 1e-4 })).toBe(Math.ceil(Math.log(1e-4) / Math.log(0.99)));
  });
});

describe("β for a KL budget", () => {
  const spread = rows
    .map((r) => r.map((x) => ({ ...x, mass: x.mass + 1e-3 })))
    .filter((r) => new Set(r.map((x) => x.reward)).size > 1);
  test.prop([spread, fc.double({ min: 1e-9, max: 0.98, noNaN: true })])("spends it", (answers, share) => {
    const ref = measure(
      answers.map((_, i) => i),
      answers.map((x) => x.mass),
    );
    const reward = answers.map((x) => x.reward);
    const top = Math.max(...reward);
    const total = answers.reduce((s, x) => s + x.mass, 0);
    const most = -Math.log(answers.reduce((s, x) => s + (x.reward === top ? x.mass : 0), 0) / total);
    const budget = share * most;
    const beta = betaForKl({ ref, reward }, budget);
    expect(Math.abs(klDivergence(tilt(ref, reward, beta), ref) / budget - 1)).toBeLessThanOrEqual(1e-12);
  });

  test.prop([
    fc.integer({ min: -300, max: -30 }),
    fc.integer({ min: -12, max: 0 }),
    fc.constantFrom(-1e-15, 1e-15, 1e-9, 0.1, 0.9),
    fc.integer({ min: -900, max: -1 }).map((n) => n / 100),
  ])("spends it where the best answer is rare, and the others are alike", (rare, other, near, part) => {
    const ref = measure([0, 1, 2], [10 ** other, 1, 10 ** rare]);
    const reward = [1, 1 + near, 2];
    const budget = -rare * Math.LN10 * 10 ** part;
    const at = (beta: number) => klDivergence(tilt(ref, reward, beta), ref);
    const beta = betaForKl({ ref, reward }, budget);
    // Where the best answer takes over, an ulp of β is worth a thousand of the KL.
    expect(at(beta * (1 + 2 ** -50))).toBeLessThanOrEqual(budget * (1 + 1e-12));
    expect(at(beta * (1 - 2 ** -50))).toBeGreaterThanOrEqual(budget * (1 - 1e-12));
  });

  it("spends at most −log P(best), which keeps its digits where the best is all but certain and where it is rare", () => {
    const [sure, rare] = [measure([0, 1], [1e-20, 1]), measure([0, 1], [1, 1e-20])];
    expect(betaForKl({ ref: sure, reward: [0, 1] }, 1e-20)).toBe(0);
    expect(betaForKl({ ref: sure, reward: [0, 1] }, 0.9e-20)).toBeGreaterThan(0);
    expect(() => betaForKl({ ref: sure, reward: [0, 1] }, 1.1e-20)).toThrow(RangeError);
    const most = 20 * Math.LN10;
    expect(betaForKl({ ref: rare, reward: [0, 1] }, 0.999 * most)).toBeGreaterThan(0);
    expect(() => betaForKl({ ref: rare, reward: [0, 1] }, 1.001 * most)).toThrow(RangeError);
    // Where it is neither, both forms hold.
    const third = measure([0, 1], [2, 1]);
    expect(betaForKl({ ref: third, reward: [0, 1] }, 1.0986)).toBeGreaterThan(0);
    expect(() => betaForKl({ ref: third, reward: [0, 1] }, 1.0987)).toThrow(RangeError);
    expect(betaForKl({ ref: third, reward: [1, 0] }, 0.40546)).toBeGreaterThan(0);
    expect(() => betaForKl({ ref: third, reward: [1, 0] }, 0.40547)).toThrow(RangeError);
  });

  test.prop([
    fc.constantFrom(2 ** -1074, 2 ** -1000, 2 ** -20, 2 ** 1000),
    fc.double({ min: 1e-22, max: 1e-3, noNaN: true }),
  ])("is in the units of the reward, whatever these are", (unit, budget) => {
    const ref = measure([0, 1, 2], [1, 2, 3]);
    const want = betaForKl({ ref, reward: [0, 1, 1] }, budget) * unit;
    expect(betaForKl({ ref, reward: [0, unit, unit] }, budget)).toBe(want);
  });

  it("has closed forms at its ends", () => {
    const ref = uniform([0, 1, 2, 3]);
    expect(betaForKl({ ref, reward: [0, 1, 2, 3] }, 0)).toBe(Infinity);
    expect(betaForKl({ ref, reward: [0, 1, 2, 3] }, Math.log(4))).toBe(0);
    expect(betaForKl({ ref, reward: [1, 1, 1, 1] }, 0)).toBe(Infinity);
    // KL ≈ Var/(2β²).
    for (const budget of [1e-20, 1e-100, 1e-250])
      expect(betaForKl({ ref, reward: [0, 1, 2, 3] }, budget) / Math.sqrt(1.25 / (2 * budget))).toBeCloseTo(1, 9);
    expect(
      betaForKl({ ref, reward: [0, 1e308, -1e308, 0] }, 0.5) / betaForKl({ ref, reward: [0, 1, -1, 0] }, 0.5),
    ).toBeCloseTo(1e308, -295);
  });
});

describe("bad input", () => {
  const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 };
  it.each([
    [() => softBestOfNBounds(problem, 1.5), "softBestOfNBounds: n must be a whole number of at least 1, got 1.5"],
    [() => softBestOfNBounds({ ...problem, beta: 0 }, 2), "softBestOfNBounds: beta must be positive"],
    [() => firstOrderExpansion({ ...problem, beta: 0 }), "firstOrderExpansion: beta must be positive"],
    [() => bestOfNKlBound(0), "bestOfNKlBound: n must be a whole number of at least 1, got 0"],
    [() => bestOfNWinRateBound(Number.NaN), "bestOfNWinRateBound: n must be a whole number of at least 1, got NaN"],
    [() => samplesNeeded(problem, {}), "samplesNeeded: target must have one of totalVariation and kl"],
    [() => samplesNeeded(problem, { kl: 1, totalVariation: 1 }), "samplesNeeded: target must have one of"],
    [() => samplesNeeded(problem, { kl: 0 }), "samplesNeeded: target.kl must be positive (Infinity allowed), got 0"],
    [() => betaForKl(problem, 1), "betaForKl: kl must be from 0 to 0.693"],
    [() => betaForKl(problem, -1), "betaForKl: kl must be from 0 to 0.693"],
    [
      () => betaForKl({ ref: problem.ref, reward: [0, -Infinity] }, 0.1),
      "betaForKl: reward[1] must be finite on the support",
    ],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
});
