import type { Algebra, MeasureOf } from "../exact/algebra.js";
import type { Comparison } from "./claim.js";
import { dot, largest, magnitude, sign, total } from "./sums.js";

/** N in the bounds of (27) and (28): a first draw and N − 1 others, from two answers. */
const DRAWS = 256;

/** Two answers: the odds p₁/p₀, their probabilities and their weights. */
interface Two<N> {
  readonly odds: N;
  readonly p: readonly [N, N];
  readonly w: readonly [N, N];
}

/** The first two answers of a law, as the only ones. */
function firstTwo<N>(A: Algebra<N>, ref: MeasureOf<N>, w: readonly N[]): Two<N> {
  const odds = A.exp(A.subtract(ref.logMass[1], ref.logMass[0]));
  const against = A.exp(A.subtract(ref.logMass[0], ref.logMass[1]));
  const share = (x: N) => A.divide(A.number(1), A.add(A.number(1), x));
  return { odds, p: [share(odds), share(against)], w: [w[0], w[1]] };
}

/** √(20 log N E[w²]/(N−1)) + (20/3) w_max log N/(N−1): Bernstein's bound, exceeded with probability 2/N¹⁰ at most. */
function bernstein<N>(A: Algebra<N>, { p, w }: Two<N>): N {
  const perDraw = A.divide(A.log(A.number(DRAWS)), A.number(DRAWS - 1));
  const squares = w.map((x) => A.multiply(x, x));
  const square = dot(A, p, squares);
  const root = squareRoot(A, A.multiply(A.number(20), A.multiply(perDraw, square)));
  return A.add(root, A.multiply(A.divide(A.number(20), A.number(3)), A.multiply(perDraw, largest(A, w))));
}

/** √x for x > 0. */
export function squareRoot<N>(A: Algebra<N>, x: N): N {
  return A.exp(A.divide(A.log(x), A.number(2)));
}

/** The relative probabilities of 0 … N − 1 draws of the second answer among N − 1, by recursion from the likeliest number. */
function binomial<N>(A: Algebra<N>, { odds, p }: Two<N>): N[] {
  const n = DRAWS - 1;
  const mode = Math.min(n, Math.floor(DRAWS * A.toNumber(p[1])));
  const weight: N[] = [];
  weight[mode] = A.number(1);
  for (let k = mode; k < n; k++) {
    weight[k + 1] = A.multiply(weight[k], A.multiply(odds, A.divide(A.number(n - k), A.number(k + 1))));
  }
  for (let k = mode; k > 0; k--) {
    weight[k - 1] = A.divide(A.multiply(weight[k], A.divide(A.number(k), A.number(n - k + 1))), odds);
  }
  return weight;
}

/** The probability of the numbers from 0 to N − 1 at both ends of which `isBeyond` holds; it holds nowhere between. */
function tailOf<N>(A: Algebra<N>, two: Two<N>, isBeyond: (k: number) => boolean): N {
  let [low, high] = [0, DRAWS];
  while (low < high && isBeyond(low)) low++;
  while (low < high && isBeyond(high - 1)) high--;
  if (high - low === DRAWS) return A.number(0);
  const weight = binomial(A, two);
  return A.divide(total(A, [...weight.slice(0, low), ...weight.slice(high)]), total(A, weight));
}

/**
 * The bounds of (27) on two answers; those of (28) where the first draw is given. The mean of the other draws' weights (in
 * (28), δ) misses by more than Bernstein's bound with probability 2/N¹⁰ at most. That bound is at most 6 w_max √(log N/N).
 */
export function seldomBeyond<N>(
  A: Algebra<N>,
  ref: MeasureOf<N>,
  weights: readonly N[],
  first: number | undefined,
): Comparison<N>[] {
  // One answer alone has no deviation.
  if (weights.length < 2) return [];
  const two = firstTwo(A, ref, weights);
  const { p, w } = two;
  const n = A.number(DRAWS - 1);
  const draws = A.number(DRAWS);
  const top = largest(A, w);
  const mean = A.add(A.multiply(p[0], w[0]), A.multiply(p[1], w[1]));
  const known = first === undefined ? undefined : w[first];
  const own = bernstein(A, two);
  // |δ| ≤ |w(o) − μ|/N + (N−1)/N |mean − μ|.
  const bound = known === undefined ? own : A.divide(A.add(top, A.multiply(n, own)), draws);
  // The miss is linear in k, so that it is beyond the bound at the ends alone.
  const tail = tailOf(A, two, (k) => {
    const sum = A.add(A.multiply(A.number(k), w[1]), A.multiply(A.number(DRAWS - 1 - k), w[0]));
    const average = known === undefined ? A.divide(sum, n) : A.divide(A.add(known, sum), draws);
    return sign(A, A.subtract(magnitude(A, A.subtract(average, mean)), bound)) > 0;
  });
  const rate = squareRoot(A, A.divide(A.log(draws), draws));
  return [
    // 2N⁻¹⁰ for N = 2⁸ draws.
    { left: [tail], right: [A.number(2 ** -79)], relation: "<=" },
    { left: [bound], right: [A.multiply(A.number(6), A.multiply(top, rate))], relation: "<=" },
  ];
}
