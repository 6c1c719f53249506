import { outOfRange, POSITIVE_OR_INFINITE, requireNumber } from "../numeric/check.js";
import { firstWithin } from "../numeric/firstWithin.js";
import { isVote, type MethodOptions, methodOf } from "./method.js";
import { prepare, type SelectionProblem } from "./problem.js";
import { distancesOf } from "./readings.js";

/** How near the limit a law is to be: one of the two. */
export interface DistanceTarget {
  /** The largest total variation to the limit, above 0. */
  readonly totalVariation?: number;
  /** The largest KL(π*‖P_N), in nats, above 0. */
  readonly kl?: number;
}

/**
 * The smallest whole number of draws N at which best-of-N is within a distance of its limit N → ∞: how many samples
 * a temperature is worth.
 *
 * The distance falls with N, like 1/N (total variation) or 1/N² (KL) at β > 0 and exponentially at β = 0. The answer is
 * exact as far as the distances, with some 12 digits, tell N from N + 1. Some ten evaluations of the law's distance.
 *
 * With a `method` it is the number of draws that another way to spend them takes to its own limit. The distance of a vote does
 * not fall with every N: its N are tried one by one, up to 128.
 *
 * @param problem the reference policy, the reward and β from 0 to ∞
 * @param target the distance, as `totalVariation` or `kl`
 * @param options the method, soft best-of-N where left out, and the cap of rejection
 * @returns N; Infinity when 2⁵³ draws are not enough
 * @throws TypeError when an argument has the wrong type, an option another name, or not exactly one distance is given
 * @throws RangeError when the distance is not positive or not met by a vote of 128 draws, the method is none, a cap is not finite or not of rejection, β is negative or NaN, or a reward is NaN, +∞ or −∞ throughout
 * @example
 * ```ts
 * import { samplesNeeded, uniform } from "exptilt";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 1 };
 * samplesNeeded(problem, { totalVariation: 0.01 }) // => 19
 * samplesNeeded(problem, { kl: 1e-8 }) // => 2899
 * samplesNeeded({ ...problem, beta: 0 }, { totalVariation: 0.01 }) // => 7
 * samplesNeeded(problem, { totalVariation: 0.01 }, { method: "metropolis" }) // => 4
 * samplesNeeded(problem, { totalVariation: 0.01 }, { method: "rejection" }) // => 4
 * ```
 */
export function samplesNeeded<A>(
  problem: SelectionProblem<A>,
  target: DistanceTarget,
  options: MethodOptions = {},
): number {
  const caller = "samplesNeeded";
  const prepared = prepare(caller, problem, problem?.beta);
  const [measure, distance] = requireTarget(caller, target);
  const method = methodOf(caller, options);
  const distancesAt = distancesOf(prepared, method);
  const at = (ns: readonly number[]) => distancesAt(ns).map((one) => one[measure]);
  if (!isVote(method)) return firstWithin(at, distance);
  for (let n = 1; n <= MAX_VOTES; n++) if (at([n])[0] <= distance) return n;
  throw outOfRange(caller, `target.${measure}`, `be met by a vote of at most ${MAX_VOTES} draws`, distance);
}

/** The distance of a vote does not fall with every N, so that they are tried one by one. */
const MAX_VOTES = 128;

function requireTarget(caller: string, target: DistanceTarget): ["totalVariation" | "kl", number] {
  if (typeof target !== "object" || target === null) throw new TypeError(`${caller}: target must be an object`);
  const given = (["totalVariation", "kl"] as const).filter((name) => target[name] !== undefined);
  if (given.length !== 1) throw new TypeError(`${caller}: target must have one of totalVariation and kl`);
  const [name] = given;
  const distance = requireNumber(caller, `target.${name}`, target[name], POSITIVE_OR_INFINITE);
  return [name, distance];
}
