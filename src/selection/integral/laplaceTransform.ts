import { exp, expm1, log } from "../../numeric/elementary.js";
import { expNormal } from "../../numeric/expLog.js";
import { isNormal } from "../../numeric/float64.js";
import { floats } from "../../numeric/floats.js";
import type { Nodes } from "./logPhi.js";
import { type Grid, inverseFactorial, POINTS, riseBy, TAYLOR_TERMS, termsAt } from "./trapezoid.js";

/** A function f(t) ≥ 0 at the nodes, where t·f(t) may rise by a few nats a node at most. */
export interface Kernel {
  readonly logF: Float64Array;
  /** What f is e^{logF} times, from 1e−30 to 1; 1 throughout where left out. */
  readonly factor?: Float64Array;
  /** f grows like t^order before the first node. */
  readonly order: 0 | 2;
}

/**
 * For each level, ∫₀^∞ e^{−tw} f(t) dt = value·e^{whole + part}. Whole steps of the grid and the rest stand apart:
 * their sum would be rounded at the size of the larger.
 */
export interface LaplaceTransform {
  readonly value: Float64Array;
  readonly whole: Float64Array;
  readonly part: Float64Array;
}

/** The logarithm of what f is divided by: 0 where f is of ordinary size, so that log f keeps its digits. */
const scaleOf = (logF: number) => (logF > -300 && logF < 300 ? 0 : Math.max(-Number.MAX_VALUE, logF));

/** factor·n·e^{a + b}, by an exponential of each: a + b would be rounded at the size of the larger. */
export function expOfSum(a: number, b: number, factor = 1, n = 1): number {
  if (a > -600 && a < 600 && b > -600 && b < 600) {
    const both = b === 0 ? expNormal(a) : expNormal(a) * expNormal(b);
    const plain = n * factor * both;
    if (isNormal(both) && isNormal(plain)) return plain;
  }
  if (!(Math.abs(a) < 1400 && Math.abs(b) < 1400)) return exp(a + b + log(factor) + log(n));
  return productOf([exp(a / 2), exp(a / 2), exp(b / 2), exp(b / 2), factor, n]);
}

/** The product of positive numbers; the next factor leads back towards 1, as partial products may be out of range. */
function productOf(factors: number[]): number {
  const sorted = factors.sort((a, b) => a - b);
  let product = 1;
  for (let low = 0, high = sorted.length - 1; low <= high; ) product *= product > 1 ? sorted[low++] : sorted[high--];
  return product;
}

/**
 * A kernel's nodes as doubles, rescaled where they outgrow the last scale by e²⁰⁰. A scale is t·f(t) at some node, as
 * the whole steps of log t and log f apart: their sum would lose digits where log t is large.
 */
class ScaledKernel implements LaplaceTransform {
  readonly weight: Float64Array;
  readonly scaleAt: Float64Array;
  readonly scaleLog: Float64Array;
  readonly kernel: Kernel;
  readonly grid: Grid;
  readonly value: Float64Array;
  readonly whole: Float64Array;
  readonly part: Float64Array;
  /** tail[k] = Σ over the nodes passed of weight·(t/t_last)^k, for a Taylor series in t·w. */
  readonly tail: Float64Array;

  constructor(kernel: Kernel, { at, windows, workspace }: Nodes) {
    const { logF, factor } = kernel;
    const { grid, steps } = windows;
    const { step } = grid;
    this.kernel = kernel;
    this.grid = grid;
    this.value = floats(steps.length);
    this.whole = floats(steps.length);
    this.part = floats(steps.length);
    const weight = workspace.floats(at.length);
    const scalesAt = workspace.floats(at.length);
    const scalesLog = workspace.floats(at.length);
    this.weight = weight;
    this.scaleAt = scalesAt;
    this.scaleLog = scalesLog;
    this.tail = workspace.zeros(TAYLOR_TERMS);
    // The kernel of a constant reward is zero throughout: it has no scale.
    let begin = 0;
    while (begin < logF.length && logF[begin] === -Infinity) begin++;
    if (begin === logF.length) begin = 0;
    let scaleAt = at[begin];
    let scaleLog = scaleOf(logF[begin]);
    for (let n = 0; n < at.length; n++) {
      if ((at[n] - scaleAt) * step + (logF[n] - scaleLog) > 200) {
        scaleAt = at[n];
        scaleLog = scaleOf(logF[n]);
      }
      const a = at[n] - scaleAt;
      const b = logF[n] - scaleLog;
      // `expOfSum` for a ≥ 0, as where f > 0, and a + b ≤ 200.
      const f = a * step < 600 && b > -600 ? riseBy(grid, a) * expNormal(b) : exp(a * step + b);
      weight[n] = factor === undefined ? f : f * factor[n];
      scalesAt[n] = scaleAt;
      scalesLog[n] = scaleLog;
    }
  }

  /** The first powers of the tail at the first node, with all before it: f/t^order is a polynomial there. */
  begin(terms: number): void {
    const { tail, weight, grid, kernel } = this;
    const { stride } = grid;
    const factor = grid.before[kernel.order];
    for (let k = 0; k < terms; k++)
      for (let p = 0; p < POINTS; p++) tail[k] += factor[k * POINTS + p] * weight[p * stride];
  }

  /** log of the scale at node m over that at node n. */
  rise(m: number, n: number): number {
    const { scaleAt, scaleLog, grid } = this;
    return (scaleAt[m] - scaleAt[n]) * grid.step + (scaleLog[m] - scaleLog[n]);
  }

  /** Moves the tail from node n − 1 to node n, in its first powers: those that follow are 0. */
  advance(n: number, at: Float64Array, terms: number): void {
    const { tail, weight, scaleAt, grid } = this;
    const { step, decay } = grid;
    if (scaleAt[n] !== scaleAt[n - 1]) {
      const shrink = exp(this.rise(n - 1, n));
      for (let k = 0; k < TAYLOR_TERMS; k++) tail[k] *= shrink;
    }
    const skipped = at[n] - at[n - 1] - 1;
    if (skipped === 0) {
      const w = weight[n];
      for (let k = 0; k < terms; k++) tail[k] = tail[k] * decay[k] + w;
      return;
    }
    // f is flat from node n − 1 to node n: the nodes between are a geometric series.
    const { logF, factor } = this.kernel;
    const last = exp((at[n] - 1 - scaleAt[n]) * step + (logF[n - 1] - this.scaleLog[n])) * (factor?.[n - 1] ?? 1);
    for (let k = 0; k < TAYLOR_TERMS; k++) {
      const between = (last * expm1(-(k + 1) * step * skipped)) / expm1(-(k + 1) * step);
      tail[k] = (tail[k] * exp(-k * step * skipped) + between) * decay[k] + weight[n];
    }
  }

  /** Σ over the nodes passed of weight·e^{−t·w}, z being t·w at the last. */
  lowSum(z: number): number {
    const { tail } = this;
    // Even and odd powers apart: two short chains of dependent operations.
    const square = z * z;
    let even = 0;
    let odd = 0;
    for (let k = TAYLOR_TERMS - 2; k >= 0; k -= 2) {
      even = tail[k] * inverseFactorial[k] + even * square;
      odd = tail[k + 1] * inverseFactorial[k + 1] + odd * square;
    }
    return even - z * odd;
  }
}

/**
 * The Laplace transforms of several kernels at every weight. The nodes run from first to last: a level takes those in
 * its own window one by one, and all earlier ones by their sums. The kernels share the exponentials.
 */
export function laplaceTransforms(nodes: Nodes, kernels: readonly Kernel[]): LaplaceTransform[] {
  const { at, windows } = nodes;
  const { grid, steps, factor, values } = windows;
  const { step, low } = grid;
  const scaled = kernels.map((kernel) => new ScaledKernel(kernel, nodes));
  // Far before the first node at which a tail is read, few powers count.
  const last = at[at.length - 1];
  const firstRead = Math.min(low - steps[0], last);
  const termsOf = (m: number) => termsAt((m - firstRead + low) * step);
  for (const s of scaled) s.begin(termsOf(at[0]));
  let n = 0; // the last node passed
  for (let i = 0; i < steps.length; i++) {
    const lastLow = low - steps[i];
    if (lastLow < at[0]) continue;
    while (at[n] < lastLow && at[n] < last) {
      n++;
      const terms = at[n] < firstRead ? termsOf(at[n]) : TAYLOR_TERMS;
      for (const s of scaled) s.advance(n, at, terms);
    }
    const width = windows.widthOf(i);
    const from = windows.at(i);
    const z = riseBy(grid, at[n] + steps[i]) * factor[i];
    for (const s of scaled) {
      let total = 0;
      if (s.scaleAt[n + width] === s.scaleAt[n]) {
        const { weight } = s;
        for (let j = 0; j < width; j++) total += values[from + j] * weight[n + 1 + j];
      } else {
        for (let j = 1; j <= width; j++) total += values[from + j - 1] * s.weight[n + j] * exp(s.rise(n + j, n));
      }
      s.value[i] = step * (total + s.lowSum(z));
      s.whole[i] = s.scaleAt[n] * step;
      s.part[i] = s.scaleLog[n];
    }
  }
  return scaled;
}
