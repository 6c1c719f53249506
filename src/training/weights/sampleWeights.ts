import { Law } from "../../measure/law.js";
import { BELOW_INFINITY, NON_NEGATIVE, outOfRange, requireNumbers, wrongType } from "../../numeric/check.js";
import { twoProduct } from "../../numeric/doubleDouble.js";
import { log } from "../../numeric/elementary.js";
import { peakOf } from "../../numeric/peak.js";
import { sum } from "../../numeric/sum.js";

/**
 * Importance weights of draws, known up to a common factor: as numbers, or as logarithms, which neither overflow nor
 * underflow. Where both are given the logarithms are read.
 */
export interface SampleWeights {
  /** One weight a draw: finite, ≥ 0, not all 0. */
  readonly weight?: ArrayLike<number>;
  /** Their logarithms, in nats: below ∞, −∞ for weight 0, not all −∞. */
  readonly logWeight?: ArrayLike<number>;
}

/** Checked weights of draws. */
export interface WeightsRead {
  /** Their logarithms relative to the largest: at most 0. */
  readonly logWeight: Float64Array;
  /** The weights themselves, where they were given as numbers. */
  readonly weight?: Float64Array;
  /** The log-weight of a draw is a difference of numbers of this size, in nats: its rounding is relative to it. */
  magnitude(draw: number): number;
}

export function readWeights(caller: string, weights: SampleWeights): WeightsRead {
  if (typeof weights !== "object" || weights === null || !(weights.logWeight ?? weights.weight)) {
    throw wrongType(caller, "weights", "be an object with weight or logWeight", weights);
  }
  if (weights.logWeight !== undefined) {
    const given = requireNumbers(caller, "logWeight", weights.logWeight, BELOW_INFINITY);
    const top = given[peakOf(given)];
    if (!(top > -Infinity)) throw outOfRange(caller, "logWeight", "have an entry above -Infinity", given);
    return { logWeight: given.map((l) => l - top), magnitude: (i) => Math.abs(given[i]) };
  }
  const weight = requireNumbers(caller, "weight", weights.weight, NON_NEGATIVE);
  const top = weight[peakOf(weight)];
  if (!(top > 0)) throw outOfRange(caller, "weight", "have a positive total", 0);
  const logTop = log(top);
  return { weight, logWeight: weight.map((w) => log(w) - logTop), magnitude: () => 1 };
}

/** The law proportional to weights of draws. */
export function lawOfWeights(caller: string, weights: SampleWeights): Law {
  const { weight, logWeight } = readWeights(caller, weights);
  return weight === undefined ? Law.fromLogMass(logWeight) : Law.fromMass(weight);
}

/**
 * The self-normalised importance weights wᵢ/Σw of draws: what each draw counts for in the estimate Σ wᵢ g(oᵢ)/Σ w of an
 * expectation under the target.
 *
 * $$\bar w_i = \frac{w_i}{\sum_j w_j}$$
 *
 * @param weights the weights of the draws, as numbers or in logarithms
 * @returns weights that add up to 1, in a fresh array
 * @throws TypeError when neither `weight` nor `logWeight` is an array of numbers
 * @throws RangeError when there are no draws, a weight is negative, NaN or infinite, or all are 0
 * @example
 * ```ts
 * import { selfNormalizedWeights } from "exptilt/training";
 * selfNormalizedWeights({ weight: [1, 2, 5] }) // => [0.125, 0.25, 0.625]
 * selfNormalizedWeights({ logWeight: [1000, 1000] }) // => [0.5, 0.5]
 * ```
 */
export function selfNormalizedWeights(weights: SampleWeights): Float64Array {
  return lawOfWeights("selfNormalizedWeights", weights).probabilities();
}

/**
 * Kish's effective sample size of weighted draws: how many unweighted draws of the target would estimate as well.
 *
 * $$\mathrm{ESS} = \frac{\bigl(\sum_i w_i\bigr)^2}{\sum_i w_i^2}, \quad 1 \le \mathrm{ESS} \le n$$
 *
 * ESS/n tends to 1/(1 + CV²) with the number of draws, see `importanceWeights`. A draw whose weight dominates makes it 1;
 * then it says nothing of the draws that were missed, which is what `paretoK` is for.
 *
 * @param weights the weights of the draws, as numbers or in logarithms
 * @returns the effective number of draws, correctly rounded
 * @throws TypeError when neither `weight` nor `logWeight` is an array of numbers
 * @throws RangeError when there are no draws, a weight is negative, NaN or infinite, or all are 0
 * @example
 * ```ts
 * import { effectiveSampleSize } from "exptilt/training";
 * effectiveSampleSize({ weight: [1, 1, 1, 1] }) // => 4
 * effectiveSampleSize({ logWeight: [0, -1, -800] }) // => 1.648054273663885
 * ```
 */
export function effectiveSampleSize(weights: SampleWeights): number {
  return sizeOf(lawOfWeights("effectiveSampleSize", weights));
}

/**
 * (Σw)²/Σw² of the weights of a law, which are scaled so that no square leaves the range of doubles. Both sums and their
 * quotient are in double-double: the result is the nearest double, and lies in [1, n] as the true value does.
 */
export function sizeOf({ weight, total }: Law): number {
  const [squares, errors] = [new Float64Array(weight.length), new Float64Array(weight.length)];
  for (let i = 0; i < weight.length; i++) {
    const { hi, lo } = twoProduct(weight[i], weight[i]);
    squares[i] = hi;
    errors[i] = lo;
  }
  const [a, b] = [sum(squares), sum(errors)];
  const numerator = twoProduct(total.hi, total.hi);
  const low = numerator.lo + 2 * total.hi * total.lo;
  const quotient = numerator.hi / a.hi;
  const product = twoProduct(quotient, a.hi);
  return quotient + (numerator.hi - product.hi - product.lo + low - quotient * (a.lo + b.hi)) / a.hi;
}
