import { AliasTable } from "../numeric/aliasTable.js";
import { type Condition, requireNumber, wrongType } from "../numeric/check.js";
import { twoProduct, twoSum } from "../numeric/doubleDouble.js";
import { ExactSum } from "../numeric/exactSum.js";
import { requireRandom } from "../numeric/random.js";
import type { Law } from "./law.js";
import { lawOf, type Measure, requireMeasure } from "./measure.js";

/**
 * Draws answers from a law.
 *
 * @typeParam A the type of an answer
 */
export interface Sampler<A = unknown> {
  /** The next answer. */
  (): A;
  /** The index in the support of the next answer: the fastest way to draw one. */
  index(): number;
  /**
   * Fills an array with the indices of as many answers.
   *
   * @param out where the indices go
   * @returns the same array
   */
  fill(out: Int32Array): Int32Array;
}

/** The sampler that draws indices by a function. */
export function samplerOf<A>(caller: string, support: readonly A[], index: () => number): Sampler<A> {
  return Object.assign(() => support[index()], {
    index,
    fill: (out: Int32Array) => {
      if (!(out instanceof Int32Array)) throw wrongType(caller, "out", "be an Int32Array", out);
      for (let i = 0; i < out.length; i++) out[i] = index();
      return out;
    },
  });
}

/** The alias table of a law. */
export function aliasTableOf({ weight, total }: Law): AliasTable {
  return new AliasTable(weight, total);
}

/**
 * Draws answers from the law proportional to p, in constant time each, by an alias table (Walker 1977, Vose 1991).
 *
 * Each draw takes two numbers of the source, and is the same for the same numbers in every engine: the table is built
 * with + − × ÷ alone. Answers of probability 0 are never drawn; a probability keeps its relative accuracy however small,
 * which drawing by the cumulative distribution cannot give it. Building takes time proportional to K.
 *
 * @param p any measure, read as the law proportional to it
 * @param rng gives uniform numbers in [0, 1): `randomSource`, or `Math.random`
 * @returns the sampler
 * @throws TypeError when p is no measure or rng no function
 * @example
 * ```ts
 * import { categoricalSampler, measure, randomSource } from "exptilt";
 * const draw = categoricalSampler(measure(["a", "b", "c"], [1, 0, 3]), randomSource(7));
 * const answers = Array.from({ length: 4000 }, draw);
 * answers.includes("b") // => false
 * Math.round(answers.filter((answer) => answer === "c").length / 100) // => 30
 * ```
 */
export function categoricalSampler<A>(p: Measure<A>, rng: () => number): Sampler<A> {
  const caller = "categoricalSampler";
  const { support, law } = requireMeasure(caller, "p", p);
  const draw = aliasTableOf(law).drawBy(requireRandom(caller, rng));
  return samplerOf(caller, support, draw);
}

/**
 * The probabilities that `categoricalSampler` draws with, read off its alias table: those of the law within a relative
 * 1e−15 or so, so that nothing but the random numbers themselves separates a sample from its law.
 *
 * @param p any measure, read as the law proportional to it
 * @returns the probability of each answer, as the table has it
 * @throws TypeError when p is no measure
 * @example
 * ```ts
 * import { measure, samplingProbabilities } from "exptilt";
 * samplingProbabilities(measure(["a", "b"], [1, 1e-20])) // => [1, 1e-20]
 * ```
 */
export function samplingProbabilities(p: Measure): Float64Array {
  return aliasTableOf(lawOf("samplingProbabilities", "p", p)).probabilities();
}

const LEVEL: Condition = { least: 0, most: 1 - 2 ** -53, says: "be in [0, 1)" };

/** A bound of the relative error of a compensated sum, for each of its terms; the error is some 2⁻¹⁰⁵. */
const MAX_TERM_ERROR = 2 ** -102;
const UPSCALE = 2 ** 500;

/** Whether Σ_{j ≤ i} w_j > u Σ w, exactly. */
function exceeds(weight: Float64Array, i: number, u: number): boolean {
  const difference = new ExactSum();
  for (let j = 0; j < weight.length; j++) {
    // Scaled, so that no product of a small u with a weight meets the subnormal range.
    const { hi, lo } = twoProduct(-u * UPSCALE, weight[j]);
    if (j <= i) difference.add(weight[j] * UPSCALE);
    difference.add(hi);
    difference.add(lo);
  }
  return difference.value > 0;
}

/**
 * The quantile of a law over its answers in their order: the index of the first answer at which the cumulative
 * probability exceeds u. Drawing with it by a uniform u costs one pass, needs no table, and couples laws: equal u give
 * answers as near as the laws are.
 *
 * $$\min \Bigl\lbrace i : \textstyle\sum_{j \le i} P(o_j) > u \Bigr\rbrace$$
 *
 * Answers of probability 0 are never given. The comparison is that of exact arithmetic on the masses and u as given: at
 * u = 1/3 and three equal masses the first answer, because the double 1/3 is below a third.
 *
 * @param p any measure, read as the law proportional to it
 * @param u a number in [0, 1)
 * @returns the index of the answer in the support
 * @throws TypeError when p is no measure or u no number
 * @throws RangeError when u is outside [0, 1)
 * @example
 * ```ts
 * import { categoricalQuantile, measure } from "exptilt";
 * const p = measure(["a", "b", "c"], [1, 0, 3]);
 * [0, 0.2, 0.25, 0.99].map((u) => categoricalQuantile(p, u)) // => [0, 0, 2, 2]
 * ```
 */
export function categoricalQuantile(p: Measure, u: number): number {
  const caller = "categoricalQuantile";
  const { weight, total } = lawOf(caller, "p", p);
  const level = requireNumber(caller, "u", u, LEVEL);
  // The sign of Σ_{j ≤ i} w_j − u Σ w decides: from double-double, or from exact sums where it is too near 0.
  const unsure = MAX_TERM_ERROR * weight.length * total.hi;
  const { hi: target, lo: error } = twoProduct(level, total.hi);
  let [hi, lo] = [-target, -error - level * total.lo];
  for (let i = 0; i < weight.length; i++) {
    if (weight[i] === 0) continue;
    const s = twoSum(hi, weight[i]);
    hi = s.hi;
    lo += s.lo;
    const above = hi + lo;
    if (Math.abs(above) <= unsure ? exceeds(weight, i, level) : above > 0) return i;
  }
  throw new Error("the whole of a law exceeds every u below 1");
}
