import type { Point } from "./lineSearch.js";
import type { StopReason } from "./minimize.js";
import type { Smooth } from "./smooth.js";
import type { TrainingState } from "./state.js";

/** Where a training run ended. */
export interface TrainingResult {
  /** θ. */
  readonly parameters: Float64Array;
  /** The objective reached, which was maximised, in nats for maximum likelihood. */
  readonly objective: number;
  /** The largest entry of its gradient, in size. */
  readonly gradientNorm: number;
  /** The steps taken, counted over resumed runs. */
  readonly iterations: number;
  /** Whether this is the optimum, as far as a gradient can tell. */
  readonly converged: boolean;
  /** Why the run ended. */
  readonly reason: StopReason;
  /**
   * The run as plain data, to be stored as JSON and given to `options.resume`.
   *
   * @returns the state
   */
  save(): TrainingState;
}

export function resultOf(
  f: Smooth,
  { value, gradient }: Point,
  parameters: Float64Array,
  iterations: number,
  reason: StopReason,
  converged: boolean,
  save: () => TrainingState,
): TrainingResult {
  return { parameters, ...f.report(value, gradient), iterations, converged, reason, save };
}
