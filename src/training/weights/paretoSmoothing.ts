import { requireOptions } from "../../numeric/check.js";
import { exp, log1p } from "../../numeric/elementary.js";
import { fitGeneralizedPareto, type GeneralizedPareto, logParetoQuantile } from "./generalizedPareto.js";
import { readWeights, type SampleWeights, type WeightsRead } from "./sampleWeights.js";
import { averageRuns, TAIL_OPTIONS, type Tail, type TailOptions, tailLengthOf, tailOf } from "./tail.js";

/** Fewer draws do not determine the shape of a tail. */
const MIN_TAIL_DRAWS = 5;

/** A tail with its fitted law; the shape alone where there is nothing to fit. */
interface FittedTail extends Tail {
  readonly shape: number;
  readonly fit?: GeneralizedPareto;
}

function fitTail(weights: WeightsRead, length: number): FittedTail {
  const tail = tailOf(weights, length);
  const { draws, runs } = tail;
  if (draws.length === 0) return { ...tail, shape: -Infinity };
  if (draws.length < MIN_TAIL_DRAWS) return { ...tail, shape: Infinity };
  if (runs.length === 1) return { ...tail, shape: -Infinity };
  const fit = fitGeneralizedPareto(tail.logExceedance);
  // A weak prior, worth ten draws of shape ½, steadies the shape of a short tail.
  const shape = (fit.shape * draws.length + 5) / (draws.length + 10);
  return { ...tail, shape, fit: { ...fit, shape } };
}

/** k̂ of weights already read. */
export function shapeOf(caller: string, weights: WeightsRead, options: TailOptions): number {
  return fitTail(weights, tailLengthOf(caller, weights.logWeight.length, options)).shape;
}

/** The smoothed weights of weights already read, and k̂. */
export function smooth(caller: string, weights: WeightsRead, options: TailOptions): SmoothedWeights {
  const logWeight = weights.logWeight.slice();
  const { draws, logCutoff, runs, shape, fit } = fitTail(weights, tailLengthOf(caller, logWeight.length, options));
  if (fit !== undefined) {
    const smoothed = Float64Array.from(draws, (_, i) => {
      const x = logParetoQuantile(fit, (i + 0.5) / draws.length);
      const [less, more] = logCutoff < x ? [logCutoff, x] : [x, logCutoff];
      return Math.min(0, more + log1p(exp(less - more)));
    });
    averageRuns(smoothed, runs);
    for (const [i, draw] of draws.entries()) logWeight[draw] = smoothed[i];
  }
  return { logWeight, paretoK: shape };
}

/**
 * The tail index k̂ of importance weights: the shape of the generalized Pareto law that fits the largest of them. Below
 * 0.7 estimates from the weighted draws can be trusted; from there on they converge too slowly to be of use, and above 1
 * the weights have no mean: β is too small for the spread of the rewards.
 *
 * $$P(w > u + x \mid w > u) \approx (1 + \hat k x / \sigma)^{-1/\hat k}$$
 *
 * Vehtari, Simpson, Gelman, Yao and Gabry, arXiv 1507.02646: the min(n/5, 3√n) largest weights, fitted by Zhang and
 * Stephens (2009), steadied by the weak prior of the published version (ten draws of shape ½). The fit is done on logarithms:
 * weights thousands of nats apart have the k̂ of exact arithmetic, which may be in the hundreds.
 *
 * Draws from a finite answer set repeat its answers. So weights equal to the cutoff are left out of the tail; weights count
 * as equal where they differ by rounding alone (8 ulps of the numbers given). k̂ = −∞ where the largest weights are one
 * plateau: no draw is left in the tail, or five or more are left and all are equal. k̂ = ∞ where one to four draws exceed all
 * others: they are too few for a fit.
 *
 * @param weights the weights of the draws, as numbers or in logarithms
 * @param options the length of the tail, or the relative efficiency of the draws that it is made of
 * @returns k̂, in [−∞, ∞]
 * @throws TypeError when neither `weight` nor `logWeight` is an array of numbers
 * @throws RangeError when there are no draws, a weight is negative, NaN or infinite, or all are 0; or the tail is as long as
 * the draws, or the efficiency not positive
 * @example
 * ```ts
 * import { paretoK } from "exptilt/training";
 * const quantiles = Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000);
 * paretoK({ weight: quantiles.map((p) => (1 - p) ** -0.5) }) // => 0.497086
 * paretoK({ weight: quantiles.map((p) => (1 - p) ** -1.5) }) // => 1.365036
 * paretoK({ weight: quantiles.map(() => 1) }) // => -Infinity
 * ```
 */
export function paretoK(weights: SampleWeights, options: TailOptions = {}): number {
  requireOptions("paretoK", options, TAIL_OPTIONS);
  return shapeOf("paretoK", readWeights("paretoK", weights), options);
}

/** Weights after Pareto smoothing. */
export interface SmoothedWeights {
  /** The logarithms of the smoothed weights, in nats, relative to the largest given weight: at most 0. */
  readonly logWeight: Float64Array;
  /** The tail index k̂ of the weights as given, see `paretoK`. */
  readonly paretoK: number;
}

/**
 * Pareto-smoothed importance weights: the largest weights are replaced, in their order, by quantiles of the generalized
 * Pareto law that fits them, and none may exceed the largest given. A little bias for much less variance.
 *
 * $$\tilde w_{(i)} = u + F^{-1}\!\Bigl(\tfrac{i - 1/2}{M}\Bigr), \quad i = 1, \dots, M$$
 *
 * Vehtari et al., arXiv 1507.02646. Draws of equal weight share the mean of their smoothed weights, so that their order does
 * not matter. Where there is no tail to fit (k̂ = ±∞) the weights stay as they are.
 *
 * @param weights the weights of the draws, as numbers or in logarithms
 * @param options the length of the tail, or the relative efficiency of the draws that it is made of
 * @returns the smoothed weights in the order of the draws, and k̂
 * @throws TypeError when neither `weight` nor `logWeight` is an array of numbers
 * @throws RangeError when there are no draws, a weight is negative, NaN or infinite, or all are 0; or the tail is as long as
 * the draws, or the efficiency not positive
 * @example
 * ```ts
 * import { effectiveSampleSize, paretoSmoothedWeights } from "exptilt/training";
 * const logWeight = Array.from({ length: 400 }, (_, i) => -2 * Math.log1p(-(i + 0.5) / 400));
 * effectiveSampleSize({ logWeight }) // => 1.498481
 * effectiveSampleSize(paretoSmoothedWeights({ logWeight })) // => 1.9078
 * ```
 */
export function paretoSmoothedWeights(weights: SampleWeights, options: TailOptions = {}): SmoothedWeights {
  requireOptions("paretoSmoothedWeights", options, TAIL_OPTIONS);
  return smooth("paretoSmoothedWeights", readWeights("paretoSmoothedWeights", weights), options);
}
