import { type DoubleDouble, timesRatio } from "../../numeric/doubleDouble.js";

/** Below this a share of the subsets is nothing, and the rest of its factors are left out. */
const NO_SHARE = 1e-300;

/** share·C(b − m, n)/C(b, n): the factors of the quotient are the same in m and n, and the fewer are taken. */
function within(share: DoubleDouble, b: number, m: number, n: number): DoubleDouble {
  if (b - m < n) return { hi: 0, lo: 0 };
  const [few, many] = m < n ? [m, n] : [n, m];
  let left = share;
  for (let i = 0; i < few && left.hi > NO_SHARE; i++) left = timesRatio(left, b - many - i, b - i);
  return left.hi > NO_SHARE ? left : { hi: 0, lo: 0 };
}

/**
 * The share of the subsets of n samples whose best is in each level, the levels from the best down, given the number of
 * samples of each. Of the C(b, n) subsets within a level and all below it, C(b − m, n) lie below it. In double-double, so
 * that the difference has all its digits.
 */
export function hardShares(count: Float64Array, n: number): Float64Array {
  let below = count.reduce((s, m) => s + m, 0);
  let share: DoubleDouble = { hi: 1, lo: 0 };
  return count.map((m) => {
    const next = within(share, below, m, n);
    const own = share.hi - next.hi + (share.lo - next.lo);
    below -= m;
    share = next;
    return own;
  });
}
