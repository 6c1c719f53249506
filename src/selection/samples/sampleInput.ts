import {
  FINITE,
  outOfRange,
  requireArrayLike,
  requireInteger,
  requireLength,
  requireNumbers,
} from "../../numeric/check.js";

/** How many samples there are of each kind: whole numbers. */
export function requireCounts(caller: string, given: ArrayLike<number>, length: number): Float64Array {
  requireLength(caller, "count", given, length);
  return Float64Array.from({ length }, (_, i) => requireInteger(caller, `count[${i}]`, given[i], 0));
}

/** Finite figures of the kinds, where they are given. */
export function requireAligned(
  caller: string,
  argument: string,
  given: ArrayLike<number> | undefined,
  length: number,
): Float64Array | undefined {
  if (given === undefined) return undefined;
  requireLength(caller, argument, given, length);
  return requireNumbers(caller, argument, given, FINITE);
}

/** A number of draws under the name that the caller gave it. */
export type NamedDraws = readonly [argument: string, n: unknown];

/** Numbers of draws out of so many samples. */
export function requireSubsetSizes(caller: string, ns: readonly NamedDraws[], size: number): number[] {
  return ns.map(([argument, given]) => {
    const n = requireInteger(caller, argument, given, 1);
    if (n > size) throw outOfRange(caller, argument, `be at most ${size}, the number of samples`, n);
    return n;
  });
}

/** One estimate for one n, and a list of them for a list. */
export function forOneOrMany<E>(
  caller: string,
  n: number | ArrayLike<number>,
  estimates: (ns: readonly NamedDraws[]) => E[],
): E | E[] {
  if (typeof n !== "object" || n === null) return estimates([["n", n]])[0];
  return estimates(Array.from(requireArrayLike(caller, "n", n), (one, i) => [`n[${i}]`, one] as const));
}
