import {
  NON_NEGATIVE,
  outOfRange,
  POSITIVE,
  POSITIVE_OR_INFINITE,
  requireNumber,
  requireOptions,
  wrongType,
} from "../numeric/check.js";
import { maxNorm, pointAt } from "../optimize/lineSearch.js";
import { adamStep } from "../optimize/methods.js";
import type { StopSignal, TrainingProgress } from "../optimize/minimize.js";
import { requireParameters } from "../optimize/parameters.js";
import { readState, stateOf, type TrainingState } from "../optimize/state.js";
import { partOf, requireExamples, type TrainingExample } from "./examples.js";
import { NegativeLogLikelihood, spreadOf, Units } from "./objective.js";
import { type Policy, requirePolicy } from "./policies/policy.js";

/** What may be chosen in training on a stream. */
export interface StreamOptions {
  /** θ at the start, 0 by default. */
  readonly start?: ArrayLike<number>;
  /** ρ of the penalty ½ρ|θ|²; 0 by default. */
  readonly ridge?: number;
  /** λ of the penalty λ·KL(ref‖π_θ); 0 by default. */
  readonly klToRef?: number;
  /** The size of the first steps, 0.01 by default: how many nats of log-odds each parameter may move. */
  readonly learningRate?: number;
  /** The batches after which steps are half as large; Infinity by default, for steps of one size. */
  readonly halfLife?: number;
  /** Stops the run when raised; what was reached is returned, and can be resumed on the rest of the stream. */
  readonly signal?: StopSignal;
  /**
   * Called with each batch: its objective and gradient before the step that it leads to.
   *
   * @param progress where the run stands
   */
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** The state that an earlier run ended in. */
  readonly resume?: TrainingState;
}

const STREAM_OPTIONS: Readonly<Record<keyof StreamOptions, true>> = {
  start: true,
  ridge: true,
  klToRef: true,
  learningRate: true,
  halfLife: true,
  signal: true,
  onProgress: true,
  resume: true,
};

/** Where training on a stream ended. */
export interface StreamFit {
  /** θ. */
  readonly parameters: Float64Array;
  /** The batches seen, counted over resumed runs. */
  readonly iterations: number;
  /** Why the run ended. */
  readonly reason: "end of stream" | "aborted";
  /**
   * The run as plain data, to be stored as JSON and given to `options.resume`.
   *
   * @returns the state
   */
  save(): TrainingState;
}

/**
 * Weighted maximum likelihood on a stream of batches, each seen once: a step of Adam (Kingma and Ba 2015) on each. Memory
 * holds θ and a few vectors of its size, however long the stream is.
 *
 * $$\theta_{t+1} = \theta_t + \eta_t \frac{\hat m_t}{\sqrt{\hat v_t}}, \quad \hat m, \hat v \text{ means of } g_t = \nabla \sum_o \mathrm{target}_t(o) \log \pi_\theta(o) \text{ and of } g_t^2$$
 *
 * The mean gradient of batches of n draws weighted by `drawnWeights` is that of soft best-of-n, not that of π*: batches should
 * be large, or carry the exact weights of `importanceWeights`. No convergence is claimed: with a finite half-life the steps
 * die out, else θ goes on moving about the optimum.
 *
 * @param policy a parametric policy
 * @param stream batches in turn, sync or async: one target, or several that count alike
 * @param options start, penalties, steps, progress, resumption
 * @returns the parameters
 * @throws TypeError (as a rejection) when an argument or a batch has the wrong type or shape
 * @throws RangeError (as a rejection) when a target has mass on an answer that the policy does not know or cannot give, or
 * an option is out of range
 * @example
 * ```ts
 * import { uniform } from "exptilt";
 * import { fitWeightedMleStream, importanceWeights, policyDistribution, tabularPolicy } from "exptilt/training";
 * const policy = tabularPolicy(["a", "b"]);
 * const weights = importanceWeights({ ref: uniform(["a", "b"]), reward: [0, 1], beta: 0.5 });
 * const batches = Array.from({ length: 1000 }, () => weights);
 * const { parameters } = await fitWeightedMleStream(policy, batches, { learningRate: 0.1, halfLife: 100 });
 * policyDistribution(policy, parameters).mass // => [0.1192, 0.8808]
 * ```
 */
export async function fitWeightedMleStream<Q, A>(
  policy: Policy<Q, A>,
  stream: TrainingStream<Q, A>,
  options: StreamOptions = {},
): Promise<StreamFit> {
  const caller = "fitWeightedMleStream";
  const size = requirePolicy(caller, policy);
  requireOptions(caller, options, STREAM_OPTIONS);
  const { onProgress } = options;
  if (onProgress !== undefined && typeof onProgress !== "function")
    throw wrongType(caller, "options.onProgress", "be a function", onProgress);
  const iterable =
    typeof stream === "object" && stream !== null && (Symbol.asyncIterator in stream || Symbol.iterator in stream);
  if (!iterable) throw wrongType(caller, "stream", "be an iterable of batches, or an asynchronous one", stream);
  const rate = {
    learningRate: requireNumber(caller, "options.learningRate", options.learningRate ?? 0.01, POSITIVE),
    halfLife: requireNumber(caller, "options.halfLife", options.halfLife ?? Infinity, POSITIVE_OR_INFINITE),
    secondMoment: 0.999,
  };
  const ridge = requireNumber(caller, "options.ridge", options.ridge ?? 0, NON_NEGATIVE);
  const lambda = requireNumber(caller, "options.klToRef", options.klToRef ?? 0, NON_NEGATIVE);
  const state = options.resume && readState(caller, options.resume, size);
  let theta = state?.parameters ?? requireParameters(caller, size, options.start ?? new Float64Array(size));
  const memory = state?.memory.slice(0, 2) ?? [new Float64Array(size), new Float64Array(size)];
  // The largest spread of each parameter in any batch so far: the unit of its steps.
  let spread = state?.memory[2];
  const plain = new Units(size, []);
  let iteration = state?.iteration ?? 0;
  let reason: StreamFit["reason"] = "end of stream";
  const first = iteration;
  const save = () => stateOf("adam stream", iteration, theta, spread === undefined ? memory : [...memory, spread]);
  for await (const batch of stream) {
    const own = `stream[${iteration - first}]`;
    const examples = requireExamples<Q, A>(caller, own, batch);
    const count = examples.length;
    const parts = examples.map(({ name, example }) => partOf(caller, policy, example, name, lambda, count).part);
    spread = spreadOf(size, parts, spread);
    const { value, gradient } = pointAt(new NegativeLogLikelihood(plain, parts, ridge), theta);
    if (Number.isNaN(value)) throw outOfRange(caller, "options.start", "give logits of a finite maximum", value);
    if (!(value < Infinity)) throw outOfRange(caller, own, "have mass only on answers that the policy can give", value);
    options.onProgress?.({ iteration, objective: -value, gradientNorm: maxNorm(gradient), save });
    const units = spread.map((s) => s || 1);
    theta = adamStep(theta, gradient, memory, iteration, rate, units);
    iteration++;
    // Asked after the step, so that a resumed run misses no batch that was taken off the stream.
    if (options.signal?.aborted) {
      reason = "aborted";
      break;
    }
  }
  return { parameters: theta, iterations: iteration, reason, save };
}

/**
 * Batches in turn: a target each, or several that count alike.
 *
 * @typeParam Q the type of a query
 * @typeParam A the type of an answer
 */
export type TrainingStream<Q, A> =
  | Iterable<TrainingExample<Q, A> | readonly TrainingExample<Q, A>[]>
  | AsyncIterable<TrainingExample<Q, A> | readonly TrainingExample<Q, A>[]>;
