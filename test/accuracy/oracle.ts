/** Arithmetic at 60 digits for what a function's value should be: the library's exact twin, and what it lacks. */
import { exactAlgebra } from "exptilt/exact";
import type { BigNumber } from "mathjs";

export type { BigNumber };

/** A number that goes into the oracle: a double, at its exact value, or one moved a little off. */
export type Num = number | BigNumber;

export const exact = exactAlgebra({ digits: 60 });

export const big = (x: Num): BigNumber => exact.number(x as number);
export const zero: BigNumber = big(0);
export const one: BigNumber = big(1);
export const bigs = (xs: readonly Num[]): BigNumber[] => xs.map(big);

export function total(terms: readonly BigNumber[]): BigNumber {
  return terms.reduce((s, x) => s.plus(x), zero);
}

/** The answers 0 … K − 1. */
export const answers = (values: { readonly length: number }): number[] =>
  Array.from({ length: values.length }, (_, i) => i);

/** A measure of the twin. */
export const measureOf = (mass: readonly Num[]) => exact.measure(answers(mass), mass);
export const logMeasureOf = (logMass: readonly Num[]) => exact.fromLogMass(answers(logMass), logMass);

/** log(1 + x) for x ≥ 0, however small: of weights 1 and x, minus the logarithm of the former's probability. */
export const log1p = (x: BigNumber): BigNumber => exact.distribution([0, 1], [one, x]).logMass[0].neg();

/** e^x − 1, with all its digits near 0. */
export function expm1(x: BigNumber): BigNumber {
  if (!x.abs().lt(1e-3)) return exact.exp(x).minus(one);
  let sum = x;
  for (let term = x, k = 2; !term.isZero() && term.e > sum.e - 70; k++) {
    term = term.times(x).div(k);
    sum = sum.plus(term);
  }
  return sum;
}

/** log(1 + x) for x > −1, with all its digits near 0. */
export function logOnePlus(x: BigNumber): BigNumber {
  if (!x.abs().lt(1e-25)) return exact.log(x.plus(1));
  return x.minus(x.pow(2).div(2)).plus(x.pow(3).div(3));
}
