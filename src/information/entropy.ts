import { type Law, MIN_SIZE_FOR_KEPT_LOGS } from "../measure/law.js";
import { lawOf, type Measure } from "../measure/measure.js";
import { logPowerSumPerExcess } from "../measure/powerSum.js";
import { NON_NEGATIVE_OR_INFINITE, requireNumber } from "../numeric/check.js";
import { logRatio } from "../numeric/deviance.js";
import { log, log1p } from "../numeric/elementary.js";
import { logNormal } from "../numeric/expLog.js";
import { SMALLEST_NORMAL } from "../numeric/float64.js";
import { sum } from "../numeric/sum.js";
import { liftedProbability, UPSCALE } from "./divergence.js";

/** −Σ P log P of a law. */
export function entropyOf(law: Law): number {
  const plain = law.hasTail || law.weight.length < MIN_SIZE_FOR_KEPT_LOGS ? undefined : entropyByLogs(law);
  if (plain !== undefined) return withinEntropies(law, plain);
  const total = law.hasTail ? sumByLogs(law) : sumByWeights(law);
  return withinEntropies(law, total / UPSCALE);
}

/** A rounded entropy, cut to the range [0, log K] of entropies on K answers of the support. */
function withinEntropies(law: Law, entropy: number): number {
  const { length } = law.weight;
  let size = length;
  if (!(law.least > 0)) {
    size = 0;
    for (let i = 0; i < length; i++) if (law.supports(i)) size++;
  }
  return Math.max(0, Math.min(entropy, log(size)));
}

/** The sum of −P log P, times UPSCALE, where only the logarithms of some answers have all digits. */
function sumByLogs(law: Law): number {
  const logP = law.logProbabilities();
  return sum(logP.map((l, i) => (l > -Infinity ? liftedProbability(law, i, l) * -l : 0))).hi;
}

/**
 * The same sum from the weights, as `sum` has it. The term of the largest weight comes from the distance of the
 * weight to the total. No array is made: for ten answers it would take longer than the logarithms.
 */
function sumByWeights({ weight, total: { hi: total }, peak, rest }: Law): number {
  let hi = 0;
  let lo = 0;
  for (let i = 0; i < weight.length; i++) {
    const w = weight[i];
    if (w === 0) continue;
    const p = w / total;
    const nats =
      i === peak ? log1p((rest.hi + rest.lo) / w) : p >= SMALLEST_NORMAL ? -logNormal(p) : -logRatio(w, total);
    const term = ((w * UPSCALE) / total) * nats;
    const s = hi + term;
    const t = s - hi;
    lo += hi - (s - t) + (term - t);
    hi = s;
  }
  return hi + lo;
}

/** log Σ w − Σ P log w from the logarithms that a law keeps; undefined where the parts cancel to less than half. */
function entropyByLogs(law: Law): number | undefined {
  const { logs, total } = law.scaledLogs;
  const { weight } = law;
  // Σ w·log w in two parts, and Σ w|log w|; an entry of weight 0 adds nothing.
  let hi = 0;
  let lo = 0;
  let size = 0;
  for (let i = 0; i < logs.length; i++) {
    const w = weight[i];
    if (w === 0) continue;
    const term = w * logs[i];
    const s = hi + term;
    const t = s - hi;
    lo += hi - (s - t) + (term - t);
    hi = s;
    size += Math.abs(term);
  }
  const logTotal = log(total.hi);
  const entropy = logTotal - (hi + lo) / law.total.hi;
  return entropy >= 0.5 * (logTotal + size / law.total.hi) ? entropy : undefined;
}

/**
 * The Shannon entropy H(p) = −Σ P(o) log P(o), in nats, of the law P proportional to p. Equation (1), with 0·log 0 = 0.
 *
 * $$H(p) = -\sum_o P(o) \log P(o)$$
 *
 * 0 for a point mass and log K for K equal masses. The largest probability enters by its distance from 1, so a law
 * within 1e−300 of a point mass keeps its digits. Relative error: a few units in the last place.
 *
 * @param p any measure, read as the law proportional to it
 * @returns the entropy in nats, in [0, log K]
 * @throws TypeError when p is not a measure
 * @example
 * ```ts
 * import { entropy, measure, uniform } from "exptilt";
 * entropy(uniform(["a", "b"])) // => 0.6931471805599453
 * entropy(measure(["a", "b"], [1, 1e-20])) // => 4.70517018598809e-19
 * ```
 */
export function entropy(p: Measure): number {
  return entropyOf(lawOf("entropy", "p", p));
}

/**
 * The Rényi entropy H_α(p) = log Σ P(o)^α / (1 − α), in nats, of the law P proportional to p.
 *
 * $$H_\alpha(p) = \frac{1}{1-\alpha} \log \sum_o P(o)^\alpha$$
 *
 * The limits are taken where they exist: α = 0 gives the logarithm of the support's size, α = 1 the Shannon entropy and
 * α = ∞ the min-entropy −log max P. Near α = 1 the digits are kept. Rényi (1961).
 *
 * @param p any measure, read as the law proportional to it
 * @param order the order α ≥ 0; Infinity allowed
 * @returns the entropy in nats, in [0, log K], not increasing in α
 * @throws TypeError when an argument has the wrong type
 * @throws RangeError when α is negative or NaN
 * @example
 * ```ts
 * import { measure, renyiEntropy } from "exptilt";
 * const p = measure(["a", "b", "c"], [2, 1, 1]);
 * renyiEntropy(p, 2) // => 0.9808292530117262
 * renyiEntropy(p, Infinity) // => 0.6931471805599453
 * ```
 */
export function renyiEntropy(p: Measure, order: number): number {
  const law = lawOf("renyiEntropy", "p", p);
  const alpha = requireNumber("renyiEntropy", "order", order, NON_NEGATIVE_OR_INFINITE);
  return renyiEntropyOf(law, alpha, alpha - 1);
}

/** The Rényi entropy, given the order α and, to its own digits, α − 1. */
export function renyiEntropyOf(law: Law, order: number, excess: number): number {
  if (excess === 0) return entropyOf(law);
  if (order === Infinity) return withinEntropies(law, -law.logProbability(law.peak));
  return withinEntropies(law, -logPowerSumPerExcess(law, order, excess));
}
