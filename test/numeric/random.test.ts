import {
  categoricalSampler,
  measure,
  type RandomState,
  randomSource,
  selectSoftBestOfN,
  softBestOfNSampler,
} from "exptilt";
import {
  atomicData,
  ddpmSample,
  estimateDensityRatioLoss,
  estimateGuidanceGap,
  estimateKlByMismatchedEstimation,
  logSnrSchedule,
} from "exptilt/diffusion";
import { tabularPolicy } from "exptilt/training";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gaussianSource } from "../../src/numeric/gaussian.js";
import { test } from "../support/test.js";

const data = atomicData({ atoms: [[0], [1], [3]], classes: { a: [0.5, 0.25, 0.25], b: [0.1, 0.1, 0.8] } });
const ref = measure(["a", "b", "c"], [1, 2, 3]);
const some = { samples: 20 };
/** Every function that draws, by the name its messages must give. */
const samplers: Record<string, (rng: () => number) => unknown> = {
  categoricalSampler: (rng) => categoricalSampler(ref, rng)(),
  selectSoftBestOfN: (rng) => selectSoftBestOfN([0, 1, 2], 1, rng),
  softBestOfNSampler: (rng) => softBestOfNSampler({ ref, reward: [0, 1, 2], beta: 1 }, 4, rng)(),
  "softBestOfNSampler, by simulation": (rng) =>
    softBestOfNSampler({ ref, reward: [0, -Infinity, 2], beta: 1 }, 4, rng, { method: "simulation" })(),
  sample: (rng) => tabularPolicy(["a", "b", "c"]).on(undefined).sample(new Float64Array(3), rng),
  ddpmSample: (rng) => ddpmSample((x) => x, logSnrSchedule(5, 2, -2), [0.3], rng),
  estimateDensityRatioLoss: (rng) => estimateDensityRatioLoss(data, [0], "a", rng, some),
  estimateKlByMismatchedEstimation: (rng) => estimateKlByMismatchedEstimation(data, "a", "b", rng, some),
  estimateGuidanceGap: (rng) => estimateGuidanceGap(data, "a", 2, 0.5, rng, some),
};
const named = Object.entries(samplers).map(([name, draw]) => ({ name, called: name.split(",")[0], draw }));

describe.each(named)("$name", ({ called, draw }) => {
  test.prop([fc.oneof(fc.double({ min: 1 }), fc.double({ max: -Number.MIN_VALUE }), fc.constant(Number.NaN))])(
    "refuses numbers outside [0, 1)",
    (u) => {
      expect(() => draw(() => u)).toThrow(`${called}: rng must return numbers in [0, 1), got ${u}`);
      expect(() => draw(() => u)).toThrow(RangeError);
    },
  );

  it.each([undefined, null, "0.5", 0n, {}])("refuses %s", (u) => {
    expect(() => draw((() => u) as never)).toThrow(`${called}: rng must return numbers in [0, 1), got `);
    expect(() => draw((() => u) as never)).toThrow(TypeError);
  });

  test.prop([fc.oneof(fc.constantFrom(0, 0.5, 1 - 2 ** -53), fc.double({ min: 0, max: 1, maxExcluded: true }))], {
    numRuns: 20,
  })("ends with a source that always gives the same number", (u) => {
    try {
      draw(() => u);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      expect(String(error)).toContain(`${called}: rng must return numbers that vary`);
    }
  });
});

it("a normal draw says that its source never lets it end", () => {
  expect(gaussianSource(() => 0.7)()).toBeGreaterThan(0);
  expect(() => gaussianSource(() => 0.5, "caller")()).toThrow(
    "caller: rng must return numbers that vary, but 1000 draws in a row were rejected",
  );
});

it("a simulation that would draw forbidden answers for ever is refused", () => {
  const rare = { ref: measure([0, 1], [1, 1e-9]), reward: [-Infinity, 1], beta: 1 };
  expect(() => softBestOfNSampler(rare, 4, randomSource(1), { method: "simulation" })).toThrow(
    'softBestOfNSampler: options.method must be "law" where N draws hold an allowed answer with probability 3.99999',
  );
  expect(softBestOfNSampler(rare, 4, randomSource(1))()).toBe(1);
});

describe("the states of a random source", () => {
  const word = fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 });
  test.prop([fc.record({ a: word, b: word, c: word, d: word })])("restored give numbers in (0, 1)", (words) => {
    const rng = randomSource({ generator: "tychei", ...words });
    for (let i = 0; i < 5; i++) {
      const u = rng();
      expect(u > 0 && u < 1).toBe(true);
    }
  });

  // All that there are: with a and c eliminated, 2^32 pairs (b, d) were tried.
  it.each([
    [0, 0, 0, 0],
    [1183002346, 196656275, 3528471060, 2498246957],
    [3315059359, 3708980708, 3948369671, 4001805268],
  ])("that are their own successors are refused: %s, %s, %s, %s", (a, b, c, d) => {
    const state: RandomState = { generator: "tychei", a, b, c, d };
    expect(() => randomSource(state)).toThrow(RangeError);
    expect(() => randomSource(state)).toThrow("randomSource: seed must not repeat itself");
    const signed = { ...state, a: a | 0, b: b | 0, c: c | 0, d: d | 0 };
    expect(() => randomSource(signed)).toThrow("randomSource: seed must not repeat itself");
  });

  test.prop([fc.integer({ min: 1, max: 2 ** 16 - 1 })])("that lead to four zeros are refused", (half) => {
    const d = half << 16;
    // One step before all words are 0; see `next` of the generator, run backwards.
    const turned = (x: number, by: number) => (x >>> by) | (x << (32 - by));
    const [a1, c1, d1] = [0, d, d];
    const b1 = turned(c1, 20);
    const a0 = a1 + b1;
    const d0 = turned(d1 ^ a0, 24);
    const c0 = c1 + d0;
    const b0 = turned(b1 ^ c0, 25);
    expect(() => randomSource({ generator: "tychei", a: a0 | 0, b: b0 | 0, c: c0 | 0, d: d0 | 0 })).toThrow("repeat");
  });
});

describe("a seed that is a bigint", () => {
  const same = (a: unknown, b: number) => {
    const [mine, theirs] = [a as number, b].map((seed) => Array.from({ length: 4 }, randomSource(seed)));
    expect(mine).toEqual(theirs);
  };
  test.prop([fc.maxSafeInteger()])("is read as the number that it is", (seed) => same(BigInt(seed), seed));
  test.prop([
    fc.oneof(fc.bigInt({ min: 2n ** 53n, max: 2n ** 130n }), fc.constantFrom(2n ** 53n, 2n ** 53n + 1n, 10n ** 400n)),
    fc.boolean(),
  ])("is refused as it was written where it is beyond the safe integers", (size, negative) => {
    const seed = negative ? -size : size;
    const shown = `${seed}n`.length > 60 ? `${`${seed}n`.slice(0, 57)}...` : `${seed}n`;
    const act = () => randomSource(seed as unknown as number);
    expect(act).toThrow(RangeError);
    expect(act).toThrow(`randomSource: seed must be within ±(2^53 - 1) where it is a bigint, got ${shown}`);
  });
});

describe("streams of different texts", () => {
  const text = fc
    .array(fc.oneof(fc.constantFrom("\0", "\x01", "a"), fc.string({ unit: "binary", maxLength: 2 })), { maxLength: 6 })
    .map((parts) => parts.join(""));
  test.prop([text, text], { numRuns: 500 })("share no number", (s, t) => {
    fc.pre(s !== t);
    const [mine, theirs] = [s, t].map((seed) => Array.from({ length: 12 }, randomSource(seed)));
    expect(theirs.filter((u) => mine.includes(u))).toEqual([]);
  });
  test.prop([fc.constantFrom("", "a", "\0", "seed\x01"), fc.nat(30), fc.nat(30)])(
    "nor where they differ by characters of code 0 at the end",
    (s, m, n) => {
      fc.pre(m !== n);
      const [mine, theirs] = [m, n].map((k) => Array.from({ length: 20 }, randomSource(s + "\0".repeat(k))));
      expect(theirs.filter((u) => mine.includes(u))).toEqual([]);
    },
  );
});
