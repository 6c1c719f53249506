import { requireSupport } from "../../measure/support.js";
import { tableLogits } from "./logits.js";
import type { Policy } from "./policy.js";
import { SoftmaxTree } from "./softmaxTree.js";

/**
 * The tabular softmax policy: one logit an answer, any law on the answers.
 *
 * $$\pi_\theta(o) = \frac{e^{\theta_o}}{\sum_{o'} e^{\theta_{o'}}}$$
 *
 * It is the same on every query. Weighted maximum likelihood has a closed form, θ = log target.
 *
 * @param support distinct answers of any type
 * @returns the policy, with a parameter an answer
 * @throws TypeError when the support is no array
 * @throws RangeError when the support is empty or repeats an answer
 * @example
 * ```ts
 * import { policyDistribution, tabularPolicy } from "exptilt/training";
 * const policy = tabularPolicy(["yes", "no"]);
 * policy.size // => 2
 * policyDistribution(policy, [0, -Infinity]).mass // => [1, 0]
 * ```
 */
export function tabularPolicy<A>(support: readonly A[]): Policy<unknown, A> {
  const answers = requireSupport("tabularPolicy", support);
  const size = answers.length;
  const tree = { outcomes: size, contexts: 1, next: Int32Array.from(answers, (_, i) => ~i) };
  const conditional = new SoftmaxTree(answers, tree, tableLogits(size));
  return { size, on: () => conditional };
}
