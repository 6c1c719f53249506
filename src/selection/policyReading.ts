import { levelsOf } from "../measure/levels.js";
import { type Measure, requirePair } from "../measure/measure.js";
import { resolveScore } from "../measure/score.js";
import { requireOptions } from "../numeric/check.js";
import { type MethodOptions, requireDraws, requireMethod } from "./method.js";
import { type BestOfNProblem, prepare, requireProblem, type SelectionProblem } from "./problem.js";
import { type PolicyReading, readLaw } from "./reading.js";
import { readerOf } from "./readings.js";
import { valuesOf } from "./readValues.js";

/** N draws spent by a method, in place of a policy. */
export interface SpentDraws extends MethodOptions {
  /** The number of draws N; Infinity is the limit. */
  readonly n: number;
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
export function policyReading<A>(problem: Omit<SelectionProblem<A>, "beta">, policy: Measure<A>): PolicyReading;
/**
 * The same of N draws spent by a method: what `selectionCurve` gives at one N.
 *
 * @param problem the reference policy, the reward, β, and the gold reward where wanted
 * @param spent the method, its number of draws, real or Infinity for the limit, and the cap of rejection where wanted
 * @returns the readings
 */
export function policyReading<A>(problem: SelectionProblem<A>, spent: SpentDraws): PolicyReading;
export function policyReading<A>(
  problem: Omit<SelectionProblem<A>, "beta"> & { readonly beta?: number },
  policy: Measure<A> | SpentDraws,
): PolicyReading {
  const caller = "policyReading";
  if (!isSpent(policy)) return readingOf(caller, problem, policy);
  const prepared = prepare(caller, problem, problem?.beta as number);
  requireOptions(caller, policy, { method: true, cap: true, n: true }, "policy");
  const method = requireMethod(caller, policy, "policy");
  const n = requireDraws(caller, "policy.n", policy.n, method);
  const [reading] = readerOf(prepared, valuesOf(prepared, problem.gold), method).readAt([n], (at) => at);
  const { n: _, ...read } = reading;
  return read;
}

const isSpent = (policy: unknown): policy is SpentDraws =>
  typeof policy === "object" && policy !== null && ("n" in policy || "method" in policy) && !("support" in policy);

function readingOf<A>(caller: string, problem: Omit<SelectionProblem<A>, "beta">, policy: Measure<A>): PolicyReading {
  requireProblem(caller, problem);
  const { reward, gold: given } = problem;
  const [{ support, law: base }, { law }] = requirePair(caller, ["ref", problem.ref], ["policy", policy]);
  const score = resolveScore(caller, "reward", support, reward);
  const levels = levelsOf(caller, base, score);
  const gold = given === undefined ? undefined : resolveScore(caller, "gold", support, given);
  return readLaw({ law: base, levels, score, gold }, law);
}
