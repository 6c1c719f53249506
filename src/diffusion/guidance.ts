import type { TiltProblem } from "../alignment/rlhf.js";
import type { Law } from "../measure/law.js";
import type { Distribution } from "../measure/measure.js";
import { lawOf } from "../measure/measure.js";
import { tiltChecked } from "../measure/tilt.js";
import { FINITE, outOfRange, requireNumber, requireOptions } from "../numeric/check.js";
import { log, log1p } from "../numeric/elementary.js";
import { isNormal } from "../numeric/float64.js";
import { type AtomicData, type AtomLaw, requireAtomLaw, requireClass, requirePresent } from "./atoms.js";
import { logRatioOf } from "./densityRatio.js";
import { logRatioOfLaws } from "./lineLaws.js";
import { readPosterior, requireHeld } from "./noisePrediction.js";
import { type GuidanceStrength, strengthAt } from "./strength.js";

/** What guidance leads away from. */
export interface GuidanceOptions {
  /**
   * A negative prompt: the class, or any measure on the atoms' indices, that takes the place of p(x); the marginal when left
   * out. Guidance of strength w then aims at p(x|c)^{1+w}/p(x|negative)^w.
   */
  readonly negative?: AtomLaw;
}

/** The law that guidance leads away from, where it is not the marginal. */
export function requireNegative(caller: string, data: AtomicData, options: GuidanceOptions): AtomLaw {
  const { negative } = requireOptions(caller, options, { negative: true });
  if (negative !== undefined) requireAtomLaw(caller, "options.negative", data, negative);
  return negative;
}

/**
 * The classifier log p(c|x) of each atom, by Bayes' rule.
 *
 * $$p(c \mid x) = \frac{p(c)\, p(x \mid c)}{p(x)}$$
 *
 * A probability near 1 keeps the digits of its distance from 1.
 *
 * @param data the atoms
 * @param label the class c
 * @returns log p(c|x) in nats, one an atom; −∞ where p(x|c) = 0, on atoms of no class too
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when the class is unknown
 * @example
 * ```ts
 * import { atomicData, logClassProbability } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[0], [1]], classes: { a: [0.5, 0.5], b: [0, 1] } });
 * logClassProbability(data, "a") // => [0, -1.098612288668]
 * ```
 */
export function logClassProbability(data: AtomicData, label: string): Float64Array {
  const own = requireClass("logClassProbability", "label", data, label);
  const c = data.classes.indexOf(label);
  const prior = data.prior.mass[c];
  const out = new Float64Array(data.size).fill(-Infinity);
  const { logMass } = own;
  for (let i = 0; i < out.length; i++) {
    if (!(prior > 0) || logMass[i] === -Infinity) continue;
    const here = prior * own.mass[i];
    let others = 0;
    for (const [b, name] of data.classes.entries())
      if (b !== c) others += data.prior.mass[b] * (data.conditional.get(name) as Distribution<number>).mass[i];
    out[i] = isNormal(here)
      ? -log1p(others / here)
      : Math.min(0, log(prior) + logMass[i] - log(others === 0 ? here : others));
  }
  return out;
}

/**
 * Guidance as a tilt: the problem whose reference is p(x|c), whose reward is w·log p(c|x), and whose β is 1. Its RLHF
 * optimum is the target (31) that classifier-free guidance states, and soft best-of-N on it is the test-time scaling of
 * (35), with weights p(c|x)^w; `softBestOfNLaw(guidanceProblem(data, c, w), n)` meets the target as n → ∞, at w_tts = w_cfg.
 *
 * $$r(x) = w \log p(c \mid x), \qquad \beta = 1$$
 *
 * With a negative prompt the reward is w·log(p(x|c)/p(x|negative)), see `guidedTarget`.
 *
 * @param data the atoms
 * @param label the class c, of positive p(c)
 * @param strength the guidance strength w, finite; see `guidanceWeight` for the scales of other authors
 * @param options `negative`: the law in the place of p(x)
 * @returns the problem, on the atoms' indices
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when a class is unknown, or c has prior 0 while the strength is not and p(x) is meant, or the strength is not finite, or the
 * negative law has no mass at an atom of the class while the strength is positive
 * @example
 * ```ts
 * import { rlhfOptimum, softBestOfNLaw } from "exptilt";
 * import { atomicData, guidanceProblem } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[0], [1]], classes: { a: [0.5, 0.5], b: [0, 1] } });
 * const problem = guidanceProblem(data, "a", 1);
 * softBestOfNLaw(problem, 1).mass // => [0.5, 0.5]
 * softBestOfNLaw(problem, 1000).mass // => [0.7498, 0.2502]
 * rlhfOptimum(problem).mass // => [0.75, 0.25]
 * ```
 */
export function guidanceProblem(
  data: AtomicData,
  label: string,
  strength: number,
  options: GuidanceOptions = {},
): TiltProblem<number> {
  const caller = "guidanceProblem";
  const w = requireNumber(caller, "strength", strength, FINITE);
  return problemOf(caller, data, label, w, requireNegative(caller, data, options), () => {
    const logs = logClassProbability(data, label);
    return (i) => logs[i];
  });
}

/** The reward w·log p(x|c)/p(x|negative) on p(x|c), or w times `againstMarginal` without a negative law. */
function problemOf(
  caller: string,
  data: AtomicData,
  label: string,
  w: number,
  negative: AtomLaw,
  againstMarginal: () => (i: number) => number,
): TiltProblem<number> {
  const ref = requireClass(caller, "label", data, label);
  const reward = new Float64Array(data.size);
  const law = lawOf(caller, "label", ref);
  // w = 0 needs neither p(c|x) nor a negative law.
  if (w !== 0) {
    if (negative === undefined) requirePresent(caller, data, label);
    const ratio = negative === undefined ? againstMarginal() : logRatioTo(caller, data, law, w, negative);
    for (let i = 0; i < reward.length; i++) reward[i] = law.supports(i) ? times(caller, w, ratio(i)) : -Infinity;
  }
  return { ref, reward, beta: 1 };
}

/** log p(x|c)/p(x|negative): infinite where only the class has mass, for which no w > 0 has a target. */
function logRatioTo(caller: string, data: AtomicData, own: Law, w: number, negative: AtomLaw): (i: number) => number {
  const other = lawOf(caller, "options.negative", requireAtomLaw(caller, "options.negative", data, negative));
  const ratio = logRatioOfLaws(own, other);
  return (i) => {
    if (other.supports(i)) return -ratio(i);
    if (w > 0)
      throw outOfRange(caller, "options.negative", "have mass at every atom of the class", `none at atom ${i}`);
    return Infinity;
  };
}

/** w·l, −∞ where l or its product is infinite by a mass of 0. A finite l whose product overflows is refused. */
function times(caller: string, w: number, l: number): number {
  if (!Number.isFinite(l)) return -Infinity;
  const x = w * l;
  if (!Number.isFinite(x))
    throw outOfRange(caller, "strength", "give rewards w·log p(c|x) within the range of doubles", w);
  return x;
}

/**
 * The target that classifier-free guidance of strength w states, p(c|x)^w p(x|c) ∝ p(x|c)^{1+w} p(x)^{−w}. Equation (31).
 *
 * $$p_w(x \mid c) \propto p(x \mid c)^{1+w}\, p(x)^{-w}$$
 *
 * w = 0 gives p(x|c). Its sampler misses it (Bradley and Nakkiran, arXiv 2408.09000): `ddimLaw` gives what it makes, in one
 * dimension. Soft best-of-N with weights p(c|x)^w tends to it, (35).
 *
 * A negative prompt takes the place of p(x): p(x|c)^{1+w}/p(x|negative)^w. Where the negative law has no mass and the class
 * has, that is infinite at w > 0, which is refused, and 0 at w < 0.
 *
 * @param data the atoms
 * @param label the class c
 * @param strength the guidance strength w, finite; see `guidanceWeight` for the scales of other authors
 * @param options `negative`: the law in the place of p(x)
 * @returns the target, on the atoms' indices
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when a class is unknown, or c has prior 0 while the strength is not and p(x) is meant, or the strength is not finite, or the
 * negative law has no mass at an atom of the class while the strength is positive, or at all of them while it is negative
 * @example
 * ```ts
 * import { atomicData, guidedTarget } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[0], [1]], classes: { a: [0.5, 0.5], b: [0.2, 0.8] } });
 * guidedTarget(data, "a", 0).mass // => [0.5, 0.5]
 * guidedTarget(data, "a", 1).mass // => [0.65, 0.35]
 * guidedTarget(data, "a", 1, { negative: "b" }).mass // => [0.8, 0.2]
 * ```
 */
export function guidedTarget(
  data: AtomicData,
  label: string,
  strength: number,
  options: GuidanceOptions = {},
): Distribution<number> {
  return targetOf("guidedTarget", data, label, strength, requireNegative("guidedTarget", data, options));
}

/** `guidedTarget` under another function's name. */
export function targetOf(
  caller: string,
  data: AtomicData,
  label: string,
  strength: number,
  negative?: AtomLaw,
): Distribution<number> {
  const w = requireNumber(caller, "strength", strength, FINITE);
  // p(x|c)/p(x) in place of p(c|x): a large w would multiply the logarithm of the constant p(c).
  const { ref, reward } = problemOf(caller, data, label, w, negative, () => (i) => {
    const of = (name: string) => (data.conditional.get(name) as Distribution<number>).mass[i];
    return of(label) > 0 ? logRatioOf(data, label, of) : -Infinity;
  });
  return tiltChecked(caller, "strength", ref, reward, 1);
}

/**
 * The guided noise predictor of classifier-free guidance, (1 + w)·ε(x_t|c) − w·ε(x_t). The note leaves out the second w
 * (erratum E3). It is not the predictor of any noised data law.
 *
 * $$\tilde\varepsilon(x_t \mid c) = (1 + w)\, \varepsilon(x_t \mid c) - w\, \varepsilon(x_t)$$
 *
 * A negative prompt takes the place of ε(x_t). The strength may depend on the noise level: guidance on an interval of levels,
 * or any w(σ). Computed as ε(x_t|c) plus w times the difference of the two denoisers: large common terms do not cancel.
 *
 * @param data the atoms
 * @param x the noisy point x_t, d finite coordinates
 * @param sigma the noise level σ in (0, 1)
 * @param label the class c
 * @param strength the guidance strength w, finite: a number, w on an interval of noise levels, or a function of σ
 * @param options `negative`: the law in the place of p(x)
 * @returns the guided noise, d coordinates
 * @throws TypeError when an argument has the wrong type or x the wrong length
 * @throws RangeError when σ is outside (0, 1), a coordinate or the strength is not finite, or a class is unknown
 * @example
 * ```ts
 * import { atomicData, guidedNoisePrediction } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[-1], [1]], classes: { left: [1, 0], right: [0, 1] } });
 * guidedNoisePrediction(data, [0], 0.8, "right", 0) // => [-0.75]
 * guidedNoisePrediction(data, [0], 0.8, "right", 2) // => [-2.25]
 * guidedNoisePrediction(data, [0], 0.8, "right", 2, { negative: "left" }) // => [-3.75]
 * guidedNoisePrediction(data, [0], 0.8, "right", { strength: 2, above: 0.1, upTo: 0.5 }) // => [-0.75]
 * ```
 */
export function guidedNoisePrediction(
  data: AtomicData,
  x: ArrayLike<number>,
  sigma: number,
  label: string,
  strength: GuidanceStrength,
  options: GuidanceOptions = {},
): Float64Array {
  const caller = "guidedNoisePrediction";
  requireClass(caller, "label", data, label);
  const w = strengthAt(caller, strength, sigma, FINITE);
  const negative = requireNegative(caller, data, options);
  const { alpha, posterior: own } = readPosterior(caller, data, x, sigma, label);
  const { posterior: all } = readPosterior(caller, data, x, sigma, negative);
  const { points, dimension: d } = data;
  const noise = own.residual.map((r, k) => {
    const between = points[all.near * d + k] - points[own.near * d + k] + (all.shift[k] - own.shift[k]);
    return (r - alpha * own.shift[k] + (w === 0 ? 0 : w * (alpha * between))) / sigma;
  });
  return requireHeld(caller, noise);
}
