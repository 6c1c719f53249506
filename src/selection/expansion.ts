import { scaledDifference, scaledExp } from "../measure/score.js";
import { requireInteger } from "../numeric/check.js";
import { exp, expm1, log } from "../numeric/elementary.js";
import { sum } from "../numeric/sum.js";
import { prepareSoft, squaredVariation } from "./bounds.js";
import { type Levels, massAbove, massFrom } from "./levels.js";
import { type LimitLevels, limitLevels } from "./limit.js";
import type { SelectionProblem } from "./problem.js";

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
  const { levels, ladder } = prepared;
  const size = levels.levelOf.length;
  // β = ∞: w is constant on what is not forbidden, and the law its limit at every N.
  if (ladder === undefined) return { coefficient: new Float64Array(size), totalVariation: 0, kl: 0 };
  const limit = limitLevels(prepared);
  const c = coefficients(levels, prepared.beta, limit);
  const outside = 1 + squaredVariation(ladder);
  const total = (f: (p: number, i: number) => number) => {
    const terms = limit.mass.map((p, i) => (p === 0 ? 0 : f(p, i)));
    const plain = terms.reduce((s, x) => s + x);
    return plain < Infinity ? sum(terms).hi : plain;
  };
  return {
    coefficient: Float64Array.from(levels.levelOf, (level) => (level < 0 ? outside : c[level])),
    totalVariation: 0.5 * total((p, i) => p * Math.abs(c[i])),
    kl: 0.5 * total((p, i) => p * c[i] * c[i]),
  };
}

/**
 * c_i = 1 + CV² − w_i/μ = Σ_j π*_j (w_j − w_i)/μ, as what better levels add and worse ones take: two sums of
 * non-negative terms, so that the level which has nearly all of π* keeps the digits of its small coefficient.
 */
function coefficients({ reward, mass }: Levels, beta: number, limit: LimitLevels): Float64Array {
  const [better, worse] = [massAbove(limit.mass), massFrom(limit.mass, 0)];
  // Weights and their mean relative to the likeliest level: the others' distance from it is what they are worth.
  const { peak } = limit;
  const weight = reward.map((r) => scaledExp(r, reward[peak], beta));
  const mean = mass[peak] / limit.mass[peak];
  // w_i − w_{i+1}, where they are near each other from that of the two which is nearer to the likeliest.
  const step = (i: number) => {
    const apart = scaledDifference(reward[i], reward[i + 1], beta);
    if (apart >= 0.5) return weight[i] - weight[i + 1];
    return i < peak ? weight[i + 1] * expm1(apart) : -weight[i] * expm1(-apart);
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
  return c;
}

/**
 * The printed rate of (29): the envelope exp((r_max − r_min)/β)·√(log N/N) on |P_N/π* − 1|, up to a constant the paper
 * leaves open. It is far above the truth, whose order is 1/N (`firstOrderExpansion`); `softBestOfNBounds` has constants.
 *
 * @param problem the reference policy, the reward and β > 0
 * @param n the number of draws N, a whole number of at least 1
 * @returns the envelope; Infinity where it overflows or an answer is forbidden, 0 at N = 1
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when n is not a whole number of at least 1, β is not positive, or a reward is NaN, +∞ or −∞ throughout
 * @example
 * ```ts
 * import { printedRate, uniform } from "exptilt";
 * printedRate({ ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 }, 10000) // => 0.0824958918
 * ```
 */
export function printedRate<A>(problem: SelectionProblem<A>, n: number): number {
  const { levels, ladder } = prepareSoft("printedRate", problem);
  requireInteger("printedRate", "n", n, 1);
  const root = Math.sqrt(log(n) / n);
  if (ladder === undefined) return root;
  const { x } = ladder;
  return n === 1 ? 0 : levels.forbidden > 0 ? Infinity : exp(x[0] - x[x.length - 1]) * root;
}
