/** What is read of the laws of a method, beside the laws themselves. */
import {
  distribution,
  fromLogMass,
  klDivergence,
  majorityVoteLaw,
  measure,
  metropolisLaw,
  normalize,
  policyReading,
  rejectionSamplingLaw,
  rlhfOptimum,
  softBestOfNLaw,
  totalVariation,
  weightedVoteLaw,
} from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Method } from "../../src/selection/method.js";
import { prepare } from "../../src/selection/problem.js";
import { readerOf } from "../../src/selection/readings.js";
import { valuesOf } from "../../src/selection/readValues.js";
import { test } from "../support/test.js";

const near = (got: number | undefined, want: number, relative = 1e-11, absolute = 1e-14) => {
  if (got === want) return;
  expect(Math.abs((got ?? Number.NaN) - want), `${got} for ${want}`).toBeLessThanOrEqual(
    relative * Math.abs(want) + absolute,
  );
};
const rows = fc
  .array(
    fc.record({
      mass: fc.integer({ min: 0, max: 9 }),
      reward: fc.constantFrom(-Infinity, 0, 1, 2, 2.5),
      gold: fc.integer({ min: -3, max: 3 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .filter((all) => all.some((r) => r.mass > 0 && r.reward > -Infinity));
type Rows = readonly { mass: number; reward: number; gold: number }[];
const read = (all: Rows, beta: number) => ({
  ref: measure(
    [...all.keys()],
    all.map((r) => r.mass),
  ),
  reward: all.map((r) => r.reward),
  gold: all.map((r) => r.gold),
  beta,
});

describe("readings by level", () => {
  const methods: [string, (p: ReturnType<typeof read>, n: number) => Parameters<typeof klDivergence>[0], Method][] = [
    ["soft", (p, n) => softBestOfNLaw(p, n), { method: "soft" }],
    ["metropolis", (p, n) => metropolisLaw(p, n), { method: "metropolis" }],
    ["rejection", (p, n) => rejectionSamplingLaw(p, n).law, { method: "rejection" }],
    ["capped", (p, n) => rejectionSamplingLaw(p, n, { cap: 1.5 }).law, { method: "rejection", cap: 1.5 }],
    ["vote", (p, n) => weightedVoteLaw({ ...p, beta: Infinity }, n), { method: "vote" }],
    ["weighted-vote", (p, n) => weightedVoteLaw(p, n), { method: "weighted-vote" }],
  ];
  test.prop([rows, fc.constantFrom(0.3, 1, 20, 1e5), fc.integer({ min: 1, max: 9 })])(
    "are those of the law",
    (all, beta, n) => {
      const problem = read(all, beta);
      const prepared = prepare("test", problem, beta);
      for (const [, lawOf, method] of methods) {
        const values = valuesOf(prepared, problem.gold);
        const [got] = readerOf(prepared, values, method).readAt([n], (at) => at);
        const want = policyReading(problem, lawOf(problem, n) as never);
        near(got.reward, want.reward);
        near(got.gold, want.gold as number);
        near(got.winRate, want.winRate);
        // KL is of second order where the law is all but ref.
        near(got.klToRef, want.klToRef, 1e-8, 1e-25);
        expect("gold" in readerOf(prepared, valuesOf(prepared, undefined), method).readAt([n], (at) => at)[0]).toBe(
          false,
        );
      }
    },
  );

  test.prop([rows, fc.constantFrom(0.3, 1, 20)])(
    "have distances from the limit, which is 0 from itself",
    (all, beta) => {
      const problem = read(all, beta);
      const prepared = prepare("test", problem, beta);
      for (const method of ["soft", "metropolis", "rejection"] as const) {
        const reader = readerOf(prepared, valuesOf(prepared, undefined), { method });
        const [some, limit] = reader.readAt([3, Infinity], (at, distance) => ({ ...at, ...distance() }));
        expect(limit).toMatchObject({ n: Infinity, totalVariation: 0, kl: 0, reverseKl: 0 });
        const optimum = rlhfOptimum(problem);
        near(limit.klToRef, klDivergence(optimum, problem.ref), 1e-9, 1e-14);
        const law =
          method === "soft"
            ? softBestOfNLaw(problem, 3)
            : method === "metropolis"
              ? metropolisLaw(problem, 3)
              : rejectionSamplingLaw(problem, 3).law;
        near(some.totalVariation, totalVariation(law, optimum), 1e-9, 1e-14);
        near(some.kl, klDivergence(optimum, law), 1e-8, 1e-14);
      }
      const votes = readerOf(prepared, valuesOf(prepared, undefined), { method: "vote" });
      expect(votes.readAt([Infinity], (_, distance) => distance())).toEqual([
        { totalVariation: 0, kl: 0, reverseKl: 0 },
      ]);
    },
  );

  test.prop([rows])("what one draw gives is the mean of those allowed", (all) => {
    const problem = read(all, 1);
    const { oneDraw } = valuesOf(prepare("test", problem, 1), problem.gold);
    const allowed = all.filter((r) => r.mass > 0 && r.reward > -Infinity);
    const mass = allowed.reduce((s, r) => s + r.mass, 0);
    near(oneDraw.reward, allowed.reduce((s, r) => s + r.mass * r.reward, 0) / mass);
    near(oneDraw.gold, allowed.reduce((s, r) => s + r.mass * r.gold, 0) / mass);
    expect("gold" in valuesOf(prepare("test", problem, 1), undefined).oneDraw).toBe(false);
  });

  it("of masses that no double holds are within the range of the values", () => {
    const problem = { ref: fromLogMass(["a", "b", "c"], [-900, -901, 0]), reward: [1, 1, -Infinity], gold: [2, 5, 7] };
    const { oneDraw } = valuesOf(prepare("test", problem, 1), problem.gold);
    near(oneDraw.reward, 1);
    near(oneDraw.gold, (2 + 5 * Math.exp(-1)) / (1 + Math.exp(-1)));
    const forbidden = valuesOf(prepare("test", { ref: measure(["a", "b"], [1, 1]), reward: [0, 0] }, 1), [
      -Infinity,
      3,
    ]);
    expect(forbidden.oneDraw.gold).toBe(-Infinity);
  });
});

describe("votes for answers that several entries give", () => {
  test.prop([
    fc
      .array(
        fc.record({ mass: fc.integer({ min: 0, max: 5 }), answer: fc.nat(2), gold: fc.integer({ min: 0, max: 5 }) }),
        { minLength: 1, maxLength: 6 },
      )
      .filter((all) => all.some((r) => r.mass > 0)),
    fc.array(fc.constantFrom(0, 1, 2), { minLength: 3, maxLength: 3 }),
    fc.integer({ min: 1, max: 8 }),
  ])("are votes for the answers, shared as ref shares them", (all, rewards, n) => {
    const names = [...new Set(all.map((r) => r.answer))];
    const answerOf = Uint32Array.from(all, (r) => names.indexOf(r.answer));
    const reward = all.map((r) => rewards[r.answer]);
    const problem = {
      ref: measure(
        [...all.keys()],
        all.map((r) => r.mass),
      ),
      reward,
      beta: 1,
    };
    const prepared = prepare("test", problem, 1);
    const joint = measure(
      names,
      names.map((a) => all.reduce((s, r) => s + (r.answer === a ? r.mass : 0), 0)),
    );
    for (const method of ["vote", "weighted-vote"] as const) {
      const law =
        method === "vote"
          ? majorityVoteLaw(joint, n)
          : weightedVoteLaw({ ref: joint, reward: names.map((a) => rewards[a]), beta: 1 }, n);
      const entries = all.map((r, i) =>
        r.mass === 0 ? 0 : (law.mass[answerOf[i]] * r.mass) / joint.mass[answerOf[i]],
      );
      const want = policyReading({ ...problem, gold: all.map((r) => r.gold) }, distribution([...all.keys()], entries));
      const reader = readerOf(
        prepared,
        valuesOf(
          prepared,
          all.map((r) => r.gold),
        ),
        { method },
        answerOf,
      );
      const [got, limit] = reader.readAt([n, Infinity], (at, distance) => ({ ...at, far: distance() }));
      near(got.gold, want.gold as number);
      near(got.reward, want.reward);
      near(got.klToRef, want.klToRef, 1e-9, 1e-14);
      near(got.winRate, want.winRate);
      expect(limit.far).toEqual({ totalVariation: 0, kl: 0, reverseKl: 0 });
    }
  });
});

describe("a policy, or draws that are spent in its place", () => {
  const problem = { ref: distribution(["a", "b"], [3, 1]), reward: [0, 1], gold: [1, 5], beta: 1 };
  it("are told apart by their fields", () => {
    const law = softBestOfNLaw(problem, 3);
    const want = policyReading(problem, law);
    const got = policyReading(problem, { n: 3 });
    near(got.reward, want.reward);
    near(got.gold, want.gold as number);
    expect("n" in got).toBe(false);
    expect(policyReading(problem, { n: Infinity, method: "metropolis" }).klToRef).toBeCloseTo(
      klDivergence(rlhfOptimum(problem), problem.ref),
      12,
    );
    // A measure that has a field n is one.
    expect(policyReading(problem, { ...normalize(problem.ref), n: 5 } as never)).toEqual(
      policyReading(problem, problem.ref),
    );
    const wrong = (x: unknown) => () => policyReading(problem, x as never);
    expect(wrong(null)).toThrow(TypeError);
    expect(wrong(5)).toThrow(TypeError);
    expect(wrong("n")).toThrow(TypeError);
    expect(wrong({})).toThrow(/policy/);
    expect(wrong({ method: "soft" })).toThrow("policyReading: policy.n");
    expect(wrong({ n: 3, caps: 1 })).toThrow("caps");
    expect(wrong({ n: 3, cap: 1 })).toThrow("policyReading: policy.cap must be left out of the method soft");
    expect(wrong({ n: 3, method: "best" })).toThrow("policyReading: policy.method must be one of soft");
    expect(wrong({ n: 2.5, method: "vote" })).toThrow("policyReading: policy.n must be a whole number");
  });
});
