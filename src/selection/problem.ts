import { Law } from "../measure/law.js";
import { type Distribution, distributionOf, type Measure, requireMeasure } from "../measure/measure.js";
import { resolveScore, type Score } from "../measure/score.js";
import { requireSupport } from "../measure/support.js";
import { outOfRange, requireNumber, requireObject } from "../numeric/check.js";
import { exp } from "../numeric/elementary.js";
import { isNormal } from "../numeric/float64.js";
import { exponentOf } from "../numeric/powerOfTwo.js";
import { type Ladder, ladderOfRewards } from "./ladder.js";
import { type Levels, levelsOf } from "./levels.js";
import type { LevelRatios } from "./ratio.js";

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

/** A checked problem, seen by reward level. */
export interface Prepared<A> {
  readonly caller: string;
  readonly ref: Measure<A>;
  readonly law: Law;
  readonly score: Float64Array;
  readonly levels: Levels;
  readonly beta: number;
  /** The log-weights of the levels, where β is neither 0 nor infinite. */
  readonly ladder: Ladder | undefined;
  /** The same with masses lifted by a power of two. */
  readonly ladderFor: (lift: number) => Ladder;
  /** The same, made once more: for what is rarely asked for it takes the room of neither levels nor ladder. */
  readonly again: () => Prepared<A>;
}

export function prepare<A>(caller: string, problem: BestOfNProblem<A>, temperature: number): Prepared<A> {
  requireProblem(caller, problem);
  const { reward } = problem;
  const ref = requireMeasure(caller, "ref", problem.ref);
  const { law } = ref;
  const score = resolveScore(caller, "reward", ref.support, reward);
  const beta = requireTemperature(caller, temperature);
  return preparedBy({ caller, ref, law, score, beta }, (levels, lift) => ladderOfRewards(levels, beta, lift));
}

/** By levels, and the ladder that these are given. */
export function preparedBy<A>(
  known: Pick<Prepared<A>, "caller" | "ref" | "law" | "score" | "beta">,
  ladderOf: (levels: Levels, lift: number) => Ladder,
): Prepared<A> {
  const { caller, ref, law, score, beta } = known;
  const levels = levelsOf(caller, law, score);
  const again = () => preparedBy(known, ladderOf);
  const ladder = beta > 0 && beta < Infinity ? ladderOf(levels, 0) : undefined;
  const ladderFor = (lift: number) => (lift === 0 && ladder !== undefined ? ladder : ladderOf(levels, lift));
  return { caller, ref, law, score, levels, beta, ladder, ladderFor, again };
}

/** What the fields are read from. */
export function requireProblem(caller: string, problem: unknown): void {
  requireObject(caller, "problem", problem as object);
}

/** A temperature of selection: a number of at least 0, Infinity included. */
export function requireTemperature(caller: string, beta: unknown): number {
  const x = requireNumber(caller, "beta", beta);
  if (!(x >= 0)) throw outOfRange(caller, "beta", "be at least 0 (0 for hard, Infinity for none)", x);
  return x;
}

/** A number of draws, whole or not: finite and at least 1. */
export function requireDraws(caller: string, argument: string, n: unknown): number {
  const x = requireNumber(caller, argument, n);
  if (!(x >= 1 && x < Infinity)) throw outOfRange(caller, argument, "be at least 1 and finite", x);
  return x;
}

/** A whole number of at least `least`, however large: past 2⁵³ every number is whole. */
export function requireWhole(caller: string, argument: string, value: unknown, least: number): number {
  const x = requireNumber(caller, argument, value);
  if (!(Number.isInteger(x) && x >= least))
    throw outOfRange(caller, argument, `be a whole number of at least ${least}`, x);
  return x;
}

/** P/ref by level, and its logarithm also where it underflows: all that a law is made of. */
export type RatioToRef = Pick<LevelRatios, "ratio" | "logRatio">;

/**
 * The law of a problem whose ratio to ref is given by level. For its logarithms the ratios are computed once more: kept,
 * what they are made of would take many times the room of the law.
 */
export function lawOfRatios<A>(prepared: Prepared<A>, ratiosOf: (prepared: Prepared<A>) => RatioToRef): Law {
  const { law: base, levels, again } = prepared;
  const { levelOf } = levels;
  const ratios = ratiosOf(prepared);
  const { ratio } = ratios;
  // Brought up to a total near 1, so that no rare answer falls below the normal doubles on the way.
  const exponent = base.fromLog ? 0 : Math.max(0, -exponentOf(base.total.hi));
  const scale = 2 ** exponent;
  const weight = new Float64Array(levelOf.length);
  for (let i = 0; i < weight.length; i++) {
    const level = levelOf[i];
    if (level >= 0) weight[i] = base.weight[i] * scale * ratio[level];
  }
  // What is below the normal doubles before it is multiplied, or brought there by a ratio that is, is made of logarithms.
  if (base.hasTail || ratio.includes(Infinity)) {
    for (let i = 0; i < weight.length; i++) {
      const level = levelOf[i];
      if (level < 0 || (isNormal(base.weight[i]) && ratio[level] < Infinity)) continue;
      weight[i] = exp(base.logWeight[i] + exponent * Math.LN2 + ratios.logRatio[level]);
    }
  }
  return Law.tilted(base, weight, ...logarithms(base, exponent, again, ratiosOf));
}

/** log weight and log P/ref of each answer, when they are asked for. */
function logarithms<A>(
  base: Law,
  exponent: number,
  again: () => Prepared<A>,
  ratiosOf: (prepared: Prepared<A>) => RatioToRef,
): [logWeight: () => Float64Array, logDensity: () => Float64Array] {
  const logDensity = () => {
    const prepared = again();
    const { logRatio } = ratiosOf(prepared);
    return Float64Array.from(prepared.levels.levelOf, (level) => (level < 0 ? -Infinity : logRatio[level]));
  };
  const logScale = exponent * Math.LN2;
  return [() => logDensity().map((x, i) => base.logWeight[i] + logScale + x), logDensity];
}

/** The distribution that a law is on the answers of a problem. */
export function onAnswers<A>({ caller, ref }: Prepared<A>, law: Law): Distribution<A> {
  return distributionOf(requireSupport(caller, ref.support), law, 0);
}
