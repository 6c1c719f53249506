import type { BigNumber } from "mathjs";
import { requireInteger } from "../numeric/check.js";
import type { Exact } from "./input.js";
import { type ExactDistribution, type ExactMeasure, ofMass, readMeasure } from "./measure.js";
import { readSelection } from "./problem.js";
import { nonNegativeOrInfinite } from "./read.js";
import { type Field, type Standing, voteShares } from "./votes.js";

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

/** Sums of unequal weights are tied where they agree but for so many of the digits carried. */
const TIED_DIGITS = 3;

function votedLaw(
  ref: ExactMeasure,
  isAllowed: (a: number) => boolean,
  n: number,
  standing: Standing,
): ExactDistribution {
  const { arithmetic, law } = ref;
  const field: Field<BigNumber> = {
    zero: arithmetic.zero,
    one: arithmetic.one,
    add: (a, b) => a.plus(b),
    multiply: (a, b) => a.times(b),
    divide: (a, whole) => a.div(whole),
  };
  const shares = voteShares(field, law.mass, isAllowed, n, standing);
  return ofMass(arithmetic, ref.support, Object.freeze(shares)).law.normalized();
}
