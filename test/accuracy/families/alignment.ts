import {
  autoregressivePolicy,
  expectedSelfCertainty,
  klDivergence,
  measure,
  rlhfEquivalent,
  rlhfObjective,
  rlhfOptimalValue,
  rlhfOptimum,
  rlhfRegret,
  rlifEquivalent,
  rlifObjective,
  rlifOptimalValue,
  rlifOptimum,
  rlifRegret,
  selfCertainty,
  sequenceDistribution,
  unifiedObjective,
} from "exptilt";
import { adversarial } from "../fixtures.js";
import {
  MASSES,
  masses,
  order,
  ordinary,
  pick,
  REWARDS,
  sizeOf,
  temperature,
  tilts,
  times,
  whole,
} from "../instances.js";
import { math } from "../mathjs.js";
import { answers, type BigNumber, big, exact, measureOf, type Num, one, total, zero } from "../oracle.js";
import { type Inputs, type Moved, type Subject, subject } from "../subject.js";

const given = (m: readonly number[]) => measure(answers(m), m);

type Tilt = { mass: number[]; reward: number[]; beta: number };
type WithPolicy = Tilt & { policy: number[] };

const problem = ({ mass, reward, beta }: Tilt) => ({ ref: given(mass), reward, beta });
const exactProblem = ({ mass, reward, beta }: Moved<Tilt>) => ({ ref: measureOf(mass), reward, beta });
const draw = (rng: () => number, index: number): Tilt => tilts(rng, sizeOf(rng, index));
/** A policy near the reference, near the optimum in shape, or of its own. */
function withPolicy(rng: () => number, index: number): WithPolicy {
  const tilt = tilts(rng, sizeOf(rng, index), false);
  const policy = pick<() => number[]>(
    rng,
    () => masses(rng, tilt.mass.length).map((x, i) => (tilt.mass[i] > 0 ? x : 0)),
    () => tilt.mass.map((x) => x * (1 + order(rng, -15, -1))),
    () => ordinary(rng, tilt.mass.length).map((x, i) => (tilt.mass[i] > 0 ? x : 0)),
  )();
  if (!policy.some((m) => m > 0)) policy[tilt.mass.findIndex((m) => m > 0)] = 1;
  return { ...tilt, policy };
}
const TILTS = `${MASSES}; ${REWARDS}`;
const POLICIES = `${TILTS}; policies near ref at a relative 1e-15 to 0.1, or apart`;

type Internal = { mass: number[]; length: number; beta: number; vocabularySize: number };
/** Lβ − 1 from 1e-15 to 1e6, and the regime of modes. */
function internal(rng: () => number, index: number): Internal {
  const mass = masses(rng, sizeOf(rng, index));
  const length = whole(rng, 1, 64);
  const a = pick(rng, 1 + order(rng, -15, 0), 1 + order(rng, 0, 6), 1 + order(rng, -3, 1), rng());
  return { mass, length, beta: a / length, vocabularySize: whole(rng, 2, 50000) };
}
const INTERNAL = `${MASSES}; Lβ − 1 from 1e-15 to 1e6, and the regime of modes`;
const self = ({ mass, length, beta, vocabularySize }: Internal) => ({ ref: given(mass), length, beta, vocabularySize });
const exactSelf = ({ mass, beta }: Moved<Internal>, { length, vocabularySize }: Internal) => ({
  ref: measureOf(mass),
  length,
  beta,
  vocabularySize,
});
const fixed = ["length", "vocabularySize"] as const;

const withInternalPolicy = (rng: () => number, index: number): Internal & { policy: number[] } => {
  const problem = internal(rng, index);
  const policy = pick(rng, problem.mass, masses(rng, problem.mass.length)).map((x, i) =>
    problem.mass[i] > 0 ? x * (1 + order(rng, -12, -1)) : 0,
  );
  if (!policy.some((m) => m > 0)) policy[problem.mass.findIndex((m) => m > 0)] = 1;
  return { ...problem, policy };
};

/** An autoregressive policy on V tokens and L steps: one table of masses for each prefix, in order of length. */
type Tables = Inputs & { tables: number[][]; vocabulary: number; length: number };
function tables(rng: () => number): Tables {
  const vocabulary = whole(rng, 1, 4);
  const length = whole(rng, 1, 4);
  const prefixes = times(length, (l) => vocabulary ** l).reduce((s, x) => s + x, 0);
  return {
    tables: Array.from({ length: prefixes }, () => (rng() < 0.7 ? ordinary(rng, vocabulary) : masses(rng, vocabulary))),
    vocabulary,
    length,
  };
}
const TABLES = "1 to 4 tokens, lengths 1 to 4; tables of masses over 300 orders, zeros";
const tokens = (n: number) => times(n, (i) => i);
/** Which table a prefix reads: those of shorter prefixes lie before it. */
function placeOf(prefix: readonly number[], vocabulary: number): number {
  let place = 0;
  for (let l = 0; l < prefix.length; l++) place += vocabulary ** l;
  return place + prefix.reduce((s, t) => s * vocabulary + t, 0);
}
const policyOf = ({ tables: rows, vocabulary, length }: Tables) =>
  autoregressivePolicy({
    vocabulary: tokens(vocabulary),
    length,
    conditional: (prefix) => rows[placeOf(prefix, vocabulary)],
  });

/** Every sequence with its probability and Σ of the certainties met on its way. */
function sequences(
  rows: Num[][],
  { vocabulary, length }: Tables,
  certainty: (row: readonly Num[]) => BigNumber,
): { sequence: number[]; mass: BigNumber; certainty: BigNumber }[] {
  let level = [{ sequence: [] as number[], mass: one, certainty: big(0) }];
  for (let l = 0; l < length; l++) {
    level = level.flatMap((at) => {
      const row = rows[placeOf(at.sequence, vocabulary)];
      const law = exact.distribution(answers(row), row).mass;
      const next = at.certainty.plus(certainty(row));
      return tokens(vocabulary).map((t) => ({
        sequence: [...at.sequence, t],
        mass: at.mass.times(law[t]),
        certainty: next,
      }));
    });
  }
  return level;
}
const variant = (row: readonly Num[]) => exact.klDivergence(measureOf(row), exact.uniform(answers(row)));
const original = (row: readonly Num[]) => exact.klDivergence(exact.uniform(answers(row)), measureOf(row));

export const alignment: readonly Subject[] = [
  subject({
    name: "rlhfObjective",
    fixtures: adversarial("rlhf_objective", { mass: "ref", reward: "r", policy: "pi" }, { beta: "beta" }),
    domain: POLICIES,
    draw: withPolicy,
    float64: (x) => rlhfObjective(problem(x), given(x.policy)),
    exact: (x) => exact.rlhfObjective(exactProblem(x), measureOf(x.policy)),
    peers: {
      mathjs: ({ mass, reward, beta, policy }) => {
        const p = policy.map((x) => x / math.sum([...policy]));
        return math.dot(p, [...reward]) - beta * Number(math.kldivergence([...policy], [...mass]));
      },
    },
  }),
  subject({
    name: "rlhfOptimum().mass",
    domain: TILTS,
    draw,
    float64: (x) => rlhfOptimum(problem(x)).mass,
    exact: (x) => exact.rlhfOptimum(exactProblem(x)).mass,
  }),
  subject({
    name: "rlhfOptimalValue",
    fixtures: adversarial("rlhf_optimum", { mass: "ref", reward: "r" }, { beta: "beta" }),
    domain: TILTS,
    draw,
    float64: (x) => rlhfOptimalValue(problem(x)),
    exact: (x) => exact.rlhfOptimalValue(exactProblem(x)),
    peers: {
      mathjs: ({ mass, reward, beta }) => {
        const terms = mass.map((m, i) => (m / math.sum([...mass])) * math.exp(reward[i] / beta));
        return beta * math.log(math.sum(terms));
      },
    },
    cases: 400,
  }),
  subject({
    name: "rlhfRegret",
    domain: POLICIES,
    draw: withPolicy,
    float64: (x) => rlhfRegret(problem(x), given(x.policy)),
    exact: (x) => exact.rlhfRegret(exactProblem(x), measureOf(x.policy)),
  }),
  subject({
    name: "klDivergence(rlhfOptimum, ref)",
    domain: TILTS,
    draw,
    float64: (x) => {
      const ref = given(x.mass);
      return klDivergence(rlhfOptimum({ ...x, ref }), ref);
    },
    exact: (x) => exact.klDivergence(exact.rlhfOptimum(exactProblem(x)), measureOf(x.mass)),
    cases: 400,
  }),
  subject({
    name: "unifiedObjective",
    domain: POLICIES,
    draw: withPolicy,
    float64: (x) => unifiedObjective(problem(x), given(x.policy)),
    exact: (x) => exact.unifiedObjective(exactProblem(x), measureOf(x.policy)),
  }),
  subject({
    name: "rlifObjective",
    domain: INTERNAL,
    draw: withInternalPolicy,
    fixed,
    float64: (x) => rlifObjective(self(x), given(x.policy)),
    exact: (x, at) => exact.rlifObjective(exactSelf(x, at), measureOf(x.policy)),
  }),
  subject({
    name: "rlifOptimum().mass",
    domain: INTERNAL,
    draw: internal,
    fixed,
    float64: (x) => rlifOptimum(self(x)).mass,
    exact: (x, at) => exact.rlifOptimum(exactSelf(x, at)).mass,
  }),
  subject({
    name: "rlifOptimalValue",
    domain: INTERNAL,
    draw: internal,
    fixed,
    float64: (x) => rlifOptimalValue(self(x)),
    exact: (x, at) => exact.rlifOptimalValue(exactSelf(x, at)),
  }),
  subject({
    name: "rlifRegret",
    domain: `${INTERNAL}; policies near ref at a relative 1e-15 to 0.1, or apart`,
    draw: withInternalPolicy,
    fixed,
    float64: (x) => rlifRegret(self(x), given(x.policy)),
    exact: ({ policy, ...x }, at) => {
      const problem = exactSelf(x, at);
      const law = measureOf(policy);
      // The difference of the two values has no digits left near the optimum: claim (10) holds it against this.
      const excess = big(at.length).times(big(x.beta)).minus(1);
      if (excess.gt(0)) return exact.klDivergence(law, exact.rlifOptimum(problem)).times(excess).div(at.length);
      const logMass = Array.from(exact.normalize(problem.ref).logMass);
      const top = logMass.reduce((a, b) => (b.gt(a) ? b : a));
      const below = logMass.map((l, i) => (big(policy[i]).isZero() ? zero : top.minus(l)));
      return exact.expectation(law, below).times(big(x.beta)).minus(exact.entropy(law).times(excess).div(at.length));
    },
  }),
  subject({
    name: "rlhfEquivalent().beta",
    domain: "Lβ − 1 from 1e-15 to 1e6",
    draw: (rng, index) => {
      const { mass, length, beta, vocabularySize } = internal(rng, index);
      return { mass, length, beta: Math.max(beta, (1 + 2 ** -52) / length) * (1 + 2 ** -51), vocabularySize };
    },
    fixed,
    float64: (x) => rlhfEquivalent(self(x)).beta,
    exact: (x, at) => big(exact.rlhfEquivalent(exactSelf(x, at)).beta),
  }),
  subject({
    name: "rlifEquivalent().beta",
    domain: "β from 1e-6 to 1e6, lengths 1 to 64",
    draw: (rng) => ({ mass: ordinary(rng, 4), beta: temperature(rng), length: whole(rng, 1, 64) }),
    fixed: ["length"],
    float64: ({ mass, beta, length }) => {
      const ref = given(mass);
      return rlifEquivalent({ ref, reward: ref.logMass, beta }, { length, vocabularySize: 5 }).beta;
    },
    exact: ({ beta }, { length }) => big(beta).plus(1).div(length),
  }),
  subject({
    name: "sequenceDistribution().mass",
    domain: TABLES,
    draw: tables,
    fixed: ["vocabulary", "length"],
    float64: (x) => sequenceDistribution(policyOf(x)).mass,
    exact: (x, at) => sequences(x.tables, at, () => big(0)).map(({ mass }) => mass),
    cases: 100,
  }),
  subject({
    name: "selfCertainty",
    domain: `${TABLES}; both forms`,
    draw: tables,
    fixed: ["vocabulary", "length"],
    float64: (x) => {
      const at = times(x.length, () => x.vocabulary - 1);
      return [selfCertainty(policyOf(x), at), selfCertainty(policyOf(x), at, "original")];
    },
    exact: (x, at) =>
      [variant, original].map((form) => (sequences(x.tables, at, form).at(-1)?.certainty ?? big(0)).div(at.length)),
    cases: 100,
  }),
  subject({
    name: "expectedSelfCertainty",
    domain: TABLES,
    draw: tables,
    fixed: ["vocabulary", "length"],
    float64: (x) => expectedSelfCertainty(policyOf(x)),
    exact: (x, at) =>
      total(sequences(x.tables, at, variant).map(({ mass, certainty }) => mass.times(certainty))).div(at.length),
    cases: 100,
  }),
];
