import type { Law } from "../../measure/law.js";
import { type Levels, levelsOf } from "../../measure/levels.js";
import type { Measure } from "../../measure/measure.js";
import type { Ladder } from "../integral/logWeights.js";

/** A checked problem, seen by reward level. */
export interface Prepared<A> {
  readonly caller: string;
  readonly ref: Measure<A>;
  readonly law: Law;
  readonly score: Float64Array;
  readonly levels: Levels;
  readonly beta: number;
  /** The log-weights of the levels, where β is neither 0 nor infinite. */
  readonly ladder: Ladder | undefined;
  /** The same with masses lifted by a power of two. */
  readonly ladderFor: (lift: number) => Ladder;
  /** The same, made once more: for what is rarely asked for it takes the room of neither levels nor ladder. */
  readonly again: () => Prepared<A>;
}

/** By levels, and the ladder that these are given. */
export function preparedBy<A>(
  known: Pick<Prepared<A>, "caller" | "ref" | "law" | "score" | "beta">,
  ladderOf: (levels: Levels, lift: number) => Ladder,
): Prepared<A> {
  const { caller, ref, law, score, beta } = known;
  const levels = levelsOf(caller, law, score);
  const again = () => preparedBy(known, ladderOf);
  const ladder = beta > 0 && beta < Infinity ? ladderOf(levels, 0) : undefined;
  const ladderFor = (lift: number) => (lift === 0 && ladder !== undefined ? ladder : ladderOf(levels, lift));
  return { caller, ref, law, score, levels, beta, ladder, ladderFor, again };
}
