import type { Levels } from "../measure/levels.js";
import { scaledDifference, scaledExp } from "../measure/score.js";
import { POSITIVE_OR_INFINITE, requireNumber } from "../numeric/check.js";
import { exp, expPlus, log, log1p } from "../numeric/elementary.js";
import { isNormal } from "../numeric/float64.js";
import { logSumExp } from "../numeric/logSumExp.js";
import { sum } from "../numeric/sum.js";
import { requireWhole } from "./draws.js";
import { shortfall, type Weights } from "./integral/weights.js";
import { prepare, type SelectionProblem } from "./problem.js";
import { keptOf } from "./ratio/kept.js";
import { type LimitLevels, limitLevels, silentShare } from "./ratio/limitLevels.js";
import type { Prepared } from "./ratio/prepared.js";
import { isSingle, unselected } from "./ratio/ratiosAt.js";

/** Bounds on each answer's probability, aligned with the support. */
export interface LawBounds {
  /** What P_N(o) is at least. */
  readonly lower: Float64Array;
  /** What P_N(o) is at most. */
  readonly upper: Float64Array;
}

/** A problem at a positive temperature, whose expansions are in 1/N. */
export function prepareSoft<A>(caller: string, problem: SelectionProblem<A>): Prepared<A> {
  const prepared = prepare(caller, problem, problem?.beta);
  requireNumber(caller, "beta", prepared.beta, POSITIVE_OR_INFINITE);
  return prepared;
}

/** Levels at a positive temperature, and their limit. */
export interface Soft {
  readonly levels: Levels;
  readonly limit: LimitLevels;
  readonly weights: Weights;
}

/** CV², and its logarithm also where CV² overflows. */
interface Variation {
  readonly value: number;
  readonly log: number;
}

/** w/μ of each level, from the weight and the mean or from two probabilities, where both have all digits. */
function weightsOverMean({ levels, limit, weights }: Soft): Float64Array {
  const { mass } = levels;
  const { weight, mean } = weights;
  const heard = silentShare(limit, mass) === 0;
  return limit.mass.map((p, i) => {
    if (heard && isNormal(weight[i])) return weight[i] / mean;
    return isNormal(p) && isNormal(mass[i]) ? p / mass[i] : exp(limit.logRatio[i]);
  });
}

/** μ/w of each level, by its own exponential where weights and mean have all digits. */
function meanOverWeights(soft: Soft, v: Float64Array): Float64Array {
  const { limit, weights, levels } = soft;
  const { x, low, mean } = weights;
  const heard = silentShare(limit, levels.mass) === 0;
  return v.map((one, i) => {
    const inverse = expPlus(-x[i], -low[i]);
    return heard && isNormal(inverse) ? mean * inverse : 1 / one;
  });
}

/** Var_ref(w)/μ² = CV² = Σ ref (w/μ − 1)²: a forbidden draw has weight 0. */
export function squaredVariation(soft: Soft): Variation {
  const { levels, limit, weights } = soft;
  const { mass, forbidden } = levels;
  const silent = silentShare(limit, weights.mass);
  const v = weightsOverMean(soft);
  const terms = mass.map((p, i) => {
    // (μ − w)/μ, from the mean over the levels of normal mass and the share that the others add to it.
    const own = shortfall(weights, i);
    const off = silent < 1 ? (own + silent) / (1 + silent) : 1 - v[i];
    if (isNormal(p)) return p * off * off; // in this order: the square alone may overflow
    return v[i] > 1 ? exp(levels.logMass[i] + 2 * limit.logRatio[i] + 2 * log1p(-1 / v[i])) : p;
  });
  const plain = terms.reduce((s, x) => s + x, forbidden);
  if (plain < Infinity) {
    const value = sum(terms).hi + forbidden;
    return { value, log: log(value) };
  }
  // Where CV² overflows, 1 is nothing beside w/μ.
  return { value: Infinity, log: logSumExp(levels.logMass.map((l, i) => l + 2 * limit.logRatio[i])) };
}

/** The probability of each answer, from the ratio of its level and the logarithm of the ratio. */
function byAnswer<A>({ levels, law }: Prepared<A>, ratio: Float64Array, logRatio: Float64Array): Float64Array {
  return Float64Array.from(levels.levelOf, (level, i) => {
    if (level < 0) return 0;
    const p = law.probability(i);
    return isNormal(p) && ratio[level] < Infinity ? p * ratio[level] : exp(law.logProbability(i) + logRatio[level]);
  });
}

/**
 * Two-sided bounds on the exact law of soft best-of-N, rigorous for every N and every answer, in closed form. With
 * w = e^{r/β}, μ = E_ref[w], m = w(o) + (N−1)μ and s = w(o) + (N−1) min w,
 *
 * $$\frac{N w(o)}{m} \le \frac{P_N(o)}{\mathrm{ref}(o)} \le N w(o) \left[ \frac{1}{m} + \frac{(N-1) \mathrm{Var}_{\mathrm{ref}}(w)}{m^2 s} \right] .$$
 *
 * Jensen's inequality below; above, the remainder of 1/x expanded about m. The upper bound is never above N. Both meet
 * π*(o)/ref(o) as N → ∞, their distance falling as 1/N: equations (15) and (29) with constants.
 *
 * A forbidden answer (reward −∞) has w = 0. The bounds are then those of the draws that are not all forbidden: each is
 * divided by 1 − fᴺ, f the probability of a forbidden draw, and min w = 0.
 *
 * @param problem the reference policy, the reward and β > 0; β = ∞ gives ref twice
 * @param n the number of draws N, a whole number of at least 1
 * @returns the bounds on P_N(o), to rounding
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when n is not a whole number of at least 1, β is not positive, or a reward is NaN, +∞ or −∞ throughout
 * @example
 * ```ts
 * import { softBestOfNBounds, softBestOfNLaw, uniform } from "exptilt";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 };
 * const { lower, upper } = softBestOfNBounds(problem, 100);
 * lower // => [0.270190, 0.727696]
 * softBestOfNLaw(problem, 100).mass // => [0.270770, 0.729230]
 * upper // => [0.271257, 0.730495]
 * ```
 */
export function softBestOfNBounds<A>(problem: SelectionProblem<A>, n: number): LawBounds {
  const prepared = prepareSoft("softBestOfNBounds", problem);
  n = requireWhole("softBestOfNBounds", "n", n, 1);
  const { levels, weights, beta } = prepared;
  // One draw, or no preference among many.
  if (weights === undefined || isSingle(prepared, n)) {
    const { ratio, logRatio } = unselected(prepared);
    const ref = byAnswer(prepared, ratio, logRatio);
    return { lower: ref, upper: ref.slice() };
  }
  // Given that some draw is not forbidden.
  const { kept, logKept } = keptOf(levels, n);
  const limit = limitLevels(prepared);
  const soft = { levels, limit, weights };
  const variation = squaredVariation(soft);
  const { reward } = levels;
  const last = reward.length - 1;
  const sides = [0, 1].map(() => ({ ratio: new Float64Array(last + 1), logRatio: new Float64Array(last + 1) }));
  const set = (side: number, level: number, value: number, logValue: number) => {
    sides[side].ratio[level] = value / kept;
    sides[side].logRatio[level] = logValue - logKept;
  };
  const overMean = weightsOverMean(soft);
  const inverses = meanOverWeights(soft, overMean);
  for (const [level, v] of overMean.entries()) {
    // μ/m and N w/m; s in units of w(o), which keeps its digits where w(o) is nothing beside μ.
    const share = 1 / (v + (n - 1));
    const others = (n - 1) * inverses[level];
    const jensen = others < 1e300 ? n / (1 + others) : v * (n * share);
    const logShare = v < Infinity ? -log(v + (n - 1)) : -limit.logRatio[level];
    const logJensen = isNormal(jensen) ? log(jensen) : log(n) + limit.logRatio[level] + logShare;
    const s = 1 + (n - 1) * (levels.logForbidden > -Infinity ? 0 : scaledExp(reward[last], reward[level], beta));
    let more = (n * share * ((n - 1) * share) * variation.value) / s;
    if (!(isNormal(share) && isNormal(more)))
      more = exp(
        log(n) +
          log(n - 1) +
          2 * logShare +
          variation.log -
          (s < Infinity ? log(s) : log(n - 1) + scaledDifference(reward[last], reward[level], beta)),
      );
    const upper = Math.min(n, jensen + more);
    set(0, level, jensen, logJensen);
    set(1, level, upper, isNormal(upper) ? log(upper) : logJensen);
  }
  const [lower, upper] = sides.map(({ ratio, logRatio }) => byAnswer(prepared, ratio, logRatio));
  return { lower, upper };
}

/**
 * The bound log N − (N−1)/N on KL(best-of-N‖ref), in nats: attained as the probability of a tie vanishes. Beirami and
 * others (arXiv 2401.01879), who show that this often quoted figure is a bound and no equality.
 *
 * It holds where no answer is forbidden. Where ref gives forbidden answers with probability f, KL is larger by their being
 * drawn again: at N = 1 it is −log(1 − f), and the bound 0.
 *
 * @param n the number of draws N, a whole number of at least 1
 * @returns the bound in nats
 * @throws TypeError when n is not a number
 * @throws RangeError when n is not a whole number of at least 1
 * @example
 * ```ts
 * import { bestOfNKlBound } from "exptilt";
 * bestOfNKlBound(4) // => 0.63629436112
 * ```
 */
export function bestOfNKlBound(n: number): number {
  n = requireWhole("bestOfNKlBound", "n", n, 1);
  return log(n) - (n - 1) / n;
}

/**
 * The bound N/(N + 1) on the win rate of best-of-N against ref, attained as the probability of a tie vanishes. Beirami
 * and others (arXiv 2401.01879).
 *
 * It holds where no answer is forbidden. Where ref gives forbidden answers with probability f, best-of-N, which draws them
 * again, also wins against those: at N = 1 its win rate is (1 + f)/2, and the bound 1/2.
 *
 * @param n the number of draws N, a whole number of at least 1
 * @returns the bound on `winRate`
 * @throws TypeError when n is not a number
 * @throws RangeError when n is not a whole number of at least 1
 * @example
 * ```ts
 * import { bestOfNWinRateBound } from "exptilt";
 * bestOfNWinRateBound(4) // => 0.8
 * ```
 */
export function bestOfNWinRateBound(n: number): number {
  n = requireWhole("bestOfNWinRateBound", "n", n, 1);
  return n / (n + 1);
}
