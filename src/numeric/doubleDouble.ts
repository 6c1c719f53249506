/**
 * Double-double arithmetic: an unevaluated sum hi + lo of two doubles, about 32 digits, |lo| ≤ ulp(hi)/2.
 * The error-free transformations are Dekker's and Knuth's; JavaScript has no fused multiply-add, so products split.
 */

/** The value hi + lo. */
export interface DoubleDouble {
  readonly hi: number;
  readonly lo: number;
}

/** The rounding error of the sum s = fl(a + b): a + b = s + error exactly, where s is finite (Knuth). */
export function sumError(a: number, b: number, s: number): number {
  const t = s - a;
  return a - (s - t) + (b - t);
}

/** a + b exactly, for any two doubles whose sum is finite. */
export function twoSum(a: number, b: number): DoubleDouble {
  const hi = a + b;
  return { hi, lo: sumError(a, b, hi) };
}

/** The rounding error of the product p = fl(a·b): a·b = p + error exactly, away from over- and underflow (Dekker). */
export function productError(a: number, b: number, p: number): number {
  const SPLIT = 134217729; // 2^27 + 1
  const ta = SPLIT * a;
  const ah = ta - (ta - a);
  const al = a - ah;
  const tb = SPLIT * b;
  const bh = tb - (tb - b);
  const bl = b - bh;
  return al * bl - (p - ah * bh - al * bh - ah * bl);
}

/** a·b exactly. */
export function twoProduct(a: number, b: number): DoubleDouble {
  const hi = a * b;
  return { hi, lo: productError(a, b, hi) };
}

/** x·a/b, to about 31 digits; a and b are whole numbers below 2^53, or such times a power of two. */
export function timesRatio(x: DoubleDouble, a: number, b: number): DoubleDouble {
  const product = twoProduct(x.hi, a);
  const hi = product.hi / b;
  const back = twoProduct(hi, b);
  const lo = (product.hi - back.hi - back.lo + product.lo + x.lo * a) / b;
  return twoSum(hi, lo);
}

/** x + y, to about 31 digits of the larger. */
export function addDoubles(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const s = twoSum(x.hi, y.hi);
  return twoSum(s.hi, s.lo + x.lo + y.lo);
}

/** x·y, to about 31 digits. */
export function timesDoubles(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const p = twoProduct(x.hi, y.hi);
  return twoSum(p.hi, p.lo + x.hi * y.lo + x.lo * y.hi);
}

/** x/y, to about 31 digits. */
export function overDoubles(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const hi = x.hi / y.hi;
  const back = twoProduct(hi, y.hi);
  return twoSum(hi, (x.hi - back.hi - back.lo + x.lo - hi * y.lo) / y.hi);
}
