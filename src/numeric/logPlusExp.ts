import { exp, expm1, log } from "./elementary.js";

/** Halley's method triples the digits of a start that is right to a tenth. */
const MAX_STEPS = 6;

/**
 * The l with l + e^l − 1 = x, accurate near x = 0 too, where it is x/2: the logarithm of Lambert's W(e^{x+1}), which is
 * Wright's ω(x + 1).
 */
export function solveLogPlusExp(x: number): number {
  if (x < -40) return x + 1;
  // Asymptotic at both ends, and within a tenth between them.
  let l = x > 2 ? log(x + 1 - log(x + 1)) : x > -2 ? x / 2 : x + 1 - exp(x + 1);
  for (let step = 0; step < MAX_STEPS; step++) {
    const more = expm1(l);
    const t = 1 + more;
    const newton = (l + more - x) / (1 + t);
    const move = newton / (1 - (newton * t) / (2 * (1 + t)));
    l -= move;
    if (Math.abs(move) < 1e-6 * (1 + Math.abs(l)) && Math.abs(move) < 1e-5 * Math.abs(l)) break;
  }
  return l;
}
