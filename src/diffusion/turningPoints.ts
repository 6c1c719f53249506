import { exp } from "../numeric/elementary.js";
import type { LineField } from "./lineField.js";

/** A slope constant + plus·V_own − minus·V_all, V being the variance of ua | z. */
export interface GuidedSlope {
  readonly own: LineField;
  readonly all: LineField;
  readonly u: number;
  readonly constant: number;
  readonly plus: number;
  readonly minus: number;
}

/** Variances that may change by more over an interval are not bounded on it. */
const MAX_GROWTH = 1e12;

/** Halvings of an interval down to what doubles tell apart. */
const DEEPEST = 60;

/**
 * Where a guided step turns: the zeros of its slope between two points, increasing, each to rounding.
 *
 * On an interval of half-width δ a variance stays within e^{±sδ} of that at the middle, s being the spread of the atoms
 * that count, since its slope is the third cumulant, at most s times the variance; the slope of the third cumulant is at
 * most s² times it. So an interval is done with where the slope, or the slope of the slope, has one sign on all of it, and
 * else halved: no zero is passed over, but for two that rounding does not tell from one.
 *
 * @param matters whether a turn is of interest where the step changes by no more than this from its value at `middle`
 */
export function turningPoints(
  slope: GuidedSlope,
  from: number,
  to: number,
  matters: (middle: number, change: number) => boolean = () => true,
): number[] {
  const { own, all, u, constant, plus, minus } = slope;
  const at = (z: number) => constant + plus * own.cumulants(z, u, 0).second - minus * all.cumulants(z, u, 0).second;
  const found: number[] = [];
  const visit = (a: number, b: number, depth: number): void => {
    const middle = a + (b - a) / 2;
    if (depth === DEEPEST || !(middle > a && middle < b)) return;
    const half = Math.max(middle - a, b - middle);
    const [p, q] = [own.cumulants(middle, u, half), all.cumulants(middle, u, half)];
    if (p.spread === 0 && q.spread === 0) return;
    const [grow, growAll] = [exp(p.spread * half), exp(q.spread * half)];
    const [up, down] = [plus * p.second, minus * q.second];
    if (constant + up / grow - down * growAll > 0 || constant + up * grow - down / growAll < 0) return;
    // Where the bounds are of use: far narrower than the interval, a variance may be 0 at its middle.
    const bounded = grow < MAX_GROWTH && growAll < MAX_GROWTH;
    if (bounded && !matters(middle, half * (constant + up * grow + down * growAll))) return;
    const bend = plus * p.third - minus * q.third;
    const most = half * (p.spread * p.spread * up * grow + q.spread * q.spread * down * growAll);
    if (Math.abs(bend) > most) {
      const [left, right] = [at(a), at(b)];
      if (left > 0 !== right > 0) found.push(zeroBetween(at, a, left > 0, b));
      return;
    }
    visit(a, middle, depth + 1);
    visit(middle, b, depth + 1);
  };
  visit(from, to, 0);
  return found;
}

function zeroBetween(f: (z: number) => number, a: number, positive: boolean, b: number): number {
  let [low, high] = [a, b];
  for (;;) {
    const middle = low + (high - low) / 2;
    if (!(middle > low && middle < high)) return high;
    if (f(middle) > 0 === positive) low = middle;
    else high = middle;
  }
}
