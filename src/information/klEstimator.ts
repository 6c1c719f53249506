import type { Law } from "../measure/law.js";
import { type Measure, requirePair } from "../measure/measure.js";
import { outOfRange, requireOneOf, requireOptions } from "../numeric/check.js";
import { deviance, expm1MinusX, logRatio } from "../numeric/deviance.js";
import { exp, log, log1p, square } from "../numeric/elementary.js";
import { sum } from "../numeric/sum.js";
import {
  eachPair,
  klOf,
  LOG_UPSCALE,
  liftedProbability,
  logRatiosOfTilts,
  MAX_LOG_RATIO_NATS,
  UPSCALE,
} from "./divergence.js";

/** One-draw estimators of KL(policy‖ref): −log u, ½ log² u and u − 1 − log u, with u = ref/policy at the draw. */
export type KlEstimatorKind = "k1" | "k2" | "k3";

/** Their names. */
export const KL_ESTIMATORS: readonly KlEstimatorKind[] = ["k1", "k2", "k3"];

/** What the draws are made from. */
export interface KlEstimatorOptions<A = unknown> {
  /** The law of the draws, each of which has the weight policy/behavior; the policy when left out. */
  readonly behavior?: Measure<A>;
}

/** The mean and the variance of one draw of an estimator. */
export interface EstimatorMoments {
  /** The mean, in nats (k1, k3) or nats² (k2). */
  readonly mean: number;
  /** The variance of one draw: that of the average of n independent draws is its n-th part. */
  readonly variance: number;
}

/**
 * The exact mean and variance of one draw of an estimator of KL(policy‖ref). With u = ref(o)/policy(o) at a draw o of the
 * policy, the estimators are
 *
 * $$k_1 = -\log u, \qquad k_2 = \tfrac12 \log^2 u, \qquad k_3 = u - 1 - \log u$$
 *
 * The mean of k1 is KL(policy‖ref), that of k3 is KL(policy‖ref) less what ref has where the policy has none, and k2 is
 * biased. k3 is never negative and varies far less than k1 near ref; away from ref u has no bound, and k3 may vary far more.
 * With `behavior` the draws come from that law and each counts policy/behavior times: the mean stays.
 *
 * Where ref has no mass and the policy has, u is 0 with positive probability: mean and variance are +∞. An answer without
 * mass in the policy is never drawn, and adds 0 where the behavior draws it. Digits near policy = ref are kept: u − 1 is
 * formed in double-double, or from the log-ratio of tilts, and the variance is a sum of squares about the mean.
 * Schulman (2020), "Approximating KL divergence".
 *
 * @param policy any measure, read as the law proportional to it
 * @param ref a measure on the same answers in the same order
 * @param kind which estimator
 * @param options `behavior`: the law of the draws, on the same answers
 * @returns mean and variance of one draw
 * @throws TypeError when an argument has the wrong type or the supports differ
 * @throws RangeError when the kind is another text, or the behavior has no mass where the policy has: no weight makes up for it
 * @example
 * ```ts
 * import { klEstimator, measure } from "exptilt";
 * const support = ["a", "b", "c"];
 * const policy = measure(support, [2, 5, 3]);
 * const ref = measure(support, [1, 1, 2]);
 * klEstimator(policy, ref, "k1").variance // => 0.306357106054
 * klEstimator(policy, ref, "k3").variance // => 0.003972244469
 * klEstimator(policy, ref, "k3", { behavior: measure(support, [1, 2, 2]) }).variance // => 0.006813991340
 * klEstimator(policy, ref, "k2").mean // => 0.164233980613
 * ```
 */
export function klEstimator<A>(
  policy: Measure<A>,
  ref: Measure<A>,
  kind: KlEstimatorKind,
  options: KlEstimatorOptions<A> = {},
): EstimatorMoments {
  const caller = "klEstimator";
  const [{ law: p }, { law: q }] = requirePair(caller, ["policy", policy], ["ref", ref]);
  requireOneOf(caller, "kind", kind, KL_ESTIMATORS);
  const { behavior } = requireOptions(caller, options, { behavior: true });
  const from = behavior && requirePair(caller, ["policy", policy], ["options.behavior", behavior])[1].law;
  const within = (law: Law) => p.weight.every((_, i) => !p.supports(i) || law.supports(i));
  if (from && !within(from)) throw outOfRange(caller, "options.behavior", "have mass wherever policy has", 0);
  if (!within(q)) return { mean: Infinity, variance: Infinity };
  const drawn = drawnTerms(p, q, kind);
  const mean = kind === "k1" ? klOf(p, q) : sum(drawn.parts).hi / UPSCALE;
  return { mean, variance: from === undefined ? varianceOf(p, drawn) : varianceOf(from, reweighted(drawn, p, from)) };
}

/** A function of a draw at each answer: 0 where the law has no mass. */
interface DrawnTerms {
  readonly values: Float64Array;
  /** Probabilities times UPSCALE. */
  readonly lifted: Float64Array;
  /** Probability times value, times UPSCALE, to its own digits: a value may overflow where its probability is small. */
  readonly parts: Float64Array;
  /** The root of the probability times the value, of which the square is the answer's share of the second moment. */
  readonly roots: Float64Array;
}

const ROOT_UPSCALE = 2 ** 250;

/** log(1/u) this far below 0, 1 and log u are not seen beside u. */
const LARGE_RATIO_NATS = 100;

function termsOf(length: number): DrawnTerms {
  const [values, lifted, parts, roots] = Array.from({ length: 4 }, () => new Float64Array(length));
  return { values, lifted, parts, roots };
}

/** The estimator at a draw of P. */
function drawnTerms(p: Law, q: Law, kind: KlEstimatorKind): DrawnTerms {
  const terms = termsOf(p.weight.length);
  const tilts = logRatiosOfTilts(p, q);
  /** With log P/Q = l; `part` is P·k3·UPSCALE. */
  const set = (i: number, l: number, weight: number, part: number): void => {
    const near = tilts !== undefined && Math.abs(tilts[i]) < MAX_LOG_RATIO_NATS;
    const d = near ? tilts[i] : l;
    const known = kind === "k3" && !near;
    const value = known ? part / weight : kind === "k1" ? d : kind === "k2" ? 0.5 * square(d) : expm1MinusX(-d);
    terms.values[i] = value;
    terms.lifted[i] = weight;
    terms.parts[i] = known ? part : weight > 0 ? weight * value : 0;
    terms.roots[i] = terms.parts[i] === 0 ? 0 : terms.parts[i] / Math.sqrt(weight) / ROOT_UPSCALE;
  };
  eachPair(
    p,
    q,
    (i, a, b, n, scale) => {
      if (a === 0) return;
      const l = Math.abs(n) < a / 2 ? -log1p(n / a) : logRatio(a, b);
      set(i, l, a / scale, deviance(a, b, n) / scale);
    },
    (i, logP, logQ) => {
      if (!p.supports(i)) return;
      const l = logP - logQ;
      const weight = liftedProbability(p, i, logP);
      const large = l < -LARGE_RATIO_NATS;
      set(i, l, weight, large ? liftedProbability(q, i, logQ) : weight * expm1MinusX(-l));
      if (large && kind === "k3") terms.roots[i] = exp(logQ - logP / 2);
    },
  );
  return terms;
}

/** The same function of a draw of another law, times the importance weight. */
function reweighted({ parts }: DrawnTerms, p: Law, from: Law): DrawnTerms {
  const terms = { ...termsOf(parts.length), parts };
  const set = (i: number, weight: number): void => {
    if (parts[i] === 0) return;
    terms.values[i] = parts[i] / weight;
    terms.roots[i] = parts[i] / Math.sqrt(weight) / ROOT_UPSCALE;
  };
  eachPair(
    from,
    p,
    (i, b, _a, _n, scale) => {
      terms.lifted[i] = b / scale;
      set(i, terms.lifted[i]);
    },
    (i, logB) => {
      terms.lifted[i] = liftedProbability(from, i, logB);
      set(i, terms.lifted[i]);
      terms.roots[i] = exp(log(Math.abs(parts[i])) - logB / 2 - LOG_UPSCALE);
    },
  );
  return terms;
}

/** Squares of larger values are read from the roots. */
const MAX_PLAIN_VALUE = 2 ** 200;

/**
 * The variance of a function of a draw, from its differences to the value at the likeliest answer: near a point mass, and
 * where the value hardly changes, these keep all digits.
 */
function varianceOf(law: Law, { values, lifted, parts, roots }: DrawnTerms): number {
  const origin = values[law.peak];
  const size = (i: number) => Math.abs(values[i] - origin);
  const terms = values.map((v, i) => (size(i) < MAX_PLAIN_VALUE ? lifted[i] * (v - origin) : parts[i]));
  const shift = sum(terms).hi / UPSCALE;
  const large = values.map((_, i) => (size(i) < MAX_PLAIN_VALUE ? 0 : square(roots[i])));
  const plain = values.map((v, i) => (size(i) < MAX_PLAIN_VALUE ? lifted[i] * square(v - origin - shift) : 0));
  const variance = sum(plain).hi / UPSCALE + sum(large).hi;
  return Number.isNaN(variance) ? Infinity : variance;
}
