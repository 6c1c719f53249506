import type { Law } from "../../measure/law.js";
import { missedBy, scaledDifference } from "../../measure/score.js";
import { cos } from "../../numeric/angle.js";
import { lazy } from "../../numeric/cache.js";
import { sumError } from "../../numeric/doubleDouble.js";
import { expm1, expPlus, log } from "../../numeric/elementary.js";
import { sum } from "../../numeric/sum.js";
import type { Weights } from "../integral/weights.js";
import type { Prepared } from "./prepared.js";
import { softRatios } from "./soft.js";

/**
 * The ratios of soft best-of-N where many answers have log-weights x = log w near each other: without ranking them.
 *
 * The range of x is cut into cells. All that the integral reads of ref is Σ_j ref(j) g(x_j), g one of e^{−t·e^x},
 * 1 − e^{−t·e^x} and e^{−t·e^x} − 1 + t·e^x; and P/ref is a function of x. For real x and |θ| < π/2 each is bounded at
 * x + iθ by its value at x + log cos θ, times a power of 1/cos θ: so the polynomial through `NODES` Chebyshev points of a
 * cell misses g by about the power `NODES` of `MAX_CELL`/(4θ), at θ = 1.2 some 1e−17 of it. Hence
 *
 * - the answers of a cell become masses on its points (of both signs), with the same Σ ref g;
 * - the integral gives the ratio at the points;
 * - each answer's ratio is the polynomial through them.
 */

/** The widest cell, in nats. */
const MAX_CELL: number = 1 / 8;
/** The fewest cells: a small range of log-weights is cut, too. */
const MIN_CELLS = 8;
/** Chebyshev points of a cell. */
const NODES = 11;
/** The point in the middle of a cell. */
const MIDDLE: number = (NODES - 1) / 2;
/** Answers for each point, at least: fewer are ranked in less time. */
const MIN_ANSWERS_PER_POINT = 4;
/** Beyond this range, or below this mass, the logarithms of masses may count. */
const MAX_RANGE_IN_NATS = 600;
const MIN_MASS = 1e-200;
/** From so many draws on, masses are lifted. */
const MAX_DRAWS: number = 2 ** 100;
/** Answers between two additions to the totals, which are compensated. */
const ANSWERS_PER_PARTIAL_SUM = 2048;

/** The points cos((j + ½)π/NODES), decreasing; T_k at point j stands at j·NODES + k. */
const chebyshev = lazy(() => {
  const at = (j: number, k: number) => cos((k * (j + 0.5) * Math.PI) / NODES);
  return {
    points: Float64Array.from({ length: NODES }, (_, j) => at(j, 1)),
    atPoints: Float64Array.from({ length: NODES * NODES }, (_, i) => at(Math.floor(i / NODES), i % NODES)),
  };
});

/** Answers in cells of log-weight. */
interface Cells {
  /** The middle of cell c, in nats, is −(c + ½)·width. */
  readonly width: number;
  /** The cell of each answer of the support. */
  readonly cell: Int32Array;
  /** The place of each answer in its cell, from −1 to 1, increasing with its weight. */
  readonly place: Float64Array;
  /** Σ p·T_k(place) over the answers of cell c stands at c·NODES + k. */
  readonly moments: Float64Array;
}

/** The weight of each answer of the law of n draws times 1/`scale`; undefined where it must be computed by level. */
export function compressedWeights<A>(
  { law, score, beta }: Prepared<A>,
  n: number,
  scale: number,
): Float64Array | undefined {
  if (!(score.length >= MIN_CELLS * NODES * MIN_ANSWERS_PER_POINT)) return undefined;
  if (!(n > 1 && n < MAX_DRAWS && Number.isInteger(n)) || law.hasTail) return undefined;
  const { weight, total } = law;
  if (!(law.leastPositive / total.hi >= MIN_MASS)) return undefined;
  let top = -Infinity;
  let bottom = Infinity;
  for (let i = 0; i < score.length; i++) {
    if (weight[i] === 0) continue;
    if (score[i] > top) top = score[i];
    if (score[i] < bottom) bottom = score[i];
  }
  const range = -scaledDifference(bottom, top, beta);
  // Neither at β = 0, where it is infinite, nor at β = ∞, where it is 0.
  if (!(range > 1e-290 && range < MAX_RANGE_IN_NATS)) return undefined;
  const width = Math.min(MAX_CELL, range / MIN_CELLS);
  const size = Math.floor(range / width) + 1;
  if (size * NODES * MIN_ANSWERS_PER_POINT > score.length) return undefined;
  const cells = cellsOf(law, score, top, beta, width, size);
  const weights = weightsAtPoints(cells, size);
  const [{ ratio }] = softRatios(weights.weights, [n]);
  const coefficients = coefficientsOf(ratio, weights.cellOf, size);
  const out = cells.place;
  for (let i = 0; i < out.length; i++) {
    // An answer of mass 0 has no place.
    out[i] = weight[i] === 0 ? 0 : weight[i] * scale * polynomial(coefficients, cells.cell[i] * NODES, out[i]);
  }
  return out;
}

function cellsOf(law: Law, score: Float64Array, top: number, beta: number, width: number, size: number): Cells {
  const { weight, total } = law;
  const cell = new Int32Array(score.length);
  const place = new Float64Array(score.length);
  const moments = new Float64Array(size * NODES);
  const low = new Float64Array(size * NODES);
  const part = new Float64Array(size * NODES);
  for (let i = 0; i < score.length; ) {
    for (const stop = Math.min(score.length, i + ANSWERS_PER_PARTIAL_SUM); i < stop; i++) {
      const w = weight[i];
      if (w === 0) continue;
      const x = scaledDifference(score[i], top, beta);
      const c = Math.min(size - 1, Math.floor(-x / width));
      const s = (x + (c + 0.5) * width + missedBy(x, score[i], top, beta)) * (2 / width);
      cell[i] = c;
      place[i] = s;
      let k = c * NODES;
      let before = w;
      let now = w * s;
      part[k] += before;
      for (const end = k + NODES - 1; k < end; ) {
        part[++k] += now;
        const next = 2 * s * now - before;
        before = now;
        now = next;
      }
    }
    for (let k = 0; k < part.length; k++) {
      const more = part[k];
      const s = moments[k] + more;
      low[k] += sumError(moments[k], more, s);
      moments[k] = s;
      part[k] = 0;
    }
  }
  for (let k = 0; k < moments.length; k++) moments[k] = (moments[k] + low[k]) / total.hi;
  return { width, cell, place, moments };
}

/** The points of all cells that have answers, as levels with weights. */
function weightsAtPoints({ width, moments }: Cells, size: number): { weights: Weights; cellOf: Int32Array } {
  const { points, atPoints } = chebyshev();
  let count = 0;
  const cellOf = new Int32Array(size).fill(-1);
  for (let c = 0; c < size; c++) if (moments[c * NODES] > 0) cellOf[c] = count++;
  const x = new Float64Array(count * NODES);
  const low = new Float64Array(count * NODES);
  const mass = new Float64Array(count * NODES);
  for (let c = 0; c < size; c++) {
    if (cellOf[c] < 0) continue;
    for (let j = 0; j < NODES; j++) {
      let q = 0;
      for (let k = NODES - 1; k >= 1; k--) q += moments[c * NODES + k] * atPoints[j * NODES + k];
      const to = cellOf[c] * NODES + j;
      const d = points[j] / 2 - (c + 0.5);
      x[to] = d * width;
      low[to] = sumError(points[j] / 2, -(c + 0.5), d) * width;
      mass[to] = (moments[c * NODES] + 2 * q) / NODES;
    }
  }
  const weight = x.map((x, i) => expPlus(x, low[i]));
  const meanLess1 = sum(mass.map((q, i) => q * expm1(x[i]))).hi;
  const direct = meanLess1 > -0.5;
  const mean = direct ? 1 + meanLess1 : sum(mass.map((q, i) => q * weight[i])).hi;
  const levels = {
    reward: x,
    mass,
    // Not read: no mass is rare.
    logMass: mass,
    levelOf: new Int32Array(0),
    forbidden: 0,
    logForbidden: -Infinity,
  };
  const weights = {
    levels,
    lift: 0,
    x,
    low,
    weight,
    byWeight: false,
    mass,
    forbidden: 0,
    mean,
    meanLess1: direct ? meanLess1 : mean - 1,
    logMean: log(mean),
  };
  return { weights, cellOf };
}

/**
 * The Chebyshev coefficients in each cell of a function that is known at the points. They are summed of the differences from the
 * value in the middle, which are small: sums of the values would round by as much as the last coefficients are.
 */
function coefficientsOf(values: Float64Array, cellOf: Int32Array, size: number): Float64Array {
  const { atPoints } = chebyshev();
  const out = new Float64Array(size * NODES);
  for (let c = 0; c < size; c++) {
    if (cellOf[c] < 0) continue;
    const from = cellOf[c] * NODES;
    const middle = values[from + MIDDLE];
    for (let k = 0; k < NODES; k++) {
      let s = 0;
      for (let j = 0; j < NODES; j++) s += (values[from + j] - middle) * atPoints[j * NODES + k];
      out[c * NODES + k] = k === 0 ? middle + s / NODES : (2 * s) / NODES;
    }
  }
  return out;
}

/** Σ_k c_k T_k(s), by Clenshaw's recurrence. */
function polynomial(c: Float64Array, from: number, s: number): number {
  let a = 0;
  let b = 0;
  for (let k = from + NODES - 1; k > from; k--) {
    const next = c[k] + 2 * s * a - b;
    b = a;
    a = next;
  }
  return c[from] + s * a - b;
}
