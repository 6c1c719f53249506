import { type Condition, outOfRange, requireNumber } from "../numeric/check.js";

/** A number of draws, whole or not. */
export const DRAWS: Condition = { least: 1, most: Number.MAX_VALUE, says: "be at least 1 and finite" };

/** A number of draws, or the limit of many. */
export const DRAWS_OR_LIMIT: Condition = { least: 1, most: Infinity, says: "be at least 1 (Infinity for the limit)" };

/** A whole number of at least `least`, however large: past 2⁵³ every number is whole. */
export function requireWhole(caller: string, argument: string, value: unknown, least: number): number {
  const x = requireNumber(caller, argument, value);
  if (!(Number.isInteger(x) && x >= least))
    throw outOfRange(caller, argument, `be a whole number of at least ${least}`, x);
  return x;
}
