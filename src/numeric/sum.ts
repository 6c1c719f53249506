import { type DoubleDouble, twoSum } from "./doubleDouble.js";

/**
 * The sum of the entries as a double-double, by cascaded two-sums: the error is that of a sum carried in twice the
 * working precision (Ogita, Rump and Oishi 2005, Sum2), so 10⁷ entries lose nothing a double could show.
 */
export function sum(values: Float64Array): DoubleDouble {
  let hi = 0;
  let lo = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    const s = hi + x;
    const t = s - hi;
    lo += hi - (s - t) + (x - t);
    hi = s;
  }
  return twoSum(hi, lo);
}

/** The largest entry's index, and the sum of all the others: what a logarithm near 1 must keep apart. */
export interface PeakedSum {
  readonly peak: number;
  readonly rest: DoubleDouble;
}

/** One pass: the running maximum stays out of the running sum, and joins it when a larger entry takes its place. */
export function peakedSum(values: Float64Array): PeakedSum {
  let peak = 0;
  let top = values[0];
  let hi = 0;
  let lo = 0;
  for (let i = 1; i < values.length; i++) {
    let x = values[i];
    if (x > top) {
      const larger = x;
      x = top;
      top = larger;
      peak = i;
    }
    const s = hi + x;
    const t = s - hi;
    lo += hi - (s - t) + (x - t);
    hi = s;
  }
  return { peak, rest: twoSum(hi, lo) };
}
