/** Where the largest entry of a stretch of an array stands, the first of equals; by default of the whole array. */
export function peakOf(x: Float64Array, from = 0, to: number = x.length): number {
  let peak = from;
  for (let i = from + 1; i < to; i++) if (x[i] > x[peak]) peak = i;
  return peak;
}
