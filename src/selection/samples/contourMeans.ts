import { angleOf, cos, sin } from "../../numeric/angle.js";
import { exp, log } from "../../numeric/elementary.js";
import { gridFor } from "../integral/trapezoid.js";
import { circle } from "./circle.js";
import { type Complex, type Response, responseOf } from "./response.js";
import { LOW_NATS, POWERS, type SampleGrid } from "./sampleGrid.js";
import { LOG_WEIGHT_GONE, type SampleWeights } from "./sampleWeights.js";
import type { NodeMeans, SubsetMeans } from "./subsetIntegrals.js";

/** At least so many samples must be outside a subset: else the product vanishes near the circle. */
const MIN_OUTSIDE = 40;

/** e^{−45} is nothing. */
const NEGLIGIBLE_NATS = 45;

/** Points of the grid to a step of t, where what it carries is analytic in log z to ±π/2. */
const FINENESS = 4;

/** What a point of a table costs, in products. */
const TABLE_COST = 2;

/** Whether `ContourMeans` can do it. */
export function isForContour(n: number, size: number): boolean {
  return n <= size - MIN_OUTSIDE;
}

/** About how many products a node takes, its part of the tables included. */
export function contourProducts(n: number, size: number, values: number): number {
  const { points, width } = planFor(n, size);
  return points.length * (width * (2 + 2 * values + TABLE_COST) + POWERS * (2 + 2 * values));
}

/** What does not depend on the weights. */
function planFor(n: number, size: number) {
  const [p, q] = [n / size, (size - n) / size];
  const points = circle(n, size);
  // The logarithm is singular at z = log(p/q) ± i(π − θ): where p > ½ that is nearer to the real line than ±π/2 in log z.
  const strip = p > q ? angleOf(log(p / q), Math.PI - points[points.length - 1].theta) : Math.PI / 2;
  const fineness = Math.ceil((FINENESS * Math.PI) / 2 / strip);
  const h = gridFor(true).step / fineness;
  // Where p > ½, e^{−z} must be small beside q/p.
  const far = Math.ceil(log(exp(LOG_WEIGHT_GONE) + Math.max(0, log(p / q))) / h);
  return { p, q, points, fineness, h, far, width: far + 1 - LOW_NATS / h };
}

/**
 * a_n and d_n of one n as coefficients of a product over all samples, by Cauchy's integral. With p = n/M and q = 1 − p,
 *
 *     a_n = 1/(P·Bin(n; M, p)) Σ_k e^{−inθ_k} Π_i (q + p e^{iθ_k − z_i}),   θ_k = 2πk/P,
 *
 * and d_n has the further factor Σ_i f_i z_i p e^{iθ_k − z_i}/(q + p e^{iθ_k − z_i}). Some 14 points of the upper half
 * circle are enough for large n, and fewer than 45 for any. The logarithm of the product, and the factor, are sums over the
 * samples, and a grid of log-weights makes these short. So the time does not grow with n, and with M only as the grid is
 * made.
 *
 * The radius p/q is the product's saddle point at t = 0. At larger t digits cancel, but there a_n is small: the error of
 * the integral is absolute, a few 1e−16 of the largest f.
 */
export class ContourMeans implements SubsetMeans {
  readonly ns: readonly number[];
  readonly #gridOf: (block: number) => SampleGrid;
  readonly #responses: readonly Response[];
  /** z = e^{far·h} is gone, and so many points follow before z is small. */
  readonly #far: number;
  readonly #width: number;
  /** P·Bin(n; M, p): what the sum gives at t = 0. */
  readonly #norm: number;
  readonly #sum: Float64Array = new Float64Array(2);
  readonly #out: NodeMeans;

  constructor(weights: SampleWeights, n: number, gridOf: (block: number, fineness: number) => SampleGrid) {
    const { p, q, points, fineness, h, far, width } = planFor(n, weights.size);
    this.ns = [n];
    this.#gridOf = (block) => gridOf(block, fineness);
    this.#far = far;
    this.#width = width;
    this.#responses = points.map((point) => responseOf(point, p, q, far, width, h));
    this.#norm = points.reduce((s, { weight, logSize, angle }) => s + weight * exp(logSize) * cos(angle), 0);
    this.#out = { a: new Float64Array(1), d: new Float64Array(weights.values.length) };
  }

  at(block: number, node: number): NodeMeans {
    const grid = this.#gridOf(block);
    const { a, d } = this.#out;
    const sum = this.#sum;
    const [c, ...values] = grid.spread;
    const [low, ...lowValues] = grid.low;
    const lowFrom = (node - grid.first) * POWERS;
    // The points of the grid that are neither gone nor small.
    const place = grid.place(node, this.#far);
    const from = Math.max(0, Math.min(place, c.length));
    const to = Math.max(from, Math.min(place + this.#width, c.length));
    const gone = grid.before[from];
    a.fill(0);
    d.fill(0);
    for (const { point, log, share, gone: left } of this.#responses) {
      sum[0] = point.logSize + gone * left[0];
      sum[1] = point.angle + gone * left[1];
      addTo(sum, log.low, low, lowFrom, lowFrom + POWERS, lowFrom);
      addTo(sum, log.table, c, from, to, place);
      if (sum[0] < -NEGLIGIBLE_NATS) continue;
      const scale = (point.weight * exp(sum[0])) / this.#norm;
      const [re, im] = [scale * cos(sum[1]), scale * sin(sum[1])];
      a[0] += re;
      for (let v = 0; v < d.length; v++) {
        sum.fill(0);
        addTo(sum, share.low, lowValues[v], lowFrom, lowFrom + POWERS, lowFrom);
        addTo(sum, share.table, values[v], from, to, place);
        d[v] += re * sum[0] - im * sum[1];
      }
    }
    return this.#out;
  }
}

/** sum += Σ a_{i − shift} b_i for i from `from` to before `to`, by two sums that do not wait for each other. */
function addTo(sum: Float64Array, a: Complex, b: Float64Array, from: number, to: number, shift: number): void {
  const { re, im } = a;
  let [x, y, x2, y2] = [0, 0, 0, 0];
  let i = from;
  for (; i + 1 < to; i += 2) {
    x += re[i - shift] * b[i];
    y += im[i - shift] * b[i];
    x2 += re[i + 1 - shift] * b[i + 1];
    y2 += im[i + 1 - shift] * b[i + 1];
  }
  if (i < to) {
    x += re[i - shift] * b[i];
    y += im[i - shift] * b[i];
  }
  sum[0] += x + x2;
  sum[1] += y + y2;
}
