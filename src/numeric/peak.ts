/** Where the largest entry of a stretch of an array stands, the first of equals; by default of the whole array. */
export function peakOf(x: Float64Array, from = 0, to: number = x.length): number {
  let peak = from;
  for (let i = from + 1; i < to; i++) if (x[i] > x[peak]) peak = i;
  return peak;
}

/** The largest and the smallest of some numbers; the largest is +∞ where one is NaN. */
export function rangeOf(values: Float64Array): { top: number; bottom: number } {
  let top = values[0];
  let bottom = top;
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (v > top) top = v;
    else if (v < bottom) bottom = v;
    else if (!(v >= bottom)) return { top: Infinity, bottom };
  }
  return { top, bottom };
}
