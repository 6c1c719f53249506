import {
  BELOW_INFINITY,
  type Condition,
  NON_NEGATIVE,
  outOfRange,
  requireLength,
  requireNumbers,
} from "../../numeric/check.js";
import { exp, log, log1p } from "../../numeric/elementary.js";
import { logSumExp } from "../../numeric/logSumExp.js";
import { peakOf } from "../../numeric/peak.js";
import { requireRandom } from "../../numeric/random.js";
import type { LinearSoftmax } from "./logLinearQueries.js";
import type { ConditionalPolicy } from "./policy.js";

/**
 * Where each choice leads. A context is a prefix of an answer; each of its outcomes is one more token, which completes an
 * answer or opens the next context. A policy that chooses whole answers has one context. A context comes after the one that
 * leads to it.
 */
export interface ContextTree {
  /** The number of outcomes of each context. */
  readonly outcomes: number;
  /** The number of contexts. */
  readonly contexts: number;
  /** For each outcome of each context, the context it opens, or ~i where it completes answer i. */
  readonly next: Int32Array;
}

/** How parameters give the logits of every outcome of every context: one row each. */
export interface Logits {
  /** The number of parameters. */
  readonly size: number;
  /** How far a unit of each parameter moves two logits apart at most; 1 where left out. */
  readonly spread?: Float64Array;
  /** What linear logits are made of. */
  readonly linear?: LinearSoftmax;
  /** The same logits as a function of the parameters θ·unit. */
  inUnits?(unit: Float64Array): Logits;
  /** Writes the logits of all rows. */
  fill(parameters: Float64Array, out: Float64Array): void;
  /** gradient += Σ_row c(row) ∇ logit(row). */
  addTransposed(coefficient: Float64Array, gradient: Float64Array): void;
  /** matrix += Σ_context total · Cov_p(∇ logit), p the probabilities of the rows. */
  addCovariance(tree: ContextTree, total: Float64Array, p: Float64Array, matrix: Float64Array): void;
  /** The diagonal of that alone, or a bound of it; `through` is the coefficient that passes through each row. */
  addVariance(tree: ContextTree, total: Float64Array, p: Float64Array, through: Float64Array, out: Float64Array): void;
  /** The parameters whose logits are these, where every logit has its own. */
  invert?(logits: Float64Array): Float64Array;
}

/** A policy that is a softmax in every context of a tree, as all policies of this library are. */
export class SoftmaxTree<A> implements ConditionalPolicy<A> {
  readonly support: readonly A[];
  readonly size: number;
  readonly spread?: Float64Array;
  readonly inUnits?: (unit: Float64Array) => ConditionalPolicy<A>;
  readonly maximizer?: (coefficient: Float64Array, logCoefficient?: Float64Array) => Float64Array;
  readonly #tree: ContextTree;
  readonly #logits: Logits;
  /** The parameters last seen, and the log-probability of each row at them. */
  #at: Float64Array | undefined;
  #logRow: Float64Array | undefined;

  constructor(support: readonly A[], tree: ContextTree, logits: Logits) {
    this.support = support;
    this.size = logits.size;
    this.#tree = tree;
    this.#logits = logits;
    const { invert, spread } = logits;
    if (spread !== undefined) this.spread = spread;
    this.inUnits = (unit) => {
      const scaled = logits.inUnits?.(unit);
      return scaled === undefined ? this : new SoftmaxTree(support, tree, scaled);
    };
    if (invert !== undefined) {
      const read = (argument: string, values: ArrayLike<number>, condition: Condition) =>
        requireNumbers("maximizer", argument, requireLength("maximizer", argument, values, support.length), condition);
      this.maximizer = (coefficient, logCoefficient) => {
        const c = read("coefficient", coefficient, NON_NEGATIVE);
        if (logCoefficient === undefined) return invert(this.#frequencies(c).map(log));
        return invert(this.#logFrequencies(read("logCoefficient", logCoefficient, BELOW_INFINITY)));
      };
    }
  }

  /** Where this is one softmax of linear logits, what these are made of. */
  get linear(): LinearSoftmax | undefined {
    return this.#tree.contexts === 1 ? this.#logits.linear : undefined;
  }

  logProbabilities(parameters: Float64Array): Float64Array {
    const logRow = this.#rows(parameters);
    const { contexts, outcomes, next } = this.#tree;
    const path = new Float64Array(contexts);
    const out = new Float64Array(this.support.length);
    for (let c = 0, row = 0; c < contexts; c++) {
      for (const end = row + outcomes; row < end; row++) {
        const to = next[row];
        if (to < 0) out[~to] = path[c] + logRow[row];
        else path[to] = path[c] + logRow[row];
      }
    }
    return out;
  }

  addGradient(parameters: Float64Array, coefficient: Float64Array, gradient: Float64Array): void {
    const logRow = this.#rows(parameters);
    const { through, total } = this.#gather(coefficient);
    const { contexts, outcomes } = this.#tree;
    for (let c = 0; c < contexts; c++) {
      const first = c * outcomes;
      const peak = peakOf(logRow, first, first + outcomes);
      // The differences c − total·p add up to 0. Rounding spoils the one at p near 1, so it is taken from the others.
      let others = 0;
      for (let row = first; row < first + outcomes; row++) {
        if (row === peak) continue;
        through[row] -= total[c] * exp(logRow[row]);
        others += through[row];
      }
      through[peak] = -others;
    }
    this.#logits.addTransposed(through, gradient);
  }

  addInformation(parameters: Float64Array, coefficient: Float64Array, information: Float64Array): void {
    const p = this.#rows(parameters).map(exp);
    this.#logits.addCovariance(this.#tree, this.#gather(coefficient).total, p, information);
  }

  addCurvature(parameters: Float64Array, coefficient: Float64Array, diagonal: Float64Array): void {
    const p = this.#rows(parameters).map(exp);
    const { through, total } = this.#gather(coefficient);
    this.#logits.addVariance(this.#tree, total, p, through, diagonal);
  }

  sample(parameters: Float64Array, rng: () => number): A {
    const logRow = this.#rows(parameters);
    const { outcomes, next } = this.#tree;
    const random = requireRandom("sample", rng);
    for (let context = 0; ; ) {
      const first = context * outcomes;
      let left = random();
      let row = first;
      // Where rounding leaves some of the unit interval after the last outcome, it belongs to the last possible one.
      for (let r = first; r < first + outcomes; r++) {
        const p = exp(logRow[r]);
        if (Number.isNaN(p)) throw outOfRange("sample", "logits", "have a finite maximum", p);
        if (p === 0) continue;
        row = r;
        left -= p;
        if (left < 0) break;
      }
      if (next[row] < 0) return this.support[~next[row]];
      context = next[row];
    }
  }

  /** The coefficient that passes through each row and each context, from the leaves up. */
  #gather(coefficient: Float64Array): { through: Float64Array; total: Float64Array } {
    const { contexts, outcomes, next } = this.#tree;
    const through = new Float64Array(next.length);
    const total = new Float64Array(contexts);
    for (let c = contexts - 1; c >= 0; c--) {
      let s = 0;
      for (let row = c * outcomes; row < (c + 1) * outcomes; row++) {
        const to = next[row];
        const x = to < 0 ? coefficient[~to] : total[to];
        through[row] = x;
        s += x;
      }
      total[c] = s;
    }
    return { through, total };
  }

  /** How often each outcome follows its context; uniform where the context never occurs. */
  #frequencies(coefficient: Float64Array): Float64Array {
    const { through, total } = this.#gather(coefficient);
    const { outcomes } = this.#tree;
    return through.map((x, row) => {
      const t = total[Math.floor(row / outcomes)];
      return t > 0 ? x / t : 1 / outcomes;
    });
  }

  /** The logarithms of these frequencies, from logarithms of coefficients that underflow. */
  #logFrequencies(logCoefficient: Float64Array): Float64Array {
    const { contexts, outcomes, next } = this.#tree;
    const through = new Float64Array(next.length);
    const total = new Float64Array(contexts);
    for (let c = contexts - 1; c >= 0; c--) {
      const [from, to] = [c * outcomes, (c + 1) * outcomes];
      for (let row = from; row < to; row++)
        through[row] = next[row] < 0 ? logCoefficient[~next[row]] : total[next[row]];
      total[c] = logSumExp(through.subarray(from, to));
      if (total[c] > -Infinity) logSoftmaxInPlace(through, from, to);
      else through.fill(-log(outcomes), from, to);
    }
    return through;
  }

  /** The log-softmax of every context, kept for the parameters last seen. */
  #rows(parameters: Float64Array): Float64Array {
    this.#logRow ??= new Float64Array(this.#tree.next.length);
    const logRow = this.#logRow;
    if (this.#at !== undefined && equal(this.#at, parameters)) return logRow;
    this.#logits.fill(parameters, logRow);
    const { contexts, outcomes } = this.#tree;
    for (let c = 0; c < contexts; c++) logSoftmaxInPlace(logRow, c * outcomes, (c + 1) * outcomes);
    this.#at = parameters.slice();
    return logRow;
  }
}

function equal(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * Entries become their log-softmax. The largest stays out of the sum, so that log-probabilities near 0 keep their digits.
 * Where none is finite, or one is NaN or +∞, all become NaN.
 */
function logSoftmaxInPlace(x: Float64Array, from: number, to: number): void {
  const peak = peakOf(x, from, to);
  const top = x[peak];
  let rest = 0;
  for (let i = from; i < to; i++) {
    x[i] -= top;
    if (i !== peak) rest += exp(x[i]);
  }
  const log = log1p(rest);
  for (let i = from; i < to; i++) x[i] -= log;
}
