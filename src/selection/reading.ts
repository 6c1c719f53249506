import { klOf } from "../information/divergence.js";
import { expectationUnder } from "../measure/expectation.js";
import { type Levels, levelAt, levelsOf, massFrom } from "../measure/levels.js";
import { type Measure, requirePair } from "../measure/measure.js";
import { resolveScore } from "../measure/score.js";
import { floats } from "../numeric/floats.js";
import { sum } from "../numeric/sum.js";
import { type BestOfNProblem, requireProblem, type SelectionProblem } from "./problem.js";

/** What a researcher reads off a policy beside its reference. */
export interface PolicyReading {
  /** The expected reward, −∞ for a policy that may give a forbidden answer. */
  readonly reward: number;
  /** The expected gold reward, where the problem names one. */
  readonly gold?: number;
  /** KL(policy‖ref), in nats. */
  readonly klToRef: number;
  /** The probability that the policy's answer has a higher reward than an independent one of ref, ties counting half. */
  readonly winRate: number;
}

/** The probability of beating a draw from ref, ties counting half, for an answer of each level. */
export function winByLevel({ mass, forbidden }: Levels): Float64Array {
  const below = massFrom(mass, forbidden);
  const win = floats(mass.length);
  for (let i = 0; i < win.length; i++) win[i] = below[i + 1] + mass[i] / 2;
  return win;
}

/** The same for answers of any reward, whether or not ref has one like it. */
export function winOf(levels: Levels, score: Float64Array): Float64Array {
  const { reward, mass, forbidden } = levels;
  const win = winByLevel(levels);
  const below = massFrom(mass, forbidden);
  return score.map((r) => {
    if (r === -Infinity) return forbidden / 2;
    const level = levelAt(reward, r);
    return reward[level] === r ? win[level] : below[level];
  });
}

/**
 * The probability that an answer of the policy has a higher reward than an independent answer of ref, ties counting
 * half: 1/2 for ref itself, and at most N/(N + 1) for best-of-N (`bestOfNWinRateBound`).
 *
 * $$\mathbb{P}(r(o) > r(\tilde o)) + \tfrac12 \mathbb{P}(r(o) = r(\tilde o)), \qquad o \sim \pi,\ \tilde o \sim \mathrm{ref}$$
 *
 * Time grows as K log K.
 *
 * @param problem the reference policy and the reward, of which −∞ is the lowest
 * @param policy any measure on the answers of ref, read as the law proportional to it
 * @returns the win rate, in [0, 1]
 * @throws TypeError when an argument has the wrong type or the supports differ
 * @throws RangeError when a reward is NaN, +∞ or −∞ throughout the support
 * @example
 * ```ts
 * import { bestOfNLaw, uniform, winRate } from "exptilt";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, 1] };
 * winRate(problem, problem.ref) // => 0.5
 * winRate(problem, bestOfNLaw(problem, 2)) // => 0.625
 * ```
 */
export function winRate<A>(problem: BestOfNProblem<A>, policy: Measure<A>): number {
  return readingOf("winRate", problem, policy).winRate;
}

/**
 * The expected reward, expected gold reward, KL to ref and win rate against ref of any policy: what `selectionCurve`
 * gives for best-of-N, for the RLHF optimum, a trained policy or another law.
 *
 * Time grows as K log K.
 *
 * @param problem the reference policy, the reward and, where wanted, the gold reward; β is not used
 * @param policy any measure on the answers of ref, read as the law proportional to it
 * @returns the readings
 * @throws TypeError when an argument has the wrong type, the supports differ, or gold lacks an answer
 * @throws RangeError when a reward or gold is NaN or +∞, or all rewards on the support are −∞
 * @example
 * ```ts
 * import { policyReading, rlhfOptimum, uniform } from "exptilt";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, 1], gold: [1, 0], beta: 1 };
 * const { reward, gold, klToRef, winRate } = policyReading(problem, rlhfOptimum(problem));
 * [reward, gold, klToRef, winRate] // => [0.731058578630, 0.268941421370, 0.110944071672, 0.615529289315]
 * ```
 */
export function policyReading<A>(problem: Omit<SelectionProblem<A>, "beta">, policy: Measure<A>): PolicyReading {
  return readingOf("policyReading", problem, policy);
}

function readingOf<A>(caller: string, problem: Omit<SelectionProblem<A>, "beta">, policy: Measure<A>): PolicyReading {
  requireProblem(caller, problem);
  const { reward, gold } = problem;
  const [{ support, law: base }, { law }] = requirePair(caller, ["ref", problem.ref], ["policy", policy]);
  const score = resolveScore(caller, "reward", support, reward);
  const levels = levelsOf(caller, base, score);
  const win = winOf(levels, score);
  return {
    reward: expectationUnder(law, score),
    ...(gold !== undefined && { gold: expectationUnder(law, resolveScore(caller, "gold", support, gold)) }),
    klToRef: klOf(law, base),
    winRate: Math.min(1, expectationUnder(law, win)),
  };
}

/** Σ law·value over the levels, within the range of the values: −∞ where one of them is, since each level may be picked. */
export function readByLevel(value: Float64Array, law: Float64Array): number {
  let least = Infinity;
  let most = -Infinity;
  const terms = floats(value.length);
  for (let i = 0; i < terms.length; i++) {
    const v = value[i];
    if (v < least) least = v;
    if (v > most) most = v;
    terms[i] = v * law[i];
  }
  if (least === -Infinity) return least;
  const { hi } = sum(terms);
  // A mean of the largest doubles may be rounded past them on the way.
  const mean = Number.isFinite(hi) ? hi : 4 * sum(terms.map((t) => t / 4)).hi;
  return Math.min(most, Math.max(least, mean)) + 0;
}
