import { log } from "../../numeric/elementary.js";
import { slackOf, type VoteWeights } from "./voteWeights.js";

/** Answers that are alike: in their share of the draws, and in the weight of their votes. */
export interface Contender {
  /** How many answers there are of the kind. */
  readonly answers: number;
  /** The level of its reward; −1 where that is forbidden, and its votes count nothing. */
  readonly level: number;
}

/** Contenders whose sums of weights are tied, and with how many votes each. */
export type Round = { readonly contender: number; readonly votes: number }[];

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
      return { contender, votes, level, logSum: weights.logWeight[level] + log(votes) };
    });
  });
  // Equal sums of one contender can't be: the order of its votes is kept where rounding makes them so.
  sums.sort((a, b) => a.logSum - b.logSum || a.votes - b.votes);
  const rounds: (typeof sums)[] = [];
  for (const sum of sums) {
    const round = rounds[rounds.length - 1];
    const first = round?.[0];
    const tied =
      first !== undefined &&
      sum.logSum - first.logSum <= slackOf(weights, first.level, sum.level, sum.votes) &&
      round.every(({ contender }) => contender !== sum.contender);
    if (tied) round.push(sum);
    else rounds.push([sum]);
  }
  return rounds;
}
