import {
  outOfRange,
  POSITIVE,
  POSITIVE_OR_INFINITE,
  requireInteger,
  requireNumber,
  requireOptions,
} from "../numeric/check.js";
import { logRatio } from "../numeric/deviance.js";
import { exp, expm1, log1p } from "../numeric/elementary.js";

/** The ends and the bend of `karrasSchedule`. */
export interface KarrasOptions {
  /** The lowest level; 0.002 when left out. */
  readonly sigmaMin?: number;
  /** The highest level; 80 when left out. */
  readonly sigmaMax?: number;
  /** ρ, from 0 to ∞: 1 is evenly spaced, ∞ evenly spaced in log σ; 7 when left out. */
  readonly rho?: number;
}

/**
 * The variance-exploding noise levels of Karras and others (arXiv 2206.00364, equation 5), as k-diffusion, EDM and diffusers'
 * `use_karras_sigmas` have them, in increasing order: those list them from the highest down and append 0.
 *
 * $$\sigma_i = \left( \sigma_{\min}^{1/\rho} + \frac{i}{n - 1} \big( \sigma_{\max}^{1/\rho} - \sigma_{\min}^{1/\rho} \big)
 * \right)^\rho, \qquad i = 0 \dots n - 1$$
 *
 * These are levels of x + σε. A grid for `ddimSample` or `ddimLaw` is their variance-preserving form, by
 * `convertNoiseLevel(sigma, "sigmaVe", "sigma")`.
 *
 * @param steps the number n of levels, at least 2
 * @param options `sigmaMin`, `sigmaMax` and `rho`
 * @returns the levels σ_VE, increasing from sigmaMin to sigmaMax
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when steps is not whole and at least 2, an end is not positive and finite, sigmaMax is not above sigmaMin, or ρ is not positive
 * @example
 * ```ts
 * import { convertNoiseLevel, karrasSchedule } from "exptilt/diffusion";
 * const sigmas = karrasSchedule(4, { sigmaMin: 0.0292, sigmaMax: 14.6146 });
 * sigmas // => [0.0292, 0.44714, 3.16920, 14.6146]
 * sigmas.map((s) => convertNoiseLevel(s, "sigmaVe", "sigma")) // => [0.029188, 0.408196, 0.953652, 0.997667]
 * karrasSchedule(3, { sigmaMin: 0.01, sigmaMax: 1, rho: Infinity }) // => [0.01, 0.1, 1]
 * ```
 */
export function karrasSchedule(steps: number, options: KarrasOptions = {}): Float64Array {
  const caller = "karrasSchedule";
  const n = requireInteger(caller, "steps", steps, 2);
  const given = requireOptions(caller, options, { sigmaMin: true, sigmaMax: true, rho: true });
  const least = requireNumber(caller, "options.sigmaMin", given.sigmaMin ?? 0.002, POSITIVE);
  const most = requireNumber(caller, "options.sigmaMax", given.sigmaMax ?? 80, POSITIVE);
  const rho = requireNumber(caller, "options.rho", given.rho ?? 7, POSITIVE_OR_INFINITE);
  if (!(most > least)) throw outOfRange(caller, "options.sigmaMax", "exceed sigmaMin", most);
  const span = logRatio(most, least);
  /** log(σ/end) a fraction of the way from one end to the other, whose logarithm is `apart` from it. */
  const nats = (apart: number, way: number) => (rho === Infinity ? way * apart : rho * log1p(way * expm1(apart / rho)));
  return Float64Array.from({ length: n }, (_, i) => {
    if (i === 0 || i === n - 1) return i === 0 ? least : most;
    // From the end that is nearer in nats, whose digits the level keeps.
    const down = nats(-span, (n - 1 - i) / (n - 1));
    return down > -span / 2 ? most * exp(down) : least * exp(nats(span, i / (n - 1)));
  });
}
