import type { Law } from "../measure/law.js";
import { log } from "../numeric/elementary.js";
import { fitGeneralizedPareto, type GeneralizedPareto, paretoQuantile } from "./generalizedPareto.js";
import { lawOfWeights, type SampleWeights } from "./sampleWeights.js";

/** A tail of fewer draws than this says nothing of its shape. */
const FEWEST = 5;

/** The draws' tail: which they are, from lightest to heaviest, and the weight they all exceed. */
interface Tail {
  readonly draws: Uint32Array;
  readonly cutoff: number;
}

/** The largest M = min(n/5, 3√n) weights, of those the ones above the weight before them, relative to the largest. */
function tailOf(law: Law): Tail {
  const { weight, logWeight, peak } = law;
  const n = weight.length;
  const order = Uint32Array.from(weight.keys()).sort((i, j) => logWeight[i] - logWeight[j] || 0);
  const first = n - Math.ceil(Math.min(0.2 * n, 3 * Math.sqrt(n)));
  const relative = (i: number) => weight[i] / weight[peak];
  const cutoff = first > 0 ? relative(order[first - 1]) : 0;
  let start = Math.max(first, 0);
  while (start < n && !(relative(order[start]) > cutoff)) start++;
  return { draws: order.subarray(start), cutoff };
}

/** The tail with its fitted law; the shape alone where there are too few draws for a fit. */
function fitTail(law: Law): Tail & { readonly shape: number; readonly fit: GeneralizedPareto | undefined } {
  const tail = tailOf(law);
  const { draws, cutoff } = tail;
  const { weight, peak } = law;
  if (draws.length < FEWEST) return { ...tail, shape: draws.length === 0 ? -Infinity : Infinity, fit: undefined };
  const fit = fitGeneralizedPareto(Float64Array.from(draws, (i) => weight[i] / weight[peak] - cutoff));
  // A weak prior, worth ten draws of shape ½, steadies the shape where the tail is short.
  return { ...tail, shape: (fit.shape * draws.length + 5) / (draws.length + 10), fit };
}

/**
 * The tail index k̂ of importance weights: the shape of the generalized Pareto law that fits the largest of them. Below
 * 0.7 estimates from the weighted draws can be trusted; from there on they converge too slowly to be of use, and above 1
 * the weights have no mean: β is too small for the spread of the rewards.
 *
 * $$P(w > u + x \mid w > u) \approx (1 + \hat k x / \sigma)^{-1/\hat k}$$
 *
 * Vehtari, Simpson, Gelman, Yao and Gabry, arXiv 1507.02646: the min(n/5, 3√n) largest weights, fitted by Zhang and
 * Stephens (2009), steadied by the weak prior of the published version (ten draws of shape ½). Weights equal to the cutoff are left out of the tail, for a
 * finite answer set draws its answers again and again; k̂ = −∞ where that leaves none, so that the largest weights are one
 * plateau, and k̂ = ∞ where one to four draws stand out of all others, too few to say how far the next would.
 *
 * @param weights the weights of the draws, as numbers or in logarithms
 * @returns k̂, in [−∞, ∞]
 * @throws TypeError when neither `weight` nor `logWeight` is an array of numbers
 * @throws RangeError when there are no draws, a weight is negative, NaN or infinite, or all are 0
 * @example
 * ```ts
 * import { paretoK } from "exptilt";
 * const quantiles = Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000);
 * paretoK({ weight: quantiles.map((p) => (1 - p) ** -0.5) }) // => 0.497086
 * paretoK({ weight: quantiles.map((p) => (1 - p) ** -1.5) }) // => 1.365036
 * paretoK({ weight: quantiles.map(() => 1) }) // => -Infinity
 * ```
 */
export function paretoK(weights: SampleWeights): number {
  return fitTail(lawOfWeights("paretoK", weights)).shape;
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
 * Vehtari et al., arXiv 1507.02646. Where the tail is too short for a fit (k̂ = ±∞) the weights stay as they are.
 *
 * @param weights the weights of the draws, as numbers or in logarithms
 * @returns the smoothed weights in the order of the draws, and k̂
 * @throws TypeError when neither `weight` nor `logWeight` is an array of numbers
 * @throws RangeError when there are no draws, a weight is negative, NaN or infinite, or all are 0
 * @example
 * ```ts
 * import { effectiveSampleSize, paretoSmoothedWeights } from "exptilt";
 * const logWeight = Array.from({ length: 400 }, (_, i) => -2 * Math.log1p(-(i + 0.5) / 400));
 * effectiveSampleSize({ logWeight }) // => 1.498481
 * effectiveSampleSize(paretoSmoothedWeights({ logWeight })) // => 1.9078
 * ```
 */
export function paretoSmoothedWeights(weights: SampleWeights): SmoothedWeights {
  const law = lawOfWeights("paretoSmoothedWeights", weights);
  const { draws, cutoff, shape, fit } = fitTail(law);
  const top = law.logWeight.reduce((most, l) => Math.max(most, l), -Infinity);
  const logWeight = law.logWeight.map((l) => l - top);
  if (fit !== undefined) {
    const steadied = { shape, scale: fit.scale };
    for (const [i, draw] of draws.entries()) {
      const quantile = cutoff + paretoQuantile(steadied, (i + 0.5) / draws.length);
      logWeight[draw] = Math.min(0, log(quantile));
    }
  }
  return { logWeight, paretoK: shape };
}
