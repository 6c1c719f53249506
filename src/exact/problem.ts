import type { BigNumber } from "mathjs";
import { requirePolicyOf } from "../alignment/autoregressive.js";
import type { SequenceSpace } from "../alignment/sequences.js";
import { requireSameSupport } from "../measure/support.js";
import { lazily } from "../numeric/cache.js";
import { outOfRange, requireInteger, requireObject } from "../numeric/check.js";
import type { Arithmetic } from "./arithmetic.js";
import type { Input, InputMeasure, InputPolicy, InputSelfCertainty, InputTilt } from "./input.js";
import { type ExactDistribution, type ExactMeasure, readMeasure } from "./measure.js";
import type { BestOfNProblemOf } from "./problems.js";
import {
  belowInfinity,
  type Condition,
  type Numbers,
  nonNegative,
  positive,
  requireNumber,
  requireNumbers,
} from "./read.js";

/** A reference and a reward for each answer. */
interface Rewarded {
  readonly ref: ExactMeasure;
  readonly reward: Numbers;
}

/** Reads a reference and rewards. */
export function readRewarded(arithmetic: Arithmetic, caller: string, problem: BestOfNProblemOf<Input>): Rewarded {
  const { ref: given, reward: rewards } = requireObject(caller, "problem", problem);
  const ref = readMeasure(arithmetic, caller, "ref", given);
  const reward = requireNumbers(arithmetic, caller, "reward", rewards, ref.support.length, belowInfinity);
  return { ref, reward };
}

/** A reference, rewards and β. */
export interface Tilted extends Rewarded {
  readonly beta: BigNumber;
}

/** Reads a tilt problem, with a condition on β. */
export function readTilt(arithmetic: Arithmetic, caller: string, problem: InputTilt, temperature: Condition): Tilted {
  const rewarded = readRewarded(arithmetic, caller, problem);
  return { ...rewarded, beta: requireNumber(arithmetic, caller, "beta", problem.beta, temperature) };
}

/** A problem with an answer that may be picked. */
export interface Selection extends Tilted {
  /** The largest reward of the support. */
  readonly top: BigNumber;
}

export function readSelection(
  arithmetic: Arithmetic,
  caller: string,
  problem: InputTilt,
  temperature: Condition,
): Selection {
  const tilted = readTilt(arithmetic, caller, problem, temperature);
  const { ref, reward } = tilted;
  const top = reward.reduce((best, r, i) => (ref.supports(i) && r.gt(best) ? r : best), arithmetic.negativeInfinity);
  if (!top.isFinite())
    throw outOfRange(caller, "reward", "be above -Infinity for some answer of the support", -Infinity);
  return { ...tilted, top };
}

/** An RLIF problem, with log|V|, a = Lβ and a − 1, whose sign is the regime. */
interface SelfCertain {
  readonly ref: ExactMeasure;
  readonly length: number;
  readonly beta: BigNumber;
  readonly logV: BigNumber;
  readonly a: BigNumber;
  readonly excess: BigNumber;
}

/** Reads an RLIF problem. */
export function readSelfCertainty(arithmetic: Arithmetic, caller: string, problem: InputSelfCertainty): SelfCertain {
  const ref = readMeasure(arithmetic, caller, "ref", requireObject(caller, "problem", problem).ref);
  const length = requireInteger(caller, "length", problem.length, 1);
  const vocabularySize = requireInteger(caller, "vocabularySize", problem.vocabularySize, 1);
  const beta = requireNumber(arithmetic, caller, "beta", problem.beta, nonNegative);
  const a = beta.times(length);
  const logV = arithmetic.log(arithmetic.number(vocabularySize));
  return { ref, length, beta, logV, a, excess: a.minus(arithmetic.one) };
}

/** The tilt problem with the same optimum as an RLIF problem: the reward log ref at β_hf = Lβ_if − 1. */
export function readEquivalent(arithmetic: Arithmetic, caller: string, problem: InputSelfCertainty): Tilted {
  const { ref, excess } = readSelfCertainty(arithmetic, caller, problem);
  const beta = requireNumber(arithmetic, caller, "length * beta - 1", excess, positive);
  return lazily<Tilted>({ ref: () => ref, reward: () => ref.law.logMass, beta: () => beta });
}

/** A policy, checked to be on the answers of the reference. */
export function readPolicy(
  arithmetic: Arithmetic,
  caller: string,
  ref: ExactMeasure,
  policy: InputMeasure,
): ExactDistribution {
  const { law } = readMeasure(arithmetic, caller, "policy", policy);
  requireSameSupport(caller, ref.support, law.support, ["ref", "policy"]);
  return law;
}

/** A policy whose laws are read at this precision. */
export function readSequencePolicy(
  arithmetic: Arithmetic,
  caller: string,
  policy: InputPolicy,
): SequenceSpace<unknown> & { conditional(prefix: readonly unknown[]): ExactDistribution } {
  return requirePolicyOf(caller, policy, (argument, vocabulary, given) => {
    const { law } = readMeasure(arithmetic, caller, argument, given);
    requireSameSupport(caller, vocabulary, law.support);
    return law;
  });
}
