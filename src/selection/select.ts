import { scaledDifference } from "../measure/score.js";
import { BELOW_INFINITY, outOfRange, requireArrayLike, requireNumber, requireNumbers } from "../numeric/check.js";
import { expNormal } from "../numeric/expLog.js";
import { requireRandom } from "../numeric/random.js";
import { TEMPERATURE } from "./problem.js";

/**
 * Picks among given candidates with probability ∝ e^{r/β}: the step of soft best-of-N after generating and scoring, (13).
 * β = 0 picks one of the best, ties broken uniformly; β = ∞ picks uniformly.
 *
 * One number of the source decides, by the cumulative weights. A candidate of reward −∞ is never picked. The weights are
 * computed with + − × ÷ alone, so that a seed gives the same picks in every engine. Time grows as N; nothing is allocated.
 *
 * @param rewards the reward of each candidate, −∞ for one that may not be picked
 * @param beta the temperature β from 0 to ∞, in the units of the reward
 * @param rng gives uniform numbers in [0, 1)
 * @returns the index of the candidate picked
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when there is no candidate, a reward is NaN or +∞, all are −∞, β is negative or NaN, or rng gives a
 * number outside [0, 1)
 * @example
 * ```ts
 * import { randomSource, selectSoftBestOfN } from "exptilt";
 * const rng = randomSource("picks");
 * selectSoftBestOfN([0.1, 0.9, 0.3], 0, rng) // => 1
 * const picks = Array.from({ length: 1000 }, () => selectSoftBestOfN([0, 1], 1, rng));
 * Math.round(picks.filter((i) => i === 1).length / 100) // => 7
 * ```
 */
export function selectSoftBestOfN(rewards: ArrayLike<number>, beta: number, rng: () => number): number {
  const caller = "selectSoftBestOfN";
  requireArrayLike(caller, "rewards", rewards);
  beta = requireNumber(caller, "beta", beta, TEMPERATURE);
  const random = requireRandom(caller, rng);
  if (rewards.length === 0) throw outOfRange(caller, "rewards", "have at least one entry", rewards);
  for (let i = 0; i < rewards.length; i++) {
    const r: unknown = rewards[i];
    if (typeof r !== "number")
      return selectSoftBestOfN(requireNumbers(caller, "rewards", rewards, BELOW_INFINITY), beta, rng);
    if (!(r < Infinity)) throw outOfRange(caller, `rewards[${i}]`, "be a number below Infinity", r);
  }
  const picked = pickSoft(rewards, beta, random);
  if (picked < 0) throw outOfRange(caller, "rewards", "have an entry above -Infinity", -Infinity);
  return picked;
}

/** The weight of a reward beside that of the best. */
function weightOf(reward: number, best: number, beta: number): number {
  if (reward === -Infinity) return 0;
  if (beta === Infinity || reward === best) return 1;
  if (beta === 0) return 0;
  const x = scaledDifference(reward, best, beta);
  // Below e^{−700} no number of the source is small enough to pick it.
  return x > -700 ? expNormal(x) : 0;
}

/** The same for checked rewards; −1 where none may be picked. A candidate may count as several, or as none. */
export function pickSoft(
  rewards: ArrayLike<number>,
  beta: number,
  rng: () => number,
  count?: ArrayLike<number>,
): number {
  const countOf = (i: number) => (count === undefined ? 1 : count[i]);
  let best = -Infinity;
  for (let i = 0; i < rewards.length; i++) if (rewards[i] > best && countOf(i) > 0) best = rewards[i];
  if (best === -Infinity) return -1;
  let total = 0;
  for (let i = 0; i < rewards.length; i++) {
    if (countOf(i) > 0) total += countOf(i) * weightOf(rewards[i], best, beta);
  }
  let left = rng() * total;
  let last = -1;
  for (let i = 0; i < rewards.length; i++) {
    const w = countOf(i) > 0 ? countOf(i) * weightOf(rewards[i], best, beta) : 0;
    if (w === 0) continue;
    last = i;
    left -= w;
    if (left < 0) return i;
  }
  return last;
}
