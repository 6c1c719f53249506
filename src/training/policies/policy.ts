import { Law } from "../../measure/law.js";
import { type Distribution, distributionOf } from "../../measure/measure.js";
import { requireSupport } from "../../measure/support.js";
import { outOfRange, requireInteger, requireObject, wrongType } from "../../numeric/check.js";
import { requireParameters } from "../../optimize/parameters.js";

/**
 * A parametric policy π_θ(answer | query): one parameter vector for all queries. Bring your own by writing `on`.
 *
 * @typeParam Q the type of a query
 * @typeParam A the type of an answer
 */
export interface Policy<Q = unknown, A = unknown> {
  /** The number of parameters, the length of θ. */
  readonly size: number;
  /**
   * The policy on one query.
   *
   * @param query the query
   * @returns its answers, and what π_θ(·|query) is at any θ
   */
  on(query: Q): ConditionalPolicy<A>;
}

/**
 * A parametric policy on one query: log-probabilities of its answers, their gradients, and draws.
 *
 * @typeParam A the type of an answer
 */
export interface ConditionalPolicy<A = unknown> {
  /** The answers that the policy chooses among, distinct, in a fixed order. */
  readonly support: readonly A[];
  /** The number of parameters, the policy's `size`: one that differs from it is refused. Not checked where it is left out. */
  readonly size?: number;
  /**
   * How far a unit of each parameter moves the log-odds of answers, in nats: the unit that the parameter has, for training
   * to work in. 1 for each where it is left out.
   */
  readonly spread?: Float64Array;
  /**
   * The same policy with the parameters θ·unit, where the policy has parameters with units, as features give them. With it
   * training does not depend on these units.
   *
   * @param unit powers of two
   * @returns the policy that has at θ·unit the law that this one has at θ
   */
  inUnits?(unit: Float64Array): ConditionalPolicy<A>;
  /**
   * log π_θ(o) of every answer.
   *
   * @param parameters θ
   * @returns the log-probabilities in nats, −∞ for an answer of probability 0
   */
  logProbabilities(parameters: Float64Array): Float64Array;
  /**
   * Adds the vector–Jacobian product Σ c(o) ∇ log π_θ(o) to a gradient.
   *
   * @param parameters θ
   * @param coefficient c(o), a number of either sign for each answer
   * @param gradient what is added to
   */
  addGradient(parameters: Float64Array, coefficient: Float64Array, gradient: Float64Array): void;
  /**
   * A draw from π_θ.
   *
   * @param parameters θ
   * @param rng a source of uniform numbers in [0, 1)
   * @returns an answer
   */
  sample(parameters: Float64Array, rng: () => number): A;
  /**
   * Adds −Σ c(o) ∇² log π_θ(o) to a matrix. Given only where that is positive semidefinite for c ≥ 0, so that weighted
   * maximum likelihood is convex and Newton's method applies.
   *
   * @param parameters θ
   * @param coefficient c(o) ≥ 0 of each answer
   * @param information what is added to, size × size, row by row
   */
  addInformation?(parameters: Float64Array, coefficient: Float64Array, information: Float64Array): void;
  /**
   * Adds a non-negative diagonal of about the size of −Σ c(o) ∇² log π_θ(o): it scales the steps of L-BFGS.
   *
   * @param parameters θ
   * @param coefficient c(o) ≥ 0 of each answer
   * @param diagonal what is added to, one number a parameter
   */
  addCurvature?(parameters: Float64Array, coefficient: Float64Array, diagonal: Float64Array): void;
  /**
   * The parameters that maximise Σ c(o) log π_θ(o), where a formula gives them.
   *
   * @param coefficient c(o) ≥ 0 of each answer
   * @param logCoefficient log c(o), given where some c(o) are below the range of doubles
   * @returns θ, −∞ among it where a probability is 0
   */
  maximizer?(coefficient: Float64Array, logCoefficient?: Float64Array): Float64Array;
}

/**
 * The law π_θ(·|query) of a policy.
 *
 * $$\pi_\theta(o \mid q), \quad o \in \mathrm{support}(q)$$
 *
 * @param policy a policy
 * @param parameters θ, of the policy's size
 * @param query the query, for policies that depend on one
 * @returns the distribution over the answers
 * @throws TypeError when the parameters are no array of numbers of that length
 * @throws RangeError when a parameter is NaN or +∞, or the logits that they give have no finite maximum
 * @example
 * ```ts
 * import { policyDistribution, tabularPolicy } from "exptilt/training";
 * policyDistribution(tabularPolicy(["a", "b"]), [0, Math.log(3)]).mass // => [0.25, 0.75]
 * ```
 */
export function policyDistribution<Q, A>(
  policy: Policy<Q, A>,
  parameters: ArrayLike<number>,
  ...[query]: undefined extends Q ? [query?: Q] : [query: Q]
): Distribution<A> {
  const caller = "policyDistribution";
  const size = requirePolicy(caller, policy);
  const conditional = policyOn(caller, policy, query as Q);
  const theta = requireParameters(caller, size, parameters);
  const support = requireSupport(caller, conditional.support);
  const logs = conditional.logProbabilities(theta);
  const bad = logs.findIndex((l) => Number.isNaN(l));
  if (bad >= 0) throw outOfRange(caller, "parameters", "give logits of a finite maximum", logs[bad]);
  return distributionOf(support, Law.fromLogMass(logs), 0);
}

/** Parameters that take 16 GiB. */
const MAX_PARAMETERS = 2 ** 31;

/** Checks a policy before it is asked for a query, and returns the number of its parameters. */
export function requirePolicy<Q, A>(caller: string, policy: Policy<Q, A>): number {
  requireObject(caller, "policy", policy);
  const size = requireInteger(caller, "policy.size", policy.size, 0);
  if (size > MAX_PARAMETERS) throw outOfRange(caller, "policy.size", `be at most ${MAX_PARAMETERS}`, size);
  if (typeof policy.on !== "function") throw wrongType(caller, "policy.on", "be a function", policy.on);
  return size;
}

/** The policy on a query. */
export function policyOn<Q, A>(caller: string, policy: Policy<Q, A>, query: Q): ConditionalPolicy<A> {
  const on = requireObject(caller, "policy.on of the query", policy.on(query));
  requireSupport(caller, on.support, "policy.on of the query.support");
  if (on.size !== undefined && on.size !== Number(policy.size))
    throw outOfRange(caller, "policy.size", `be the number of its parameters, ${on.size}`, policy.size);
  if (typeof on.logProbabilities !== "function")
    throw wrongType(caller, "policy.on of the query.logProbabilities", "be a function", on.logProbabilities);
  return on;
}
