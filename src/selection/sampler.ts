import { aliasTableOf, drawBy, type Sampler, samplerOf } from "../measure/sampler.js";
import { requireSupport } from "../measure/support.js";
import { outOfRange, requireInteger } from "../numeric/check.js";
import { requireRandom } from "../numeric/random.js";
import { type Prepared, prepare, requireDraws, type SelectionProblem } from "./problem.js";
import { lawAt } from "./ratios.js";
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
 * @throws RangeError when n is below 1, not finite, or for a simulation not whole, β is negative or NaN, or a reward is NaN, +∞ or −∞ throughout
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
  requireDraws(caller, "n", n);
  requireRandom(caller, rng);
  const { method = "law" } = options;
  if (method !== "law" && method !== "simulation")
    throw outOfRange(caller, "options.method", 'be "law" or "simulation"', method);
  const draw =
    method === "law" ? byLaw(prepared, n, rng) : bySimulation(prepared, requireInteger(caller, "n", n, 1), rng);
  return samplerOf(caller, requireSupport(caller, problem.ref.support), draw);
}

function byLaw<A>(prepared: Prepared<A>, n: number, rng: () => number): () => number {
  return drawBy(aliasTableOf(lawAt(prepared, n)), rng);
}

/** Up to so many draws are kept one by one; of more, how often each answer was drawn. */
const KEPT_DRAWS = 2 ** 20;

function bySimulation<A>({ law, score, beta }: Prepared<A>, n: number, rng: () => number): () => number {
  const draw = drawBy(aliasTableOf(law), rng);
  if (n > KEPT_DRAWS) {
    const count = new Float64Array(score.length);
    return () => {
      for (;;) {
        count.fill(0);
        for (let i = 0; i < n; i++) count[draw()]++;
        const picked = pickSoft(score, beta, rng, count);
        if (picked >= 0) return picked;
      }
    };
  }
  const drawn = new Int32Array(n);
  const rewards = new Float64Array(n);
  return () => {
    for (;;) {
      for (let i = 0; i < n; i++) {
        drawn[i] = draw();
        rewards[i] = score[drawn[i]];
      }
      const picked = pickSoft(rewards, beta, rng);
      if (picked >= 0) return drawn[picked];
    }
  };
}
