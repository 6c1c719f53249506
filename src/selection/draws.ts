import { outOfRange, requireNumber } from "../numeric/check.js";

/** A number of draws, whole or not: finite and at least 1. */
export function requireDraws(caller: string, argument: string, n: unknown): number {
  const x = requireNumber(caller, argument, n);
  if (!(x >= 1 && x < Infinity)) throw outOfRange(caller, argument, "be at least 1 and finite", x);
  return x;
}

/** A whole number of at least `least`, however large: past 2⁵³ every number is whole. */
export function requireWhole(caller: string, argument: string, value: unknown, least: number): number {
  const x = requireNumber(caller, argument, value);
  if (!(Number.isInteger(x) && x >= least))
    throw outOfRange(caller, argument, `be a whole number of at least ${least}`, x);
  return x;
}
