import { exp } from "../numeric/elementary.js";
import { expNormal } from "../numeric/expLog.js";

/** In space, atoms whose weight is below e^−40 of the largest change no digit of a sum. */
export const NEGLIGIBLE_NATS = 40;

/** On a line, atoms whose weight is below e^−45 of the largest change no digit of an integral over noise. */
export const NEGLIGIBLE_LINE_NATS = 45;

/**
 * The posterior weights q ∝ p·e^(−distance) of the first `count` atoms, e^(x − max x) in place of their logarithms x. Returns
 * the total. `LineField` and `LineAverage` have loops of their own, for reasons given there.
 */
export function weighInPlace(x: Float64Array, count: number = x.length): number {
  let top = -Infinity;
  for (let i = 0; i < count; i++) if (x[i] > top) top = x[i];
  let total = 0;
  for (let i = 0; i < count; i++) {
    const t = x[i] - top;
    const q = t > -700 ? expNormal(t) : exp(t);
    x[i] = q;
    total += q;
  }
  return total;
}
