import { type DoubleDouble, timesRatio } from "../../numeric/doubleDouble.js";

/** Below this a share of the subsets is nothing, and the rest of its factors are left out. */
const NO_SHARE = 1e-300;

/** share·C(b − m, n)/C(b, n), of the subsets of n of b samples those without m of them: the factors of the quotient are the same in m and n, and the fewer are taken. */
export function shareWithout(share: DoubleDouble, b: number, m: number, n: number): DoubleDouble {
  const [few, many] = m < n ? [m, n] : [n, m];
  let left = share;
  // Where fewer than n are without them, one of the factors is 0.
  for (let i = 0; i < few && left.hi > NO_SHARE; i++) left = timesRatio(left, b - many - i, b - i);
  return left.hi > NO_SHARE ? left : { hi: 0, lo: 0 };
}

/**
 * The share of the subsets of n samples that have none of the first levels, given the number of samples of each level: of
 * none of them, the first, the first two, …, and all.
 */
export function sharesWithout(count: Float64Array, n: number): DoubleDouble[] {
  let left = count.reduce((s, m) => s + m, 0);
  let share: DoubleDouble = { hi: 1, lo: 0 };
  const shares = [share];
  for (const m of count) {
    share = shareWithout(share, left, m, n);
    left -= m;
    shares.push(share);
  }
  return shares;
}

/**
 * The share of the subsets of n samples whose best is in each level, the levels from the best down: those without all
 * better levels, less those without the level itself too. In double-double, so that the difference has all its digits.
 */
export function hardShares(count: Float64Array, n: number): Float64Array {
  const shares = sharesWithout(count, n);
  return count.map((_, i) => shares[i].hi - shares[i + 1].hi + (shares[i].lo - shares[i + 1].lo));
}
