import type { BigNumber } from "mathjs";
import type { ExactDistribution, ExactMeasure } from "./measure.js";
import { indexOfLargest } from "./measure.js";

/** Below this size, in nats, differences of masses are computed from their log-ratio, which keeps their digits. */
const SMALL_LOG_RATIO = 1e-4;

/** −Σ P log P. */
export function entropyOf(p: ExactDistribution): BigNumber {
  const { arithmetic, mass, logMass } = p;
  return arithmetic.sum(mass.map((m, i) => (m.isZero() ? m : m.times(logMass[i]).negated())));
}

/**
 * log Σ P^order, given order − 1 to its own digits: relative to the heaviest term, or near order 1, where the sum is near 1,
 * by Σ P·(P^{order−1} − 1), whose terms have one sign.
 */
export function logPowerSum(p: ExactDistribution, order: BigNumber, excess: BigNumber): BigNumber {
  const { arithmetic, mass, logMass } = p;
  if (excess.abs().lt(SMALL_LOG_RATIO)) {
    const terms = mass.map((m, i) => (m.isZero() ? m : m.times(arithmetic.expm1(logMass[i].times(excess)))));
    return arithmetic.log1p(arithmetic.sum(terms));
  }
  const powers = logMass.map((l) => (l.isFinite() ? l.times(order) : l));
  const top = indexOfLargest(powers);
  const rest = arithmetic.sum(
    powers.map((l, i) => (i === top ? arithmetic.zero : arithmetic.exp(l.minus(powers[top])))),
  );
  return powers[top].plus(arithmetic.log1p(rest));
}

/** The Rényi entropy, given the order and, to its own digits, the order minus 1. */
export function renyiEntropyOf(p: ExactDistribution, order: BigNumber, excess: BigNumber): BigNumber {
  if (excess.isZero()) return entropyOf(p);
  if (!order.isFinite()) return p.logMass[p.peak].negated();
  return logPowerSum(p, order, excess).div(excess).negated();
}

/**
 * The terms p log(p/q) − p + q ≥ 0 of a generalized divergence, or undefined where one of them is +∞. A term is
 * p·(e^{−d} − 1 + d) with d = log p − log q, which near p = q is of second order and keeps its digits.
 */
function deviances(p: ExactMeasure, q: ExactMeasure): BigNumber[] | undefined {
  const { arithmetic, mass, logMass } = p;
  const terms: BigNumber[] = [];
  for (let i = 0; i < mass.length; i++) {
    if (!p.supports(i)) {
      terms.push(q.mass[i]);
      continue;
    }
    if (!q.supports(i)) return undefined;
    const d = logMass[i].minus(q.logMass[i]);
    if (d.abs().lt(SMALL_LOG_RATIO)) terms.push(mass[i].times(arithmetic.expm1MinusX(d.negated())));
    else terms.push(mass[i].times(d.minus(arithmetic.one)).plus(q.mass[i]));
  }
  return terms;
}

/** Σ p log(p/q) − p + q of two measures, read as given; of two laws it is KL. */
export function divergenceOf(p: ExactMeasure, q: ExactMeasure): BigNumber {
  const { arithmetic } = p;
  if (p === q) return arithmetic.zero;
  const terms = deviances(p, q);
  if (terms === undefined) return arithmetic.infinity;
  const total = arithmetic.sum(terms);
  // Masses that overflow differ by ∞ − ∞.
  return total.isNaN() ? arithmetic.infinity : total;
}

/** P − Q answer by answer: by the log-ratio where it is small, which keeps the digits next to a point mass. */
function differences(p: ExactDistribution, q: ExactDistribution): BigNumber[] {
  const { arithmetic } = p;
  return p.mass.map((m, i) => {
    if (!p.supports(i) || !q.supports(i)) return m.minus(q.mass[i]);
    const d = p.logMass[i].minus(q.logMass[i]);
    return d.abs().lt(SMALL_LOG_RATIO) ? m.times(arithmetic.expm1(d.negated())).negated() : m.minus(q.mass[i]);
  });
}

/** ½ Σ |P − Q|. */
export function totalVariationOf(p: ExactDistribution, q: ExactDistribution): BigNumber {
  return p.arithmetic.sum(differences(p, q).map((d) => d.abs())).div(2);
}

/** Σ (P − Q)²/Q. */
export function chiSquaredOf(p: ExactDistribution, q: ExactDistribution): BigNumber {
  const { arithmetic } = p;
  if (p.mass.some((_, i) => p.supports(i) && !q.supports(i))) return arithmetic.infinity;
  const terms = differences(p, q).map((d, i) => (q.mass[i].isZero() ? arithmetic.zero : d.times(d).div(q.mass[i])));
  return arithmetic.sum(terms);
}
