import { BELOW_INFINITY, requireLength, requireNumber, requireNumbers } from "../numeric/check.js";
import { productError, sumError } from "../numeric/doubleDouble.js";
import { expPlus } from "../numeric/elementary.js";

/**
 * A number computed from an answer.
 *
 * @typeParam A the type of an answer
 * @param answer an answer of the support
 * @param index its place there
 */
export type ScoreFunction<A> = (answer: A, index: number) => number;

/**
 * A number for each answer: an array aligned with the support, or a function of the answer.
 *
 * @typeParam A the type of an answer
 */
export type Score<A> = ArrayLike<number> | ScoreFunction<A>;

/** The scores as an array: numbers below ∞, of which −∞ forbids an answer; NaN is refused off the support too. */
export function resolveScore<A>(
  caller: string,
  argument: string,
  support: readonly A[],
  score: Score<A>,
): Float64Array {
  if (typeof score !== "function") {
    requireLength(caller, argument, score, support.length);
    return requireNumbers(caller, argument, score, BELOW_INFINITY);
  }
  const out = new Float64Array(support.length);
  for (let i = 0; i < out.length; i++) {
    const given: unknown = score(support[i], i);
    // The name of the argument is only made for a value that is checked further.
    const plain = typeof given === "number" && given < Infinity;
    out[i] = plain ? given : requireNumber(caller, `${argument} of support[${i}]`, given, BELOW_INFINITY);
  }
  return out;
}

/** (a − b)/β, also where the difference itself overflows; −∞ stays −∞ and β = ∞ makes every finite difference 0. */
export function scaledDifference(a: number, b: number, beta: number): number {
  if (a === -Infinity) return -Infinity;
  const d = a - b;
  return Math.abs(d) < Infinity ? d / beta : (a / 2 - b / 2) / (beta / 2);
}

/**
 * Rounding error of x = fl((a − b)/β): the exact quotient is x + missedBy. It shows in e^x once x exceeds about one nat. It
 * is 0 where x is small, and where a, b or β are so large or small that the error can't be computed.
 */
export function missedBy(x: number, a: number, b: number, beta: number): number {
  const size = Math.abs(x);
  if (!(size > 1 && size < 1e15 && beta > 1e-200 && beta < 1e200)) return 0;
  const d = a - b;
  const product = x * beta;
  return (d - product - productError(x, beta, product) + sumError(a, -b, d)) / beta;
}

/** e^{(a − b)/β}, to its last digits also where that is many nats. */
export function scaledExp(a: number, b: number, beta: number): number {
  const x = scaledDifference(a, b, beta);
  return expPlus(x, missedBy(x, a, b, beta));
}
