import { timesRatio } from "../../numeric/doubleDouble.js";
import { exp } from "../../numeric/elementary.js";
import { countedVotes, isCountable } from "./countedVotes.js";
import { binomialCounts } from "./countModel.js";
import { kindsOf } from "./kinds.js";
import { type Contender, roundsOf } from "./rounds.js";
import { voteIntegral } from "./voteIntegral.js";
import { voteWeights } from "./voteWeights.js";

/** Of so many samples all numbers of subsets are doubles. */
const MAX_COUNTED = 1000;

/**
 * The share of the subsets of n samples whose vote each answer wins, ties drawn uniformly: the core of
 * `estimateMajorityVote`, without checks, for many n at once.
 *
 * @param count how many samples give each answer
 * @param reward the finite rewards of the answers
 * @param beta the temperature from 0 to ∞
 * @param ns whole numbers from 1 to the number of samples
 * @returns for each n the shares by answer
 */
export function voteSubsets(
  count: Float64Array,
  reward: Float64Array,
  beta: number,
  ns: readonly number[],
): Float64Array[] {
  const { contenders, most, contenderOf, rewards } = contendersOf(count, reward, beta);
  const size = count.reduce((s, m) => s + m, 0);
  const weights = voteWeights(rewards, beta);
  const all = [...new Set(ns)];
  const largest = Math.max(...all);
  let shares: Float64Array[];
  if (size <= MAX_COUNTED && isCountable(contenders, most, largest)) {
    const terms = most.map((m) => binomials(m, Math.min(m, largest)));
    const rounds = roundsOf(contenders, weights, (c) => Math.min(most[c], largest));
    const step = (c: number, i: number) => (most[c] - i + 1) / i;
    const { sums, fewest } = countedVotes({ contenders, terms, step, rounds }, all);
    const subsets = binomials(size, largest);
    shares = sums.map((sum, i) => sum.map((s, c) => (s / subsets[all[i]]) * terms[c][fewest[c]]));
  } else {
    const every = [...contenders.keys()];
    const answers = contenders.map((c) => c.answers);
    shares = all.map((n) => voteIntegral(contenders, weights, binomialCounts(answers, most, n), n, every).map(exp));
  }
  return ns.map((n) => {
    const share = shares[all.indexOf(n)];
    return Float64Array.from(contenderOf, (c) => (c < 0 ? 0 : share[c]));
  });
}

/** Answers that have samples, by their number and their reward. */
function contendersOf(count: Float64Array, reward: Float64Array, beta: number) {
  // At β = ∞ rewards do not matter.
  const rewardOf = (i: number) => (beta === Infinity ? 0 : reward[i] + 0);
  const drawn = [...count.keys()].filter((i) => count[i] > 0);
  const rewards = Float64Array.from(new Set(drawn.map(rewardOf))).sort((a, b) => b - a);
  const levelOf = new Map(Array.from(rewards, (r, level) => [r, level]));
  const level = (i: number) => levelOf.get(rewardOf(i)) as number;
  const kinds = kindsOf(count.length, (i) => (count[i] > 0 ? `${count[i]} ${level(i)}` : undefined));
  const contenders = kinds.first.map((i, c): Contender => ({ answers: kinds.size[c], level: level(i) }));
  return { contenders, most: kinds.first.map((i) => count[i]), contenderOf: kinds.kindOf, rewards };
}

/** C(m, i) for i = 0, …, to. */
function binomials(m: number, to: number): Float64Array {
  const out = new Float64Array(to + 1).fill(1);
  for (let i = 1, c = { hi: 1, lo: 0 }; i <= to; i++) {
    c = timesRatio(c, m - i + 1, i);
    out[i] = c.hi;
  }
  return out;
}
