import { expm1, log1p } from "../../numeric/elementary.js";
import { gaussLegendre } from "../../numeric/gaussLegendre.js";
import { sum } from "../../numeric/sum.js";
import { requireWhole } from "../draws.js";
import { requireSuccesses } from "./successes.js";

/**
 * pass@k: the unbiased estimate, from n samples of which c are correct, of the probability that at least one of k is
 * correct (Chen and others 2021, arXiv 2107.03374): the share of the subsets of k samples that hold a correct one. It is
 * `estimateBestOfN` with the 0/1 label for the reward.
 *
 * $$\mathrm{pass@}k = 1 - \binom{n - c}{k} \Big/ \binom{n}{k}$$
 *
 * @param n the number of samples
 * @param c the number of correct samples, at most n
 * @param k the number of attempts, from 1 to n
 * @returns the estimate, in [0, 1], with its own relative accuracy; in constant memory and time, whatever n
 * @throws TypeError when an argument is no number
 * @throws RangeError when an argument is no whole number, n or k is below 1, c is negative, or c or k is above n
 * @example
 * ```ts
 * import { passAtK } from "exptilt";
 * passAtK(100, 22, 1) // => 0.22
 * passAtK(100, 22, 10) // => 0.927308291797
 * ```
 */
export function passAtK(n: number, c: number, k: number): number {
  [n, c, k] = requireSuccesses("passAtK", n, c, k, requireWhole);
  if (c + k > n) return 1;
  // C(n−c, k)/C(n, k) is symmetric in c and k.
  const [few, many] = c < k ? [c, k] : [k, c];
  if (few === 0) return 0;
  // Each factor is at most 1 − many/n: past this the product is nothing beside 1.
  if (few * (many / n) > 40) return 1;
  return -expm1(few > MAX_FACTORS ? logOfMany(n, few, many) : logOfFew(n, few, many));
}

/** Up to this many factors are taken one by one. */
const MAX_FACTORS = 4096;

/** Σ log(1 − many/(n − i)) for i from 0 to few − 1. */
function logOfFew(n: number, few: number, many: number): number {
  const logs = new Float64Array(few);
  for (let i = 0; i < few; i++) logs[i] = log1p(-many / (n - i));
  return sum(logs).hi;
}

/**
 * The same sum as the integral from −1/2 to few − 1/2, less the first term of Euler and Maclaurin's midpoint rule. Where
 * few is large and many < n/80, both are small beside n, so that the terms change by parts in a hundred in all: eight
 * points are exact, and the next term is 1/n⁴.
 */
export function logOfMany(n: number, few: number, many: number): number {
  const { nodes, weights } = gaussLegendre(NODES);
  const integral = nodes.reduce((s, x, k) => s + weights[k] * log1p(-many / (n - (few * x - 0.5))), 0);
  const slope = (i: number) => -many / (n - i) / (n - i - many);
  return few * integral - (slope(few - 0.5) - slope(-0.5)) / 24;
}

/** Nodes of Gauss's rule for a factor's logarithm, which hardly bends. */
const NODES = 8;
