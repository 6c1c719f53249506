import type { TiltProblem } from "../alignment/rlhf.js";
import type { Distribution } from "../measure/measure.js";
import { lawOf } from "../measure/measure.js";
import { tiltChecked } from "../measure/tilt.js";
import { FINITE, outOfRange, requireNumber } from "../numeric/check.js";
import { log, log1p } from "../numeric/elementary.js";
import { isNormal } from "../numeric/float64.js";
import { type AtomicData, requireClass, requirePresent } from "./atoms.js";
import { logRatioOf } from "./densityRatio.js";
import { readPosterior, requireHeld } from "./noisePrediction.js";

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
 * @param data the atoms
 * @param label the class c, of positive p(c)
 * @param strength the guidance strength w, finite
 * @returns the problem, on the atoms' indices
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when the class is unknown, or has prior 0 while the strength is not, or the strength is not finite
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
export function guidanceProblem(data: AtomicData, label: string, strength: number): TiltProblem<number> {
  return problemOf("guidanceProblem", data, label, strength);
}

function problemOf(caller: string, data: AtomicData, label: string, strength: number): TiltProblem<number> {
  const ref = requireClass(caller, "label", data, label);
  const w = requireNumber(caller, "strength", strength, FINITE);
  // w = 0 needs no p(c|x).
  if (w !== 0) requirePresent(caller, data, label);
  const law = lawOf(caller, "label", ref);
  const reward = logClassProbability(data, label).map((l, i) => (law.supports(i) ? times(caller, w, l) : -Infinity));
  if (w === 0) reward.fill(0);
  return { ref, reward, beta: 1 };
}

/** w·l, −∞ where l is. A finite l whose product overflows is refused. */
function times(caller: string, w: number, l: number): number {
  if (l === -Infinity) return l;
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
 * @param data the atoms
 * @param label the class c
 * @param strength the guidance strength w, finite
 * @returns the target, on the atoms' indices
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when the class is unknown, or has prior 0 while the strength is not, or the strength is not finite
 * @example
 * ```ts
 * import { atomicData, guidedTarget } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[0], [1]], classes: { a: [0.5, 0.5], b: [0, 1] } });
 * guidedTarget(data, "a", 0).mass // => [0.5, 0.5]
 * guidedTarget(data, "a", 1).mass // => [0.75, 0.25]
 * ```
 */
export function guidedTarget(data: AtomicData, label: string, strength: number): Distribution<number> {
  return targetOf("guidedTarget", data, label, strength);
}

/** `guidedTarget` under another function's name. */
export function targetOf(caller: string, data: AtomicData, label: string, strength: number): Distribution<number> {
  const w = requireNumber(caller, "strength", strength, FINITE);
  const { ref, reward } = problemOf(caller, data, label, w);
  if (w === 0) return tiltChecked(caller, "strength", ref, reward, 1);
  // p(x|c)/p(x) in place of p(c|x): a large w would multiply the logarithm of the constant p(c).
  const ratio = Float64Array.from({ length: data.size }, (_, i) => {
    const of = (name: string) => (data.conditional.get(name) as Distribution<number>).mass[i];
    return of(label) > 0 ? times(caller, w, logRatioOf(data, label, of)) : -Infinity;
  });
  return tiltChecked(caller, "strength", ref, ratio, 1);
}

/**
 * The guided noise predictor of classifier-free guidance, (1 + w)·ε(x_t|c) − w·ε(x_t). The note leaves out the second w
 * (erratum E3). It is not the predictor of any noised data law.
 *
 * $$\tilde\varepsilon(x_t \mid c) = (1 + w)\, \varepsilon(x_t \mid c) - w\, \varepsilon(x_t)$$
 *
 * Computed as ε(x_t|c) plus w times the difference of the two denoisers: large common terms do not cancel.
 *
 * @param data the atoms
 * @param x the noisy point x_t, d finite coordinates
 * @param sigma the noise level σ in (0, 1)
 * @param label the class c
 * @param strength the guidance strength w, finite
 * @returns the guided noise, d coordinates
 * @throws TypeError when an argument has the wrong type or x the wrong length
 * @throws RangeError when σ is outside (0, 1), a coordinate or the strength is not finite, or the class is unknown
 * @example
 * ```ts
 * import { atomicData, guidedNoisePrediction } from "exptilt/diffusion";
 * const data = atomicData({ atoms: [[-1], [1]], classes: { left: [1, 0], right: [0, 1] } });
 * guidedNoisePrediction(data, [0], 0.8, "right", 0) // => [-0.75]
 * guidedNoisePrediction(data, [0], 0.8, "right", 2) // => [-2.25]
 * ```
 */
export function guidedNoisePrediction(
  data: AtomicData,
  x: ArrayLike<number>,
  sigma: number,
  label: string,
  strength: number,
): Float64Array {
  const caller = "guidedNoisePrediction";
  requireClass(caller, "label", data, label);
  const w = requireNumber(caller, "strength", strength, FINITE);
  const { alpha, posterior: own } = readPosterior(caller, data, x, sigma, label);
  const { posterior: all } = readPosterior(caller, data, x, sigma, undefined);
  const { points, dimension: d } = data;
  const noise = own.residual.map((r, k) => {
    const between = points[all.nearest * d + k] - points[own.nearest * d + k] + (all.shift[k] - own.shift[k]);
    return (r - alpha * own.shift[k] + (w === 0 ? 0 : w * (alpha * between))) / sigma;
  });
  return requireHeld(caller, noise);
}
