import {
  BELOW_INFINITY,
  NON_NEGATIVE,
  outOfRange,
  requireLength,
  requireNumbers,
  wrongType,
} from "../numeric/check.js";
import { exp, log, log1p } from "../numeric/elementary.js";
import { Law } from "./law.js";
import { requireSameSupport, requireSupport } from "./support.js";

/**
 * A finite measure: a list of distinct answers of any type, each with a mass ≥ 0, of positive total.
 *
 * The arrays are the measure's own: read them, do not write to them. `logMass` is made when it is first read.
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

/**
 * Arrays made when first read. They are kept apart from the measure, whose own fields are then plain and never written to:
 * a measure may be frozen, or seen through a Proxy, where private fields are out of reach.
 */
class Masses {
  #mass: Float64Array | (() => Float64Array);
  #logMass: Float64Array | (() => Float64Array);
  #logNormalizer: number | (() => number);

  constructor(
    mass: Float64Array | (() => Float64Array),
    logMass: Float64Array | (() => Float64Array),
    logNormalizer: number | (() => number) = 0,
  ) {
    this.#mass = mass;
    this.#logMass = logMass;
    this.#logNormalizer = logNormalizer;
  }

  get mass(): Float64Array {
    if (typeof this.#mass === "function") this.#mass = this.#mass();
    return this.#mass;
  }

  get logMass(): Float64Array {
    if (typeof this.#logMass === "function") this.#logMass = this.#logMass();
    return this.#logMass;
  }

  get logNormalizer(): number {
    if (typeof this.#logNormalizer === "function") this.#logNormalizer = this.#logNormalizer();
    return this.#logNormalizer;
  }
}

/** A measure as given: the numbers of the caller, and the law proportional to them. */
class GivenMeasure<A> implements LawfulMeasure<A> {
  readonly support: readonly A[];
  readonly law: Law;
  readonly masses: Masses;

  constructor(
    support: readonly A[],
    law: Law,
    mass: Float64Array | undefined,
    logMass: Float64Array | (() => Float64Array) | undefined,
  ) {
    this.support = support;
    this.law = law;
    this.masses = new Masses(mass ?? (() => this.logMass.map(exp)), logMass ?? (() => this.mass.map(log)));
  }

  get mass(): Float64Array {
    return this.masses.mass;
  }

  get logMass(): Float64Array {
    return this.masses.logMass;
  }
}

/** A law, read as probabilities. */
export class NormalizedMeasure<A> implements Distribution<A>, LawfulMeasure<A> {
  readonly support: readonly A[];
  readonly law: Law;
  readonly masses: Masses;

  constructor(support: readonly A[], law: Law, logNormalizer: number | (() => number)) {
    this.support = support;
    this.law = law;
    this.masses = new Masses(
      () => law.probabilities(),
      () => law.logProbabilities(),
      logNormalizer,
    );
  }

  get mass(): Float64Array {
    return this.masses.mass;
  }

  get logMass(): Float64Array {
    return this.masses.logMass;
  }

  get logNormalizer(): number {
    return this.masses.logNormalizer;
  }
}

/** The distribution that a law is on a support. */
export function distributionOf<A>(
  support: readonly A[],
  law: Law,
  logNormalizer: number | (() => number),
): Distribution<A> {
  return new NormalizedMeasure(support, law, logNormalizer);
}

const A_MEASURE = "be a measure, made by measure(support, mass) or distribution(…)";

/** The measure itself where the library made it; one of another make is read, and built here of its answers and masses. */
export function requireMeasure<A>(caller: string, argument: string, measure: Measure<A>): LawfulMeasure<A> {
  if ((measure instanceof NormalizedMeasure || measure instanceof GivenMeasure) && Law.isLaw(measure.law))
    return measure;
  if (typeof measure !== "object" || measure === null || !("support" in measure))
    throw wrongType(caller, argument, A_MEASURE, measure);
  const support = requireSupport(caller, measure.support, `${argument}.support`);
  const mass = requireMass(caller, `${argument}.mass`, measure.mass, support.length);
  return new GivenMeasure(support, Law.fromMass(mass), mass, undefined);
}

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

function requireMass(caller: string, argument: string, mass: ArrayLike<number>, size: number): Float64Array {
  requireLength(caller, argument, mass, size);
  const out = requireNumbers(caller, argument, mass, NON_NEGATIVE);
  let largest = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] += 0; // -0 + 0 is 0
    if (out[i] > largest) largest = out[i];
  }
  if (largest === 0) throw outOfRange(caller, argument, "have a positive total", 0);
  return out;
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
 * measure(["yes", "no"], [1, -1]) // throws RangeError
 * ```
 */
export function measure<A>(support: readonly A[], mass: ArrayLike<number>): Measure<A> {
  const answers = requireSupport("measure", support);
  const own = requireMass("measure", "mass", mass, answers.length);
  return new GivenMeasure(answers, Law.fromMass(own), own, undefined);
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
  return normalized(new GivenMeasure(support, Law.fromMass(own), own, undefined));
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
  requireLength("fromLogMass", "logMass", logMass, answers.length);
  const own = requireNumbers("fromLogMass", "logMass", logMass, BELOW_INFINITY);
  let top = -Infinity;
  for (let i = 0; i < own.length; i++) {
    own[i] += 0; // -0 + 0 is 0
    if (own[i] > top) top = own[i];
  }
  if (top === -Infinity) throw outOfRange("fromLogMass", "logMass", "have an entry above -Infinity", -Infinity);
  return new GivenMeasure(answers, Law.fromLogMass(own), undefined, own);
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
  if (p instanceof NormalizedMeasure) return distributionOf(support, law, 0);
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
  return new GivenMeasure(support, law, mass, logMass);
}
