import type { TiltProblem } from "../alignment/rlhf.js";
import { KL_ESTIMATORS, type KlEstimatorKind } from "../information/klEstimator.js";
import { type Distribution, requireMeasure } from "../measure/measure.js";
import { resolveScore } from "../measure/score.js";
import { tiltChecked } from "../measure/tilt.js";
import { POSITIVE_OR_INFINITE, requireNumber, requireObject, requireOneOf, requireOptions } from "../numeric/check.js";
import { optimumUnder, topOf } from "./regularizedOptimum.js";
import { forwardKl } from "./regularizers.js";

/** Where a trainer puts its estimate of KL: subtracted from the reward of each draw, or a term of the loss. */
export type KlPenaltyPlace = "reward" | "loss";

const PLACES: readonly KlPenaltyPlace[] = ["reward", "loss"];

/** Which estimate of KL a trainer uses, and where. */
export interface KlPenalty {
  /** The estimator of one draw; see `klEstimator`. */
  readonly estimator: KlEstimatorKind;
  /** In the reward it has no gradient of its own; in the loss it is differentiated at the draw. */
  readonly place: KlPenaltyPlace;
}

/**
 * The law that policy gradients train when KL(π‖ref) is estimated at one draw of the policy. What counts is the expected
 * gradient in the logits, E_π[∇ log π · (r − β k)] with the estimate in the reward and E_π[∇ log π · r − β ∇k] with it in
 * the loss:
 *
 * | estimator | in the reward | in the loss |
 * |---|---|---|
 * | k1 = −log u | ∇KL(π‖ref): the tilt | 0: no penalty |
 * | k2 = ½ log² u | no end | ∇KL(π‖ref): the tilt |
 * | k3 = u − 1 − log u | no end | ∇KL(ref‖π): the rational tilt |
 *
 * with u = ref(o)/π(o). So k3 as a loss, as in the original GRPO, is the forward KL:
 *
 * $$\mathbb{E}_{\pi}[\nabla k_3] = \nabla\, \mathrm{KL}(\mathrm{ref} \,\|\, \pi), \qquad
 *   \pi^*(o) = \mathrm{ref}(o) \frac{\beta}{\nu' - r(o)}$$
 *
 * k1 as a loss has an expected gradient of 0, whatever β: the law is ref on the best answers, where natural gradient steps
 * from ref end. Plain softmax gradients differ where the best rewards tie: the likelier of them takes all in the end.
 * k2 and k3 in the reward are not the reward of one objective, and have no unique fixed point. An estimate in the loss that
 * is weighted by π/π_old and differentiated through that weight is k1 in the reward again.
 *
 * @param problem the reference policy, the reward and β
 * @param penalty the estimator and its place
 * @returns the law that training ends at
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when the estimator or the place is another word, for k2 and k3 in the reward, when a reward is NaN or
 * +∞ or forbids the whole support, or β is not positive
 * @example
 * ```ts
 * import { klPenaltyOptimum, measure } from "exptilt";
 * const ref = measure(["right", "hacked", "wrong"], [60, 1, 39]);
 * const problem = { ref, reward: [1, 1.2, 0], beta: 0.1 };
 * klPenaltyOptimum(problem, { estimator: "k1", place: "reward" }).mass[1] // => 0.109644835376
 * klPenaltyOptimum(problem, { estimator: "k3", place: "loss" }).mass[1] // => 0.669763388379
 * klPenaltyOptimum(problem, { estimator: "k1", place: "loss" }).mass // => [0, 1, 0]
 * klPenaltyOptimum(problem, { estimator: "k3", place: "reward" }) // throws RangeError: no unique fixed point
 * ```
 */
export function klPenaltyOptimum<A>(problem: TiltProblem<A>, penalty: KlPenalty): Distribution<A> {
  const caller = "klPenaltyOptimum";
  const { ref, reward, beta } = requireObject(caller, "problem", problem);
  const { estimator, place } = requirePenalty(caller, penalty);
  if (place === "reward" || estimator === "k2") return optimumUnder(caller, problem, undefined);
  if (estimator === "k3") return optimumUnder(caller, problem, forwardKl);
  requireNumber(caller, "beta", beta, POSITIVE_OR_INFINITE);
  const { support, law } = requireMeasure(caller, "ref", ref);
  const score = resolveScore(caller, "reward", support, reward);
  const top = topOf(caller, law, score);
  return tiltChecked(
    caller,
    "reward",
    ref,
    score.map((r) => (r === top ? 0 : -Infinity)),
    1,
  );
}

/** Reads a penalty, and refuses one that has no end. */
export function requirePenalty(caller: string, penalty: KlPenalty): KlPenalty {
  requireOptions(caller, penalty, { estimator: true, place: true }, "penalty");
  const estimator = requireOneOf(caller, "penalty.estimator", penalty.estimator, KL_ESTIMATORS);
  const place = requireOneOf(caller, "penalty.place", penalty.place, PLACES);
  if (place === "reward" && estimator !== "k1")
    throw new RangeError(
      `${caller}: penalty must have an end: ${estimator} in the reward is the gradient of no objective, and has no unique ` +
        "fixed point (k1 in the reward, k2 and k3 in the loss have one)",
    );
  return { estimator, place };
}
