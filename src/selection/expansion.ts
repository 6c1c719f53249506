import { type Levels, logAdd, massAbove, massFrom } from "../measure/levels.js";
import { scaledDifference, scaledExp } from "../measure/score.js";
import { exp, expm1, log } from "../numeric/elementary.js";
import { isNormal } from "../numeric/float64.js";
import { sum } from "../numeric/sum.js";
import { prepareSoft, squaredVariation } from "./bounds.js";
import type { SelectionProblem } from "./problem.js";
import { type LimitLevels, limitLevels } from "./ratio/limitLevels.js";

/** How the law of soft best-of-N approaches its limit, to leading order in 1/N. */
export interface FirstOrderExpansion {
  /** c(o) = 1 + CV² − w(o)/μ, aligned with the support: P_N = π*·(1 + c/N + O(1/N²)); 1 + CV² where π* is 0. */
  readonly coefficient: Float64Array;
  /** ½ E_π*|c|: the total variation to the limit is this over N. */
  readonly totalVariation: number;
  /** Var_π*(w)/(2μ²) = ½ E_π*[c²]: both KL divergences to the limit are this over N². */
  readonly kl: number;
}

/**
 * The first-order expansion of the law of soft best-of-N about its limit π* = `rlhfOptimum`: with w = e^{r/β},
 * μ = E_ref[w] and CV² = Var_ref(w)/μ²,
 *
 * $$P_N(o) = \pi^*(o) \left[ 1 + \frac1N \left( 1 + \mathrm{CV}^2 - \frac{w(o)}{\mu} \right) + O(N^{-2}) \right], \qquad \mathrm{KL}(\pi^* \,\|\, P_N) \approx \frac{\mathrm{Var}_{\pi^*}(w)}{2 \mu^2 N^2} .$$
 *
 * This is the sharp form of the rate √(log N/N) in (29). 1/(1 + CV²) is the share of the draws that counts, the limit of
 * the effective sample size over N, so that N must be well above 1 + CV² for the expansion to speak.
 *
 * @param problem the reference policy, the reward and β > 0; β = ∞ gives zeros
 * @returns the coefficients of 1/N in the law and in total variation, and of 1/N² in KL
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when β is not positive, or a reward is NaN, +∞ or −∞ throughout
 * @example
 * ```ts
 * import { firstOrderExpansion, limitDistance, uniform } from "exptilt";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 };
 * const { coefficient, kl } = firstOrderExpansion(problem);
 * coefficient // => [0.675669424294, -0.248564890226]
 * kl // => 0.083974
 * limitDistance(problem, 1e6).kl * 1e12 // => 0.083974
 * ```
 */
export function firstOrderExpansion<A>(problem: SelectionProblem<A>): FirstOrderExpansion {
  const prepared = prepareSoft("firstOrderExpansion", problem);
  const { levels, weights } = prepared;
  const size = levels.levelOf.length;
  // β = ∞: w is constant on what is not forbidden, and the law its limit at every N.
  if (weights === undefined) return { coefficient: new Float64Array(size), totalVariation: 0, kl: 0 };
  const limit = limitLevels(prepared);
  const { c, logC } = coefficients(levels, prepared.beta, limit);
  const outside = 1 + squaredVariation({ levels, limit, weights }).value;
  // A coefficient or a probability may be out of range where their product is not.
  const total = (f: (p: number, i: number) => number, power: number) => {
    const terms = limit.mass.map((p, i) => {
      const plain = f(p, i);
      return isNormal(p) && isNormal(plain) ? plain : exp(limit.logMass[i] + power * logC(i));
    });
    const plain = terms.reduce((s, x) => s + x);
    return plain < Infinity ? sum(terms).hi : plain;
  };
  return {
    coefficient: Float64Array.from(levels.levelOf, (level) => (level < 0 ? outside : c[level])),
    totalVariation: 0.5 * total((p, i) => p * Math.abs(c[i]), 1),
    kl: 0.5 * total((p, i) => p * c[i] * c[i], 2),
  };
}

/** The coefficient of each level, and log|c| of one. */
interface Coefficients {
  readonly c: Float64Array;
  readonly logC: (i: number) => number;
}

/**
 * c_i = 1 + CV² − w_i/μ = Σ_j π*_j (w_j − w_i)/μ, of which better levels add and worse ones take: two sums of
 * non-negative terms, so that the level with nearly all of π* keeps the digits of its small coefficient. With log|c|.
 */
function coefficients(levels: Levels, beta: number, limit: LimitLevels): Coefficients {
  const { reward, mass } = levels;
  const { peak } = limit;
  const apart = (i: number) => scaledDifference(reward[i], reward[i + 1], beta);
  if (!mass.every(isNormal) || !limit.mass.every((p, i) => isNormal(p) || i > peak))
    return coefficientLogs(levels, apart, limit);
  const [better, worse] = [massAbove(limit.mass), massFrom(limit.mass, 0)];
  // Weights and their mean are relative to the likeliest level, so that small distances from it keep their digits.
  const weight = reward.map((r) => scaledExp(r, reward[peak], beta));
  const mean = mass[peak] / limit.mass[peak];
  // w_i − w_{i+1}: of near weights, from the one that is nearer to the likeliest level's.
  const step = (i: number) => {
    if (apart(i) >= 0.5) return weight[i] - weight[i + 1];
    return i < peak ? weight[i + 1] * expm1(apart(i)) : -weight[i] * expm1(-apart(i));
  };
  const c = new Float64Array(weight.length);
  let [added, taken] = [0, 0];
  for (let i = 1; i < c.length; i++) {
    if (better[i] > 0) added += better[i] * step(i - 1);
    c[i] = added / mean;
  }
  for (let i = c.length - 2; i >= 0; i--) {
    taken += worse[i + 1] * step(i);
    c[i] -= taken / mean;
  }
  return { c, logC: (i) => log(Math.abs(c[i])) };
}

/** The same sums in logarithms, for probabilities and weights out of the range of doubles. */
function coefficientLogs(
  { reward }: Levels,
  apart: (i: number) => number,
  { logMass, logRatio }: LimitLevels,
): Coefficients {
  const size = reward.length;
  // log of (w_i − w_{i+1})/μ.
  const logStep = (i: number) => logRatio[i] + log(-expm1(-apart(i)));
  const [added, taken] = [0, 1].map(() => new Float64Array(size).fill(-Infinity));
  for (let i = 1, better = -Infinity; i < size; i++) {
    better = logAdd(better, logMass[i - 1]);
    added[i] = logAdd(added[i - 1], better + logStep(i - 1));
  }
  for (let i = size - 2, worse = -Infinity; i >= 0; i--) {
    worse = logAdd(worse, logMass[i + 1]);
    taken[i] = logAdd(taken[i + 1], worse + logStep(i));
  }
  const sign = added.map((a, i) => Math.sign(a - taken[i]) || 0);
  const logC = added.map((a, i) => {
    const [large, small] = a > taken[i] ? [a, taken[i]] : [taken[i], a];
    return large === small ? -Infinity : large + log(-expm1(small - large));
  });
  return { c: logC.map((l, i) => (sign[i] === 0 ? 0 : sign[i] * exp(l))), logC: (i) => logC[i] };
}
