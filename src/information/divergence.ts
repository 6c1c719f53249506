import { densitiesOf, type Law, MIN_SIZE_FOR_KEPT_LOGS } from "../measure/law.js";
import { type Measure, requireMeasure, requirePair } from "../measure/measure.js";
import { requireSameSupport } from "../measure/support.js";
import { logMeanExp } from "../measure/tilt.js";
import { NON_NEGATIVE, requireLength, requireNumbers } from "../numeric/check.js";
import { deviance, expm1MinusX, logRatio, logRatioNearOne } from "../numeric/deviance.js";
import { type DoubleDouble, productError, twoProduct } from "../numeric/doubleDouble.js";
import { exp, expm1, log, log1p, square } from "../numeric/elementary.js";
import { ExactSum } from "../numeric/exactSum.js";
import { highWords, logScaled } from "../numeric/expLog.js";
import { isNormal, SMALLEST_NORMAL } from "../numeric/float64.js";
import { exponentOf } from "../numeric/powerOfTwo.js";
import { sum } from "../numeric/sum.js";

/**
 * Divergences of two laws on one support. KL has four forms, of which `klOf` takes the first that keeps its digits:
 *
 * - `klByLogs`, for many answers: Σ P (log P − log Q) from the logarithms that the laws keep;
 * - `klPlain`: the textbook sum Σ P log(P/Q) from the weights;
 * - `klByLogRatio`, for tilts of one origin: from log dP/dQ, which is known up to a constant;
 * - `klByDeviance`, for all other laws: the deviance of each answer in double-double.
 *
 * Total variation and χ² are sums of differences, in double-double (`overPairs`) or from the log-ratio of tilts.
 */

/** Probabilities are multiplied by this first, exactly, so that no part of a double-double is subnormal. */
export const UPSCALE: number = 2 ** 500;
export const LOG_UPSCALE: number = 500 * Math.LN2;

/** a·t rounded to nearest with its error, for a double a and a double-double t. */
function scaled(a: number, t: DoubleDouble): { hi: number; lo: number } {
  const hi = a * t.hi;
  return { hi, lo: productError(a, t.hi, hi) + a * t.lo };
}

/** A total as t·2^k with t.hi in [1, 2): t, and 2^−k, by which the weights are multiplied instead. */
function unitTotal({ hi, lo }: DoubleDouble): { power: number; t: DoubleDouble } {
  const power = 2 ** -exponentOf(hi);
  return { power, t: { hi: hi * power, lo: lo * power } };
}

/** Below this e^x is a double. Above it, e^x might overflow before it is multiplied by a small probability. */
const MAX_EXPONENT_NATS = 700;

/** A difference of two probabilities below this share of them has lost digits in double-double. */
const MIN_DIFFERENCE_SHARE = 2 ** -50;

/**
 * f(a, b, n) over the answers of two laws: a and b are the probabilities times UPSCALE, n = b − a to full accuracy. Where
 * only the logarithm of an answer has all digits, it is tail(i, log P, log Q).
 */
function overPairs(
  p: Law,
  q: Law,
  f: (a: number, b: number, n: number) => number,
  tail?: (i: number, logP: number, logQ: number) => number,
): Float64Array {
  const terms = new Float64Array(p.weight.length);
  eachPair(
    p,
    q,
    (i, a, b, n, scale) => {
      terms[i] = f(a, b, n) / scale;
    },
    tail &&
      ((i, logP, logQ) => {
        terms[i] = tail(i, logP, logQ);
      }),
  );
  return terms;
}

/**
 * Visits the answers of two laws with a = P·scale·UPSCALE, b = Q·scale·UPSCALE and n = b − a, all to full accuracy. Where
 * only the logarithm of an answer has all digits, it calls tail(i, log P, log Q) after that.
 */
export function eachPair(
  p: Law,
  q: Law,
  visit: (i: number, a: number, b: number, n: number, scale: number) => void,
  tail?: (i: number, logP: number, logQ: number) => void,
): void {
  const [u, v] = [p.weight, q.weight];
  let exactly: ((i: number) => number) | undefined;
  const [{ power: pPower, t: pTotal }, { power: qPower, t: qTotal }] = [unitTotal(p.total), unitTotal(q.total)];
  const scale = pTotal.hi * qTotal.hi;
  for (let i = 0; i < u.length; i++) {
    const a = scaled(u[i] * (pPower * UPSCALE), qTotal);
    const b = scaled(v[i] * (qPower * UPSCALE), pTotal);
    let n = b.hi - a.hi + (b.lo - a.lo);
    if (Math.abs(n) < MIN_DIFFERENCE_SHARE * b.hi && p !== q) {
      exactly ??= exactDifferences(u, v);
      n = exactly(i) * (pPower * UPSCALE) * qPower;
    }
    visit(i, a.hi, b.hi, n, scale);
  }
  if (tail && (p.hasTail || q.hasTail))
    for (let i = 0; i < u.length; i++)
      if (inTail(p, i) || inTail(q, i)) tail(i, p.logProbability(i), q.logProbability(i));
}

/** v_i Σu − u_i Σv, rounded once. */
function exactDifferences(u: Float64Array, v: Float64Array): (i: number) => number {
  const [totalU, totalV] = [new ExactSum(u).parts, new ExactSum(v).parts];
  return (i) => {
    const difference = new ExactSum();
    const add = (x: number, parts: readonly number[]): void => {
      for (const part of parts) {
        const { hi, lo } = twoProduct(x, part);
        difference.add(hi);
        difference.add(lo);
      }
    };
    add(v[i], totalU);
    add(-u[i], totalV);
    return difference.value;
  };
}

/** Whether only the logarithm of answer i may have all digits: its weight is below the normal doubles, and rounded. */
const inTail = (law: Law, i: number) => law.weight[i] < SMALLEST_NORMAL && law.hasTail;

/** P(i), from its logarithm where only that has all digits. */
const wholeProbability = (law: Law, i: number, logP: number) => (inTail(law, i) ? exp(logP) : law.probability(i));

/** P(i) times UPSCALE, from its logarithm where only that has all digits. */
export const liftedProbability = (law: Law, i: number, logP: number): number =>
  inTail(law, i) ? exp(logP + LOG_UPSCALE) : (law.weight[i] * UPSCALE) / law.total.hi;

/** The sum of terms. NaN is 0·∞, as where P has mass and Q has none: the sum is then ∞. */
function total(terms: Float64Array): number {
  const { hi } = sum(terms);
  return Number.isNaN(hi) ? Infinity : hi;
}

/** KL of two laws on one support. */
export function klOf(p: Law, q: Law): number {
  if (!p.hasTail && !q.hasTail) {
    const plain = (p.weight.length < MIN_SIZE_FOR_KEPT_LOGS ? undefined : klByLogs(p, q)) ?? klPlain(p, q);
    if (plain !== undefined) return plain;
  }
  return p.origin === q.origin ? klByLogRatio(p, q) : klByDeviance(p, q);
}

/**
 * x/total + logTotals where it is at least `least`, and no small difference of larger terms, of which `size` is the sum.
 * The rounding of weights and of their logarithms moves it by a few units in the last place of these terms.
 */
function trusted(x: number, size: number, total: number, logTotals: number, least: number): number | undefined {
  const kl = x / total + logTotals;
  return kl >= Math.max(least, 0.25 * (size / total + Math.abs(logTotals))) ? kl : undefined;
}

/** log(a/b) of two totals. */
function logQuotient(a: DoubleDouble, b: DoubleDouble): number {
  return logRatioNearOne(a.hi, b.hi) + (a.lo / a.hi - b.lo / b.hi);
}

/** Σ P (log P − log Q) from the laws' logarithms; undefined where it cancels to less than a quarter of its terms. */
function klByLogs(p: Law, q: Law): number | undefined {
  const [u, v] = [p.scaledLogs, q.scaledLogs];
  // Σ P (log P − log Q) in two parts, and the sum of the sizes of the logarithms.
  let hi = 0;
  let lo = 0;
  let size = 0;
  const { weight } = p;
  const { logs: logsP } = u;
  const { logs: logsQ } = v;
  for (let i = 0; i < weight.length; i++) {
    const w = weight[i];
    if (w === 0) continue;
    const x = logsP[i];
    const y = logsQ[i];
    const term = w * (x - y);
    const s = hi + term;
    const t = s - hi;
    lo += hi - (s - t) + (term - t);
    hi = s;
    size += w * (Math.abs(x) + Math.abs(y));
  }
  return trusted(hi + lo, size, p.total.hi, logQuotient(v.total, u.total), 0);
}

/** The smallest KL of the textbook sum: logarithms of rounded quotients, and so perhaps their mean, are 2⁻⁵³ off. */
const MIN_PLAIN_KL_NATS = 1 / 32;

/**
 * The textbook sum Σ P log(P/Q), compensated, where it keeps its digits: undefined where it is small, or its terms cancel
 * to less than a quarter of their sizes, as they do between near-equal laws.
 */
function klPlain(p: Law, q: Law): number | undefined {
  const [u, v] = [p.weight, q.weight];
  const [highU, highV] = [highWords(u), highWords(v)];
  // Σ u log(u/v) in two parts, and the sum of the sizes.
  let hi = 0;
  let lo = 0;
  let size = 0;
  for (let i = 0; i < u.length; i++) {
    const a = u[i];
    if (a === 0) continue;
    const b = v[i];
    const ratio = a / b;
    // A subnormal a adds nothing to a sum that is not refused, whatever its logarithm.
    const whole = b >= SMALLEST_NORMAL && isNormal(ratio);
    const term = a * (whole ? logScaled(ratio, highU[2 * i], highV[2 * i]) : logRatio(a, b));
    const s = hi + term;
    const t = s - hi;
    lo += hi - (s - t) + (term - t);
    hi = s;
    size += Math.abs(term);
  }
  return trusted(hi + lo, size, p.total.hi, logQuotient(q.total, p.total), MIN_PLAIN_KL_NATS);
}

/** The sum of deviances of the normalised masses, each to full relative accuracy from weights and totals as given. */
function klByDeviance(p: Law, q: Law): number {
  const terms = overPairs(
    p,
    q,
    (a, b, n) => deviance(a, b, n) / UPSCALE,
    (i, logP, logQ) => {
      const [a, b] = [wholeProbability(p, i, logP), wholeProbability(q, i, logQ)];
      return p.supports(i) ? a * (logP - logQ) - a + b : b;
    },
  );
  return Math.max(0, total(terms));
}

/**
 * For laws that are tilts of one origin, d = log dP/dQ is known up to a constant, and E_P[e^{E_P d − d}] is
 * e^{KL}·Q(supp P). Its distance from 1 is a sum of non-negative terms E_P[e^{−δ} − 1 + δ], δ = d − E_P d.
 */
function klByLogRatio(p: Law, q: Law): number {
  const [x, y] = densitiesOf(p, q) ?? [];
  const d = new Float64Array(p.weight.length);
  const terms = new Float64Array(d.length);
  let inside = 0;
  let outside = 0;
  for (let i = 0; i < d.length; i++) {
    if (!p.supports(i)) {
      outside += q.probability(i);
      continue;
    }
    if (!q.supports(i)) return Infinity;
    inside += q.probability(i);
    d[i] = (x?.[i] ?? 0) - (y?.[i] ?? 0);
    terms[i] = p.probability(i) * d[i];
  }
  const mean = sum(terms).hi;
  // P e^{E_P d − d} = Q e^{E_P d − c}, with c = d − log P/Q read where P is largest.
  const c = d[p.peak] - p.logProbability(p.peak) + q.logProbability(p.peak);
  // Laws far apart: nothing cancels in E_P[d − c] itself, and e^{KL} may overflow.
  if (mean - c > 30) return mean - c;
  for (let i = 0; i < d.length; i++) {
    if (!p.supports(i)) continue;
    const delta = mean - d[i];
    // A large P e^{δ} is read from Q: e^{δ} is rounded, and may overflow.
    if (delta < 2) terms[i] = p.probability(i) * expm1MinusX(delta);
    else terms[i] = q.probability(i) * exp(mean - c) - p.probability(i) * (1 + delta);
  }
  return log1p(sum(terms).hi) - (outside < 0.5 ? log1p(-outside) : log(inside));
}

/**
 * The Kullback–Leibler divergence KL(P‖Q) = Σ P(o) log(P(o)/Q(o)), in nats, of the laws P, Q proportional to p, q.
 *
 * $$\mathrm{KL}(P \,\|\, Q) = \sum_o P(o) \log \frac{P(o)}{Q(o)}$$
 *
 * +∞ where P has mass and Q has none; 0·log(0/q) = 0; 0 exactly for equal laws, never negative. Near-equal laws keep
 * their digits: where the textbook sum cancels, each answer's deviance is formed in double-double (Loader 2000), or,
 * between a law and its tilt, from the log-ratio itself. Relative error about 1e−15 in either case.
 *
 * @param p any measure, read as the law proportional to it
 * @param q a measure on the same answers in the same order
 * @returns the divergence in nats, in [0, ∞]
 * @throws TypeError when an argument is not a measure or the supports differ
 * @example
 * ```ts
 * import { klDivergence, measure } from "exptilt";
 * const support = ["a", "b"];
 * klDivergence(measure(support, [1, 1]), measure(support, [1, 3])) // => 0.143841036225890
 * klDivergence(measure(support, [0.5, 0.5]), measure(support, [0.5 + 1e-10, 0.5 - 1e-10])) // => 2.0000003309615e-20
 * klDivergence(measure(support, [1, 1]), measure(support, [1, 0])) // => Infinity
 * ```
 */
export function klDivergence(p: Measure, q: Measure): number {
  const [{ law: lawP }, { law: lawQ }] = requirePair("klDivergence", ["p", p], ["q", q]);
  return klOf(lawP, lawQ);
}

/**
 * The generalized Kullback–Leibler divergence Σ p log(p/q) − p + q of two measures' masses, as given, or of two plain
 * vectors of non-negative numbers: the Bregman divergence of negative entropy. Equation (2); it is `klDivergence` where
 * both total 1.
 *
 * $$\mathrm{KL}(p \,\|\, q) = \sum_o \Bigl[ p(o) \log \frac{p(o)}{q(o)} - p(o) + q(o) \Bigr]$$
 *
 * 0·log(0/q) = 0; p > 0 = q gives +∞. Each answer's term keeps its digits near p = q. A vector, unlike a measure, may
 * be zero throughout.
 *
 * @param p a measure, read as given (not as a law), or a vector
 * @param q a measure on the same answers in the same order, or a vector of the same length
 * @returns the divergence in nats times mass, in [0, ∞]
 * @throws TypeError when an argument is neither, the supports differ or the lengths do
 * @throws RangeError when an entry of a vector is negative, NaN or infinite
 * @example
 * ```ts
 * import { generalizedKlDivergence, measure } from "exptilt";
 * const support = ["a"];
 * generalizedKlDivergence(measure(support, [2]), measure(support, [1])) // => 0.386294361119891
 * generalizedKlDivergence([1 + 2 ** -40], [1]) // => 4.135903062763884e-25
 * ```
 */
export function generalizedKlDivergence(p: Measure | ArrayLike<number>, q: Measure | ArrayLike<number>): number {
  const caller = "generalizedKlDivergence";
  const [a, b] = [massesOf(caller, "p", p), massesOf(caller, "q", q)];
  if (a.support !== undefined && b.support !== undefined) requireSameSupport(caller, a.support, b.support);
  requireLength(caller, "q", b.mass, a.mass.length);
  const terms = new Float64Array(a.mass.length);
  // The terms of masses below the normal doubles, times UPSCALE.
  const small = new Float64Array(a.mass.length);
  for (let i = 0; i < terms.length; i++) {
    const [m, n] = [a.mass[i], b.mass[i]];
    if (isNormal(n) && (m === 0 || isNormal(m) || n > 1 / UPSCALE)) {
      // Masses made of logarithms are rounded: the difference of near masses comes from the logarithms.
      const d = a.fromLog && b.fromLog && m > n / 2 && m < 2 * n ? a.logMass(i) - b.logMass(i) : undefined;
      terms[i] = d === undefined ? deviance(m, n, n - m) : m * expm1MinusX(-d);
      continue;
    }
    // Only the logarithms of such masses, and of those above the largest double, have all digits.
    const [logM, logN] = [a.logMass(i), b.logMass(i)];
    if (logN === -Infinity && logM > -Infinity) return Infinity;
    if (logM === logN) continue;
    const d = logM - logN;
    // With m/n = e^d the term is m(e^{−d} − 1 + d).
    if (d > -1) small[i] = a.lifted(i) * expm1MinusX(-d);
    else small[i] = (logM > -Infinity ? a.lifted(i) * (d - 1) : 0) + b.lifted(i);
  }
  const hi = sum(terms).hi + sum(small).hi / UPSCALE;
  return Number.isNaN(hi) ? Infinity : hi;
}

/** The masses of a measure, or of a plain vector, and the logarithm of each. */
function massesOf(caller: string, argument: string, p: Measure | ArrayLike<number>) {
  const isMeasure = (p as Measure | undefined)?.support !== undefined;
  const given = isMeasure ? requireMeasure(caller, argument, p as Measure) : undefined;
  const mass = given?.mass ?? requireNumbers(caller, argument, p, NON_NEGATIVE);
  const logMass = (i: number) => given?.logMass[i] ?? log(mass[i]);
  return {
    support: given?.support,
    mass,
    fromLog: given?.law.fromLog,
    logMass,
    /** The mass times UPSCALE. A normal mass has all its digits, as has one that was given. */
    lifted: (i: number) =>
      isNormal(mass[i]) || log(mass[i]) === logMass(i) ? mass[i] * UPSCALE : exp(logMass(i) + LOG_UPSCALE),
  };
}

/**
 * The total variation distance ½ Σ |P(o) − Q(o)| of the laws proportional to p and q.
 *
 * $$\mathrm{TV}(P, Q) = \tfrac12 \sum_o |P(o) - Q(o)|$$
 *
 * Differences of near-equal probabilities are formed in double-double.
 *
 * @param p any measure, read as the law proportional to it
 * @param q a measure on the same answers in the same order
 * @returns the distance, in [0, 1]
 * @throws TypeError when an argument is not a measure or the supports differ
 * @example
 * ```ts
 * import { measure, totalVariation } from "exptilt";
 * const support = ["a", "b"];
 * totalVariation(measure(support, [1, 1]), measure(support, [1, 3])) // => 0.25
 * ```
 */
export function totalVariation(p: Measure, q: Measure): number {
  const [{ law: lawP }, { law: lawQ }] = requirePair("totalVariation", ["p", p], ["q", q]);
  return totalVariationOf(lawP, lawQ);
}

/**
 * The total variation distance of two laws on one support. Gains and losses are equal. The answer of largest
 * probability is left out, so the larger sum is that of the other side, free of the rounding of a probability near 1.
 */
export function totalVariationOf(p: Law, q: Law): number {
  if (p === q) return 0;
  const differences = differencesByLogRatio(p, q) ?? overPairs(p, q, (_a, _b, n) => n / UPSCALE);
  differences[p.peak] = 0;
  const gain = sum(differences.map((d) => (d > 0 ? d : 0))).hi;
  const loss = sum(differences.map((d) => (d < 0 ? -d : 0))).hi;
  return Math.min(1, Math.max(gain, loss));
}

/** Up to this size, the log-ratios of tilts and their exponentials are more accurate than the weights. */
export const MAX_LOG_RATIO_NATS: number = 1 / 4;

/**
 * Q − P of two tilts of one origin, from log P/Q where that is small: rounded weights do not show such differences.
 * Undefined where P is not within Q's support.
 */
function differencesByLogRatio(p: Law, q: Law): Float64Array | undefined {
  return logRatiosOfTilts(p, q)?.map((l, i) => {
    if (Math.abs(l) < MAX_LOG_RATIO_NATS) return -q.probability(i) * expm1(l);
    return q.probability(i) - p.probability(i);
  });
}

/** log P/Q of two tilts of one origin, −∞ where P has no mass. Undefined where P is not within Q's support. */
export function logRatiosOfTilts(p: Law, q: Law): Float64Array | undefined {
  const densities = densitiesOf(p, q);
  if (densities === undefined) return undefined;
  const [x, y] = densities;
  const [top, bottom] = [x?.[p.peak] ?? 0, y?.[p.peak] ?? 0];
  const d = new Float64Array(p.weight.length);
  for (let i = 0; i < d.length; i++) {
    const [inP, inQ] = [p.supports(i), q.supports(i)];
    if (inP && !inQ) return undefined;
    d[i] = inP ? (x?.[i] ?? 0) - top - ((y?.[i] ?? 0) - bottom) : -Infinity;
  }
  const c = logMeanExp(q, d);
  return d.map((l) => l - c);
}

/**
 * The χ² divergence χ²(P‖Q) = Σ (P(o) − Q(o))²/Q(o) of the laws proportional to p and q: the variance of P/Q under Q.
 *
 * $$\chi^2(P \,\|\, Q) = \sum_o \frac{(P(o) - Q(o))^2}{Q(o)}$$
 *
 * +∞ where P has mass and Q has none. Differences of near-equal probabilities are formed in double-double.
 *
 * @param p any measure, read as the law proportional to it
 * @param q a measure on the same answers in the same order
 * @returns the divergence, in [0, ∞]
 * @throws TypeError when an argument is not a measure or the supports differ
 * @example
 * ```ts
 * import { chiSquaredDivergence, measure } from "exptilt";
 * const support = ["a", "b"];
 * chiSquaredDivergence(measure(support, [1, 1]), measure(support, [1, 3])) // => 0.3333333333333333
 * ```
 */
export function chiSquaredDivergence(p: Measure, q: Measure): number {
  const [{ law: lawP }, { law: lawQ }] = requirePair("chiSquaredDivergence", ["p", p], ["q", q]);
  return chiSquaredOf(lawP, lawQ);
}

/** χ² of two laws on one support. */
export function chiSquaredOf(p: Law, q: Law): number {
  for (let i = 0; i < p.weight.length; i++) if (p.supports(i) && !q.supports(i)) return Infinity;
  const terms = overPairs(
    p,
    q,
    (_a, b, n) => {
      if (b === 0) return 0;
      return Math.abs(n) > 1 ? (n / UPSCALE) * (n / b) : (n * (n / b)) / UPSCALE;
    },
    (i, logP, logQ) => {
      if (!q.supports(i)) return 0;
      // (P − Q)²/Q = Q(1 − P/Q)² = P·(P/Q)·(1 − Q/P)², by the form whose factors have all digits.
      const d = logP - logQ;
      if (d <= 0) return wholeProbability(q, i, logQ) * square(expm1(d));
      if (!inTail(p, i) && d < MAX_EXPONENT_NATS) return p.probability(i) * exp(d) * square(expm1(-d));
      return exp(logP + d + 2 * log(-expm1(-d)));
    },
  );
  return total(terms);
}
