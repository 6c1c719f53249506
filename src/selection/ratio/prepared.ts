import type { Law } from "../../measure/law.js";
import { type Levels, levelsOf } from "../../measure/levels.js";
import type { Measure } from "../../measure/measure.js";
import type { Weights } from "../integral/weights.js";

/** A checked problem, seen by reward level. */
export interface Prepared<A> {
  readonly caller: string;
  readonly ref: Measure<A>;
  readonly law: Law;
  readonly score: Float64Array;
  readonly levels: Levels;
  readonly beta: number;
  /** The log-weights of the levels, where β is neither 0 nor infinite. */
  readonly weights: Weights | undefined;
  /** The same with masses lifted by a power of two. */
  readonly weightsFor: (lift: number) => Weights;
  /** Prepares the problem again, so that a law need not keep levels and weights for its logarithms. */
  readonly again: () => Prepared<A>;
}

/** By levels, and the weights that these are given. */
export function preparedBy<A>(
  known: Pick<Prepared<A>, "caller" | "ref" | "law" | "score" | "beta">,
  levels: Levels,
  weightsOf: (levels: Levels, lift: number) => Weights,
): Prepared<A> {
  const { caller, ref, law, score, beta } = known;
  const again = () => preparedBy(known, levelsOf(caller, law, score), weightsOf);
  const weights = beta > 0 && beta < Infinity ? weightsOf(levels, 0) : undefined;
  const weightsFor = (lift: number) => (lift === 0 && weights !== undefined ? weights : weightsOf(levels, lift));
  return { caller, ref, law, score, levels, beta, weights, weightsFor, again };
}
