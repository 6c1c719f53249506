/**
 * Where a binomial count must lie: [low, high] such that a count below low, or above high, has a probability of at most
 * q/2 each. The tails are summed from the logarithms of the probabilities themselves.
 */
export function binomialBounds(n: number, p: number, q: number): [low: number, high: number] {
  if (p === 0) return [0, 0];
  if (p === 1) return [n, n];
  return [tail(n, p, q / 2), n - tail(n, 1 - p, q / 2)];
}

/** The smallest k with P(X ≤ k) > alpha: counts below it are that improbable. */
function tail(n: number, p: number, alpha: number): number {
  // log C(n, k) p^k (1 − p)^{n−k}, from k = 0 up.
  let log = n * Math.log1p(-p);
  let below = 0;
  for (let k = 0; k <= n; k++) {
    below += Math.exp(log);
    if (below > alpha) return k;
    log += Math.log(((n - k) / (k + 1)) * (p / (1 - p)));
  }
  return n;
}
