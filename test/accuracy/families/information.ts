import {
  chiSquaredDivergence,
  entropy,
  generalizedKlDivergence,
  klDivergence,
  measure,
  renyiEntropy,
  totalVariation,
} from "exptilt";
import { distance } from "ml-distance";
import { adversarial } from "../fixtures.js";
import { MASSES, masses, order, PAIRS, pairs, pick, sizeOf } from "../instances.js";
import { logs, math } from "../mathjs.js";
import { answers, exact, measureOf } from "../oracle.js";
import { type Subject, subject } from "../subject.js";

const given = (m: readonly number[]) => measure(answers(m), m);
const draw = (rng: () => number, index: number) => pairs(rng, sizeOf(rng, index));

/** Probabilities by a plain division, as a user of these packages would make them. */
function shares(m: readonly number[]): number[] {
  const total = m.reduce((s, x) => s + x, 0);
  return m.map((x) => x / total);
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
];
