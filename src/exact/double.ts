const view = new DataView(new ArrayBuffer(8));

/** A finite double as the number coefficient·2^exponent that it is, with an odd coefficient unless exponent is 0. */
export function dyadic(x: number): { readonly coefficient: bigint; readonly exponent: number } {
  if (Number.isSafeInteger(x)) return { coefficient: BigInt(x), exponent: 0 };
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  // A subnormal double has no leading 1, and the exponent of the smallest normal one.
  const magnitude = biased === 0 ? fraction : fraction | (1n << 52n);
  const exponent = Math.max(biased, 1) - 1075;
  const zeros = trailingZeros(magnitude);
  const coefficient = magnitude >> BigInt(zeros);
  return { coefficient: x < 0 ? -coefficient : coefficient, exponent: exponent + zeros };
}

/** How often 2 divides a positive integer. */
function trailingZeros(n: bigint): number {
  return (n & -n).toString(2).length - 1;
}

/** The exact decimal expansion of a finite double, in the form `coefficient` or `coefficiente-power`. */
export function exactDecimal(x: number): string {
  const { coefficient, exponent } = dyadic(x);
  if (exponent >= 0) return (coefficient << BigInt(exponent)).toString();
  // 2^−k is 5^k·10^−k.
  return `${coefficient * 5n ** BigInt(-exponent)}e${exponent}`;
}
