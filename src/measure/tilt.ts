import { outOfRange, POSITIVE_OR_INFINITE, requireLength, requireNumber, wrongType } from "../numeric/check.js";
import type { DoubleDouble } from "../numeric/doubleDouble.js";
import { exp, expm1, log1p } from "../numeric/elementary.js";
import { expWeighted } from "../numeric/expLog.js";
import { isNormal, SMALLEST_NORMAL } from "../numeric/float64.js";
import { logSumExp } from "../numeric/logSumExp.js";
import { peakOf, rangeOf } from "../numeric/peak.js";
import { exponentOf, timesPowerOfTwo } from "../numeric/powerOfTwo.js";
import { sum } from "../numeric/sum.js";
import { divideBy, Law } from "./law.js";
import { type Distribution, distributionOf, type Measure, requireMeasure } from "./measure.js";
import { resolveScore, type Score, scaledDifference } from "./score.js";

/** The answer of largest weight under the tilt: the anchor from which nothing overflows. */
function tiltAnchor(caller: string, argument: string, law: Law, score: Float64Array, beta: number): number {
  const { logWeight } = law;
  let anchor = -1;
  for (let i = 0; i < score.length; i++) {
    if (logWeight[i] === -Infinity || score[i] === -Infinity) continue;
    if (anchor < 0 || scaledDifference(score[i], score[anchor], beta) + (logWeight[i] - logWeight[anchor]) > 0)
      anchor = i;
  }
  if (anchor < 0) throw outOfRange(caller, argument, "be above -Infinity for some answer of the support", -Infinity);
  return anchor;
}

/**
 * w·e^x / v ≤ 1 for w ≥ 0 and v > 0. It comes from the weights where they have all digits. It comes from logarithms where a
 * weight is below the normal doubles, or e^{x/2} is out of range.
 */
function shiftedWeight(w: number, v: number, x: number, whole: boolean, logWeight: () => number): number {
  if (!whole || !(x > -1400 && x < 1400)) return exp(logWeight() + x);
  const ratio = w / v;
  if (w === 0 || (x > -700 && x < 700 && isNormal(ratio))) return ratio * exp(x);
  // The ratio or e^x alone may be no normal double. With powers of two apart, only the last product rounds below these.
  const a = exponentOf(w);
  const b = exponentOf(v);
  const half = exp(x / 2);
  const first = (a - b) >> 1;
  return (
    (timesPowerOfTwo(w, -a) / timesPowerOfTwo(v, -b)) *
    timesPowerOfTwo(half, first) *
    timesPowerOfTwo(half, a - b - first)
  );
}

/** The heaviest answer may be so many nats below the largest score: its exponent then keeps its digits. */
const MAX_ANCHOR_NATS = 4;
/** Where the tilted total is a larger part of the total than this, the heaviest answer is that near. */
const MIN_NEAR_TOTAL: number = exp(-2 * MAX_ANCHOR_NATS);

/** A law ∝ base·e^{score/β}, and its log-partition. */
export interface TiltedLaw {
  readonly law: Law;
  /** log E_base[e^{score/β}] as score[anchor]/β + excess. The first part may be large. */
  readonly logPartition: () => { readonly anchor: number; readonly excess: number };
}

/** The tilt of a law by scores that were checked: numbers below ∞. */
export function tiltLaw(caller: string, base: Law, score: Float64Array, beta: number, argument = "reward"): TiltedLaw {
  const shiftFrom = (top: number) => {
    const everywhere = base.least > 0;
    const shift = new Float64Array(score.length);
    for (let i = 0; i < shift.length; i++) {
      shift[i] = everywhere || base.supports(i) ? scaledDifference(score[i], top, beta) : -Infinity;
    }
    return shift;
  };
  const ordinary = ordinaryTilt(base, score, beta, new Float64Array(score.length));
  if (ordinary !== undefined) {
    const { tilted, top, total } = ordinary;
    const law: Law = Law.tilted(
      base,
      tilted,
      () => shiftFrom(top).map((x, i) => base.logWeight[i] + x),
      // From the heaviest answer: a divergence reads differences from that one.
      () => shiftFrom(score[law.peak]),
      total,
    );
    const anchored = (anchor: number) => ({ anchor, excess: logMeanExp(base, shiftFrom(score[anchor])) });
    return { law, logPartition: () => anchored(law.peak) };
  }
  const anchor = tiltAnchor(caller, argument, base, score, beta);
  const { logWeight } = base;
  const shift = shiftFrom(score[anchor]);
  const tilted = new Float64Array(shift.length);
  for (let i = 0; i < tilted.length; i++) {
    tilted[i] = shiftedWeight(
      base.mass[i],
      base.mass[anchor],
      shift[i],
      base.isWhole(i) && base.isWhole(anchor),
      () => logWeight[i] - logWeight[anchor],
    );
  }
  const logTilted = () => shift.map((x, i) => logWeight[i] - logWeight[anchor] + x);
  return {
    law: Law.tilted(base, tilted, logTilted, () => shift),
    logPartition: () => ({ anchor, excess: logMeanExp(base, shift) }),
  };
}

/**
 * The fast road of a tilt: the weights of the reference times exponentials of at most 1, written to `out`. Undefined
 *
 * - where a score is NaN, or a weight or an exponential would leave the range of normal doubles (nothing is written then);
 * - where the total would be too small for a law;
 * - where the heaviest answer is far below the largest score, so that rounding would cost its exponent digits.
 */
function ordinaryTilt(
  base: Law,
  score: Float64Array,
  beta: number,
  out: Float64Array,
): { tilted: Float64Array; top: number; total: DoubleDouble } | undefined {
  if (base.hasTail) return undefined;
  const { weight } = base;
  const { top, bottom } = base.least > 0 ? rangeOf(score) : rangeOn(weight, score);
  const spread = (bottom - top) / beta;
  if (!(spread > -700 && isNormal(base.leastPositive * exp(spread)))) return undefined;
  const total = expWeighted(out, weight, score, top, beta, base.total.hi);
  if (!(total.hi > 2 ** -400 * out.length)) return undefined;
  // E_P[(top − score)/β] is at most the logarithm of base.total/total.
  if (total.hi < MIN_NEAR_TOTAL * base.total.hi) {
    if ((top - score[peakOf(out)]) / beta > MAX_ANCHOR_NATS) return undefined;
  }
  return { tilted: out, top, total };
}

/** The range of the scores where weights are positive; the top is +∞ where a score is NaN. */
function rangeOn(weight: Float64Array, score: Float64Array): { top: number; bottom: number } {
  let top = -Infinity;
  let bottom = Infinity;
  for (let i = 0; i < weight.length; i++) {
    const s = score[i];
    if (!(s < Infinity)) return { top: Infinity, bottom };
    if (weight[i] === 0) continue;
    if (s > top) top = s;
    if (s < bottom) bottom = s;
  }
  return { top, bottom };
}

/** log E_law[e^x], from E_law[e^x − 1] where it is near 0, so that a weak tilt keeps its digits. */
export function logMeanExp(law: Law, x: Float64Array): number {
  const { weight, total } = law;
  const terms = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const p = weight[i] / total.hi;
    // e^x may overflow before a small probability is multiplied in.
    const carried = x[i] > 700 || p < SMALLEST_NORMAL;
    if (!carried) terms[i] = p * expm1(x[i]);
    else if (law.supports(i)) terms[i] = exp(x[i] + law.logProbability(i)) - p;
  }
  const excess = sum(terms);
  if (excess.hi > -0.5) return log1p(excess.hi + excess.lo);
  // The mean is far from 1; e^x and the mean may be outside the doubles.
  return logSumExp(x.map((shift, i) => (law.supports(i) ? shift + law.logProbability(i) : -Infinity)));
}

/**
 * The exponential tilt p(o) ∝ ref(o) e^{score(o)/β} of a law: the one construction behind every method of the library.
 *
 * $$p(o) = \frac{\mathrm{ref}(o)\, e^{s(o)/\beta}}{\mathbb{E}_{\mathrm{ref}}[e^{s/\beta}]}$$
 *
 * Computed from the answer of largest tilted weight, with scores subtracted before they are divided, so that neither
 * β = 1e−300 nor scores of 1e308 overflow; scores off the support of ref are ignored. A score −∞ forbids its answer.
 * β = ∞ gives the law of ref. Tilts compose: tilting by η₁r₁ and then by η₂r₂ is tilting once by η₁r₁ + η₂r₂.
 * Equation (9) of Jiao, Chen and Li (2025). Time and memory grow as K.
 *
 * @param ref any measure, read as the law proportional to it
 * @param score a number below ∞ for each answer: an aligned array, or a function of the answer
 * @param beta the temperature β > 0 in the units of the score; 1 when left out; Infinity allowed
 * @returns the tilted law, with the log-partition log E_ref[e^{score/β}] in nats as its `logNormalizer`
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when a score is NaN or +∞ or forbids the whole support, or β is not positive (for β → 0 see `bestOfNLaw`)
 * @example
 * ```ts
 * import { tilt, uniform } from "exptilt";
 * const p = tilt(uniform(["a", "b"]), [0, 1], 0.5);
 * p.mass // => [0.119202922022, 0.880797077978]
 * p.logNormalizer // => 1.4337808304830
 * ```
 */
export function tilt<A>(ref: Measure<A>, score: Score<A>, beta = 1): Distribution<A> {
  return tiltChecked("tilt", "score", ref, score, beta);
}

/** `tilt` under another function's name and argument. */
export function tiltChecked<A>(
  caller: string,
  argument: string,
  ref: Measure<A>,
  score: Score<A>,
  beta: number,
): Distribution<A> {
  const { support, law } = requireMeasure(caller, "ref", ref);
  const scores = resolveScore(caller, argument, support, score);
  const temperature = requireNumber(caller, "beta", beta, POSITIVE_OR_INFINITE);
  const { law: tilted, logPartition } = tiltLaw(caller, law, scores, temperature, argument);
  return distributionOf(support, tilted, () => {
    const { anchor, excess } = logPartition();
    return scores[anchor] / temperature + excess;
  });
}

/**
 * The masses of `tilt(ref, score, beta)`, written to an array that the caller keeps: with a million answers and the same
 * array at each call nothing is allocated, and a loop runs two to four times as fast.
 *
 * $$p(o) = \frac{\mathrm{ref}(o)\, e^{s(o)/\beta}}{\mathbb{E}_{\mathrm{ref}}[e^{s/\beta}]}$$
 *
 * The same numbers, to the last bit, and the same conventions. The array may be the one of the scores, which are then
 * written over; not one of `ref`'s own.
 *
 * @param ref any measure, read as the law proportional to it
 * @param score a number below ∞ for each answer: an aligned array, or a function of the answer
 * @param beta the temperature β > 0 in the units of the score; Infinity allowed
 * @param out where the masses go: one entry an answer
 * @returns the same array
 * @throws TypeError when an argument has the wrong type or the lengths differ
 * @throws RangeError when a score is NaN or +∞ or forbids the whole support, or β is not positive
 * @example
 * ```ts
 * import { tiltedMass, uniform } from "exptilt";
 * const masses = new Float64Array(2);
 * tiltedMass(uniform(["a", "b"]), [0, 1], 0.5, masses) === masses // => true
 * masses // => [0.119202922022, 0.880797077978]
 * ```
 */
export function tiltedMass<A>(ref: Measure<A>, score: Score<A>, beta: number, out: Float64Array): Float64Array {
  const caller = "tiltedMass";
  const { support, law } = requireMeasure(caller, "ref", ref);
  const temperature = requireNumber(caller, "beta", beta, POSITIVE_OR_INFINITE);
  if (!(out instanceof Float64Array)) throw wrongType(caller, "out", "be a Float64Array", out);
  requireLength(caller, "out", out, law.weight.length);
  const resolve = () => resolveScore(caller, "score", support, score);
  // Scores that do not share memory with `out` are read without a copy.
  const apart = score instanceof Float64Array && score.length === out.length && score.buffer !== out.buffer;
  const scores = apart ? score : resolve();
  const ordinary = ordinaryTilt(law, scores, temperature, out);
  if (ordinary === undefined)
    return tiltLaw(caller, law, apart ? resolve() : scores, temperature, "score").law.probabilities(out);
  return divideBy(out, ordinary.total.hi, out);
}
