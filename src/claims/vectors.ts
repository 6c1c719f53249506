import type { Algebra } from "../exact/algebra.js";

/** Σ of numbers. */
export function total<N>(A: Algebra<N>, values: readonly N[]): N {
  return values.reduce((s, x) => A.add(s, x), A.number(0));
}

/** |a|, read off its sign as a double. */
export function magnitude<N>(A: Algebra<N>, a: N): N {
  return A.toNumber(a) < 0 ? A.subtract(A.number(0), a) : a;
}

/** A sum of terms, and the sum of their sizes: the scale against which rounding of the sum is to be seen. */
export function summed<N>(A: Algebra<N>, terms: readonly N[]): { value: N; size: N } {
  return {
    value: total(A, terms),
    size: total(
      A,
      terms.map((t) => magnitude(A, t)),
    ),
  };
}

/** The entries of an array-like, as an array. */
export function entries<N>(values: ArrayLike<N>): N[] {
  return Array.from(values);
}

/** The indices where a law has mass. */
export function positions<N>(A: Algebra<N>, mass: ArrayLike<N>): number[] {
  return entries(mass).flatMap((m, i) => (A.toNumber(m) > 0 ? [i] : []));
}
