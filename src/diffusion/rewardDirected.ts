import type { TiltProblem } from "../alignment/rlhf.js";
import { resolveScore, type Score } from "../measure/score.js";
import { POSITIVE, requireNumber } from "../numeric/check.js";
import { type AtomicData, type AtomLaw, requireAtomLaw } from "./atoms.js";

/**
 * Reward-directed diffusion as a tilt problem: what (32) asks of p_θ is what RLHF asks of a policy, on the atoms. Its
 * `rlhfOptimum` ∝ p_data e^{r/β} is the optimum, its `rlhfObjective` and `rlhfRegret` are those of (32).
 *
 * $$\max_p \; \mathbb{E}_p[r] - \beta\, \mathrm{KL}(p \| p_{\mathrm{data}}(\cdot \mid c))$$
 *
 * @param data the atoms
 * @param law p_data(·|c): a class, any measure on the atoms' indices, or undefined for the marginal
 * @param reward r of each atom, or a function of its coordinates and its index; −∞ forbids
 * @param beta β > 0, in the units of the reward
 * @returns the problem, on the atoms' indices
 * @throws TypeError when an argument has the wrong type or length
 * @throws RangeError when a class is unknown, a reward is NaN or +∞, or β is not positive and finite
 * @example
 * ```ts
 * import { rlhfOptimum } from "exptilt";
 * import { atomicData, rewardDirectedProblem } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[-1], [0], [2]] });
 * rlhfOptimum(rewardDirectedProblem(data, "data", ([x]) => -Math.abs(x), 0.5)).mass // => [0.1173, 0.8668, 0.0159]
 * ```
 */
export function rewardDirectedProblem(
  data: AtomicData,
  law: AtomLaw,
  reward: Score<Float64Array>,
  beta: number,
): TiltProblem<number> {
  const caller = "rewardDirectedProblem";
  const ref = requireAtomLaw(caller, "law", data, law);
  const atoms = Array.from({ length: data.size }, (_, i) =>
    data.points.slice(i * data.dimension, (i + 1) * data.dimension),
  );
  return {
    ref,
    reward: resolveScore(caller, "reward", atoms, reward),
    beta: requireNumber(caller, "beta", beta, POSITIVE),
  };
}
