/** The distance between neighbouring doubles at |x|: 2^(e−52), and that of the subnormal range at and below its end. */
export function ulp(x: number): number {
  const size = Math.abs(x);
  if (!(size < Infinity)) return Number.NaN;
  if (size < 2 ** -1021) return Number.MIN_VALUE;
  let e = Math.floor(Math.log2(size));
  // Math.log2 may round up across a power of two.
  if (2 ** e > size) e--;
  return 2 ** (e - 52);
}
