import type { TiltProblem } from "../alignment/rlhf.js";
import { expectationUnder } from "../measure/expectation.js";
import type { Law } from "../measure/law.js";
import { levelsOf } from "../measure/levels.js";
import { type Distribution, distributionOf, requireMeasure } from "../measure/measure.js";
import { resolveScore } from "../measure/score.js";
import { tiltLaw } from "../measure/tilt.js";
import {
  type Condition,
  NON_NEGATIVE_OR_INFINITE,
  outOfRange,
  POSITIVE_OR_INFINITE,
  requireNumber,
  requireObject,
  wrongType,
} from "../numeric/check.js";
import { pow } from "../numeric/elementary.js";
import { geometricMean, increasingRoot } from "../numeric/increasingRoot.js";
import { settledTilt } from "./settledTilt.js";

/**
 * The derivative U′ of a utility of the mean reward, non-negative and nowhere increasing. ∞ is allowed below the largest
 * reward, as that of log m at m = 0.
 *
 * @param mean the mean reward m
 * @param shortfall 1 − m, which keeps its digits where m is near 1
 */
export type MarginalUtility = (mean: number, shortfall: number) => number;

/** An optimum that is a tilt at a temperature of its own. */
export interface UtilityOptimum<A = unknown> {
  /** The optimal policy π*, the tilt of ref at `temperature`. */
  readonly policy: Distribution<A>;
  /** The mean reward m = E_π*[r]. */
  readonly mean: number;
  /** β/U′(m), in the units of the reward; Infinity where U′(m) = 0. */
  readonly temperature: number;
}

/** A derivative may rise by so much, relatively, by its rounding. */
const ROUNDING = 2 ** -40;

const REWARD: Condition = { least: 0, most: 1, says: "be from 0 to 1" };

/**
 * The marginal utility of pass@k, U(m) = 1 − (1 − m)^k: the probability that one of k draws succeeds, for the success
 * probability m, which is a mean reward in [0, 1] (arXiv:2505.15201, 2508.01174).
 *
 * $$U'(m) = k (1 - m)^{k-1}$$
 *
 * @param k the number of draws, a real number of at least 1; 1 is RLHF
 * @returns U′, which throws a RangeError at a mean outside [0, 1]
 * @throws TypeError when k is no number
 * @throws RangeError when k is below 1 or not finite
 * @example
 * ```ts
 * import { passAtKUtility } from "exptilt";
 * passAtKUtility(4)(0.5) // => 0.5
 * passAtKUtility(0.5) // throws RangeError: k
 * ```
 */
export function passAtKUtility(k: number): (
  /** The mean reward m. */
  mean: number,
  /** 1 − m, where more of its digits are known. */
  shortfall?: number,
) => number {
  const draws = requireNumber("passAtKUtility", "k", k, {
    least: 1,
    most: Number.MAX_VALUE,
    says: "be at least 1 and finite",
  });
  return (mean, shortfall = 1 - mean) => {
    requireNumber("passAtKUtility", "mean", mean, REWARD);
    return draws * pow(requireNumber("passAtKUtility", "shortfall", shortfall, REWARD), draws - 1);
  };
}

/**
 * The marginal utility of U(m) = log m, maximum likelihood of success (MaxRL, arXiv:2602.02710): 1/m, and ∞ where m ≤ 0.
 *
 * @param mean the mean reward m
 * @returns 1/m
 * @example
 * ```ts
 * import { logUtility } from "exptilt";
 * logUtility(0.5) // => 2
 * logUtility(0) // => Infinity
 * ```
 */
export function logUtility(mean: number): number {
  return mean > 0 ? 1 / mean : Infinity;
}

/**
 * The policy that maximises U(E_π[r]) − β KL(π‖ref) for a concave and non-decreasing utility U of the mean reward: the tilt
 * of ref at a temperature of its own.
 *
 * $$\pi^* \propto \mathrm{ref}\; e^{r/T}, \qquad T = \frac{\beta}{U'(m)}, \quad m = \mathbb{E}_{\pi^*}[r]$$
 *
 * One root, as m falls with T and U′ with m. U(m) = m, so k = 1 in `passAtKUtility`, gives the law of `rlhfOptimum` to the
 * last digit. Where U′ is 0 at the mean of ref the optimum is ref, as it is at β = ∞. A reward −∞ forbids its answer; means
 * are of what is left.
 *
 * U′ is asked at the smallest and at the largest reward, and at means between them. The law is as accurate as U′ and as a
 * tilt at T.
 *
 * @param problem the reference policy, the reward and β, in the units of the utility
 * @param derivative U′, a function of the mean reward m (and of 1 − m)
 * @returns the optimal policy, its mean reward and its temperature
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when a reward is NaN or +∞ or forbids the whole support, β is not positive, or U′ is seen to be negative
 *   or NaN, to increase, or not to be finite at the largest reward
 * @example
 * ```ts
 * import { logUtility, measure, passAtKUtility, utilityOptimum } from "exptilt";
 * const problem = { ref: measure(["right", "wrong"], [2, 8]), reward: [1, 0], beta: 0.5 };
 * const { mean, temperature } = utilityOptimum(problem, passAtKUtility(4));
 * [mean, temperature] // => [0.463074018644, 0.807545040461]
 * utilityOptimum(problem, logUtility).mean // => 0.770310054536
 * utilityOptimum(problem, (m) => m) // throws RangeError: derivative
 * ```
 */
export function utilityOptimum<A>(problem: TiltProblem<A>, derivative: MarginalUtility): UtilityOptimum<A> {
  const caller = "utilityOptimum";
  const { support, law: ref } = requireMeasure(caller, "ref", requireObject(caller, "problem", problem).ref);
  const reward = resolveScore(caller, "reward", support, problem.reward);
  const beta = requireNumber(caller, "beta", problem.beta, POSITIVE_OR_INFINITE);
  if (typeof derivative !== "function") throw wrongType(caller, "derivative", "be a function", derivative);
  const levels = levelsOf(caller, ref, reward).reward;
  const left = reward.map((r) => 1 - r);
  const marginal = marginalOf(caller, derivative);

  const tilted = (temperature: number) => tiltLaw(caller, ref, reward, temperature);
  // Where an answer is forbidden its shortfall is ∞, and its mass 0.
  const marginalAt = (law: Law) => marginal(expectationUnder(law, reward), expectationUnder(law, left));
  /** The tilt at a temperature, with the rest of a root where the equation of that is given. */
  const optimum = (temperature: number, excess?: (law: Law, more: number) => number): UtilityOptimum<A> => {
    const { law: tilt, logPartition } = tilted(temperature);
    const law = excess ? settledTilt(caller, tilt, reward, 1 / temperature, excess) : tilt;
    const logNormalizer = () => {
      const { anchor, excess } = logPartition();
      return reward[anchor] / temperature + excess;
    };
    return { policy: distributionOf(support, law, logNormalizer), mean: expectationUnder(law, reward), temperature };
  };

  const [top, bottom] = [levels[0], levels[levels.length - 1]];
  const least = marginal(top, 1 - top);
  if (least === Infinity) throw outOfRange(caller, `derivative(${top})`, "be finite at the largest reward", least);
  marginal(bottom, 1 - bottom);
  const most = marginalAt(tilted(Infinity).law);
  if (most === least) return optimum(beta / most);

  // u − U′(m) at the temperature β/u, which increases with u.
  const excess = (u: number) => u - marginalAt(tilted(Math.max(beta / u, Number.MIN_VALUE)).law);
  const u = increasingRoot(
    excess,
    Math.max(least, Number.MIN_VALUE),
    Math.min(most, Number.MAX_VALUE / 16),
    geometricMean,
  );
  return optimum(beta / u, (law, more) => u + beta * more - marginalAt(law));
}

/** U′ with its values checked: numbers of at least 0 that do not rise from one mean to a larger one. */
function marginalOf(caller: string, derivative: MarginalUtility): MarginalUtility {
  const seen: { mean: number; shortfall: number; value: number }[] = [];
  return (mean, shortfall) => {
    const value = requireNumber(caller, `derivative(${mean})`, derivative(mean, shortfall), NON_NEGATIVE_OR_INFINITE);
    const rises = (from: number, to: number) => to > from * (1 + ROUNDING);
    // Rounding may change the order of means next to 1, or of shortfalls next to it.
    const other = seen.find((s) =>
      s.mean < mean && s.shortfall > shortfall
        ? rises(s.value, value)
        : s.mean > mean && s.shortfall < shortfall && rises(value, s.value),
    );
    if (other !== undefined) {
      const condition = `not increase: it is ${other.value} at ${other.mean}`;
      throw outOfRange(caller, `derivative(${mean})`, condition, value);
    }
    seen.push({ mean, shortfall, value });
    return value;
  };
}
