import { LevelReader } from "./levelReader.js";
import { isVote, type Method } from "./method.js";
import { byMethod } from "./methodOnLevels.js";
import type { MethodReader } from "./methodReader.js";
import { type LimitDistance, limitDistanceOf } from "./ratio/limitDistanceOf.js";
import type { Prepared } from "./ratio/prepared.js";
import type { ReadValues } from "./readValues.js";
import { VoteReader, votesOn } from "./voteReader.js";

/**
 * The reader of a method on a prepared problem. Where several entries of the support are one answer to a vote, `answerOf` tells
 * which by whole numbers from 0; weighted votes need equal rewards of them.
 */
export function readerOf<A>(
  prepared: Prepared<A>,
  values: ReadValues,
  method: Method,
  answerOf?: Uint32Array,
): MethodReader {
  if (isVote(method)) return new VoteReader(prepared, votesOn(prepared, method, answerOf), values);
  return new LevelReader(byMethod(prepared, method), values);
}

/** The distances of a method's laws from their limit, at several finite N. */
export function distancesOf<A>(prepared: Prepared<A>, method: Method): (ns: readonly number[]) => LimitDistance[] {
  if (isVote(method)) {
    const votes = votesOn(prepared, method);
    return (ns) => ns.map((n) => votes.distance(votes.at(n)));
  }
  const { prepared: own, limit, ratiosAt } = byMethod(prepared, method);
  return (ns) => ratiosAt(ns).map((ratios) => limitDistanceOf(own.levels, limit, ratios));
}
