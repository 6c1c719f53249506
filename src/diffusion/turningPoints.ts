import { outOfRange } from "../numeric/check.js";
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

/** The halvings that bring an interval down to what doubles resolve. */
const MAX_HALVINGS = 60;

/** Bounds of a slope on an interval. */
interface Bounds {
  /** The slope lies between these. */
  readonly least: number;
  readonly most: number;
  /** The derivative of the slope at the middle, and by how much it may change up to the ends. */
  readonly bend: number;
  readonly bendChange: number;
}

/**
 * On an interval of half-width δ a variance stays within a factor e^{±sδ} of that at the middle, s being the spread of the
 * atoms that count there: its derivative is the third cumulant, at most s times the variance. The derivative of the third
 * cumulant is at most s² times the variance. Undefined where one atom alone counts, whose variance is 0.
 */
function boundsOn(
  { own, all, u, constant, plus, minus }: GuidedSlope,
  middle: number,
  half: number,
): Bounds | undefined {
  const p = own.cumulants(middle, u, half);
  const q = all.cumulants(middle, u, half);
  if (p.spread === 0 && q.spread === 0) return undefined;
  const [grow, growAll] = [exp(p.spread * half), exp(q.spread * half)];
  const [up, down] = [plus * p.second, minus * q.second];
  return {
    least: constant + up / grow - down * growAll,
    most: constant + up * grow - down / growAll,
    bend: plus * p.third - minus * q.third,
    bendChange: half * (p.spread * p.spread * up * grow + q.spread * q.spread * down * growAll),
  };
}

/** Intervals looked at in one step. Some hundred an atom occur in practice. */
const MAX_INTERVALS = 100_000;

/** Calls `visit` with an interval, and then with its halves where `visit` returns true. */
function halving(
  from: number,
  to: number,
  visit: (a: number, b: number, middle: number, half: number) => boolean,
): void {
  let left = MAX_INTERVALS;
  const halve = (a: number, b: number, depth: number): void => {
    const middle = a + (b - a) / 2;
    if (depth === MAX_HALVINGS || !(middle > a && middle < b)) return;
    if (left-- === 0)
      throw outOfRange("ddimLaw", "grid", "have levels whose turns rounding does not hide", `${from} to ${to}`);
    if (!visit(a, b, middle, Math.max(middle - a, b - middle))) return;
    halve(a, middle, depth + 1);
    halve(middle, b, depth + 1);
  };
  halve(from, to, 0);
}

/**
 * Where a guided step turns: the zeros of its slope between two points, increasing, each to rounding. An interval is halved
 * until the slope or its derivative has one sign on all of it. No zero is missed, but for two that rounding makes one.
 */
export function turningPoints(slope: GuidedSlope, from: number, to: number): number[] {
  const { own, all, u, constant, plus, minus } = slope;
  const at = (z: number) => constant + plus * own.cumulants(z, u, 0).second - minus * all.cumulants(z, u, 0).second;
  const found: number[] = [];
  halving(from, to, (a, b, middle, half) => {
    const bounds = boundsOn(slope, middle, half);
    if (bounds === undefined || bounds.least > 0 || bounds.most < 0) return false;
    if (!(Math.abs(bounds.bend) > bounds.bendChange)) return true;
    const positive = at(a) > 0;
    if (positive !== at(b) > 0) found.push(signChange(at, a, positive, b));
    return false;
  });
  return found;
}

/**
 * Where a function of a given slope takes one of the given increasing values: the points between `from` and `to`, increasing.
 * An interval is halved until the function takes none of the values or is monotone.
 */
export function crossings(
  slope: GuidedSlope,
  value: (z: number) => number,
  values: readonly number[],
  from: number,
  to: number,
): number[] {
  const found: number[] = [];
  halving(from, to, (a, b, middle, half) => {
    const bounds = boundsOn(slope, middle, half);
    if (bounds === undefined) return false;
    const change = half * Math.max(Math.abs(bounds.least), Math.abs(bounds.most));
    const y = value(middle);
    // Twice the change, for the rounding of the values. It is NaN where a variance is 0 at the middle and has no bound.
    if (firstAbove(values, y - 2 * change) === firstAbove(values, y + 2 * change) && change < Infinity) return false;
    if (!(bounds.least > 0 || bounds.most < 0)) return true;
    const [left, right] = [value(a), value(b)];
    const here = values.slice(firstAbove(values, Math.min(left, right)), firstAbove(values, Math.max(left, right)));
    if (left > right) here.reverse();
    for (const y of here) found.push(signChange((z) => value(z) - y, a, left > y, b));
    return false;
  });
  return found;
}

/** The first double between a and b at which the sign of f differs from that at a. */
function signChange(f: (z: number) => number, a: number, positive: boolean, b: number): number {
  let [low, high] = [a, b];
  for (;;) {
    const middle = low + (high - low) / 2;
    if (!(middle > low && middle < high)) return high;
    if (f(middle) > 0 === positive) low = middle;
    else high = middle;
  }
}

/** The index of the first number above x in an increasing list. */
export function firstAbove(list: readonly number[], x: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] > x) high = middle;
    else low = middle + 1;
  }
  return low;
}
