import type { Measure } from "../measure/measure.js";
import { lawOf } from "../measure/measure.js";
import { answerKey } from "../measure/support.js";
import { outOfRange } from "../numeric/check.js";
import type { ConditionalPolicy, Policy } from "./policy.js";

/** A function to be made small, as the minimisers see it. */
export interface Smooth {
  /** The number of variables. */
  readonly size: number;
  /** The value at x; the gradient is written into `gradient`. */
  evaluate(x: Float64Array, gradient: Float64Array): number;
  /** The Hessian, positive semidefinite; undefined where there is none to be had. */
  hessian(x: Float64Array): Float64Array | undefined;
  /** A positive diagonal of the Hessian's size, 0 where a variable does nothing; undefined where there is none. */
  curvature(x: Float64Array): Float64Array | undefined;
  /** The largest change of a log-probability, in nats, that a step from x makes. */
  change(x: Float64Array, step: Float64Array): number;
}

/** Vectors of more variables than this are not given a Hessian. */
const DENSE = 400;

/** The law of a measure as coefficients in the order of a policy's answers. */
export function coefficients<A>(
  caller: string,
  argument: string,
  measure: Measure<A>,
  support: readonly A[],
): Float64Array {
  const p = lawOf(caller, argument, measure).probabilities();
  const own = measure.support;
  if (own === support || (own.length === support.length && own.every((o, i) => Object.is(o, support[i])))) return p;
  const place = new Map(support.map((answer, i) => [answerKey(answer), i]));
  const out = new Float64Array(support.length);
  for (const [i, answer] of own.entries()) {
    const at = place.get(answerKey(answer));
    if (at !== undefined) out[at] += p[i];
    else if (p[i] > 0) throw outOfRange(caller, `${argument}.support[${i}]`, "be an answer of the policy", answer);
  }
  return out;
}

/** A policy on one query, and how much each answer counts in the likelihood. */
export interface Part<A> {
  readonly on: ConditionalPolicy<A>;
  readonly coefficient: Float64Array;
}

/** What is shared by the objectives of a policy on several queries: curvature and the effect of a step. */
export abstract class PolicyObjective<Q, A> implements Smooth {
  readonly size: number;
  protected readonly parts: readonly Part<A>[];
  protected readonly ridge: number;

  constructor(policy: Policy<Q, A>, parts: readonly Part<A>[], ridge: number) {
    this.size = policy.size;
    this.parts = parts;
    this.ridge = ridge;
  }

  abstract evaluate(x: Float64Array, gradient: Float64Array): number;
  abstract hessian(x: Float64Array): Float64Array | undefined;

  curvature(x: Float64Array): Float64Array | undefined {
    const out = new Float64Array(this.size).fill(this.ridge);
    for (const { on, coefficient } of this.parts) {
      if (on.addCurvature === undefined) return undefined;
      on.addCurvature(x, coefficient, out);
    }
    return out;
  }

  change(x: Float64Array, step: Float64Array): number {
    const there = x.map((v, i) => v + step[i]);
    let most = 0;
    for (const { on } of this.parts) {
      // Two calls of the policy may share one array.
      const before = on.logProbabilities(x).slice();
      const after = on.logProbabilities(there);
      for (let o = 0; o < before.length; o++) {
        const d = Math.abs(after[o] - before[o]);
        if (d > most) most = d;
      }
    }
    return most;
  }

  /** ½ρ|x|², with its gradient added. */
  protected penalty(x: Float64Array, gradient: Float64Array): number {
    if (this.ridge === 0) return 0;
    let s = 0;
    for (let i = 0; i < x.length; i++) {
      s += x[i] * x[i];
      gradient[i] += this.ridge * x[i];
    }
    return (this.ridge / 2) * s;
  }
}

/** −Σ c(o) log π_θ(o|q) over queries and answers, + ½ρ|θ|². */
export class NegativeLogLikelihood<Q, A> extends PolicyObjective<Q, A> {
  readonly #negative: readonly Float64Array[];

  constructor(policy: Policy<Q, A>, parts: readonly Part<A>[], ridge: number) {
    super(policy, parts, ridge);
    this.#negative = parts.map(({ coefficient }) => coefficient.map((c) => -c));
  }

  evaluate(x: Float64Array, gradient: Float64Array): number {
    gradient.fill(0);
    let value = this.penalty(x, gradient);
    for (const [q, { on, coefficient }] of this.parts.entries()) {
      const log = on.logProbabilities(x);
      for (let o = 0; o < log.length; o++) if (coefficient[o] > 0) value -= coefficient[o] * log[o];
      on.addGradient(x, this.#negative[q], gradient);
    }
    return value;
  }

  hessian(x: Float64Array): Float64Array | undefined {
    const n = this.size;
    if (n > DENSE) return undefined;
    const out = new Float64Array(n * n);
    for (const { on, coefficient } of this.parts) {
      if (on.addInformation === undefined) return undefined;
      on.addInformation(x, coefficient, out);
    }
    for (let i = 0; i < n; i++) out[i * n + i] += this.ridge;
    return out;
  }
}
