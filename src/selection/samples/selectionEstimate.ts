import { measure } from "../../measure/measure.js";
import {
  FINITE,
  outOfRange,
  requireArrayLike,
  requireInteger,
  requireLength,
  requireNumber,
  requireNumbers,
} from "../../numeric/check.js";
import { selectionCurve } from "../curve.js";
import { type Method, SOFT } from "../method.js";
import { TEMPERATURE } from "../problem.js";
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

function countsOf(caller: string, given: ArrayLike<number> | undefined, length: number): Float64Array {
  if (given === undefined) return new Float64Array(length).fill(1);
  requireLength(caller, "count", given, length);
  return Float64Array.from({ length }, (_, i) => requireInteger(caller, `count[${i}]`, given[i], 0));
}

function estimates(
  caller: string,
  samples: SoftScoredSamples,
  ns: readonly (readonly [argument: string, n: unknown])[],
  method: Method,
  rng?: () => number,
): SelectionEstimate[] {
  const reward = requireNumbers(caller, "reward", samples.reward, { ...FINITE, least: -Infinity });
  const forbidden = reward.indexOf(-Infinity);
  if (forbidden >= 0) throw outOfRange(caller, `reward[${forbidden}]`, REDRAWN, -Infinity);
  if (reward.length === 0) throw outOfRange(caller, "reward", "have at least one entry", samples.reward);
  const count = countsOf(caller, samples.count, reward.length);
  const size = count.reduce((s, m) => s + m, 0);
  if (!(size >= 1 && size < MAX_SAMPLES)) throw outOfRange(caller, "count", "sum to 1 or more, below 2^31", size);
  const gold = samples.gold === undefined ? undefined : goldOf(caller, samples.gold, reward.length);
  const beta = requireNumber(caller, "beta", samples.beta, TEMPERATURE);
  const draws = ns.map(([argument, given]) => {
    const n = requireInteger(caller, argument, given, 1);
    if (n > size) throw outOfRange(caller, argument, `be at most ${size}, the number of samples`, n);
    return n;
  });
  const [rewards, golds] = subsetEstimates(reward, count, gold ? [reward, gold] : [reward], beta, draws, method, rng);
  const ref = measure([...reward.keys()], count);
  const plugIns = selectionCurve({ ref, reward, beta, ...(gold && { gold }) }, draws, method);
  return plugIns.map((plugIn, i) => ({
    ...selectedValues(rewards[i], golds?.[i]),
    plugIn: selectedValues(plugIn.reward, plugIn.gold),
  }));
}

function goldOf(caller: string, given: ArrayLike<number>, length: number): Float64Array {
  requireLength(caller, "gold", given, length);
  return requireNumbers(caller, "gold", given, FINITE);
}

/** One estimate for one n, and a list of them for a list. The method is no vote. */
export function estimate(
  caller: string,
  samples: SoftScoredSamples,
  n: number | ArrayLike<number>,
  method: Method = SOFT,
  rng?: () => number,
): SelectionEstimate | SelectionEstimate[] {
  if (typeof n !== "object" || n === null) return estimates(caller, samples, [["n", n]], method, rng)[0];
  const all = Array.from(requireArrayLike(caller, "n", n), (one, i) => [`n[${i}]`, one] as const);
  return estimates(caller, samples, all, method, rng);
}

function selectedValues(reward: number, gold: number | undefined): SelectedValues {
  return gold === undefined ? { reward } : { reward, gold };
}
