/** A fraction of whole numbers: enough of an exact arithmetic to add up the outcomes of N draws. */
export interface Fraction {
  readonly top: bigint;
  readonly bottom: bigint;
}

export const add = (a: Fraction, b: Fraction): Fraction => ({
  top: a.top * b.bottom + b.top * a.bottom,
  bottom: a.bottom * b.bottom,
});

/** The quotient as a double, from 60 binary digits past those it has. */
export function toNumber({ top, bottom }: Fraction): number {
  if (top === 0n) return 0;
  const shift = BigInt(Math.max(0, bottom.toString(2).length - top.toString(2).length + 64));
  return Number((top << shift) / bottom) * 2 ** -Number(shift);
}
