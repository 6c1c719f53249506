import type { Law } from "../../measure/law.js";
import { type Condition, outOfRange, requireNumber } from "../../numeric/check.js";
import { exp } from "../../numeric/elementary.js";
import { keptOf } from "../ratio/kept.js";
import { lawOfRatios } from "../ratio/law.js";
import type { RatioToRef } from "../ratio/levelRatios.js";
import type { Prepared } from "../ratio/prepared.js";
import { countedRatios, MAX_COUNTED } from "./countedRatios.js";
import { isCountable } from "./countedVotes.js";
import { poissonCounts } from "./countModel.js";
import { type Election, electionOf } from "./election.js";
import { roundsOf } from "./rounds.js";
import { voteIntegral } from "./voteIntegral.js";
import { voteWeights } from "./voteWeights.js";

/** The most draws of a vote: its law takes some seconds there. */
const MAX_DRAWS = 2 ** 19;

/** Ratios to ref below this are not left to counting. */
const MIN_COUNTED = 1e-280;

/** A whole number of draws up to the most that a function takes. */
export function requireVotes(caller: string, argument: string, value: unknown, most: number = MAX_DRAWS): number {
  const whole: Condition = { least: 1, most, says: `be a whole number from 1 to ${most}` };
  const n = requireNumber(caller, argument, value, whole);
  if (!Number.isInteger(n)) throw outOfRange(caller, argument, whole.says, n);
  return n;
}

/** The law of the answer that wins the vote of n draws. */
export function lawOfVotes<A>(prepared: Prepared<A>, n: number): Law {
  return lawOfRatios(electionOf(prepared), (election) => voteRatios(election, n));
}

/** P/ref of an answer of each contender. */
function voteRatios(election: Election, n: number): RatioToRef {
  const { contenders, share, logShare, rewards, beta } = election;
  const weights = voteWeights(rewards.reward, beta);
  const counted = isCounted(election, n)
    ? countedRatios(
        election,
        roundsOf(contenders, weights, () => n),
        n,
      )
    : undefined;
  const { ratio, logRatio } = counted ?? { ratio: share.map(() => 0), logRatio: share.map(() => -Infinity) };
  // Among counted ways to a rare answer, some that count may have been rounded to 0.
  const others = [...contenders.keys()].filter((c) => !(ratio[c] > MIN_COUNTED) && contenders[c].level >= 0);
  if (others.length > 0) {
    const answers = contenders.map((c) => c.answers);
    const logs = voteIntegral(contenders, weights, poissonCounts(answers, share, logShare, n), n, others);
    const { logKept } = keptOf(rewards, n);
    for (const c of others) {
      logRatio[c] = logs[c] - logShare[c] - logKept;
      ratio[c] = exp(logRatio[c]);
    }
  }
  return { ratio, logRatio };
}

function isCounted({ contenders }: Election, n: number): boolean {
  const most = contenders.map(() => n);
  return n <= MAX_COUNTED && isCountable(contenders, most, n);
}
