import { type Condition, outOfRange, requireArrayLike, requireNumbers } from "../numeric/check.js";

/** What P_ij + P_ji may miss 1 by: some roundings of numbers in [0, 1]. */
export const PREFERENCE_SLACK: number = 2 ** -50;

const PROBABILITY: Condition = { least: 0, most: 1, says: "be between 0 and 1" };

/** The rows of a square matrix, one for each answer. */
export function requireSquare(caller: string, argument: string, value: unknown, size: number): ArrayLike<unknown>[] {
  const ofEachAnswer = (name: string, given: unknown): ArrayLike<unknown> => {
    const array = requireArrayLike(caller, name, given);
    if (array.length === size) return array;
    throw new TypeError(`${caller}: ${name} must have one entry per answer, ${size}, got ${array.length}`);
  };
  const rows = ofEachAnswer(argument, value);
  return Array.from({ length: size }, (_, i) => ofEachAnswer(`${argument}[${i}]`, rows[i]));
}

/** What an error says of P_ij where P_ji is given. */
export const complements = (argument: string, i: number, j: number): string =>
  i === j ? "be 0.5" : `be 1 - ${argument}[${j}][${i}]`;

/**
 * The margins P_ij − ½ of a matrix of preferences, as (P_ij − P_ji)/2: antisymmetric to the last bit, and what rounding has
 * left of P_ij + P_ji − 1 is shared by the two.
 */
export function requireMargins(caller: string, argument: string, value: unknown, size: number): Float64Array[] {
  const p = requireSquare(caller, argument, value, size).map((row, i) =>
    requireNumbers(caller, `${argument}[${i}]`, row, PROBABILITY),
  );
  return p.map((row, i) =>
    row.map((x, j) => {
      if (!(Math.abs(x + p[j][i] - 1) <= PREFERENCE_SLACK)) {
        throw outOfRange(caller, `${argument}[${i}][${j}]`, complements(argument, i, j), x);
      }
      return (x - p[j][i]) / 2;
    }),
  );
}
