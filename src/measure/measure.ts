import {
  BELOW_INFINITY,
  type Condition,
  NON_NEGATIVE,
  outOfRange,
  requireLength,
  requireNumbers,
  requireObject,
  wrongType,
} from "../numeric/check.js";
import { exp, log, log1p } from "../numeric/elementary.js";
import { isNormal } from "../numeric/float64.js";
import { fromJson } from "../numeric/json.js";
import { made } from "../numeric/made.js";
import { BRAND, type Branded, Law } from "./law.js";
import { INSPECT, type Inspect, jsonOf, printed } from "./shown.js";
import { requireSameSupport, requireSupport } from "./support.js";

/**
 * A finite measure: a list of distinct answers of any type, each with a mass ≥ 0, of positive total.
 *
 * The arrays are the measure's own: read them, do not write to them. `logMass` is made when it is first read.
 *
 * A measure is a value. `console.log` in Node prints its answers and masses, and every function reads a copy of it:
 *
 * - `JSON.stringify` writes `support`, `mass` and `logMass`, and of a distribution `logNormalizer`; infinities are the
 *   words `"Infinity"` and `"-Infinity"`. The law read back has the rounding of its masses. Answers are what JSON makes of
 *   them: a Date becomes text, NaN becomes null, a bigint is a TypeError. Two answers that JSON makes one are a RangeError.
 * - `structuredClone`, `postMessage` and `{...p}` copy what the measure is made of: `support`, and `mass` or `logMass` where
 *   they were given, or the data of the law. The law read back is the same, to the last bit. Such a copy of a distribution
 *   has no `mass` of its own: `normalize(copy).mass` has it.
 *
 * Where a copy has both, `mass` counts where it is a normal double, and `logMass` elsewhere. Answers that are objects are
 * other objects in a copy.
 *
 * @typeParam A the type of an answer
 */
export interface Measure<A = unknown> {
  /** The answers, distinct, in a fixed order. */
  readonly support: readonly A[];
  /** The mass of each answer; beyond the range of a double it reads 0 or Infinity, and `logMass` holds it. */
  readonly mass: Float64Array;
  /** The natural logarithm of each mass, −∞ where the mass is zero. */
  readonly logMass: Float64Array;
}

/**
 * A measure of total mass 1. It stands for the exact law proportional to what it was built from: `mass` and `logMass`
 * are that law rounded, and functions of laws (entropy, divergences, optima) read the unrounded one.
 *
 * @typeParam A the type of an answer
 */
export interface Distribution<A = unknown> extends Measure<A> {
  /** The logarithm, in nats, of the total that normalising divided out: log Σ mass, or a tilt's log-partition. */
  readonly logNormalizer: number;
}

/** A measure, and the exact law proportional to it. */
export interface LawfulMeasure<A> extends Measure<A> {
  readonly law: Law;
}

/** What a measure has beside its data: its law, if that is none, and numbers that are made when they are first read. */
interface Made {
  readonly law?: Law;
  mass?: Float64Array | undefined;
  logMass?: Float64Array | undefined;
  logNormalizer?: number | (() => number);
  readonly makeLogMass?: () => Float64Array;
}

/**
 * Where a measure keeps them: apart, so that its own fields are never written to, and it may be frozen, or seen through a
 * Proxy, where private fields are out of reach; and named by a symbol, so that they stay behind in a structured clone.
 */
const MADE = Symbol("made");

/**
 * A measure that the library made: every copy of the library knows it by its brand.
 *
 * The fields of its subclasses that are named by text are data. A structured clone or a spread keeps them and nothing
 * else, and `requireMeasure` makes the measure of them again. Of `mass` and `logMass` a subclass has as such a field the
 * one it was given. Both could only be fields by getters defined on each object, at 100 ns a getter (Node 20.20, V8 11.3,
 * AMD EPYC): `tilt` of up to 8 answers would take 2.4 times as long, of 32 answers 1.3 times.
 *
 * Each subclass has its fields and constructor to itself: shared ones cost 14 ns a measure, since their stores meet objects
 * of every shape.
 */
abstract class OwnMeasure<A> implements LawfulMeasure<A> {
  abstract readonly support: readonly A[];
  abstract readonly law: Law;
  abstract readonly mass: Float64Array;
  abstract readonly logMass: Float64Array;

  static {
    // Isolated declarations allow no computed names in the class.
    Object.defineProperties(OwnMeasure.prototype, {
      [BRAND]: { value: true },
      [INSPECT]: {
        value(this: OwnMeasure<unknown>, depth: number, options: object, inspect: Inspect) {
          return printed(this, { ...options, depth }, inspect);
        },
      },
    });
  }

  toJSON(): object {
    return jsonOf(this);
  }
}

/** A measure as given by its masses. */
class GivenMeasure<A> extends OwnMeasure<A> {
  readonly support: readonly A[];
  readonly mass: Float64Array;
  readonly [MADE]: Made;

  constructor(support: readonly A[], law: Law, mass: Float64Array, makeLogMass = (): Float64Array => mass.map(log)) {
    super();
    this.support = support;
    this.mass = mass;
    this[MADE] = { law, makeLogMass, logMass: undefined };
  }

  get law(): Law {
    return this[MADE].law as Law;
  }

  get logMass(): Float64Array {
    const own = this[MADE];
    own.logMass ??= own.makeLogMass?.();
    return own.logMass as Float64Array;
  }
}

/** A measure as given by its log-masses. */
class LogGivenMeasure<A> extends OwnMeasure<A> {
  readonly support: readonly A[];
  readonly logMass: Float64Array;
  readonly [MADE]: Made;

  constructor(support: readonly A[], law: Law, logMass: Float64Array) {
    super();
    this.support = support;
    this.logMass = logMass;
    this[MADE] = { law, mass: undefined };
  }

  get law(): Law {
    return this[MADE].law as Law;
  }

  get mass(): Float64Array {
    const own = this[MADE];
    own.mass ??= this.logMass.map(exp);
    return own.mass;
  }
}

/** A law, read as probabilities. */
export class NormalizedMeasure<A> extends OwnMeasure<A> implements Distribution<A> {
  readonly support: readonly A[];
  readonly law: Law;

  constructor(support: readonly A[], law: Law, logNormalizer: number | (() => number)) {
    super();
    this.support = support;
    this.law = law;
    (this as { [MADE]?: Made })[MADE] = { mass: undefined, logMass: undefined, logNormalizer };
  }

  get mass(): Float64Array {
    const own = madeOf(this);
    own.mass ??= this.law.probabilities();
    return own.mass;
  }

  get logMass(): Float64Array {
    const own = madeOf(this);
    own.logMass ??= this.law.logProbabilities();
    return own.logMass;
  }

  get logNormalizer(): number {
    const own = madeOf(this);
    const logNormalizer = made(own.logNormalizer ?? 0);
    own.logNormalizer = logNormalizer;
    return logNormalizer;
  }
}

const madeOf = (p: object): Made => (p as { [MADE]: Made })[MADE];

/** The distribution that a law is on a support. */
export function distributionOf<A>(
  support: readonly A[],
  law: Law,
  logNormalizer: number | (() => number),
): Distribution<A> {
  return new NormalizedMeasure(support, law, logNormalizer);
}

/**
 * The measure itself where the library made it, also another copy of the library. Of any other object the measure is made
 * here: of its masses, its log-masses or both, or of the law that a structured clone or a spread of a distribution has.
 */
export function requireMeasure<A>(caller: string, argument: string, measure: Measure<A>): LawfulMeasure<A> {
  const own = measure as LawfulMeasure<A> & Branded;
  if (own?.[BRAND] === true && Law.isLaw(own.law)) return own;
  if (typeof measure !== "object" || measure === null || !("support" in measure))
    throw wrongType(caller, argument, "be a measure, made by measure(support, mass) or distribution(…)", measure);
  const support = requireSupport(caller, measure.support, `${argument}.support`);
  const read = (name: string, given: Partial<Law>) => readMasses(caller, argument + name, given, support.length);
  if (own.mass === undefined && own.logMass === undefined && own.law !== undefined) {
    const law = Law.isLaw(own.law) ? own.law : read(".law", requireObject(caller, `${argument}.law`, own.law)).law;
    requireLength(caller, `${argument}.law.weight`, law.weight, support.length);
    return new NormalizedMeasure(support, law, 0);
  }
  const { law, mass, logMass } = read("", measure as Partial<Law>);
  if (mass === undefined) return new LogGivenMeasure(support, law, logMass);
  return new GivenMeasure(support, law, mass, logMass && (() => logMass));
}

/**
 * The law of masses, of log-masses, or of both: then the mass counts where it is a normal double, and its logarithm
 * elsewhere, or everywhere with `fromLog`.
 */
function readMasses(caller: string, argument: string, given: Partial<Law>, size: number) {
  const logMass =
    given.logMass === undefined
      ? undefined
      : requireLogMass(caller, `${argument}.logMass`, fromJson(given.logMass), size);
  if (given.mass === undefined && logMass !== undefined) return { law: Law.fromLogMass(logMass), logMass };
  const mass = requireMass(caller, `${argument}.mass`, fromJson(given.mass), size, logMass);
  // A law that has log-weights needs them, also where they say no more than the weights.
  const { fromLog } = given;
  if (logMass === undefined || (fromLog === undefined && mass.every((m, i) => isNormal(m) || log(m) === logMass[i])))
    return { law: Law.fromMass(mass), mass };
  const wrong = mass.findIndex((m, i) => !isNormal(m) && !isExtreme(m, logMass[i]));
  if (wrong >= 0)
    throw outOfRange(caller, `${argument}.mass[${wrong}]`, `be e^${logMass[wrong]}, as logMass says`, mass[wrong]);
  return { law: Law.fromMass(mass, logMass, fromLog === true), mass, logMass };
}

/** Whether e^l may have been rounded to a mass that is no normal double: as a probability, where weights before it were small. */
const isExtreme = (m: number, l: number): boolean => (m < 1 ? l < -400 : l > 400);

/** The exact law proportional to a measure, whoever made the object. */
export function lawOf(caller: string, argument: string, measure: Measure): Law {
  return requireMeasure(caller, argument, measure).law;
}

/** Two measures that list the same answers in the same order. */
export function requirePair<A>(
  caller: string,
  ...[[nameP, p], [nameQ, q]]: readonly [
    [argument: string, measure: Measure<A>],
    [argument: string, measure: Measure<A>],
  ]
): [p: LawfulMeasure<A>, q: LawfulMeasure<A>] {
  const pair: [LawfulMeasure<A>, LawfulMeasure<A>] = [
    requireMeasure(caller, nameP, p),
    requireMeasure(caller, nameQ, q),
  ];
  requireSameSupport(caller, pair[0].support, pair[1].support, [nameP, nameQ]);
  return pair;
}

/** Masses, checked and copied. Where log-masses stand beside them, those too small or too large for a double may be 0 or ∞. */
function requireMass(caller: string, argument: string, mass: unknown, size: number, logMass?: Float64Array) {
  requireLength(caller, argument, mass, size);
  const out = requireNumbers(caller, argument, mass, logMass === undefined ? NON_NEGATIVE : ROUNDED);
  if (largestOf(out, 0) === 0 && !logMass?.every((l) => isExtreme(0, l)))
    throw outOfRange(caller, argument, "have a positive total", 0);
  return out;
}

/** Masses that may have been rounded to infinity. */
const ROUNDED: Condition = { ...NON_NEGATIVE, most: Infinity };

/** Log-masses below ∞, one above −∞ at least, checked and copied. */
function requireLogMass(caller: string, argument: string, logMass: unknown, size: number): Float64Array {
  requireLength(caller, argument, logMass, size);
  const out = requireNumbers(caller, argument, logMass, BELOW_INFINITY);
  if (largestOf(out, -Infinity) === -Infinity)
    throw outOfRange(caller, argument, "have an entry above -Infinity", -Infinity);
  return out;
}

/** The largest of some numbers, `least` where none is larger; −0 becomes 0 among them. */
function largestOf(values: Float64Array, least: number): number {
  let largest = least;
  for (let i = 0; i < values.length; i++) {
    values[i] += 0;
    if (values[i] > largest) largest = values[i];
  }
  return largest;
}

/**
 * The measure with the given masses: non-negative numbers of positive total, kept as they are.
 *
 * $$p(o) \ge 0, \quad 0 < \textstyle\sum_o p(o) < \infty$$
 *
 * Functions of laws read it as the law proportional to the masses; functions of measures (`power`, `product`,
 * `generalizedKlDivergence`) read the masses themselves. −0 counts as 0. Time and memory grow as K, the number of answers;
 * up to 10⁷ answers were tried.
 *
 * @param support distinct answers of any type; arrays are compared by their entries, other objects by identity
 * @param mass one mass an answer
 * @returns the measure; nothing of the arguments is kept or changed
 * @throws TypeError when an argument is no array, a mass is no number, or the lengths differ
 * @throws RangeError when the support is empty or repeats an answer, or a mass is negative, NaN or infinite, or all are 0
 * @example
 * ```ts
 * import { entropy, measure } from "exptilt";
 * const counts = measure(["yes", "no"], [3, 1]);
 * counts.mass // => [3, 1]
 * entropy(counts) // => 0.5623351446188083
 * entropy(JSON.parse(JSON.stringify(counts))) // => 0.5623351446188083
 * entropy(structuredClone(counts)) // => 0.5623351446188083
 * measure(["yes", "no"], [1, -1]) // throws RangeError
 * ```
 */
export function measure<A>(support: readonly A[], mass: ArrayLike<number>): Measure<A> {
  const answers = requireSupport("measure", support);
  const own = requireMass("measure", "mass", mass, answers.length);
  return new GivenMeasure(answers, Law.fromMass(own), own);
}

/**
 * The distribution proportional to the given masses: P(o) = mass(o)/Σ mass.
 *
 * $$P(o) = \frac{p(o)}{\sum_{o'} p(o')}$$
 *
 * The law is kept exactly: `mass` is its rounding, and functions of laws lose nothing to the division.
 *
 * @param support distinct answers of any type
 * @param mass one mass an answer, non-negative, of positive total
 * @returns the distribution, with log Σ mass in nats as its `logNormalizer`
 * @throws TypeError when an argument is no array, a mass is no number, or the lengths differ
 * @throws RangeError when the support is empty or repeats an answer, or a mass is negative, NaN or infinite, or all are 0
 * @example
 * ```ts
 * import { distribution } from "exptilt";
 * const p = distribution(["yes", "no"], [3, 1]);
 * p.mass // => [0.75, 0.25]
 * p.logNormalizer // => 1.3862943611198906
 * ```
 */
export function distribution<A>(support: readonly A[], mass: ArrayLike<number>): Distribution<A> {
  return distributionFrom("distribution", requireSupport("distribution", support), "mass", mass);
}

/** `distribution` under another function's name and argument, on a support that was checked. */
export function distributionFrom<A>(
  caller: string,
  support: readonly A[],
  argument: string,
  mass: ArrayLike<number>,
): Distribution<A> {
  const own = requireMass(caller, argument, mass, support.length);
  return normalized(new GivenMeasure(support, Law.fromMass(own), own));
}

/**
 * The measure with the given log-masses, in nats: log-probabilities of a language model as they come, −∞ for mass zero.
 *
 * $$p(o) = e^{\ell(o)}$$
 *
 * Masses beyond the range of a double live on in `logMass`; the law is exact in the logarithms given.
 *
 * @param support distinct answers of any type
 * @param logMass one log-mass an answer
 * @returns the measure
 * @throws TypeError when an argument is no array, a log-mass is no number, or the lengths differ
 * @throws RangeError when the support is empty or repeats an answer, or a log-mass is NaN or +∞, or all are −∞
 * @example
 * ```ts
 * import { fromLogMass, normalize } from "exptilt";
 * normalize(fromLogMass(["a", "b"], [-1000, -1001])).mass // => [0.7310585786, 0.2689414214]
 * normalize(fromLogMass(["a", "b"], [0, -800])).logMass // => [0, -800]
 * ```
 */
export function fromLogMass<A>(support: readonly A[], logMass: ArrayLike<number>): Measure<A> {
  const answers = requireSupport("fromLogMass", support);
  const own = requireLogMass("fromLogMass", "logMass", logMass, answers.length);
  return new LogGivenMeasure(answers, Law.fromLogMass(own), own);
}

/**
 * The uniform distribution 1/K on K answers.
 *
 * $$P(o) = \frac{1}{K}$$
 *
 * @param support distinct answers of any type
 * @returns the distribution, with log K as its `logNormalizer`
 * @throws TypeError when the support is no array
 * @throws RangeError when the support is empty or repeats an answer
 * @example
 * ```ts
 * import { uniform } from "exptilt";
 * uniform(["a", "b", "c", "d"]).mass // => [0.25, 0.25, 0.25, 0.25]
 * ```
 */
export function uniform<A>(support: readonly A[]): Distribution<A> {
  const answers = requireSupport("uniform", support);
  return distributionOf(answers, Law.fromMass(new Float64Array(answers.length).fill(1)), log(answers.length));
}

/**
 * The distribution proportional to a measure.
 *
 * $$P(o) = \frac{p(o)}{Z}, \quad Z = \sum_o p(o)$$
 *
 * @param p any measure
 * @returns the distribution, with log Σ mass in nats as its `logNormalizer` (0 for a distribution)
 * @throws TypeError when p is not a measure
 * @example
 * ```ts
 * import { measure, normalize } from "exptilt";
 * const p = normalize(measure(["a", "b"], [1e308, 1e308]));
 * p.mass // => [0.5, 0.5]
 * p.logNormalizer // => 709.889355822726
 * ```
 */
export function normalize<A>(p: Measure<A>): Distribution<A> {
  return normalized(requireMeasure("normalize", "p", p));
}

/** The same of a measure that was checked. */
export function normalized<A>(p: LawfulMeasure<A>): Distribution<A> {
  const { support, law } = p;
  if ("logNormalizer" in p) return distributionOf(support, law, 0);
  const { peak, rest } = law;
  return distributionOf(support, law, () => {
    const top = p.mass[peak];
    if (!law.fromLog && top === law.weight[peak]) return law.logTotal;
    return p.logMass[peak] + log1p((rest.hi + rest.lo) / law.weight[peak]);
  });
}

/** A measure whose law is known apart from its rounded masses, and whose log-masses are made when first read. */
export function computedMeasure<A>(
  support: readonly A[],
  law: Law,
  mass: Float64Array,
  logMass: () => Float64Array,
): Measure<A> {
  const made = new GivenMeasure(support, law, mass, logMass);
  // A copy of the measure needs the log-masses where a mass has left the doubles.
  if (mass.some((m, i) => !isNormal(m) && law.supports(i)))
    Object.defineProperty(made, "logMass", { value: logMass(), enumerable: true });
  return made;
}
