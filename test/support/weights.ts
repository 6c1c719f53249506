import fc from "fast-check";

/** Weights over 600 orders of magnitude, with zeros and ties; one at least is positive. */
export const weights = (most: number): fc.Arbitrary<number[]> =>
  fc
    .array(
      fc.oneof(
        fc.constant(0),
        fc.constant(1),
        fc.double({ min: -300, max: 300, noNaN: true }).map((e) => 10 ** e),
      ),
      { minLength: 1, maxLength: most },
    )
    .filter((w) => w.some((x) => x > 0));
