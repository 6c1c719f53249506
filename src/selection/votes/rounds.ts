import { log } from "../../numeric/elementary.js";
import { slackOf, type VoteWeights } from "./voteWeights.js";

/** Answers that are alike: in their share of the draws, and in the weight of their votes. */
export interface Contender {
  /** How many answers there are of the kind. */
  readonly answers: number;
  /** The level of its reward; −1 where that is forbidden, and its votes count nothing. */
  readonly level: number;
}

/** Contenders that are tied, and the numbers of votes with which an answer of each is: from the first to the last. */
export type Round = readonly { readonly contender: number; readonly from: number; readonly to: number }[];

/**
 * All sums of weights that one answer of each contender may have, from the lowest up, those together that are tied.
 *
 * @param most the largest number of votes that an answer of each contender may have
 */
export function roundsOf(
  contenders: readonly Contender[],
  weights: VoteWeights,
  most: (contender: number) => number,
): Round[] {
  const sums = contenders.flatMap(({ level }, contender) => {
    const size = level < 0 ? 0 : most(contender);
    return Array.from({ length: size }, (_, i) => {
      const votes = i + 1;
      return { contender, from: votes, to: votes, level, logSum: weights.logWeight[level] + log(votes) };
    });
  });
  // Equal sums of one contender can't be: the order of its votes is kept where rounding makes them so.
  sums.sort((a, b) => a.logSum - b.logSum || a.from - b.from);
  const rounds: (typeof sums)[] = [];
  for (const sum of sums) {
    const round = rounds[rounds.length - 1];
    const first = round?.[0];
    const tied =
      first !== undefined &&
      sum.logSum - first.logSum <= slackOf(weights, first.level, sum.level, sum.from) &&
      round.every(({ contender }) => contender !== sum.contender);
    if (tied) round.push(sum);
    else rounds.push([sum]);
  }
  return rounds;
}

/**
 * The rounds of best-of-majority: an answer with τ votes or more wins by its reward, and where there is none, one with
 * the most votes, by its reward among several.
 *
 * @param levels how many levels of reward there are, the best first
 */
export function qualifyingRounds(contenders: readonly Contender[], levels: number, tau: number, n: number): Round[] {
  const rounds: Round[] = [];
  const add = (from: number, to: number) => {
    for (let level = levels - 1; level >= 0; level--)
      rounds.push(contenders.flatMap((c, contender) => (c.level === level ? [{ contender, from, to }] : [])));
  };
  for (let votes = 1; votes < Math.min(tau, n + 1); votes++) add(votes, votes);
  if (tau <= n) add(tau, n);
  return rounds;
}
