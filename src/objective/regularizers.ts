import { alphaDivergenceOf, alphaTerm } from "../information/alphaDivergence.js";
import { chiSquaredOf, klOf } from "../information/divergence.js";
import { jensenShannonOf } from "../information/jensenShannon.js";
import { sumOverLogRatios } from "../information/logRatio.js";
import type { Law } from "../measure/law.js";
import { FINITE, requireNumber, requireOneOf, wrongType } from "../numeric/check.js";
import { deviance, logRatio } from "../numeric/deviance.js";
import { exp, expm1, log, log1p, pow } from "../numeric/elementary.js";
import { isNormal } from "../numeric/float64.js";
import { logistic } from "../numeric/logistic.js";
import { solveLogPlusExp } from "../numeric/logPlusExp.js";

/**
 * What stands in the place of KL: the α-divergence of an order (KL(π‖ref) is 1, KL(ref‖π) 0, ½χ² 2, the squared Hellinger
 * distance, four times, ½), the Jensen–Shannon divergence, or KL + ½χ² (χPO).
 */
export type Regularizer =
  | {
      /** The order α of an α-divergence. */
      readonly alpha: number;
    }
  | "jensenShannon"
  | "klPlusChiSquared";

/** What one answer adds to a regret. The three probabilities are multiplied by the same number. */
export interface RegretTerm {
  /** log of policy/optimum. */
  readonly l: number;
  readonly policy: number;
  readonly optimum: number;
  readonly ref: number;
  /** (r − ν)/β. */
  readonly argument: number;
  /** optimum/ref, and its logarithm. */
  readonly density: number;
  readonly logDensity: number;
}

/**
 * An f-divergence D_f(π‖ref) = Σ ref·f(π/ref), through the inverse of f′: the optimum has the density (f′)⁻¹((r − ν)/β).
 * Where the density has a pole, it is also known by the distance to it, which may be so small that only its logarithm holds.
 */
export interface FDivergence {
  /** The argument of (f′)⁻¹ at which it is infinite; ∞ where there is none. */
  readonly pole: number;
  /** (f′)⁻¹(x), 0 where an answer drops out. */
  density(x: number): number;
  /** The density at x + low − d of each distance d, 0 at ∞. */
  densities(distance: Float64Array, x: number, low: number): Float64Array;
  /** The logarithm of the density. */
  logDensity(x: number): number;
  /** d log density/dx, given the density. */
  slope(x: number, density: number): number;
  /** The density at a distance below the pole. */
  densityBelow(gap: number): number;
  /** Its logarithm, given that of the distance. */
  logDensityBelow(logGap: number): number;
  /** −d log density/d log distance. */
  steepnessBelow(gap: number): number;
  /** The logarithm of the distance below the pole where this is the logarithm of the density. */
  logGapOf(logDensity: number): number;
  /** f′(t) of t = e^l, accurate near l = 0. */
  derivative(l: number): number;
  /** Its slope in l, t·f″(t). */
  curvature(l: number): number;
  /** D_f of a policy from ref. Where f(0) is infinite, forbidden answers are left out. */
  divergence(policy: Law, ref: Law, isForbidden: (i: number) => boolean): number;
  /** The Bregman divergence of D_f between policy and optimum at one answer; on one that drops out, the loss there. */
  regret(term: RegretTerm): number;
}

function densitiesOf(density: (x: number) => number, distance: Float64Array, x: number, low: number): Float64Array {
  const out = new Float64Array(distance.length);
  for (let i = 0; i < out.length; i++) out[i] = density(x - distance[i] + low);
  return out;
}

/** The α-divergences, but KL: α is not 1. */
class AlphaDivergence implements FDivergence {
  readonly pole: number;
  /** α. */
  readonly order: number;
  /** α − 1. */
  readonly #c: number;
  /** Whether a power 1/c is quick, and c so large that the rounding of 1 + cx is nothing to it. */
  readonly #isQuick: boolean;

  constructor(alpha: number) {
    this.order = alpha;
    this.#c = alpha - 1;
    this.#isQuick = [-1, 2, 0.5, -0.5].includes(this.#c);
    this.pole = alpha < 1 ? 1 / (1 - alpha) : Infinity;
  }

  density(x: number): number {
    const c = this.#c;
    if (c === 1) return Math.max(0, 1 + x);
    return this.#isQuick ? this.#power(1 + c * x) : exp(this.logDensity(x));
  }

  /** y^{1/c}, 0^{1/c} where y is negative. */
  #power(y: number): number {
    const c = this.#c;
    const base = Math.max(0, y);
    if (c === -1) return 1 / base;
    if (c === 2) return Math.sqrt(base);
    if (c === 0.5) return base * base;
    return c === -0.5 ? 1 / (base * base) : exp(log(base) / c);
  }

  densities(distance: Float64Array, x: number, low: number): Float64Array {
    const out = new Float64Array(distance.length);
    for (let i = 0; i < out.length; i++) out[i] = this.density(x - distance[i] + low);
    return out;
  }

  logDensity(x: number): number {
    return log1p(Math.max(-1, this.#c * x)) / this.#c;
  }

  slope(x: number, _density: number): number {
    return 1 / (1 + this.#c * x);
  }

  densityBelow(gap: number): number {
    return this.#power(-this.#c * gap);
  }

  logDensityBelow(logGap: number): number {
    return (log(-this.#c) + logGap) / this.#c;
  }

  steepnessBelow(_gap: number): number {
    return this.pole;
  }

  logGapOf(logDensity: number): number {
    return this.#c * logDensity - log(-this.#c);
  }

  derivative(l: number): number {
    return expm1(this.#c * l) / this.#c;
  }

  curvature(l: number): number {
    return exp(this.#c * l);
  }

  divergence(policy: Law, ref: Law, isForbidden: (i: number) => boolean): number {
    const { order } = this;
    if (order === 2) return chiSquaredOf(policy, ref) / 2;
    if (order > 0 || !policy.weight.some((_, i) => isForbidden(i))) return alphaDivergenceOf(order, policy, ref);
    return sumOverLogRatios(policy, ref, (l, a, b, i) => (isForbidden(i) ? 0 : alphaTerm(order, l, a, b)));
  }

  /** ref·s^α·f_α(t/s) is y·optimum·f_α(policy/optimum), with y = s^{α−1} = 1 + (α − 1)x, which is below 0 where s is 0. */
  regret({ l, policy, optimum, ref, argument, density, logDensity }: RegretTerm): number {
    const [alpha, c] = [this.order, this.#c];
    if (logDensity === -Infinity) {
      const slack = -(1 + c * argument);
      return policy === 0 ? 0 : (policy / c) * (exp(c * logRatio(policy, ref)) / alpha + slack);
    }
    const bent = alphaTerm(alpha, l, policy, optimum);
    if (bent === 0) return 0;
    const y = isNormal(density) ? pow(density, c) : exp(c * logDensity);
    return isNormal(y) ? y * bent : exp(c * logDensity + log(bent));
  }
}

/** KL(ref‖π). */
export const forwardKl: FDivergence = new AlphaDivergence(0);

/** ½ KL(P‖M) + ½ KL(Q‖M), M = (P + Q)/2, with f′(t) = ½ log(2t/(1 + t)): the density is 1/(e^{2·gap} − 1). */
const jensenShannon: FDivergence = {
  pole: Math.LN2 / 2,
  density: (x) => 1 / (1 + 2 * expm1(-2 * x)),
  densities: (distance, x, low) => densitiesOf(jensenShannon.density, distance, x, low),
  logDensity: (x) => (x < -1 ? 2 * x - Math.LN2 - log1p(-exp(2 * x) / 2) : -log1p(2 * expm1(-2 * x))),
  slope: (_x, t) => 2 * (1 + t),
  densityBelow: (gap) => 1 / expm1(2 * gap),
  logDensityBelow(logGap) {
    const twice = 2 * exp(logGap);
    if (twice < 2 ** -60) return -(Math.LN2 + logGap);
    // log(e^x − 1) is x + log(1 − e^{−x}).
    return twice > 1 ? -twice - log1p(-exp(-twice)) : -log(expm1(twice));
  },
  steepnessBelow: (gap) => (2 * gap) / -expm1(-2 * gap),
  logGapOf(logDensity) {
    const inverse = -logDensity;
    return inverse < -700 ? inverse - Math.LN2 : log(log1p(exp(inverse)) / 2);
  },
  // ½ log(2t/(1 + t)) by t or 1/t, whichever is at most 1.
  derivative: (l) => (l > 0 ? -log1p(expm1(-l) / 2) / 2 : (l - log1p(expm1(l) / 2)) / 2),
  curvature: (l) => 1 / (2 * (1 + exp(l))),
  divergence: jensenShannonOf,
  /** ½(ref + policy) times KL of two coins, whose sides are the shares of ref and the policy in their sum. */
  regret({ l, policy, optimum, ref, logDensity }) {
    const [both, best] = [ref + policy, ref + optimum];
    if (both === 0) return 0;
    const [a, c] = [policy / both, ref / both];
    // The shares of the optimum and of ref, which may both be no double.
    const [b, d] = best > 0 ? [optimum / best, ref / best] : [logistic(logDensity), logistic(-logDensity)];
    const n = best > 0 && Math.abs(l) < 1 ? ((optimum - policy) / both) * d : b * c - a * d;
    // The logarithms of a/b and c/d are known also where b or d is no double.
    const logQuotient = logRatio(best, both);
    const own = a > 0 && !isNormal(b) ? a * (l + logQuotient - 1) + b : deviance(a, b, n);
    const other = c > 0 && !isNormal(d) ? c * (logQuotient - 1) + d : deviance(c, d, -n);
    return (both / 2) * (own + other);
  },
};

/** KL + ½χ², with f′(t) = log t + t − 1. */
const klPlusChiSquared: FDivergence = {
  pole: Infinity,
  density: (x) => exp(solveLogPlusExp(x)),
  densities: (distance, x, low) => densitiesOf(klPlusChiSquared.density, distance, x, low),
  logDensity: solveLogPlusExp,
  slope: (_x, t) => 1 / (1 + t),
  densityBelow: () => Number.NaN,
  logDensityBelow: () => Number.NaN,
  steepnessBelow: () => Number.NaN,
  logGapOf: () => Number.NaN,
  derivative: (l) => l + expm1(l),
  curvature: (l) => 1 + exp(l),
  divergence: (p, q) => klOf(p, q) + chiSquaredOf(p, q) / 2,
  regret({ l, policy, optimum, ref }) {
    const [larger, apart] = l > 0 ? [policy, -l] : [optimum, l];
    if (larger === 0) return 0;
    // The difference first, which may be 0 where a quotient with ref overflows.
    const moved = larger * expm1(apart);
    return alphaTerm(1, l, policy, optimum) + (moved === 0 ? 0 : (moved * (moved / ref)) / 2);
  },
};

/** Whether a divergence is ½χ². */
export const isHalfChiSquared = (f: FDivergence): boolean => f instanceof AlphaDivergence && f.order === 2;

const NAMED = { jensenShannon, klPlusChiSquared };
/** The names of divergences that are no α-divergences. */
export const NAMES = ["jensenShannon", "klPlusChiSquared"] as const;

/** Reads a regulariser; KL(π‖ref) itself is undefined. */
export function requireRegularizer(caller: string, regularizer: Regularizer): FDivergence | undefined {
  if (typeof regularizer !== "object" || regularizer === null)
    return NAMED[requireOneOf(caller, "regularizer", regularizer, NAMES, "{ alpha } or ")];
  for (const name in regularizer)
    if (name !== "alpha") throw wrongType(caller, `regularizer.${name}`, "be alpha", regularizer[name as "alpha"]);
  const alpha = requireNumber(caller, "regularizer.alpha", regularizer.alpha, FINITE);
  return alpha === 1 ? undefined : new AlphaDivergence(alpha);
}
