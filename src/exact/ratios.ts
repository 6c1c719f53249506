import type { BigNumber } from "mathjs";
import { outOfRange } from "../numeric/check.js";
import type { Arithmetic } from "./arithmetic.js";
import { type ExactDistribution, type ExactMeasure, ofMass } from "./measure.js";
import type { Numbers } from "./read.js";

/** The law ∝ ref·ratio; refused where no answer may be picked. */
export function lawOfRatios(caller: string, ref: ExactMeasure, ratio: (i: number) => BigNumber): ExactDistribution {
  const mass = ref.law.mass.map((p, i) => (p.isZero() ? p : p.times(ratio(i))));
  if (!mass.some((m) => m.gt(0)))
    throw outOfRange(caller, "reward", "be above -Infinity for some answer of the support", -Infinity);
  return ofMass(ref.arithmetic, ref.support, Object.freeze(mass)).law.normalized();
}

/** (below + step)ⁿ − belowⁿ for whole n ≥ 0, which keeps the digits of a step that is far smaller than the rest. */
export function powerGain(arithmetic: Arithmetic, below: BigNumber, step: BigNumber, n: number): BigNumber {
  if (n === 0 || step.isZero()) return arithmetic.zero;
  const all = below.plus(step);
  const share = step.div(all);
  const logBelow = share.lt(0.5) ? arithmetic.log1p(share.neg()) : arithmetic.log(below.div(all));
  return all.pow(n).times(arithmetic.expm1(logBelow.times(n)).neg());
}

/** The answers of the support by their rewards: a level and its mass, from the lowest reward up; forbidden ones apart. */
export interface RewardLevels {
  readonly levels: readonly { readonly reward: BigNumber; readonly mass: BigNumber }[];
  readonly forbidden: BigNumber;
}

export function rewardLevels(arithmetic: Arithmetic, mass: Numbers, reward: Numbers): RewardLevels {
  const byReward = new Map<string, { reward: BigNumber; mass: BigNumber }>();
  for (const [i, r] of reward.entries()) {
    if (mass[i].isZero()) continue;
    const before = byReward.get(r.toString())?.mass ?? arithmetic.zero;
    byReward.set(r.toString(), { reward: r, mass: before.plus(mass[i]) });
  }
  const all = [...byReward.values()].sort((a, b) => a.reward.comparedTo(b.reward));
  const levels = all.filter((level) => level.reward.isFinite());
  return { levels, forbidden: all.length > levels.length ? all[0].mass : arithmetic.zero };
}
