import { rlhfOptimum, type TiltProblem } from "../alignment/rlhf.js";
import { type Levels, levelsOf, logAdd } from "../measure/levels.js";
import { type Distribution, distributionOf, requireMeasure } from "../measure/measure.js";
import { resolveScore, scaledDifference } from "../measure/score.js";
import { tiltLaw } from "../measure/tilt.js";
import { POSITIVE_OR_INFINITE, requireNumber, requireObject } from "../numeric/check.js";
import { exp, log, log1p } from "../numeric/elementary.js";

/** No part of a Newton step is tried that is shorter. */
const SHORTEST_MOVE = 2 ** -30;

/**
 * The policy whose best of k draws is worth most, less β KL(π‖ref): training that knows that the best of k draws will be
 * taken. With F the probability under π itself of a reward at most the level's,
 *
 * $$\max_\pi\ \mathbb{E}\big[\max(r_1, \dots, r_k)\big] - \beta\, \mathrm{KL}(\pi \,\|\, \mathrm{ref}):\qquad
 * \pi \propto \mathrm{ref}\, e^{\rho/\beta}, \quad \rho_{l+1} - \rho_l = k F_l^{k-1} (r_{l+1} - r_l)$$
 *
 * over the levels of the reward, from the lowest up: an improvement counts as far as the other k − 1 draws leave room for
 * it. The problem is concave, and the optimum unique. k = 1 is `rlhfOptimum` to the last digit; for a success 0 or 1 it is
 * `utilityOptimum` with `passAtKUtility(k)`. Given the win rate of `calibratedReward` as the reward, it is InfAlign's optimum
 * for best-of-k (arXiv:2412.19792).
 *
 * Solved by Newton's method in the steps of ρ. β = ∞ gives ref. A reward −∞ forbids its answer.
 *
 * @param problem the reference policy, the reward and β
 * @param k the number of draws, a real number of at least 1
 * @returns the optimal policy, with log E_ref[e^{ρ/β}] in nats as its `logNormalizer`, ρ being the reward at the lowest level
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when a reward is NaN or +∞ or forbids the whole support, β is not positive, or k is below 1 or not finite
 * @example
 * ```ts
 * import { maxAtKOptimum, measure } from "exptilt";
 * const problem = { ref: measure(["a", "b", "c"], [2, 5, 3]), reward: [1, 0, 2], beta: 0.75 };
 * maxAtKOptimum(problem, 2).mass // => [0.155067, 0.217218, 0.627715]
 * maxAtKOptimum(problem, 1).mass // => [0.136064, 0.089665, 0.774271]
 * ```
 */
export function maxAtKOptimum<A>(problem: TiltProblem<A>, k: number): Distribution<A> {
  const caller = "maxAtKOptimum";
  const { support, law: ref } = requireMeasure(caller, "ref", requireObject(caller, "problem", problem).ref);
  const reward = resolveScore(caller, "reward", support, problem.reward);
  const beta = requireNumber(caller, "beta", problem.beta, POSITIVE_OR_INFINITE);
  const draws = requireNumber(caller, "k", k, { least: 1, most: Number.MAX_VALUE, says: "be at least 1 and finite" });
  if (draws === 1 || beta === Infinity) return rlhfOptimum({ ref: problem.ref, reward, beta });
  const levels = levelsOf(caller, ref, reward);
  const apart = apartOf(levels, beta);
  const { steps, score } = solved(levels, apart, draws);
  const byAnswer = (score: Float64Array) =>
    Float64Array.from(levels.levelOf, (level) => (level < 0 ? -Infinity : score[level]));
  const scores = byAnswer(score);
  const { law: near, logPartition } = tiltLaw(caller, ref, scores, 1);
  // The last digit of a long step is many of a mass: one more step of Newton's method goes on from the masses.
  const rest = moveOf(steps, levelsOf(caller, near, reward), apart, draws);
  const { law } = tiltLaw(caller, near, byAnswer(rest), 1);
  const lowest = levels.reward[levels.reward.length - 1] / beta - score[score.length - 1];
  return distributionOf(support, law, () => {
    const { anchor, excess } = logPartition();
    return scores[anchor] + lowest + excess;
  });
}

/** A policy by level, from the lowest level up. */
interface Policy {
  /** ρ/β, up to a constant. */
  readonly score: Float64Array;
  /** What of F is the level's own. */
  readonly share: Float64Array;
  /** k F^{k−1} (r_{l+1} − r_l)/β of each level but the best. */
  readonly wanted: Float64Array;
  /** The derivative of `wanted` by log F. */
  readonly slope: Float64Array;
}

/** (r_{l+1} − r_l)/β of each level but the best, from the lowest up. */
function apartOf({ reward }: Levels, beta: number): Float64Array {
  const last = reward.length - 1;
  return Float64Array.from({ length: last }, (_, l) => scaledDifference(reward[last - l - 1], reward[last - l], beta));
}

/** The steps of ρ/β, and ρ/β itself of each level, best first. */
function solved({ logMass }: Levels, apart: Float64Array, k: number): Pick<Policy, "score"> & { steps: Float64Array } {
  const logRef = logMass.toReversed();
  const policyOf = (steps: Float64Array) => policyBySteps(steps, logRef, apart, k);
  // At the optimum no step is longer than where all of the mass is below it.
  let steps = apart.map((a) => Math.min(a, 1));
  let policy = policyOf(steps);
  let error = distance(steps, policy.wanted);
  for (;;) {
    const move = newtonMove(steps, policy);
    const moved = (t: number) => {
      const there = steps.map((s, l) => Math.max(0, s + t * move[l]));
      const next = policyOf(there);
      return { steps: there, policy: next, error: distance(there, next.wanted) };
    };
    let t = 1;
    let next = moved(t);
    while (next.error > (1 - t / 4) * error && t > SHORTEST_MOVE) {
      t /= 2;
      next = moved(t);
    }
    // Where no move is better, what is left is rounding.
    if (!(next.error < error)) return { steps, score: policy.score.reverse() };
    ({ steps, policy, error } = next);
  }
}

/** What ρ/β of each level, best first, misses at a law that has its steps. */
function moveOf(steps: Float64Array, { logMass }: Levels, apart: Float64Array, k: number): Float64Array {
  const none = new Float64Array(steps.length);
  const move = newtonMove(steps, policyBySteps(none, logMass.toReversed(), apart, k));
  const score = new Float64Array(logMass.length);
  for (let l = 0; l < move.length; l++) score[l + 1] = score[l] + move[l];
  return score.reverse();
}

/** Σ |s − wanted|, in nats. */
const distance = (steps: Float64Array, wanted: Float64Array): number =>
  steps.reduce((sum, s, l) => sum + Math.abs(s - wanted[l]), 0);

/** The policy whose ρ/β rises by given steps from level to level. */
function policyBySteps(steps: Float64Array, logRef: Float64Array, apart: Float64Array, k: number): Policy {
  const size = logRef.length;
  const score = new Float64Array(size);
  for (let l = 1; l < size; l++) score[l] = score[l - 1] + steps[l - 1];
  const logWeight = score.map((s, l) => s + logRef[l]);
  const below = logWeight.slice();
  for (let l = 1; l < size; l++) below[l] = logAdd(below[l - 1], logWeight[l]);
  const above = logWeight.slice();
  for (let l = size - 2; l >= 0; l--) above[l] = logAdd(above[l + 1], logWeight[l]);
  const total = above[0];
  const logF = apart.map((_, l) => {
    const missing = exp(above[l + 1] - total);
    return missing < 0.5 ? log1p(-missing) : below[l] - total;
  });
  const wanted = apart.map((a, l) => a * exp(log(k) + (k - 1) * logF[l]));
  const share = logWeight.map((w, l) => exp(w - total - (l + 1 < size ? logF[l] : 0)));
  return { score, share, wanted, slope: wanted.map((w) => (k - 1) * w) };
}

/**
 * The move of the steps in Newton's method, by two sweeps. With δ the move of log π and y that of log F, at level l
 * y = p δ + q, of which p is positive: nothing cancels.
 */
function newtonMove(steps: Float64Array, { share, wanted, slope }: Policy): Float64Array {
  const size = share.length;
  const p = new Float64Array(size);
  const q = new Float64Array(size);
  p[0] = 1;
  for (let l = 0; l + 1 < size; l++) {
    const off = steps[l] - wanted[l];
    const held = p[l] / (1 + slope[l] * p[l]);
    const kept = 1 - share[l + 1];
    p[l + 1] = share[l + 1] + kept * held;
    q[l + 1] = kept * (q[l] + held * (off - slope[l] * q[l]));
  }
  const move = new Float64Array(size - 1);
  // log F of all levels is 0.
  let delta = -q[size - 1] / p[size - 1];
  for (let l = size - 2; l >= 0; l--) {
    const off = steps[l] - wanted[l];
    delta = (delta - slope[l] * q[l] + off) / (1 + slope[l] * p[l]);
    move[l] = slope[l] * (p[l] * delta + q[l]) - off;
  }
  return move;
}
