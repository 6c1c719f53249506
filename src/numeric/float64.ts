/** The smallest normal double, 2⁻¹⁰²²: below it a double has fewer than 53 bits, and quotients lose digits. */
export const SMALLEST_NORMAL = 2.2250738585072014e-308;

/** Whether a positive number keeps all its digits as a double: neither subnormal nor infinite. */
export function isNormal(x: number): boolean {
  return x >= SMALLEST_NORMAL && x < Infinity;
}
