import type { BigNumber } from "mathjs";
import { solveLogPlusExp } from "../numeric/logPlusExp.js";
import type { Regularizer } from "../objective/regularizers.js";
import type { Arithmetic } from "./arithmetic.js";

/** A divergence in the place of KL, by the inverse of f′ and by b·f(a/b) and its Bregman divergence. */
export interface ExactFDivergence {
  /** The same divergence in doubles, or one of nearly the same order. */
  readonly nearest: Regularizer;
  /** Where (f′)⁻¹ is infinite. */
  readonly pole: BigNumber | undefined;
  /** log (f′)⁻¹(x); −∞ where an answer drops out. */
  logDensity(x: BigNumber): BigNumber;
  /** The same at a distance below the pole. */
  logDensityBelow(gap: BigNumber): BigNumber;
  /** The distance below the pole where log density is this. */
  gapOf(logDensity: BigNumber): BigNumber;
  /** f′(e^l). */
  derivative(l: BigNumber): BigNumber;
  /** b·f(a/b), given l = log(a/b). */
  term(l: BigNumber, a: BigNumber, b: BigNumber): BigNumber;
  /** b·(f(t) − f(s) − f′(s)(t − s)) of a = bt, o = bs, given l = log(a/o) and log s; on an answer that drops out, the loss. */
  bregman(l: BigNumber, a: BigNumber, o: BigNumber, b: BigNumber, logDensity: BigNumber, x: BigNumber): BigNumber;
}

/** a·f₁(b/a)-like terms: b·(t log t − t + 1), t = a/b = e^l. */
const klTerm = (A: Arithmetic, l: BigNumber, a: BigNumber, b: BigNumber): BigNumber => {
  if (a.isZero()) return b;
  if (!l.isFinite()) return l;
  return l.isNegative() && l.lt(-1) ? a.times(l.minus(1)).plus(b) : a.times(A.expm1MinusX(l.negated()));
};

/** b·f_α(e^l) for α ≠ 0, 1, without a difference of large terms where l is small. */
function alphaTerm(A: Arithmetic, alpha: BigNumber, l: BigNumber, a: BigNumber, b: BigNumber): BigNumber {
  const c = alpha.minus(1);
  if (alpha.lt(0.5)) return alphaTerm(A, c.negated(), l.negated(), b, a);
  if (a.isZero()) return b.div(alpha);
  if (c.isZero()) return klTerm(A, l, a, b);
  if (!l.isFinite()) return c.isPositive() ? A.infinity : a.div(c.negated());
  if (l.abs().lt(1)) return a.times(A.expm1MinusX(l.negated()).plus(A.expm1MinusX(c.times(l)).div(c))).div(alpha);
  const grown = a.times(A.expm1(c.times(l))).div(c);
  return grown.minus(a).plus(b).div(alpha);
}

/** The α-divergence of any order but 1. */
export function alphaDivergence(A: Arithmetic, alpha: BigNumber): ExactFDivergence {
  const c = alpha.minus(1);
  return {
    nearest: { alpha: alpha.toNumber() },
    pole: c.isNegative() ? A.one.div(c.negated()) : undefined,
    logDensity(x) {
      const scaled = c.times(x);
      return scaled.gt(-1) ? A.log1p(scaled).div(c) : A.negativeInfinity;
    },
    logDensityBelow: (gap) => A.log(gap.times(c.negated())).div(c),
    gapOf: (l) => A.exp(c.times(l)).div(c.negated()),
    derivative: (l) => A.expm1(c.times(l)).div(c),
    term: (l, a, b) => alphaTerm(A, alpha, l, a, b),
    bregman(l, a, o, b, logDensity, x) {
      if (logDensity.isFinite()) return A.exp(c.times(logDensity)).times(alphaTerm(A, alpha, l, a, o));
      if (a.isZero()) return a;
      const slack = A.one.plus(c.times(x)).negated();
      return a.div(c).times(
        A.exp(c.times(A.log(a.div(b))))
          .div(alpha)
          .plus(slack),
      );
    },
  };
}

/** ½ KL to the even mixture from both sides. */
export function jensenShannon(A: Arithmetic): ExactFDivergence {
  const twice = (x: BigNumber) => x.times(2);
  /** b·f(a/b) of ½(t log t − (1 + t) log((1 + t)/2)), as the two deviances from the mean. */
  const deviance = (a: BigNumber, m: BigNumber): BigNumber => (a.isZero() ? m : klTerm(A, A.log(a.div(m)), a, m));
  return {
    nearest: "jensenShannon",
    pole: A.log(A.number(2)).div(2),
    logDensity: (x) => A.log1p(twice(A.expm1(twice(x.negated())))).negated(),
    logDensityBelow: (gap) => A.log(A.expm1(twice(gap))).negated(),
    gapOf: (l) => A.log1p(A.exp(l.negated())).div(2),
    derivative: (l) => l.minus(A.log1p(A.expm1(l).div(2))).div(2),
    term(_l, a, b) {
      const mean = a.plus(b).div(2);
      return deviance(a, mean).plus(deviance(b, mean)).div(2);
    },
    bregman(_l, a, o, b) {
      const [both, best] = [a.plus(b), o.plus(b)];
      const share = (x: BigNumber, y: BigNumber) => deviance(x.div(both), y.div(best));
      return both.div(2).times(share(a, o).plus(share(b, b)));
    },
  };
}

/** KL + ½χ². */
export function klPlusChiSquared(A: Arithmetic): ExactFDivergence {
  return {
    nearest: "klPlusChiSquared",
    pole: undefined,
    /** The l with l + e^l − 1 = x, by Newton's method from its double: each step doubles the digits. */
    logDensity(x) {
      let l = A.number(solveLogPlusExp(x.toNumber()));
      for (let digits = 8; digits < A.precision; digits *= 2) {
        const off = l.plus(A.expm1(l)).minus(x);
        l = l.minus(off.div(A.exp(l).plus(1)));
      }
      return l;
    },
    logDensityBelow: () => A.infinity,
    gapOf: () => A.infinity,
    derivative: (l) => l.plus(A.expm1(l)),
    term(l, a, b) {
      const d = a.minus(b);
      return klTerm(A, l, a, b).plus(d.times(d).div(b).div(2));
    },
    bregman(l, a, o, b) {
      const d = A.expm1(l).times(o);
      return klTerm(A, l, a, o).plus(d.times(d).div(b).div(2));
    },
  };
}
