import type { Algebra, MeasureOf } from "../exact/algebra.js";

/** The sign of a number, −1, 0 or 1; also where its nearest double is 0, as that of 1e-400 at 60 digits is. */
export function sign<N>(A: Algebra<N>, a: N): number {
  const x = A.toNumber(a);
  // Only 0/0 is no number: a tiny number divided by itself is 1.
  if (x !== 0 || Number.isNaN(A.toNumber(A.divide(a, a)))) return Math.sign(x);
  return Object.is(x, -0) ? -1 : 1;
}

/** Whether a number is neither infinite nor NaN; also where its nearest double is infinite. */
export function finite<N>(A: Algebra<N>, a: N): boolean {
  return A.toNumber(A.subtract(a, a)) === 0;
}

/** The largest of some numbers, compared in their own arithmetic: at 60 digits also where they round to one double. */
export function largest<N>(A: Algebra<N>, values: readonly N[]): N {
  return values.reduce((a, b) => (sign(A, A.subtract(a, b)) >= 0 ? a : b));
}

/** The least of some numbers, compared in their own arithmetic. */
export function least<N>(A: Algebra<N>, values: readonly N[]): N {
  return values.reduce((a, b) => (sign(A, A.subtract(a, b)) <= 0 ? a : b));
}

/** Σ of numbers. */
export function total<N>(A: Algebra<N>, values: readonly N[]): N {
  return values.reduce((s, x) => A.add(s, x), A.number(0));
}

/** |a|. */
export function magnitude<N>(A: Algebra<N>, a: N): N {
  return sign(A, a) < 0 ? minus(A, a) : a;
}

/** −a. */
export function minus<N>(A: Algebra<N>, a: N): N {
  return A.subtract(A.number(0), a);
}

/** Σ a_i·b_i. */
export function dot<N>(A: Algebra<N>, a: readonly N[], b: ArrayLike<N>): N {
  const terms = a.map((x, i) => A.multiply(x, b[i]));
  return total(A, terms);
}

/** Σ |a|. */
export function totalSize<N>(A: Algebra<N>, values: readonly N[]): N {
  const sizes = values.map((x) => magnitude(A, x));
  return total(A, sizes);
}

/** A sum of terms, and the sum of their sizes, to which the rounding error of the sum is relative. */
export function summed<N>(A: Algebra<N>, terms: readonly N[]): { value: N; size: N } {
  return { value: total(A, terms), size: totalSize(A, terms) };
}

/** The entries of an array-like, as an array. */
export function entries<N>(values: ArrayLike<N>): N[] {
  return Array.from(values);
}

/** The indices where a measure has mass, by its log-masses: masses may underflow. */
export function positions<N>(A: Algebra<N>, { logMass }: MeasureOf<N>): number[] {
  return entries(logMass).flatMap((l, i) => (finite(A, l) ? [i] : []));
}
