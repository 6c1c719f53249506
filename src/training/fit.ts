import { klOf } from "../information/divergence.js";
import { Law } from "../measure/law.js";
import { NON_NEGATIVE, outOfRange, requireNumber } from "../numeric/check.js";
import { SMALLEST_NORMAL } from "../numeric/float64.js";
import { logSumExp } from "../numeric/logSumExp.js";
import { made } from "../numeric/made.js";
import { type Point, pointAt } from "../optimize/lineSearch.js";
import { minimize } from "../optimize/minimize.js";
import { descentOf, readOptions, type Settings, TRAINING_OPTIONS, type TrainingOptions } from "../optimize/options.js";
import { resultOf, type TrainingResult } from "../optimize/result.js";
import { stateOf } from "../optimize/state.js";
import { partOf, requireExamples, type TrainingExample } from "./examples.js";
import { joined, type LikelihoodPart, NegativeLogLikelihood, Units } from "./objective.js";
import type { LogLinearQueries } from "./policies/logLinearQueries.js";
import { type Policy, requirePolicy } from "./policies/policy.js";
import { shuffled } from "./shuffle.js";

/** What may be chosen in weighted maximum likelihood. */
export interface WeightedMleOptions extends TrainingOptions {
  /**
   * λ ≥ 0 of the penalty λ·KL(ref‖π_θ) that is taken off the objective: as if λ unweighted draws of ref came with each
   * weighted one. This direction of KL keeps the problem convex and the closed form closed. 0 by default.
   */
  readonly klToRef?: number;
}

/** A weighted maximum-likelihood fit, and how far it can be trusted. */
export interface WeightedMleFit extends TrainingResult {
  /** KL(target‖π_θ), in nats, averaged over the queries: the distance still to go. */
  readonly klFromTarget: number;
  /** The least effective fraction of any query; 1 where none is known. */
  readonly effectiveFraction: number;
  /** The effective number of draws over all queries; Infinity where the expectation is exact. */
  readonly effectiveSampleSize: number;
  /** The largest k̂ of any query: from 0.7 on, β is too small for these draws. −∞ where the expectation is exact. */
  readonly paretoK: number;
}

/**
 * Weighted maximum likelihood: the policy that best imitates the targets, found without reinforcement learning. With
 * `importanceWeights` it maximises the population objective Z⁻¹ E_ref[e^{r/β} log π_θ] of (19), with `selfCertaintyWeights`
 * that of (21), with `drawnWeights` their self-normalised estimates from draws; several queries count alike.
 *
 * $$\max_\theta \; \frac1Q \sum_q \Bigl\lbrace \sum_o \mathrm{target}_q(o) \log \pi_\theta(o \mid q) - \lambda\, \mathrm{KL}(\mathrm{ref}_q \| \pi_\theta) \Bigr\rbrace - \frac{\rho}{2} |\theta|^2$$
 *
 * A closed form where there is one (tabular policies, without a ridge), Newton's method with a line search for up to 400
 * parameters of a convex problem, else L-BFGS; Adam on request. The run ends when the gradient has vanished at a finite
 * point: where the optimum lies at infinity, as it does when the target is on the boundary of what a log-linear policy can
 * express, it says so (`"unbounded"`). An aborted run keeps its state. Results do not depend on anything but the arguments.
 *
 * @param policy a parametric policy
 * @param data one target, or one for each query
 * @param options method, start, penalties, stopping, progress, resumption
 * @returns the parameters with the objective, the distance to the target, and what the weights are worth
 * @throws TypeError (as a rejection) when an argument has the wrong type or shape
 * @throws RangeError (as a rejection) when a target has mass on an answer that the policy does not know or cannot give, or
 * an option is out of range
 * @example
 * ```ts
 * import { rlhfOptimum, uniform } from "exptilt";
 * import { fitWeightedMle, importanceWeights, policyDistribution, tabularPolicy } from "exptilt/training";
 * const problem = { ref: uniform(["a", "b"]), reward: [0, 1], beta: 0.5 };
 * const policy = tabularPolicy(["a", "b"]);
 * const { parameters, reason } = await fitWeightedMle(policy, importanceWeights(problem));
 * reason // => "closed form"
 * policyDistribution(policy, parameters).mass // => [0.119202922022, 0.880797077978]
 * rlhfOptimum(problem).mass // => [0.119202922022, 0.880797077978]
 * ```
 */
export async function fitWeightedMle<Q, A>(
  policy: Policy<Q, A>,
  data: TrainingExample<Q, A> | readonly TrainingExample<Q, A>[],
  options: WeightedMleOptions = {},
): Promise<WeightedMleFit> {
  const caller = "fitWeightedMle";
  const fit = readFit(caller, policy, data, options);
  return reported(fit, closedForm(caller, fit) ?? (await descend(caller, fit)));
}

/** `fitWeightedMle` of a policy that has a closed form, without a promise. */
export function fitInClosedForm<Q, A>(
  caller: string,
  policy: Policy<Q, A>,
  data: TrainingExample<Q, A> | readonly TrainingExample<Q, A>[],
): WeightedMleFit {
  const fit = readFit(caller, policy, data, { method: "closed form" });
  return reported(fit, closedForm(caller, fit) as TrainingResult);
}

/** A fit that is ready to begin. */
interface Fit<A> {
  readonly settings: Settings;
  readonly examples: readonly TrainingExample<unknown, A>[];
  /** Each query's share of the likelihood, with the law it imitates. */
  readonly shares: readonly ReturnType<typeof partOf<unknown, A>>[];
  readonly parts: readonly LikelihoodPart<A>[];
  /** The variables of the minimiser, the parts in these, one by one, and what is minimised. */
  readonly units: Units;
  readonly own: () => readonly LikelihoodPart<A>[];
  /** All parts as one, where they are of a log-linear policy. */
  readonly all: LikelihoodPart<A, LogLinearQueries> | undefined;
  readonly f: NegativeLogLikelihood;
}

function readFit<Q, A>(
  caller: string,
  policy: Policy<Q, A>,
  data: TrainingExample<Q, A> | readonly TrainingExample<Q, A>[],
  options: WeightedMleOptions,
): Fit<A> {
  const size = requirePolicy(caller, policy);
  const settings = readOptions(caller, options, { ...TRAINING_OPTIONS, klToRef: true }, size);
  const lambda = requireNumber(caller, "options.klToRef", options.klToRef ?? 0, NON_NEGATIVE);
  const given = requireExamples<Q, A>(caller, "data", data);
  const shares = given.map(({ name, example }) => partOf(caller, policy, example, name, lambda, given.length));
  const parts = shares.map(({ part }) => part);
  const units = new Units(size, parts);
  const all = joined(parts, units);
  let made: readonly LikelihoodPart<A>[] | undefined;
  const own = () => {
    made ??= parts.map((part) => units.part(part));
    return made;
  };
  const f = new NegativeLogLikelihood(units, all === undefined ? own() : [all], settings.ridge);
  return { settings, examples: given.map(({ example }) => example), shares, parts, units, own, all, f };
}

/** A result with its distance from the targets, and how far the weights of these can be trusted at worst. */
function reported<A>(fit: Fit<A>, result: TrainingResult): WeightedMleFit {
  let [fraction, size, k] = [1, 0, -Infinity];
  for (const { effectiveFraction = 1, effectiveSampleSize = 0, paretoK = -Infinity } of fit.examples) {
    fraction = Math.min(fraction, effectiveFraction);
    size += effectiveSampleSize;
    k = Math.max(k, paretoK);
  }
  let held: number | (() => number) = distance(fit, result.parameters.slice());
  return {
    ...result,
    /** Made when it is first read: it takes as long as some steps of a descent. */
    get klFromTarget() {
      held = made(held);
      return held;
    },
    effectiveFraction: fraction,
    effectiveSampleSize: size > 0 ? size : Infinity,
    paretoK: k,
  };
}

/** KL(target‖π_θ), averaged over the queries. */
function distance<A>({ shares, units, all }: Fit<A>, theta: Float64Array): () => number {
  return () => {
    let kl = 0;
    const logs = all?.on.logProbabilities(units.variables(theta));
    for (const [q, { part, target }] of shares.entries()) {
      const own = logs?.subarray(all?.on.starts[q], all?.on.starts[q + 1]);
      const law = Law.fromLogMass(own ?? part.on.logProbabilities(theta));
      kl += klOf(Law.fromMass(target), law) / shares.length;
    }
    return kl;
  };
}

function closedForm<A>(caller: string, { settings, parts, units, f }: Fit<A>): TrainingResult | undefined {
  const { ridge, method } = settings;
  const [{ on }] = parts;
  const maximizer = ridge === 0 && parts.every((part) => part.on === on) ? on.maximizer : undefined;
  if (method === "closed form" && maximizer === undefined) {
    throw outOfRange(caller, "options.method", "be an iterative one: this policy has no closed form", method);
  }
  if (maximizer === undefined || (method ?? "closed form") !== "closed form") return undefined;
  const coefficient = added(parts);
  const theta = maximizer(coefficient, addedLogs(parts, coefficient));
  const point = pointAt(f, units.variables(theta));
  return resultOf(f, point, theta, 0, "closed form", true, () => stateOf("closed form", 0, theta, []));
}

async function descend<A>(caller: string, { settings, units, parts, own, f }: Fit<A>): Promise<TrainingResult> {
  const from = pointAt(f, units.variables(settings.start));
  if (Number.isNaN(from.value))
    throw outOfRange(caller, "options.start", "give logits of a finite maximum", from.value);
  if (!(from.value < Infinity)) {
    throw outOfRange(caller, "data", "have mass only on answers that the policy can give", Infinity);
  }
  const { name, descent } = descentOf(f, from.x, units.spread, settings, (size, iteration) => {
    if (size >= parts.length) return [f];
    const order = shuffled(own(), settings.seed, iteration);
    return Array.from({ length: Math.ceil(parts.length / size) }, (_, b) => {
      const batch = order.slice(b * size, (b + 1) * size);
      // Each batch stands for all the queries.
      const share = parts.length / batch.length;
      const scaled = batch.map((part) => ({ ...part, coefficient: part.coefficient.map((c) => c * share) }));
      return new NegativeLogLikelihood(units, scaled, settings.ridge);
    });
  });
  const save = (at: Point, step: number) => stateOf(name, step, units.parameters(at.x), descent.memory);
  const run = await minimize(f, from, settings.iteration, descent, settings.watch, save);
  const { point, iteration, reason, converged } = run;
  const x = units.parameters(point.x);
  return resultOf(f, point, x, iteration, reason, converged, () => save(point, iteration));
}

/** The coefficients of all queries together, where every query has the same answers. */
function added<A>(parts: readonly LikelihoodPart<A>[]): Float64Array {
  const out = new Float64Array(parts[0].coefficient.length);
  for (const { coefficient } of parts) for (let o = 0; o < out.length; o++) out[o] += coefficient[o];
  return out;
}

/** The logarithms of the sums, where one is too small for a double. */
function addedLogs<A>(parts: readonly LikelihoodPart<A>[], coefficient: Float64Array): Float64Array | undefined {
  if (coefficient.every((c) => c >= SMALLEST_NORMAL)) return undefined;
  const logs = parts.map((part) => part.logCoefficient());
  const all = logs.length === 1 ? logs[0] : logs[0].map((_, o) => logSumExp(logs.map((l) => l[o])));
  return all.some((l, o) => l > -Infinity && coefficient[o] < SMALLEST_NORMAL) ? all : undefined;
}
