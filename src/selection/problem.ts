import { levelsOf } from "../measure/levels.js";
import { type Measure, requireMeasure } from "../measure/measure.js";
import { resolveScore, type Score } from "../measure/score.js";
import { lazy } from "../numeric/cache.js";
import { type Condition, requireNumber, requireObject } from "../numeric/check.js";
import { weightsOfRewards } from "./integral/weights.js";
import { Prepared } from "./ratio/prepared.js";

/**
 * What best-of-N selects by: a reference law to draw from and a reward to choose by.
 *
 * @typeParam A the type of an answer
 */
export interface BestOfNProblem<A = unknown> {
  /** The reference policy: any measure, read as the law proportional to it. */
  readonly ref: Measure<A>;
  /** The reward of each answer: an array aligned with the support of `ref`, or a function of the answer. −∞ forbids. */
  readonly reward: Score<A>;
}

/**
 * A selection problem at a temperature: a `TiltProblem` whose β may also be 0 (best-of-N) or Infinity (ref itself), and
 * that may name a second reward to be read off, not selected by.
 *
 * @typeParam A the type of an answer
 */
export interface SelectionProblem<A = unknown> extends BestOfNProblem<A> {
  /** The temperature β ≥ 0, in the units of the reward: 0 is hard best-of-N, Infinity gives ref. */
  readonly beta: number;
  /** What one really wants, of each answer, while `reward` is what one can measure. */
  readonly gold?: Score<A>;
}

export function prepare<A>(caller: string, problem: BestOfNProblem<A>, temperature: number): Prepared<A> {
  return prepareAll(caller, problem, [temperature])[0];
}

/** The same at several temperatures, which share the levels. */
export function prepareAll<A>(
  caller: string,
  problem: BestOfNProblem<A>,
  temperatures: readonly number[],
): Prepared<A>[] {
  requireProblem(caller, problem);
  const { reward } = problem;
  const ref = requireMeasure(caller, "ref", problem.ref);
  const { law } = ref;
  const score = resolveScore(caller, "reward", ref.support, reward);
  const levels = lazy(() => levelsOf(caller, law, score));
  return temperatures.map((temperature) => {
    const beta = requireNumber(caller, "beta", temperature, TEMPERATURE);
    return new Prepared({ caller, ref, law, score, beta }, weightsOfRewards, levels);
  });
}

/** Refuses a problem that is no object. */
export function requireProblem(caller: string, problem: unknown): void {
  requireObject(caller, "problem", problem as object);
}

/** A temperature of selection. */
export const TEMPERATURE: Condition = {
  least: 0,
  most: Infinity,
  says: "be at least 0 (0 for hard, Infinity for none)",
};
