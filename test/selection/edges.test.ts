import {
  bestOfNKlBound,
  bestOfNLaw,
  bestOfNWinRateBound,
  bestOfPoissonLaw,
  betaForKl,
  estimateBestOfN,
  estimateSoftBestOfN,
  firstOrderExpansion,
  fromLogMass,
  klDivergence,
  limitDistance,
  measure,
  metropolisLaw,
  normalize,
  passAtK,
  policyReading,
  rejectionSamplingLaw,
  rlhfOptimum,
  samplesNeeded,
  selectionCurve,
  selectionLimit,
  selectSoftBestOfN,
  softBestOfNBounds,
  softBestOfNLaw,
  softBestOfNSampler,
  softBestOfPoissonLaw,
  tilt,
  totalVariation,
  uniform,
  weightedBestOfNLaw,
  winRate,
} from "exptilt";
import { printedRate } from "exptilt/claims";
import { describe, expect, it } from "vitest";
import { prepare } from "../../src/selection/problem.js";
import { limitLevels } from "../../src/selection/ratio/limitLevels.js";

const near = (got: number, want: number, ulps: number) => {
  if (got === want) return;
  expect(Math.abs(got - want), `${got} for ${want}`).toBeLessThanOrEqual(ulps * 2 ** -52 * Math.abs(want));
};
const given = (mass: readonly number[]) => measure([...mass.keys()], mass);
const support = ["a", "b"];
const good = { ref: measure(support, [1, 3]), reward: [0, 1], beta: 0.5 };
const bad = { support, mass: Float64Array.of(1, Number.NaN), logMass: Float64Array.of(0, 0) };
const rng = () => 0.5;

type Problem = typeof good;
const calls: [string, (p: Problem) => unknown, ...without: string[]][] = [
  ["bestOfNLaw", (p) => bestOfNLaw(p, 2), "beta"],
  ["softBestOfNLaw", (p) => softBestOfNLaw(p, 2)],
  ["metropolisLaw", (p) => metropolisLaw(p, 2)],
  ["rejectionSamplingLaw", (p) => rejectionSamplingLaw(p, 2)],
  ["bestOfPoissonLaw", (p) => bestOfPoissonLaw(p, 2), "beta"],
  ["softBestOfPoissonLaw", (p) => softBestOfPoissonLaw(p, 2)],
  ["softBestOfNBounds", (p) => softBestOfNBounds(p, 2)],
  ["firstOrderExpansion", (p) => firstOrderExpansion(p)],
  ["printedRate", (p) => printedRate(p, 2)],
  ["samplesNeeded", (p) => samplesNeeded(p, { kl: 0.1 })],
  ["selectionCurve", (p) => selectionCurve(p, [2])],
  ["selectionLimit", (p) => selectionLimit(p)],
  ["limitDistance", (p) => limitDistance(p, 2)],
  ["softBestOfNSampler", (p) => softBestOfNSampler(p, 2, rng)],
  ["winRate", (p) => winRate(p, good.ref), "beta", "forbidden"],
  ["policyReading", (p) => policyReading(p, good.ref), "beta", "forbidden"],
];

describe("a problem that is none is refused by the function's own name", () => {
  it.each(calls)("%s", (name, call, ...without) => {
    for (const nothing of [null, undefined, 3, "p"]) {
      expect(() => call(nothing as never)).toThrow(TypeError);
      expect(() => call(nothing as never)).toThrow(
        `${name}: problem must be an object, got ${typeof nothing === "string" ? '"p"' : nothing}`,
      );
    }
    expect(() => call({ ...good, ref: bad as never })).toThrow(
      `${name}: ref.mass[1] must be non-negative and finite, got NaN`,
    );
    expect(() => call({ ...good, reward: [0] })).toThrow(`${name}: reward must have length 2`);
    expect(() => call({ ...good, reward: [0, Infinity] })).toThrow(
      `${name}: reward[1] must be a number below Infinity, got Infinity`,
    );
    if (!without.includes("forbidden"))
      expect(() => call({ ...good, reward: [-Infinity, -Infinity] })).toThrow(
        `${name}: reward must be above -Infinity for some answer of the support, got -Infinity`,
      );
    if (without.includes("beta")) return;
    expect(() => call({ ...good, beta: -1 })).toThrow(
      new RangeError(`${name}: beta must be at least 0 (0 for hard, Infinity for none), got -1`),
    );
    expect(() => call({ ...good, beta: Number.NaN })).toThrow(`${name}: beta must be at least 0`);
    expect(() => call({ ...good, beta: "1" as never })).toThrow(
      new TypeError(`${name}: beta must be a number, got "1"`),
    );
  });

  it.each<[() => unknown, string]>([
    [() => bestOfNLaw(good, 0.5), "bestOfNLaw: n must be at least 1 and finite, got 0.5"],
    [() => softBestOfNLaw(good, Infinity), "softBestOfNLaw: n must be at least 1 and finite, got Infinity"],
    [() => metropolisLaw(good, 0.5), "metropolisLaw: n must be at least 1 and finite, got 0.5"],
    [() => rejectionSamplingLaw(good, 0.5), "rejectionSamplingLaw: n must be at least 1 and finite, got 0.5"],
    [() => limitDistance(good, 0), "limitDistance: n must be at least 1 and finite, got 0"],
    [() => bestOfPoissonLaw(good, -1), "bestOfPoissonLaw: rate must be non-negative and finite, got -1"],
    [
      () => softBestOfPoissonLaw(good, Infinity),
      "softBestOfPoissonLaw: rate must be non-negative and finite, got Infinity",
    ],
    [() => winRate(good, bad as never), "winRate: policy.mass[1] must be"],
    [() => policyReading({ ...good, gold: [1] }, good.ref), "policyReading: gold must have length 2"],
    [() => winRate(good, measure(["a", "c"], [1, 1])), "winRate: both measures' support[1] must be the same answer"],
    [() => policyReading(good, bad as never), "policyReading: policy.mass[1] must be"],
    [() => weightedBestOfNLaw(null as never, 2), "weightedBestOfNLaw: problem must be an object, got null"],
    [() => weightedBestOfNLaw({ ref: bad as never, weight: [1, 1] }, 2), "weightedBestOfNLaw: ref.mass[1] must be"],
    [() => weightedBestOfNLaw({ ref: good.ref, weight: [1] }, 2), "weightedBestOfNLaw: weight must have length 2"],
    [
      () => weightedBestOfNLaw({ ref: good.ref, weight: [1, -1] }, 2),
      "weightedBestOfNLaw: weight[1] must be non-negative and finite, got -1",
    ],
    [
      () => weightedBestOfNLaw({ ref: good.ref, weight: [0, 0] }, 2),
      "weightedBestOfNLaw: weight must be positive for some answer of the support, got 0",
    ],
    [
      () => weightedBestOfNLaw({ ref: good.ref, weight: [1, 1] }, 0),
      "weightedBestOfNLaw: n must be at least 1 and finite, got 0",
    ],
    [() => betaForKl({ ref: bad as never, reward: [0, 1] }, 0.1), "betaForKl: ref.mass[1] must be"],
    [() => betaForKl(undefined as never, 0.1), "betaForKl: problem must be an object"],
    [() => betaForKl({ ref: good.ref, reward: [0] }, 0.1), "betaForKl: reward must have length 2"],
    [() => betaForKl({ ref: good.ref, reward: [0, 1] }, "1" as never), 'betaForKl: kl must be a number, got "1"'],
    [() => betaForKl({ ref: good.ref, reward: [0, 1] }, 0.3), "betaForKl: kl must be from 0 to 0.2876820724517"],
    [() => betaForKl({ ref: good.ref, reward: [1, 0] }, -0.1), "betaForKl: kl must be from 0 to 1.386294361119"],
    [() => samplesNeeded(good, null as never), "samplesNeeded: target must be an object"],
    [() => samplesNeeded(good, 3 as never), "samplesNeeded: target must be an object"],
    [() => samplesNeeded(good, { kl: "1" as never }), 'samplesNeeded: target.kl must be a number, got "1"'],
    [
      () => samplesNeeded(good, { totalVariation: -1 }),
      "samplesNeeded: target.totalVariation must be positive (Infinity allowed), got -1",
    ],
    [() => estimateBestOfN(null as never, 2), "estimateBestOfN: samples must be an object, got null"],
    [() => estimateSoftBestOfN(3 as never, 2), "estimateSoftBestOfN: samples must be an object, got 3"],
    [
      () => estimateBestOfN({ reward: [] }, 1),
      "estimateBestOfN: reward must have at least one entry, got an array of 0",
    ],
    [() => estimateBestOfN({ reward: [1, -Infinity] }, 1), "estimateBestOfN: reward[1] must be finite ("],
    [() => estimateBestOfN({ reward: [1, 2], gold: [1] }, 1), "estimateBestOfN: gold must have length 2"],
    [
      () => estimateBestOfN({ reward: [1, 2], gold: [1, Number.NaN] }, 1),
      "estimateBestOfN: gold[1] must be finite, got NaN",
    ],
    [() => estimateSoftBestOfN({ reward: [1, 2], beta: -1 }, 1), "estimateSoftBestOfN: beta must be at least 0"],
    [
      () => estimateBestOfN({ reward: [1, 2] }, 3),
      "estimateBestOfN: n must be at most 2, the number of samples, got 3",
    ],
    [() => estimateBestOfN({ reward: [1, 2] }, 0), "estimateBestOfN: n must be a whole number of at least 1, got 0"],
    [() => passAtK(0, 0, 1), "passAtK: n must be a whole number of at least 1, got 0"],
    [() => passAtK(2, -1, 1), "passAtK: c must be a whole number of at least 0, got -1"],
    [() => passAtK(2, 1, 0), "passAtK: k must be a whole number of at least 1, got 0"],
    [() => passAtK(2, 3, 1), "passAtK: c must be at most n = 2, got 3"],
    [() => passAtK(2, 1, 3), "passAtK: k must be at most n = 2, got 3"],
    [() => selectSoftBestOfN("ab" as never, 1, rng), 'selectSoftBestOfN: rewards must be an array, got "ab"'],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
});

describe("pass@k is 1 − C(n − c, k)/C(n, k)", () => {
  const choose = (n: number, k: number): bigint => {
    let c = 1n;
    for (let i = 1n; i <= BigInt(k); i++) c = (c * (BigInt(n) - i + 1n)) / i;
    return c;
  };
  it("for all c and k of small n, and 1 where no k samples can all fail", () => {
    for (const n of [1, 2, 7, 12])
      for (let c = 0; c <= n; c++)
        for (let k = 1; k <= n; k++) {
          const [all, none] = [choose(n, k), c + k > n ? 0n : choose(n - c, k)];
          near(passAtK(n, c, k), Number(all - none) / Number(all), 4);
        }
    // With as many steps as the smaller of c and k, whichever it is.
    near(passAtK(9e15, 2, 1e12), 1 - (1 - 1e12 / 9e15) ** 2, 1e4);
    near(passAtK(9e15, 1e12, 2), 1 - (1 - 1e12 / 9e15) ** 2, 1e4);
    near(passAtK(1e6, 1, 1), 1e-6, 2);
    near(passAtK(1e15, 3, 2), 6e-15, 8);
    expect(passAtK(7, 0, 3)).toBe(0);
  });
  it("of as many samples as there are whole numbers, in no time", () => {
    expect([passAtK(1e9, 5e8, 4e8), passAtK(1e10, 4e9, 4e9)]).toEqual([1, 1]);
    // By lgamma in mpmath at 80 digits.
    near(passAtK(1e9, 5000, 5000), 0.024690209873918388979, 4);
    near(passAtK(1e9, 1e4, 1e4), 0.095163486766319875454, 4);
    near(passAtK(1e12, 1e6, 1e5), 0.095162631730086795401, 4);
    near(passAtK(2 ** 60, 3, 2), 6 * 2 ** -60, 4);
  });
});

describe("hard selection in closed form", () => {
  it("P(level) = Fᴺ − F⁻ᴺ, shared by mass, whatever N", () => {
    const ref = given([1, 2, 3, 4]);
    const reward = [5, 1, 1, 0];
    for (const n of [1, 2, 3, 2.5, 10, 100]) {
      const [f1, f2] = [0.9 ** n, 0.4 ** n];
      const want = [1 - f1, ((f1 - f2) * 2) / 5, ((f1 - f2) * 3) / 5, f2];
      const law = bestOfNLaw({ ref, reward }, n);
      for (const [i, p] of want.entries()) near(law.mass[i], p, 30);
      const rate = n - 1;
      const g = (f: number) => f * Math.exp(rate * (f - 1));
      const mixed = [1 - g(0.9), ((g(0.9) - g(0.4)) * 2) / 5, ((g(0.9) - g(0.4)) * 3) / 5, g(0.4)];
      for (const [i, p] of bestOfPoissonLaw({ ref, reward }, rate).mass.entries()) near(p, mixed[i], 30);
    }
  });

  it("with forbidden answers, given that some draw is none of them", () => {
    const ref = given([1, 5, 4]);
    const reward = [1, -Infinity, 0];
    for (const n of [1, 2, 7, 1000]) {
      const kept = 1 - 0.5 ** n;
      near(bestOfNLaw({ ref, reward }, n).mass[0], (1 - 0.9 ** n) / kept, 30);
      near(bestOfNLaw({ ref, reward }, n).mass[2], (0.9 ** n - 0.5 ** n) / kept, 400);
      expect(bestOfNLaw({ ref, reward }, n).mass[1]).toBe(0);
      expect(bestOfNLaw({ ref, reward }, n).logMass[1]).toBe(-Infinity);
      near(limitDistance({ ref, reward, beta: 0 }, n).totalVariation, (0.9 ** n - 0.5 ** n) / kept, 400);
      near(limitDistance({ ref, reward, beta: 0 }, n).kl, -Math.log1p(-(0.9 ** n - 0.5 ** n) / kept), 1e3);
      expect(limitDistance({ ref, reward, beta: 0 }, n).reverseKl).toBe(Infinity);
    }
    // Almost all forbidden: best of N is best of one that is not.
    const rare = { ref: given([1e-12, 1, 3e-12]), reward };
    near(bestOfNLaw(rare, 2).mass[0], 0.25, 1e4);
    near(bestOfNLaw(rare, 1).mass[0], 0.25, 4);
    near(softBestOfNLaw({ ...rare, beta: 1 }, 1).mass[2], 0.75, 4);
    near(softBestOfNLaw({ ...rare, beta: Infinity }, 9).mass[2], 0.75, 4);
    near(bestOfPoissonLaw(rare, 0).mass[2], 0.75, 4);
  });

  it("a level of probability 1e−300 is chosen N times as often", () => {
    const problem = { ref: given([1, 1e-300, 1e-305]), reward: [0, 1, 2] };
    for (const n of [2, 1000]) {
      const { mass, logMass } = bestOfNLaw(problem, n);
      near(mass[1], n * 1e-300, 8);
      near(mass[2], n * 1e-305, 8);
      near(logMass[2], Math.log(n) - 305 * Math.LN10, 4);
      near(bestOfPoissonLaw(problem, n - 1).mass[2], n * 1e-305, 8);
      near(softBestOfNLaw({ ...problem, beta: 0 }, n).mass[1], n * 1e-300, 8);
    }
    // In the midst of others it is the derivative of Fᴺ that counts, F = 1/2 below it.
    const between = { ref: given([1, 1e-300, 1]), reward: [0, 1, 2] };
    for (const n of [2, 3.5, 40]) {
      near(bestOfNLaw(between, n).mass[1], (n * 1e-300) / 2 / 2 ** (n - 1), 60);
      near(bestOfNLaw(between, n).logMass[1], Math.log(n / 2) - 300 * Math.LN10 - (n - 1) * Math.LN2, 4);
    }
    // So for a Poisson number of draws: (e^{λ(F−1)} F)′ = (1 + λF) e^{λ(F−1)}; also where λp is nothing as a double.
    for (const rate of [0.01, 3, 40]) {
      near(bestOfPoissonLaw(between, rate).mass[1], (1e-300 / 2) * (1 + rate / 2) * Math.exp(-rate / 2), 60);
      const rarest = fromLogMass([0, 1], [0, -744]);
      near(bestOfPoissonLaw({ ref: rarest, reward: [0, 1] }, rate).logMass[1], Math.log1p(rate) - 744, 2);
    }
    // Below best-of-one the worst is left to (1 − p)^{N}.
    const two = { ref: given([1, 1]), reward: [0, 1] };
    near(bestOfNLaw(two, 2000).logMass[0], -2000 * Math.LN2, 4);
    expect(bestOfNLaw(two, 2000).mass[0]).toBe(0);
    near(bestOfPoissonLaw(two, 2000).logMass[0], -1000 - Math.LN2, 4);
    expect(bestOfPoissonLaw(two, 2000).mass[0]).toBe(0);
  });
});

describe("soft selection by hand", () => {
  it("of two draws is the mean of the softmaxes of all pairs", () => {
    const p = [0.1, 0.2, 0.7];
    const r = [2, 1, -1];
    for (const beta of [0.2, 1, 5, 1e4]) {
      const w = r.map((x) => Math.exp(x / beta));
      const want = p.map((pi, i) => 2 * pi * p.reduce((s, pj, j) => s + (pj * w[i]) / (w[i] + w[j]), 0));
      for (const n of [1, 2]) {
        const law = softBestOfNLaw({ ref: given(p), reward: r, beta }, n).mass;
        for (const [i, x] of law.entries()) near(x, n === 1 ? p[i] : want[i], 60);
      }
      const law = weightedBestOfNLaw({ ref: given(p), weight: w }, 2).mass;
      for (const [i, x] of law.entries()) near(x, want[i], 60);
    }
    const none = weightedBestOfNLaw({ ref: given(p), weight: [1, 0, 3] }, 1);
    near(none.mass[0], 0.125, 4);
    expect(none.mass[1]).toBe(0);
  });

  it("tends to the tilt, at β = ∞ is ref, and at rate 0 too", () => {
    const problem = { ref: given([1, 2, 3]), reward: [0, 1, 0.5], beta: 0.3 };
    expect(totalVariation(softBestOfNLaw(problem, 1e15), rlhfOptimum(problem))).toBeLessThan(1e-13);
    expect(totalVariation(selectionLimit(problem), tilt(problem.ref, problem.reward, 0.3))).toBe(0);
    expect([...selectionLimit({ ...problem, beta: 0 }).mass]).toEqual([0, 1, 0]);
    expect([...selectionLimit({ ...problem, beta: Infinity }).mass]).toEqual([...normalize(problem.ref).mass]);
    for (const law of [
      softBestOfPoissonLaw(problem, 0),
      softBestOfPoissonLaw({ ...problem, beta: Infinity }, 7),
      bestOfPoissonLaw(problem, 0),
    ])
      for (const [i, p] of law.mass.entries()) near(p, (i + 1) / 6, 4);
    // A mixture over the number of draws: for a small rate, mostly one and sometimes two.
    const [one, two] = [1, 2].map((n) => softBestOfNLaw(problem, n).mass);
    for (const [i, p] of softBestOfPoissonLaw(problem, 1e-6).mass.entries())
      near(p, one[i] + 1e-6 * (two[i] - one[i]), 1e5);
  });

  it("of a Poisson number of draws of a rare answer so good that it is given whenever it is drawn", () => {
    for (const rate of [0.01, 3, 40]) {
      const { mass } = softBestOfPoissonLaw({ ref: given([1, 1e-300]), reward: [0, 1e300], beta: 1 }, rate);
      near(mass[1], (1 + rate) * 1e-300, 60);
    }
  });

  it("of a Poisson number of draws knows the logarithms of what underflows: given only where all else is not drawn", () => {
    // An answer of weight 0 next to the other's is given when only it is drawn: p e^{−λ(1−p)}.
    for (const [mass, rate] of [
      [[1, 1], 2000],
      [[1, 3], 1400],
    ]) {
      const ref = given(mass as number[]);
      const p = normalize(ref).mass[0];
      const law = softBestOfPoissonLaw({ ref, reward: [0, 1], beta: 1e-9 }, rate as number);
      expect(law.mass[0]).toBe(0);
      near(law.logMass[0], Math.log(p) - (rate as number) * (1 - p), 1e3);
    }
  });

  it("of one level is ref, at any N and β, with distance 0 to its limit", () => {
    const flat = { ref: given([1, 3]), reward: [2, 2] };
    for (const beta of [0, 0.1, 1e300, Infinity]) {
      for (const n of [1, 2, 1e9]) {
        near(softBestOfNLaw({ ...flat, beta }, n).mass[0], 0.25, 4);
        const { totalVariation: tv, kl, reverseKl } = limitDistance({ ...flat, beta }, n);
        expect([tv, kl, reverseKl].every((d) => d >= 0 && (d < 1e-15 || (beta === 0 && d === Infinity)))).toBe(true);
      }
      if (beta > 0) {
        const { coefficient, totalVariation: tv, kl } = firstOrderExpansion({ ...flat, beta });
        expect([...coefficient, tv, kl].every((c) => Math.abs(c) < 1e-15)).toBe(true);
      }
    }
    expect(samplesNeeded({ ...flat, beta: 1 }, { kl: 1e-9 })).toBe(1);
  });

  it("with −0 and 0 as one reward, and huge ones that overflow their difference", () => {
    const zeros = softBestOfNLaw({ ref: given([1, 1, 2]), reward: [0, -0, -1], beta: 0.2 }, 5).mass;
    expect(zeros[0]).toBe(zeros[1]);
    const far = softBestOfNLaw({ ref: given([1, 1]), reward: [1.5e308, -1.5e308], beta: 1e308 }, 2).mass;
    near(far[0], 0.25 + 0.5 / (1 + Math.exp(-3)), 40);
    const apart = softBestOfNLaw({ ref: given([1, 1, 1]), reward: [1e308, 0, -1e308], beta: 1e-300 }, 3).mass;
    for (const [i, p] of [19 / 27, 7 / 27, 1 / 27].entries()) near(apart[i], p, 100);
    // Near ones in the midst of far ones still count by their difference.
    const close = softBestOfNLaw({ ref: given([1, 1, 1, 1]), reward: [1e300, 1, 0, -1e300], beta: 1 }, 2).mass;
    near(close[0], 7 / 16, 100);
    near(close[1] - close[2], (2 / 16) * Math.tanh(0.5), 100);
  });

  it("reads laws given by logarithms, however rare their answers", () => {
    const ref = fromLogMass([0, 1, 2], [0, -800, -1]);
    const law = softBestOfNLaw({ ref, reward: [0, 3, 1], beta: 1 }, 4);
    expect(law.mass[1]).toBe(0);
    expect(law.logMass[1]).toBeGreaterThan(-800);
    expect(law.logMass[1]).toBeLessThan(-797);
    near(bestOfNLaw({ ref, reward: [0, 3, 1] }, 4).logMass[1], Math.log(4) - 800 - Math.log1p(Math.exp(-1)), 8);
  });
});

describe("the bounds at their ends", () => {
  it("one draw, or no preference, leaves ref", () => {
    for (const problem of [
      { ...good, beta: Infinity },
      { ...good, reward: [0, -Infinity], beta: Infinity },
    ]) {
      const { lower, upper } = softBestOfNBounds(problem, 5);
      const { mass } = softBestOfNLaw(problem, 5);
      for (const [i, p] of mass.entries()) {
        near(lower[i], p, 8);
        near(upper[i], p, 8);
      }
      expect(lower).not.toBe(upper);
    }
    const one = softBestOfNBounds({ ...good, reward: [-Infinity, 2] }, 1);
    expect([...one.lower, ...one.upper]).toEqual([0, 1, 0, 1].map((x) => expect.closeTo(x, 14)));
  });
  it("are Jensen's and no more than N times ref", () => {
    const { lower, upper } = softBestOfNBounds({ ref: given([1, 1]), reward: [1, 0], beta: 1 }, 3);
    const w = Math.E;
    const mean = (1 + w) / 2;
    near(lower[0], (0.5 * 3 * w) / (w + 2 * mean), 8);
    near(lower[1], (0.5 * 3) / (1 + 2 * mean), 8);
    const variation = ((w - 1) / (w + 1)) ** 2;
    const at = (v: number) => {
      const [m, s] = [v + 2 * mean, v + 2];
      return (0.5 * 3 * v * (1 + (2 * variation * mean * mean) / (m * s))) / m;
    };
    near(upper[0], at(w), 20);
    near(upper[1], at(1), 20);
    const cold = softBestOfNBounds({ ref: given([1e-9, 1]), reward: [1, 0], beta: 1e-3 }, 3);
    expect(cold.upper[0]).toBeLessThanOrEqual(3e-9 * (1 + 1e-14));
  });
  it("of best-of-N by name", () => {
    expect([bestOfNKlBound(1), bestOfNWinRateBound(1), bestOfNWinRateBound(3)]).toEqual([0, 0.5, 0.75]);
    near(bestOfNKlBound(8), Math.log(8) - 7 / 8, 2);
  });
});

describe("the first-order expansion", () => {
  it("of rewards any number of nats apart: 1 + CV² for all but the best, and what they leave to the best", () => {
    for (const nats of [100, 700, 720, 1000, 1e6, 1e300]) {
      const {
        coefficient,
        totalVariation: tv,
        kl,
      } = firstOrderExpansion({
        ref: given([1, 3, 4]),
        reward: [0, nats, -nats],
        beta: 1,
      });
      near(coefficient[0], 8 / 3, 8);
      near(coefficient[2], 8 / 3, 8);
      // The best has 1 + CV² − w/μ = (1 + CV²)·π*(others).
      const others = (1 / 3) * Math.exp(-nats);
      near(coefficient[1], -others * (8 / 3), 1e3);
      if (others > 1e-300) near(tv, others * (8 / 3), 1e3);
      if (others > 1e-300) near(kl, (others / 2) * (8 / 3) ** 2, 1e3);
    }
  });

  it("is infinite where it overflows, with what does not overflow as it is", () => {
    const { kl, totalVariation: tv } = firstOrderExpansion({ ref: given([1, 1e-300]), reward: [0, 700], beta: 1 });
    const share = Math.exp(300 * Math.LN10 - 700);
    near(tv * 1e-290, (1e10 * share) / (1 + share) ** 3, 1e4);
    expect(kl).toBe(Infinity);
    // Of c = 1e160 with a probability of 1e−50: its square is beyond the doubles, what it adds to KL is not.
    const large = firstOrderExpansion({ ref: given([1, 1e-160]), reward: [0, 160 * Math.LN10 + 115], beta: 1 });
    near(large.kl * 1e-260, 0.5 * 1e60 * Math.exp(-115), 1e5);
    // So for CV²: the best answer weighs 1e160 times the mean.
    const lost = { ref: given([1, 1e-160, 1e-200]), reward: [0, 160 * Math.LN10 + 115, -Infinity], beta: 1 };
    near(firstOrderExpansion(lost).coefficient[2] * 1e-160, 1, 1e4);
    near(firstOrderExpansion(lost).coefficient[0] * 1e-160, 1, 1e4);
    const { lower, upper } = softBestOfNBounds(lost, 3);
    for (const [i, p] of softBestOfNLaw(lost, 3).mass.entries()) {
      expect(lower[i]).toBeLessThanOrEqual(p * (1 + 1e-12));
      expect(upper[i]).toBeGreaterThanOrEqual(p * (1 - 1e-12));
    }
    // An answer too rare for a double has its say: E[w²]/μ² is e^{800}.
    const rare = firstOrderExpansion({
      ref: fromLogMass([0, 1, 2], [0, -1000, -1]),
      reward: [0, 900, 1],
      beta: 1,
    });
    expect([...rare.coefficient]).toEqual([Infinity, -Infinity, Infinity]);
    expect([rare.kl, rare.totalVariation]).toEqual([Infinity, Infinity]);
  });
});

describe("the limit", () => {
  it("by level is the limit's law added up, at every β, forbidden answers apart", () => {
    const ref = given([1, 2, 3, 1e-9, 4, 0]);
    for (const reward of [
      [3, 1, 1, 2, 0, 9],
      [1, 1, -Infinity, 5, 0, 9],
    ])
      for (const beta of [0, 0.1, 1, 50, Infinity]) {
        const problem = { ref, reward, beta };
        const prepared = prepare("test", problem, beta);
        const { mass, logMass, peak } = limitLevels(prepared);
        const want = new Float64Array(mass.length);
        for (const [i, p] of selectionLimit(problem).mass.entries()) if (p > 0) want[prepared.levels.levelOf[i]] += p;
        for (const [level, p] of want.entries()) {
          near(mass[level], p, 60);
          near(Math.exp(logMass[level]), p, 60);
        }
        expect(want[peak]).toBe(Math.max(...want));
      }
  });

  it("is as far from one draw as ref is, forbidden answers apart", () => {
    const ref = given([1, 2, 3, 2, 1e-3]);
    for (const reward of [
      [0, 1, 2, 0.5, 3],
      [0, -Infinity, 2, -Infinity, 3],
      [0, -Infinity, -Infinity, -Infinity, -Infinity],
      [-Infinity, -Infinity, -Infinity, 0.5, 3],
    ]) {
      const allowed = given(reward.map((r, i) => (r > -Infinity ? ref.mass[i] : 0)));
      for (const beta of [0, 0.2, 1, 30, 1e5, Infinity]) {
        const far = limitDistance({ ref, reward, beta }, 1);
        const end = selectionLimit({ ref, reward, beta });
        near(far.totalVariation + 1, totalVariation(allowed, end) + 1, 8);
        near(far.kl + 1, klDivergence(end, allowed) + 1, 20);
        near(far.reverseKl + 1, klDivergence(allowed, end) + 1, 20);
      }
    }
  });

  it("of hard selection is −log P(best) from one draw, where the best is rare and where it is all but certain", () => {
    for (const p of [1e-20, 0.3, 0.6]) {
      const { kl, totalVariation: tv } = limitDistance({ ref: given([1 - p, p]), reward: [0, 1], beta: 0 }, 1);
      near(kl, -Math.log(p), 8);
      near(tv, 1 - p, 4);
    }
    near(limitDistance({ ref: given([1e-20, 1]), reward: [0, 1], beta: 0 }, 1).kl, 1e-20, 8);
    near(limitDistance({ ref: given([1e-20, 1]), reward: [0, 1], beta: 0 }, 1).totalVariation, 1e-20, 8);
  });

  it("at β = ∞ is met by any number of draws", () => {
    for (const reward of [
      [0, 1, 1],
      [-Infinity, 1, 2],
    ])
      for (const n of [1, 2, 1e9])
        expect(limitDistance({ ref: given([1, 2, 3]), reward, beta: Infinity }, n)).toEqual({
          totalVariation: 0,
          kl: 0,
          reverseKl: 0,
        });
  });

  it("keeps the digits of what is nothing as a double, where all that it has is small", () => {
    // Of masses 1 and q the better answer has w = 1, the other v: P ≈ 1 and v/q, and ½ Σ P|c| = v/q².
    const [q, x] = [1e-300, 735];
    const { totalVariation: tv } = firstOrderExpansion({ ref: given([1, q]), reward: [0, x], beta: 1 });
    near(tv * 1e-280, Math.exp(320 * Math.LN10 - x), 1e4);
  });
});

describe("a curve", () => {
  const problem = {
    ref: measure(["a", "b", "c", "d"], [1, 2, 3, 0]),
    reward: [3, 1, 1, 9],
    beta: 0,
    gold: [0, 5, -1, 100],
  };
  it("in closed form: hard selection, gold, KL and win rate", () => {
    const [two] = selectionCurve(problem, [2]);
    const top = 1 - (5 / 6) ** 2;
    near(two.reward, 3 * top + (1 - top), 4);
    near(two.gold ?? 0, (1 - top) * ((2 / 5) * 5 - 3 / 5), 8);
    near(two.klToRef, top * Math.log(6 * top) + (1 - top) * Math.log((1 - top) * 1.2), 30);
    near(two.winRate, top * (1 - 1 / 12) + (1 - top) * (5 / 12), 8);
    near(two.limit.totalVariation, 1 - top, 8);
    expect(Object.keys(two)).toEqual(["n", "reward", "gold", "klToRef", "winRate", "limit"]);
    const { gold: _, ...plain } = problem;
    expect(Object.keys(selectionCurve(plain, [2])[0])).toEqual(["n", "reward", "klToRef", "winRate", "limit"]);
    expect(selectionCurve(problem, [])).toEqual([]);
  });
  it("counts a forbidden answer as −∞ reward, and its draws as lost", () => {
    const [one] = selectionCurve({ ...problem, reward: [3, -Infinity, 1, 9] }, [1]);
    near(one.reward, (3 + 3) / 4, 4);
    near(one.klToRef, Math.log(6 / 4), 8);
    near(one.winRate, (1 / 4) * (1 - 1 / 12) + (3 / 4) * (2 / 6 + 3 / 12), 8);
    const reading = policyReading({ ...problem, reward: [3, -Infinity, 1, 9] }, problem.ref);
    expect(reading.reward).toBe(-Infinity);
    near(reading.winRate, 0.5, 4);
    near(reading.gold ?? 0, (10 - 3) / 6, 4);
    expect(reading.klToRef).toBe(0);
    expect("gold" in policyReading({ ref: problem.ref, reward: problem.reward }, problem.ref)).toBe(false);
  });
});

describe("a curve's sums", () => {
  it("are compensated: a gold of 1 in one answer, and of next to nothing in 1023", () => {
    const ref = uniform(Array.from({ length: 1024 }, (_, i) => i));
    const problem = { ref, reward: () => 1, gold: (i: number) => (i === 0 ? 1 : 3e-17), beta: 0 };
    for (const gold of [problem.gold, (i: number) => problem.gold(1023 - i), (i: number) => -problem.gold(i)])
      near(
        selectionCurve({ ...problem, gold }, [1])[0].gold ?? 0,
        (gold(5) < 0 ? -1 : 1) * (1 / 1024 + 3e-17 * (1023 / 1024)),
        1,
      );
  });

  it("of KL at one draw are −log P(not forbidden), whether that is nearly all or next to nothing", () => {
    for (const beta of [0, 1, Infinity])
      for (const [allowed, forbidden] of [
        [1, 1e-20],
        [1, 0.2],
        [1, 3],
        [1e-20, 1],
      ]) {
        const problem = { ref: given([allowed, forbidden]), reward: [0, -Infinity], beta };
        const want = forbidden < 1 ? Math.log1p(forbidden) : Math.log(1 + forbidden / allowed);
        near(selectionCurve(problem, [1])[0].klToRef, want, 8);
      }
  });

  it("of KL hold for a rare best answer, from few draws to as many as there are doubles", () => {
    for (const p of [0.4, 0.05, 1e-3, 1e-9]) {
      const problem = { ref: given([1 - p, p]), reward: [0, 1], beta: 0 };
      for (const n of [2, 3, 10]) {
        const best = -Math.expm1(n * Math.log1p(-p));
        const want = best * Math.log(best / p) + (1 - best) * (n - 1) * Math.log1p(-p);
        near(selectionCurve(problem, [n])[0].klToRef, want, 1e3);
      }
    }
    // However rare: to first order in p the ratio of the best is ρ = N E[w/(w + N − 1)], and KL is p(ρ log ρ − ρ + 1).
    for (const p of [1e-20, 1e-100, 1e-250])
      for (const beta of [0, 0.5])
        for (const n of [2, 3, 10]) {
          const ratio = beta === 0 ? n : n / (1 + (n - 1) * Math.exp(-1 / beta));
          const { klToRef } = selectionCurve({ ref: given([1, p]), reward: [0, 1], beta }, [n])[0];
          near(klToRef, p * (ratio * Math.log(ratio) - ratio + 1), 200);
        }
    const worst = { ref: given([1e-300, 1]), reward: [0, 1], beta: 0 };
    for (const n of [1e300, 1.7e308]) near(selectionCurve(worst, [n])[0].klToRef, 1e-300, 8);
  });
});

describe("samples needed at their ends", () => {
  it("one where one is enough; else the first", () => {
    const two = { ref: uniform([0, 1]), reward: [0, 1], beta: 0 };
    expect(samplesNeeded(two, { totalVariation: 0.5 })).toBe(1);
    expect(samplesNeeded(two, { totalVariation: 0.49 })).toBe(2);
    expect(samplesNeeded(two, { totalVariation: 2 ** -20 })).toBe(20);
    expect(samplesNeeded(two, { totalVariation: 2 ** -20 * 0.999 })).toBe(21);
    expect(samplesNeeded(two, { kl: -Math.log(1 - 2 ** -7) * (1 + 1e-12) })).toBe(7);
    expect(samplesNeeded(two, { kl: 100 })).toBe(1);
    expect(samplesNeeded({ ...two, beta: Infinity }, { kl: 1e-12 })).toBe(1);
  });
});

describe("a budget of KL", () => {
  it("is spent whatever its size, and the range of the rewards", () => {
    const ref = given([4, 3, 2, 1]);
    for (const reward of [
      [0, 1, 2, 3],
      [1e-300, 2e-300, 0, 3e-300],
      [0, 1e300, 2e300, 3e300],
      [1.7e308, -1.7e308, 0, 1],
      [1e6, 1e6 + 1, 1e6 + 2, 1e6 + 5],
    ]) {
      const most = -Math.log(normalize(ref).mass[reward.indexOf(Math.max(...reward))]);
      for (const share of [1e-12, 1e-6, 0.01, 0.3, 0.9, 0.999, 1 - 1e-9]) {
        const beta = betaForKl({ ref, reward }, share * most);
        // At a range of 3.4e308 a small budget is spent at a β beyond the doubles.
        if (beta < Infinity) near(klDivergence(tilt(ref, reward, beta), ref), share * most, 1e5);
      }
      expect(betaForKl({ ref, reward }, 0)).toBe(Infinity);
    }
    // Rewards off the support of ref do not count, −∞ either.
    near(
      betaForKl({ ref: given([1, 0, 1]), reward: [0, -Infinity, 1] }, 0.1),
      betaForKl({ ref: given([1, 1]), reward: [0, 1] }, 0.1),
      4,
    );
    near(
      betaForKl({ ref: given([1, 0, 1]), reward: [0, 1e9, 1] }, 0.1),
      betaForKl({ ref: given([1, 1]), reward: [0, 1] }, 0.1),
      4,
    );
    near(
      klDivergence(
        tilt(given([1, 1e-9]), [0, 1], betaForKl({ ref: given([1, 1e-9]), reward: [0, 1] }, 15)),
        given([1, 1e-9]),
      ),
      15,
      1e3,
    );
  });
});

describe("estimates", () => {
  it("by hand: the mean over pairs of three samples", () => {
    const { reward, gold, plugIn } = estimateBestOfN({ reward: [1, 3, 2], gold: [10, 30, 20] }, 2);
    near(reward, (3 + 3 + 2) / 3, 4);
    near(gold ?? 0, (30 + 30 + 20) / 3, 4);
    near(plugIn.reward, (3 * 5 + 2 * 3 + 1) / 9, 8);
    expect("gold" in estimateBestOfN({ reward: [1, 3, 2] }, 2)).toBe(false);
    const w = Math.exp(-1);
    near(estimateSoftBestOfN({ reward: [1, 0], beta: 1 }, 2).reward, 1 / (1 + w), 20);
    near(estimateSoftBestOfN({ reward: [1, 0], beta: 1 }, 1).reward, 0.5, 4);
    near(estimateSoftBestOfN({ reward: [1, 0], beta: Infinity }, 2).reward, 0.5, 4);
    near(estimateSoftBestOfN({ reward: [1, 0], beta: 0 }, 2).reward, 1, 4);
    near(estimateSoftBestOfN({ reward: [2, 2, 2], gold: [1, 2, 4], beta: 0.1 }, 2).gold ?? 0, 7 / 3, 20);
  });
  it("of rewards whose range overflows, and of far apart ones", () => {
    near(estimateBestOfN({ reward: [1.7e308, -1.7e308] }, 2).reward, 1.7e308, 4);
    near(estimateBestOfN({ reward: [1.7e308, -1.7e308, -1.7e308] }, 1).reward, -1.7e308 / 3, 8);
    near(estimateBestOfN({ reward: [-1.7e308, 1e-300] }, 1).reward, -1.7e308 / 2, 4);
    near(estimateBestOfN({ reward: [1.7e308, -1e-300] }, 1).reward, 1.7e308 / 2, 4);
    near(estimateBestOfN({ reward: [1.7e308, 1.5e308] }, 1).reward, 1.6e308, 4);
    near(estimateBestOfN({ reward: [-1.7e308, -1.5e308] }, 1).reward, -1.6e308, 4);
    near(estimateBestOfN({ reward: [1e-300, 3e-300] }, 1).reward, 2e-300, 4);
    near(
      estimateSoftBestOfN({ reward: [1e6, 0, -1e6, -1e6 + 1], gold: [1, 2, 3, 4], beta: 1 }, 2).gold ?? 0,
      (1 + 1 + 1 + 2 + 2 + 3 + 1 / (1 + Math.exp(-1))) / 6,
      100,
    );
  });
});

describe("a pick", () => {
  it("is the first whose share passes the number drawn", () => {
    const pick = (u: number, beta: number, rewards = [0, 0, -Infinity, 0, 0]) =>
      selectSoftBestOfN(rewards, beta, () => u);
    for (const beta of [0, 1, Infinity]) {
      expect([0, 0.2499, 0.25, 0.5, 0.7499, 0.75, 1 - 2 ** -53].map((u) => pick(u, beta))).toEqual([
        0, 0, 1, 3, 3, 4, 4,
      ]);
    }
    expect(pick(0.999999, 1, [0, -800])).toBe(0);
    expect(pick(0.5, 1, [-5])).toBe(0);
    expect([0.7, 0.74].map((u) => pick(u, 1, [1, 0]))).toEqual([0, 1]);
    expect([0.4, 0.6].map((u) => pick(u, 1e308, [1e308, -1e308]))).toEqual([0, 0]);
  });
});

describe("levels as far apart as doubles go, the better ones as rare", () => {
  it.each<[mass: number[], reward: number[]]>([
    [
      [1.5e-307, 1],
      [1e-17, -6.7e70],
    ],
    [
      [1.2e-82, 0.015460655372004466, 0.9999999999999999],
      [1e300, 9.6e193, -5e-308],
    ],
    [
      [5e-324, 1e-16, 1],
      [1.7e308, 0, -1],
    ],
  ])("are selected among as hard best-of-N does: masses %j", (mass, reward) => {
    for (const n of [2, 2.5, 16, 1e6]) {
      const [soft, hard] = [
        softBestOfNLaw({ ref: given(mass), reward, beta: 1e-9 }, n),
        bestOfNLaw({ ref: given(mass), reward }, n),
      ];
      for (const [i, p] of hard.mass.entries()) {
        expect(soft.mass[i]).not.toBeNaN();
        if (p > 1e-290) expect(Math.abs(soft.mass[i] / p - 1)).toBeLessThanOrEqual(1e-9);
      }
    }
  });
});
