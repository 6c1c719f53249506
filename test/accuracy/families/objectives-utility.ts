import {
  calibratedReward,
  expectedLogMeanExp,
  grpoOptimum,
  maxAtKOptimum,
  measure,
  passAtKUtility,
  utilityOptimum,
} from "exptilt";
import { MASSES, masses, order, pick, times, whole } from "../instances.js";
import { answers, big, exact, measureOf, type Num } from "../oracle.js";
import { type Subject, subject } from "../subject.js";

type Rng = () => number;
type Problem = { mass: number[]; reward: number[]; beta: number };
type At = Problem & { k: number };

const given = ({ mass, reward, beta }: Problem) => ({ ref: measure(answers(mass), mass), reward, beta });
const twin = ({ mass, reward, beta }: { mass: readonly Num[]; reward: readonly Num[]; beta: Num }) => ({
  ref: measureOf(mass),
  reward,
  beta,
});

/** Rewards in [0, 1], tied and apart, and a temperature. */
function unit(rng: Rng): Problem {
  const size = pick(rng, 2, 2, 3, 4, 6);
  const reward = pick<() => number[]>(
    rng,
    () => times(size, () => rng() * 0.75),
    () => times(size, () => whole(rng, 0, 3) / 4),
  )();
  return { mass: masses(rng, size), reward, beta: order(rng, -3, 3) };
}
const UNIT = "rewards in [0, 0.75], tied and apart; β from 1e-3 to 1e3";

/** Two rewards, of which both may be drawn. */
function binary(rng: Rng): Problem {
  const mass = masses(rng, 2).map((m) => m || 1);
  return { mass, reward: [1, 0], beta: order(rng, -2, 2) };
}

export const objectivesUtility: readonly Subject[] = [
  subject<At>({
    name: "utilityOptimum(passAtKUtility).policy.mass",
    domain: `${MASSES}; ${UNIT}; k = 1 to 8`,
    draw: (rng) => ({ ...unit(rng), k: whole(rng, 1, 8) }),
    fixed: ["k"],
    cases: 100,
    exception: { ulp: 12, reason: "a rare mass is a power of the temperature, which a sum of rewards sets" },
    float64: (x) => utilityOptimum(given(x), passAtKUtility(x.k)).policy.mass,
    exact: (x, { k }) => exact.utilityOptimum(twin(x), (_, left) => left.pow(k - 1).times(k)).policy.mass,
  }),
  subject<At>({
    name: "maxAtKOptimum().mass",
    domain: `${MASSES}; ${UNIT}; k = 1 to 8`,
    draw: (rng) => ({ ...unit(rng), k: whole(rng, 1, 8) }),
    fixed: ["k"],
    cases: 100,
    float64: (x) => maxAtKOptimum(given(x), x.k).mass,
    exact: (x, { k }) => exact.maxAtKOptimum(twin(x), k).mass,
  }),
  subject<Problem>({
    name: "grpoOptimum(kl).collapse",
    domain: `${MASSES}; rewards 0 and 1`,
    draw: binary,
    cases: 60,
    float64: (x) => grpoOptimum(given(x), { penalty: "kl" }).collapse,
    exact: (x) => exact.grpoOptimum(twin(x), { penalty: "kl" }).collapse,
  }),
  subject<Problem>({
    name: "grpoOptimum(k3).policy.mass",
    domain: `${MASSES}; rewards 0 and 1; β from 1e-2 to 1e2; groups of 8`,
    draw: binary,
    cases: 60,
    float64: (x) => grpoOptimum(given(x), { penalty: "k3", groupSize: 8 }).fixedPoints[0].policy.mass,
    exact: (x) => exact.grpoOptimum(twin(x), { penalty: "k3", groupSize: 8 }).fixedPoints[0].policy.mass,
  }),
  subject<At>({
    name: "calibratedReward",
    domain: `${MASSES}; ${UNIT}; the win rate`,
    draw: (rng) => ({ ...unit(rng), k: 1 }),
    fixed: ["reward", "k"],
    cases: 100,
    float64: (x) => calibratedReward(given(x)).map((r) => Math.max(r, -1)),
    exact: (x) => Array.from(exact.calibratedReward(twin(x)), (r) => (r.isFinite() ? r : big(-1))),
  }),
  subject<At>({
    name: "expectedLogMeanExp().bias",
    domain: `ordinary masses; ${UNIT}; N = 1 to 4`,
    draw: (rng) => {
      const problem = unit(rng);
      return { ...problem, mass: problem.mass.map(() => whole(rng, 1, 100)), k: whole(rng, 1, 4) };
    },
    fixed: ["k"],
    cases: 100,
    exception: { ulp: 8, reason: "a sum over the nodes of a quadrature, and over the levels at each" },
    float64: (x) => expectedLogMeanExp(given(x), x.k).bias,
    exact: (x, { k }) => exact.expectedLogMeanExp(twin(x), k).bias,
  }),
];
