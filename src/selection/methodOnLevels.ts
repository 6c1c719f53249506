import type { Method } from "./method.js";
import { prepare } from "./problem.js";
import type { LevelRatios } from "./ratio/levelRatios.js";
import { type LimitLevels, limitLevels } from "./ratio/limitLevels.js";
import { metropolisGaps, metropolisRatios } from "./ratio/metropolis.js";
import type { Prepared } from "./ratio/prepared.js";
import { isSingle, ratiosAt, unselected } from "./ratio/ratiosAt.js";
import { rejectionGaps, rejectionRatios } from "./ratio/rejection.js";
import { withGaps } from "./ratio/withGaps.js";

/** A problem as a method that goes by reward levels sees it. */
export interface MethodOnLevels<A> {
  /** The problem. Rewards above the cap are one level. */
  readonly prepared: Prepared<A>;
  /** What the laws tend to. */
  readonly limit: LimitLevels;
  /** The ratios of the laws of several N ≥ 1. */
  ratiosAt(ns: readonly number[]): LevelRatios[];
}

/** Soft best-of-N, Metropolis or rejection on a prepared problem. */
export function byMethod<A>(prepared: Prepared<A>, { method, cap }: Method): MethodOnLevels<A> {
  if (method === "rejection") return rejection(prepared, cap);
  const limit = limitLevels(prepared);
  const { levels, beta } = prepared;
  // At β = 0 Metropolis is best-of-N.
  if (method === "soft" || beta === 0) return { prepared, limit, ratiosAt: (ns) => ratiosAt(prepared, ns) };
  const at = (n: number): LevelRatios =>
    isSingle(prepared, n)
      ? unselected(prepared)
      : withGaps(metropolisRatios(levels, beta, n), limit, () => metropolisGaps(levels, beta, n, limit));
  return { prepared, limit, ratiosAt: (ns) => ns.map(at) };
}

/** Rejection, by default with the largest reward that ref supports for the cap. */
function rejection<A>(given: Prepared<A>, cap: number = given.levels.reward[0]): MethodOnLevels<A> {
  const { caller, ref, score, levels, beta } = given;
  const [most] = levels.reward;
  const capped = (temperature: number) =>
    prepare(caller, { ref, reward: score.map((r) => Math.min(r, cap)) }, temperature);
  // At β = 0 a cap above every reward accepts nothing: every N gives ref, as β = ∞ does.
  const prepared = cap < most ? capped(beta) : beta === 0 && cap > most ? capped(Infinity) : given;
  const limit = limitLevels(prepared);
  const at = (n: number): LevelRatios =>
    n === 1 || prepared.beta === Infinity
      ? unselected(prepared)
      : withGaps(rejectionRatios(prepared, cap, n), limit, () => rejectionGaps(prepared, cap, n, limit));
  return { prepared, limit, ratiosAt: (ns) => ns.map(at) };
}
