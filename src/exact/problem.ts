import type { BigNumber } from "mathjs";
import { requireSameSupport } from "../measure/support.js";
import { requireInteger, requireObject } from "../numeric/check.js";
import type { Arithmetic } from "./arithmetic.js";
import { type ExactDistribution, type ExactMeasure, readMeasure } from "./measure.js";
import type { BestOfNProblemOf, MeasureOf, SelfCertaintyProblemOf, TiltProblemOf } from "./problems.js";
import { belowInfinity, type Condition, nonNegative, requireNumber, requireNumbers } from "./read.js";

/** The problems that functions of several subjects take, read as the function that the user called. */

type Input = number | BigNumber;

/** A reference and a reward for each answer. */
export function readRewarded(arithmetic: Arithmetic, caller: string, problem: BestOfNProblemOf<Input>) {
  const { ref: given, reward: rewards } = requireObject(caller, "problem", problem);
  const ref = readMeasure(arithmetic, caller, "ref", given);
  const reward = requireNumbers(arithmetic, caller, "reward", rewards, ref.support.length, belowInfinity);
  return { ref, reward };
}

/** The same with β, on which a condition is put. */
export function readTilt(
  arithmetic: Arithmetic,
  caller: string,
  problem: TiltProblemOf<Input>,
  temperature: Condition,
): { readonly ref: ExactMeasure; readonly reward: readonly BigNumber[]; readonly beta: BigNumber } {
  const rewarded = readRewarded(arithmetic, caller, problem);
  return { ...rewarded, beta: requireNumber(arithmetic, caller, "beta", problem.beta, temperature) };
}

/** An RLIF problem, with log|V|, a = Lβ and a − 1, whose sign is the regime. */
export function readSelfCertainty(arithmetic: Arithmetic, caller: string, problem: SelfCertaintyProblemOf<Input>) {
  const ref = readMeasure(arithmetic, caller, "ref", requireObject(caller, "problem", problem).ref);
  const length = requireInteger(caller, "length", problem.length, 1);
  const vocabularySize = requireInteger(caller, "vocabularySize", problem.vocabularySize, 1);
  const beta = requireNumber(arithmetic, caller, "beta", problem.beta, nonNegative);
  const a = beta.times(length);
  const logV = arithmetic.log(arithmetic.number(vocabularySize));
  return { ref, length, beta, logV, a, excess: a.minus(arithmetic.one) };
}

/** A policy, checked to be on the answers of the reference. */
export function readPolicy(
  arithmetic: Arithmetic,
  caller: string,
  ref: ExactMeasure,
  policy: MeasureOf<Input>,
): ExactDistribution {
  const { law } = readMeasure(arithmetic, caller, "policy", policy);
  requireSameSupport(caller, ref.support, law.support, ["ref", "policy"]);
  return law;
}
