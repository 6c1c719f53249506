import type { Law } from "../../measure/law.js";
import { type Levels, levelsOf } from "../../measure/levels.js";
import type { Measure } from "../../measure/measure.js";
import type { Weights } from "../integral/weights.js";

/** What a problem is prepared from. */
export interface Known<A> {
  readonly caller: string;
  readonly ref: Measure<A>;
  readonly law: Law;
  readonly score: Float64Array;
  readonly beta: number;
}

/** The weights of levels, with masses lifted by a power of two. */
type WeightsOf = (levels: Levels, beta: number, lift: number) => Weights;

/** A checked problem, seen by reward level. A class: literals with a getter would each have a hidden class of its own. */
export class Prepared<A> implements Known<A> {
  readonly caller: string;
  readonly ref: Measure<A>;
  readonly law: Law;
  readonly score: Float64Array;
  readonly beta: number;
  readonly #levelsOf: (() => Levels) | undefined;
  #levels: Levels | undefined;
  readonly #weightsOf: WeightsOf;
  #weights: Weights | undefined;

  /** `levelsOf` gives levels that problems share. */
  constructor({ caller, ref, law, score, beta }: Known<A>, weightsOf: WeightsOf, levelsOf?: () => Levels) {
    this.caller = caller;
    this.ref = ref;
    this.law = law;
    this.score = score;
    this.beta = beta;
    this.#weightsOf = weightsOf;
    this.#levelsOf = levelsOf;
  }

  /** Made when first read. */
  get levels(): Levels {
    this.#levels ??= this.#levelsOf?.() ?? levelsOf(this.caller, this.law, this.score);
    return this.#levels;
  }

  /** The log-weights of the levels, where β is neither 0 nor infinite; made when first read. */
  get weights(): Weights | undefined {
    const { beta } = this;
    if (this.#weights === undefined && beta > 0 && beta < Infinity)
      this.#weights = this.#weightsOf(this.levels, beta, 0);
    return this.#weights;
  }

  /** The same with masses lifted by a power of two. */
  weightsFor(lift: number): Weights {
    return (lift === 0 ? this.weights : undefined) ?? this.#weightsOf(this.levels, this.beta, lift);
  }

  /** Prepares the problem again, so that a law need not keep levels and weights for its logarithms. */
  get again(): () => Prepared<A> {
    return againFrom(this, this.#weightsOf);
  }
}

/** A function of its own, so that what it gives holds on to neither levels nor weights. */
function againFrom<A>({ caller, ref, law, score, beta }: Known<A>, weightsOf: WeightsOf): () => Prepared<A> {
  const known = { caller, ref, law, score, beta };
  return () => new Prepared(known, weightsOf);
}
