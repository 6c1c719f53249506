import type { TiltProblem } from "../alignment/rlhf.js";
import { expectationUnder } from "../measure/expectation.js";
import type { Law } from "../measure/law.js";
import { levelsOf, logAdd } from "../measure/levels.js";
import { type Distribution, distributionOf, requireMeasure } from "../measure/measure.js";
import { resolveScore } from "../measure/score.js";
import { tiltLaw } from "../measure/tilt.js";
import type { SignedRoot } from "../numeric/allRoots.js";
import {
  outOfRange,
  POSITIVE_OR_INFINITE,
  requireInteger,
  requireNumber,
  requireObject,
  requireOptions,
  wrongType,
} from "../numeric/check.js";
import { exp, log, square } from "../numeric/elementary.js";
import { forwardExcess, forwardRoot, gainExcess, gainRoots } from "./gainRoots.js";
import { rationalLaw } from "./rationalLaw.js";
import { regularizedLaw } from "./regularizedOptimum.js";
import { forwardKl } from "./regularizers.js";
import { unitsOf } from "./rewardUnits.js";
import { settledTilt } from "./settledTilt.js";
import { spreadRoots } from "./spreadRoots.js";

/** How a trainer with group advantages is set. */
export interface GrpoOptions {
  /**
   * The penalty: `kl` is β KL(π‖ref), as k1 in the reward, k2 as a loss and k3 corrected by importance weights have it;
   * `k3` is the k3 estimator as a loss, whose expected gradient is that of β KL(ref‖π).
   */
  readonly penalty: "kl" | "k3";
  /** G, the draws in a group: a whole number of at least 2, or Infinity, which is the default. */
  readonly groupSize?: number;
  /** What the advantage is divided by: `std` (GRPO, the default), or `none` (Dr. GRPO). */
  readonly normalize?: "std" | "none";
  /** The variance of a group is over G − correction: 0, the default, or 1, as torch.std has it. It matters at finite G. */
  readonly correction?: 0 | 1;
}

/** A policy that the expected update leaves as it is. */
export interface GrpoFixedPoint<A = unknown> {
  /** The policy. */
  readonly policy: Distribution<A>;
  /** Its mean reward. */
  readonly mean: number;
  /** The standard deviation of the reward under it. */
  readonly standardDeviation: number;
  /** The temperature at which it is the optimum of the mean reward less the penalty, in the units of the reward. */
  readonly temperature: number;
  /** Whether policies near it are led to it. */
  readonly attracts: boolean;
}

/** Where training with group advantages ends. */
export interface GrpoOptimum<A = unknown> {
  /** All fixed points, from the nearest to ref on. */
  readonly fixedPoints: readonly GrpoFixedPoint<A>[];
  /** Below this β no fixed point is left but the collapsed one; 0 where there is always one. */
  readonly collapse: number;
}

/**
 * Where training with group-relative advantages ends: GRPO (arXiv:2402.03300), which divides a reward less the mean of its
 * group by the group's standard deviation. For large groups it is RLHF at a temperature that the policy itself sets
 * (arXiv:2503.06639, 2510.23049):
 *
 * $$\pi \propto \mathrm{ref}\; e^{r/T}, \qquad T = \beta\, \mathrm{sd}_\pi(r)$$
 *
 * so that β has no unit. Several fixed points may coexist. `attracts` is of the natural-gradient flow of the expected update,
 * d log π/dt = advantage − penalty's slope, small steps: deviations that are no function of the reward die out, and a fixed
 * point attracts where η·sd of the tilt at temperature 1/η rises with η. For two rewards plain gradient steps have the same
 * answer. The repetition π ← tilt at β sd(π) is another dynamics, with the same fixed points.
 *
 * - `kl`, G = ∞: as the policy nears the best answers sd → 0, and no price of KL holds it back. So the law of ref on the best
 *   answers, at temperature 0, is listed last and attracts. Below `collapse`, 1/max η·sd, nothing else is left. For rewards
 *   0 and 1, logit p = logit p_ref + 1/(β√(p(1 − p))).
 * - `k3`, G = ∞: one fixed point, ref·T/(ν − r), the one of χ²(ref‖π) = 1/β². For rewards 0 and 1, √(p(1 − p)) = β(p − p_ref).
 * - Finite G: for two rewards, with 1/√(p(1 − p)) replaced by the gap of the expected advantages of success and failure, a
 *   binomial sum. It is at most √(G − 1), so that the policy never collapses altogether. For more rewards the expected
 *   advantage is no multiple of the reward, and the fixed point no tilt by it: refused.
 * - `normalize: "none"`: one fixed point, the tilt (or the law of `k3`) at T = β·G/(G − 1), the own reward being in the mean.
 *
 * A group of equal rewards has advantages 0. One reward for all gives ref, at temperature Infinity, as β = ∞ does. Forbidden
 * answers (reward −∞) are taken out of ref.
 *
 * @param problem the reference policy, the reward and β, which has no unit but with `normalize: "none"`
 * @param options the penalty and the group
 * @returns all fixed points, and the β below which only collapse is left
 * @throws TypeError when an argument has the wrong type or the lengths differ, or an option is unknown
 * @throws RangeError when a reward is NaN or +∞ or forbids the whole support, β is not positive, `groupSize` is no whole number
 *   of at least 2 nor Infinity, or it is finite with `normalize: "std"` and more than two rewards
 * @example
 * ```ts
 * import { grpoOptimum, measure } from "exptilt";
 * const problem = { ref: measure(["right", "wrong"], [1, 1]), reward: [1, 0], beta: 1.6 };
 * const { fixedPoints, collapse } = grpoOptimum(problem, { penalty: "kl" });
 * fixedPoints.map(({ mean }) => mean) // => [0.855232048922, 0.959032781872, 1]
 * fixedPoints.map(({ attracts }) => attracts) // => [true, false, true]
 * collapse // => 1.508879561538
 * grpoOptimum(problem, { penalty: "k3" }).fixedPoints[0].mean // => 0.764999470002
 * grpoOptimum(problem, { penalty: "kl", groupSize: 8 }).fixedPoints[0].mean // => 0.786095659841
 * ```
 */
export function grpoOptimum<A>(problem: TiltProblem<A>, options: GrpoOptions): GrpoOptimum<A> {
  const caller = "grpoOptimum";
  const { support, law: ref } = requireMeasure(caller, "ref", requireObject(caller, "problem", problem).ref);
  const reward = resolveScore(caller, "reward", support, problem.reward);
  const beta = requireNumber(caller, "beta", problem.beta, POSITIVE_OR_INFINITE);
  const { penalty, groupSize, normalize, correction } = requireGrpoOptions(caller, options);
  const levels = levelsOf(caller, ref, reward);
  const size = levels.reward.length;
  if (normalize === "std" && groupSize < Infinity && size > 2) {
    throw outOfRange(caller, "options.groupSize", "be Infinity where there are more than two rewards", groupSize);
  }

  const point = (law: Law, temperature: number, attracts = true): GrpoFixedPoint<A> => {
    const mean = expectationUnder(law, reward);
    const standardDeviation = deviationOf(law, reward);
    return { policy: distributionOf(support, law, 0), mean, standardDeviation, temperature, attracts };
  };
  const tilted = (temperature: number) => tiltLaw(caller, ref, reward, temperature).law;
  const byLevel = (score: Float64Array) => {
    const scores = Float64Array.from(levels.levelOf, (level) => (level < 0 ? -Infinity : score[level]));
    return tiltLaw(caller, ref, scores, 1).law;
  };
  const only = (law: Law, temperature: number): GrpoOptimum<A> => ({
    fixedPoints: [point(law, temperature)],
    collapse: 0,
  });

  /** Of success, where there are two rewards. */
  const logOddsOf = (law: Law) => {
    const [success, failure] = levelsOf(caller, law, reward).logMass;
    return success - failure;
  };
  const own = groupSize === Infinity ? beta : beta * (groupSize / (groupSize - 1));
  if (normalize === "none" && (penalty === "kl" || size === 1 || own === Infinity)) return only(tilted(own), own);
  if (normalize === "none") return only(regularizedLaw(caller, ref, reward, own, forwardKl).law, own);
  if (size === 1) return only(tilted(Infinity), Infinity);
  const units = unitsOf(levels);
  const free = tilted(Infinity);
  const steepened = (eta: number) => byLevel(units.gap.map((g) => -eta * g));
  const scores = Float64Array.from(levels.levelOf, (level) => (level < 0 ? -Infinity : -units.gap[level]));
  /** The fixed point of an equation at a steepness η, which reads the law. */
  const settled = (eta: number, excess: (law: Law, eta: number) => number) =>
    settledTilt(caller, steepened(eta), scores, eta, (law, more) => excess(law, eta + more));
  const fixed = ({ x, rises }: SignedRoot, excess: (law: Law, eta: number) => number) =>
    point(settled(x, excess), units.unit / x, rises);
  if (penalty === "kl" && groupSize === Infinity) {
    const { roots, highest } = spreadRoots(units, beta);
    const steepness = (law: Law, eta: number) => eta * (deviationOf(law, reward) / units.unit);
    const collapse = 1 / steepness(steepened(highest), highest);
    const spread = (law: Law, eta: number) => beta * steepness(law, eta) - 1;
    if (beta === Infinity) return { ...only(free, Infinity), collapse };
    const best = byLevel(units.gap.map((_, j) => (j === 0 ? 0 : -Infinity)));
    return { fixedPoints: [...roots.map((root) => fixed(root, spread)), point(best, 0)], collapse };
  }
  if (beta === Infinity) return only(free, Infinity);
  if (penalty === "kl") {
    const excess = gainExcess(units, beta, groupSize, correction);
    const gain = (law: Law, eta: number) => excess(2 * eta, logOddsOf(law)).value;
    const roots = gainRoots(units, beta, groupSize, correction);
    return { fixedPoints: roots.map((root) => fixed(root, gain)), collapse: 0 };
  }
  if (groupSize === Infinity) {
    const { score, logT } = rationalLaw(units, beta);
    return only(byLevel(score), exp(logT) * units.unit);
  }
  const { eta, gap } = forwardRoot(units, beta, groupSize, correction);
  const excess = forwardExcess(units, beta, groupSize, correction);
  const law = settled(eta, (law, eta) => excess(2 * eta, logOddsOf(law)));
  return only(law, 2 * units.unit * (beta / gap));
}

/** The options, those left out filled in. */
export function requireGrpoOptions(caller: string, options: GrpoOptions): Required<GrpoOptions> {
  const known = { penalty: true, groupSize: true, normalize: true, correction: true } as const;
  const { penalty, groupSize = Infinity, normalize = "std", correction = 0 } = requireOptions(caller, options, known);
  if (penalty !== "kl" && penalty !== "k3") throw wrongType(caller, "options.penalty", "be kl or k3", penalty);
  if (normalize !== "std" && normalize !== "none")
    throw wrongType(caller, "options.normalize", "be std or none", normalize);
  if (correction !== 0 && correction !== 1)
    throw outOfRange(
      caller,
      "options.correction",
      "be 0 or 1",
      requireNumber(caller, "options.correction", correction),
    );
  const size = groupSize === Infinity ? groupSize : requireInteger(caller, "options.groupSize", groupSize, 2);
  return { penalty, groupSize: size, normalize, correction };
}

/** Below this variance, masses may count that are below the normal doubles. */
const MIN_SURE_VARIANCE = 1e-280;

/** The standard deviation of a reward under a law, about the likeliest answer: a sum of squares about the mean. */
function deviationOf(law: Law, reward: Float64Array): number {
  const apart = reward.map((r, i) => (law.supports(i) ? r - reward[law.peak] : 0));
  // In units of the largest distance no square underflows.
  const unit = apart.reduce((most, d) => Math.max(most, Math.abs(d)), 0) || 1;
  const scaled = apart.map((d) => d / unit);
  const mean = expectationUnder(law, scaled);
  const variance = expectationUnder(
    law,
    scaled.map((d) => square(d - mean)),
  );
  if (variance > MIN_SURE_VARIANCE) return unit * Math.sqrt(variance);
  // All but the likeliest answer are so rare that only logarithms hold them, and the mean is that answer's.
  const parts = scaled.map((d, i) => (d === 0 ? -Infinity : law.logProbability(i) + 2 * log(Math.abs(d))));
  return unit * exp(parts.reduce(logAdd) / 2);
}
