import { scaledDifference } from "../../measure/score.js";
import { log } from "../../numeric/elementary.js";
import { floats } from "../../numeric/floats.js";

/**
 * The weights w = e^{r/β} of the votes of each reward level, for the comparison of sums m·w. No count of votes makes up
 * for 64 nats, so that steps from level to level are at most that: at β = 0 all are.
 */
export interface VoteWeights {
  /** log w, up to a constant. */
  readonly logWeight: Float64Array;
  /** The size of the numbers that log w was computed from, which its rounding is relative to. */
  readonly size: Float64Array;
}

/** Past the logarithm of every number of votes. */
const MAX_STEP = 64;

/** Sums of weights are tied where their logarithms differ by no more units in the last place of what they come from. */
export const TIED_ULPS: number = 4;

/** The rounding of rewards of many β is not held against answers that can be told apart. */
const MAX_SLACK = 1e-12;

/** Of rewards that decrease. */
export function voteWeights(reward: Float64Array, beta: number): VoteWeights {
  const logWeight = floats(reward.length);
  const size = floats(reward.length);
  let first = 0;
  for (let i = 1; i < reward.length; i++) {
    if (scaledDifference(reward[i - 1], reward[i], beta) > MAX_STEP) {
      logWeight[i] = logWeight[i - 1] - MAX_STEP;
      first = i;
    } else logWeight[i] = logWeight[first] - scaledDifference(reward[first], reward[i], beta);
  }
  for (let i = 0; i < reward.length; i++) size[i] = beta === 0 ? 0 : Math.abs(reward[i] / beta);
  return { logWeight, size };
}

/** How far logarithms of sums of n equal weights of two levels may lie apart and be tied. */
export function slackOf({ size }: VoteWeights, i: number, j: number, n: number): number {
  return Math.min(MAX_SLACK, TIED_ULPS * 2 ** -52 * (1 + log(n) + Math.max(size[i], size[j])));
}
