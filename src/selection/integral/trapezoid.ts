import { exp, expm1, log } from "../../numeric/elementary.js";

/**
 * The integrals of this floor are ∫₀^∞ f(t) dt with t = e^u, by the trapezoid rule on the nodes u = m·step, m whole.
 *
 * What makes that exact: f is e^{−tw} times a power series of e^{−t w_j} with non-negative coefficients, so that on the
 * ray t·e^{iθ} it is bounded by its own value at t·cos θ, and the integral along the ray by 1/cos θ times the integral
 * itself. Shifting the contour to θ near π/2 bounds the rule's relative error by min_θ 2/(e^{2πθ/step} cos θ), 1e−15 at
 * step 1/4, whatever the rewards, N and the answer.
 *
 * What makes it fast: log-weights are split on the same grid, x = X·step + f with X whole, so that t·w = e^{(m+X)·step}·e^f
 * needs no exponential, and j = m + X says on which side of its window an answer is: `low` (t·w small, a Taylor series),
 * active, or gone.
 */
export interface Grid {
  readonly step: number;
  /** Up to here t·w < e^{−1}: answers enter by the powers of t·w, `TAYLOR_TERMS` of them. */
  readonly low: number;
  /** From here t·w > 40: e^{−t·w} is nothing beside 1. */
  readonly far: number;
  /** From here e^{−t·w} is 0 as a double. */
  readonly gone: number;
  /** e^{j·step} for j from low to gone. */
  readonly power: Float64Array;
  /** e^{m·step} for whole m from −RISES to RISES. */
  readonly rise: Float64Array;
  /** e^{−k·step} for k from 0: by what t^k shrinks from one node to the one before. */
  readonly decay: Float64Array;
  /** How far apart the nodes are whose values tell those before the first. */
  readonly stride: number;
  /** What these values are multiplied by for the sums before the first node, for a function of order 0 and of order 2. */
  readonly before: { readonly 0: Float64Array; readonly 2: Float64Array };
}

/** The number of steps up and down whose exponential a grid keeps. */
const RISES = 256;

/** e^{m·step} for a whole m. */
export function riseBy({ rise, step }: Grid, m: number): number {
  return m >= -RISES && m <= RISES ? rise[m + RISES] : exp(m * step);
}

/** The number of Taylor terms, an even one, that carry e^{−z} to full precision for z ≤ e^{−1}. */
export const TAYLOR_TERMS = 14;

/** The number of powers of z < e^{x + step} that z − 1 + e^{−z} needs, an even number with the zeroth among them. */
export function termsAt(x: number): number {
  return x < -8.5 ? 6 : x < -5.3 ? 8 : x < -3.3 ? 10 : TAYLOR_TERMS;
}

/** 1/k!. */
export const inverseFactorial: Float64Array = new Float64Array(TAYLOR_TERMS).fill(1);
for (let k = 1; k < TAYLOR_TERMS; k++) inverseFactorial[k] = inverseFactorial[k - 1] / k;

function makeGrid(step: number): Grid {
  const low = Math.floor(-1 / step) - 1;
  const far = Math.ceil(log(40) / step);
  const gone = Math.ceil(log(750) / step);
  const power = new Float64Array(gone - low + 1);
  for (let j = low; j <= gone; j++) power[j - low] = exp(j * step);
  const rise = new Float64Array(2 * RISES + 1);
  for (let m = -RISES; m <= RISES; m++) rise[m + RISES] = exp(m * step);
  const decay = new Float64Array(TAYLOR_TERMS);
  for (let k = 0; k < TAYLOR_TERMS; k++) decay[k] = exp(-k * step);
  const stride = Math.round(NATS_BETWEEN_POINTS / step);
  const before = { 0: sumsBefore(step, stride, 0), 2: sumsBefore(step, stride, 2) };
  return { step, low, far, gone, power, rise, decay, stride, before };
}

/** The number of nodes whose values tell those before the first, and how far apart they are. */
export const POINTS = 7;
const NATS_BETWEEN_POINTS = 1 / 4;

/**
 * Σ over the first node and all before it of t·f(t)·(t/t_first)^k, for f = t^order times the polynomial through the points:
 * the factor of t·f at point p stands at k·POINTS + p.
 */
function sumsBefore(step: number, stride: number, order: number): Float64Array {
  const out = new Float64Array(TAYLOR_TERMS * POINTS);
  const points = Array.from({ length: POINTS }, (_, p) => exp(p * stride * step));
  for (const [p, u] of points.entries()) {
    // The polynomial that is 1 at this point, with what f's power takes away, and 0 at the others: its coefficients.
    let c = [exp(-(order + 1) * p * stride * step)];
    for (const v of points) if (v !== u) c = [0, ...c].map((before, i) => (before - v * (c[i] ?? 0)) / (u - v));
    // The sum of t^g over a node and all before it is 1/(1 − e^{−g·step}) times t^g at the node.
    for (let k = 0; k < TAYLOR_TERMS; k++)
      out[k * POINTS + p] = c.reduce((s, a, i) => s - a / expm1(-(k + order + 1 + i) * step), 0);
  }
  return out;
}

/** Whole N: the integrand is as smooth as the law above says. */
const GRID_FOR_WHOLE_N: Grid = makeGrid(1 / 4);

/**
 * A power N − 1 that is not whole is singular at the complex zeros of φ, which may lie close to the real line where φ
 * is small; the finer step keeps 13 digits there for moderate N, and for large N φ^{N−1} is nothing near its zeros.
 */
const GRID_FOR_REAL_N: Grid = makeGrid(1 / 32);

/** The grid for an exponent that is whole or not. */
export function gridFor(whole: boolean): Grid {
  return whole ? GRID_FOR_WHOLE_N : GRID_FOR_REAL_N;
}
