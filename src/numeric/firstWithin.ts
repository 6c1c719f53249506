import { log, pow } from "./elementary.js";

/** A whole number and the function there. */
interface Point {
  readonly n: number;
  readonly at: number;
}

/** Above this, a double does not tell n from n + 1. */
const MAX_N = Number.MAX_SAFE_INTEGER;

/**
 * The first whole number n ≥ 1 at which a decreasing function is at most `wanted`; Infinity where that is past
 * MAX_N. n grows four-fold until f(n) is small enough. Interpolation and bisection then shrink the bracket together.
 *
 * @param f the function at several n at once, increasing, so that f can share work between them
 */
export function firstWithin(f: (ns: readonly number[]) => readonly number[], wanted: number): number {
  const first = { n: 1, at: f([1])[0] };
  let [low, high]: [Point, Point] = [first, first];
  while (high.at > wanted) {
    if (high.n === MAX_N) return Infinity;
    const n = Math.min(MAX_N, high.n * 4);
    [low, high] = [high, { n, at: f([n])[0] }];
  }
  while (high.n - low.n > 1) {
    const guess = interpolated(low, high, wanted);
    const middle = Math.floor((low.n + high.n) / 2);
    const inside = [...new Set([guess, guess + 1, middle])].filter((n) => n > low.n && n < high.n);
    const ns = inside.sort((a, b) => a - b);
    for (const [i, at] of f(ns).entries()) {
      if (at > wanted) low = { n: ns[i], at };
      else {
        high = { n: ns[i], at };
        break;
      }
    }
  }
  return high.n;
}

/** The last n before `wanted` is met, if log f is linear in log n between the ends. */
function interpolated(low: Point, high: Point, wanted: number): number {
  const share = log(low.at / wanted) / log(low.at / high.at);
  const n = Math.floor(low.n * pow(high.n / low.n, share));
  return n >= low.n ? Math.min(n, high.n - 1) : low.n + 1;
}
