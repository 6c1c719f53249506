import { requireInteger, requirePositiveOrInfinite } from "../numeric/check.js";
import { expm1, expPlus, log } from "../numeric/elementary.js";
import { SMALLEST_NORMAL } from "../numeric/float64.js";
import { sum } from "../numeric/sum.js";
import { type Ladder, meanLessWeight } from "./ladder.js";
import { type Prepared, prepare, type SelectionProblem } from "./problem.js";
import { logForbidden } from "./ratio.js";

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
  requirePositiveOrInfinite(caller, "beta", prepared.beta);
  return prepared;
}

/** Var_ref(w)/μ² = CV²: a forbidden draw has weight 0. */
export function squaredVariation(ladder: Ladder): number {
  const { mass, mean, forbidden } = ladder;
  // As in the mean, answers too rare for a normal double have no say: their weight may be out of range.
  const terms = mass.map((p, i) => {
    if (p < SMALLEST_NORMAL) return 0;
    const off = meanLessWeight(ladder, i) / mean;
    return p * off * off; // in this order: the square alone may overflow
  });
  return sum(terms).hi + forbidden;
}

/** What a probability by level makes of each answer. */
export function byAnswer<A>({ levels, law }: Prepared<A>, ratio: (level: number) => number): Float64Array {
  return Float64Array.from(levels.levelOf, (level, i) => (level < 0 ? 0 : law.probability(i) * ratio(level)));
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
  requireInteger("softBestOfNBounds", "n", n, 1);
  const { levels, ladder } = prepared;
  // Given that some draw is not forbidden; with one draw, or no preference among many, that the one picked is not.
  const single = ladder === undefined || n === 1;
  const kept = -expm1((single ? 1 : n) * logForbidden(levels));
  if (single) {
    const ref = byAnswer(prepared, () => 1 / kept);
    return { lower: ref, upper: ref.slice() };
  }
  const { x, low, weight, mean } = ladder;
  const variation = squaredVariation(ladder);
  const last = x.length - 1;
  const ratios = Array.from(x, (l, level) => {
    const jensen = n / (1 + (n - 1) * mean * expPlus(-l, -low[level]));
    // μ/m, and s in units of w(o): neither is lost where w(o) is nothing next to μ.
    const share = mean / (weight[level] + (n - 1) * mean);
    const s = 1 + (n - 1) * (levels.forbidden > 0 ? 0 : expPlus(x[last] - l, low[last] - low[level]));
    return [jensen, Math.min(n, jensen + (n * share * ((n - 1) * share) * variation) / s)];
  });
  return {
    lower: byAnswer(prepared, (level) => ratios[level][0] / kept),
    upper: byAnswer(prepared, (level) => ratios[level][1] / kept),
  };
}

/**
 * The bound log N − (N−1)/N on KL(best-of-N‖ref), in nats: attained as the probability of a tie vanishes. Beirami and
 * others (arXiv 2401.01879), who show that this often quoted figure is a bound and no equality.
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
  requireInteger("bestOfNKlBound", "n", n, 1);
  return log(n) - (n - 1) / n;
}

/**
 * The bound N/(N + 1) on the win rate of best-of-N against ref, attained as the probability of a tie vanishes. Beirami
 * and others (arXiv 2401.01879).
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
  requireInteger("bestOfNWinRateBound", "n", n, 1);
  return n / (n + 1);
}
