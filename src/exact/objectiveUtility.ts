import type { BigNumber } from "mathjs";
import { fromLogMass } from "../measure/measure.js";
import { outOfRange, requireInteger, wrongType } from "../numeric/check.js";
import { log } from "../numeric/elementary.js";
import { utilityOptimum as nearUtilityOptimum } from "../objective/utility.js";
import type { Arithmetic } from "./arithmetic.js";
import { drawsFrom } from "./draws.js";
import type { Exact } from "./input.js";
import { expectationOf } from "./measure.js";
import { readRewarded, readSelection } from "./problem.js";
import { type RewardLevels, rewardLevels } from "./ratios.js";
import { bigOutOfRange, type Numbers, positiveOrInfinite, requireNumber } from "./read.js";
import { increasingRoot, rootNear } from "./root.js";
import { bestOfNLaw } from "./selection.js";
import { tiltOf } from "./tilt.js";

export const utilityOptimum: Exact<"utilityOptimum"> = (arithmetic, problem, derivative) => {
  const caller = "utilityOptimum";
  const { ref, reward, beta, top } = readSelection(arithmetic, caller, problem, positiveOrInfinite);
  if (typeof derivative !== "function") throw wrongType(caller, "derivative", "be a function", derivative);
  const { one } = arithmetic;
  const left = reward.map((r) => one.minus(r));
  const marginal = (mean: BigNumber, shortfall: BigNumber) =>
    requireNumber(arithmetic, caller, `derivative(${mean.toPrecision(17)})`, derivative(mean, shortfall), {
      fits: (x) => x.gte(0),
      says: "be at least 0 (Infinity allowed)",
    });
  const at = (temperature: BigNumber) => {
    const { law } = tiltOf(caller, "reward", ref, reward, temperature);
    const mean = expectationOf(law, reward);
    return { policy: law, mean, temperature, slope: () => marginal(mean, expectationOf(law, left)) };
  };
  const optimum = (temperature: BigNumber) => {
    const { policy, mean } = at(temperature);
    return { policy, mean, temperature };
  };
  const least = marginal(top, one.minus(top));
  if (!least.isFinite())
    throw bigOutOfRange(caller, `derivative(${top.toPrecision(17)})`, "be finite at the largest reward", least);
  const most = at(arithmetic.infinity).slope();
  if (!beta.isFinite() || most.isZero()) return optimum(arithmetic.infinity);
  // A slope that is all but constant is told apart by rounding alone.
  const apart = most.minus(least);
  if (apart.abs().lte(most.times(`1e-${arithmetic.digits}`))) return optimum(beta.div(most));
  if (apart.isNegative()) throw bigOutOfRange(caller, `derivative(${top.toPrecision(17)})`, "not increase", least);
  // The temperature is β e^{−x}, and x − log U′ increases.
  const excess = (x: BigNumber) => x.minus(arithmetic.log(at(beta.times(arithmetic.exp(x.neg()))).slope()));
  const doubles = (values: Numbers) => values.map((x) => x.toNumber());
  const near = nearestBeta(beta.toNumber(), () => {
    const nearRef = fromLogMass([...ref.support.keys()], doubles(ref.law.logMass));
    const nearProblem = { ref: nearRef, reward: doubles(reward), beta: beta.toNumber() };
    return nearUtilityOptimum(nearProblem, (m, s) => derivative(arithmetic.number(m), arithmetic.number(s)).toNumber());
  });
  const x = rootOf(arithmetic, excess, near, arithmetic.log(least), arithmetic.log(most));
  return optimum(beta.times(arithmetic.exp(x.neg())));
};

/** What an optimum in doubles says of log U′: undefined where β is no double. */
function nearestBeta(beta: number, solve: () => { readonly temperature: number }): number | undefined {
  if (!(beta > 0 && beta < Infinity)) return undefined;
  const x = log(beta) - log(solve().temperature);
  return Math.abs(x) < Infinity ? x : undefined;
}

/** The root of an increasing function: next to a double, or between two ends, of which one may be infinite. */
function rootOf(
  arithmetic: Arithmetic,
  f: (x: BigNumber) => BigNumber,
  near: number | undefined,
  low: BigNumber,
  high: BigNumber,
): BigNumber {
  const found = near === undefined ? undefined : rootNear(arithmetic, f, near);
  if (found !== undefined) return found;
  let [from, to] = [low, high];
  const start = high.isFinite() ? high : low.isFinite() ? low : arithmetic.zero;
  for (let d = 1; !to.isFinite() || f(to).isNegative(); d *= 2) to = start.plus(d);
  for (let d = 1; !from.isFinite() || !f(from).isNegative(); d *= 2) from = start.minus(d);
  return increasingRoot(arithmetic, f, from, to);
}

/** Newton's method converges in some ten rounds; more are taken where its steps have to be halved. */
const MAX_ROUNDS = 2000;

/** ρ/β rises from level to level by steps that Newton's method finds: a system in which each step is k F^{k−1} Δr/β. */
export const maxAtKOptimum: Exact<"maxAtKOptimum"> = (arithmetic, problem, k) => {
  const caller = "maxAtKOptimum";
  const { ref, reward, beta } = readSelection(arithmetic, caller, problem, positiveOrInfinite);
  const draws = requireNumber(arithmetic, caller, "k", k, {
    fits: (x) => x.gte(1) && x.isFinite(),
    says: "be at least 1 and finite",
  });
  if (draws.eq(1) || !beta.isFinite()) return tiltOf(caller, "reward", ref, reward, beta).law;
  const { levels } = rewardLevels(arithmetic, ref.law.mass, reward);
  const score = maxAtKScore(arithmetic, levels, beta, draws);
  // At the lowest level ρ is the reward.
  const lowest = levels[0].reward.div(beta);
  const scoreOf = new Map(levels.map((level, l) => [level.reward.toString(), lowest.plus(score[l])]));
  const scores = reward.map((r) => scoreOf.get(r.toString()) ?? arithmetic.negativeInfinity);
  return tiltOf(caller, "reward", ref, scores, arithmetic.one).law;
};

/**
 * The optimum in the unknowns x = log F, from the lowest level up: the mass of a level is F − F⁻, and the equations
 * ρ_{l+1} − ρ_l = k F_l^{k−1} Δ_l are solved by Newton's method with its steps halved where they are too long.
 */
function maxAtKScore(
  arithmetic: Arithmetic,
  levels: RewardLevels["levels"],
  beta: BigNumber,
  k: BigNumber,
): BigNumber[] {
  const { one, zero } = arithmetic;
  const size = levels.length;
  const apart = levels.slice(1).map((level, l) => level.reward.minus(levels[l].reward).div(beta));
  const less1 = k.minus(one);
  const smallest = new arithmetic.Big(`1e-${arithmetic.precision - 6}`);
  const policyOf = (steps: Numbers) => {
    let score = zero;
    const weight = levels.map(({ mass }, l) => {
      if (l > 0) score = score.plus(steps[l - 1]);
      return mass.times(arithmetic.exp(score));
    });
    let from = zero;
    const below = weight.map((w) => (from = from.plus(w)));
    const share = weight.map((w, l) => w.div(below[l]));
    // log F of each level but the best: sums of log(F_l/F_{l+1}) = log(1 − share).
    const logF: BigNumber[] = [];
    let sum = zero;
    for (let l = size - 2; l >= 0; l--) {
      const kept = below[l].div(below[l + 1]);
      sum = sum.plus(kept.lt(0.5) ? arithmetic.log(kept) : arithmetic.log1p(share[l + 1].neg()));
      logF[l] = sum;
    }
    const wanted = apart.map((a, l) => a.times(k).times(arithmetic.exp(less1.times(logF[l]))));
    const off = steps.map((s, l) => s.minus(wanted[l]));
    const error = arithmetic.sum(off.map((o) => o.abs()));
    return { share, wanted, off, error };
  };
  let steps = apart.map((a) => (a.lt(1) ? a : one));
  let policy = policyOf(steps);
  const allowed = () => arithmetic.sum(steps).times(smallest);
  for (let round = 0; round < MAX_ROUNDS && policy.error.gt(allowed()); round++) {
    const { share, wanted, off } = policy;
    const [p, q] = [[one], [zero]];
    const slope = wanted.map((w) => w.times(less1));
    for (let l = 0; l + 1 < size; l++) {
      const held = p[l].div(slope[l].times(p[l]).plus(one));
      const kept = one.minus(share[l + 1]);
      p.push(share[l + 1].plus(kept.times(held)));
      q.push(kept.times(q[l].plus(held.times(off[l].minus(slope[l].times(q[l]))))));
    }
    let delta = q[size - 1].div(p[size - 1]).neg();
    const move: BigNumber[] = [];
    for (let l = size - 2; l >= 0; l--) {
      delta = delta.minus(slope[l].times(q[l])).plus(off[l]).div(slope[l].times(p[l]).plus(one));
      move[l] = slope[l].times(p[l].times(delta).plus(q[l])).minus(off[l]);
    }
    const moved = (t: number) => {
      const there = steps.map((s, l) => s.plus(move[l].times(t)));
      return there.map((s) => (s.isNegative() ? zero : s));
    };
    let [t, next] = [1, moved(1)];
    let there = policyOf(next);
    while (there.error.gt(policy.error.times(1 - t / 4)) && t > 2 ** -30) {
      t /= 2;
      next = moved(t);
      there = policyOf(next);
    }
    if (!there.error.lt(policy.error)) break;
    [steps, policy] = [next, there];
  }
  const score = [zero];
  for (const s of steps) score.push(score[score.length - 1].plus(s));
  return score;
}

export const calibratedReward: Exact<"calibratedReward"> = (arithmetic, problem, n) => {
  const caller = "calibratedReward";
  const { ref, reward } = readRewarded(arithmetic, caller, problem);
  const { levels, forbidden } = rewardLevels(arithmetic, ref.law.mass, reward);
  if (levels.length === 0)
    throw outOfRange(caller, "reward", "be above -Infinity for some answer of the support", -Infinity);
  const drawn = (i: number) => ref.supports(i) && reward[i].isFinite();
  if (n !== undefined) {
    const law = bestOfNLaw(arithmetic, problem, requireInteger(caller, "n", n, 1));
    const { logMass } = ref.law;
    return reward.map((_, i) => (drawn(i) ? law.logMass[i].minus(logMass[i]) : arithmetic.negativeInfinity));
  }
  let below = forbidden;
  const rank = new Map<string, BigNumber>();
  for (const { reward: r, mass } of levels) {
    rank.set(r.toString(), below.plus(mass.div(2)));
    below = below.plus(mass);
  }
  return reward.map((r, i) => (drawn(i) ? (rank.get(r.toString()) as BigNumber) : arithmetic.negativeInfinity));
};

/** Up to so many outcomes of the draws are gone through; of more, the mean is an integral. */
const MAX_OUTCOMES = 1000;

export const expectedLogMeanExp: Exact<"expectedLogMeanExp"> = (arithmetic, problem, draws) => {
  const caller = "expectedLogMeanExp";
  const { ref, reward, beta } = readSelection(arithmetic, caller, problem, positiveOrInfinite);
  const n = requireInteger(caller, "n", draws, 1);
  const { levels, forbidden } = rewardLevels(arithmetic, ref.law.mass, reward);
  if (forbidden.gt(0)) return { mean: arithmetic.negativeInfinity, bias: arithmetic.infinity };
  const { anchor, excess } = tiltOf(caller, "reward", ref, reward, beta);
  const partition = reward[anchor].div(beta).plus(excess());
  // log(w/μ) of each level.
  const logV = levels.map((level) => level.reward.minus(reward[anchor]).div(beta).minus(excess()));
  const mass = levels.map((level) => level.mass);
  const outcomes = drawsFrom(levels.length, n, MAX_OUTCOMES);
  const bias =
    outcomes === undefined
      ? biasByIntegral(arithmetic, mass, logV, n)
      : biasByDraws(arithmetic, mass, logV, n, outcomes);
  return { mean: partition.minus(bias), bias };
};

function biasByDraws(
  arithmetic: Arithmetic,
  mass: Numbers,
  logV: Numbers,
  n: number,
  outcomes: readonly (readonly number[])[],
): BigNumber {
  const y = logV.map((l) => arithmetic.expm1(l));
  const v = logV.map((l) => arithmetic.exp(l));
  const factorial = (m: number) => {
    let product = arithmetic.one;
    for (let i = 2; i <= m; i++) product = product.times(i);
    return product;
  };
  const terms = outcomes.map((counts) => {
    const ways = counts.reduce((w, c, j) => w.times(mass[j].pow(c)).div(factorial(c)), factorial(n));
    const mean = (values: Numbers) => arithmetic.sum(counts.map((c, j) => values[j].times(c))).div(n);
    // x − log(1 + x): x has mean 0, and near 0 nothing cancels.
    const x = mean(y);
    return ways.times(x.minus(x.lt(-0.5) ? arithmetic.log(mean(v)) : arithmetic.log1p(x)));
  });
  return arithmetic.sum(terms);
}

/** ∫ (φ(t)^N − e^{−Nt})/t dt by the trapezoid rule in log t, for weights of mean 1. */
function biasByIntegral(arithmetic: Arithmetic, mass: Numbers, logV: Numbers, n: number): BigNumber {
  const nats = (arithmetic.digits + 6) * Math.LN10;
  const step = (Math.PI * Math.PI) / (nats + 12);
  const y = logV.map((l) => arithmetic.expm1(l));
  const v = logV.map((l) => arithmetic.exp(l));
  const top = Math.max(0, ...logV.map((l) => l.toNumber()));
  const bottom = Math.min(0, ...logV.map((l) => l.toNumber()));
  const first = -Math.log(n) - top - nats / 2;
  let total = arithmetic.zero;
  for (let i = 0; ; i++) {
    const u = first + i * step;
    const t = arithmetic.exp(arithmetic.number(u));
    const kept = arithmetic.exp(t.times(-n));
    const near = t.times(n).lte(nats + 40);
    const parts = mass.map((p, j) => {
      const z = t.times(near ? y[j] : v[j]).neg();
      return p.times(near ? arithmetic.expm1MinusX(z) : arithmetic.exp(z));
    });
    const sum = arithmetic.sum(parts);
    let term = near ? kept.times(arithmetic.expm1(arithmetic.log1p(sum).times(n))) : sum.pow(n).minus(kept);
    if (i === 0) term = term.plus(term.div(arithmetic.expm1(arithmetic.number(2 * step))));
    total = total.plus(term);
    const left = nats - bottom - u;
    if (
      left < 0 ||
      (t.times(n).gt(nats + 40) && term.times(Math.max(left, 1)).lt(total.times(`1e-${arithmetic.digits + 6}`)))
    )
      return total.times(arithmetic.number(step));
  }
}

export { grpoOptimum } from "./grpo.js";
