import { aliasTableOf, type Sampler, samplerOf } from "../measure/sampler.js";
import { outOfRange, requireInteger, requireNumber, requireOptions } from "../numeric/check.js";
import { requireRandom } from "../numeric/random.js";
import { DRAWS } from "./draws.js";
import { prepare, type SelectionProblem } from "./problem.js";
import { lawAt } from "./ratio/law.js";
import type { Prepared } from "./ratio/prepared.js";
import { untilAllowed } from "./rounds.js";
import { pickSoft } from "./select.js";

/** How soft best-of-N is drawn from. */
export interface SoftBestOfNSamplerOptions {
  /** `"law"` (the default) draws from the exact law, in constant time; `"simulation"` draws N answers and picks one. */
  readonly method?: "law" | "simulation";
}

/**
 * Draws the answers that soft best-of-N gives: at β = 0 best-of-N, at β = ∞ ref.
 *
 * By its law, the work of N draws is done once, in the exact law, and each answer costs two random numbers and a look
 * into an alias table, whatever N and K. By simulation each answer costs N draws from ref and a pick, as in practice.
 * Both have the same distribution; forbidden answers (reward −∞) are never given, N forbidden draws being drawn again.
 *
 * @param problem the reference policy, the reward and β from 0 to ∞
 * @param n the number of draws N: a real number of at least 1, whole for a simulation
 * @param rng gives uniform numbers in [0, 1): `randomSource`, or `Math.random`
 * @param options the method
 * @returns the sampler
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when n is below 1, not finite, or for a simulation not whole, β is negative or NaN, a reward is NaN,
 * +∞ or −∞ throughout, rng gives a number outside [0, 1), or a simulation would meet an allowed answer in fewer than one
 * of a million rounds of N draws
 * @example
 * ```ts
 * import { measure, randomSource, softBestOfNLaw, softBestOfNSampler } from "exptilt";
 * const problem = { ref: measure(["a", "b"], [3, 1]), reward: [0, 1], beta: 0.5 };
 * softBestOfNLaw(problem, 8).mass[1] // => 0.6296
 * const share = (draw: () => string) => Array.from({ length: 1e4 }, draw).filter((o) => o === "b").length / 1e4;
 * Math.abs(share(softBestOfNSampler(problem, 8, randomSource(1))) - 0.6296) < 0.02 // => true
 * Math.abs(share(softBestOfNSampler(problem, 8, randomSource(2), { method: "simulation" })) - 0.6296) < 0.02 // => true
 * ```
 */
export function softBestOfNSampler<A>(
  problem: SelectionProblem<A>,
  n: number,
  rng: () => number,
  options: SoftBestOfNSamplerOptions = {},
): Sampler<A> {
  const caller = "softBestOfNSampler";
  const prepared = prepare(caller, problem, problem?.beta);
  n = requireNumber(caller, "n", n, DRAWS);
  const random = requireRandom(caller, rng);
  const { method = "law" } = requireOptions(caller, options, { method: true });
  if (method !== "law" && method !== "simulation")
    throw outOfRange(caller, "options.method", 'be "law" or "simulation"', method);
  const draw =
    method === "law" ? byLaw(prepared, n, random) : bySimulation(prepared, requireInteger(caller, "n", n, 1), random);
  return samplerOf(caller, prepared.ref.support, draw);
}

function byLaw<A>(prepared: Prepared<A>, n: number, rng: () => number): () => number {
  return aliasTableOf(lawAt(prepared, n)).drawBy(rng);
}

/** Up to this N, the draws of a round are kept one by one; above it, the count of each answer is. */
const MAX_KEPT_DRAWS = 2 ** 20;

function bySimulation<A>(prepared: Prepared<A>, n: number, rng: () => number): () => number {
  const { caller, law, score, beta } = prepared;
  const tooSeldom = (chance: number) => {
    const problem = `be "law" where N draws hold an allowed answer with probability ${chance}`;
    return outOfRange(caller, "options.method", problem, "simulation");
  };
  const draw = aliasTableOf(law).drawBy(rng);
  const round = n > MAX_KEPT_DRAWS ? counted(score, beta, n, draw, rng) : listed(score, beta, n, draw, rng);
  return untilAllowed(prepared, n, tooSeldom, round);
}

/** One pick among N draws, each kept; −1 where all are forbidden. */
function listed(score: Float64Array, beta: number, n: number, draw: () => number, rng: () => number): () => number {
  const drawn = new Int32Array(n);
  const rewards = new Float64Array(n);
  return () => {
    for (let i = 0; i < n; i++) {
      drawn[i] = draw();
      rewards[i] = score[drawn[i]];
    }
    const picked = pickSoft(rewards, beta, rng);
    return picked < 0 ? picked : drawn[picked];
  };
}

/** The same, from the count of each answer. */
function counted(score: Float64Array, beta: number, n: number, draw: () => number, rng: () => number): () => number {
  const count = new Float64Array(score.length);
  return () => {
    count.fill(0);
    for (let i = 0; i < n; i++) count[draw()]++;
    return pickSoft(score, beta, rng, count);
  };
}
