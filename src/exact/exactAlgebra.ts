import type { BigNumber } from "mathjs";
import { requireSupport } from "../measure/support.js";
import { outOfRange, requireInteger, requireOptions } from "../numeric/check.js";
import type { Algebra } from "./algebra.js";
import * as alignment from "./alignment.js";
import { Arithmetic } from "./arithmetic.js";
import * as autoregressive from "./autoregressive.js";
import * as budget from "./budget.js";
import * as diffusion from "./diffusion.js";
import * as games from "./games.js";
import { chiSquaredOf, divergenceOf, entropyOf, renyiEntropyOf, totalVariationOf } from "./information.js";
import * as limit from "./limit.js";
import * as maskedGuidance from "./maskedGuidance.js";
import { expectationOf, ofLogMass, ofMass, powerOf, productOf, readMeasure, readPair } from "./measure.js";
import * as integrals from "./noisedIntegrals.js";
import * as noiseLevels from "./noiseLevels.js";
import * as objective from "./objective.js";
import * as objectiveUtility from "./objectiveUtility.js";
import { printedRate } from "./printedRate.js";
import {
  belowInfinity,
  bigOutOfRange,
  finite,
  nonNegativeOrInfinite,
  notNaN,
  positiveOrInfinite,
  readNumber,
  requireLogMass,
  requireMass,
  requireNumber,
  requireNumbers,
} from "./read.js";
import * as selection from "./selection.js";
import { escortOf, tiltOf } from "./tilt.js";
import * as training from "./training.js";
import * as votes from "./voteLaws.js";

/**
 * The library's algebra on mathjs's big numbers; doubles may go in beside them, each at its exact value. Results are right to
 * `digits`: the rounding error that a document states is that of the float64 function.
 */
export interface ExactAlgebra extends Algebra<BigNumber, number | BigNumber> {
  /** The significant digits to which results are right. */
  readonly digits: number;
}

/** How many digits an exact algebra has. */
export interface ExactOptions {
  /** The significant digits of every result, a whole number from 20 to 1000; 60 when left out. */
  readonly digits?: number;
  /**
   * The significant digits of functions that are integrals (`densityRatioLoss` and the like), from 4 up to `digits`; 20 when
   * left out. Their time grows about as the cube of it, and with the rarity of the atoms: an atom of probability
   * e^−40 takes seconds, and one below e^−100 is refused.
   */
  readonly integralDigits?: number;
}

/**
 * The library's algebra at a chosen number of digits: the same functions under the same names, with the same edges and
 * errors, on mathjs's big numbers.
 *
 * A double is taken at its exact value 2^e·m, all its digits (so 0.1 is 0.1000000000000000055511…). Twenty guard digits
 * are carried, and visible in the results, so that a function of laws is right to `digits` even where two laws differ
 * only in the last places of their doubles. Masses as small as 10^(−9·10^15) are held, smaller ones by their logarithms.
 *
 * A measure made by another algebra, or by the float64 library, may go in: its masses are read at their exact values.
 * Functions take no `this`. Time is about 10 µs an exponential or logarithm at 60 digits, and two to ten of them an
 * answer; every function is linear in the number of answers.
 *
 * @param options how many digits
 * @param options.digits the significant digits of every result, 20 to 1000; 60 when left out
 * @param options.integralDigits the significant digits of functions that are integrals, 4 up to `digits`; 20 when left out
 * @returns the algebra; its numbers are of a class of their own, which no other mathjs configuration touches
 * @throws TypeError when an option is no number
 * @throws RangeError when `digits` is no whole number from 20 to 1000, or `integralDigits` none from 4 to `digits`
 * @example
 * ```ts
 * import { exactAlgebra } from "exptilt/exact";
 * const exact = exactAlgebra({ digits: 40 });
 * exact.number(0.1).toString() // => "0.1000000000000000055511151231257827021181583404541015625"
 * const ref = exact.distribution(["a", "b"], [1, 3]);
 * const optimum = exact.rlhfOptimum({ ref, reward: [1, 0], beta: 0.5 });
 * exact.klDivergence(optimum, ref) // => 0.4680105956619471733448756837506215380405
 * exact.rlhfOptimalValue({ ref, reward: [1, 0], beta: 0.5 }) // => 0.47722929639662027
 * exactAlgebra({ digits: 5 }) // throws RangeError
 * ```
 */
export function exactAlgebra(options: ExactOptions = {}): ExactAlgebra {
  const { digits: asked = 60 } = requireOptions("exactAlgebra", options, { digits: true, integralDigits: true });
  const digits = requireInteger("exactAlgebra", "digits", asked, 20);
  if (digits > 1000) throw outOfRange("exactAlgebra", "digits", "be at most 1000", digits);
  const integralDigits = requireInteger("exactAlgebra", "integralDigits", options.integralDigits ?? 20, 4);
  if (integralDigits > digits)
    throw outOfRange("exactAlgebra", "integralDigits", `be at most digits, ${digits}`, integralDigits);
  const arithmetic = new Arithmetic(digits, integralDigits);
  const operand = (caller: string, argument: string, x: unknown) => readNumber(arithmetic, caller, argument, x);

  return {
    name: `${digits} digits`,
    digits,

    number: (x) => operand("number", "x", x),
    toNumber: (x) => nearestDouble(operand("toNumber", "x", x)),
    add: (a, b) => operand("add", "a", a).plus(operand("add", "b", b)),
    subtract: (a, b) => operand("subtract", "a", a).minus(operand("subtract", "b", b)),
    multiply: (a, b) => operand("multiply", "a", a).times(operand("multiply", "b", b)),
    divide: (a, b) => operand("divide", "a", a).div(operand("divide", "b", b)),
    exp: (a) => arithmetic.exp(operand("exp", "a", a)),
    log: (a) => arithmetic.log(requireNumber(arithmetic, "log", "a", a, nonNegativeOrInfinite)),

    measure(support, mass) {
      const answers = requireSupport("measure", support);
      return ofMass(arithmetic, answers, requireMass(arithmetic, "measure", "mass", mass, answers.length));
    },
    distribution(support, mass) {
      const answers = requireSupport("distribution", support);
      return ofMass(arithmetic, answers, requireMass(arithmetic, "distribution", "mass", mass, answers.length)).law;
    },
    fromLogMass(support, logMass) {
      const answers = requireSupport("fromLogMass", support);
      const own = requireLogMass(arithmetic, "fromLogMass", "logMass", logMass, answers.length);
      return ofLogMass(arithmetic, answers, own);
    },
    uniform(support) {
      const answers = requireSupport("uniform", support);
      return ofMass(arithmetic, answers, Object.freeze(answers.map(() => arithmetic.one))).law;
    },
    normalize(p) {
      const given = readMeasure(arithmetic, "normalize", "p", p);
      return given === given.law ? given.law.normalized() : given.law;
    },
    power(p, exponent) {
      const given = readMeasure(arithmetic, "power", "p", p);
      return powerOf(given, requireNumber(arithmetic, "power", "exponent", exponent, finite));
    },
    product: (p, q) => productOf(...readPair(arithmetic, "product", p, q)),
    tilt(ref, score, beta) {
      const given = readMeasure(arithmetic, "tilt", "ref", ref);
      const scores = requireNumbers(arithmetic, "tilt", "score", score, given.support.length, belowInfinity);
      const temperature = requireNumber(arithmetic, "tilt", "beta", beta, positiveOrInfinite);
      return tiltOf("tilt", "score", given, scores, temperature).law;
    },
    escort(ref, exponent) {
      const given = readMeasure(arithmetic, "escort", "ref", ref);
      const a = requireNumber(arithmetic, "escort", "exponent", exponent, finite);
      return escortOf("escort", given, a, a.minus(arithmetic.one));
    },
    expectation(p, f) {
      const { law } = readMeasure(arithmetic, "expectation", "p", p);
      return expectationOf(law, requireNumbers(arithmetic, "expectation", "f", f, law.support.length, belowInfinity));
    },

    entropy: (p) => entropyOf(readMeasure(arithmetic, "entropy", "p", p).law),
    renyiEntropy(p, order) {
      const { law } = readMeasure(arithmetic, "renyiEntropy", "p", p);
      const alpha = requireNumber(arithmetic, "renyiEntropy", "order", order, nonNegativeOrInfinite);
      return renyiEntropyOf(law, alpha, alpha.minus(arithmetic.one));
    },
    klDivergence(p, q) {
      const [a, b] = readPair(arithmetic, "klDivergence", p, q);
      return divergenceOf(a.law, b.law);
    },
    generalizedKlDivergence: (p, q) => divergenceOf(...readPair(arithmetic, "generalizedKlDivergence", p, q)),
    totalVariation(p, q) {
      const [a, b] = readPair(arithmetic, "totalVariation", p, q);
      return totalVariationOf(a.law, b.law);
    },
    chiSquaredDivergence(p, q) {
      const [a, b] = readPair(arithmetic, "chiSquaredDivergence", p, q);
      return chiSquaredOf(a.law, b.law);
    },

    preferenceProbability(reward, other) {
      const gap = rewardGap(arithmetic, "preferenceProbability", reward, other);
      return arithmetic.one.div(arithmetic.exp(gap.negated()).plus(arithmetic.one));
    },
    logPreferenceProbability(reward, other) {
      const gap = rewardGap(arithmetic, "logPreferenceProbability", reward, other);
      // log σ(x) = x + log σ(−x): the exponential is taken where it does not overflow.
      const lost = arithmetic.log1p(arithmetic.exp(gap.abs().negated())).negated();
      return gap.isNegative() ? gap.plus(lost) : lost;
    },
    humanPreference(support, reward) {
      const answers = requireSupport("humanPreference", support);
      const logits = requireLogMass(arithmetic, "humanPreference", "reward", reward, answers.length);
      return ofLogMass(arithmetic, answers, logits).law;
    },

    ...bound(arithmetic, alignment),
    ...bound(arithmetic, games),
    ...bound(arithmetic, selection),
    ...bound(arithmetic, budget),
    ...bound(arithmetic, objective),
    ...bound(arithmetic, votes),
    ...bound(arithmetic, limit),
    printedRate: (problem, n) => printedRate(arithmetic, problem, n),
    ...bound(arithmetic, objectiveUtility),
    ...bound(arithmetic, autoregressive),
    ...bound(arithmetic, training),

    integralDigits,
    ...bound(arithmetic, diffusion),
    ...bound(arithmetic, noiseLevels),
    ...bound(arithmetic, maskedGuidance),
    ...bound(arithmetic, integrals),
  };
}

/** The nearest double. A 0 needs none of the digits that others are written out to. */
const nearestDouble = (x: BigNumber): number => (x.isZero() ? x.s * 0 : x.toNumber());

/** Functions of the arithmetic and more, as functions of the rest. */
type Bound<T> = {
  [K in keyof T]: T[K] extends (arithmetic: Arithmetic, ...rest: infer R) => infer O ? (...rest: R) => O : never;
};

/** The functions that a file exports, all of them members of the algebra, in an arithmetic. */
function bound<T extends object>(arithmetic: Arithmetic, functions: T): Bound<T> {
  const members = Object.entries(functions).map(([name, f]) => [name, f.bind(undefined, arithmetic)]);
  return Object.fromEntries(members);
}

/** r(o) − r(õ), where that is defined. */
function rewardGap(arithmetic: Arithmetic, caller: string, reward: unknown, other: unknown): BigNumber {
  const r = requireNumber(arithmetic, caller, "reward", reward, notNaN);
  const gap = r.minus(requireNumber(arithmetic, caller, "other", other, notNaN));
  if (gap.isNaN()) throw bigOutOfRange(caller, "reward - other", "be defined", gap);
  return gap;
}
