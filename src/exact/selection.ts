import type { BigNumber } from "mathjs";
import { outOfRange, requireInteger, requireObject } from "../numeric/check.js";
import type { Arithmetic } from "./arithmetic.js";
import type { Exact, Input, InputTilt } from "./input.js";
import { type ExactDistribution, type ExactMeasure, readMeasure } from "./measure.js";
import { readRewarded, readTilt } from "./problem.js";
import type { BestOfNProblemOf } from "./problems.js";
import { lawOfRatios, powerGain, rewardLevels } from "./ratios.js";
import { nonNegative, positiveOrInfinite, requireNumbers } from "./read.js";
import { type Level, SoftIntegral } from "./softIntegral.js";

/**
 * Hard best-of-N by its reward levels: P(level) = F^N − (F⁻)^N = F^N(1 − (F⁻/F)^N), which keeps the digits of a level that
 * is far rarer than those below it.
 */
export function bestOfNLaw(arithmetic: Arithmetic, problem: BestOfNProblemOf<Input>, draws: number): ExactDistribution {
  const caller = "bestOfNLaw";
  const { ref, reward } = readRewarded(arithmetic, caller, problem);
  const n = requireInteger(caller, "n", draws, 1);
  const ratios = hardRatios(arithmetic, ref.law.mass, reward, n);
  return lawOfRatios(caller, ref, (i) => ratios.get(reward[i].toString()) ?? arithmetic.zero);
}

/** P(level)/ref(level) of each finite reward, from the lowest level up. */
function hardRatios(
  arithmetic: Arithmetic,
  mass: readonly BigNumber[],
  reward: readonly BigNumber[],
  n: number,
): Map<string, BigNumber> {
  const { levels, forbidden } = rewardLevels(arithmetic, mass, reward);
  const ratios = new Map<string, BigNumber>();
  let below = forbidden;
  for (const level of levels) {
    ratios.set(level.reward.toString(), powerGain(arithmetic, below, level.mass, n).div(level.mass));
    below = below.plus(level.mass);
  }
  return ratios;
}

/** Soft best-of-N by its integral. */
export function softBestOfNLaw(arithmetic: Arithmetic, problem: InputTilt, draws: number): ExactDistribution {
  const caller = "softBestOfNLaw";
  const { ref, reward, beta } = readTilt(arithmetic, caller, problem, positiveOrInfinite);
  const n = requireInteger(caller, "n", draws, 1);
  return integrated(caller, ref, reward, beta, n);
}

/** Soft best-of-N for given weights, by their logarithms. */
export const weightedBestOfNLaw: Exact<"weightedBestOfNLaw"> = (arithmetic, problem, draws) => {
  const caller = "weightedBestOfNLaw";
  const ref = readMeasure(arithmetic, caller, "ref", requireObject(caller, "problem", problem).ref);
  const weight = requireNumbers(arithmetic, caller, "weight", problem.weight, ref.support.length, nonNegative);
  const n = requireInteger(caller, "n", draws, 1);
  if (!weight.some((w, i) => w.gt(0) && ref.supports(i)))
    throw outOfRange(caller, "weight", "be positive for some answer of the support", 0);
  return integrated(
    caller,
    ref,
    weight.map((w) => arithmetic.log(w)),
    arithmetic.one,
    n,
  );
};

function integrated(
  caller: string,
  ref: ExactMeasure,
  reward: readonly BigNumber[],
  beta: BigNumber,
  n: number,
): ExactDistribution {
  const { arithmetic } = ref;
  const { mass } = ref.law;
  // Log-weights relative to the best one, one for each reward that the support has.
  const top = reward.reduce((best, r, i) => (mass[i].gt(0) && r.gt(best) ? r : best), arithmetic.negativeInfinity);
  if (!top.isFinite()) return lawOfRatios(caller, ref, () => arithmetic.zero);
  const levels = new Map<string, Level>();
  for (const [i, r] of reward.entries()) {
    if (mass[i].isZero()) continue;
    const x = r.isFinite() ? r.minus(top).div(beta) : arithmetic.negativeInfinity;
    const before = levels.get(r.toString())?.mass ?? arithmetic.zero;
    levels.set(r.toString(), { x, mass: before.plus(mass[i]) });
  }
  const ratios = n === 1 ? [] : new SoftIntegral(arithmetic, [...levels.values()], n).ratios();
  const ratioOf = new Map([...levels.keys()].map((key, k) => [key, ratios[k]]));
  return lawOfRatios(caller, ref, (i) =>
    reward[i].isFinite() ? (ratioOf.get(reward[i].toString()) ?? arithmetic.one) : arithmetic.zero,
  );
}
