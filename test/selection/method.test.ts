import {
  type Distribution,
  klDivergence,
  limitDistance,
  type MethodOptions,
  majorityVoteLaw,
  measure,
  metropolisLaw,
  policyReading,
  rejectionSamplingLaw,
  rlhfOptimum,
  type SelectionMethod,
  type SelectionProblem,
  samplesNeeded,
  selectionCurve,
  selectionLimit,
  softBestOfNLaw,
  totalVariation,
  uniform,
  weightedVoteLaw,
} from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toNumber } from "../support/fraction.js";
import { test } from "../support/test.js";

type Problem = SelectionProblem<number>;
const keys = (values: readonly unknown[]) => [...values.keys()];

/** Small problems with zeros, ties, point masses, forbidden answers and a gold reward. */
const problems = fc
  .array(
    fc.record({
      mass: fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 1e-9, max: 10, noNaN: true })),
      reward: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.double({ min: -1, max: 1, noNaN: true })),
      forbidden: fc.integer({ min: 0, max: 9 }).map((x) => x === 0),
      gold: fc.double({ min: -5, max: 5, noNaN: true }),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .filter((rows) => rows.some((r) => r.mass > 0 && !r.forbidden))
  .map((rows) => ({
    ref: measure(
      keys(rows),
      rows.map((r) => r.mass),
    ),
    reward: rows.map((r) => (r.forbidden ? -Infinity : r.reward)),
    gold: rows.map((r) => r.gold),
  }));
const betas = fc.constantFrom(0, 0.05, 0.3, 1, 50, Infinity);
const draws = fc.constantFrom(1, 1.5, 2, 7, 64, 1e4, 1e12);
const caps = fc.option(fc.oneof(fc.integer({ min: -1, max: 4 }), fc.double({ min: -1, max: 3, noNaN: true })));
const spent: fc.Arbitrary<MethodOptions> = fc.oneof(
  fc.constant({ method: "metropolis" } as const),
  fc.constant({}),
  caps.map((cap) => ({ method: "rejection" as const, ...(cap !== null && { cap }) })),
);

/** The law of a method by the public function of its own. */
function lawOf(problem: Problem, n: number, { method = "soft", cap }: MethodOptions): Distribution<number> {
  if (method === "metropolis") return metropolisLaw(problem, n);
  if (method === "rejection") return rejectionSamplingLaw(problem, n, cap === undefined ? {} : { cap }).law;
  return softBestOfNLaw(problem, n);
}

/** The law that it tends to: the optimum, of the capped reward where there is a cap. */
function limitOf(problem: Problem, { cap = Infinity }: MethodOptions): Distribution<number> {
  const reward = problem.reward as number[];
  const met = keys(reward).filter((i) => problem.ref.mass[i] > 0);
  const top = Math.max(...met.map((i) => reward[i]));
  // At β = 0 nothing is accepted below the cap.
  if (problem.beta === 0 && cap < Infinity && cap > top) return selectionLimit({ ...problem, beta: Infinity });
  const capped = { ...problem, reward: reward.map((r) => Math.min(r, cap)) };
  return problem.beta > 0 && problem.beta < Infinity ? rlhfOptimum(capped) : selectionLimit(capped);
}

function close(a: number | undefined, b: number | undefined, scale = 1): void {
  if (a === b) return;
  expect(Math.abs((a ?? Number.NaN) - (b ?? Number.NaN)), `${a} and ${b}`).toBeLessThanOrEqual(1e-12 * scale);
}

describe("a curve of a method", () => {
  test.prop([problems, betas, draws, spent])("reads the method's own law", (some, beta, n, options) => {
    const problem = { ...some, beta };
    const [point] = selectionCurve(problem, [n], options);
    const law = lawOf(problem, n, options);
    const want = policyReading(problem, law);
    close(point.reward, want.reward, 4);
    close(point.gold, want.gold, 6);
    close(point.klToRef, want.klToRef, 1 + want.klToRef);
    close(point.winRate, want.winRate);
    const { n: _, limit, ...reading } = point;
    expect(policyReading(problem, { ...options, n })).toEqual(reading);
    expect(limitDistance(problem, n, options)).toEqual(limit);
  });

  test.prop([problems, betas, draws, spent])(
    "has the distances of the law from the method's limit",
    (some, beta, n, options) => {
      const problem = { ...some, beta };
      const { totalVariation: tv, kl, reverseKl } = limitDistance(problem, n, options);
      const [law, limit] = [lawOf(problem, n, options), limitOf(problem, options)];
      close(tv, totalVariation(law, limit));
      close(kl, klDivergence(limit, law), 1 + kl);
      if (reverseKl < 1e3) close(reverseKl, klDivergence(law, limit), 1 + reverseKl);
      else expect(klDivergence(law, limit)).toBeGreaterThan(999);
    },
  );

  test.prop([problems, betas, spent])("reads the limit at N = ∞", (some, beta, options) => {
    const problem = { ...some, beta };
    const [point] = selectionCurve(problem, [Infinity], options);
    const want = policyReading(problem, limitOf(problem, options));
    close(point.reward, want.reward, 4);
    close(point.gold, want.gold, 6);
    close(point.klToRef, want.klToRef, 1 + want.klToRef);
    close(point.winRate, want.winRate);
    expect(point.limit).toEqual({ totalVariation: 0, kl: 0, reverseKl: 0 });
  });

  test.prop([problems, betas, draws])(
    "is soft best-of-N where no method is named, to the last bit",
    (some, beta, n) => {
      const problem = { ...some, beta };
      expect(selectionCurve(problem, [n], { method: "soft" })).toEqual(selectionCurve(problem, [n]));
      expect(selectionCurve({ ...some, beta: 0 }, [n], { method: "metropolis" })).toEqual(
        selectionCurve({ ...some, beta: 0 }, [n]),
      );
    },
  );
});

describe("distances keep their digits however small they are", () => {
  const positive = fc.double({ min: 0.01, max: 1, noNaN: true });
  const relative = (got: number, want: number) => {
    if (want > 1e-290) expect(Math.abs(got / want - 1)).toBeLessThanOrEqual(1e-11);
  };

  test.prop([positive, positive, fc.double({ min: 0.1, max: 3, noNaN: true }), fc.integer({ min: 1, max: 300 })])(
    "Metropolis on two answers: ref − π* times λ^{N−1}, with λ the one eigenvalue",
    (a, b, r, n) => {
      const ref = measure([0, 1], [a, b]);
      const problem = { ref, reward: [0, r], beta: 1 };
      const [p, q] = ref.mass.map((m) => m / (a + b));
      // A step from the better answer stays since its draw is refused.
      const lambda = p * (1 - Math.exp(-r));
      const apart = (p * q * (Math.exp(r) - 1)) / (p + q * Math.exp(r));
      relative(limitDistance(problem, n, { method: "metropolis" }).totalVariation, apart * lambda ** (n - 1));
    },
  );

  test.prop([problems, fc.constantFrom(0.3, 1, 50), draws, caps])(
    "rejection: those of ref times (1 − A)^{N−1}",
    ({ ref, reward: given, gold }, beta, n, cap) => {
      const reward = given.map((r) => (r === -Infinity ? 0 : r));
      const problem = { ref, reward, gold, beta };
      const options = { method: "rejection", ...(cap !== null && { cap }) } as const;
      const { acceptance } = rejectionSamplingLaw(problem, 1, cap === null ? {} : { cap });
      if (acceptance > 0.99) return;
      const at1 = limitDistance(problem, 1, options).totalVariation;
      if (at1 < 1e-12) return;
      const power = Math.exp((n - 1) * Math.log1p(-acceptance));
      const want = at1 * power;
      const got = limitDistance(problem, n, options).totalVariation;
      if (want > 1e-290 && (n - 1) * acceptance < 600)
        expect(Math.abs(got / want - 1)).toBeLessThanOrEqual(2e-12 * (1 + n * 1e-3));
    },
  );

  const whole = fc.array(fc.record({ mass: fc.integer({ min: 1, max: 50 }), reward: fc.integer({ min: 0, max: 5 }) }), {
    minLength: 2,
    maxLength: 5,
  });
  test.prop([whole, fc.integer({ min: 1, max: 60 })])("Metropolis: the kernel's power in whole numbers", (rows, n) => {
    // Rewards in units of log 2: weights are powers of 2, and a probability of acceptance is one in 2^5.
    const unit = 1n << 5n;
    const mass = rows.map((r) => BigInt(r.mass));
    const total = mass.reduce((a, b) => a + b);
    let held = mass;
    let all = total;
    for (let step = 1; step < n; step++) {
      const next = held.map(() => 0n);
      for (const [i, p] of held.entries()) {
        for (const [j, q] of mass.entries()) {
          const accepted = unit >> BigInt(Math.max(0, rows[i].reward - rows[j].reward));
          next[j] += p * q * accepted;
          next[i] += p * q * (unit - accepted);
        }
      }
      held = next;
      all *= total * unit;
    }
    const tilted = rows.map((r, i) => mass[i] << BigInt(r.reward));
    const sum = tilted.reduce((a, b) => a + b);
    const gained = held.reduce((s, p, i) => (p * sum > tilted[i] * all ? s + p * sum - tilted[i] * all : s), 0n);
    const problem = {
      ref: measure(
        keys(rows),
        rows.map((r) => r.mass),
      ),
      reward: rows.map((r) => r.reward),
      beta: 1 / Math.LN2,
    };
    const want = toNumber({ top: gained, bottom: sum * all });
    relative(limitDistance(problem, n, { method: "metropolis" }).totalVariation, want);
  });
});

describe("the draws needed", () => {
  const targets = fc.constantFrom({ totalVariation: 0.05 }, { totalVariation: 0.3 }, { kl: 0.01 }, { kl: 0.2 });
  test.prop([problems, fc.constantFrom(0, 0.3, 1, 50), targets, spent])(
    "are the fewest at which the distance is met, by direct search",
    (some, beta, target, options) => {
      const problem = { ...some, beta };
      const needed = samplesNeeded(problem, target, options);
      const [[name, most]] = Object.entries(target) as [["totalVariation" | "kl", number]];
      const met = (n: number) => limitDistance(problem, n, options)[name] <= most;
      let n = 1;
      while (n <= 60 && !met(n)) n++;
      if (n <= 60) expect(needed).toBe(n);
      else {
        expect(needed).toBeGreaterThan(60);
        if (needed < 2 ** 53) expect([met(needed), met(needed - 1)]).toEqual([true, false]);
      }
    },
  );

  it("Metropolis needs far fewer than soft best-of-N, rejection one more", () => {
    const problem = { ref: uniform(["a", "b", "c"]), reward: [0, 1, 2], beta: 0.5 };
    const needed = (method: SelectionMethod) => samplesNeeded(problem, { kl: 1e-6 }, { method });
    expect([needed("soft"), needed("metropolis"), needed("rejection")]).toEqual([552, 16, 17]);
  });
});

describe("the cap of rejection", () => {
  const problem = { ref: uniform(["a", "b", "c"]), reward: [0, 1, 2], gold: [0, 1, 0], beta: 0.5 };
  const at = (cap: number, n: number, beta = 0.5) =>
    policyReading({ ...problem, beta }, { method: "rejection", n, cap });

  it("is the largest reward where left out", () => {
    expect(policyReading(problem, { method: "rejection", n: 5 })).toEqual(at(2, 5));
  });
  it("above every reward only makes acceptance rarer: the limit is the same", () => {
    expect(at(3, Infinity)).toEqual(at(2, Infinity));
    expect(at(3, 5).reward).toBeLessThan(at(2, 5).reward);
  });
  it("below every reward accepts at once: ref", () => {
    expect(at(-1, 5)).toEqual(policyReading(problem, { method: "rejection", n: 1 }));
    expect(limitDistance(problem, 1, { method: "rejection", cap: -1 }).totalVariation).toBe(0);
  });
  it("at β = 0 is what a reward must reach: answers above it are as good as each other", () => {
    expect(at(1, Infinity, 0)).toMatchObject({ reward: 1.5, gold: 0.5 });
    expect(at(1, 2, 0).reward).toBeCloseTo((2 / 3) * 1.5 + 1 / 3, 15);
    // No reward reaches 3: all draws are made, and the last is taken.
    expect(at(3, 5, 0)).toEqual(at(3, 1, 0));
    expect(samplesNeeded({ ...problem, beta: 0 }, { kl: 1e-9 }, { method: "rejection", cap: 3 })).toBe(1);
  });
});

describe("votes", () => {
  const whole = fc.constantFrom(1, 2, 3, 7, 20);
  const votes = fc.constantFrom<MethodOptions>({ method: "vote" }, { method: "weighted-vote" });
  /** By enumeration of what is drawn, and the modes of the weights. */
  const modeOf = ({ ref, reward, beta }: Problem, { method }: MethodOptions) => {
    const given = reward as number[];
    const temperature = method === "vote" ? Infinity : beta;
    const met = keys(given).filter((i) => ref.mass[i] > 0 && given[i] > -Infinity);
    const best = Math.max(...met.map((i) => given[i]));
    const among = temperature === 0 ? met.filter((i) => given[i] === best) : met;
    const weight = (i: number) =>
      Math.log(ref.mass[i]) + (temperature > 0 && temperature < Infinity ? (given[i] - best) / temperature : 0);
    const most = Math.max(...among.map(weight));
    return measure(
      keys(given),
      given.map((_, i) => Number(among.includes(i) && weight(i) >= most - 1e-13)),
    );
  };

  test.prop([problems, betas, whole, votes], { numRuns: 60 })(
    "are read as their law is, and tend to the mode",
    (some, beta, n, options) => {
      const problem = { ...some, beta };
      const weighted = { ...some, beta: options.method === "vote" ? Infinity : beta };
      const law = weightedVoteLaw(weighted, n);
      const [point, limit] = selectionCurve(problem, [n, Infinity], options);
      const { n: _, limit: distance, ...reading } = point;
      expect(reading).toEqual(policyReading(problem, law));
      expect(policyReading(problem, { ...options, n })).toEqual(reading);
      const mode = modeOf(problem, options);
      expect(limit).toEqual({
        n: Infinity,
        ...policyReading(problem, mode),
        limit: { totalVariation: 0, kl: 0, reverseKl: 0 },
      });
      close(distance.totalVariation, totalVariation(law, mode));
      close(distance.kl, klDivergence(mode, law), 1 + distance.kl);
      expect(limitDistance(problem, n, options)).toEqual(distance);
    },
  );

  it("without forbidden answers the vote is majorityVoteLaw, whatever β", () => {
    const problem = { ref: measure(["a", "b", "c"], [5, 3, 2]), reward: [0, 1, 2] };
    for (const beta of [0, 0.5, Infinity])
      expect(policyReading({ ...problem, beta }, { method: "vote", n: 9 })).toEqual(
        policyReading(problem, majorityVoteLaw(problem.ref, 9)),
      );
  });

  it("the draws needed are the first at which the distance is met, also where it rises in between", () => {
    // One vote for b makes up for one for a: two draws favour b more than one.
    const problem = { ref: measure(["a", "b"], [0.85, 0.15]), reward: [0, Math.log(2)], beta: 1 };
    const at = (n: number) => limitDistance(problem, n, { method: "weighted-vote" }).totalVariation;
    expect(at(2)).toBeGreaterThan(at(1));
    for (const most of [0.2, 0.1, 0.01]) {
      const needed = samplesNeeded(problem, { totalVariation: most }, { method: "weighted-vote" });
      expect(at(needed)).toBeLessThanOrEqual(most);
      for (let n = 1; n < needed; n++) expect(at(n)).toBeGreaterThan(most);
    }
    expect(() =>
      samplesNeeded({ ...problem, ref: measure(["a", "b"], [0.5001, 0.4999]) }, { kl: 1e-3 }, { method: "vote" }),
    ).toThrow("samplesNeeded: target.kl must be met by a vote of at most 128 draws, got 0.001");
  });

  it("need a whole N", () => {
    const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 };
    expect(() => selectionCurve(problem, [2, 2.5], { method: "vote" })).toThrow(
      "selectionCurve: ns[1] must be a whole number from 1 to 524288, got 2.5",
    );
    expect(() => limitDistance(problem, 1.5, { method: "weighted-vote" })).toThrow(
      "limitDistance: n must be a whole number",
    );
    expect(() => policyReading(problem, { method: "vote", n: 1.5 })).toThrow("policyReading: policy.n must be a whole");
  });
});

describe("bad input", () => {
  const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 };
  it.each([
    [
      () => selectionCurve(problem, [2], { method: "hard" as never }),
      'selectionCurve: options.method must be one of soft, metropolis, rejection, vote, weighted-vote, got "hard"',
    ],
    [() => limitDistance(problem, 2, { method: 3 as never }), "limitDistance: options.method must be one of soft"],
    [
      () => limitDistance(problem, Infinity, { method: "metropolis" }),
      "limitDistance: n must be at least 1 and finite",
    ],
    [
      () => selectionCurve(problem, [2], { method: "soft", cap: 1 }),
      "selectionCurve: options.cap must be left out of the method soft, got 1",
    ],
    [
      () => samplesNeeded(problem, { kl: 1 }, { method: "rejection", cap: Number.NaN }),
      "samplesNeeded: options.cap must be finite, got NaN",
    ],
    [
      () => policyReading(problem, { method: "rejection", n: 2, cap: Infinity }),
      "policyReading: policy.cap must be finite, got Infinity",
    ],
    [
      () => policyReading(problem, { n: 2, metod: "vote" } as never),
      'policyReading: policy.metod must be one of method, cap, n, got "vote"',
    ],
    [
      () => policyReading(problem, { method: "vote" } as never),
      "policyReading: policy.n must be a number, got undefined",
    ],
    [() => policyReading(problem, { n: 0.5 }), "policyReading: policy.n must be at least 1"],
    [
      () => policyReading({ ref: problem.ref, reward: [0, 1] } as never, { n: 2 }),
      "policyReading: beta must be a number, got undefined",
    ],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
});
