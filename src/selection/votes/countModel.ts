import { deviance } from "../../numeric/deviance.js";
import { exp, log, log1p } from "../../numeric/elementary.js";
import { SMALLEST_NORMAL } from "../../numeric/float64.js";
import { LOG_TWO_PI, logFactorial, stirlingError } from "../../numeric/stirling.js";

/**
 * The numbers of votes of all answers as independent numbers, of which the total is only later said to be n: an answer
 * has i votes with probability ∝ t(i) zⁱ. What z is does not matter to the law given the total.
 */
export interface CountModel {
  /** The z at which the expected total is about n. */
  readonly logStart: number;
  /** The largest number of votes of one answer of a contender. */
  most(contender: number): number;
  at(logZ: number): Counts;
}

/** The numbers of votes at one z. */
export interface Counts {
  /** The probability of i + 1 votes over that of i; Infinity where that overflows. */
  step(contender: number, i: number): number;
  /** Its logarithm. */
  logStep(contender: number, i: number): number;
  /** The expected number of votes of an answer. */
  mean(contender: number): number;
  /** log Σ t(i) zⁱ, over what the probabilities below are relative to. */
  logTotal(contender: number): number;
  /** log t(m) zᵐ over the same. */
  logTerm(contender: number, m: number): number;
  /** log of all ways to have n votes in all, times zⁿ, over the same. */
  readonly logAll: number;
}

/** log of a Poisson probability of n ≥ 1. */
const logPoisson = (n: number, rate: number): number =>
  -(deviance(n, rate, rate - n) + (LOG_TWO_PI + log(n)) / 2 + stirlingError(n));

/**
 * Up to this many expected votes for each of n, and from so few on in all, probabilities are relative to the sum of all.
 */
const MAX_NORMALIZED = 2;
const MIN_NORMALIZED = 1e-100;

/** n draws of a law, by Poisson numbers of votes. */
export function poissonCounts(
  answers: readonly number[],
  share: Float64Array,
  logShare: Float64Array,
  n: number,
): CountModel {
  return {
    logStart: log(n),
    most: () => n,
    at: (logZ) => {
      const z = exp(logZ);
      const rate = share.map((p, c) => (p >= SMALLEST_NORMAL && z < 1e300 ? z * p : exp(logZ + logShare[c])));
      const all = rate.reduce((s, r, c) => s + answers[c] * r, 0);
      const normalized = all >= MIN_NORMALIZED && all <= MAX_NORMALIZED * n + 100;
      return {
        step: (c, i) => rate[c] / (i + 1),
        logStep: (c, i) => logZ + logShare[c] - log(i + 1),
        mean: (c) => rate[c],
        logTotal: (c) => (normalized ? rate[c] : 0),
        logTerm: (c, m) => {
          if (rate[c] > 1e-280 && normalized) return logPoisson(m, rate[c]);
          return m * (logZ + logShare[c]) - logFactorial(m) - (normalized ? rate[c] : 0);
        },
        logAll: normalized ? logPoisson(n, all) : n * logZ - logFactorial(n),
      };
    },
  };
}

/** n of given samples without replacement, by binomial numbers of votes. */
export function binomialCounts(answers: readonly number[], count: readonly number[], n: number): CountModel {
  const size = count.reduce((s, m, c) => s + answers[c] * m, 0);
  return {
    logStart: log(n) - log(size - n + 0.5),
    most: (c) => count[c],
    at: (logZ) => {
      const z = exp(logZ);
      // The shares of samples drawn and left, each from its own side.
      const [drawn, left] = z < 1 ? [z / (1 + z), 1 / (1 + z)] : [1 / (1 + 1 / z), 1 / z / (1 + 1 / z)];
      const logLeft = -log1p(z);
      const logBinomial = (m: number, of: number) => {
        if (m === 0) return of * logLeft;
        if (m === of) return of * (logZ + logLeft);
        const rest = of - m;
        const errors = stirlingError(of) - stirlingError(m) - stirlingError(rest);
        const off = of * drawn - m;
        const apart = deviance(m, of * drawn, off) + deviance(rest, of * left, -off);
        return errors - apart - (LOG_TWO_PI + log(m) + log(rest / of)) / 2;
      };
      return {
        step: (c, i) => ((count[c] - i) / (i + 1)) * z,
        logStep: (c, i) => log((count[c] - i) / (i + 1)) + logZ,
        mean: (c) => count[c] * drawn,
        logTotal: (c) => -count[c] * logLeft,
        logTerm: (c, m) => logBinomial(m, count[c]),
        logAll: logBinomial(n, size),
      };
    },
  };
}
