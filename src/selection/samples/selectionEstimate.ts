import { measure } from "../../measure/measure.js";
import { FINITE, outOfRange, requireNumber, requireNumbers } from "../../numeric/check.js";
import { selectionCurve } from "../curve.js";
import { type Method, SOFT } from "../method.js";
import { TEMPERATURE } from "../problem.js";
import { forOneOrMany, type NamedDraws, requireAligned, requireCounts, requireSubsetSizes } from "./sampleInput.js";
import { subsetEstimates } from "./subsetEstimates.js";

/** Scored samples of one query, drawn independently from the reference policy. */
export interface ScoredSamples {
  /** The reward of each sample: what selection goes by. */
  readonly reward: ArrayLike<number>;
  /** What one really wants, of each sample. */
  readonly gold?: ArrayLike<number>;
  /** How many samples have this reward and gold: whole numbers, 1 each where left out. M is their sum, below 2³¹. */
  readonly count?: ArrayLike<number>;
}

/** Scored samples, and a temperature to select at. */
export interface SoftScoredSamples extends ScoredSamples {
  /** The temperature β ≥ 0, in the units of the reward: 0 is hard best-of-N, Infinity picks any. */
  readonly beta: number;
}

/** Expected values of the sample that selection picks. */
export interface SelectedValues {
  /** The expected reward. */
  readonly reward: number;
  /** The expected gold reward, where the samples have one. */
  readonly gold?: number;
}

/** What selection among n draws is worth, estimated from M ≥ n samples. */
export interface SelectionEstimate extends SelectedValues {
  /** The same under the samples' own law, n draws from them with replacement: biased, but for n = 1. */
  readonly plugIn: SelectedValues;
}

/** The condition on rewards: a forbidden sample would be drawn again, which biases the estimate. */
const REDRAWN =
  "be finite (a draw of reward -Infinity would have been drawn again, which biases the estimate; leave it out)";

/** How many samples there may be in all. */
const MAX_SAMPLES = 2 ** 31;

function estimates(
  caller: string,
  samples: SoftScoredSamples,
  ns: readonly NamedDraws[],
  method: Method,
  rng?: () => number,
): SelectionEstimate[] {
  const reward = requireNumbers(caller, "reward", samples.reward, { ...FINITE, least: -Infinity });
  const forbidden = reward.indexOf(-Infinity);
  if (forbidden >= 0) throw outOfRange(caller, `reward[${forbidden}]`, REDRAWN, -Infinity);
  if (reward.length === 0) throw outOfRange(caller, "reward", "have at least one entry", samples.reward);
  const { length } = reward;
  const count = samples.count === undefined ? reward.map(() => 1) : requireCounts(caller, samples.count, length);
  const size = count.reduce((s, m) => s + m, 0);
  if (!(size >= 1 && size < MAX_SAMPLES)) throw outOfRange(caller, "count", "sum to 1 or more, below 2^31", size);
  const gold = requireAligned(caller, "gold", samples.gold, length);
  const beta = requireNumber(caller, "beta", samples.beta, TEMPERATURE);
  const draws = requireSubsetSizes(caller, ns, size);
  const [rewards, golds] = subsetEstimates(reward, count, gold ? [reward, gold] : [reward], beta, draws, method, rng);
  const ref = measure([...reward.keys()], count);
  const plugIns = selectionCurve({ ref, reward, beta, ...(gold && { gold }) }, draws, method);
  return plugIns.map((plugIn, i) => ({
    ...selectedValues(rewards[i], golds?.[i]),
    plugIn: selectedValues(plugIn.reward, plugIn.gold),
  }));
}

/** One estimate for one n, and a list of them for a list. The method is no vote. */
export function estimate(
  caller: string,
  samples: SoftScoredSamples,
  n: number | ArrayLike<number>,
  method: Method = SOFT,
  rng?: () => number,
): SelectionEstimate | SelectionEstimate[] {
  return forOneOrMany(caller, n, (ns) => estimates(caller, samples, ns, method, rng));
}

function selectedValues(reward: number, gold: number | undefined): SelectedValues {
  return gold === undefined ? { reward } : { reward, gold };
}
