import {
  bestOfNLaw,
  categoricalSampler,
  measure,
  metropolisLaw,
  metropolisSampler,
  randomSource,
  samplingProbabilities,
  selectSoftBestOfN,
  softBestOfNLaw,
  softBestOfNSampler,
  softmax,
  uniform,
} from "exptilt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialBounds } from "../support/binomial.js";
import { test } from "../support/test.js";
import { weights } from "../support/weights.js";

const DRAWS = 40_000;
const Q = 1e-6;

/** Every count lies where a binomial count of its probability must: outside at q = 1e-6, shared among the answers. */
function expectCounts(draw: () => number, law: ArrayLike<number>): void {
  const counts = new Array<number>(law.length).fill(0);
  for (let i = 0; i < DRAWS; i++) counts[draw()]++;
  for (const [i, count] of counts.entries()) {
    const [low, high] = binomialBounds(DRAWS, law[i], Q / law.length);
    expect(count, `answer ${i}`).toBeGreaterThanOrEqual(low);
    expect(count, `answer ${i}`).toBeLessThanOrEqual(high);
  }
}

/** The law of soft best-of-N by going through all K^N sequences of draws: no integral, no levels. */
function bySequences(mass: readonly number[], reward: readonly number[], beta: number, n: number): number[] {
  const total = mass.reduce((s, m) => s + m, 0);
  const law = mass.map(() => 0);
  let kept = 0;
  const go = (drawn: number[], p: number): void => {
    if (p === 0) return;
    if (drawn.length < n) {
      for (const [i, m] of mass.entries()) go([...drawn, i], (p * m) / total);
      return;
    }
    const best = Math.max(...drawn.map((i) => reward[i]));
    if (best === -Infinity) return;
    const w = drawn.map((i) => {
      if (beta === 0) return reward[i] === best ? 1 : 0;
      return beta === Infinity ? Number(reward[i] > -Infinity) : Math.exp((reward[i] - best) / beta);
    });
    const sum = w.reduce((s, x) => s + x, 0);
    kept += p;
    for (const [k, i] of drawn.entries()) law[i] += (p * w[k]) / sum;
  };
  go([], 1);
  return law.map((p) => p / kept);
}

const cases = [
  { name: "ties and an answer of mass 0", mass: [3, 0, 2, 4, 1], reward: [0.2, 5, 1, 1, 0.5] },
  { name: "a forbidden answer", mass: [1, 5, 2], reward: [0, -Infinity, 1] },
  { name: "a rare best answer", mass: [90, 9, 1], reward: [0, 0.5, 2] },
  { name: "a point mass", mass: [0, 1, 0], reward: [0, 1, 2] },
];

describe("both samplers of soft best-of-N draw from the enumerated law, within binomial bounds at q = 1e-6", () => {
  for (const [c, { name, mass, reward }] of cases.entries()) {
    for (const beta of [0, 0.4, Infinity]) {
      for (const method of ["law", "simulation"] as const) {
        it(`${name}, β = ${beta}, ${method}`, () => {
          const problem = { ref: measure([...mass.keys()], mass), reward, beta };
          const sampler = softBestOfNSampler(problem, 4, randomSource(`${c} ${beta} ${method}`), { method });
          expectCounts(sampler.index, bySequences(mass, reward, beta, 4));
        });
      }
    }
  }

  it("for N too large to simulate, from the law", () => {
    const problem = { ref: uniform([0, 1, 2]), reward: [0, 1, 2], beta: 0.9 };
    expectCounts(softBestOfNSampler(problem, 1e9, randomSource(3)), softBestOfNLaw(problem, 1e9).mass);
    expectCounts(softBestOfNSampler({ ...problem, beta: 0 }, 3.5, randomSource(4)), bestOfNLaw(problem, 3.5).mass);
  });
});

describe("Metropolis selection holds an answer of the exact law, within binomial bounds at q = 1e-6", () => {
  for (const [c, { name, mass, reward }] of cases.entries()) {
    for (const beta of [0, 0.4, Infinity]) {
      const problem = { ref: measure([...mass.keys()], mass), reward, beta };
      const law = metropolisLaw(problem, 4).mass;
      it(`${name}, β = ${beta}, of draws from ref itself`, () => {
        expectCounts(metropolisSampler(problem, randomSource(`among ${c} ${beta}`)).among(4).index, law);
      });

      it(`${name}, β = ${beta}, of a stream that is offered with rewards, or without`, () => {
        const draw = categoricalSampler(problem.ref, randomSource(`stream ${c} ${beta}`));
        const [rng, same] = [randomSource("one"), randomSource("one")];
        let agree = true;
        const held = (): number => {
          const stream = metropolisSampler<number>(beta, rng);
          const known = metropolisSampler(problem, same);
          for (let i = 1; i <= 4; i++) {
            const answer = draw();
            const taken = stream.offer(answer, reward[answer]);
            agree &&= known.offer(answer) === taken && (!taken || stream.current === answer);
            agree &&= known.current === stream.current && known.reward === stream.reward;
            agree &&= known.offered === i && stream.offered === i;
          }
          return stream.current ?? held();
        };
        expectCounts(held, law);
        expect(agree).toBe(true);
      });
    }
  }

  const stream = fc.array(fc.oneof(fc.constantFrom(-Infinity, 0, 1), fc.double({ min: -1e3, max: 1e3, noNaN: true })));
  test.prop([stream])(
    "takes what is at least as good for sure, at β = 0 nothing else, and at β = ∞ all that is not forbidden",
    (rewards) => {
      const never = (): number => {
        throw new Error("no number is needed");
      };
      const cold = metropolisSampler<number>(0, () => 0);
      const hot = metropolisSampler<number>(Infinity, () => 1 - 2 ** -53);
      const sure = metropolisSampler<number>(0.1, never);
      let best = -Infinity;
      for (const [i, reward] of rewards.entries()) {
        const better = reward > -Infinity && reward >= best;
        expect(cold.offer(i, reward)).toBe(better);
        expect(hot.offer(i, reward)).toBe(reward > -Infinity);
        if (better || reward === -Infinity) expect(sure.offer(i, reward)).toBe(better);
        best = Math.max(best, reward);
        expect(cold.reward).toBe(best);
      }
      if (best === -Infinity) expect([cold.current, hot.current]).toEqual([undefined, undefined]);
    },
  );

  it("survives rewards of any size", () => {
    const far = metropolisSampler<string>(Infinity, () => 0.999);
    expect([far.offer("high", 1e308), far.offer("low", -1e308)]).toEqual([true, true]);
    const cold = metropolisSampler<string>(1e-300, () => 0);
    expect([cold.offer("high", 1e308), cold.offer("low", -1e308)]).toEqual([true, false]);
  });

  it("of its own draws leaves what was offered as it is, and finds sequences by their tokens", () => {
    const problem = { ref: uniform([["x"], ["x", "y"]]), reward: [0, 1], beta: 1 };
    const sampler = metropolisSampler(problem, randomSource(1));
    sampler.offer(["x"]);
    sampler.among(9)();
    expect([sampler.current, sampler.reward, sampler.offered]).toEqual([["x"], 0, 1]);
  });
});

describe("picking among candidates", () => {
  const rewards = [0.3, -Infinity, 1, 1, 0.9, -40];
  it.each([0.2, 1, 50])("is a draw from the softmax of r/β, at β = %d", (beta) => {
    const rng = randomSource(`pick ${beta}`);
    expectCounts(() => selectSoftBestOfN(rewards, beta, rng), softmax(rewards.map((r) => r / beta)));
  });
  it("breaks ties among the best uniformly at β = 0, and is uniform on what is not forbidden at β = ∞", () => {
    const rng = randomSource("ends");
    expectCounts(() => selectSoftBestOfN(rewards, 0, rng), [0, 0, 0.5, 0.5, 0, 0]);
    expectCounts(() => selectSoftBestOfN(rewards, Infinity, rng), [0.2, 0, 0.2, 0.2, 0.2, 0.2]);
  });
  it("survives rewards of any size", () => {
    const rng = randomSource("sizes");
    expectCounts(() => selectSoftBestOfN([1e308, -1e308, 1e308], 1e-300, rng), [0.5, 0, 0.5]);
    expectCounts(() => selectSoftBestOfN([1e-320, 0], 1e308, rng), [0.5, 0.5]);
    // Rewards whose difference overflows are both allowed, and near each other at a large β.
    expectCounts(() => selectSoftBestOfN([1e308, -1e308], Infinity, rng), [0.5, 0.5]);
    expectCounts(() => selectSoftBestOfN([1e308, -1e308], 1e308, rng), softmax([2, 0]));
  });
});

describe("an alias table", () => {
  test.prop([weights(60)])("draws with the law's own probabilities: relative error at most 1e-13, zeros exact", (w) => {
    const p = measure([...w.keys()], w);
    const got = samplingProbabilities(p);
    const max = Math.max(...w);
    const total = w.reduce((s, x) => s + x / max, 0);
    for (const [i, x] of w.entries()) {
      const want = x / max / total;
      if (x === 0) expect(got[i]).toBe(0);
      else if (want > 1e-290) expect(Math.abs(got[i] - want)).toBeLessThanOrEqual(1e-13 * want);
    }
  });

  it("of a thousand answers gives counts within binomial bounds, by call, by index and in bulk", () => {
    const mass = Array.from({ length: 1000 }, (_, i) => (i % 7) * (i % 3));
    const total = mass.reduce((s, m) => s + m, 0);
    const law = mass.map((m) => m / total);
    const p = measure([...mass.keys()], mass);
    expectCounts(categoricalSampler(p, randomSource("call")), law);
    expectCounts(categoricalSampler(p, randomSource("index")).index, law);
    const bulk = categoricalSampler(p, randomSource("bulk")).fill(new Int32Array(DRAWS));
    let next = 0;
    expectCounts(() => bulk[next++], law);
  });
});

describe("a random source", () => {
  test.prop([fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true })), fc.nat(100)])(
    "saved at any moment goes on bit for bit",
    (seed, skip) => {
      const rng = randomSource(seed);
      for (let i = 0; i < skip; i++) rng();
      const resumed = randomSource(JSON.parse(JSON.stringify(rng.state())));
      for (let i = 0; i < 20; i++) expect(resumed()).toBe(rng());
    },
  );

  it("gives the stream it always gave", () => {
    const rng = randomSource("exptilt");
    expect([rng(), rng(), rng()]).toEqual([0.48238378626097533, 0.03380014779832019, 0.41323686951189287]);
    expect(randomSource(12).call(undefined)).toBe(randomSource("12")());
  });

  it("is uniform: counts of 16 cells and the lowest bits lie within binomial bounds", () => {
    const rng = randomSource("cells");
    expectCounts(() => Math.floor(rng() * 16), new Array<number>(16).fill(1 / 16));
    // The last of 53 bits.
    expectCounts(() => (rng() * 2 ** 53) % 2, [0.5, 0.5]);
  });
});

describe("bad input", () => {
  const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 };
  const rng = randomSource(1);
  it.each([
    [() => selectSoftBestOfN([], 1, rng), "selectSoftBestOfN: rewards must have at least one entry, got an array of 0"],
    [() => selectSoftBestOfN([0, Number.NaN], 1, rng), "selectSoftBestOfN: rewards[1] must be a number below Infinity"],
    [() => selectSoftBestOfN([Infinity], 1, rng), "selectSoftBestOfN: rewards[0] must be a number below Infinity"],
    [() => selectSoftBestOfN([-Infinity], 1, rng), "selectSoftBestOfN: rewards must have an entry above -Infinity"],
    [() => selectSoftBestOfN([0], -1, rng), "selectSoftBestOfN: beta must be at least 0"],
    [() => selectSoftBestOfN([0], 1, 7 as never), "selectSoftBestOfN: rng must be a function, got 7"],
    [() => selectSoftBestOfN(["1" as never], 1, rng), 'selectSoftBestOfN: rewards[0] must be a number, got "1"'],
    [() => softBestOfNSampler(problem, 0, rng), "softBestOfNSampler: n must be at least 1 and finite, got 0"],
    [
      () => softBestOfNSampler(problem, 2.5, rng, { method: "simulation" }),
      "softBestOfNSampler: n must be a whole number of at least 1, got 2.5",
    ],
    [
      () => softBestOfNSampler(problem, 2, rng, { method: "exact" as never }),
      'softBestOfNSampler: options.method must be "law" or "simulation", got "exact"',
    ],
    [() => metropolisSampler(-1, rng), "metropolisSampler: beta must be at least 0"],
    [() => metropolisSampler("1" as never, rng), 'metropolisSampler: beta must be a number, got "1"'],
    [() => metropolisSampler(null as never, rng), "metropolisSampler: problem must be an object"],
    [() => metropolisSampler(problem, 1 as never), "metropolisSampler: rng must be a function, got 1"],
    [() => metropolisSampler(1, 1 as never), "metropolisSampler: rng must be a function, got 1"],
    [() => metropolisSampler(1, rng).offer("a", Number.NaN), "metropolisSampler: reward must be a number below"],
    [
      () => metropolisSampler(problem, rng).offer("c"),
      'metropolisSampler: answer must be in the support of ref, got "c"',
    ],
    [() => metropolisSampler(problem, rng).among(1.5), "metropolisSampler: n must be a whole number of at least 1"],
    [
      () => metropolisSampler({ ref: measure(["a", "b"], [1e9, 1]), reward: [-Infinity, 1], beta: 1 }, rng).among(2),
      "metropolisSampler: n must be larger where N draws hold an allowed answer with probability 1.99",
    ],
    [() => softBestOfNSampler(problem, 2, undefined as never), "softBestOfNSampler: rng must be a function"],
    [() => categoricalSampler(problem.ref, 1 as never), "categoricalSampler: rng must be a function, got 1"],
    [() => categoricalSampler(problem.ref, rng).fill([] as never), "categoricalSampler: out must be an Int32Array"],
    [() => randomSource(Number.NaN), "randomSource: seed must be finite, got NaN"],
    [() => randomSource(true as never), "randomSource: seed must be a string, a number or a state, got true"],
    [() => randomSource({ generator: "arc4" } as never), 'randomSource: seed.generator must be "tychei", got "arc4"'],
    [
      () => randomSource({ generator: "tychei", a: 1.5, b: 0, c: 0, d: 0 }),
      "randomSource: seed.a must be a whole number",
    ],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
});
