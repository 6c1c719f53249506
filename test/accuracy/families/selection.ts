import {
  atLeastMOfK,
  bestOfNKlBound,
  bestOfNLaw,
  bestOfNWinRateBound,
  bestOfPoissonLaw,
  betaForKl,
  estimateBestOfN,
  estimateSoftBestOfN,
  firstOrderExpansion,
  fromLogMass,
  limitDistance,
  measure,
  metropolisLaw,
  passAtK,
  passHatK,
  policyReading,
  rejectionSamplingLaw,
  samplesNeeded,
  selectionCurve,
  selectionLimit,
  softBestOfNBounds,
  softBestOfNLaw,
  softBestOfPoissonLaw,
  weightedBestOfNLaw,
  winRate,
} from "exptilt";
import { printedRate } from "exptilt/claims";
import { adversarial, selections } from "../fixtures.js";
import {
  between,
  farRewards,
  LOG_MASSES,
  logMasses,
  MASSES,
  masses,
  order,
  ordinary,
  pick,
  rewards,
  temperature,
  times,
  whole,
} from "../instances.js";
import { math } from "../mathjs.js";
import {
  answers,
  type BigNumber,
  big,
  exact,
  expm1,
  log1p,
  logMeasureOf,
  logOnePlus,
  measureOf,
  type Num,
  one,
  total,
  zero,
} from "../oracle.js";
import { type FixtureCase, type Moved, type Subject, subject } from "../subject.js";

type Rng = () => number;
type Hard = { mass: number[]; reward: number[]; n: number };
type Soft = Hard & { beta: number };
type WithGold = Soft & { gold: number[] };
type Rated = { mass: number[]; reward: number[]; rate: number };

const given = (m: readonly number[]) => measure(answers(m), m);
const problemOf = ({ mass, reward, beta }: Soft) => ({ ref: given(mass), reward, beta });

const size = (rng: Rng, index: number) => (index % 50 === 49 ? 30 : pick(rng, 1, 2, 2, 3, 4, 5, 8, 13));
const draws = (rng: Rng) => pick(rng, 1, 2, 3, whole(rng, 2, 100), Math.floor(order(rng, 0, 6)), 1e12);

/** Some answer that has mass is not forbidden. */
function allow<P extends { mass: number[]; reward: number[] }>(problem: P): P {
  const { mass, reward } = problem;
  if (!mass.some((m, i) => m > 0 && reward[i] > -Infinity)) reward[mass.findIndex((m) => m > 0)] = 0;
  return problem;
}

function hard(rng: Rng, index: number): Hard {
  const mass = masses(rng, size(rng, index));
  return allow({ mass, reward: rewards(rng, mass.length), n: draws(rng) });
}

/** How far apart the rewards of the support are. */
function range({ mass, reward }: { mass: readonly number[]; reward: readonly number[] }): number {
  const kept = reward.filter((r, i) => mass[i] > 0 && r > -Infinity);
  return Math.max(...kept) - Math.min(...kept);
}

/** As far as the oracle's integral goes: 200 nats, and 100 where masses are many orders apart. */
function soft(rng: Rng, index: number): Soft {
  const hostile = rng() < 0.5;
  const mass = (hostile ? masses : ordinary)(rng, size(rng, index));
  const problem = allow({ mass, reward: rewards(rng, mass.length), n: draws(rng) });
  return { ...problem, beta: Math.max(temperature(rng), range(problem) / (hostile ? 100 : 200)) };
}

/** So many answers within so few nats that the law is computed by cells of log-weight. */
function crowded(rng: Rng): Soft {
  const size = whole(rng, 400, 1200);
  const beta = order(rng, -3, 3);
  // Some 45 answers for each eighth of a nat, at least.
  const nats = Math.min(order(rng, -0.3, 1.1), size / 45 / 8);
  const [offset, tied] = [pick(rng, 0, 0, 10 * beta * nats), rng() < 0.3];
  const reward = times(size, () => offset + beta * nats * (tied ? Math.round(rng() * 9) / 9 : rng()));
  return {
    mass: times(size, () => pick(rng, rng(), rng(), 0)),
    reward,
    beta,
    n: pick(rng, 2, whole(rng, 2, 100), 1e6),
  };
}

const LEVELS = `${MASSES}; rewards near, far, tied, offset by 1e6, of 1e10, −∞`;
const HARD = `${LEVELS}; N = 1 to 1e6, 1e12`;
/** What makes it plain. */
const nearFarBelow: FixtureCase<Soft>[] = [
  {
    id: "near each other, 119 β below the best",
    inputs: {
      mass: [
        0.1467428505998788, 0.4415239743134368, 0.8952043672362785, 0.09806303296803076, 0.9955137346262748,
        0.1823880024242539, 0.09951967043542032, 0.7978903542885434, 0.25147636866596124, 0.5054942789368748,
        0.6697832083202853, 0.44851355431391227, 0.5394566086335977,
      ],
      reward: [
        8.841582644244758e-10, 0.6691334245297543, -1.115122630040375, 80.04477174490496, -54.54176673210153,
        17.750312420604313, -2.3235829832664605e-9, -3.6390023174062254e-8, -1.1222024058997048e-18,
        1.2676905059345157e-7, 0.003388188267252802, 4.151275473761638e-20, 8.926033543516259e-12,
      ],
      n: 2,
      beta: 0.6729326923850324,
    },
  },
];
const SOFT = `${LEVELS}; range/β up to 200 (100 where masses are far apart); N = 1 to 1e6, 1e12`;

const softLaw = ({ mass, reward, beta }: Moved<Soft>, n: number) =>
  exact.softBestOfNLaw({ ref: measureOf(mass), reward, beta }, n);
const tilt = ({ mass, reward, beta }: Moved<Soft>) => exact.rlhfOptimum({ ref: measureOf(mass), reward, beta });

/** P(r(o) > r(õ)) + ½ P(=) for o of the first law and õ of the second; ties as the given rewards have them. */
function wins(law: readonly BigNumber[], ref: readonly BigNumber[], reward: readonly number[]): BigNumber {
  const win = (r: number) => total(ref.map((p, j) => (reward[j] < r ? p : reward[j] === r ? p.div(2) : zero)));
  return total(law.map((p, i) => (p.isZero() ? zero : p.times(win(reward[i])))));
}

/** A curve at β from 0 to ∞, with a gold reward. */
function curved(rng: Rng, index: number): WithGold {
  const problem = soft(rng, index);
  const beta = pick(rng, problem.beta, problem.beta, 0, Infinity);
  return { ...problem, beta, gold: rewards(rng, problem.mass.length, false) };
}
const CURVE = `${SOFT}; β = 0 and ∞; gold rewards of either sign from 1e-20 to 1e10`;
/** Its law; hard selection sees the order of the given rewards alone. */
const curveLaw = (x: Moved<WithGold>, { n, beta, reward }: WithGold) =>
  beta === 0 ? exact.bestOfNLaw({ ref: measureOf(x.mass), reward }, n) : softLaw(x, n);
const curvePoint = (x: WithGold) => selectionCurve({ ...problemOf(x), gold: x.gold }, [x.n])[0];
const probabilities = (mass: readonly Num[]): BigNumber[] => Array.from(exact.normalize(measureOf(mass)).mass);

/** Σ over the levels, best first: of mass, and what lies above and below each. */
function levels(mass: readonly BigNumber[], reward: readonly number[]) {
  const sum = (keep: (r: number) => boolean) => total(mass.filter((_, i) => keep(reward[i])));
  return reward.map((r) => ({ q: sum((x) => x === r), above: sum((x) => x > r), below: sum((x) => x < r) }));
}

/** The law ∝ ref·ratio. */
const lawOf = (ref: readonly BigNumber[], ratio: (i: number) => BigNumber) =>
  exact.distribution(
    answers(ref),
    ref.map((p, i) => (p.isZero() ? p : p.times(ratio(i)))),
  ).mass;

/** w/μ of each answer, and CV². */
function weights(x: Moved<Soft>): { v: BigNumber[]; variation: BigNumber; ref: readonly BigNumber[] } {
  const ref = probabilities(x.mass);
  const top = exact
    .number(0)
    .plus(x.reward.reduce<BigNumber>((t, r, i) => (ref[i].gt(0) && big(r).gt(t) ? big(r) : t), big(-Infinity)));
  const w = x.reward.map((r) => (big(r).isFinite() ? exact.exp(big(r).minus(top).div(big(x.beta))) : zero));
  const mean = total(w.map((v, i) => v.times(ref[i])));
  const v = w.map((one) => one.div(mean));
  const variation = total(v.map((one, i) => one.minus(1).pow(2).times(ref[i])));
  return { v, variation, ref };
}

/** c = 1 + CV² − w/μ = Σ π*(w − w(o))/μ, which cancels less, and π*; off the support w counts as 0. */
function expansion(x: Moved<Soft>): { c: BigNumber[]; optimum: readonly BigNumber[] } {
  const { v, ref } = weights(x);
  const optimum = v.map((one, i) => one.times(ref[i]));
  const c = v.map((own, i) => total(v.map((other, j) => optimum[j].times(ref[i].isZero() ? other : other.minus(own)))));
  return { c, optimum };
}

type Wide = { logMass: number[]; reward: number[]; n: number; beta: number };

/** Problems that no double holds the masses or weights of. */
function wide(rng: Rng, index: number): Wide {
  const logMass = logMasses(rng, size(rng, index));
  return { logMass, ...farRewards(rng, logMass.length), n: pick(rng, 1, 2, whole(rng, 3, 100), 1e12, 1e15) };
}
const WIDE = `${LOG_MASSES}; range/β from 1e-3 to 7,000; N = 1 to 100, 1e12, 1e15`;
const wideProblem = ({ logMass, reward, beta }: Wide) => ({
  ref: fromLogMass(answers(logMass), logMass),
  reward,
  beta,
});
/** The same for the oracle's functions of masses. */
const byMass = (x: Moved<Wide>): Moved<Soft> => {
  const mass = Array.from(exact.normalize(logMeasureOf(x.logMass)).logMass, (l) => exact.exp(l));
  return { mass, reward: x.reward, beta: x.beta, n: x.n };
};

const wideLaw = ({ logMass, reward, beta }: Moved<Wide>, n: number) =>
  exact.softBestOfNLaw({ ref: logMeasureOf(logMass), reward, beta }, n);

/**
 * The law of n draws by Metropolis, by its closed form over the answers from the lightest up. Ties add terms of 0.
 * Differences are taken by expm1, for masses that are rarer than the digits of a sum.
 */
function metropolis(x: Moved<Soft>, n: number) {
  const ref = probabilities(x.mass);
  const reward = x.reward.map(big);
  const log = (i: number) => reward[i].div(big(x.beta));
  const allowed = answers(ref).filter((i) => ref[i].gt(0) && reward[i].isFinite());
  const order = allowed.toSorted((i, j) => reward[i].comparedTo(reward[j]));
  const last = order.length - 1;
  const forbidden = total(ref.filter((_, i) => !allowed.includes(i)));
  // Σ p w over those up to one, in units of its own weight, and λ.
  const s: BigNumber[] = [];
  const stay: BigNumber[] = [];
  const climb = (k: number) => (k === last ? one : expm1(log(order[k]).minus(log(order[k + 1]))).neg());
  for (const [k, i] of order.entries()) {
    s.push(k === 0 ? ref[i] : ref[i].plus(s[k - 1].times(one.minus(climb(k - 1)))));
    stay.push(k === 0 ? forbidden : stay[k - 1].plus(s[k - 1].times(climb(k - 1))));
  }
  const leave = (k: number) => s[k].plus(total(order.slice(k + 1).map((i) => ref[i])));
  const power = (k: number) => {
    if (k > last || n === 1) return one;
    if (leave(k).lt(0.5)) return exact.exp(logOnePlus(leave(k).neg()).times(n - 1));
    return stay[k].pow(n - 1);
  };
  // (λ_{k+1}^{n−1} − λ_k^{n−1})/s_k.
  const gain = (k: number) => {
    const up = k === last ? one : stay[k + 1];
    if (up.isZero()) return zero;
    const share = s[k].times(climb(k)).div(up);
    const fall = share.lt(0.5)
      ? expm1(logOnePlus(share.neg()).times(n - 1)).neg()
      : one.minus(one.minus(share).pow(n - 1));
    return power(k + 1)
      .times(fall)
      .div(s[k]);
  };
  const gains = order.map((_, k) => gain(k));
  const ratio = new Map<number, BigNumber>();
  for (const [k, i] of order.entries()) {
    const fromAbove = order.map((j, l) => (l < k ? zero : gains[l].times(exact.exp(log(i).minus(log(j))))));
    // Held at l or below and refused nothing since: F_k for what is at k and below, and the mass of each between.
    let reached = total(order.slice(0, k + 1).map((j) => ref[j])).plus(forbidden);
    let sum = zero;
    for (let l = k; l <= last; l++) {
      if (l > k) reached = reached.plus(ref[order[l]]);
      sum = sum.plus(fromAbove[l].times(reached));
    }
    ratio.set(i, sum.plus(power(k)));
  }
  return exact.distribution(
    answers(ref),
    ref.map((p, i) => p.times(ratio.get(i) ?? 0)),
  );
}

/** At most n draws by rejection. Where the n-th is forbidden all are drawn again. */
function rejection(x: Moved<Soft> & { cap?: Num }, n: number) {
  const ref = probabilities(x.mass);
  const reward = x.reward.map(big);
  const allowed = ref.map((p, i) => (reward[i].isFinite() ? p : zero));
  const best = reward.reduce((t, r, i) => (allowed[i].gt(0) && r.gt(t) ? r : t), big(-Infinity));
  const cap = x.cap === undefined ? best : big(x.cap);
  const over = reward.map((r) => (r.gte(cap) ? zero : r.minus(cap).div(big(x.beta))));
  const accept = over.map((l) => (l.isFinite() ? exact.exp(l) : zero));
  const acceptance = total(accept.map((a, i) => a.times(ref[i])));
  const refusal = total(over.map((l, i) => ref[i].times(l.isFinite() ? expm1(l).neg() : one)));
  const logRefusal = acceptance.lt(0.5) ? logOnePlus(acceptance.neg()) : exact.log(refusal);
  // (1 − (1 − A)^m)/A.
  const looks = (m: number) => {
    if (m === 0) return zero;
    return refusal.isZero() ? one : expm1(logRefusal.times(m)).neg().div(acceptance);
  };
  const last = n === 1 ? one : refusal.isZero() ? zero : exact.exp(logRefusal.times(n - 1));
  const taken = allowed.map((p, i) => p.times(accept[i].times(looks(n - 1)).plus(last)));
  return { law: exact.distribution(answers(ref), taken), expectedDraws: looks(n).div(total(taken)), acceptance };
}

/** All subsets of n among the first `size` numbers. */
function subsets(size: number, n: number): number[][] {
  if (n === 0) return [[]];
  if (size < n) return [];
  return [...subsets(size - 1, n), ...subsets(size - 1, n - 1).map((s) => [...s, size - 1])];
}
const mean = (values: readonly BigNumber[]) => total(values).div(values.length);

type Samples = { reward: number[]; gold: number[]; n: number; beta: number };
function samples(most: number, hot: boolean) {
  return (rng: Rng): Samples => {
    const count = whole(rng, 1, most);
    const reward = rewards(rng, count, false);
    const spread = Math.max(...reward) - Math.min(...reward);
    return {
      reward,
      gold: rewards(rng, count, false),
      n: whole(rng, 1, count),
      beta: hot ? Math.max(temperature(rng), spread / 200) : 0,
    };
  };
}
const SAMPLES = "rewards and gold rewards near, far, tied, offset by 1e6, of 1e10";

/** The mean over all subsets of what is picked: the best by the given rewards, or the average by weight. */
function unbiased(x: Moved<Samples>, { reward, n, beta }: Samples, of: readonly Num[]): BigNumber {
  return mean(
    subsets(reward.length, n).map((s) => {
      if (beta === 0) {
        const top = Math.max(...s.map((i) => reward[i]));
        return mean(s.filter((i) => reward[i] === top).map((i) => big(of[i])));
      }
      const law = exact.tilt(
        exact.uniform(s),
        s.map((i) => x.reward[i]),
        x.beta,
      ).mass;
      return total(s.map((i, k) => law[k].times(big(of[i]))));
    }),
  );
}

/** The mean share of weight that the better samples have among n, each of theirs being `weight` times one of the others. */
function hypergeometric([better, worse]: readonly number[], n: number, weight: BigNumber): BigNumber {
  const least = Math.max(0, n - worse);
  let probability = one;
  let [mass, value] = [zero, zero];
  for (let k = least; k <= Math.min(n, better); k++) {
    const w = weight.times(k);
    mass = mass.plus(probability);
    value = value.plus(probability.times(w).div(w.plus(n - k)));
    probability = probability.times((better - k) * (n - k)).div((k + 1) * (worse - n + k + 1));
  }
  return value.div(mass);
}

const uniformLaw = (x: Moved<Samples>, { reward, n, beta }: Samples) => {
  const ref = exact.uniform(answers(reward));
  return beta === 0
    ? exact.bestOfNLaw({ ref, reward }, n)
    : exact.softBestOfNLaw({ ref, reward: x.reward, beta: x.beta }, n);
};

/** β whose tilt spends the budget, by Newton's method on log KL in log η from where float64 ended. */
function steepness(x: Moved<{ mass: number[]; reward: number[]; budget: number }>, start: number): BigNumber {
  const ref = measureOf(x.mass);
  let beta = big(start);
  for (let step = 0; step < 4; step++) {
    const law = exact.tilt(ref, x.reward, beta);
    const kl = exact.klDivergence(law, ref);
    const center = exact.expectation(law, x.reward);
    const variance = exact.expectation(
      law,
      x.reward.map((r) => big(r).minus(center).pow(2)),
    );
    // d log KL/d log η = Var(r/β)/KL.
    const slope = variance.div(beta.pow(2)).div(kl);
    beta = beta.times(exact.exp(exact.log(big(x.budget).div(kl)).div(slope).neg()));
  }
  return beta;
}

/** The smallest N whose total variation to the limit is at most `distance`, by bisection. */
function fewest(x: Moved<Soft & { distance: number }>, distance: number): BigNumber {
  const limit = tilt(x);
  const near = (n: number) => exact.totalVariation(softLaw(x, n), limit).lte(distance);
  let high = 1;
  while (!near(high)) high *= 2;
  let low = high === 1 ? 0 : high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (near(middle)) high = middle;
    else low = middle;
  }
  return big(high);
}

function attempts(rng: Rng): { n: number; c: number; k: number; m: number } {
  const n = whole(rng, 1, pick(rng, 10, 100, 1000));
  const k = whole(rng, 1, pick(rng, n, Math.min(n, 5)));
  return { n, c: whole(rng, 0, n), k, m: whole(rng, 0, k) };
}

const choose = (n: number, k: number) =>
  k > n ? zero : times(k, (i) => i).reduce<BigNumber>((s, i) => s.times(n - i).div(i + 1), one);

/** The share of the subsets of k with m correct ones at least. */
const successes = (n: number, c: number, k: number, m: number) =>
  total(times(k - m + 1, (i) => m + i).map((j) => choose(c, j).times(choose(n - c, k - j)))).div(choose(n, k));

export const selection: readonly Subject[] = [
  subject({
    name: "bestOfNLaw().mass",
    fixtures: selections.map(({ id, inputs: { mass, reward, n } }) => ({ id, inputs: { mass, reward, n } })),
    domain: HARD,
    draw: hard,
    fixed: ["reward", "n"],
    float64: ({ mass, reward, n }) => bestOfNLaw({ ref: given(mass), reward }, n).mass,
    exact: ({ mass }, { reward, n }) => exact.bestOfNLaw({ ref: measureOf(mass), reward }, n).mass,
  }),
  subject({
    name: "bestOfNLaw().logMass",
    domain: HARD,
    draw: hard,
    fixed: ["reward", "n"],
    float64: ({ mass, reward, n }) => bestOfNLaw({ ref: given(mass), reward }, n).logMass,
    exact: ({ mass }, { reward, n }) => exact.bestOfNLaw({ ref: measureOf(mass), reward }, n).logMass,
  }),
  subject({
    name: "softBestOfNLaw().mass",
    exception: {
      ulp: 8,
      reason: "the rounding of φ, of its logarithm and of their multiple N − 1 at every node of an integral.",
    },
    fixtures: [...selections, ...nearFarBelow],
    domain: SOFT,
    draw: soft,
    fixed: ["n"],
    float64: (x) => softBestOfNLaw(problemOf(x), x.n).mass,
    exact: (x, { n }) => softLaw(x, n).mass,
    cases: 150,
    probes: 6,
  }),
  subject({
    name: "softBestOfNLaw().mass of many answers",
    domain:
      "400 to 1,200 answers of ordinary masses, rewards within ½ to 12 nats of β; N = 2 to 1e6: answers in cells, not ranked",
    draw: crowded,
    fixed: ["n"],
    float64: (x) => softBestOfNLaw(problemOf(x), x.n).mass,
    exact: (x, { n }) => softLaw(x, n).mass,
    cases: 16,
    probes: 2,
  }),
  subject({
    name: "softBestOfNLaw().logMass",
    domain: SOFT,
    draw: soft,
    fixed: ["n"],
    float64: (x) => softBestOfNLaw(problemOf(x), x.n).logMass,
    exact: (x, { n }) => softLaw(x, n).logMass,
    cases: 100,
    probes: 6,
  }),
  subject({
    name: "weightedBestOfNLaw().mass",
    fixtures: adversarial("best_of_n", { mass: "pi", weight: "w" }, { n: "N" }, ({ n }) => Number.isInteger(n)),
    domain: `${MASSES}; weights over 80 orders, near each other, 0; N = 1 to 1e6, 1e12`,
    draw: (rng, index) => {
      const mass = ordinary(rng, size(rng, index));
      const weight = pick<() => number[]>(
        rng,
        () => times(mass.length, () => order(rng, -40, 40)),
        () => times(mass.length, () => 1 + 1e-12 * rng()),
        () => times(mass.length, (i) => (i > 0 && rng() < 0.3 ? 0 : rng())),
      )();
      return { mass, weight, n: draws(rng) };
    },
    fixed: ["n"],
    float64: ({ mass, weight, n }) => weightedBestOfNLaw({ ref: given(mass), weight }, n).mass,
    exact: ({ mass, weight }, { n }) =>
      exact.softBestOfNLaw({ ref: measureOf(mass), reward: weight.map((w) => exact.log(w)), beta: 1 }, n).mass,
    cases: 100,
    probes: 6,
  }),
  subject({
    name: "metropolisLaw().mass",
    fixtures: selections,
    domain: SOFT,
    draw: soft,
    fixed: ["n"],
    float64: (x) => metropolisLaw(problemOf(x), x.n).mass,
    exact: (x, { n }) => metropolis(x, n).mass,
  }),
  subject({
    name: "metropolisLaw().logMass",
    domain: WIDE,
    draw: wide,
    fixed: ["n"],
    float64: (x) => metropolisLaw(wideProblem(x), x.n).logMass,
    exact: (x, { n }) => metropolis(byMass(x), n).logMass,
  }),
  subject({
    name: "rejectionSamplingLaw().law.mass",
    domain: `${SOFT}; the cap above, at and below the best reward`,
    draw: (rng, index): Soft & { cap: number } => {
      const problem = soft(rng, index);
      const best = Math.max(...problem.reward.filter((_, i) => problem.mass[i] > 0));
      return { ...problem, cap: best + pick(rng, 0, 0, between(rng, -40, 10)) * problem.beta };
    },
    fixed: ["n"],
    float64: ({ cap, ...x }) => rejectionSamplingLaw(problemOf(x), x.n, { cap }).law.mass,
    exact: (x, { n }) => rejection(x, n).law.mass,
  }),
  subject({
    name: "rejectionSamplingLaw().expectedDraws",
    domain: SOFT,
    draw: soft,
    fixed: ["n"],
    float64: (x) => rejectionSamplingLaw(problemOf(x), x.n).expectedDraws,
    exact: (x, { n }) => rejection(x, n).expectedDraws,
  }),
  subject({
    name: "rejectionSamplingLaw().acceptance",
    domain: SOFT,
    draw: soft,
    fixed: ["n"],
    float64: (x) => rejectionSamplingLaw(problemOf(x), x.n).acceptance,
    exact: (x, { n }) => rejection(x, n).acceptance,
  }),
  subject({
    name: "rejectionSamplingLaw().law.logMass",
    domain: WIDE,
    draw: wide,
    fixed: ["n"],
    float64: (x) => rejectionSamplingLaw(wideProblem(x), x.n).law.logMass,
    exact: (x, { n }) => rejection(byMass(x), n).law.logMass,
  }),
  subject({
    name: "bestOfPoissonLaw().mass",
    domain: `${LEVELS}; λ from 1e-6 to 1e6`,
    draw: (rng, index): Rated => {
      const { mass, reward } = hard(rng, index);
      return { mass, reward, rate: order(rng, -6, 6) };
    },
    fixed: ["reward"],
    float64: ({ mass, reward, rate }) => bestOfPoissonLaw({ ref: given(mass), reward }, rate).mass,
    exact: (x, { reward }) => {
      const ref = probabilities(x.mass);
      const at = levels(ref, reward);
      // F e^{λ(F−1)} − F⁻e^{λ(F⁻−1)} over the level's mass q, as a sum of positive terms.
      return lawOf(ref, (i) => {
        if (reward[i] === -Infinity) return zero;
        const { q, above, below } = at[i];
        const gain = below.times(expm1(q.times(x.rate).neg()).neg()).div(q);
        return exact.exp(above.times(x.rate).neg()).times(gain.plus(1));
      });
    },
  }),
  subject({
    name: "softBestOfPoissonLaw().mass",
    domain: `${SOFT.replace(/N = .*/, "λ from 1e-3 to 1")}`,
    draw: (rng, index) => {
      const { mass, reward, beta } = soft(rng, index);
      return { mass, reward, beta, rate: order(rng, -3, 0) };
    },
    float64: (x) => softBestOfPoissonLaw({ ref: given(x.mass), reward: x.reward, beta: x.beta }, x.rate).mass,
    // The mixture of the laws of N draws: what lies past N = 40 is below 1e-47 at λ = 1.
    exact: (x) => {
      const ref = measureOf(x.mass);
      let chance = exact.exp(big(x.rate).neg());
      const allowed = total(probabilities(x.mass).filter((_, i) => big(x.reward[i]).isFinite()));
      const lost = one.minus(allowed);
      const sum = x.mass.map(() => zero);
      for (let k = 0; k < 40; k++) {
        const law = exact.softBestOfNLaw({ ref, reward: x.reward, beta: x.beta }, k + 1).mass;
        const won = chance.times(one.minus(lost.pow(k + 1)));
        for (let i = 0; i < sum.length; i++) sum[i] = sum[i].plus(won.times(law[i]));
        chance = chance.times(x.rate).div(k + 1);
      }
      return exact.distribution(answers(sum), sum).mass;
    },
    cases: 12,
    probes: 3,
  }),
  subject({
    name: "passAtK",
    domain: "1 to 1000 samples, any number correct, any k",
    draw: (rng) => {
      const n = whole(rng, 1, pick(rng, 10, 100, 1000));
      return { n, c: whole(rng, 0, n), k: whole(rng, 1, pick(rng, n, Math.min(n, 5))) };
    },
    fixed: ["n", "c", "k"],
    float64: ({ n, c, k }) => passAtK(n, c, k),
    exact: (_, { n, c, k }) =>
      c + k > n
        ? one
        : times(k, (i) => i)
            .reduce((s, i) => s.times(big(n - c - i).div(n - i)), one)
            .neg()
            .plus(1),
    peers: {
      mathjs: ({ n, c, k }) => (c + k > n ? 1 : 1 - math.combinations(n - c, k) / math.combinations(n, k)),
    },
  }),
  subject({
    name: "passHatK",
    domain: "1 to 1000 samples, any number correct, any k",
    draw: (rng) => {
      const { n, c, k } = attempts(rng);
      return { n, c, k };
    },
    fixed: ["n", "c", "k"],
    float64: ({ n, c, k }) => passHatK(n, c, k),
    exact: (_, { n, c, k }) => successes(n, c, k, k),
  }),
  subject({
    name: "atLeastMOfK",
    domain: "1 to 1000 samples, any number correct, any k and m",
    draw: attempts,
    fixed: ["n", "c", "k", "m"],
    float64: ({ n, c, k, m }) => atLeastMOfK(n, c, k, m),
    exact: (_, { n, c, k, m }) => successes(n, c, k, m),
  }),
  subject({
    name: "bestOfNKlBound",
    domain: "N = 1 to 1e15",
    draw: (rng, index) => ({ n: index < 50 ? index + 1 : Math.floor(order(rng, 0, 15)) }),
    fixed: ["n"],
    float64: ({ n }) => bestOfNKlBound(n),
    exact: (_, { n }) => exact.log(n).minus(1).plus(one.div(n)),
  }),
  subject({
    name: "bestOfNWinRateBound",
    domain: "N = 1 to 1e15",
    draw: (rng, index) => ({ n: index < 50 ? index + 1 : Math.floor(order(rng, 0, 15)) }),
    fixed: ["n"],
    float64: ({ n }) => bestOfNWinRateBound(n),
    exact: (_, { n }) => big(n).div(big(n).plus(1)),
  }),
  ...(["lower", "upper"] as const).map((side) =>
    subject({
      name: `softBestOfNBounds().${side}`,
      domain: SOFT,
      draw: soft,
      fixed: ["n"],
      float64: (x) => softBestOfNBounds(problemOf(x), x.n)[side],
      exact: (x, { n }) => {
        const { v, variation, ref } = weights(x);
        const least = v.reduce(
          (m, w, i) => (ref[i].gt(0) && w.lt(m) ? w : m),
          v.reduce((m, w) => (w.gt(m) ? w : m)),
        );
        // 1 − lost^N, from what is allowed where that is little.
        const lost = total(ref.filter((_, i) => v[i].isZero()));
        const allowed = total(ref.filter((_, i) => !v[i].isZero()));
        const kept = lost.lt(0.5) ? one.minus(lost.pow(n)) : expm1(log1p(allowed.div(lost)).times(-n)).neg();
        return ref.map((p, i) => {
          if (v[i].isZero() || p.isZero()) return zero;
          const m = v[i].plus(n - 1);
          const s = v[i].plus(least.times(n - 1));
          const jensen = v[i].times(n).div(m);
          const upper = jensen.times(
            variation
              .times(n - 1)
              .div(m.times(s))
              .plus(1),
          );
          return p.times(side === "lower" ? jensen : upper.gt(n) ? big(n) : upper).div(kept);
        });
      },
    }),
  ),
  subject({
    name: "selectionCurve().reward",
    domain: CURVE,
    draw: curved,
    fixed: ["n"],
    float64: (x) => curvePoint(x).reward,
    exact: (x, at) => exact.expectation(curveLaw(x, at), x.reward),
    cases: 100,
    probes: 6,
  }),
  subject({
    name: "selectionCurve().gold",
    domain: CURVE,
    draw: curved,
    fixed: ["n"],
    float64: (x) => Number(curvePoint(x).gold),
    exact: (x, at) => exact.expectation(curveLaw(x, at), x.gold),
    cases: 100,
    probes: 6,
  }),
  subject({
    name: "selectionCurve().klToRef",
    domain: CURVE,
    draw: curved,
    fixed: ["n"],
    float64: (x) => curvePoint(x).klToRef,
    exact: (x, at) => exact.klDivergence(curveLaw(x, at), measureOf(x.mass)),
    cases: 100,
    probes: 6,
  }),
  subject({
    name: "selectionCurve().winRate",
    domain: CURVE,
    draw: curved,
    fixed: ["n"],
    float64: (x) => curvePoint(x).winRate,
    exact: (x, at) => wins(Array.from(curveLaw(x, at).mass), probabilities(x.mass), at.reward),
    cases: 100,
    probes: 6,
  }),
  ...(["totalVariation", "kl", "reverseKl"] as const).map((distance) =>
    subject({
      name: `limitDistance().${distance}`,
      domain: `${SOFT}${distance === "reverseKl" ? "" : "; β = 0"}`,
      draw: (rng, index) => {
        const problem = soft(rng, index);
        return { ...problem, beta: distance === "reverseKl" || rng() < 0.8 ? problem.beta : 0 };
      },
      fixed: ["n"],
      float64: (x) => limitDistance(problemOf(x), x.n)[distance],
      exact: (x, { n, beta, reward }) => {
        const law = beta === 0 ? exact.bestOfNLaw({ ref: measureOf(x.mass), reward }, n) : softLaw(x, n);
        const best = Math.max(...reward.filter((_, i) => big(x.mass[i]).gt(0)));
        const limit =
          beta === 0
            ? exact.tilt(
                measureOf(x.mass),
                reward.map((r) => (r === best ? 0 : -Infinity)),
                1,
              )
            : tilt(x);
        if (distance === "totalVariation") return exact.totalVariation(law, limit);
        return distance === "kl" ? exact.klDivergence(limit, law) : exact.klDivergence(law, limit);
      },
      cases: 100,
      probes: 6,
      exception: {
        ulp: 4500,
        reason:
          "twelve digits, as its comment says. It is what is left of two laws that agree in up to all of their digits, and its gaps come from an integral whose terms are rounded one by one.",
      },
    }),
  ),
  subject({
    name: "selectionLimit().mass",
    domain: `${LEVELS}; β from 1e-6 to 1e6, 0`,
    draw: (rng, index) => {
      const { mass, reward } = hard(rng, index);
      return { mass, reward, beta: pick(rng, 0, temperature(rng)) };
    },
    float64: ({ mass, reward, beta }) => selectionLimit({ ref: given(mass), reward, beta }).mass,
    exact: (x, { reward, beta, mass }) => {
      const best = Math.max(...reward.filter((_, i) => mass[i] > 0));
      return beta > 0
        ? exact.tilt(measureOf(x.mass), x.reward, x.beta).mass
        : exact.tilt(
            measureOf(x.mass),
            reward.map((r) => (r === best ? 0 : -Infinity)),
            1,
          ).mass;
    },
  }),
  subject({
    name: "firstOrderExpansion().coefficient",
    domain: SOFT,
    draw: soft,
    fixed: ["n"],
    float64: (x) => firstOrderExpansion(problemOf(x)).coefficient,
    exact: (x) => expansion(x).c,
  }),
  subject({
    name: "firstOrderExpansion().totalVariation",
    domain: SOFT,
    draw: soft,
    fixed: ["n"],
    float64: (x) => firstOrderExpansion(problemOf(x)).totalVariation,
    exact: (x) => {
      const { c, optimum } = expansion(x);
      return total(c.map((one, i) => one.abs().times(optimum[i]))).div(2);
    },
  }),
  subject({
    name: "firstOrderExpansion().kl",
    domain: SOFT,
    draw: soft,
    fixed: ["n"],
    float64: (x) => firstOrderExpansion(problemOf(x)).kl,
    exact: (x) => {
      const { c, optimum } = expansion(x);
      return total(c.map((one, i) => one.pow(2).times(optimum[i]))).div(2);
    },
  }),
  subject({
    name: "printedRate",
    domain: SOFT,
    draw: soft,
    fixed: ["n"],
    float64: (x) => printedRate(problemOf(x), x.n),
    exact: (x, { n, reward, mass }) => {
      const root = exact.log(n).div(n).sqrt();
      if (n === 1) return zero;
      const on = reward.map((_, i) => i).filter((i) => mass[i] > 0);
      if (on.some((i) => reward[i] === -Infinity)) return big(Infinity);
      const top = on.reduce((a, b) => (reward[b] > reward[a] ? b : a));
      const bottom = on.reduce((a, b) => (reward[b] < reward[a] ? b : a));
      return exact.exp(big(x.reward[top]).minus(x.reward[bottom]).div(x.beta)).times(root);
    },
  }),
  ...(["reward", "gold", "klToRef", "winRate"] as const).map((part) =>
    subject({
      name: `policyReading().${part}`,
      domain: `${LEVELS}; policies apart from ref; gold rewards of either sign from 1e-20 to 1e10`,
      draw: (rng, index) => {
        const mass = masses(rng, size(rng, index));
        const policy = masses(rng, mass.length).map((p, i) => (mass[i] > 0 ? p : 0));
        if (!policy.some((p) => p > 0)) policy[mass.findIndex((m) => m > 0)] = 1;
        return { mass, policy, reward: rewards(rng, mass.length, false), gold: rewards(rng, mass.length, false) };
      },
      float64: ({ mass, policy, reward, gold }) =>
        Number(policyReading({ ref: given(mass), reward, gold }, given(policy))[part]),
      exact: (x, { reward }) => {
        const law = measureOf(x.policy);
        if (part === "klToRef") return exact.klDivergence(law, measureOf(x.mass));
        if (part === "winRate") return wins(probabilities(x.policy), probabilities(x.mass), reward);
        return exact.expectation(law, x[part]);
      },
    }),
  ),
  subject({
    name: "winRate",
    domain: `${LEVELS}; policies apart from ref`,
    draw: (rng, index) => {
      const mass = masses(rng, size(rng, index));
      return { mass, policy: masses(rng, mass.length), reward: rewards(rng, mass.length) };
    },
    fixed: ["reward"],
    float64: ({ mass, policy, reward }) =>
      winRate({ ref: given(mass), reward: allow({ mass, reward: [...reward] }).reward }, given(policy)),
    exact: (x, { mass, reward }) =>
      wins(probabilities(x.policy), probabilities(x.mass), allow({ mass, reward: [...reward] }).reward),
  }),
  subject({
    name: "betaForKl",
    domain:
      "masses over 12 orders, rewards near, far, tied, offset by 1e6, of 1e10; budgets from 1e-12 of the most to the most",
    draw: (rng, index) => {
      const mass = ordinary(rng, Math.max(2, size(rng, index)));
      const reward = rewards(rng, mass.length, false);
      if (new Set(reward).size === 1) reward[0] += 1;
      const top = Math.max(...reward);
      const best = reward.reduce((s, r, i) => (r === top ? s + mass[i] : s), 0);
      const most = -Math.log(best / mass.reduce((s, m) => s + m, 0));
      return { mass, reward, budget: most * pick(rng, order(rng, -12, 0), rng(), 1 - order(rng, -6, 0)) };
    },
    float64: ({ mass, reward, budget }) => betaForKl({ ref: given(mass), reward }, budget),
    exact: (x, { mass, reward, budget }) => steepness(x, betaForKl({ ref: given(mass), reward }, budget)),
    cases: 100,
  }),
  subject({
    name: "samplesNeeded",
    domain: "masses over 12 orders; range/β up to 20; total variation from 0.001 to 1: the whole number itself",
    draw: (rng, index) => {
      const mass = ordinary(rng, pick(rng, 2, 3, 5));
      const reward = rewards(rng, mass.length, false);
      void index;
      return {
        mass,
        reward,
        beta: Math.max(1, range({ mass, reward }) / order(rng, 0, 1.3)),
        n: 1,
        distance: order(rng, -3, 0),
      };
    },
    fixed: ["n", "mass", "reward", "beta", "distance"],
    float64: (x) => samplesNeeded(problemOf(x), { totalVariation: x.distance }),
    exact: (x, { distance }) => fewest(x, distance),
    cases: 30,
    probes: 0,
  }),
  ...(["reward", "gold"] as const).flatMap((part) => [
    subject({
      name: `estimateBestOfN().${part}`,
      domain: `1 to 9 samples; ${SAMPLES}`,
      draw: samples(9, false),
      fixed: ["n"],
      float64: ({ reward, gold, n }) => Number(estimateBestOfN({ reward, gold }, n)[part]),
      exact: (x, at) => unbiased(x, at, x[part]),
    }),
    subject({
      name: `estimateSoftBestOfN().${part}`,
      domain: `1 to 7 samples; ${SAMPLES}; range/β up to 200`,
      draw: samples(7, true),
      fixed: ["n"],
      float64: ({ reward, gold, n, beta }) => Number(estimateSoftBestOfN({ reward, gold, beta }, n)[part]),
      exact: (x, at) => unbiased(x, at, x[part]),
      cases: 100,
    }),
  ]),
  subject({
    name: "estimateSoftBestOfN().gold of counts",
    domain: "60 to 300 samples of two rewards, all n, (r₁ − r₀)/β from 1e-3 to 100: many by contour",
    draw: (rng) => {
      const count = [whole(rng, 1, 150), whole(rng, 59, 150)];
      return { count, n: whole(rng, 2, count[0] + count[1]), beta: order(rng, -2, 3) };
    },
    fixed: ["count", "n"],
    float64: ({ count, n, beta }) => Number(estimateSoftBestOfN({ reward: [1, 0], gold: [1, 0], count, beta }, n).gold),
    exact: (x, { count, n }) => hypergeometric(count, n, exact.exp(one.div(x.beta))),
    cases: 60,
    probes: 6,
  }),
  subject({
    name: "estimateBestOfN().plugIn.reward",
    domain: `1 to 9 samples; ${SAMPLES}`,
    draw: samples(9, false),
    fixed: ["n"],
    float64: ({ reward, n }) => estimateBestOfN({ reward }, n).plugIn.reward,
    exact: (x, at) => exact.expectation(uniformLaw(x, at), x.reward),
  }),
  subject({
    name: "estimateSoftBestOfN().plugIn.reward",
    domain: `1 to 9 samples; ${SAMPLES}; range/β up to 200`,
    draw: samples(9, true),
    fixed: ["n"],
    float64: ({ reward, n, beta }) => estimateSoftBestOfN({ reward, beta }, n).plugIn.reward,
    exact: (x, at) => exact.expectation(uniformLaw(x, at), x.reward),
    cases: 60,
    probes: 6,
  }),
  subject({
    name: "bestOfNLaw().logMass of log-masses",
    domain: WIDE.replace(", 1e12, 1e15", ""),
    // The oracle's exponents end at 10¹⁶.
    draw: (rng, index) => ({ ...wide(rng, index), n: whole(rng, 1, 100) }),
    fixed: ["reward", "n", "beta"],
    float64: (x) => bestOfNLaw(wideProblem(x), x.n).logMass,
    exact: (x, { reward, n }) => exact.bestOfNLaw({ ref: measureOf(byMass(x).mass), reward }, n).logMass,
  }),
  subject({
    name: "limitDistance().kl of log-masses, β = 0",
    domain: WIDE,
    draw: wide,
    fixed: ["reward", "n", "beta"],
    float64: (x) => limitDistance({ ...wideProblem(x), beta: 0 }, x.n).kl,
    exact: (x, { reward, n }) => {
      const ref = measureOf(byMass(x).mass);
      const best = Math.max(...reward);
      const hard = reward.map((r) => (r === best ? 0 : -Infinity));
      return exact.klDivergence(exact.tilt(ref, hard, 1), exact.bestOfNLaw({ ref, reward }, n));
    },
  }),
  subject({
    name: "selectionLimit().logMass of log-masses",
    domain: WIDE,
    draw: wide,
    fixed: ["n"],
    float64: (x) => selectionLimit(wideProblem(x)).logMass,
    exact: (x) => exact.tilt(logMeasureOf(x.logMass), x.reward, x.beta).logMass,
  }),
  subject({
    name: "firstOrderExpansion().totalVariation of log-masses",
    domain: WIDE,
    draw: wide,
    fixed: ["n"],
    float64: (x) => firstOrderExpansion(wideProblem(x)).totalVariation,
    exact: (x) => {
      const { c, optimum } = expansion(byMass(x));
      return total(c.map((v, i) => v.abs().times(optimum[i]))).div(2);
    },
  }),
  ...(["mass", "logMass"] as const).map((part) =>
    subject({
      name: `softBestOfNLaw().${part} of log-masses`,
      domain: WIDE,
      draw: wide,
      fixed: ["n"],
      float64: (x) => softBestOfNLaw(wideProblem(x), x.n)[part],
      exact: (x, { n }) => wideLaw(x, n)[part],
      cases: 60,
      probes: 3,
    }),
  ),
  ...(["totalVariation", "kl", "reverseKl"] as const).map((distance) =>
    subject({
      name: `limitDistance().${distance} of log-masses`,
      domain: WIDE,
      draw: wide,
      fixed: ["n"],
      float64: (x) => limitDistance(wideProblem(x), x.n)[distance],
      exact: (x, { n }) => {
        const [law, limit] = [wideLaw(x, n), exact.tilt(logMeasureOf(x.logMass), x.reward, x.beta)];
        if (distance === "totalVariation") return exact.totalVariation(law, limit);
        return distance === "kl" ? exact.klDivergence(limit, law) : exact.klDivergence(law, limit);
      },
      cases: 60,
      probes: 3,
      ...(distance === "reverseKl" ? {} : { exception: { ulp: 50, reason: "twelve digits, as its comment says." } }),
    }),
  ),
  ...(["lower", "upper"] as const).map((side) =>
    subject({
      name: `softBestOfNBounds().${side} of log-masses`,
      domain: WIDE,
      draw: wide,
      fixed: ["n"],
      float64: (x) => softBestOfNBounds(wideProblem(x), x.n)[side],
      exact: ({ logMass, reward, beta }, { n }) =>
        exact.softBestOfNBounds({ ref: logMeasureOf(logMass), reward, beta }, n)[side],
      cases: 100,
    }),
  ),
  subject({
    name: "betaForKl of rare best answers",
    domain: "masses over 300 orders, the best answer the rarest; budgets from 1e-12 of the most to the most",
    draw: (rng, index) => {
      const mass = times(Math.max(2, size(rng, index)), () => order(rng, -12, 0));
      const reward = rewards(rng, mass.length, false);
      const best = reward.indexOf(Math.max(...reward));
      reward[best] += 1;
      mass[best] = order(rng, -300, -200);
      const most = -Math.log(mass[best] / mass.reduce((s, m) => s + m, 0));
      return { mass, reward, budget: most * pick(rng, order(rng, -12, 0), rng(), 1 - order(rng, -6, 0)) };
    },
    float64: ({ mass, reward, budget }) => betaForKl({ ref: given(mass), reward }, budget),
    exact: (x, { mass, reward, budget }) => steepness(x, betaForKl({ ref: given(mass), reward }, budget)),
    cases: 100,
  }),
];
