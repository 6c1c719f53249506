import {
  autoregressivePolicy,
  distribution,
  entropy,
  expectation,
  expectedSelfCertainty,
  measure,
  selfCertainty,
  sequenceDistribution,
} from "exptilt";
import { describe, expect, it } from "vitest";

/** Tosses that end with the first head, three at most; a head has probability 1/4. */
const tosses = autoregressivePolicy({ vocabulary: ["t", "h"], length: 3, end: "h", conditional: () => [3, 1] });
const coin = (length: number) => autoregressivePolicy({ vocabulary: ["a", "b"], length, conditional: () => [1, 3] });

describe("where a token ends a sequence", () => {
  it("the sequences are those that end with it and those of full length", () => {
    const law = sequenceDistribution(tosses);
    expect(law.support).toEqual([["t", "t", "t"], ["t", "t", "h"], ["t", "h"], ["h"]]);
    expect(law.mass).toEqual(Float64Array.of(27 / 64, 9 / 64, 3 / 16, 1 / 4));
    expect(law.logNormalizer).toBe(0);
  });

  it("self-certainty is a mean over a sequence's own length", () => {
    const one = Math.log(2) - entropy(measure([0, 1], [3, 1]));
    for (const sequence of sequenceDistribution(tosses).support) {
      expect(selfCertainty(tosses, sequence)).toBeCloseTo(one, 15);
    }
    expect(expectedSelfCertainty(tosses)).toBeCloseTo(one, 15);
  });

  it("only what ends there is complete", () => {
    expect(() => selfCertainty(tosses, ["h", "t"])).toThrow("selfCertainty: sequence must have 1 tokens");
    expect(() => selfCertainty(tosses, ["t", "t"])).toThrow("selfCertainty: sequence must have 3 tokens");
    expect(() => selfCertainty(coin(2), ["b"])).toThrow("selfCertainty: sequence must have 2 tokens");
  });

  it("may be any token, NaN too", () => {
    const policy = autoregressivePolicy({
      vocabulary: [0, Number.NaN],
      length: 2,
      end: Number.NaN,
      conditional: () => [1, 1],
    });
    expect(sequenceDistribution(policy).support).toEqual([[0, 0], [0, Number.NaN], [Number.NaN]]);
    expect(selfCertainty(policy, [Number.NaN])).toBe(0);
  });
});

describe("expected self-certainty is the expectation of self-certainty", () => {
  const sticky = autoregressivePolicy({
    vocabulary: ["a", "b", "end"],
    length: 4,
    end: "end",
    conditional: (prefix) => (prefix.at(-1) === "b" ? [1, 3, 2] : measure(["a", "b", "end"], [1, 0.1, 5])),
  });
  it.each(["variant", "original"] as const)("%s", (form) => {
    const law = sequenceDistribution(sticky);
    const mean = expectation(law, (sequence) => selfCertainty(sticky, sequence, form));
    expect(expectedSelfCertainty(sticky, form)).toBeCloseTo(mean, 14);
  });

  it("is infinite, in the original form, where a reachable prefix has a token of probability 0, and only there", () => {
    const [never, rare] = [
      [0, 1],
      [1, 1],
    ].map((first) =>
      autoregressivePolicy({
        vocabulary: ["a", "b"],
        length: 2,
        conditional: (prefix) => (prefix.length === 0 ? first : prefix[0] === "a" ? [0, 1] : [1, 1]),
      }),
    );
    expect(expectedSelfCertainty(rare, "original")).toBe(Infinity);
    expect(expectedSelfCertainty(rare)).toBeCloseTo(Math.log(2) / 4, 15);
    expect(expectedSelfCertainty(never, "original")).toBe(Infinity);
    expect(expectedSelfCertainty(never)).toBeCloseTo(Math.log(2) / 2, 15);
    expect(selfCertainty(never, ["b", "b"], "original")).toBe(Infinity);
  });

  it("reads a table once for every prefix that it is the table of, by its law", () => {
    // One law for all prefixes: its divergence is the same at each.
    const shared = distribution(["a", "b"], [1, 3]);
    const policy = autoregressivePolicy({ vocabulary: shared.support, length: 5, conditional: () => shared });
    expect(expectedSelfCertainty(policy)).toBeCloseTo(Math.log(2) - entropy(shared), 15);
  });
});

describe("probabilities below the smallest double live on in logMass", () => {
  it("as sums of logarithms, −∞ staying −∞", () => {
    const rare = autoregressivePolicy({ vocabulary: ["a", "b", "c"], length: 2, conditional: () => [1, 1e-200, 0] });
    const { mass, logMass } = sequenceDistribution(rare);
    const log = -200 * Math.LN10;
    expect([...mass]).toEqual([1, 1e-200, 0, 1e-200, 0, 0, 0, 0, 0].map((m) => expect.closeTo(m, 15)));
    for (const [i, want] of [0, log, -Infinity, log, 2 * log, -Infinity, -Infinity, -Infinity, -Infinity].entries()) {
      if (want === -Infinity) expect(logMass[i]).toBe(want);
      else expect(Math.abs(logMass[i] - want)).toBeLessThanOrEqual(1e-15 * Math.abs(want) + 1e-199);
    }
    expect(Math.abs(entropy(sequenceDistribution(rare)) / (-2e-200 * (log - 1)) - 1)).toBeLessThanOrEqual(1e-15);
  });

  it("and where none is, logMass is the logarithm of mass", () => {
    const { mass, logMass } = sequenceDistribution(
      autoregressivePolicy({ vocabulary: ["a", "b", "c"], length: 2, conditional: () => [1, 3, 0] }),
    );
    for (const [i, m] of mass.entries()) expect(logMass[i]).toBeCloseTo(Math.log(m), 15);
  });
});

describe("what is no policy or no sequence is refused", () => {
  const tables = { vocabulary: ["a", "b"], length: 2, conditional: () => [1, 3] };
  const huge = autoregressivePolicy({ ...tables, length: 25 });
  const wrong = (value: unknown) => value as never;
  it.each<[() => unknown, new (message: string) => Error, string]>([
    [
      () => autoregressivePolicy({ ...tables, length: 0 }),
      RangeError,
      "autoregressivePolicy: length must be a whole number of at least 1, got 0",
    ],
    [
      () => autoregressivePolicy({ ...tables, conditional: wrong(3) }),
      TypeError,
      "autoregressivePolicy: conditional must be a function, got 3",
    ],
    [
      () => autoregressivePolicy({ ...tables, end: "c" }),
      RangeError,
      'autoregressivePolicy: end must be in the vocabulary, got "c"',
    ],
    [
      () => autoregressivePolicy({ ...tables, conditional: () => measure(["b", "a"], [1, 1]) }).conditional([]),
      TypeError,
      "autoregressivePolicy: both measures' support[0] must be the same answer",
    ],
    [
      () => sequenceDistribution(huge),
      RangeError,
      "sequenceDistribution: policy must have at most 16777216 sequences, |V|^L, got 33554432",
    ],
    [
      () => sequenceDistribution({ ...coin(2), end: wrong("c") }),
      RangeError,
      'sequenceDistribution: policy.end must be in the vocabulary, got "c"',
    ],
    [
      () => expectedSelfCertainty(huge),
      RangeError,
      "expectedSelfCertainty: policy must have at most 16777216 sequences, |V|^L, got 33554432",
    ],
    [
      () => expectedSelfCertainty(coin(1), wrong("o")),
      RangeError,
      'expectedSelfCertainty: form must be "variant" or "original", got "o"',
    ],
    [
      () => selfCertainty(coin(1), ["a"], wrong("o")),
      RangeError,
      'selfCertainty: form must be "variant" or "original", got "o"',
    ],
    [
      () => selfCertainty(coin(1), wrong("a")),
      TypeError,
      'selfCertainty: sequence must be an array of tokens, got "a"',
    ],
    [
      () => selfCertainty(coin(2), ["a", "c"]),
      RangeError,
      'selfCertainty: sequence[1] must be a token of the vocabulary, got "c"',
    ],
  ])("%s", (call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });

  it("but 2²⁴ sequences are not too many to be asked for, whatever they cost", () => {
    const asked = new Error("asked for a table");
    const policy = {
      ...huge,
      length: 24,
      conditional: () => {
        throw asked;
      },
    };
    expect(() => sequenceDistribution(policy)).toThrow(asked);
  });
});
