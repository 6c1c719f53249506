import { floats } from "../../numeric/floats.js";

/**
 * A selection law by reward level: beside its ratio to ref, its ratio to the limit N → ∞, each to its own digits.
 * Forbidden draws are drawn again: `kept` is the probability that some draw is not, and the ratios are divided by it.
 */
export interface LevelRatios {
  /** P/ref. */
  readonly ratio: Float64Array;
  /** log(P/ref), also where the ratio underflows. */
  readonly logRatio: Float64Array;
  /** P/π* − 1; Infinity where P/π* overflows. */
  readonly gap: Float64Array;
  /** log(P/π*). */
  readonly logGap: Float64Array;
  /** Where given, π* is the limit over the levels whose entry is a normal double: those that the draws may meet. */
  readonly heard?: Float64Array;
}

/** Arrays for the ratios of `size` levels. */
export function emptyRatios(size: number): LevelRatios {
  return { ratio: floats(size), logRatio: floats(size), gap: floats(size), logGap: floats(size) };
}

/** P/ref by level and its logarithm, from which a law is computed. */
export type RatioToRef = Pick<LevelRatios, "ratio" | "logRatio">;

/** From this many draws on, masses count that are rounded to 0. */
const MIN_DRAWS_BY_LOGARITHM = 2 ** 100;

/** Below this a ratio may come from a factor that was rounded below the normal doubles. */
const MIN_UNROUNDED_RATIO = 1e-250;

/** Whether a ratio for n draws, a sum of positive terms that are doubles, has all its digits. */
export function hasDigits(ratio: number, n: number): boolean {
  return n < MIN_DRAWS_BY_LOGARITHM && ratio > MIN_UNROUNDED_RATIO && ratio < Infinity;
}
