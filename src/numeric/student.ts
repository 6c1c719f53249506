import { exp, expm1, log, log1p, square } from "./elementary.js";
import { integrate } from "./gaussKronrod.js";

/** Past this many nats below its start the density is nothing beside what lies before. */
const DEPTH_NATS = 45;

/**
 * The value that Student's t on ν degrees of freedom exceeds with probability `tail`, at most ½: with `tail` = 0.025 the
 * factor of a 95 % interval. ν = ∞ is not taken; from some millions on it is the normal's.
 *
 * With t = √ν sinh(x/√ν) the density of x is ∝ cosh(x/√ν)^−ν, smooth and without a gamma function. Its tail is
 * log-concave, so that Newton's method on the logarithm comes down from above.
 */
export function studentQuantile(tail: number, degrees: number): number {
  const root = Math.sqrt(degrees);
  const logDensity = (x: number) => (-degrees / 2) * log1p(square(sinh(x / root)));
  const beyond = (x: number) => {
    const points = [x];
    for (let width = 1; logDensity(points[points.length - 1]) > logDensity(x) - DEPTH_NATS; width *= 2)
      points.push(points[points.length - 1] + width);
    return integrate((y) => exp(logDensity(y) - logDensity(x)), points, 1e-15);
  };
  const half = log(2 * tail * beyond(0));
  let x = 0;
  // The first step goes too far, and each after it comes back less: it ends where none comes back.
  for (let last = Infinity; ; ) {
    const rest = beyond(x);
    const step = (log(rest) + logDensity(x) - half) * rest;
    if (x > 0 && !(Math.abs(step) < last)) break;
    last = Math.abs(step);
    x += step;
    if (step === 0) break;
  }
  return root * sinh(x / root);
}

function sinh(x: number): number {
  const e = expm1(x);
  return (e + e / (e + 1)) / 2;
}
