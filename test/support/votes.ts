/** Ways to share draws among answers, counted one by one in whole numbers, and who wins. */
import type { Fraction } from "./fraction.js";

export const ZERO: Fraction = { top: 0n, bottom: 1n };
export const factorial = (n: number): bigint => (n <= 1 ? 1n : BigInt(n) * factorial(n - 1));
export const choose = (n: number, k: number): bigint =>
  k < 0 || k > n ? 0n : factorial(n) / factorial(k) / factorial(n - k);

/** All ways to give n draws to so many answers, at most `most` to each. */
export function* countsOf(most: readonly number[], n: number): Generator<number[]> {
  if (most.length === 0) {
    if (n === 0) yield [];
    return;
  }
  for (let i = 0; i <= Math.min(n, most[0]); i++) for (const rest of countsOf(most.slice(1), n - i)) yield [i, ...rest];
}

export type Rule = (counts: readonly number[]) => readonly number[];

/** Votes of whole weights: the answers of the largest sum; none where all weights drawn are 0. */
export const heaviest =
  (weight: readonly number[]): Rule =>
  (counts) => {
    const sums = counts.map((c, i) => c * weight[i]);
    const most = Math.max(...sums);
    return most === 0 ? [] : [...sums.keys()].filter((i) => sums[i] === most);
  };

/** Of the answers with `tau` votes, or where none has so many with most, those of the largest weight; weight 0 is forbidden. */
export const bestOfMajority =
  (weight: readonly number[], tau: number): Rule =>
  (counts) => {
    const drawn = [...counts.keys()].filter((i) => counts[i] > 0 && weight[i] > 0);
    const needed = Math.min(tau, Math.max(...drawn.map((i) => counts[i])));
    const held = drawn.filter((i) => counts[i] >= needed);
    const best = Math.max(...held.map((i) => weight[i]));
    return held.filter((i) => weight[i] === best);
  };

/** log of a whole number of any size. */
export const logOf = (x: bigint) => {
  const shift = Math.max(0, x.toString(2).length - 60);
  return Math.log(Number(x >> BigInt(shift))) + shift * Math.LN2;
};
/** log Σ e^x. */
export const logSum = (x: readonly number[]) => {
  const top = Math.max(...x);
  return top + Math.log(x.reduce((s, v) => s + Math.exp(v - top), 0));
};
