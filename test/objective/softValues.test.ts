import { fc } from "@fast-check/vitest";
import {
  type AutoregressivePolicy,
  autoregressivePolicy,
  escort,
  expectation,
  klDivergence,
  measure,
  rlhfObjective,
  rlhfOptimalValue,
  rlhfOptimum,
  sequenceDistribution,
  softValues,
  tilt,
} from "exptilt";
import { exactAlgebra } from "exptilt/exact";
import { describe, expect } from "vitest";
import { test } from "../support/test.js";
import { expectReference, referenceCases } from "./reference.js";
import { expectNoBetter, keys, runs, temperatures, trained } from "./witnesses.js";

const exact = exactAlgebra({ digits: 60 });

/** A policy by the masses of the next token, taken in turn, and the rewards of its sequences, taken in turn. */
interface Tokens {
  readonly vocabulary: number;
  readonly length: number;
  readonly ends: boolean;
  readonly rows: readonly (readonly number[])[];
  readonly rewards: readonly number[];
  readonly beta: number;
}

const tokensOf = (
  mass: fc.Arbitrary<number>,
  reward: fc.Arbitrary<number>,
  beta: fc.Arbitrary<number>,
): fc.Arbitrary<Tokens> =>
  fc.integer({ min: 1, max: 3 }).chain((vocabulary) =>
    fc.record({
      vocabulary: fc.constant(vocabulary),
      length: fc.integer({ min: 1, max: 3 }),
      ends: fc.boolean(),
      rows: fc.array(
        fc.array(mass, { minLength: vocabulary, maxLength: vocabulary }).filter((row) => row.some((m) => m > 0)),
        { minLength: 1, maxLength: 5 },
      ),
      rewards: fc.array(reward, { minLength: 1, maxLength: 27 }),
      beta,
    }),
  );

const masses = fc.oneof(
  fc.integer({ min: 0, max: 9 }),
  fc.double({ min: -300, max: 300, noNaN: true }).map((x) => 10 ** x),
);
const level = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 4, arbitrary: fc.double({ min: -4, max: 4, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(-Infinity) },
);
/** Whether a sequence that the policy draws is allowed. */
const withAllowed = (given: Tokens) => {
  const law = sequenceDistribution(policyOf(given));
  return law.logMass.some((l, i) => l > -Infinity && rewardsOf(given, law.support.length)[i] > -Infinity);
};
const problems = tokensOf(masses, level, temperatures(-3, 3)).filter(withAllowed);
/** Of which the masses of sequences are doubles. */
const ordinary = tokensOf(fc.integer({ min: 0, max: 9 }), level, temperatures(-3, 3)).filter(withAllowed);

function policyOf({ vocabulary, length, ends, rows }: Tokens): AutoregressivePolicy<number> {
  return autoregressivePolicy({
    vocabulary: keys({ length: vocabulary }),
    length,
    ...(ends ? { end: 0 } : {}),
    conditional: (prefix) => rows[prefix.reduce((place, token) => place * vocabulary + token + 1, 0) % rows.length],
  });
}

const rewardsOf = ({ rewards }: Tokens, size: number) =>
  Array.from({ length: size }, (_, i) => rewards[i % rewards.length]);

/** All prefixes of the sequences of a policy, with all their continuations. */
function prefixesOf(policy: AutoregressivePolicy<number>): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const sequence of sequenceDistribution(policy).support)
    for (let i = 0; i < sequence.length; i++) found.set(sequence.slice(0, i).join(), sequence.slice(0, i));
  return found;
}

const twinOf = (given: Tokens) => {
  const policy = policyOf(given);
  const own = {
    ...policy,
    conditional: (prefix: readonly unknown[]) =>
      exact.distribution(policy.vocabulary, policy.conditional(prefix as number[]).mass),
  };
  return { policy, own };
};

const figures = { law: 0, value: 0 };

describe("softValues", () => {
  test.each(referenceCases("softValues"))("$id", (one) => {
    const { vocabulary, length, table, reward, beta } = one;
    const ref = autoregressivePolicy({
      vocabulary: keys({ length: vocabulary }),
      length,
      conditional: (prefix) => table[prefix.join()],
    });
    const { value, policy } = softValues(ref, (sequence) => reward[sequence.join()], beta);
    const tokens = (key: string) => (key === "" ? [] : key.split(",").map(Number));
    for (const [key, want] of Object.entries(one.expect.value)) {
      expectReference([value(tokens(key))], [want as string], { ...one, abs: one.valueAbs });
    }
    for (const [key, want] of Object.entries(one.expect.conditional)) {
      expectReference(policy.conditional(tokens(key)).mass, want as string[], one);
    }
    const { support, mass } = sequenceDistribution(policy);
    for (const [i, sequence] of support.entries()) {
      expectReference([mass[i]], [one.expect.sequence[sequence.join()]], one);
    }
  });

  test.prop([problems], { numRuns: runs(100) })(
    "the sequence law of the token-level policy is the RLHF optimum",
    (given) => {
      const ref = policyOf(given);
      const law = sequenceDistribution(ref);
      const reward = rewardsOf(given, law.support.length);
      const { value, policy } = softValues(ref, reward, given.beta);
      const problem = { ref: law, reward, beta: given.beta };
      const got = sequenceDistribution(policy).logMass;
      for (const [i, l] of rlhfOptimum(problem).logMass.entries()) {
        if (l === -Infinity) {
          expect(got[i]).toBe(l);
          continue;
        }
        const off = Math.abs(got[i] - l) / Math.max(1, Math.abs(l));
        figures.law = Math.max(figures.law, off);
        expect(off).toBeLessThan(1e-11);
      }
      const best = rlhfOptimalValue(problem);
      const size = Math.max(...reward.map((r) => (r > -Infinity ? Math.abs(r) : 0)), given.beta, Math.abs(best));
      figures.value = Math.max(figures.value, Math.abs(value([]) - best) / size);
      expect(Math.abs(value([]) - best)).toBeLessThan(1e-13 * size);
    },
  );

  test.prop([problems], { numRuns: runs(50) })(
    "V solves its equation and the law is the tilt, at 60 digits",
    (given) => {
      const { policy, own } = twinOf(given);
      const law = exact.sequenceDistribution(own);
      const reward = rewardsOf(given, law.support.length);
      const soft = exact.softValues(own, reward, given.beta);
      const optimum = exact.rlhfOptimum({ ref: law, reward, beta: given.beta });
      const tokenwise = exact.sequenceDistribution(soft.policy);
      expect(exact.totalVariation(tokenwise, optimum).lt(1e-58)).toBe(true);
      for (const prefix of prefixesOf(policy).values()) {
        const v = soft.value(prefix);
        if (!v.isFinite()) continue;
        const next = policy.vocabulary.map((token) => soft.value([...prefix, token]));
        const conditional = own.conditional(prefix);
        const right = exact.rlhfOptimalValue({ ref: conditional, reward: next, beta: given.beta });
        expect(v.minus(right).abs().div(v.abs().plus(given.beta).plus(1)).lt(1e-58)).toBe(true);
      }
    },
  );

  test.prop([problems], { numRuns: runs(50) })("values are those of 60 digits", (given) => {
    const { policy, own } = twinOf(given);
    const size = sequenceDistribution(policy).support.length;
    const reward = rewardsOf(given, size);
    const got = softValues(policy, reward, given.beta);
    const want = exact.softValues(own, reward, given.beta);
    for (const prefix of prefixesOf(policy).values()) {
      const v = want.value(prefix).toNumber();
      if (v === -Infinity) expect(got.value(prefix)).toBe(v);
      else expect(Math.abs(got.value(prefix) - v)).toBeLessThan(1e-13 * Math.max(4, given.beta, Math.abs(v)));
    }
  });

  test.prop([ordinary], { numRuns: runs(50) })("no policy of sequences does better", (given) => {
    const law = sequenceDistribution(policyOf(given));
    fc.pre(law.support.length <= 9);
    const reward = rewardsOf(given, law.support.length);
    const ref = measure(keys(law.mass), law.mass);
    const found = sequenceDistribution(softValues(policyOf(given), reward, given.beta).policy);
    const problem = { ref, reward, beta: given.beta };
    const slack = 1e-12 * (4 + given.beta * klDivergence(found, law));
    expectNoBetter((p) => rlhfObjective(problem, p), measure(keys(found.mass), found.mass), ref, slack);
  });

  test.prop([tokensOf(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 3 }), temperatures(-0.3, 1))], {
    numRuns: runs(50),
  })("is where a tabular policy over sequences ends by plain gradient steps", (given) => {
    const law = sequenceDistribution(policyOf(given));
    fc.pre(law.support.length <= 9);
    const reward = rewardsOf(given, law.support.length);
    const policy = trained([...law.mass], (p) => p.map((x, i) => reward[i] - given.beta * Math.log(x / law.mass[i])));
    const { mass } = sequenceDistribution(softValues(policyOf(given), reward, given.beta).policy);
    for (const [i, p] of policy.entries()) expect(Math.abs(p - mass[i])).toBeLessThan(1e-8);
  });
});

describe("power sampling", () => {
  /** After "a" the next token is nearly certain, after "b" it is not: sequences through "a" gain by a power. */
  const ref = autoregressivePolicy({
    vocabulary: ["a", "b", "c"],
    length: 4,
    conditional: (prefix) => (prefix.at(-1) === "a" ? [1, 8, 1] : prefix.at(-1) === "b" ? [3, 3, 4] : [4, 5, 1]),
  });
  const law = sequenceDistribution(ref);

  test.each([
    [2, 0.0653],
    [4, 0.6617],
  ])(
    "with r = (α − 1) log ref at β = 1 is ref^α, α = %d, and temperature 1/α at each token is another law",
    (alpha, kl) => {
      const reward = law.logMass.map((l) => (alpha - 1) * l);
      const power = sequenceDistribution(softValues(ref, reward, 1).policy);
      for (const [i, p] of escort(law, alpha).mass.entries())
        expect(Math.abs(power.mass[i] / p - 1)).toBeLessThan(1e-13);
      const tempered = autoregressivePolicy({
        ...ref,
        conditional: (prefix: readonly string[]) => escort(ref.conditional(prefix), alpha),
      } as never);
      expect(klDivergence(power, sequenceDistribution(tempered) as never)).toBeCloseTo(kl, 4);
    },
  );

  test("of independent tokens, both are one law", () => {
    const coin = autoregressivePolicy({ vocabulary: ["h", "t"], length: 3, conditional: () => [1, 3] });
    const powered = softValues(coin, sequenceDistribution(coin).logMass, 1);
    for (const prefix of [[], ["h"], ["t", "h"]]) {
      const { mass } = powered.policy.conditional(prefix);
      expect(mass[0]).toBeCloseTo(0.1, 14);
    }
  });
});

describe("edges of softValues", () => {
  const ref = autoregressivePolicy({
    vocabulary: ["a", "b"],
    length: 2,
    conditional: (prefix) => (prefix.length === 0 ? [3, 1] : [1, 1]),
  });
  const sequences = sequenceDistribution(ref);

  test("a prefix of forbidden sequences alone is worth −∞, is never drawn, and keeps ref's next tokens", () => {
    const { value, policy } = softValues(ref, [0, 1, -Infinity, -Infinity], 0.5);
    expect(value(["b"])).toBe(-Infinity);
    expect(policy.conditional([]).mass).toEqual(Float64Array.of(1, 0));
    expect(policy.conditional(["b"]).mass).toEqual(Float64Array.of(0.5, 0.5));
    expect(sequenceDistribution(policy).logMass.slice(2)).toEqual(Float64Array.of(-Infinity, -Infinity));
  });

  test("β = ∞: the mean reward under ref, and ref itself", () => {
    const { value, policy } = softValues(ref, [0, 1, 5, 7], Infinity);
    expect(value(["b"])).toBe(6);
    expect(value([])).toBe(expectation(sequences, [0, 1, 5, 7]));
    expect(sequenceDistribution(policy).mass).toEqual(sequences.mass);
  });

  test("β = ∞ with a forbidden sequence: ref given that it is another one, the limit of large β", () => {
    const reward = [0, -Infinity, 5, 7];
    const { value, policy } = softValues(ref, reward, Infinity);
    expect(value([])).toBe(-Infinity);
    const near = sequenceDistribution(softValues(ref, reward, 1e12).policy).mass;
    const limit = sequenceDistribution(policy).mass;
    for (const [i, p] of [3 / 5, 0, 1 / 5, 1 / 5].entries()) {
      expect(limit[i]).toBeCloseTo(p, 15);
      expect(near[i]).toBeCloseTo(p, 10);
    }
  });

  test("a large offset of all rewards costs the law nothing", () => {
    const reward = [0, 0.25, 0.5, 2];
    const low = sequenceDistribution(softValues(ref, reward, 1e-3).policy).logMass;
    const high = sequenceDistribution(
      softValues(
        ref,
        reward.map((r) => r + 2 ** 40),
        1e-3,
      ).policy,
    ).logMass;
    expect(high).toEqual(low);
  });

  test("the weak and the strong tilt keep the digits of V", () => {
    expect(softValues(ref, [0, 1, 5, 7], 1e12).value(["b"])).toBeCloseTo(6, 11);
    expect(softValues(ref, [0, 1, 5, 7], 1e-12).value([])).toBe(7 - 1e-12 * Math.log(8));
  });

  test("sequences that end early, and 2¹² of them", () => {
    const tosses = autoregressivePolicy({ vocabulary: ["t", "h"], length: 12, end: "h", conditional: () => [1, 1] });
    const { value } = softValues(tosses, (tokens) => tokens.length, 1);
    // E e^length = Σ (e/2)^k.
    const sum =
      Array.from({ length: 11 }, (_, k) => (Math.E / 2) ** (k + 1)).reduce((a, b) => a + b) + 2 * (Math.E / 2) ** 12;
    expect(value([])).toBeCloseTo(Math.log(sum), 13);
    expect(value(["t", "h"])).toBe(2);
    const long = autoregressivePolicy({ vocabulary: [0, 1], length: 12, conditional: () => [1, 1] });
    const ones = softValues(long, (tokens) => tokens.reduce((a, b) => a + b), 1);
    expect(ones.value([])).toBeCloseTo(12 * Math.log((1 + Math.E) / 2), 13);
  });

  test("one token: the tilt", () => {
    const one = autoregressivePolicy({ vocabulary: [0, 1, 2], length: 1, conditional: () => [1, 2, 3] });
    const { policy } = softValues(one, [0.1, 0.7, 0.3], 0.2);
    const want = tilt(measure([0, 1, 2], [1, 2, 3]), [0.1, 0.7, 0.3], 0.2).mass;
    for (const [i, p] of policy.conditional([]).mass.entries()) expect(p).toBeCloseTo(want[i], 15);
  });

  const { value, policy } = softValues(ref, [0, 1, 2, 3], 1);
  test.each([
    [() => softValues(ref, [0, 1, 2, 3], 0), "softValues: beta must be positive (Infinity allowed), got 0"],
    [() => softValues(ref, [0, 1, 2], 1), "softValues: reward must have length 4, one entry per answer, got length 3"],
    [() => softValues(ref, [0, 1, 2, Number.NaN], 1), "softValues: reward[3] must be a number below Infinity, got NaN"],
    [
      () => softValues(ref, () => -Infinity, 1),
      "softValues: reward must be above -Infinity for some sequence that the policy draws, got -Infinity",
    ],
    [() => softValues(3 as never, [0], 1), "softValues: policy must be an object, got 3"],
    [() => softValues({ ...ref, length: 30 }, () => 0, 1), "softValues: policy must have at most 16777216 sequences"],
    [() => value(["c" as never]), 'value: prefix[0] must be a token of the vocabulary, got "c"'],
    [() => value(["a", "a", "b"]), "value: prefix must end after 2 tokens, got an array of 3"],
    [() => value("a" as never), 'value: prefix must be an array of tokens, got "a"'],
    [
      () => policy.conditional(["a", "b"]),
      "conditional: prefix must be shorter than a complete sequence, got an array of 2",
    ],
  ])("%#", (call, message) => {
    expect(call).toThrow(message);
  });
});
if (process.env.DEEP_PROBLEMS) test("figures", () => console.log(figures));
