import { outOfRange, POSITIVE, requireInteger, requireNumber } from "../../numeric/check.js";
import { exp, expm1, log } from "../../numeric/elementary.js";
import type { WeightsRead } from "./sampleWeights.js";

/** How many of the largest weights are the tail. */
export interface TailOptions {
  /** The number of largest weights that the tail is fitted to, below that of the draws; by default min(n/5, 3√(n/r)). */
  readonly tailLength?: number;
  /**
   * r, the relative efficiency of the draws: their effective number, were they unweighted, over n. Below 1 for draws of a
   * Markov chain, whose tail is then longer; 1 by default, for independent draws.
   */
  readonly relativeEfficiency?: number;
}

/** The names of these options. */
export const TAIL_OPTIONS: Readonly<Record<keyof TailOptions, true>> = { tailLength: true, relativeEfficiency: true };

/** M = ⌈min(n/5, 3√(n/r))⌉, or what was asked for. */
export function tailLengthOf(caller: string, n: number, options: TailOptions): number {
  const { tailLength, relativeEfficiency } = options;
  const efficiency = requireNumber(caller, "options.relativeEfficiency", relativeEfficiency ?? 1, POSITIVE);
  if (tailLength === undefined) return Math.ceil(Math.min(0.2 * n, 3 * Math.sqrt(n / efficiency)));
  const length = requireInteger(caller, "options.tailLength", tailLength, 1);
  if (length >= n) throw outOfRange(caller, "options.tailLength", `be below the number of draws, ${n}`, length);
  return length;
}

/** Weights this close, relative to the numbers that they were made of, differ by rounding alone. */
const TIE_TOLERANCE = 8 * Number.EPSILON;

/** The tail of the draws: those whose weights exceed the largest weight outside it. */
export interface Tail {
  /** The draws, from lightest to heaviest. */
  readonly draws: Uint32Array;
  /** log(w − u) of each, u the cutoff. */
  readonly logExceedance: Float64Array;
  /** log u, −∞ where nothing is below the tail. */
  readonly logCutoff: number;
  /** Where each run of equal draws begins. */
  readonly runs: readonly number[];
}

/**
 * The tail of the `length` largest weights. Draws as heavy as the cutoff are left out, as draws from a finite answer set
 * repeat. Weights count as equal where they differ by no more than their rounding.
 */
export function tailOf({ logWeight, weight, magnitude }: WeightsRead, length: number): Tail {
  const value = weight ?? logWeight;
  const n = value.length;
  const order = Uint32Array.from(value.keys()).sort((i, j) => value[i] - value[j] || i - j);
  const equal = (lighter: number, heavier: number) => {
    const [a, b] = [value[lighter], value[heavier]];
    const gap = weight === undefined ? b - a : (b - a) / b;
    return a === b || (gap < Infinity && gap <= TIE_TOLERANCE * Math.max(1, magnitude(lighter), magnitude(heavier)));
  };
  const first = n - length;
  const cutoff = first > 0 ? order[first - 1] : undefined;
  let start = first;
  while (cutoff !== undefined && start < n && equal(cutoff, order[start])) start++;
  const draws = order.subarray(start);
  const logCutoff = cutoff === undefined ? -Infinity : logWeight[cutoff];
  const logExceedance = Float64Array.from(draws, (i) => {
    // A small difference of numbers is exact; that of their logarithms is not.
    if (weight !== undefined && cutoff !== undefined)
      return logWeight[i] + log((weight[i] - weight[cutoff]) / weight[i]);
    return logWeight[i] + log(-expm1(logCutoff - logWeight[i]));
  });
  const runs: number[] = [];
  for (let i = 0; i < draws.length; i++) {
    if (i === 0 || !equal(draws[runs[runs.length - 1]], draws[i])) runs.push(i);
  }
  return { draws, logExceedance, logCutoff, runs };
}

/** Each run of equal draws gets the mean of its values, which are logarithms. */
export function averageRuns(logValue: Float64Array, runs: readonly number[]): void {
  for (const [r, from] of runs.entries()) {
    const to = runs[r + 1] ?? logValue.length;
    if (to - from === 1) continue;
    const run = logValue.subarray(from, to);
    const top = run[run.length - 1];
    let total = 0;
    for (const l of run) total += exp(l - top);
    run.fill(top + log(total / run.length));
  }
}
