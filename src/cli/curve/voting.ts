import { show } from "../../numeric/check.js";
import { voteSubsets } from "../../selection/votes/voteSubsets.js";
import { InputError } from "../input/inputError.js";
import type { Query } from "../input/query.js";

/**
 * Which answer each entry of a query is, by whole numbers from 0: those of one text are one. Entries without a text are answers
 * of their own where they are `listed` as such. Undefined where no two entries are one answer.
 */
export function answersOf({ text, place, query }: Query, listed: boolean): Uint32Array | undefined {
  const known = new Map<string, number>();
  let answers = 0;
  const answerOf = Uint32Array.from(text, (own) => {
    if (own === undefined && !listed)
      throw new InputError(
        `${place}: answers of query ${show(query)} have no text, and a vote has to tell them apart (--answer COLUMN names the text)`,
      );
    const before = own === undefined ? undefined : known.get(own);
    if (before !== undefined) return before;
    if (own !== undefined) known.set(own, answers);
    return answers++;
  });
  return answers === text.length ? undefined : answerOf;
}

/** A weighted vote needs one reward of each answer. */
export function requireOneRewardEach({ text, place }: Query, reward: readonly number[], answerOf: Uint32Array): void {
  const first = new Map<number, number>();
  for (const [i, a] of answerOf.entries()) {
    const j = first.get(a) ?? i;
    first.set(a, j);
    if (reward[i] !== reward[j])
      throw new InputError(
        `${place}: the answer ${show(text[i])} has the rewards ${reward[j]} and ${reward[i]}, and a weighted vote needs one of each answer (--merge mean takes their mean)`,
      );
  }
}

/** Samples by their classes, and which answer each class is to a vote. */
interface VotingClasses {
  readonly reward: Float64Array;
  readonly count: Float64Array;
  readonly values: readonly Float64Array[];
  readonly answerOf: Uint32Array | undefined;
}

/** For each value the unbiased estimates at each n of its mean at the answer that wins: that answer's samples count alike. */
export function voteEstimates(
  { reward, count, values, answerOf = Uint32Array.from(count.keys()) }: VotingClasses,
  beta: number,
  ns: readonly number[],
): Float64Array[] {
  const size = answerOf.reduce((most, a) => Math.max(most, a + 1), 0);
  const votes = new Float64Array(size);
  const rewards = new Float64Array(size);
  for (const [i, a] of answerOf.entries()) {
    votes[a] += count[i];
    rewards[a] = reward[i];
  }
  const laws = voteSubsets(votes, rewards, beta, ns);
  return values.map((f) =>
    Float64Array.from(laws, (law) => answerOf.reduce((s, a, i) => s + law[a] * (count[i] / votes[a]) * f[i], 0)),
  );
}
