import { pow } from "../numeric/elementary.js";
import { solveSemidefinite, withDiagonal } from "./cholesky.js";
import { dot, lineSearch, maxNorm, type Point, pointAt } from "./lineSearch.js";
import type { Smooth } from "./smooth.js";

/** A method of descent. Its whole state is in `memory`, so that a run can be stopped, stored and resumed. */
export interface Descent {
  /** The vectors that it carries from step to step. */
  memory: Float64Array[];
  /** The next point; undefined where none is lower. */
  advance(f: Smooth, at: Point, iteration: number): Point | undefined;
}

/** The largest step: a Hessian near underflow would ask for steps of any length. */
const MAX_STEP_NATS = 1e6;

/** Minus the gradient over the Hessian, or one within so many nats, or where there is none over the diagonal curvature. */
export function newtonStep(f: Smooth, { x, gradient }: Point, within = 0): Float64Array | undefined {
  const hessian = f.hessian(x, within);
  if (hessian !== undefined) return stepBy(hessian, gradient);
  const scale = f.curvature(x);
  return scale && divided(gradient, scale).map(shortened);
}

function stepBy(hessian: Float64Array, gradient: Float64Array): Float64Array {
  return solveSemidefinite(hessian, gradient).map(shortened);
}

/** −v, cut to the largest step. */
const shortened = (v: number): number => (Number.isNaN(v) ? 0 : Math.max(-MAX_STEP_NATS, Math.min(MAX_STEP_NATS, -v)));

/** v over a diagonal, 0 where that is 0. */
function divided(v: Float64Array, scale: Float64Array | undefined): Float64Array {
  return scale === undefined ? v : v.map((x, i) => (scale[i] > 0 ? x / scale[i] : 0));
}

/** A step of Newton's method is tried where it leaves at most this share of the gradient. */
const MAX_RESIDUAL_SHARE = 0.1;

/**
 * Newton's method with a line search. The Hessian is regularised where rounding has cost it a direction that the
 * gradient has, and where no step goes down.
 */
export function newton(): Descent {
  return {
    memory: [],
    advance(f, at) {
      const hessian = f.hessian(at.x);
      if (hessian === undefined) return undefined;
      const most = maxNorm(at.gradient);
      const step = stepBy(hessian, at.gradient);
      const left = at.gradient.map((g, i) => g + dot(hessian.subarray(i * f.size, (i + 1) * f.size), step));
      const next = maxNorm(left) <= MAX_RESIDUAL_SHARE * most ? lineSearch(f, at, step, 1) : undefined;
      if (next !== undefined) return next;
      return lineSearch(f, at, stepBy(withDiagonal(hessian, f.size, most), at.gradient), 1);
    },
  };
}

/**
 * L-BFGS (Nocedal 1980): the inverse Hessian from the last few steps, on top of the diagonal that the policy offers, or
 * of a multiple of the identity.
 */
export function lbfgs(depth: number, memory: Float64Array[] = []): Descent {
  return {
    memory,
    advance(f, at) {
      const scale = f.curvature(at.x);
      const short = 1 / (1 + Math.sqrt(dot(at.gradient, at.gradient)));
      const first = this.memory.length > 0 || scale ? 1 : short;
      let next = lineSearch(f, at, twoLoop(this.memory, at.gradient, scale), first);
      if (next === undefined && this.memory.length > 0) {
        // The memory may no longer fit: begin again along the gradient.
        this.memory = [];
        next = lineSearch(f, at, twoLoop([], at.gradient, scale), scale ? 1 : short);
      }
      if (next === undefined) return undefined;
      const to = next;
      // A variable at −∞ stays there: it has moved by nothing.
      const s = to.x.map((v, i) => (v === at.x[i] ? 0 : v - at.x[i]));
      const y = to.gradient.map((v, i) => v - at.gradient[i]);
      if (dot(s, y) > 0) this.memory = [...this.memory, s, y].slice(-2 * depth);
      return to;
    },
  };
}

/** −H·gradient by the two-loop recursion; memory holds steps and changes of gradient in turn, the latest last. */
function twoLoop(memory: readonly Float64Array[], gradient: Float64Array, scale: Float64Array | undefined) {
  const q = gradient.slice();
  const alpha: number[] = [];
  for (let k = memory.length - 2; k >= 0; k -= 2) {
    const [s, y] = [memory[k], memory[k + 1]];
    const a = dot(s, q) / dot(s, y);
    alpha.push(a);
    for (let i = 0; i < q.length; i++) q[i] -= a * y[i];
  }
  let gamma = 1;
  if (memory.length > 0) {
    const [s, y] = memory.slice(-2);
    const ratio = dot(s, y) / dot(y, divided(y, scale));
    if (ratio > 0 && ratio < Infinity) gamma = ratio;
  }
  const r = divided(q, scale).map((x) => gamma * x);
  for (let k = 0; k < memory.length; k += 2) {
    const [s, y] = [memory[k], memory[k + 1]];
    const b = dot(y, r) / dot(s, y);
    const a = alpha.pop() ?? 0;
    for (let i = 0; i < r.length; i++) r[i] += (a - b) * s[i];
  }
  for (let i = 0; i < r.length; i++) r[i] = -r[i];
  return r;
}

/** The length of Adam's steps, and how it falls. */
export interface AdamRate {
  /** The first step's size: how far it moves log-odds at most, in nats. */
  readonly learningRate: number;
  /** The number of steps after which it has halved. */
  readonly halfLife: number;
  /** How much of the second moment a step keeps: little where gradients are exact and vanish, much where they are noisy. */
  readonly secondMoment: number;
}

/**
 * One step of Adam (Kingma and Ba 2015) on a gradient; `memory` holds both moments and is changed. `spread` is how far a unit
 * of each variable moves log-odds: steps are over it.
 */
export function adamStep(
  x: Float64Array,
  gradient: Float64Array,
  memory: Float64Array[],
  iteration: number,
  { learningRate, halfLife, secondMoment: b2 }: AdamRate,
  spread: Float64Array,
): Float64Array {
  const b1 = 0.9;
  const [m, v] = memory;
  const rate = learningRate * pow(2, -iteration / halfLife);
  const c1 = 1 - pow(b1, iteration + 1);
  const c2 = 1 - pow(b2, iteration + 1);
  return x.map((value, i) => {
    m[i] = b1 * m[i] + (1 - b1) * gradient[i];
    v[i] = b2 * v[i] + (1 - b2) * gradient[i] * gradient[i];
    return v[i] > 0 ? value - ((rate / spread[i]) * (m[i] / c1)) / Math.sqrt(v[i] / c2) : value;
  });
}

/** Adam: an iteration takes one step on each of the given functions in turn, which together make up f. */
export function adam(
  spread: Float64Array,
  rate: AdamRate,
  pass: (iteration: number) => readonly Smooth[],
  memory: Float64Array[] = [],
): Descent {
  return {
    memory: memory.length === 2 ? memory : [new Float64Array(spread.length), new Float64Array(spread.length)],
    advance(f, at, iteration) {
      const batches = pass(iteration);
      let x = at.x;
      for (const [b, batch] of batches.entries()) {
        const { gradient } = batch === f && b === 0 ? at : pointAt(batch, x);
        x = adamStep(x, gradient, this.memory, iteration * batches.length + b, rate, spread);
      }
      return pointAt(f, x);
    },
  };
}
