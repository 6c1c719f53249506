import { Law } from "../measure/law.js";
import { type Distribution, distributionOf } from "../measure/measure.js";
import { resolveScore, type Score } from "../measure/score.js";
import { requireSupport } from "../measure/support.js";
import { outOfRange, requireNumber } from "../numeric/check.js";
import { twoSum } from "../numeric/doubleDouble.js";
import { log1p } from "../numeric/elementary.js";
import { logistic, logLogistic } from "../numeric/logistic.js";

/** The exact difference of two rewards as hi + lo, ∞ where one is unbeatable or the difference leaves the range. */
function rewardGap(caller: string, reward: number, other: number): { hi: number; lo: number } {
  const [r, s] = [requireNumber(caller, "reward", reward), requireNumber(caller, "other", other)];
  const hi = r - s;
  if (Number.isNaN(hi)) throw outOfRange(caller, "reward - other", "be defined", `${r} - ${s}`);
  return Number.isFinite(hi) ? twoSum(r, -s) : { hi, lo: 0 };
}

/**
 * The Bradley–Terry probability P(o ≻ õ) = σ(r(o) − r(õ)) that the answer of the first reward is preferred. Equation (3).
 *
 * $$\mathbb{P}(o \succ \tilde o) = \sigma(r(o) - r(\tilde o)) = \frac{1}{1 + e^{r(\tilde o) - r(o)}}$$
 *
 * Accurate in both tails: the complement is `preferenceProbability(other, reward)`, never 1 minus this. An infinite
 * reward always wins, or −∞ always loses; two equal infinities have no answer.
 *
 * @param reward r(o), in nats of log-odds
 * @param other r(õ), in the same units
 * @returns the probability, in [0, 1]
 * @throws TypeError when an argument is no number
 * @throws RangeError when an argument is NaN, or both are the same infinity
 * @example
 * ```ts
 * import { preferenceProbability } from "exptilt";
 * preferenceProbability(1, 0) // => 0.7310585786300049
 * preferenceProbability(0, 40) // => 4.248354255291589e-18
 * ```
 */
export function preferenceProbability(reward: number, other: number): number {
  const { hi, lo } = rewardGap("preferenceProbability", reward, other);
  const p = logistic(hi);
  return lo === 0 ? p : p + p * logistic(-hi) * lo;
}

/**
 * log P(o ≻ õ) = −log(1 + e^{r(õ) − r(o)}), the log-likelihood of one comparison. Equation (3); the logarithm of
 * `preferenceProbability`, accurate in both tails.
 *
 * $$\log \mathbb{P}(o \succ \tilde o) = -\log\bigl(1 + e^{r(\tilde o) - r(o)}\bigr)$$
 *
 * @param reward r(o), in nats of log-odds
 * @param other r(õ), in the same units
 * @returns the log-probability in nats, at most 0
 * @throws TypeError when an argument is no number
 * @throws RangeError when an argument is NaN, or both are the same infinity
 * @example
 * ```ts
 * import { logPreferenceProbability } from "exptilt";
 * logPreferenceProbability(0, 1000) // => -1000
 * logPreferenceProbability(40, 0) // => -4.248354255291589e-18
 * ```
 */
export function logPreferenceProbability(reward: number, other: number): number {
  const { hi, lo } = rewardGap("logPreferenceProbability", reward, other);
  const logP = logLogistic(hi);
  return lo === 0 ? logP : logP + logistic(-hi) * lo;
}

/**
 * The human-preference distribution hp(o) = e^{r(o)} / Σ e^{r}: the law under which the odds of two answers are those of
 * a Bradley–Terry comparison. Equation (4).
 *
 * $$\mathrm{hp}(o) = \frac{e^{r(o)}}{\sum_{o'} e^{r(o')}}$$
 *
 * @param support distinct answers of any type
 * @param reward r(o) for each answer, in nats of log-odds: an aligned array, or a function of the answer; −∞ forbids
 * @returns the distribution, with log Σ e^{r} in nats as its `logNormalizer`
 * @throws TypeError when the support is no array, or the reward has the wrong type or length
 * @throws RangeError when the support is empty or repeats an answer, or a reward is NaN or +∞, or all are −∞
 * @example
 * ```ts
 * import { humanPreference } from "exptilt";
 * humanPreference(["a", "b"], [0, Math.log(3)]).mass // => [0.25, 0.75]
 * ```
 */
export function humanPreference<A>(support: readonly A[], reward: Score<A>): Distribution<A> {
  const answers = requireSupport("humanPreference", support);
  const { law, logits } = preferenceLaw("humanPreference", answers, reward);
  return distributionOf(answers, law, () => logits[law.peak] + log1p(law.rest.hi));
}

/** The law ∝ e^r on answers that were checked, and its rewards. */
export function preferenceLaw<A>(
  caller: string,
  answers: readonly A[],
  reward: Score<A>,
): { law: Law; logits: Float64Array } {
  const logits = resolveScore(caller, "reward", answers, reward);
  if (!logits.some((r) => r > -Infinity)) {
    throw outOfRange(caller, "reward", "be above -Infinity for some answer", -Infinity);
  }
  return { law: Law.fromLogMass(logits), logits };
}
