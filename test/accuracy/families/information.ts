import {
  chiSquaredDivergence,
  entropy,
  generalizedKlDivergence,
  jensenShannonDivergence,
  type KlEstimatorKind,
  klDivergence,
  klEstimator,
  measure,
  renyiEntropy,
  totalVariation,
} from "exptilt";
import { distance } from "ml-distance";
import { adversarial } from "../fixtures.js";
import { MASSES, masses, order, PAIRS, pairs, pick, sizeOf, whole } from "../instances.js";
import { logs, math } from "../mathjs.js";
import { answers, type BigNumber, bigs, exact, measureOf, type Num, total, zero } from "../oracle.js";
import { type Subject, subject } from "../subject.js";

const given = (m: readonly number[]) => measure(answers(m), m);
const draw = (rng: () => number, index: number) => pairs(rng, sizeOf(rng, index));

/** Probabilities by a plain division, as a user of these packages would make them. */
function shares(m: readonly number[]): number[] {
  const total = m.reduce((s, x) => s + x, 0);
  return m.map((x) => x / total);
}

const KINDS: readonly KlEstimatorKind[] = ["k1", "k2", "k3"];

/** Two laws and a kind of estimator, with a third law that the draws come from. */
const estimation = (rng: () => number, index: number) => {
  const { p, q } = pairs(rng, Math.min(20, sizeOf(rng, index)));
  // Draws of a law far from the policy have weights, and these squares, that no double holds.
  return { p, q, from: p.map((x) => x * (0.5 + rng())), kind: whole(rng, 0, 2) };
};

/** log(1 + x) − x for a small x, with all its digits. */
const logOnePlusMinus = (x: BigNumber) =>
  total(
    Array.from({ length: 14 }, (_, k) =>
      x
        .neg()
        .pow(k + 2)
        .div(k + 2),
    ),
  ).neg();

/** Mean and variance by the definition, each draw of `from` weighted; u − 1 = Σ_j (q_i p_j − p_i q_j)/(p_i Σ q). */
function exactEstimator(policy: readonly Num[], ref: readonly Num[], kind: number, behavior = policy): BigNumber[] {
  const [p, q, from] = [bigs(policy), bigs(ref), bigs(behavior)];
  const [totalP, totalQ, totalFrom] = [total(p), total(q), total(from)];
  const infinite = zero.plus(Infinity);
  if (p.some((x, i) => !x.isZero() && q[i].isZero())) return [infinite, infinite];
  const parts = p.map((x, i) => {
    if (x.isZero()) return zero;
    const away = total(p.map((y, j) => q[i].times(y).minus(x.times(q[j])))).div(x.times(totalQ));
    const near = away.abs().lt(1e-5);
    const second = near ? logOnePlusMinus(away) : undefined;
    const k1 = second ? second.plus(away).neg() : exact.log(q[i].times(totalP).div(x.times(totalQ))).neg();
    const k3 = second ? second.neg() : away.plus(k1);
    return x.div(totalP).times([k1, k1.times(k1).div(2), k3][kind]);
  });
  const values = parts.map((x, i) => (from[i].isZero() ? zero : x.times(totalFrom).div(from[i])));
  // About the value at the likeliest answer: near a point mass the mean is too near it for 60 digits.
  const peak = from.reduce((best, x, i) => (x.gt(from[best]) ? i : best), 0);
  const moved = values.map((x) => x.minus(values[peak]));
  const under = (xs: readonly BigNumber[]) => total(xs.map((x, i) => x.times(from[i]))).div(totalFrom);
  const shift = under(moved);
  return [total(parts), under(moved.map((x) => x.minus(shift).pow(2)))];
}

/** By the KL of either law from the mixture of their masses, each times the other's total. */
function exactJensenShannon(first: readonly Num[], second: readonly Num[]): BigNumber {
  const [p, q] = [bigs(first), bigs(second)];
  const [totalP, totalQ] = [total(p), total(q)];
  const mixture = measureOf(p.map((x, i) => x.times(totalQ).plus(q[i].times(totalP))));
  return exact
    .klDivergence(measureOf(p), mixture)
    .plus(exact.klDivergence(measureOf(q), mixture))
    .div(2);
}

export const information: readonly Subject[] = [
  subject({
    name: "entropy",
    fixtures: adversarial("entropy", { mass: "p" }),
    domain: MASSES,
    draw: (rng, index) => ({ mass: masses(rng, sizeOf(rng, index)) }),
    float64: ({ mass }) => entropy(given(mass)),
    exact: ({ mass }) => exact.entropy(measureOf(mass)),
    peers: {
      mathjs: ({ mass }) => {
        const p = shares(mass);
        return -math.sum(math.dotMultiply(p, logs(p)));
      },
    },
    cases: 400,
  }),
  subject({
    name: "renyiEntropy",
    domain: `${MASSES}; orders from 1e-17 to 1e16, near 1`,
    draw: (rng, index) => ({
      mass: masses(rng, sizeOf(rng, index)),
      alpha: pick(rng, order(rng, -17, 0), 1 + order(rng, -16, -1), 1 - order(rng, -16, -1), order(rng, 0, 16), 2, 0.5),
    }),
    float64: ({ mass, alpha }) => renyiEntropy(given(mass), alpha),
    exact: ({ mass, alpha }) => exact.renyiEntropy(measureOf(mass), alpha),
    peers: {
      mathjs: ({ mass, alpha }) => {
        return math.log(math.sum(math.dotPow(shares(mass), alpha))) / (1 - alpha);
      },
    },
    cases: 400,
  }),
  subject({
    name: "klDivergence",
    fixtures: adversarial("kl", { p: "p", q: "q" }),
    domain: PAIRS,
    draw,
    float64: ({ p, q }) => klDivergence(given(p), given(q)),
    exact: ({ p, q }) => exact.klDivergence(measureOf(p), measureOf(q)),
    peers: {
      mathjs: ({ p, q }) => math.kldivergence([...p], [...q]),
      "ml-distance": ({ p, q }) => distance.kullbackLeibler(shares(p), shares(q)),
    },
    cases: 600,
  }),
  subject({
    name: "generalizedKlDivergence",
    fixtures: adversarial("genkl", { p: "p", q: "q" }, {}, ({ q }) => Math.max(...q) > 0),
    domain: PAIRS,
    draw,
    float64: ({ p, q }) => generalizedKlDivergence(given(p), given(q)),
    exact: ({ p, q }) => exact.generalizedKlDivergence(measureOf(p), measureOf(q)),
    peers: {
      mathjs: ({ p, q }) => {
        const terms = math.dotMultiply(p, logs(math.dotDivide(p, q)));
        return math.sum(math.add(math.subtract(terms, p), q));
      },
    },
    cases: 400,
  }),
  subject({
    name: "totalVariation",
    domain: PAIRS,
    draw,
    float64: ({ p, q }) => totalVariation(given(p), given(q)),
    exact: ({ p, q }) => exact.totalVariation(measureOf(p), measureOf(q)),
    peers: {
      mathjs: ({ p, q }) => math.sum(math.abs(math.subtract(shares(p), shares(q)))) / 2,
      "ml-distance": ({ p, q }) => distance.manhattan(shares(p), shares(q)) / 2,
    },
    cases: 400,
  }),
  subject({
    name: "chiSquaredDivergence",
    domain: PAIRS,
    draw,
    float64: ({ p, q }) => chiSquaredDivergence(given(p), given(q)),
    exact: ({ p, q }) => exact.chiSquaredDivergence(measureOf(p), measureOf(q)),
    peers: { "ml-distance": ({ p, q }) => distance.pearson(shares(p), shares(q)) },
    cases: 400,
  }),
  subject({
    name: "jensenShannonDivergence",
    domain: PAIRS,
    draw: (rng, index) => pairs(rng, Math.min(20, sizeOf(rng, index))),
    float64: ({ p, q }) => jensenShannonDivergence(given(p), given(q)),
    exact: ({ p, q }) => exactJensenShannon(p, q),
    cases: 400,
  }),
  subject({
    name: "klEstimator",
    domain: `${PAIRS}; k1, k2 or k3`,
    draw: (rng, index) => {
      const { from: _, ...rest } = estimation(rng, index);
      return rest;
    },
    fixed: ["kind"],
    float64: ({ p, q, kind }) => Object.values(klEstimator(given(p), given(q), KINDS[kind])),
    exact: ({ p, q }, { kind }) => exactEstimator(p, q, kind),
    cases: 400,
  }),
  subject({
    name: "klEstimator(behavior)",
    domain: `${PAIRS}; k1, k2 or k3, drawn from a law around the first`,
    draw: estimation,
    fixed: ["kind"],
    float64: ({ p, q, from, kind }) =>
      Object.values(klEstimator(given(p), given(q), KINDS[kind], { behavior: given(from) })),
    exact: ({ p, q, from }, { kind }) => exactEstimator(p, q, kind, from),
    cases: 200,
  }),
];
