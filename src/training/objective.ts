import { lawOf, type Measure } from "../measure/measure.js";
import { placesOf } from "../measure/support.js";
import { outOfRange } from "../numeric/check.js";
import { SMALLEST_NORMAL } from "../numeric/float64.js";
import { floats } from "../numeric/floats.js";
import { rangeOf } from "../numeric/peak.js";
import { exponentOf } from "../numeric/powerOfTwo.js";
import { solveSemidefinite, withDiagonal } from "../optimize/cholesky.js";
import { maxNorm } from "../optimize/lineSearch.js";
import type { Report, Smooth, Verdict } from "../optimize/smooth.js";
import { type LinearSoftmax, LogLinearQueries } from "./policies/logLinearQueries.js";
import type { ConditionalPolicy } from "./policies/policy.js";
import { SoftmaxTree } from "./policies/softmaxTree.js";

/** No Hessian is made for more variables. */
const MAX_HESSIAN_VARIABLES = 400;

/** The law of a measure in the order of a policy's answers: its probabilities and, when asked for, their logarithms. */
export interface TargetLaw {
  readonly coefficient: Float64Array;
  logCoefficient(): Float64Array;
}

export function targetLaw<A>(caller: string, argument: string, measure: Measure<A>, support: readonly A[]): TargetLaw {
  const law = lawOf(caller, argument, measure);
  const own = measure.support;
  if (own === support || (own.length === support.length && own.every((o, i) => Object.is(o, support[i])))) {
    return { coefficient: law.probabilities(floats(own.length)), logCoefficient: () => law.logProbabilities() };
  }
  const placeOf = placesOf(support);
  const places = own.map((answer, i) => {
    const at = placeOf(answer);
    if (at === undefined && law.supports(i))
      throw outOfRange(caller, `${argument}.support[${i}]`, "be an answer of the policy", answer);
    return at;
  });
  const placed = (values: Float64Array, empty: number) => {
    const out = new Float64Array(support.length).fill(empty);
    for (const [i, at] of places.entries()) if (at !== undefined) out[at] = values[i];
    return out;
  };
  return {
    coefficient: placed(law.probabilities(), 0),
    logCoefficient: () => placed(law.logProbabilities(), -Infinity),
  };
}

/** What of a policy an objective asks for. */
type Learner<A> = Omit<ConditionalPolicy<A>, "support" | "sample">;

/** A policy on one query, or on several in a row, and how much each answer counts in the likelihood. */
export interface Part<A, L extends Learner<A> = Learner<A>> {
  readonly on: L;
  readonly coefficient: Float64Array;
}

/** A part of a likelihood, with the logarithms of coefficients, which may be below the range of doubles. */
export interface LikelihoodPart<A, L extends Learner<A> = Learner<A>> extends Part<A, L> {
  logCoefficient(): Float64Array;
}

/** How far a unit of each parameter moves log-odds at most, on any query; 1 where a policy does not say. */
export function spreadOf<A>(size: number, parts: readonly Part<A>[], least?: Float64Array): Float64Array {
  const spread = least?.slice() ?? new Float64Array(size);
  for (const { on } of parts) for (let j = 0; j < size; j++) spread[j] = Math.max(spread[j], on.spread?.[j] ?? 1);
  return spread;
}

/**
 * The variables of a minimiser: parameters in units of their spread, rounded down to a power of two, which costs no digit. The
 * path of a method then depends on neither the units of a feature nor its offset.
 */
export class Units {
  /** 2^k of each variable. */
  readonly unit: Float64Array;
  /** How far a unit of each variable moves log-odds: from 1 to 2 where every policy has `inUnits`. */
  readonly spread: Float64Array;
  readonly #made = new Map<Learner<unknown>, Learner<unknown>>();

  constructor(size: number, parts: readonly Part<unknown>[]) {
    const spread = spreadOf(size, parts);
    const fixed = parts.some(({ on }) => on.inUnits === undefined);
    this.unit = spread.map((s) => (fixed || s === 0 ? 1 : 2 ** exponentOf(s)));
    this.spread = spread.map((s, i) => (s === 0 ? 1 : s / this.unit[i]));
  }

  /** θ of the variables x. */
  parameters(x: Float64Array): Float64Array {
    return x.map((v, i) => v / this.unit[i]);
  }

  /** The variables of parameters θ; a gradient by x becomes one by θ. */
  variables(theta: Float64Array): Float64Array {
    return theta.map((v, i) => v * this.unit[i]);
  }

  /** A part whose policy takes the variables for parameters. */
  part<P extends Part<unknown>>(part: P): P {
    if (this.unit.every((u) => u === 1)) return part;
    // Queries may share one policy.
    const on = this.#made.get(part.on) ?? part.on.inUnits?.(this.unit) ?? part.on;
    this.#made.set(part.on, on);
    return { ...part, on };
  }
}

/** Units from 2^−400 to 2^400: squares of features are within the doubles. */
const MAX_EXPONENT = 400;

/**
 * The queries of a log-linear policy as one part, in the given units. Undefined where a policy is another, where queries
 * share their features, and where these are too large or too small to be squared.
 */
export function joined(
  parts: readonly LikelihoodPart<unknown>[],
  { unit }: Units,
): LikelihoodPart<unknown, LogLinearQueries> | undefined {
  if (unit.some((u) => Math.abs(exponentOf(u)) > MAX_EXPONENT)) return undefined;
  const queries = new Set<LinearSoftmax>();
  for (const { on } of parts) {
    const linear = on instanceof SoftmaxTree ? on.linear : undefined;
    if (linear === undefined || queries.has(linear)) return undefined;
    queries.add(linear);
  }
  const on = new LogLinearQueries([...queries], unit);
  const inARow = (each: (part: LikelihoodPart<unknown>) => Float64Array): Float64Array => {
    const out = new Float64Array(on.starts[parts.length]);
    for (const [q, part] of parts.entries()) out.set(each(part), on.starts[q]);
    return out;
  };
  return {
    on,
    coefficient: inARow((part) => part.coefficient),
    logCoefficient: () => inARow((part) => part.logCoefficient()),
  };
}

/** Of a change of log-probabilities up to this, in nats, a bound will do. */
const MAX_SMALL_CHANGE = 1e-3;

/** An objective of a policy on several queries. */
export abstract class PolicyObjective<P extends Part<unknown>> implements Smooth {
  readonly size: number;
  protected readonly parts: readonly P[];
  protected readonly ridge: number;
  readonly #units: Units;
  /** A nat of the value in the caller's units. */
  readonly #scale: number;
  /** The Hessian last made. */
  #known: { readonly x: Float64Array; readonly hessian: Float64Array | undefined } | undefined;

  /** The parts are already in the given units; the ridge is not. */
  constructor(units: Units, parts: readonly P[], ridge: number, scale = 1) {
    this.size = units.unit.length;
    this.parts = parts;
    this.ridge = ridge;
    this.#units = units;
    this.#scale = scale;
  }

  abstract evaluate(x: Float64Array, gradient: Float64Array): number;
  abstract verdict(x: Float64Array, step: Float64Array | undefined): Verdict;

  hessian(x: Float64Array, within = 0): Float64Array | undefined {
    const known = this.#known;
    if (known !== undefined && this.#bound(x.map((v, j) => v - known.x[j])) <= within) return known.hessian;
    const hessian = this.information(x);
    this.#known = { x: x.slice(), hessian };
    return hessian;
  }

  curvature(x: Float64Array): Float64Array | undefined {
    const out = Float64Array.from(this.#units.unit, (u) => this.ridgeAt(u));
    for (const part of this.parts) {
      if (part.on.addCurvature === undefined) return undefined;
      part.on.addCurvature(x, this.weightOf(part, x), out);
    }
    return out;
  }

  report(value: number, gradient: Float64Array): Report {
    return { objective: -value * this.#scale, gradientNorm: maxNorm(this.#units.variables(gradient)) * this.#scale };
  }

  /** The weight of each answer's curvature. */
  protected weightOf({ coefficient }: P, _x: Float64Array): Float64Array {
    return coefficient;
  }

  /** The Hessian of Σ c(o) (−log π_θ(o)) and the ridge. */
  protected information(x: Float64Array): Float64Array | undefined {
    const n = this.size;
    if (n > MAX_HESSIAN_VARIABLES) return undefined;
    const out = new Float64Array(n * n);
    for (const { on, coefficient } of this.parts) {
      if (on.addInformation === undefined) return undefined;
      on.addInformation(x, coefficient, out);
    }
    for (const [i, u] of this.#units.unit.entries()) out[i * (n + 1)] += this.ridgeAt(u);
    return out;
  }

  change(x: Float64Array, step: Float64Array): number {
    const bound = this.#bound(step);
    if (bound <= MAX_SMALL_CHANGE) return bound;
    let most = 0;
    for (const { before, after } of this.moved(x, step)) {
      for (let o = 0; o < before.length; o++) {
        const d = Math.abs(after[o] - before[o]);
        if (d > most) most = d;
      }
    }
    return most;
  }

  /** A bound of the change of log-probabilities: log-odds change by no more than this, and they by no more than log-odds. */
  #bound(step: Float64Array): number {
    if (step.every((v) => v === 0)) return 0;
    if (!this.parts.every(({ on }) => on instanceof LogLinearQueries)) return Infinity;
    return step.reduce((s, v, j) => s + Math.abs(v) * this.#units.spread[j], 0);
  }

  /** The log-probabilities of the answers of each query before and after a step; they begin at `first` of those of a part. */
  protected *moved(
    x: Float64Array,
    step: Float64Array,
  ): Generator<{ part: P; before: Float64Array; after: Float64Array; first: number }> {
    const there = x.map((v, i) => v + step[i]);
    for (const part of this.parts) {
      // The policy may return the same array from both calls.
      const before = part.on.logProbabilities(x).slice();
      const after = part.on.logProbabilities(there);
      if (part.on instanceof LogLinearQueries) {
        const { starts } = part.on;
        for (let q = 0; q + 1 < starts.length; q++) {
          const [from, to] = [starts[q], starts[q + 1]];
          yield { part, before: before.subarray(from, to), after: after.subarray(from, to), first: from };
        }
      } else yield { part, before, after, first: 0 };
    }
  }

  /** ½ρ|θ|², with its gradient added. */
  protected penalty(x: Float64Array, gradient: Float64Array): number {
    if (this.ridge === 0) return 0;
    const { unit } = this.#units;
    let s = 0;
    for (let i = 0; i < x.length; i++) {
      const theta = x[i] / unit[i];
      s += theta * theta;
      gradient[i] += (this.ridge * theta) / unit[i];
    }
    return (this.ridge / 2) * s;
  }

  /** The ridge's second derivative by a variable of unit u. */
  protected ridgeAt(u: number): number {
    return Math.min(this.ridge / u / u, Number.MAX_VALUE);
  }
}

/** A step that lowers no answer of the target by more than this share of its largest change leads to infinity. */
const MAX_LOWERED_SHARE = 0.01;

/** Answers whose curvature is below this share of the largest have lost their probability. */
const MIN_CURVATURE_SHARE = 1e-8;

/** −Σ c(o) log π_θ(o|q) over queries and answers, + ½ρ|θ|². */
export class NegativeLogLikelihood extends PolicyObjective<LikelihoodPart<unknown>> {
  /** The coefficients of each part, negated, where they have been needed. */
  readonly #negative: Float64Array[] = [];

  evaluate(x: Float64Array, gradient: Float64Array): number {
    gradient.fill(0);
    let value = this.penalty(x, gradient);
    for (const [q, { on, coefficient }] of this.parts.entries()) {
      if (on instanceof LogLinearQueries) {
        value += on.addLikelihood(x, coefficient, gradient);
        continue;
      }
      const log = on.logProbabilities(x);
      for (let o = 0; o < log.length; o++) if (coefficient[o] > 0) value -= coefficient[o] * log[o];
      this.#negative[q] ??= coefficient.map((c) => -c);
      on.addGradient(x, this.#negative[q], gradient);
    }
    return value;
  }

  /**
   * The optimum lies at infinity in a direction that lowers answers outside the target's support, and none inside it. Where
   * the target has mass on all answers, as tilts of ref do, the optimum is finite, however small the mass.
   */
  verdict(x: Float64Array, step: Float64Array | undefined): Verdict {
    const direction = this.ridge > 0 ? undefined : (step ?? this.#away(x));
    if (direction === undefined) return "gradient";
    let [most, lowered] = [0, 0];
    const targets = new Map(this.parts.map((part) => [part, part.logCoefficient()]));
    for (const { part, before, after, first } of this.moved(x, direction)) {
      const target = targets.get(part) as Float64Array;
      let [up, down] = [-Infinity, Infinity];
      for (let o = 0; o < before.length; o++) {
        if (before[o] === -Infinity) continue;
        const d = after[o] - before[o];
        up = Math.max(up, d);
        if (target[first + o] > -Infinity) down = Math.min(down, d);
        most = Math.max(most, Math.abs(d));
      }
      lowered = Math.max(lowered, up - down);
    }
    return most > 0 && lowered <= MAX_LOWERED_SHARE * most ? "unbounded" : "gradient";
  }

  /**
   * The direction that lowers the answers outside the target's support, less the part that the objective's curvature opposes.
   * Undefined where the target has mass on all answers.
   */
  #away(x: Float64Array): Float64Array | undefined {
    const n = this.size;
    if (this.parts.every(({ coefficient }) => rangeOf(coefficient).bottom > 0)) return undefined;
    const out = new Float64Array(n);
    for (const { on, logCoefficient } of this.parts) {
      const missing = logCoefficient().map((l) => (l === -Infinity ? -1 : 0));
      on.addGradient(x, missing, out);
    }
    if (maxNorm(out) === 0) return undefined;
    const hessian = this.hessian(x);
    const scale = hessian === undefined ? this.curvature(x) : x.map((_, i) => hessian[i * (n + 1)]);
    if (scale === undefined) return undefined;
    const felt = MIN_CURVATURE_SHARE * maxNorm(scale);
    if (!(felt > SMALLEST_NORMAL)) return scaledTo1(out);
    if (hessian === undefined) return scaledTo1(out.map((v, i) => v / (scale[i] + felt)));
    return scaledTo1(solveSemidefinite(withDiagonal(hessian, n, felt), out));
  }
}

/** The same direction with a largest entry of size 1. */
function scaledTo1(direction: Float64Array): Float64Array {
  const size = maxNorm(direction);
  return direction.map((v) => v / size);
}
