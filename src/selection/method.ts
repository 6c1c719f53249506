import { FINITE, outOfRange, requireNumber, requireOneOf, requireOptions } from "../numeric/check.js";
import { DRAWS_OR_LIMIT } from "./draws.js";
import { requireVotes } from "./votes/lawOfVotes.js";

/**
 * A way to spend N draws from ref:
 *
 * - `soft`: pick one with probability ∝ e^{r/β}, `softBestOfNLaw`; at β = 0 best-of-N, `bestOfNLaw`;
 * - `metropolis`: hold one, replace it with probability min(1, e^{(r′ − r)/β}), `metropolisLaw`;
 * - `rejection`: accept one with probability min(1, e^{(r − cap)/β}), the last whatever it is, `rejectionSamplingLaw`;
 * - `vote`: the allowed answer that is drawn most often, `majorityVoteLaw`; β does not matter;
 * - `weighted-vote`: the answer of the greatest count·e^{r/β}, `weightedVoteLaw`.
 */
export type SelectionMethod = "soft" | "metropolis" | "rejection" | "vote" | "weighted-vote";

export const METHODS: readonly SelectionMethod[] = ["soft", "metropolis", "rejection", "vote", "weighted-vote"];

/** Which way of spending the draws is read. */
export interface MethodOptions {
  /** The method, soft best-of-N where left out. */
  readonly method?: SelectionMethod;
  /** For `rejection`: from this reward on a draw is always accepted; the largest reward that ref supports where left out. */
  readonly cap?: number;
}

/** A method, checked. */
export interface Method {
  readonly method: SelectionMethod;
  readonly cap?: number;
}

export const SOFT: Method = { method: "soft" };

/** Whether a method counts votes: its law is not by reward level, and N is whole. */
export const isVote = ({ method }: Method): boolean => method === "vote" || method === "weighted-vote";

/** The method that options name; errors call them `argument`. */
export function requireMethod(
  caller: string,
  { method = "soft", cap }: MethodOptions,
  argument: string = "options",
): Method {
  requireOneOf(caller, `${argument}.method`, method, METHODS);
  if (cap === undefined) return { method };
  const known = requireNumber(caller, `${argument}.cap`, cap, FINITE);
  if (method !== "rejection") throw outOfRange(caller, `${argument}.cap`, `be left out of the method ${method}`, cap);
  return { method, cap: known };
}

/** The method of a function's options. */
export function methodOf(caller: string, options: MethodOptions): Method {
  return requireMethod(caller, requireOptions(caller, options, { method: true, cap: true }));
}

/** A number of draws of a method, or Infinity for its limit: votes need whole ones. */
export function requireDraws(caller: string, argument: string, n: unknown, method: Method): number {
  const draws = requireNumber(caller, argument, n, DRAWS_OR_LIMIT);
  return isVote(method) && draws < Infinity ? requireVotes(caller, argument, draws) : draws;
}
