import { Law } from "../../measure/law.js";
import { type Distribution, distributionOf } from "../../measure/measure.js";
import { requireSupport } from "../../measure/support.js";
import { exp } from "../../numeric/elementary.js";
import { isNormal } from "../../numeric/float64.js";
import { exponentOf } from "../../numeric/powerOfTwo.js";
import { compressedWeights } from "./compressed.js";
import type { RatioToRef } from "./levelRatios.js";
import type { Prepared } from "./prepared.js";
import { ratiosOf } from "./ratiosAt.js";

/** A law whose answers are in grades, each of one ratio to ref: the levels of a reward, say. */
export interface Graded<P> {
  readonly law: Law;
  /** The grade of each answer; −1 where it has none, and is never picked. */
  readonly levels: { readonly levelOf: Int32Array };
  /** Prepares it again, so that a law need not keep what its logarithms are computed from. */
  readonly again: () => P;
}

/** The law of a problem at one N. */
export function lawAt<A>(prepared: Prepared<A>, n: number): Law {
  return lawOfRatios(prepared, (problem) => ratiosOf(problem, n));
}

/** The law of soft best-of-N: of many answers without ranking them, until its logarithms are read. */
export function softLawAt<A>(prepared: Prepared<A>, n: number): Law {
  const { law: base, again } = prepared;
  const exponent = exponentFor(base);
  const weight = compressedWeights(prepared, n, 2 ** exponent);
  if (weight === undefined) return lawAt(prepared, n);
  return Law.tilted(base, weight, ...logarithms(base, exponent, again, (problem) => ratiosOf(problem, n)));
}

/** Weights are multiplied by this power of two, to a total near 1, so that no rare answer falls below the normal doubles. */
const exponentFor = (base: Law): number => (base.fromLog ? 0 : Math.max(0, -exponentOf(base.total.hi)));

/**
 * The law whose ratio to ref is given by grade. The ratios are computed again when its logarithms are
 * first read: what they are computed from would take many times the memory of the law.
 */
export function lawOfRatios<P extends Graded<P>>(prepared: P, ratiosOf: (prepared: P) => RatioToRef): Law {
  const { law: base, levels, again } = prepared;
  const { levelOf } = levels;
  const ratios = ratiosOf(prepared);
  const { ratio } = ratios;
  const exponent = exponentFor(base);
  const scale = 2 ** exponent;
  const weight = new Float64Array(levelOf.length);
  for (let i = 0; i < weight.length; i++) {
    const level = levelOf[i];
    if (level >= 0) weight[i] = base.weight[i] * scale * ratio[level];
  }
  // Weights come from logarithms where a weight of ref is below the normal doubles, or a ratio overflows.
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
function logarithms<P extends Graded<P>>(
  base: Law,
  exponent: number,
  again: () => P,
  ratiosOf: (prepared: P) => RatioToRef,
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
