import type { BigNumber } from "mathjs";
import { requireInteger } from "../numeric/check.js";
import type { Arithmetic } from "./arithmetic.js";
import type { Exact } from "./input.js";
import { type ExactDistribution, type ExactMeasure, ofMass, readMeasure } from "./measure.js";
import { readSelection } from "./problem.js";
import { nonNegativeOrInfinite, requireNumber } from "./read.js";
import { type Field, powerShares, type Standing, voteShares } from "./votes.js";

/** The most votes take it. */
export const majorityVoteLaw: Exact<"majorityVoteLaw"> = (arithmetic, ref, draws) => {
  const caller = "majorityVoteLaw";
  const given = readMeasure(arithmetic, caller, "ref", ref);
  const n = requireInteger(caller, "n", draws, 1);
  return votedLaw(
    given,
    () => true,
    n,
    (i, _, m) => i - m,
  );
};

/** The largest sum of weights takes it. */
export const weightedVoteLaw: Exact<"weightedVoteLaw"> = (arithmetic, problem, draws) => {
  const caller = "weightedVoteLaw";
  const { ref, reward, beta, top } = readSelection(arithmetic, caller, problem, nonNegativeOrInfinite);
  const n = requireInteger(caller, "n", draws, 1);
  const isAllowed = (a: number) => reward[a].isFinite();
  const logs = Array.from({ length: n + 1 }, (_, i) => arithmetic.log(arithmetic.number(i)));
  const exponents = reward.map((r) => (beta.isZero() ? r : r.minus(top).div(beta)));
  const tied = arithmetic.number(10).pow(TIED_DIGITS - arithmetic.precision);
  const standing = (i: number, j: number, m: number, a: number) => {
    if (!isAllowed(j)) return -1;
    const apart = exponents[j].comparedTo(exponents[a]);
    if (apart === 0) return i - m;
    if (beta.isZero() || apart === Math.sign(i - m)) return apart;
    const difference = logs[i].minus(logs[m]).plus(exponents[j].minus(exponents[a]));
    const size = exponents[j].plus(exponents[a]).abs().plus(1);
    return difference.abs().lte(tied.times(size)) ? 0 : difference.s;
  };
  return votedLaw(ref, isAllowed, n, standing);
};

/** A power of the sum of weights picks. */
export const powerVoteLaw: Exact<"powerVoteLaw"> = (arithmetic, problem, draws, exponent) => {
  const caller = "powerVoteLaw";
  const alpha = requireNumber(arithmetic, caller, "alpha", exponent, nonNegativeOrInfinite);
  if (!alpha.isFinite()) return weightedVoteLaw(arithmetic, problem, draws);
  const { ref, reward, beta, top } = readSelection(arithmetic, caller, problem, nonNegativeOrInfinite);
  const n = requireInteger(caller, "n", draws, 1);
  // β = 0 lets the best of the draws decide: a step that no power of a count makes up for at the digits carried.
  const ranks = [...new Set(reward.map(String))]
    .map((r) => arithmetic.number(0).plus(r))
    .sort((a, b) => b.comparedTo(a));
  const step = arithmetic.number(3 * arithmetic.precision).plus(alpha.times(arithmetic.log(arithmetic.number(n))));
  const exponents = reward.map((r) => {
    if (!r.isFinite()) return arithmetic.negativeInfinity;
    if (alpha.isZero()) return arithmetic.zero;
    if (beta.isZero()) return step.times(-ranks.findIndex((other) => other.eq(r)));
    return alpha.times(r.minus(top).div(beta));
  });
  const power = (count: number, j: number) =>
    exponents[j].isFinite()
      ? arithmetic.exp(exponents[j].plus(alpha.times(arithmetic.log(arithmetic.number(count)))))
      : arithmetic.zero;
  const shares = powerShares(
    fieldOf(arithmetic),
    ref.law.mass,
    n,
    power,
    (a, b) => a.div(b),
    (a) => a.isZero(),
  );
  return ofMass(arithmetic, ref.support, Object.freeze(shares)).law.normalized();
};

/** Sums of unequal weights are tied where they agree but for so many of the digits carried. */
const TIED_DIGITS = 3;

function fieldOf(arithmetic: Arithmetic): Field<BigNumber> {
  return {
    zero: arithmetic.zero,
    one: arithmetic.one,
    add: (a, b) => a.plus(b),
    multiply: (a, b) => a.times(b),
    divide: (a, whole) => a.div(whole),
  };
}

function votedLaw(
  ref: ExactMeasure,
  isAllowed: (a: number) => boolean,
  n: number,
  standing: Standing,
): ExactDistribution {
  const { arithmetic, law } = ref;
  const shares = voteShares(fieldOf(arithmetic), law.mass, isAllowed, n, standing);
  return ofMass(arithmetic, ref.support, Object.freeze(shares)).law.normalized();
}
