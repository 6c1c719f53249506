import type { Algebra, MeasureOf } from "../exact/algebra.js";
import type { Identity } from "./claim.js";
import type { World } from "./instance.js";
import { entries, magnitude, minus, positions, summed, total } from "./sums.js";
import { isWritten, logSum } from "./written.js";

/** The terms p log p of a measure, 0 at mass 0. */
function negentropyTerms<N>(A: Algebra<N>, p: MeasureOf<N>): N[] {
  return positions(A, p).map((i) => A.multiply(p.mass[i], p.logMass[i]));
}

/** φ(p) − φ(q) − ∇φ(q)·(p − q) term by term, φ(p) = Σ p log p and ∇φ(q) = log q + 1: q positive where p is. */
function bregmanTerms<N>(A: Algebra<N>, p: MeasureOf<N>, q: MeasureOf<N>): N[] {
  const gradient = positions(A, q).flatMap((i) => {
    const slope = A.add(q.logMass[i], A.number(1));
    return [A.multiply(slope, q.mass[i]), minus(A, A.multiply(slope, p.mass[i]))];
  });
  return [...negentropyTerms(A, p), ...negentropyTerms(A, q).map((t) => minus(A, t)), ...gradient];
}

/** The logarithms of the masses that an instance gives. */
function givenLogs<N>({ algebra: A, instance }: World<N>): N[] {
  if (instance.mass === undefined) return (instance.logMass ?? []).map((l) => A.number(l));
  return Array.from(instance.mass, (m) => A.log(A.number(m)));
}

/** Equations (1)–(4): measures, information and preferences. */
export const preliminaries: readonly Identity[] = [
  {
    kind: "identity",
    equation: "(1)",
    statement: "H(p) = −Σ p log p, with 0·log 0 = 0",
    hypotheses: "p a law",
    sides: ({ algebra: A, ref, policies }) =>
      [ref, ...policies].map((p) => {
        const { value } = summed(A, negentropyTerms(A, p));
        return { left: [A.entropy(p)], right: [minus(A, value)] };
      }),
  },
  {
    kind: "identity",
    equation: "(2)",
    statement:
      "generalized KL is the Bregman divergence of Σ p log p, and KL where both total 1; p^α and p∘q act answer by answer",
    hypotheses: "p, q non-negative, q > 0 where p > 0",
    sides: (world) => {
      const { algebra: A, given, ref, policies } = world;
      const q = ref;
      const two = A.number(2);
      const twice = A.power(q, two);
      const sum = (a: MeasureOf<typeof two>, b: MeasureOf<typeof two>) =>
        entries(a.logMass).map((l, i) => A.add(l, b.logMass[i]));
      return [
        ...isWritten(A, given, { logMass: givenLogs(world) }),
        ...isWritten(A, twice, { logMass: entries(q.logMass).map((l) => A.multiply(two, l)) }),
        ...policies.flatMap((p) => isWritten(A, A.product(p, given), { logMass: sum(p, given) })),
        ...policies.flatMap((p) =>
          [q, A.product(p, given)].map((other) => {
            const { value, size } = summed(A, bregmanTerms(A, p, other));
            return { left: [A.generalizedKlDivergence(p, other)], right: [value], scale: [size] };
          }),
        ),
        ...policies.map((p) => {
          // Where p is near q, the terms p log(p/q) have both signs and are far larger than their sum.
          const terms = positions(A, p).map((i) => A.multiply(p.mass[i], A.subtract(p.logMass[i], q.logMass[i])));
          const { size } = summed(A, terms);
          return { left: [A.klDivergence(p, q)], right: [A.generalizedKlDivergence(p, q)], scale: [size] };
        }),
        { left: [A.generalizedKlDivergence(twice, twice)], right: [A.number(0)] },
      ];
    },
  },
  {
    kind: "identity",
    equation: "(3)",
    statement: "P(o ≻ õ) = e^r(o) / (e^r(o) + e^r(õ)) = σ(r(o) − r(õ))",
    hypotheses: "rewards finite",
    sides: ({ algebra: A, hp, reward }) => {
      const next = (i: number) => (i + 1) % reward.length;
      const odds = entries(hp.logMass);
      const gaps = reward.map((r, i) => A.subtract(reward[next(i)], r));
      return [
        {
          left: reward.map((r, i) => A.preferenceProbability(r, reward[next(i)])),
          // e^r / (e^r + e^r̃) with hp for e^r: the normaliser cancels.
          right: reward.map((_, i) => {
            const other = A.exp(A.subtract(odds[next(i)], odds[i]));
            return A.divide(A.number(1), A.add(A.number(1), other));
          }),
        },
        {
          left: reward.map((r, i) => A.logPreferenceProbability(r, reward[next(i)])),
          right: gaps.map((gap) => minus(A, logSum(A, [A.number(0), gap]))),
          scale: gaps.map((gap) => A.add(A.number(1), magnitude(A, gap))),
        },
      ];
    },
  },
  {
    kind: "identity",
    equation: "(4)",
    statement: "hp(o) ∝ e^r(o): log hp(o) − log hp(õ) = r(o) − r(õ), and Σ hp = 1",
    hypotheses: "rewards finite",
    sides: ({ algebra: A, hp, reward }) => {
      const logs = entries(hp.logMass);
      return [
        {
          left: logs.map((l) => A.subtract(l, logs[0])),
          right: reward.map((r) => A.subtract(r, reward[0])),
          scale: logs.map((l) => minus(A, A.add(l, logs[0]))),
        },
        { left: [total(A, entries(hp.mass))], right: [A.number(1)] },
        { left: logs.map((l) => A.add(l, hp.logNormalizer)), right: reward, scale: logs },
      ];
    },
  },
];
