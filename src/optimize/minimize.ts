import { dot, maxNorm, type Point, roundingOf } from "./lineSearch.js";
import { type Descent, newtonStep } from "./methods.js";
import type { Smooth } from "./smooth.js";
import type { TrainingState } from "./state.js";

/**
 * Why a run ended: a formula gave the optimum; the gradient vanished; it vanishes only at infinity, for the target has
 * nothing of answers that the policy can give; rounding let no step go further; the iterations were used up; or the signal
 * was raised.
 */
export type StopReason = "closed form" | "gradient" | "unbounded" | "rounding" | "iterations" | "aborted";

/** Where a run stands. */
export interface TrainingProgress {
  /** The steps taken, counted over resumed runs. */
  readonly iteration: number;
  /** The objective, which is maximised. */
  readonly objective: number;
  /** The largest entry of its gradient, in size. */
  readonly gradientNorm: number;
  /**
   * The run so far as plain data, for `options.resume`: a checkpoint. Of this step only while the listener runs.
   *
   * @returns the state
   */
  save(): TrainingState;
}

/**
 * What is told how a run goes.
 *
 * @param progress where the run stands
 */
export type ProgressListener = (progress: TrainingProgress) => void;

/** An `AbortSignal`, or any other object that says whether to stop. */
export interface StopSignal {
  /** Whether the run is to stop. */
  readonly aborted: boolean;
}

/** What stops a run, and its listener. */
export interface Watch {
  /** The largest entry of the gradient, in the caller's units, where one was asked for. */
  readonly tolerance: number | undefined;
  readonly maxIterations: number;
  readonly signal: StopSignal | undefined;
  readonly onProgress: ProgressListener | undefined;
}

export interface Descended {
  readonly point: Point;
  readonly iteration: number;
  readonly reason: StopReason;
  readonly converged: boolean;
}

/** Near a finite optimum a Newton step changes no log-probability by more than this; on the way to infinity each does. */
const MAX_CHANGE_NEAR_OPTIMUM = 1e-3;

/** A gradient this small has vanished, in nats of the objective by nat of log-odds. */
const VANISHED_GRADIENT = 1e-11;

/** A gradient this small is rounding. */
const SURE_ROUNDING = 1e-15;

/** A gradient this small, a sum of many terms, is rounding where no step improves the objective. */
const POSSIBLE_ROUNDING = 1e-12;

/** Milliseconds of work before the event loop gets its turn. */
const MAX_MILLISECONDS = 25;

/** Goes down until the gradient vanishes at a finite point, or no step goes down. */
export async function minimize(
  f: Smooth,
  from: Point,
  first: number,
  method: Descent,
  watch: Watch,
  save: (point: Point, iteration: number) => TrainingState,
): Promise<Descended> {
  const least = Math.max(watch.tolerance ?? 0, VANISHED_GRADIENT);
  let point = from;
  let since = performance.now();
  for (let iteration = first; ; iteration++) {
    const gradientNorm = maxNorm(point.gradient);
    const told = f.report(point.value, point.gradient);
    const at = point;
    watch.onProgress?.({ iteration, ...told, save: () => save(at, iteration) });
    const small = gradientNorm <= least && !(told.gradientNorm > (watch.tolerance ?? Infinity));
    if (small || gradientNorm <= SURE_ROUNDING) {
      const step = newtonStep(f, point, MAX_CHANGE_NEAR_OPTIMUM);
      const near = step === undefined || f.change(point.x, step) <= MAX_CHANGE_NEAR_OPTIMUM;
      if (near || gradientNorm <= SURE_ROUNDING) {
        const reason = f.verdict(point.x, near ? undefined : step);
        return { point, iteration, reason, converged: reason === "gradient" };
      }
    }
    if (watch.signal?.aborted) return { point, iteration, reason: "aborted", converged: false };
    if (iteration >= watch.maxIterations) return { point, iteration, reason: "iterations", converged: false };
    const next = method.advance(f, point, iteration);
    if (next === undefined) {
      // The step that was refused tells a flat way to infinity from the rounding at an optimum.
      const step = newtonStep(f, point, MAX_CHANGE_NEAR_OPTIMUM);
      const far = step !== undefined && f.change(point.x, step) > MAX_CHANGE_NEAR_OPTIMUM;
      const verdict = f.verdict(point.x, far ? step : undefined);
      if (gradientNorm <= 1e-6 && verdict === "unbounded") {
        return { point, iteration, reason: verdict, converged: false };
      }
      const gain = step === undefined ? Infinity : -dot(point.gradient, step) / 2;
      const nothing =
        gradientNorm <= Math.max(watch.tolerance ?? 0, POSSIBLE_ROUNDING) || gain <= roundingOf(point.value);
      return { point, iteration, reason: "rounding", converged: verdict === "gradient" && nothing };
    }
    if (gradientNorm <= POSSIBLE_ROUNDING && next.value >= point.value && maxNorm(next.gradient) >= gradientNorm) {
      const reason = f.verdict(point.x, undefined);
      return reason === "gradient"
        ? { point, iteration, reason: "rounding", converged: true }
        : { point, iteration, reason, converged: false };
    }
    point = next;
    if (performance.now() - since > MAX_MILLISECONDS) {
      await new Promise((resolve) => setTimeout(resolve));
      since = performance.now();
    }
  }
}
