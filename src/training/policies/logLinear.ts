import { type Distribution, type Measure, normalized, requireMeasure } from "../../measure/measure.js";
import { FINITE, requireInteger, requireNumbers, requireObject, wrongType } from "../../numeric/check.js";
import { linearLogits } from "./logits.js";
import type { Policy } from "./policy.js";
import { type ContextTree, SoftmaxTree } from "./softmaxTree.js";

/**
 * What a log-linear policy is made of.
 *
 * @typeParam Q the type of a query
 * @typeParam A the type of an answer
 */
export interface LogLinearModel<Q, A> {
  /** The number of features. */
  readonly size: number;
  /**
   * The answers of a query with the law at θ = 0: the reference policy, or `uniform(answers)`.
   *
   * @param query the query
   * @returns a measure, read as the law proportional to it
   */
  base(query: Q): Measure<A>;
  /**
   * φ(query, answer), finite numbers.
   *
   * @param query the query
   * @param answer one of its answers
   * @param index its place among them
   * @returns an array of `size` numbers
   */
  features(query: Q, answer: A, index: number): ArrayLike<number>;
}

/**
 * The log-linear policy: the base law tilted by a linear score of features, one parameter vector for all queries.
 *
 * $$\pi_\theta(o \mid q) \propto \mathrm{base}(o \mid q)\, e^{\theta \cdot \varphi(q, o)}$$
 *
 * With the reward among the features and ref for base, the RLHF optimum at β is the policy at 1/β: it is the exponential
 * family of all tilts. Weighted maximum likelihood is convex; its optimum matches E_π[φ] to E_target[φ], and lies at
 * infinity where the target is on the boundary of what the features can express. Features are read once a query.
 *
 * @param model the number of features, the base law and the features of each answer
 * @returns the policy
 * @throws TypeError when the model has the wrong shape, or features have the wrong length
 * @throws RangeError when a feature is not finite, or the size is no whole number ≥ 1
 * @example
 * ```ts
 * import { rlhfOptimum, uniform } from "exptilt";
 * import { logLinearPolicy, policyDistribution } from "exptilt/training";
 * const reward = [0, 1, 3];
 * const ref = uniform(["a", "b", "c"]);
 * const policy = logLinearPolicy({ size: 1, base: () => ref, features: (_, __, i) => [reward[i]] });
 * policyDistribution(policy, [2]).mass // => [0.002428258, 0.0179425348, 0.9796292072]
 * rlhfOptimum({ ref, reward, beta: 0.5 }).mass // => [0.002428258, 0.0179425348, 0.9796292072]
 * ```
 */
export function logLinearPolicy<A, Q = unknown>(model: LogLinearModel<Q, A>): Policy<Q, A> {
  const caller = "logLinearPolicy";
  requireObject(caller, "model", model);
  const size = requireInteger(caller, "size", model.size, 1);
  for (const name of ["base", "features"] as const) {
    if (typeof model[name] !== "function") throw wrongType(caller, name, "be a function", model[name]);
  }
  // Queries with as many answers share their tree, and those with one base law its logarithms.
  let tree = choiceOf(0);
  let last: { readonly measure: Measure<A>; readonly base: Distribution<A> } | undefined;
  return {
    size,
    on(query) {
      const measure = requireMeasure(caller, "base of the query", model.base(query));
      if (last?.measure !== measure) last = { measure, base: normalized(measure) };
      const { base } = last;
      const answers = base.support;
      const rows = new Float64Array(answers.length * size);
      for (let i = 0; i < answers.length; i++) {
        const features = model.features(query, answers[i], i);
        if (!copied(features, size, rows, i * size))
          rows.set(featureRow(caller, size, `features of answer ${i}`, features), i * size);
      }
      if (tree.outcomes !== answers.length) tree = choiceOf(answers.length);
      return new SoftmaxTree(answers, tree, linearLogits(size, rows, answers.length, base.logMass));
    },
  };
}

/** The tree of one choice among so many answers. */
function choiceOf(outcomes: number): ContextTree {
  return { outcomes, contexts: 1, next: Int32Array.from({ length: outcomes }, (_, i) => ~i) };
}

/** Whether features are an array of so many finite doubles; it is then copied to `out`, from place `at` on. */
function copied(features: ArrayLike<number>, size: number, out: Float64Array, at: number): boolean {
  if (!(features instanceof Float64Array && features.length === size)) return false;
  for (let j = 0; j < size; j++) {
    const x = features[j];
    // Nothing else is left of a finite number less itself.
    if (x - x !== 0) return false;
    out[at + j] = x;
  }
  return true;
}

/** Checked features of one row. */
export function featureRow(caller: string, size: number, argument: string, features: ArrayLike<number>): Float64Array {
  const row = requireNumbers(caller, argument, features, FINITE);
  if (row.length !== size) throw wrongType(caller, argument, `have length ${size}`, features);
  return row;
}
