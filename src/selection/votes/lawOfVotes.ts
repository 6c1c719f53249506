import type { Law } from "../../measure/law.js";
import type { Levels } from "../../measure/levels.js";
import { type Condition, outOfRange, requireNumber } from "../../numeric/check.js";
import { exp, log } from "../../numeric/elementary.js";
import { keptOf } from "../ratio/kept.js";
import { type Graded, lawOfRatios } from "../ratio/law.js";
import { hasDigits, type RatioToRef } from "../ratio/levelRatios.js";
import type { Prepared } from "../ratio/prepared.js";
import { countedVotes, isCountable } from "./countedVotes.js";
import { poissonCounts } from "./countModel.js";
import { type Contender, roundsOf } from "./rounds.js";
import { voteIntegral } from "./voteIntegral.js";
import { type VoteWeights, voteWeights } from "./voteWeights.js";

/** The most draws of a vote: its law takes some seconds there. */
const MAX_DRAWS = 2 ** 20;

const WHOLE_DRAWS: Condition = { least: 1, most: MAX_DRAWS, says: `be a whole number from 1 to ${MAX_DRAWS}` };

/** A number of draws that vote. */
export function requireVotes(caller: string, argument: string, value: unknown): number {
  const n = requireNumber(caller, argument, value, WHOLE_DRAWS);
  if (!Number.isInteger(n)) throw outOfRange(caller, argument, WHOLE_DRAWS.says, n);
  return n;
}

/** An election by n draws of a law: its answers by contender, those of equal probability and equal reward. */
interface Election extends Graded<Election> {
  readonly contenders: readonly Contender[];
  /** The probability of one answer of each. */
  readonly share: Float64Array;
  readonly logShare: Float64Array;
  readonly weights: VoteWeights;
  readonly rewards: Levels;
}

function electionOf(law: Law, rewards: Levels, beta: number): Election {
  const levelOf = new Int32Array(rewards.levelOf.length).fill(-1);
  const known = new Map<string, number>();
  const answers: number[] = [];
  const first: number[] = [];
  for (let i = 0; i < levelOf.length; i++) {
    if (!law.supports(i)) continue;
    const key = `${law.probability(i)} ${law.hasTail ? law.logProbability(i) : ""} ${rewards.levelOf[i]}`;
    let c = known.get(key);
    if (c === undefined) {
      c = first.push(i) - 1;
      known.set(key, c);
    }
    answers[c] = (answers[c] ?? 0) + 1;
    levelOf[i] = c;
  }
  return {
    law,
    levels: { levelOf },
    again: () => electionOf(law, rewards, beta),
    contenders: first.map((i, c) => ({ answers: answers[c], level: rewards.levelOf[i] })),
    share: Float64Array.from(first, (i) => law.probability(i)),
    logShare: Float64Array.from(first, (i) => law.logProbability(i)),
    weights: voteWeights(rewards.reward, beta),
    rewards,
  };
}

/** The law of the answer that wins the vote of n draws. */
export function lawOfVotes<A>({ law, levels, beta }: Prepared<A>, n: number): Law {
  return lawOfRatios(electionOf(law, levels, beta), (election) => voteRatios(election, n));
}

/** P/ref of an answer of each contender. */
function voteRatios(election: Election, n: number): RatioToRef {
  const { contenders, share, logShare, weights, rewards } = election;
  const { kept, logKept } = keptOf(rewards, n);
  const ratio = isCounted(contenders, n)
    ? countedRatios(election, n).map((x) => x / kept)
    : new Float64Array(share.length);
  const logRatio = ratio.map(log);
  const others = [...contenders.keys()].filter((c) => !hasDigits(ratio[c], n));
  if (others.length > 0) {
    const model = poissonCounts(
      contenders.map((c) => c.answers),
      share,
      logShare,
      n,
    );
    const logs = voteIntegral(contenders, weights, model, n, others);
    for (const c of others) {
      logRatio[c] = logs[c] - logShare[c] - logKept;
      ratio[c] = exp(logRatio[c]);
    }
  }
  return { ratio, logRatio };
}

/** Past so many draws nⁿ/n! leaves the range of doubles. */
const MAX_COUNTED = 500;

const isCounted = (contenders: readonly Contender[], n: number): boolean =>
  n <= MAX_COUNTED &&
  isCountable(
    contenders,
    contenders.map(() => n),
    n,
  );

/** The ratios by counting. Numbers of votes have the terms λⁱ/i! with λ = n ref: all ways to share n draws come to nⁿ/n!. */
function countedRatios({ contenders, share, weights }: Election, n: number): Float64Array {
  const terms = Array.from(share, (p) => {
    const out = new Float64Array(n + 1).fill(1);
    for (let i = 1; i <= n; i++) out[i] = (out[i - 1] * (n * p)) / i;
    return out;
  });
  const overRef = terms.map((t) => t.map((_, i) => (i === 0 ? 0 : (n * t[i - 1]) / i)));
  let all = 1;
  for (let i = 1; i <= n; i++) all = (all * n) / i;
  const rounds = roundsOf(contenders, weights, () => n);
  const [sums] = countedVotes({ contenders, terms, own: overRef, rounds }, [n]);
  return sums.map((s) => s / all);
}
