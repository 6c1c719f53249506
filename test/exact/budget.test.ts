import { fc } from "@fast-check/vitest";
import { exactAlgebra, type Rational, rationalAlgebra } from "exptilt/exact";
import type { BigNumber, Fraction } from "mathjs";
import { describe, expect } from "vitest";
import { test } from "../support/test.js";

const Q = rationalAlgebra();
const A = exactAlgebra({ digits: 40 });

const rows = fc
  .array(
    fc.record({
      mass: fc.oneof(fc.constantFrom(0, 1), fc.integer({ min: 1, max: 12 })),
      odds: fc.oneof(fc.constantFrom(0, 1, 2), fc.integer({ min: 1, max: 9 })),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .filter((all) => all.some(({ mass, odds }) => mass > 0 && odds > 0));
type Rows = readonly { mass: number; odds: number }[];
const keys = (values: readonly unknown[]) => [...values.keys()];
const draws = fc.integer({ min: 1, max: 6 });
const inverse = fc.integer({ min: 0, max: 3 });

const rational = (all: Rows, inverseBeta: number) => ({
  ref: Q.distribution(
    keys(all),
    all.map((row) => row.mass),
  ),
  odds: all.map((row) => row.odds),
  inverseBeta,
});
/** The same problem at 40 digits: rewards log ρ at β = 1/`inverseBeta`. */
const atDigits = (all: Rows, inverseBeta: number) => ({
  ref: A.measure(
    keys(all),
    all.map((row) => row.mass),
  ),
  reward: all.map((row) => A.log(row.odds)),
  beta: inverseBeta === 0 ? A.number(Infinity) : A.divide(1, inverseBeta),
});

const big = ({ s, n, d }: Fraction) => A.divide(A.number(0).plus(`${s * n}`), A.number(0).plus(`${d}`));
function meets(got: BigNumber, want: Fraction): void {
  const exact = big(want);
  expect(got.minus(exact).abs().lte(exact.abs().times("1e-39")), `${got} and ${exact}`).toBe(true);
}
const meet = (got: ArrayLike<BigNumber>, want: readonly Fraction[]) => {
  for (const [i, w] of want.entries()) meets(got[i], w);
};

/** All K^N sequences of draws, each with its probability. */
function* sequences(mass: readonly Fraction[], n: number): Generator<{ drawn: number[]; p: Fraction }> {
  if (n === 0) return yield { drawn: [], p: Q.fraction(1) };
  for (const { drawn, p } of sequences(mass, n - 1))
    for (const i of keys(mass)) if (mass[i].n > 0n) yield { drawn: [...drawn, i], p: p.mul(mass[i]) };
}

/** The law of the answer that a rule takes from the draws in their order, given that it takes one. */
function enumerated(all: Rows, n: number, rule: (drawn: number[]) => Iterable<readonly [number, Rational]>) {
  const mass = rational(all, 0).ref.mass;
  const law: Fraction[] = keys(all).map(() => Q.fraction(0));
  for (const { drawn, p } of sequences(mass, n))
    for (const [i, share] of rule(drawn)) law[i] = law[i].add(p.mul(Q.fraction(share)));
  return Q.normalize(Q.measure(keys(all), law));
}

describe("in fractions, over all sequences of draws in their order", () => {
  const weightOf = (all: Rows, inverseBeta: number) =>
    all.map(({ odds }) => (odds === 0 ? Q.fraction(0) : Q.fraction(odds ** inverseBeta)));

  test.prop([rows, draws, inverse], { numRuns: 60 })(
    "Metropolis holds what it accepted last",
    (all, n, inverseBeta) => {
      const w = weightOf(all, inverseBeta);
      /** The chance of each answer to be held, after draws that are accepted or not. */
      const held = (drawn: number[]): Map<number, Fraction> => {
        let chance = new Map<number, Fraction>([[drawn[0], Q.fraction(1)]]);
        for (const next of drawn.slice(1)) {
          const after = new Map<number, Fraction>();
          const put = (i: number, p: Fraction) => after.set(i, (after.get(i) ?? Q.fraction(0)).add(p));
          for (const [i, p] of chance) {
            const taken = w[next].compare(w[i]) >= 0 ? Q.fraction(1) : w[next].div(w[i]);
            put(next, p.mul(taken));
            put(i, p.mul(Q.fraction(1).sub(taken)));
          }
          chance = after;
        }
        return chance;
      };
      const want = enumerated(all, n, (drawn) => [...held(drawn)].filter(([i]) => w[i].n > 0n));
      expect(Q.equal(Q.metropolisLaw(rational(all, inverseBeta), n), want)).toBe(true);
    },
  );

  test.prop([rows, draws, inverse, fc.option(fc.integer({ min: 1, max: 12 }))], { numRuns: 60 })(
    "rejection takes the first accepted, or the last",
    (all, n, inverseBeta, given) => {
      const w = weightOf(all, inverseBeta);
      const top = Math.max(...all.filter(({ mass }) => mass > 0).map(({ odds }) => odds));
      const cap = Q.fraction((given ?? top) ** inverseBeta);
      const accept = w.map((x) => (x.compare(cap) >= 0 ? Q.fraction(1) : x.div(cap)));
      const want = enumerated(all, n, (drawn) => {
        let open = Q.fraction(1);
        return drawn.flatMap((i, k): [number, Fraction][] => {
          const chance = k === n - 1 ? open : open.mul(accept[i]);
          open = open.mul(Q.fraction(1).sub(accept[i]));
          return w[i].n > 0n ? [[i, chance]] : [];
        });
      });
      const problem = rational(all, inverseBeta);
      const got = Q.rejectionSamplingLaw(problem, n, given === null ? {} : { cap: given });
      expect(Q.equal(got.law, want)).toBe(true);
    },
  );

  const votes = (drawn: number[], w: readonly Fraction[]) => {
    const sums = w.map((x, i) => x.mul(drawn.filter((d) => d === i).length));
    const most = sums.reduce((a, b) => (b.compare(a) > 0 ? b : a));
    return drawn.filter((i) => sums[i].n > 0n && sums[i].equals(most));
  };
  test.prop([rows, draws, inverse], { numRuns: 60 })(
    "a vote takes one of the answers of most weight; the first seen of them has the same law where all weigh the same",
    (all, n, inverseBeta) => {
      const w = weightOf(all, inverseBeta);
      const uniform = enumerated(all, n, (drawn) => {
        const winners = [...new Set(votes(drawn, w))];
        return winners.map((i) => [i, Q.fraction(1, winners.length)] as const);
      });
      const first = enumerated(all, n, (drawn) =>
        votes(drawn, w)
          .slice(0, 1)
          .map((i) => [i, 1] as const),
      );
      const problem = rational(all, inverseBeta);
      expect(Q.equal(Q.weightedVoteLaw(problem, n), uniform)).toBe(true);
      if (inverseBeta > 0) return;
      expect(Q.equal(first, uniform)).toBe(true);
      if (all.every(({ odds }) => odds > 0)) expect(Q.equal(Q.majorityVoteLaw(problem.ref, n), uniform)).toBe(true);
    },
  );

  test.prop([rows, draws, inverse, fc.integer({ min: 0, max: 3 })], { numRuns: 60 })(
    "a power vote picks by a power of the sum of weights",
    (all, n, inverseBeta, alpha) => {
      const w = weightOf(all, inverseBeta);
      const want = enumerated(all, n, (drawn) => {
        const answers = [...new Set(drawn)].filter((i) => w[i].n > 0n);
        const powers = answers.map((i) => w[i].mul(drawn.filter((d) => d === i).length).pow(alpha) as Fraction);
        const sum = powers.reduce((a, b) => a.add(b), Q.fraction(0));
        return answers.map((i, k) => [i, powers[k].div(sum)] as const);
      });
      const problem = rational(all, inverseBeta);
      expect(Q.equal(Q.powerVoteLaw(problem, n, alpha), want)).toBe(true);
      meet(A.powerVoteLaw(atDigits(all, inverseBeta), n, alpha).mass, want.mass);
    },
  );

  test("but of two votes against one of twice the weight, the two are seen first twice as often", () => {
    // Of the draws aab, aba and baa, two begin with a; aaa gives a, and four give b.
    const all = [
      { mass: 1, odds: 1 },
      { mass: 1, odds: 2 },
    ];
    const w = weightOf(all, 1);
    const first = enumerated(all, 3, (drawn) => [[votes(drawn, w)[0], 1]]);
    expect(first.mass.map((p) => p.toFraction())).toEqual(["3/8", "5/8"]);
    const uniform = Q.weightedVoteLaw(rational(all, 1), 3);
    expect(uniform.mass.map((p) => p.toFraction())).toEqual(["5/16", "11/16"]);
  });
});

describe("at 40 digits the laws are those in fractions", () => {
  test.prop([rows, fc.integer({ min: 1, max: 9 }), inverse])("Metropolis", (all, n, inverseBeta) => {
    meet(A.metropolisLaw(atDigits(all, inverseBeta), n).mass, Q.metropolisLaw(rational(all, inverseBeta), n).mass);
  });

  test.prop([rows, fc.integer({ min: 1, max: 9 }), inverse, fc.option(fc.integer({ min: 1, max: 12 }))])(
    "rejection",
    (all, n, inverseBeta, cap) => {
      const want = Q.rejectionSamplingLaw(rational(all, inverseBeta), n, cap === null ? {} : { cap });
      const problem = atDigits(all, inverseBeta);
      const got = A.rejectionSamplingLaw(problem, n, cap === null ? {} : { cap: A.log(cap) });
      meet(got.law.mass, want.law.mass);
      meets(got.expectedDraws, want.expectedDraws);
      meets(got.acceptance, want.acceptance);
    },
  );

  test.prop([rows, fc.integer({ min: 1, max: 6 }), inverse], { numRuns: 40 })(
    "votes, ties and all",
    (all, n, inverseBeta) => {
      const [want, given] = [rational(all, inverseBeta), atDigits(all, inverseBeta)];
      meet(A.weightedVoteLaw(given, n).mass, Q.weightedVoteLaw(want, n).mass);
      meet(A.majorityVoteLaw(given.ref, n).mass, Q.majorityVoteLaw(want.ref, n).mass);
    },
  );

  test.prop([rows, fc.integer({ min: 1, max: 6 })], { numRuns: 40 })(
    "at β = 0 Metropolis is best-of-N, and so is a vote where no rewards are equal",
    (all, n) => {
      const problem = { ...atDigits(all, 1), beta: A.number(0) };
      const hard = A.bestOfNLaw(problem, n);
      expect(A.totalVariation(A.metropolisLaw(problem, n), hard).lt(1e-50)).toBe(true);
      const distinct = { ...problem, reward: keys(all).map((i) => A.number(i)) };
      expect(A.totalVariation(A.weightedVoteLaw(distinct, n), A.bestOfNLaw(distinct, n)).lt(1e-50)).toBe(true);
    },
  );

  const extreme = fc.record({
    logMass: fc.array(fc.oneof(fc.double({ min: -6000, max: 0, noNaN: true }), fc.constantFrom(0, -800)), {
      minLength: 1,
      maxLength: 4,
    }),
    reward: fc.array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1)), {
      minLength: 4,
      maxLength: 4,
    }),
    beta: fc.double({ min: -6, max: 6, noNaN: true }).map((e) => 10 ** e),
  });
  test.prop([extreme, fc.constantFrom(2, 3, 9)])(
    "Metropolis keeps all digits of answers however rare, and however far below the best: it is its kernel's power",
    ({ logMass, reward: given, beta }, n) => {
      const ref = A.normalize(A.fromLogMass(keys(logMass), logMass));
      const reward = given.slice(0, logMass.length);
      const p = Array.from(ref.mass);
      const taken = (from: number, to: number) =>
        A.exp(Math.min(0, reward[to] - reward[from]) === 0 ? 0 : A.divide(A.subtract(reward[to], reward[from]), beta));
      let held = p;
      for (let step = 1; step < n; step++) {
        held = held.map((h, j) => {
          const refused = p.reduce((s, q, i) => s.plus(q.times(A.subtract(1, taken(j, i)))), A.number(0));
          return held.reduce((s, g, i) => s.plus(g.times(p[j]).times(taken(i, j))), h.times(refused));
        });
      }
      const got = A.metropolisLaw({ ref, reward, beta }, n).mass;
      for (const [i, want] of held.entries())
        expect(got[i].minus(want).abs().lte(want.times("1e-38")), `${got[i]} and ${want}`).toBe(true);
    },
  );
});
