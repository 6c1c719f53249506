import {
  type Condition,
  NON_NEGATIVE_OR_INFINITE,
  NOT_NAN,
  outOfRange,
  requireNumber,
  wrongType,
} from "../numeric/check.js";
import { productError } from "../numeric/doubleDouble.js";
import { exp, log, log1p, square } from "../numeric/elementary.js";

/**
 * A name of a noise level of x_t = α·x + σε, α² + σ² = 1: `sigma` is σ itself (variance-preserving, what this library
 * takes), `alphaBar` is ᾱ = α² (DDPM's and diffusers' `alphas_cumprod`), `sigmaVe` is σ/α, the level of x_t/α = x + (σ/α)ε
 * (variance-exploding; k-diffusion's, EDM's and Karras' σ), and `logSnr` is log(α²/σ²), in nats.
 */
export type NoiseForm = "sigma" | "alphaBar" | "sigmaVe" | "logSnr";

const SHARE: Condition = { least: 0, most: 1, says: "be from 0 to 1" };
const RANGE: Readonly<Record<NoiseForm, Condition>> = {
  sigma: SHARE,
  alphaBar: SHARE,
  sigmaVe: NON_NEGATIVE_OR_INFINITE,
  logSnr: NOT_NAN,
};

/** t/√(1 + t²), also where t² leaves the doubles. */
const sineOf = (t: number) => (t <= 1 ? t / Math.sqrt(1 + t * t) : 1 / Math.sqrt(1 + square(1 / t)));

/** 1/(1 + t) and t/(1 + t). */
const [kept, lost] = [(t: number) => 1 / (1 + t), (t: number) => t / (1 + t)];

/** log(a/b) of two parts of 1, given a − b to its own digits: near 0 no digits cancel. */
const logOdds = (a: number, b: number, difference: number) =>
  Math.abs(difference) < b / 2 ? log1p(difference / b) : log(a / b);

/** 1 − 2σ², to its own digits. */
function complementOfTwice(sigma: number): number {
  const twice = 2 * sigma * sigma;
  return 1 - twice - 2 * productError(sigma, sigma, sigma * sigma);
}

/** From each form to the others. */
const CONVERT: Readonly<Record<NoiseForm, Readonly<Record<NoiseForm, (x: number) => number>>>> = {
  sigma: {
    sigma: (s) => s,
    alphaBar: (s) => (1 - s) * (1 + s),
    sigmaVe: (s) => s / Math.sqrt((1 - s) * (1 + s)),
    logSnr: (s) =>
      s > 0.5 ? logOdds((1 - s) * (1 + s), s * s, complementOfTwice(s)) : log((1 - s) * (1 + s)) - 2 * log(s),
  },
  alphaBar: {
    sigma: (a) => Math.sqrt(1 - a),
    alphaBar: (a) => a,
    sigmaVe: (a) => Math.sqrt((1 - a) / a),
    logSnr: (a) => logOdds(a, 1 - a, 2 * a - 1),
  },
  sigmaVe: {
    sigma: sineOf,
    alphaBar: (s) => (s <= 1 ? kept(s * s) : lost(square(1 / s))),
    sigmaVe: (s) => s,
    logSnr: (s) => -2 * log(s) + 0,
  },
  logSnr: {
    sigma: (l) => sineOf(exp(-l / 2)),
    alphaBar: (l) => (l > 0 ? kept(exp(-l)) : lost(exp(l))),
    sigmaVe: (l) => exp(-l / 2),
    logSnr: (l) => l,
  },
};

/** A form by its name. */
export function requireNoiseForm(argument: string, form: NoiseForm): NoiseForm {
  if (typeof form !== "string") throw wrongType("convertNoiseLevel", argument, "be a string", form);
  if (!Object.hasOwn(CONVERT, form))
    throw outOfRange("convertNoiseLevel", argument, `be one of ${Object.keys(CONVERT).join(", ")}`, form);
  return form;
}

/**
 * One noise level under another name: σ of variance-preserving diffusion, ᾱ of DDPM, σ of variance-exploding diffusion, and
 * the log-signal-to-noise ratio.
 *
 * $$\bar\alpha = 1 - \sigma^2, \qquad \sigma_{\mathrm{VE}} = \frac{\sigma}{\sqrt{1 - \sigma^2}}, \qquad
 * \lambda = \log \frac{\bar\alpha}{1 - \bar\alpha} = -2 \log \sigma_{\mathrm{VE}}$$
 *
 * Each has the digits that its input says: differences from 1 are formed without rounding, and λ keeps its digits at 0.
 * What an input near 1 has lost is lost: at little noise σ tells more than ᾱ, and at much noise ᾱ more than σ; `sigmaVe` and
 * `logSnr` tell all at both ends. The ends are limits: no noise is σ = 0, ᾱ = 1, σ_VE = 0 and λ = ∞, and pure noise is
 * σ = 1, ᾱ = 0, σ_VE = ∞ and λ = −∞.
 *
 * @param value the noise level
 * @param from what it is: `sigma`, `alphaBar`, `sigmaVe` or `logSnr`
 * @param to what is asked for
 * @returns the same level in that form
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when a form is another text, σ or ᾱ is outside [0, 1], σ_VE negative, or the value NaN
 * @example
 * ```ts
 * import { convertNoiseLevel } from "exptilt/diffusion";
 * convertNoiseLevel(0.6, "sigma", "alphaBar") // => 0.64
 * convertNoiseLevel(0.6, "sigma", "sigmaVe") // => 0.75
 * convertNoiseLevel(80, "sigmaVe", "sigma") // => 0.999921884154
 * convertNoiseLevel(1e-20, "alphaBar", "logSnr") // => -46.0517018599
 * ```
 */
export function convertNoiseLevel(value: number, from: NoiseForm, to: NoiseForm): number {
  const source = requireNoiseForm("from", from);
  const x = requireNumber("convertNoiseLevel", "value", value, RANGE[source]);
  return CONVERT[source][requireNoiseForm("to", to)](x);
}
