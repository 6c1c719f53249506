import { maxNorm, type Point } from "./lineSearch.js";
import { type Descent, newtonStep } from "./methods.js";
import type { Smooth } from "./objective.js";

/**
 * Why a run ended: a formula gave the optimum; the gradient vanished; the gradient vanishes only at infinity, where the
 * policy has no optimum; rounding let no step go further; the iterations were used up; or the signal was raised.
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
}

/**
 * What is told how a run goes.
 *
 * @param progress where the run stands
 */
export type ProgressListener = (progress: TrainingProgress) => void;

/** What is asked whether to stop: an `AbortSignal`, or any other object that says so. */
export interface StopSignal {
  /** Whether the run is to stop. */
  readonly aborted: boolean;
}

/** What stops a run, and who is told. */
export interface Watch {
  readonly tolerance: number;
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
const NEAR = 1e-3;

/** A gradient this small is rounding. */
const NOTHING = 1e-15;

/** So many milliseconds of work may pass before others get their turn. */
const TURN = 25;

/** Goes down until the gradient vanishes at a finite point, or cannot. */
export async function minimize(
  f: Smooth,
  from: Point,
  first: number,
  method: Descent,
  watch: Watch,
): Promise<Descended> {
  let point = from;
  let since = performance.now();
  for (let iteration = first; ; iteration++) {
    const gradientNorm = maxNorm(point.gradient);
    watch.onProgress?.({ iteration, objective: -point.value, gradientNorm });
    if (gradientNorm <= watch.tolerance) {
      const step = newtonStep(f, point);
      const near = step === undefined || f.change(point.x, step) <= NEAR;
      if (near && isFlat(f, point)) return { point, iteration, reason: "unbounded", converged: false };
      if (near) return { point, iteration, reason: "gradient", converged: true };
      if (gradientNorm <= NOTHING) return { point, iteration, reason: "unbounded", converged: false };
    }
    if (watch.signal?.aborted) return { point, iteration, reason: "aborted", converged: false };
    if (iteration >= watch.maxIterations) return { point, iteration, reason: "iterations", converged: false };
    const next = method.advance(f, point, iteration);
    if (next === undefined) {
      // The step that was refused tells a flat way to infinity from the rounding at an optimum.
      const step = newtonStep(f, point);
      const lost = step !== undefined && f.change(point.x, step) > NEAR && gradientNorm <= 1e-6;
      const converged = !lost && gradientNorm <= Math.max(watch.tolerance, 1e-12);
      return { point, iteration, reason: lost ? "unbounded" : "rounding", converged };
    }
    point = next;
    if (performance.now() - since > TURN) {
      await new Promise((resolve) => setTimeout(resolve));
      since = performance.now();
    }
  }
}

/**
 * Whether there are parameters that move log-probabilities but no longer the objective, to the last digit: so far out
 * that the answers they speak of have lost all probability.
 */
function isFlat(f: Smooth, { x }: Point): boolean {
  const hessian = f.hessian(x);
  const scale = hessian === undefined ? f.curvature(x) : x.map((_, i) => hessian[i * (x.length + 1)]);
  // Unequal steps, so that they cannot cancel.
  return (
    scale?.includes(0) === true &&
    f.change(
      x,
      scale.map((s, i) => (s === 0 ? 1 + ((i * 0.618) % 1) : 0)),
    ) > NEAR
  );
}
