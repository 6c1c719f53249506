import {
  fromLogMass,
  klDivergence,
  klPenaltyOptimum,
  measure,
  type Regularizer,
  regularizedObjective,
  regularizedOptimum,
  regularizedRegret,
  renyiDivergence,
} from "exptilt";
import {
  MASSES,
  masses,
  order,
  ordinary,
  PAIRS,
  pairs,
  pick,
  REWARDS,
  rewards,
  temperature,
  tilts,
  whole,
} from "../instances.js";
import { answers, exact, logMeasureOf, measureOf, type Num } from "../oracle.js";
import { type Moved, type Subject, subject } from "../subject.js";
import { LOGS, logMasses } from "./logarithms.js";

type Rng = () => number;

/** The order of an α-divergence, or one of the two with names; a few answers, since each case is a root at 60 digits. */
type Regularized = { mass: number[]; reward: number[]; beta: number; alpha: number; named: number };

const NAMED = ["jensenShannon", "klPlusChiSquared"] as const;
const kind = (rng: Rng) => ({
  named: whole(rng, 0, 4),
  alpha: pick(rng, 0, 0.5, 2, 3, 1.5, -1, 1 + order(rng, -12, -1) * pick(rng, 1, -1), 6 * rng() - 2),
});
const ALPHAS = "α of 0, ½, 2, 3, near 1, from −2 to 4, Jensen–Shannon, KL + ½χ²";
const regularizer = ({ alpha, named }: { alpha: number; named: number }): Regularizer => NAMED[named - 3] ?? { alpha };
const exactRegularizer = (alpha: Num, named: number) => NAMED[named - 3] ?? { alpha };

const draw = (rng: Rng): Regularized => ({ ...tilts(rng, whole(rng, 1, 6)), ...kind(rng) });
const problem = ({ mass, reward, beta }: Regularized) => ({ ref: measure(answers(mass), mass), reward, beta });
const exactProblem = ({ mass, reward, beta }: Moved<Regularized>) => ({ ref: measureOf(mass), reward, beta });

/** A policy near ref, or of its own, on the support of ref and on all of it. */
function withPolicy(rng: Rng): Regularized & { policy: number[] } {
  const size = whole(rng, 1, 6);
  const mass = masses(rng, size).map((m) => (m > 0 ? m : 1e-3));
  const own = pick<() => number[]>(
    rng,
    () => mass.map((x) => x * (1 + order(rng, -15, -1))),
    () => ordinary(rng, size),
  )();
  return { mass, reward: rewards(rng, size, false), beta: temperature(rng), ...kind(rng), policy: own };
}
const POLICIES = `${MASSES}; ${REWARDS}; ${ALPHAS}; policies near ref at a relative 1e-15 to 0.1, or apart`;
const fixed = ["named"] as const;
const sizes = { cases: 100, probes: 6 };

export const objectives: readonly Subject[] = [
  subject({
    name: "regularizedOptimum().mass",
    domain: `${MASSES}; ${REWARDS}; ${ALPHAS}`,
    draw,
    fixed,
    float64: (x) => regularizedOptimum(problem(x), regularizer(x)).mass,
    exact: (x, { named }) => exact.regularizedOptimum(exactProblem(x), exactRegularizer(x.alpha, named)).mass,
    ...sizes,
  }),
  subject({
    name: "regularizedOptimum().logMass",
    domain: `${LOGS}; ${REWARDS}; ${ALPHAS}`,
    draw(rng) {
      const log = logMasses(rng, whole(rng, 1, 6));
      return { log, reward: rewards(rng, log.length, false), beta: temperature(rng), ...kind(rng) };
    },
    fixed,
    float64: ({ log, reward, beta, ...x }) =>
      regularizedOptimum({ ref: fromLogMass(answers(log), log), reward, beta }, regularizer(x)).logMass,
    exact: ({ log, reward, beta, alpha }, { named }) =>
      exact.regularizedOptimum({ ref: logMeasureOf(log), reward, beta }, exactRegularizer(alpha, named)).logMass,
    ...sizes,
    exception: {
      ulp: 6,
      reason: "the exponent of Jensen–Shannon's density, twice a distance in units of β, is rounded at tens of nats.",
    },
  }),
  subject({
    name: "klDivergence(regularizedOptimum, ref)",
    domain: `${MASSES}; ${REWARDS}; ${ALPHAS}`,
    draw,
    fixed,
    float64(x) {
      const { ref, ...rest } = problem(x);
      return klDivergence(regularizedOptimum({ ref, ...rest }, regularizer(x)), ref);
    },
    exact(x, { named }) {
      const { ref, ...rest } = exactProblem(x);
      return exact.klDivergence(exact.regularizedOptimum({ ref, ...rest }, exactRegularizer(x.alpha, named)), ref);
    },
    ...sizes,
    exception: {
      ulp: 8,
      reason:
        "above α = 1 the mass of an answer about to drop out is a difference, and few probes find how steep it is.",
    },
  }),
  subject({
    name: "regularizedObjective",
    domain: POLICIES,
    draw: withPolicy,
    fixed,
    float64: (x) => regularizedObjective(problem(x), measure(answers(x.policy), x.policy), regularizer(x)),
    exact: (x, { named }) =>
      exact.regularizedObjective(exactProblem(x), measureOf(x.policy), exactRegularizer(x.alpha, named)),
    ...sizes,
  }),
  subject({
    name: "regularizedRegret",
    domain: POLICIES,
    draw: withPolicy,
    fixed,
    float64: (x) => regularizedRegret(problem(x), measure(answers(x.policy), x.policy), regularizer(x)),
    exact: (x, { named }) =>
      exact.regularizedRegret(exactProblem(x), measureOf(x.policy), exactRegularizer(x.alpha, named)),
    ...sizes,
  }),
  subject({
    name: "klPenaltyOptimum(k3 as a loss).mass",
    domain: `${MASSES}; ${REWARDS}`,
    draw: (rng) => tilts(rng, whole(rng, 1, 6)),
    float64: ({ mass, reward, beta }) =>
      klPenaltyOptimum({ ref: measure(answers(mass), mass), reward, beta }, { estimator: "k3", place: "loss" }).mass,
    exact: ({ mass, reward, beta }) =>
      exact.klPenaltyOptimum({ ref: measureOf(mass), reward, beta }, { estimator: "k3", place: "loss" }).mass,
    ...sizes,
  }),
];

/** Σ P^a Q^(1−a) in logarithms. */
function renyi(p: readonly Num[], q: readonly Num[], order: Num) {
  const [P, Q] = [exact.normalize(measureOf(p)), exact.normalize(measureOf(q))];
  const a = exact.number(0).plus(order);
  const excess = a.minus(1);
  if (excess.isZero()) return exact.klDivergence(P, Q);
  const on = answers(p).filter((i) => !P.mass[i].isZero());
  if (excess.gt(0) && on.some((i) => Q.mass[i].isZero())) return exact.number(Infinity);
  const both = on.filter((i) => !Q.mass[i].isZero());
  if (both.length === 0) return exact.number(Infinity);
  const logs = both.map((i) => P.logMass[i].times(a).minus(Q.logMass[i].times(excess)));
  const sum = exact.fromLogMass(both, logs);
  return exact.normalize(sum).logNormalizer.div(excess);
}

export const renyiDivergences: readonly Subject[] = [
  subject({
    name: "renyiDivergence",
    domain: `${PAIRS}; orders from 1e-3 to 1e3, near 1`,
    draw: (rng) => ({
      ...pairs(rng, whole(rng, 1, 8)),
      order: pick(rng, 0.5, 2, order(rng, -3, 3), 1 + order(rng, -12, -1), 1 - order(rng, -12, -1)),
    }),
    float64: ({ p, q, order: a }) => renyiDivergence(measure(answers(p), p), measure(answers(q), q), a),
    exact: ({ p, q, order: a }) => renyi(p, q, a),
  }),
];
