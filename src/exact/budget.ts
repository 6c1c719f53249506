import type { BigNumber } from "mathjs";
import { requireInteger, requireOptions } from "../numeric/check.js";
import type { Arithmetic } from "./arithmetic.js";
import type { Exact } from "./input.js";
import { readSelection } from "./problem.js";
import { lawOfRatios, powerGain, type RewardLevels, rewardLevels } from "./ratios.js";
import { finite, nonNegativeOrInfinite, requireNumber } from "./read.js";
import { bestOfNLaw } from "./selection.js";

/** Metropolis selection by its eigenvalues λ, from the lowest level up. */
export const metropolisLaw: Exact<"metropolisLaw"> = (arithmetic, problem, draws) => {
  const caller = "metropolisLaw";
  const { ref, reward, beta } = readSelection(arithmetic, caller, problem, nonNegativeOrInfinite);
  const n = requireInteger(caller, "n", draws, 1);
  if (beta.isZero()) return bestOfNLaw(arithmetic, problem, n);
  const levels = rewardLevels(arithmetic, ref.law.mass, reward);
  const ratios = metropolisRatios(arithmetic, levels, beta, n - 1);
  const ratioOf = new Map(levels.levels.map((level, k) => [level.reward.toString(), ratios[k]]));
  return lawOfRatios(caller, ref, (i) => ratioOf.get(reward[i].toString()) ?? arithmetic.zero);
};

/**
 * P/ref = F t + u + λⁿ of each level after n steps, with the sums over the levels j ≥ k, and j > k,
 *
 *     t_k = Σ (w_k/w_j) (λ_{j+1}ⁿ − λ_jⁿ)/s_j,   u_k = Σ (w_k/w_j) p_j t_j,   s_j = Σ_{i≤j} p_i w_i/w_j,
 *
 * and λ_k = F_k − s_k the probability that a draw is refused, as a sum of positive steps s_k (1 − w_k/w_{k+1}).
 */
function metropolisRatios(
  arithmetic: Arithmetic,
  { levels, forbidden }: RewardLevels,
  beta: BigNumber,
  n: number,
): BigNumber[] {
  const { zero } = arithmetic;
  const last = levels.length - 1;
  // log(w_{k+1}/w_k); past the last level there is a level of infinite weight.
  const apart = levels.map(({ reward }, k) =>
    k === last ? arithmetic.infinity : levels[k + 1].reward.minus(reward).div(beta),
  );
  const decay = apart.map((x) => arithmetic.exp(x.neg()));
  let [s, refused, from] = [zero, forbidden, forbidden];
  const sums = levels.map(({ mass }, k) => {
    s = s.times(k === 0 ? zero : decay[k - 1]).plus(mass);
    from = from.plus(mass);
    const step = k === last ? s : s.times(arithmetic.expm1(apart[k].neg()).neg());
    const stays = refused;
    refused = refused.plus(step);
    return { from, stays, gain: powerGain(arithmetic, stays, step, n).div(s) };
  });
  const ratios: BigNumber[] = [];
  let [t, u] = [zero, zero];
  for (let k = last; k >= 0; k--) {
    const { from, stays, gain } = sums[k];
    if (k < last) {
      u = decay[k].times(levels[k + 1].mass.times(t).plus(u));
      t = decay[k].times(t);
    }
    t = t.plus(gain);
    ratios[k] = from
      .times(t)
      .plus(u)
      .plus(n === 0 ? arithmetic.one : stays.pow(n));
  }
  return ratios;
}

/** At most N draws by rejection: what is accepted before the last, and the last whatever it is. */
export const rejectionSamplingLaw: Exact<"rejectionSamplingLaw"> = (arithmetic, problem, draws, options = {}) => {
  const caller = "rejectionSamplingLaw";
  const { ref, reward, beta, top } = readSelection(arithmetic, caller, problem, nonNegativeOrInfinite);
  const n = requireInteger(caller, "n", draws, 1);
  const { cap: given } = requireOptions(caller, options, { cap: true });
  const cap = given === undefined ? top : requireNumber(arithmetic, caller, "options.cap", given, finite);
  const { one, zero } = arithmetic;
  const below = reward.map((r) => (r.gte(cap) ? zero : beta.isZero() ? arithmetic.negativeInfinity : r.minus(cap)));
  const exponent = below.map((d) => (d.isFinite() && !d.isZero() ? d.div(beta) : d));
  const accept = exponent.map((x) => arithmetic.exp(x));
  const expected = (values: readonly BigNumber[]) => arithmetic.sum(ref.law.mass.map((p, i) => p.times(values[i])));
  const acceptance = expected(accept);
  const refused = expected(exponent.map((x) => (x.isFinite() ? arithmetic.expm1(x).neg() : one)));
  // Σ (1 − A)^i over the draws before the last, and over all.
  const sum = (count: number) =>
    acceptance.isZero() ? arithmetic.number(count) : powerGain(arithmetic, refused, acceptance, count).div(acceptance);
  const before = sum(n - 1);
  const last = n === 1 ? one : refused.pow(n - 1);
  const forbidden = expected(reward.map((r) => (r.isFinite() ? zero : one)));
  const kept = expected(reward.map((r) => (r.isFinite() ? one : zero))).plus(forbidden.times(acceptance).times(before));
  const law = lawOfRatios(caller, ref, (i) => (reward[i].isFinite() ? accept[i].times(before).plus(last) : zero));
  return { law, expectedDraws: sum(n).div(kept), acceptance };
};
