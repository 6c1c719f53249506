import type { Law } from "../../measure/law.js";
import { type Levels, levelsOf } from "../../measure/levels.js";
import type { Measure } from "../../measure/measure.js";
import { lazy } from "../../numeric/cache.js";
import type { Weights } from "../integral/weights.js";

/** A checked problem, seen by reward level. */
export interface Prepared<A> {
  readonly caller: string;
  readonly ref: Measure<A>;
  readonly law: Law;
  readonly score: Float64Array;
  readonly levels: Levels;
  readonly beta: number;
  /** The log-weights of the levels, where β is neither 0 nor infinite; made when first read. */
  readonly weights: Weights | undefined;
  /** The same with masses lifted by a power of two. */
  readonly weightsFor: (lift: number) => Weights;
  /** Prepares the problem again, so that a law need not keep levels and weights for its logarithms. */
  readonly again: () => Prepared<A>;
}

/** What a problem is prepared from. */
type Known<A> = Pick<Prepared<A>, "caller" | "ref" | "law" | "score" | "beta">;

/** By levels, and the weights that these are given. */
export function preparedBy<A>(
  known: Known<A>,
  levels: Levels,
  weightsOf: (levels: Levels, lift: number) => Weights,
): Prepared<A> {
  const { beta } = known;
  const weights = lazy(() => (beta > 0 && beta < Infinity ? weightsOf(levels, 0) : undefined));
  return {
    ...known,
    levels,
    get weights() {
      return weights();
    },
    weightsFor: (lift) => (lift === 0 ? weights() : undefined) ?? weightsOf(levels, lift),
    again: preparedAgain(known, weightsOf),
  };
}

/** A function of its own, so that what it gives holds on to neither levels nor weights. */
function preparedAgain<A>(known: Known<A>, weightsOf: (levels: Levels, lift: number) => Weights): () => Prepared<A> {
  const { caller, law, score } = known;
  return () => preparedBy(known, levelsOf(caller, law, score), weightsOf);
}
