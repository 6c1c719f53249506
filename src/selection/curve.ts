import { requireArrayLike } from "../numeric/check.js";
import { type Method, type MethodOptions, methodOf, requireDraws, SOFT } from "./method.js";
import type { ReadingAtN } from "./methodReader.js";
import { prepare, prepareAll, type SelectionProblem } from "./problem.js";
import type { LimitDistance } from "./ratio/limitDistanceOf.js";
import type { PolicyReading } from "./reading.js";
import { readerOf } from "./readings.js";
import { valuesOf } from "./readValues.js";

/** One point of a selection curve: what N draws give, and how far they still are from N → ∞. */
export interface CurvePoint extends PolicyReading {
  /** The number of draws N; Infinity is the limit. */
  readonly n: number;
  /** The distances from the law to its limit. */
  readonly limit: LimitDistance;
}

/**
 * What best-of-N gives as N grows: expected reward, expected gold reward, KL to ref, win rate and the distance to the
 * limit, for many N at once. Exact readings of `softBestOfNLaw` (at β = 0 `bestOfNLaw`) without building each law.
 *
 * With a `method` the same of another way to spend N draws, exact readings of its law. Each has a limit of its own, from
 * which the distances are measured: `rlhfOptimum` for Metropolis and rejection (of the capped reward where there is a lower
 * cap), the mode of ref for votes and that of `rlhfOptimum` for weighted ones, several modes alike. Votes need whole N, up to
 * 2¹⁹, and are read law by law.
 *
 * Sorting, φ and the exponentials are shared by all N: a curve of 11 N costs little more than its largest N.
 *
 * @param problem the reference policy, the reward, β from 0 to ∞, and the gold reward where wanted
 * @param ns the numbers of draws, real numbers of at least 1 or Infinity for the limit, in any order
 * @param options the method, soft best-of-N where left out, and the cap of rejection
 * @returns one point for each N, in the order given
 * @throws TypeError when an argument has the wrong type, the lengths differ, or an option has another name
 * @throws RangeError when an N is below 1 or NaN, the method is none, a cap is not finite or not of rejection, β is negative or NaN, or a reward is NaN, +∞ or −∞ throughout
 * @example
 * ```ts
 * import { selectionCurve, uniform } from "exptilt";
 * // The best of the measured reward is worth nothing: reward hacking.
 * const problem = { ref: uniform(["a", "b", "c"]), reward: [0, 1, 2], gold: [0, 1, 0], beta: 0 };
 * const curve = selectionCurve(problem, [1, 2, 4]);
 * curve.map((point) => point.reward) // => [1, 1.444444, 1.790123]
 * curve.map((point) => point.gold) // => [0.333333, 0.333333, 0.185185]
 * curve.map((point) => point.limit.totalVariation) // => [0.666667, 0.444444, 0.197531]
 * // At a temperature Metropolis is nearer to the RLHF optimum than soft best-of-N.
 * const warm = { ...problem, beta: 1 };
 * selectionCurve(warm, [16])[0].limit.kl // => 0.000967278899
 * selectionCurve(warm, [16], { method: "metropolis" })[0].limit.kl // => 2.1599136e-10
 * ```
 */
export function selectionCurve<A>(
  problem: SelectionProblem<A>,
  ns: ArrayLike<number>,
  options: MethodOptions = {},
): CurvePoint[] {
  const caller = "selectionCurve";
  const prepared = prepare(caller, problem, problem?.beta);
  const method = methodOf(caller, options);
  const all = Array.from(requireArrayLike(caller, "ns", ns), (n, i) => requireDraws(caller, `ns[${i}]`, n, method));
  const reader = readerOf(prepared, valuesOf(prepared, problem.gold), method);
  return reader.readAt(all, (reading, distance) => ({ ...reading, limit: distance() }));
}

/** The readings of one problem at several temperatures and N, without the distances. */
export interface SelectionReadings {
  /** What one draw gives. */
  readonly oneDraw: Pick<PolicyReading, "reward" | "gold">;
  /** The points of each β. */
  readonly curves: readonly ReadingAtN[][];
}

/** The readings of a method; whole N where it counts votes, and then `answerOf` as in `readerOf`. */
export function selectionReadings<A>(
  caller: string,
  problem: Omit<SelectionProblem<A>, "beta">,
  betas: readonly number[],
  ns: readonly number[],
  method: Method = SOFT,
  answerOf?: Uint32Array,
): SelectionReadings {
  const all = prepareAll(caller, problem, betas);
  // The levels, and so what is read at each, are the same at every temperature.
  const values = valuesOf(all[0], problem.gold);
  return {
    oneDraw: values.oneDraw,
    curves: all.map((prepared) => readerOf(prepared, values, method, answerOf).readAt(ns, (reading) => reading)),
  };
}
