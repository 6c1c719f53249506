import { exp } from "../../numeric/elementary.js";
import { gridFor } from "../integral/trapezoid.js";
import type { SampleWeights } from "./sampleWeights.js";

/** Points on either side of a sample that it is spread over. */
const REACH = 10;

/** (−1)^k C(2·REACH − 1, k): the weights of the barycentric formula at points a step apart. */
const barycentric = new Float64Array(2 * REACH).fill(1);
for (let k = 1; k < barycentric.length; k++) barycentric[k] = (-barycentric[k - 1] * (2 * REACH - k)) / k;

/** A sample so near a point of the grid, in steps, is at it: 1/x may overflow. */
const SAME_POINT = 1e-20;

/** Below it powers of z up to `POWERS` stand for a function of z. */
export const LOW_NATS = -2;
/** The number of those powers, from the first. */
export const POWERS = 14;

/**
 * The levels of a block on a uniform grid of log-weights, `fineness` points to each step of the nodes t: coefficients c
 * such that Σ m g(x) over the levels is Σ c_g g(x_g) for every g that is analytic in x to ±π/2 and grows no faster than
 * z^14. Each level is spread over 20 points by Lagrange's formula, whose error is 4e−17 at 16 points a nat. As t runs
 * through its own grid, all levels take z from one table.
 */
export class SampleGrid {
  readonly fineness: number;
  /** c of the samples, and then c of each value: m and m·f spread. The first point is REACH steps above the first level. */
  readonly spread: readonly Float64Array[];
  /** The samples before each point, those of earlier blocks included. */
  readonly before: Float64Array;
  /** For each node from `first`, and each row of `spread`: Σ c (z/e^{LOW_NATS})^k over all points below, k from 1. */
  readonly low: readonly Float64Array[];
  readonly first: number;

  constructor(weights: SampleWeights, block: number, fineness: number) {
    const { starts, x, count, values } = weights;
    const [begin, end] = [starts[block], starts[block + 1]];
    const { step } = gridFor(true);
    const h = step / fineness;
    const points = Math.floor(-weights.lightest(block) / h) + 2 * REACH + 1;
    this.fineness = fineness;
    this.spread = [count, ...values].map(() => new Float64Array(points));
    const own = new Float64Array(2 * REACH);
    for (let i = begin; i < end; i++) {
      const y = -x[i] / h;
      const at = Math.floor(y);
      lagrange(y - at, own);
      for (const [row, c] of this.spread.entries()) {
        const mass = row === 0 ? count[i] : count[i] * values[row - 1][i];
        if (mass !== 0) for (let k = 0; k < own.length; k++) c[at + 1 + k] += mass * own[k];
      }
    }
    this.before = new Float64Array(points + 1);
    this.before[0] = weights.before[begin];
    for (let g = 0; g < points; g++) this.before[g + 1] = this.before[g] + this.spread[0][g];
    const [first, last] = weights.nodes(block);
    this.first = first;
    this.low = this.spread.map((c) => this.#lowSums(c, last));
  }

  /** The place of the point whose z is e^{s·h} at a node. */
  place(node: number, s: number): number {
    return node * this.fineness - s + REACH;
  }

  #lowSums(c: Float64Array, last: number): Float64Array {
    const { fineness, first } = this;
    const { step } = gridFor(true);
    const out = new Float64Array((last - first + 1) * POWERS);
    const sums = new Float64Array(POWERS);
    let g = c.length - 1;
    for (let node = last; node >= first; node--) {
      const to = this.place(node, LOW_NATS * (fineness / step));
      for (let k = 0; k < POWERS; k++) sums[k] *= exp(-(k + 1) * step);
      for (; g > to && g >= 0; g--) {
        const z = exp((to - g) * (step / fineness));
        for (let k = 0, power = c[g]; k < POWERS; k++) sums[k] += power *= z;
      }
      out.set(sums, (node - first) * POWERS);
    }
    return out;
  }
}

/** Lagrange's polynomials of the points 1 − REACH, …, REACH at x, from 0 to 1. */
function lagrange(x: number, out: Float64Array): void {
  out.fill(0);
  if (x < SAME_POINT) {
    out[REACH - 1] = 1;
    return;
  }
  let total = 0;
  for (let k = 0; k < out.length; k++) {
    out[k] = barycentric[k] / (x - (k + 1 - REACH));
    total += out[k];
  }
  for (let k = 0; k < out.length; k++) out[k] /= total;
}
