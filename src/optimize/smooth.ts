/** A function to be minimised. Its value is in nats, and a unit of a variable moves about one. */
export interface Smooth {
  /** The number of variables. */
  readonly size: number;
  /** The value at x; the gradient is written into `gradient`. */
  evaluate(x: Float64Array, gradient: Float64Array): number;
  /**
   * The Hessian, positive semidefinite, not to be changed; undefined where there is none. One made before will do where
   * log-probabilities were within so many nats: covariances of features differ by a factor of at most e^(2·within).
   */
  hessian(x: Float64Array, within?: number): Float64Array | undefined;
  /** A positive diagonal of the Hessian's size, 0 where a variable does nothing; undefined where there is none. */
  curvature(x: Float64Array): Float64Array | undefined;
  /** The largest change of a log-probability, in nats, that a step from x makes, or a small bound of it. */
  change(x: Float64Array, step: Float64Array): number;
  /** The objective, which is maximised, and the largest entry of its gradient by the parameters: in the caller's units. */
  report(value: number, gradient: Float64Array): Report;
  /**
   * What a vanished gradient means: an optimum, the way to one at infinity, or answers that have lost all probability and
   * with it their gradient. `step` is Newton's where that is large.
   */
  verdict(x: Float64Array, step: Float64Array | undefined): Verdict;
}

/** What a caller is told of a point. */
export interface Report {
  readonly objective: number;
  readonly gradientNorm: number;
}

/** The reasons to stop that a vanished gradient may be. */
export type Verdict = "gradient" | "unbounded" | "rounding";
