import {
  NON_NEGATIVE,
  outOfRange,
  POSITIVE,
  requireInteger,
  requireNumber,
  requireOptions,
  wrongType,
} from "../numeric/check.js";
import { type AdamRate, adam, type Descent, lbfgs, newton } from "./methods.js";
import type { ProgressListener, StopSignal, Watch } from "./minimize.js";
import { requireParameters } from "./parameters.js";
import type { Smooth } from "./smooth.js";
import { readState, type TrainingState } from "./state.js";

/** The methods of optimisation. */
export type TrainingMethod = "closed form" | "newton" | "lbfgs" | "adam";

/** The options of a training run. */
export interface TrainingOptions {
  /** The method; by default the closed form where there is one, Newton's where it applies, else L-BFGS. */
  readonly method?: TrainingMethod;
  /** θ at the start, 0 by default. Logits of −∞ stay there. */
  readonly start?: ArrayLike<number>;
  /** ρ of the penalty ½ρ|θ|² that is taken off the objective; 0 by default. With ρ > 0 the optimum is finite. */
  readonly ridge?: number;
  /**
   * The run has converged when no entry of the gradient is larger, nor larger than 1e−11 (or this, if it is more) in nats by
   * nat that the parameter moves log-odds. By default the second alone, on which the units of features have no influence.
   */
  readonly tolerance?: number;
  /** The most steps to take, counted over resumed runs, 10,000 by default (Adam: passes over the data). */
  readonly maxIterations?: number;
  /** The steps that L-BFGS remembers, 20 by default. */
  readonly depth?: number;
  /** The size of Adam's first steps, 0.1 by default: how many nats of log-odds each parameter may move. */
  readonly learningRate?: number;
  /** The steps after which Adam's are half as large; by default a fortieth of those it will take. */
  readonly halfLife?: number;
  /** The queries in one step of Adam; by default all. */
  readonly batchSize?: number;
  /** The seed of the order of Adam's queries, a whole number: the same seed gives the same bits. 0 by default. */
  readonly seed?: number;
  /** Stops the run when raised; what was reached is returned, and can be resumed. */
  readonly signal?: StopSignal;
  /** Called at the start and after each step. */
  readonly onProgress?: ProgressListener;
  /** The state that an earlier run with the same policy, data and options ended in. */
  readonly resume?: TrainingState;
}

/** The names of the options that every run has. */
export const TRAINING_OPTIONS: Readonly<Record<keyof TrainingOptions, true>> = {
  method: true,
  start: true,
  ridge: true,
  tolerance: true,
  maxIterations: true,
  depth: true,
  learningRate: true,
  halfLife: true,
  batchSize: true,
  seed: true,
  signal: true,
  onProgress: true,
  resume: true,
};

const METHODS: readonly unknown[] = ["closed form", "newton", "lbfgs", "adam"] satisfies TrainingMethod[];

/** Checked options. */
export interface Settings {
  readonly method: TrainingMethod | undefined;
  readonly start: Float64Array;
  readonly iteration: number;
  readonly memory: Float64Array[];
  readonly ridge: number;
  readonly depth: number;
  readonly rate: Partial<AdamRate>;
  readonly batchSize: number;
  readonly seed: number;
  readonly watch: Watch;
}

/** Options with none but the known names, for a policy of so many parameters. */
export function readOptions<T extends TrainingOptions>(
  caller: string,
  options: T,
  known: Readonly<Record<keyof T, true>>,
  size: number,
): Settings {
  requireOptions(caller, options, known);
  const { method, resume, signal, onProgress } = options;
  if (method !== undefined && !METHODS.includes(method)) {
    throw outOfRange(caller, "options.method", `be one of ${METHODS.join(", ")}`, method);
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw wrongType(caller, "options.onProgress", "be a function", onProgress);
  }
  const whole = (name: keyof TrainingOptions, least: number, otherwise: number) =>
    requireInteger(caller, `options.${name}`, options[name] ?? otherwise, least);
  const state = resume && readState(caller, resume, size);
  if (state !== undefined && method !== undefined && state.method !== method) {
    throw outOfRange(caller, "options.resume", `be of method ${method}`, state.method);
  }
  const start = state?.parameters ?? requireParameters(caller, size, options.start ?? new Float64Array(size));
  const ridge = requireNumber(caller, "options.ridge", options.ridge ?? 0, NON_NEGATIVE);
  const infinite = start.indexOf(-Infinity);
  if (ridge > 0 && infinite >= 0) {
    throw outOfRange(caller, `options.start[${infinite}]`, "be finite where options.ridge is above 0", -Infinity);
  }
  const tolerance =
    options.tolerance === undefined
      ? undefined
      : requireNumber(caller, "options.tolerance", options.tolerance, NON_NEGATIVE);
  const { learningRate, halfLife } = options;
  return {
    method: (state?.method as TrainingMethod | undefined) ?? method,
    start,
    iteration: state?.iteration ?? 0,
    memory: state?.memory ?? [],
    ridge,
    depth: whole("depth", 1, 20),
    rate: {
      ...(learningRate !== undefined && {
        learningRate: requireNumber(caller, "options.learningRate", learningRate, POSITIVE),
      }),
      ...(halfLife !== undefined && { halfLife: requireNumber(caller, "options.halfLife", halfLife, POSITIVE) }),
    },
    batchSize: whole("batchSize", 1, Number.MAX_SAFE_INTEGER),
    seed: whole("seed", 0, 0),
    watch: { tolerance, maxIterations: whole("maxIterations", 0, 10_000), signal, onProgress },
  };
}

/**
 * The method that was asked for, or else the one that fits, in the state of `resume`. `spread` is how far a unit of
 * each variable moves log-odds.
 */
export function descentOf(
  f: Smooth,
  start: Float64Array,
  spread: Float64Array,
  settings: Settings,
  batches: (size: number, iteration: number) => readonly Smooth[],
): { readonly name: Exclude<TrainingMethod, "closed form">; readonly descent: Descent } {
  const { memory, depth, watch } = settings;
  let name = settings.method;
  if (name === undefined || name === "closed form") name = f.hessian(start) === undefined ? "lbfgs" : "newton";
  if (name === "newton") return { name, descent: newton() };
  if (name === "lbfgs") return { name, descent: lbfgs(depth, memory) };
  const count = batches(settings.batchSize, 0).length;
  const halfLife = Math.max(1, (count * watch.maxIterations) / 40);
  const rate = { learningRate: 0.1, halfLife, secondMoment: count > 1 ? 0.999 : 0.95, ...settings.rate };
  return { name, descent: adam(spread, rate, (iteration) => batches(settings.batchSize, iteration), memory) };
}
