import type { BigNumber } from "mathjs";
import { requireInteger } from "../numeric/check.js";
import { divergenceOf, totalVariationOf } from "./information.js";
import type { Exact } from "./input.js";
import type { ExactDistribution } from "./measure.js";
import { readSelection, type Selection } from "./problem.js";
import { nonNegativeOrInfinite, positiveOrInfinite } from "./read.js";
import { bestOfNLaw, softBestOfNLaw } from "./selection.js";
import { tiltOf } from "./tilt.js";

function limitOf(caller: string, { ref, reward, beta, top }: Selection): ExactDistribution {
  if (!beta.isZero()) return tiltOf(caller, "reward", ref, reward, beta).law;
  // Scores of 0 and −∞ keep ref on the best answers.
  const { arithmetic } = ref;
  const best = reward.map((r) => (r.eq(top) ? arithmetic.zero : arithmetic.negativeInfinity));
  return tiltOf(caller, "reward", ref, best, arithmetic.one).law;
}

export const selectionLimit: Exact<"selectionLimit"> = (arithmetic, problem) => {
  const caller = "selectionLimit";
  return limitOf(caller, readSelection(arithmetic, caller, problem, nonNegativeOrInfinite)).normalized();
};

export const limitDistance: Exact<"limitDistance"> = (arithmetic, problem, draws) => {
  const caller = "limitDistance";
  const selection = readSelection(arithmetic, caller, problem, nonNegativeOrInfinite);
  const n = requireInteger(caller, "n", draws, 1);
  const limit = limitOf(caller, selection);
  const law = selection.beta.isZero() ? bestOfNLaw(arithmetic, problem, n) : softBestOfNLaw(arithmetic, problem, n);
  return {
    totalVariation: totalVariationOf(law, limit),
    kl: divergenceOf(limit, law),
    reverseKl: divergenceOf(law, limit),
  };
};

/** Weights e^{(r − top)/β}, 0 where ref has nothing or the answer is forbidden, and their mean. */
function weightsOf({ ref, reward, beta, top }: Selection) {
  const { arithmetic, law } = ref;
  const allowed = reward.map((r, i) => r.isFinite() && ref.supports(i));
  const weight = reward.map((r, i) => (allowed[i] ? arithmetic.exp(r.minus(top).div(beta)) : arithmetic.zero));
  const mean = arithmetic.sum(law.mass.map((p, i) => p.times(weight[i])));
  return { allowed, weight, mean };
}

/** The probability that one of N draws is not forbidden. */
function keptOf({ arithmetic, mass }: ExactDistribution, allowed: readonly boolean[], draws: number): BigNumber {
  const forbidden = arithmetic.sum(mass.filter((_, i) => !allowed[i]));
  if (forbidden.isZero()) return arithmetic.one;
  const rest = arithmetic.sum(mass.filter((_, i) => allowed[i]));
  const logForbidden = rest.lt(0.5) ? arithmetic.log1p(rest.negated()) : arithmetic.log(forbidden);
  return arithmetic.expm1(logForbidden.times(draws)).negated();
}

/** 1 + CV² = E_ref[w²]/μ². */
function secondMoment(law: ExactDistribution, weight: readonly BigNumber[], mean: BigNumber): BigNumber {
  const { arithmetic, mass } = law;
  return arithmetic.sum(mass.map((p, i) => p.times(weight[i].div(mean).pow(2))));
}

/** With m = w + (N−1)μ and s = w + (N−1) min w: N w ref/m, and that times 1 + (N−1)Var/(m s), at most N ref. */
export const softBestOfNBounds: Exact<"softBestOfNBounds"> = (arithmetic, problem, draws) => {
  const caller = "softBestOfNBounds";
  const selection = readSelection(arithmetic, caller, problem, positiveOrInfinite);
  const n = requireInteger(caller, "n", draws, 1);
  const { allowed, weight, mean } = weightsOf(selection);
  const { law } = selection.ref;
  const others = arithmetic.number(n - 1);
  const spread = weight.map((w) => w.minus(mean).pow(2));
  const variance = arithmetic.sum(law.mass.map((p, i) => p.times(spread[i])));
  const least = weight.reduce((a, w, i) => (law.supports(i) && w.lt(a) ? w : a), arithmetic.one);
  // The bounds hold for the law given that some draw is allowed.
  const kept = keptOf(law, allowed, selection.beta.isFinite() ? n : 1);
  const at = (bound: (w: BigNumber) => BigNumber) =>
    Object.freeze(law.mass.map((p, i) => (allowed[i] ? p.times(bound(weight[i])).div(kept) : arithmetic.zero)));
  const lower = (w: BigNumber) => w.times(n).div(w.plus(others.times(mean)));
  const upper = (w: BigNumber) => {
    const [m, s] = [w.plus(others.times(mean)), w.plus(others.times(least))];
    // The weights have underflowed, and only the bound N remains.
    if (s.isZero()) return arithmetic.number(n);
    const bound = lower(w).times(others.times(variance).div(m.times(s)).plus(1));
    return bound.gt(n) ? arithmetic.number(n) : bound;
  };
  // β = ∞: ref on the allowed answers, at every N.
  if (!selection.beta.isFinite()) return { lower: at(() => arithmetic.one), upper: at(() => arithmetic.one) };
  return { lower: at(lower), upper: at(upper) };
};

/** c = 1 + CV² − w/μ = E_π*[w − w(o)]/μ, from the differences of weights to that of the likeliest answer. */
export const firstOrderExpansion: Exact<"firstOrderExpansion"> = (arithmetic, problem) => {
  const caller = "firstOrderExpansion";
  const selection = readSelection(arithmetic, caller, problem, positiveOrInfinite);
  const { ref, reward, beta } = selection;
  const { allowed, weight, mean } = weightsOf(selection);
  const { law, anchor } = tiltOf(caller, "reward", ref, reward, beta);
  const peak = weight[anchor].div(mean);
  // (w − w(anchor))/μ.
  const apart = reward.map((r, i) =>
    allowed[i] ? peak.times(arithmetic.expm1(r.minus(reward[anchor]).div(beta))) : arithmetic.zero,
  );
  const mean0 = arithmetic.sum(law.mass.map((p, i) => p.times(apart[i])));
  // At β = ∞ the law is its limit.
  const outside = beta.isFinite() ? secondMoment(ref.law, weight, mean) : arithmetic.zero;
  const coefficient = Object.freeze(apart.map((a, i) => (allowed[i] ? mean0.minus(a) : outside)));
  const half = (f: (c: BigNumber) => BigNumber) =>
    arithmetic.sum(law.mass.map((p, i) => p.times(f(coefficient[i])))).div(2);
  return { coefficient, totalVariation: half((c) => c.abs()), kl: half((c) => c.times(c)) };
};
