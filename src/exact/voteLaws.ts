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
  const { ref, reward, beta } = readSelection(arithmetic, caller, problem, nonNegativeOrInfinite);
  const n = requireInteger(caller, "n", draws, 1);
  const isAllowed = (a: number) => reward[a].isFinite();
  const logs = Array.from({ length: n + 1 }, (_, i) => arithmetic.log(arithmetic.number(i)));
  const tied = arithmetic.number(10).pow(TIED_DIGITS - arithmetic.precision);
  const standing = (i: number, j: number, m: number, a: number) => {
    if (!isAllowed(j)) return -1;
    const apart = reward[j].minus(reward[a]);
    if (apart.isZero() || !beta.isFinite()) return i - m;
    if (beta.isZero()) return apart.s;
    const [votes, weights] = [logs[i].minus(logs[m]), apart.div(beta)];
    const difference = votes.plus(weights);
    return difference.abs().lte(tied.times(weights.abs().plus(1))) ? 0 : difference.s;
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
