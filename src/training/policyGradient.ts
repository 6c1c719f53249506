import { rlhfOptimalValue, type TiltProblem } from "../alignment/rlhf.js";
import { requireMeasure } from "../measure/measure.js";
import { tiltChecked } from "../measure/tilt.js";
import { outOfRange, POSITIVE, requireNumber, wrongType } from "../numeric/check.js";
import { exp } from "../numeric/elementary.js";
import { type Point, pointAt } from "../optimize/lineSearch.js";
import { minimize } from "../optimize/minimize.js";
import { descentOf, readOptions, TRAINING_OPTIONS, type TrainingOptions } from "../optimize/options.js";
import { resultOf, type TrainingResult } from "../optimize/result.js";
import type { Verdict } from "../optimize/smooth.js";
import { stateOf } from "../optimize/state.js";
import { type Part, PolicyObjective, targetLaw, Units } from "./objective.js";
import { type Policy, policyOn, requirePolicy } from "./policies/policy.js";

/**
 * An RLHF problem on one query.
 *
 * @typeParam Q the type of a query
 * @typeParam A the type of an answer
 */
export interface RlhfExample<Q = unknown, A = unknown> extends TiltProblem<A> {
  /** The query, for policies that depend on one. */
  readonly query?: Q;
}

/** Where exact policy gradient ended. */
export interface PolicyGradientFit extends TrainingResult {
  /** J(π*) − J(π_θ) = β KL(π_θ‖π*), averaged over the queries, in the units of the reward. */
  readonly regret: number;
}

/** A query's problem, on the answers of the policy. */
interface Task<A> extends Part<A> {
  readonly logOptimum: Float64Array;
  readonly beta: number;
  /** β over the largest of all queries, and over their number. */
  readonly share: number;
}

/**
 * The mean regret J(π*) − J(π_θ) = β KL(π_θ‖π*), in units of the largest β. The KL has no large constant whose rounding would
 * show. `coefficient` is a buffer.
 */
class Regret extends PolicyObjective<Task<unknown>> {
  evaluate(x: Float64Array, gradient: Float64Array): number {
    gradient.fill(0);
    let value = this.penalty(x, gradient);
    for (const { on, logOptimum, share, coefficient } of this.parts) {
      const log = on.logProbabilities(x);
      let kl = 0;
      for (let o = 0; o < log.length; o++) if (log[o] > -Infinity) kl += weighted(log[o], log[o] - logOptimum[o]);
      value += share * kl;
      // ∇ E_π[β log(π/π*)] = E_π[(β log(π/π*) − its mean) ∇ log π]: the mean is an exact baseline.
      for (let o = 0; o < log.length; o++) {
        coefficient[o] = log[o] > -Infinity ? share * weighted(log[o], log[o] - logOptimum[o] - kl) : 0;
      }
      on.addGradient(x, coefficient, gradient);
    }
    return value;
  }

  override hessian(): undefined {}

  protected override weightOf({ on, share }: Task<unknown>, x: Float64Array): Float64Array {
    return on.logProbabilities(x).map((l) => share * exp(l));
  }

  /**
   * No optimum lies at infinity, where an answer of π* would have no mass. But an answer whose probability underflows has no
   * gradient: where the optimum gives it mass, this is no optimum.
   */
  verdict(x: Float64Array): Verdict {
    for (const { on, logOptimum } of this.parts) {
      const log = on.logProbabilities(x);
      let lost = 0;
      for (let o = 0; o < log.length; o++) if (log[o] > -Infinity && exp(log[o]) === 0) lost += exp(logOptimum[o]);
      if (lost > MAX_LOST_MASS) return "rounding";
    }
    return "gradient";
  }
}

/** The mass of the optimum that may lie on answers whose probability underflows. */
const MAX_LOST_MASS = 1e-15;

/** e^l·x; infinite where x is, even if e^l underflows. */
const weighted = (l: number, x: number): number => (x === Infinity ? Infinity : exp(l) * x);

/**
 * RLHF by policy gradient on the objective (5), with the exact gradient in place of one estimated from rollouts. It reaches
 * the optimum of weighted maximum likelihood where the policy can express it. Elsewhere it minimises KL(π_θ‖π*), and weighted
 * maximum likelihood KL(π*‖π_θ).
 *
 * $$\max_\theta J(\pi_\theta), \qquad \nabla J = \mathbb{E}_{\pi_\theta}\Bigl[\Bigl(r - \beta \log \frac{\pi_\theta}{\mathrm{ref}}\Bigr) \nabla \log \pi_\theta\Bigr]$$
 *
 * By L-BFGS, or Adam on request; the objective is not concave in θ. `objective` is the mean of J over the queries, less the
 * ridge.
 *
 * @param policy a parametric policy
 * @param data one RLHF problem, or one for each query, whose answers are those of the policy in any order
 * @param options method, start, ridge, stopping, progress, resumption
 * @returns the parameters with J and the regret
 * @throws TypeError (as a rejection) when an argument has the wrong type or shape
 * @throws RangeError (as a rejection) when the policy starts with mass where ref has none or the reward forbids, an answer
 * of ref is not one of the policy, or an option is out of range
 * @example
 * ```ts
 * import { uniform } from "exptilt";
 * import { fitPolicyGradient, policyDistribution, tabularPolicy } from "exptilt/training";
 * const policy = tabularPolicy(["a", "b"]);
 * const { parameters } = await fitPolicyGradient(policy, { ref: uniform(["a", "b"]), reward: [0, 1], beta: 0.5 });
 * policyDistribution(policy, parameters).mass // => [0.119202922, 0.880797078]
 * ```
 */
export async function fitPolicyGradient<Q, A>(
  policy: Policy<Q, A>,
  data: RlhfExample<Q, A> | readonly RlhfExample<Q, A>[],
  options: TrainingOptions = {},
): Promise<PolicyGradientFit> {
  const caller = "fitPolicyGradient";
  const size = requirePolicy(caller, policy);
  const settings = readOptions(caller, options, TRAINING_OPTIONS, size);
  const method = settings.method ?? "lbfgs";
  if (method !== "lbfgs" && method !== "adam") throw outOfRange(caller, "options.method", "be lbfgs or adam", method);
  // Unlike `map`, `from` reads holes too.
  const examples: readonly RlhfExample<Q, A>[] = Array.isArray(data) ? Array.from(data) : [data as RlhfExample<Q, A>];
  if (examples.length === 0) throw outOfRange(caller, "data", "have at least one problem", data);
  const given = examples.map((example, q) => taskOf(caller, policy, example, `data[${q}]`));
  // In units of the largest β the regret is in nats, whatever the units of the rewards.
  const unit = given.reduce((most, { beta }) => Math.max(most, beta), 0);
  const units = new Units(size, given);
  const tasks = given.map((task) => units.part({ ...task, share: task.beta / unit / given.length }));
  const f = new Regret(units, tasks, settings.ridge / unit, unit);
  const from = pointAt(f, units.variables(settings.start));
  if (Number.isNaN(from.value))
    throw outOfRange(caller, "options.start", "give logits of a finite maximum", from.value);
  if (!(from.value < Infinity)) {
    throw outOfRange(caller, "policy", "have no mass where ref has none or the reward forbids", Infinity);
  }
  const { name, descent } = descentOf(f, from.x, units.spread, { ...settings, method }, () => [f]);
  const save = (at: Point, step: number) => stateOf(name, step, units.parameters(at.x), descent.memory);
  const run = await minimize(f, from, settings.iteration, descent, settings.watch, save);
  const { point, iteration, reason, converged } = run;
  const best = examples.reduce((s, problem) => s + rlhfOptimalValue(problem) / examples.length, 0);
  const x = units.parameters(point.x);
  const unpenalised = new Regret(units, tasks, 0).evaluate(point.x, new Float64Array(size));
  return {
    ...resultOf(f, point, x, iteration, reason, converged, () => save(point, iteration)),
    objective: best - unit * point.value,
    regret: Math.max(0, unit * unpenalised),
  };
}

function taskOf<Q, A>(
  caller: string,
  policy: Policy<Q, A>,
  example: RlhfExample<Q, A>,
  name: string,
): Omit<Task<A>, "share"> {
  if (typeof example !== "object" || example === null) throw wrongType(caller, name, "be an RLHF problem", example);
  const beta = requireNumber(caller, `${name}.beta`, example.beta, POSITIVE);
  const on = policyOn(caller, policy, example.query as Q);
  const ref = requireMeasure(caller, `${name}.ref`, example.ref);
  const optimum = tiltChecked(caller, `${name}.reward`, ref, example.reward, beta);
  const logOptimum = targetLaw(caller, `${name}.ref`, optimum, on.support).logCoefficient();
  return { on, logOptimum, beta, coefficient: new Float64Array(logOptimum.length) };
}
