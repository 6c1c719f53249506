import { fromLogMass, measure } from "exptilt";
import {
  effectiveSampleSize,
  importanceWeights,
  policyDistribution,
  selfCertaintyWeights,
  selfNormalizedWeights,
  tabularPolicy,
} from "exptilt/training";
import { adversarial } from "../fixtures.js";
import { between, MASSES, masses, order, pick, REWARDS, sizeOf, tilts, times, whole } from "../instances.js";
import { math } from "../mathjs.js";
import {
  answers,
  type BigNumber,
  big,
  exact,
  expm1,
  logMeasureOf,
  logOnePlus,
  measureOf,
  type Num,
  one,
  total,
  zero,
} from "../oracle.js";
import { type Moved, type Subject, subject } from "../subject.js";

type Tilt = { mass: number[]; reward: number[]; beta: number };

const given = (m: readonly number[]) => measure(answers(m), m);
const TILTS = `${MASSES}; ${REWARDS}`;

const FAR = `${TILTS}; log-masses to -6000, reward/beta to 6000`;
/** Log-masses and rewards thousands of nats apart. */
const far = (rng: () => number, index: number) => {
  const size = sizeOf(rng, index);
  const nats = pick(rng, 700, 2000, 6000);
  const beta = order(rng, -4, 4);
  return {
    log: times(size, () => pick(rng, 0, -nats * rng())),
    reward: times(size, () => pick(rng, 0, 1, rng()) * nats * beta),
    beta,
  };
};
type Far = ReturnType<typeof far>;
const farTilt = ({ log, reward, beta }: Far) =>
  importanceWeights({ ref: fromLogMass(answers(log), log), reward, beta });
/** r/β − log E_ref[e^{r/β}], from the reward of the target's likeliest answer. */
const exactFar = ({ log, reward, beta }: Moved<Far>): { ref: BigNumber[]; weight: BigNumber[] } => {
  const ref = Array.from(exact.normalize(logMeasureOf(log)).mass);
  const law = Array.from(exact.tilt(logMeasureOf(log), reward, beta).mass);
  const peak = law.reduce((best, p, i) => (p.gt(law[best]) ? i : best), 0);
  const relative = reward.map((r) => big(r).minus(reward[peak]).div(beta));
  const mean = total(relative.map((l, i) => ref[i].times(exact.exp(l))));
  return { ref, weight: relative.map((l) => l.minus(exact.log(mean))) };
};

/** Weights below e^700, so that they are doubles, and logarithms. */
const draw = (rng: () => number, index: number): Tilt => tilts(rng, sizeOf(rng, index));
const tilted = ({ mass, reward, beta }: Tilt) => importanceWeights({ ref: given(mass), reward, beta });
const exactTilt = ({ mass, reward, beta }: Moved<Tilt>) => exact.tilt(measureOf(mass), reward, beta);
/** r/β − log E_ref[e^{r/β}], both from the likeliest answer: near a point mass they agree to a hundred digits. */
const exactLogWeight = (x: Moved<Tilt>): BigNumber[] => {
  const law = Array.from(exactTilt(x).mass);
  const peak = law.reduce((best, p, i) => (p.gt(law[best]) ? i : best), 0);
  const ref = exact.normalize(measureOf(x.mass)).mass;
  const log = x.reward.map((r) => big(r).minus(x.reward[peak]).div(x.beta));
  const mean = (f: (l: BigNumber) => BigNumber) =>
    total(log.map((l, i) => (ref[i].isZero() ? zero : ref[i].times(f(l)))));
  const excess = mean(expm1);
  const logMean = excess.gt(-0.5) ? logOnePlus(excess) : exact.log(mean((l) => exact.exp(l)));
  return log.map((l) => l.minus(logMean));
};

type Internal = { mass: number[]; length: number; beta: number; vocabularySize: number };
const internal = (rng: () => number, index: number): Internal => {
  const length = whole(rng, 1, 64);
  const a = pick(rng, 1 + order(rng, -3, 0), 1 + order(rng, 0, 6), 2);
  return { mass: masses(rng, sizeOf(rng, index)), length, beta: a / length, vocabularySize: whole(rng, 2, 50000) };
};
const INTERNAL = `${MASSES}; Lβ − 1 from 1e-3 to 1e6`;
const self = ({ mass, ...rest }: Internal) => selfCertaintyWeights({ ref: given(mass), ...rest });
/** ref^{1/(Lβ − 1)} normalised to mean 1: the escort over ref. */
const exactSelf = ({ mass, beta }: Moved<Internal>, { length }: Internal) => {
  const excess = big(beta).times(length).minus(1);
  const ref = exact.normalize(measureOf(mass));
  const law = exact.escort(ref, one.plus(one.div(excess)));
  return { ref, law };
};

const kish = (w: readonly BigNumber[]) =>
  total(w)
    .pow(2)
    .div(total(w.map((x) => x.pow(2))));
const WEIGHTS = "weights over 600 orders, zeros, ties, 1 ulp apart; and logarithms up to 1e6, spreads to 6000";
const weights = (rng: () => number, index: number) => ({ weight: masses(rng, sizeOf(rng, index)) });
const logWeights = (rng: () => number, index: number) => ({
  log: times(sizeOf(rng, index), () =>
    pick(rng, between(rng, -5, 5), between(rng, -800, 800), between(rng, -6000, 0), 1e6 + between(rng, -1, 1)),
  ),
});
const exps = (log: readonly Num[]) => {
  const top = log.reduce<BigNumber>((t, l) => (big(l).gt(t) ? big(l) : t), big(log[0]));
  return log.map((l) => exact.exp(big(l).minus(top)));
};

export const training: readonly Subject[] = [
  subject({
    name: "importanceWeights().weight",
    domain: TILTS,
    draw,
    float64: (x) => tilted(x).weight,
    exact: (x) => exactLogWeight(x).map((l) => exact.exp(l)),
    cases: 150,
  }),
  subject({
    name: "importanceWeights().logWeight",
    domain: TILTS,
    draw,
    float64: (x) => tilted(x).logWeight,
    exact: exactLogWeight,
    cases: 150,
  }),
  subject({
    name: "importanceWeights().logWeight, far apart",
    domain: FAR,
    draw: far,
    float64: (x) => farTilt(x).logWeight,
    exact: (x) => exactFar(x).weight,
    cases: 150,
  }),
  subject({
    name: "importanceWeights().effectiveFraction, far apart",
    domain: FAR,
    draw: far,
    float64: (x) => farTilt(x).effectiveFraction,
    exact: (x) => {
      const { ref, weight } = exactFar(x);
      return one.div(total(weight.map((l, i) => ref[i].times(exact.exp(l.times(2))))));
    },
    cases: 150,
  }),
  subject({
    name: "importanceWeights().effectiveFraction",
    domain: TILTS,
    draw,
    float64: (x) => tilted(x).effectiveFraction,
    exact: (x) => one.div(exact.chiSquaredDivergence(exactTilt(x), measureOf(x.mass)).plus(1)),
    exception: {
      ulp: 400,
      reason: "where χ² is no double the fraction is e to a logarithm of some −650, which is rounded at its own size",
    },
  }),
  subject({
    name: "selfCertaintyWeights().weight",
    domain: INTERNAL,
    draw: internal,
    fixed: ["length", "vocabularySize"],
    float64: (x) => self(x).weight,
    exact: (x, at) => {
      const { ref, law } = exactSelf(x, at);
      return at.mass.map((m, i) => (m > 0 ? exact.exp(big(law.logMass[i]).minus(ref.logMass[i])) : big(0)));
    },
    cases: 150,
  }),
  subject({
    name: "selfCertaintyWeights().effectiveFraction",
    domain: INTERNAL,
    draw: internal,
    fixed: ["length", "vocabularySize"],
    float64: (x) => self(x).effectiveFraction,
    exact: (x, at) => {
      const { ref, law } = exactSelf(x, at);
      return one.div(exact.chiSquaredDivergence(law, ref).plus(1));
    },
    cases: 150,
  }),
  subject({
    name: "selfNormalizedWeights",
    fixtures: adversarial("snis", { weight: "w" }),
    domain: WEIGHTS,
    draw: weights,
    float64: ({ weight }) => selfNormalizedWeights({ weight }),
    exact: ({ weight }) => exact.normalize(measureOf(weight)).mass,
    peers: { mathjs: ({ weight }) => math.divide(weight, math.sum(weight)) },
  }),
  subject({
    name: "selfNormalizedWeights, from logarithms",
    fixtures: adversarial("snis", { log: "logw" }),
    domain: WEIGHTS,
    draw: logWeights,
    float64: ({ log }) => selfNormalizedWeights({ logWeight: log }),
    exact: ({ log }) => exact.normalize(logMeasureOf(log)).mass,
  }),
  subject({
    name: "effectiveSampleSize",
    fixtures: adversarial("ess", { weight: "w" }),
    domain: WEIGHTS,
    draw: weights,
    float64: ({ weight }) => effectiveSampleSize({ weight }),
    exact: ({ weight }) => kish(weight.map(big)),
    peers: { mathjs: ({ weight }) => math.sum(weight) ** 2 / math.dot(weight, weight) },
  }),
  subject({
    name: "effectiveSampleSize, from logarithms",
    fixtures: adversarial("ess", { log: "logw" }),
    domain: WEIGHTS,
    draw: logWeights,
    float64: ({ log }) => effectiveSampleSize({ logWeight: log }),
    exact: ({ log }) => kish(exps(log)),
  }),
  subject({
    name: "policyDistribution().mass",
    domain: "tabular policies of logits from -800 to 800",
    draw: (rng, index) => ({
      theta: times(sizeOf(rng, index), () => pick(rng, between(rng, -5, 5), between(rng, -800, 800))),
    }),
    float64: ({ theta }) => policyDistribution(tabularPolicy(answers(theta)), theta).mass,
    exact: ({ theta }) => exact.normalize(logMeasureOf(theta)).mass,
  }),
];
