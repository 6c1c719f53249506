import {
  bestOfNLaw,
  bestOfPoissonLaw,
  measure,
  softBestOfNLaw,
  softBestOfPoissonLaw,
  weightedBestOfNLaw,
} from "exptilt";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { add, type Fraction, toNumber } from "../support/fraction.js";
import { test } from "../support/test.js";

/** Every way in which N draws fall on K answers. */
function* countVectors(size: number, n: number, before: number[] = []): Generator<number[]> {
  if (before.length === size - 1) {
    yield [...before, n];
    return;
  }
  for (let k = 0; k <= n; k++) yield* countVectors(size, n - k, [...before, k]);
}

const factorial = (n: number): bigint => (n < 2 ? 1n : BigInt(n) * factorial(n - 1));

/**
 * The law of the answer picked, by adding the multinomial probability of every count vector times the share of the
 * pick: exact, for whole masses and whatever share the rule gives to each answer of a count vector.
 */
function enumerate(mass: readonly bigint[], n: number, share: (counts: number[]) => Fraction[]): number[] {
  const law = mass.map((): Fraction => ({ top: 0n, bottom: 1n }));
  let kept: Fraction = { top: 0n, bottom: 1n };
  for (const counts of countVectors(mass.length, n)) {
    let ways = factorial(n);
    for (const [i, c] of counts.entries()) ways = (ways / factorial(c)) * mass[i] ** BigInt(c);
    if (ways === 0n) continue;
    const shares = share(counts);
    if (shares.every((s) => s.top === 0n)) continue; // nobody can be picked: drawn again
    kept = add(kept, { top: ways, bottom: 1n });
    for (const [i, s] of shares.entries()) law[i] = add(law[i], { top: ways * s.top, bottom: s.bottom });
  }
  return law.map((p) => toNumber({ top: p.top * kept.bottom, bottom: p.bottom * kept.top }));
}

const byWeight = (weight: readonly bigint[]) => (counts: number[]) => {
  const total = counts.reduce((s, c, i) => s + BigInt(c) * weight[i], 0n);
  return counts.map((c, i) => ({ top: BigInt(c) * weight[i], bottom: total === 0n ? 1n : total }));
};

const byReward = (reward: readonly number[]) => (counts: number[]) => {
  const best = Math.max(...reward.filter((_, i) => counts[i] > 0));
  const among = counts.map((c, i) => (best > -Infinity && reward[i] === best ? c : 0));
  const total = BigInt(among.reduce((s, c) => s + c, 0));
  return among.map((c) => ({ top: BigInt(c), bottom: total === 0n ? 1n : total }));
};

const answer = fc.record({
  mass: fc.oneof(fc.constant(0n), fc.constant(1n), fc.bigInt({ min: 1n, max: 1_000_000n })),
  weight: fc.oneof(fc.constant(0n), fc.constant(1n), fc.bigInt({ min: 1n, max: 10n ** 12n })),
  reward: fc.oneof(fc.constant(-Infinity), fc.integer({ min: 0, max: 3 })),
});
const answers = fc.array(answer, { minLength: 1, maxLength: 6 });
const allowed = answers.filter((rows) => rows.some((r) => r.mass > 0n && r.reward > -Infinity));
const draws = fc.integer({ min: 1, max: 8 });

function lawOn(rows: readonly { mass: bigint }[]) {
  return measure(
    rows.map((_, i) => i),
    rows.map((r) => Number(r.mass)),
  );
}

function equal(law: Float64Array, want: readonly number[]): void {
  for (const [i, p] of want.entries()) expect(Math.abs(law[i] - p), `answer ${i}`).toBeLessThanOrEqual(1e-13 * p);
}

describe("the laws equal the enumeration of all count vectors in fractions", () => {
  test.prop([answers.filter((rows) => rows.some((r) => r.mass > 0n && r.weight > 0n)), draws])(
    "soft best-of-N, by weight",
    (rows, n) => {
      const weight = rows.map((r) => r.weight);
      const want = enumerate(
        rows.map((r) => r.mass),
        n,
        byWeight(weight),
      );
      equal(weightedBestOfNLaw({ ref: lawOn(rows), weight: weight.map(Number) }, n).mass, want);
    },
  );

  test.prop([allowed, draws])("hard best-of-N, ties broken uniformly", (rows, n) => {
    const reward = rows.map((r) => r.reward);
    const want = enumerate(
      rows.map((r) => r.mass),
      n,
      byReward(reward),
    );
    equal(bestOfNLaw({ ref: lawOn(rows), reward }, n).mass, want);
  });

  test.prop([allowed, draws])("soft best-of-N with rewards that are whole multiples of β log 2", (rows, n) => {
    // e^{r/β} = 2^reward, up to the rounding of r/β.
    const beta = 1 / Math.LN2;
    const want = enumerate(
      rows.map((r) => r.mass),
      n,
      byWeight(rows.map((r) => (r.reward === -Infinity ? 0n : 1n << BigInt(r.reward)))),
    );
    equal(softBestOfNLaw({ ref: lawOn(rows), reward: rows.map((r) => r.reward), beta }, n).mass, want);
  });
});

describe("a Poisson number of draws mixes the laws of N draws", () => {
  const rates = fc.constantFrom(0, 0.3, 2, 20);
  /** The laws of N draws, each as often as N draws are made and not all forbidden. */
  const mixed = (rate: number, forbidden: number, law: (n: number) => Float64Array, size: number): number[] => {
    const out = new Array<number>(size).fill(0);
    let [p, kept] = [Math.exp(-rate), 0];
    for (let k = 0; k < 120; k++) {
      const some = p * (1 - forbidden ** (k + 1));
      for (const [i, q] of law(k + 1).entries()) out[i] += some * q;
      kept += some;
      p *= rate / (k + 1);
    }
    return out.map((x) => x / kept);
  };
  test.prop([allowed, rates, fc.constantFrom(0, 0.2, 1, Infinity)], { numRuns: 60 })(
    "N = 1 + Poisson(λ), hard and soft",
    (rows, rate, beta) => {
      const problem = { ref: lawOn(rows), reward: rows.map((r) => r.reward), beta };
      const total = rows.reduce((s, r) => s + Number(r.mass), 0);
      const lost = rows.reduce((s, r) => s + (r.reward === -Infinity ? Number(r.mass) : 0), 0) / total;
      fc.pre(lost < 0.99);
      const want = mixed(rate, lost, (n) => softBestOfNLaw(problem, n).mass, rows.length);
      const { mass } = softBestOfPoissonLaw(problem, rate);
      for (const [i, p] of want.entries()) expect(Math.abs(mass[i] - p)).toBeLessThanOrEqual(1e-12 * p);
      if (beta === 0) expect(mass).toEqual(bestOfPoissonLaw(problem, rate).mass);
    },
  );
});
