import { exp } from "../numeric/elementary.js";
import type { ComparedLaw, LineLaws, PointLaw } from "./lineLaws.js";
import { NORMAL_DENSITY_AT_0 } from "./lineQuadrature.js";
import { NEGLIGIBLE_LINE_NATS } from "./posteriorWeights.js";
import { rootSnr } from "./schedule.js";

/**
 * A function to be averaged over a noisy point z = ua + ε, in units of the noise.
 *
 * @param own u(E_first[a|z] − x), where the average is around a point x
 * @param more u(E_law[a|z] − E_first[a|z]) of each other law
 * @param variance u² Var_first[a|z]
 */
export type OfNoisyPoint = (own: number, more: Float64Array, variance: number) => number;

/** The width of the cells in which transitions between atoms are looked for, in standard deviations of the noise. */
const CELL_WIDTH = 0.5;

/** A stretch of noise is cut into at least so many cells. */
const MIN_CELLS = 8;

/** A stretch of more nodes is cut into cells again, down to the width that doubles resolve. */
const MAX_NODES = 50_000;
const MIN_STRETCH = 1e-14;

/** Atoms farther apart than this count together only where z is halfway between them, to within its rounding. */
const MAX_RESOLVED_SPREAD = 1e6;

/** The step of the trapezoid rule times the spread of the atoms that count together, and the longest step. */
const STEP_TIMES_SPREAD = 0.46;
const MAX_STEP = 0.4;

/** Ratios of two laws are multiplied as they are up to this; beyond it their logarithms are added. */
const MAX_PLAIN_RATIO = 2 ** 50;

/** Up to so many nats between the weights of the likeliest atoms of p and of q, means are compared weight by weight. */
const MAX_NEAR_NATS = 30;

/**
 * Averages over noisy points on a line, for laws of atoms, at a root u of the signal-to-noise ratio: of z = x_t/σ the
 * posterior is q_i ∝ p_i exp(−(z − ua_i)²/2).
 *
 * Where more than one atom counts the trapezoid rule is used. Elsewhere the posterior is one point, and the function averaged
 * must be 0. Functions of the posterior have poles at a distance π/s from the line, s being the spread of the atoms that
 * count in units of noise: the error of the rule is e^(−2π²/(s·step)) times powers from the poles' order, 5e−15 in all.
 */
export class LineAverage {
  readonly #laws: LineLaws;
  /** How far from an atom its noise leads at most, where even the rarest atom shows. */
  readonly #reach: number;
  /** −(z − ua)²/2 at the current z, less that of the nearest point. */
  readonly #exponent: Float64Array;
  readonly #weight: Float64Array;
  readonly #more: Float64Array;
  #u = 0;
  #x = 0;
  /** The point nearest to z, z less u times it, and the stretch of points that may count. */
  #near = 0;
  #gap = 0;
  #low = 0;
  #high = 0;

  constructor(laws: LineLaws) {
    this.#laws = laws;
    this.#reach = Math.sqrt(2 * (laws.logRange + NEGLIGIBLE_LINE_NATS));
    this.#exponent = new Float64Array(laws.points.length);
    this.#weight = new Float64Array(laws.points.length);
    this.#more = new Float64Array(laws.others.length);
  }

  /** √(1 − σ²)/σ in the units of the points. */
  levelOf(sigma: number): number {
    return rootSnr(sigma, this.#laws.power);
  }

  /** The range of u from where the largest distance is half the noise's size to where the noise reaches no other point. */
  levels(nearest: number = this.#laws.nearest, farthest: number = this.#laws.farthest): { from: number; to: number } {
    return { from: 0.5 / farthest, to: (this.#reach * (1 + Math.SQRT2)) / nearest };
  }

  /** E f over x₀ from the first law and the noise. */
  overFirst(u: number, f: OfNoisyPoint): number {
    this.#u = u;
    const { points, first } = this.#laws;
    let sum = 0;
    for (let from = first.after[0]; from < points.length; ) {
      // Points whose noise overlaps are one stretch of z.
      let to = from;
      const nextOf = (k: number) => first.after[k + 1] ?? points.length;
      let next = nextOf(to);
      while (next < points.length && u * (points[next] - points[to]) <= 2 * this.#reach) {
        to = next;
        next = nextOf(to);
      }
      const end = u * (points[to] - points[from]) + this.#reach;
      if (!(from === to && this.#isAlone(from))) sum += this.#integrate(from, 0, -this.#reach, end, f, true);
      from = next;
    }
    return sum;
  }

  /** E f over the noise around a point x, in the units of the points. */
  around(u: number, x: number, f: OfNoisyPoint): number {
    this.#u = u;
    this.#x = x;
    const { points } = this.#laws;
    let near = 0;
    while (near + 1 < points.length && x > points[near] / 2 + points[near + 1] / 2) near++;
    return this.#integrate(near, u * (x - points[near]), -this.#reach, this.#reach, f, false);
  }

  #isAlone(k: number): boolean {
    const { points } = this.#laws;
    const far = this.#reach * (1 + Math.SQRT2);
    const distance = Math.min(points[k] - (points[k - 1] ?? -Infinity), (points[k + 1] ?? Infinity) - points[k]);
    return this.#u * distance > far;
  }

  /**
   * ∫ f over noise from `from` to `to` around the point at `offset` from the atom `anchor`. The density is that of the first
   * law's noisy points or that of the noise.
   */
  #integrate(anchor: number, offset: number, from: number, to: number, f: OfNoisyPoint, ofLaw: boolean): number {
    const cells = Math.ceil((to - from) / Math.min(CELL_WIDTH, (to - from) / MIN_CELLS));
    const width = (to - from) / cells;
    let [sum, begun, spread] = [0, -1, 0];
    this.#near = anchor;
    const close = (cell: number) => {
      if (begun < 0) return;
      const [a, b] = [from + begun * width, from + cell * width];
      // Atoms far apart in units of noise pass into each other on a small part of a cell, which is cut again.
      const part = begun > 0 || cell < cells;
      const sharp = part && (b - a) * spread > MAX_NODES * STEP_TIMES_SPREAD && b - a > MIN_STRETCH;
      if (sharp) sum += this.#integrate(anchor, offset, a, b, f, ofLaw);
      else sum += this.#trapezoid(anchor, offset, a, b, spread, f, ofLaw);
      [begun, spread] = [-1, 0];
    };
    for (let cell = 0; cell < cells; cell++) {
      this.#moveTo(anchor, offset, from + (cell + 0.5) * width);
      const here = this.#spread(width / 2);
      if (here === 0) close(cell);
      else {
        if (begun < 0) begun = cell;
        spread = Math.max(spread, here);
      }
    }
    close(cells);
    return sum;
  }

  #trapezoid(
    anchor: number,
    offset: number,
    from: number,
    to: number,
    spread: number,
    f: OfNoisyPoint,
    ofLaw: boolean,
  ): number {
    const step = spread > MAX_RESOLVED_SPREAD ? MAX_STEP : Math.min(MAX_STEP, STEP_TIMES_SPREAD / spread);
    // A transition narrower than doubles resolve is a step.
    const count = to - from > MIN_STRETCH ? Math.ceil((to - from) / step) : 1;
    const h = (to - from) / count;
    let sum = 0;
    this.#near = anchor;
    for (let n = 0; n <= count; n++) {
      const noise = from + n * h;
      this.#moveTo(anchor, offset, noise);
      const density = ofLaw ? -1 : exp(-(noise * noise) / 2);
      sum += this.#value(f, density) * (n === 0 || n === count ? 0.5 : 1);
    }
    return sum * (h * NORMAL_DENSITY_AT_0);
  }

  /** Sets z to a noise around the point at `offset` from an atom: its nearest point, and the points that may count. */
  #moveTo(anchor: number, offset: number, noise: number): void {
    const { points, first, others, logRange } = this.#laws;
    const exponent = this.#exponent;
    const u = this.#u;
    const end = points.length - 1;
    const from = points[anchor];
    let near = this.#near;
    let gap = offset - u * (points[near] - from) + noise;
    // A point is the nearest up to half the distance to the next.
    while (near < end && gap > (u * (points[near + 1] - points[near])) / 2)
      gap = offset - u * (points[++near] - from) + noise;
    while (near > 0 && -gap > (u * (points[near] - points[near - 1])) / 2)
      gap = offset - u * (points[--near] - from) + noise;
    const origin = points[near];
    // At a larger |z − ua| even the heaviest point is negligible beside the nearest of its law.
    let most = distanceTo(first, points, near, u, gap);
    for (let l = 0; l < others.length; l++) most = Math.max(most, distanceTo(others[l], points, near, u, gap));
    const far = Math.sqrt(most * most + 2 * (logRange + NEGLIGIBLE_LINE_NATS));
    let low = near;
    let high = near;
    exponent[near] = 0;
    while (low > 0) {
      const s = u * (points[low - 1] - origin);
      if (!(Math.abs(gap - s) <= far)) break;
      exponent[--low] = s * (gap - s / 2);
    }
    while (high < end) {
      const s = u * (points[high + 1] - origin);
      if (!(Math.abs(gap - s) <= far)) break;
      exponent[++high] = s * (gap - s / 2);
    }
    this.#near = near;
    this.#gap = gap;
    this.#low = low;
    this.#high = high;
  }

  /** The spread of the points that count for one of the laws within so much of z; 0 where it is one point. */
  #spread(margin: number): number {
    const { points, first, others } = this.#laws;
    const u = this.#u;
    let left = Infinity;
    let right = -Infinity;
    for (let l = -1; l < others.length; l++) {
      const { log } = l < 0 ? first : others[l];
      const top = this.#top(log);
      for (let k = this.#low; k <= this.#high; k++) {
        const s = u * (points[k] - points[top]);
        const below = log[k] + this.#exponent[k] - (log[top] + this.#exponent[top]);
        if (!(below + Math.abs(s) * margin >= -NEGLIGIBLE_LINE_NATS)) continue;
        if (points[k] < left) left = points[k];
        if (points[k] > right) right = points[k];
      }
    }
    return u * (right - left);
  }

  /** The likeliest point under a law. */
  #top(log: Float64Array): number {
    let top = this.#low;
    let most = -Infinity;
    for (let k = this.#low; k <= this.#high; k++) {
      const t = log[k] + this.#exponent[k];
      if (t > most) {
        most = t;
        top = k;
      }
    }
    return top;
  }

  /**
   * f at z, times the given density or, where it is negative, times that of the first law's noisy points. The likeliest point
   * stays out of the sums, which keeps the digits of a mean near it; `weighInPlace` would sum it in its turn.
   */
  #value(f: OfNoisyPoint, density: number): number {
    const { points, first, others } = this.#laws;
    const u = this.#u;
    const weight = this.#weight;
    const exponent = this.#exponent;
    const low = this.#low;
    const high = this.#high;
    const { log } = first;
    const top = this.#top(log);
    const peak = log[top] + exponent[top];
    const origin = points[top];
    let total = 1;
    let mean = 0;
    let square = 0;
    for (let k = low; k <= high; k++) {
      const x = k === top ? 0 : exp(log[k] + exponent[k] - peak);
      weight[k] = x;
      if (x === 0) continue;
      const s = u * (points[k] - origin);
      total += x;
      mean += x * s;
      square += x * s * s;
    }
    for (let l = 0; l < others.length; l++) this.#more[l] = this.#difference(others[l], top, total, mean);
    const gap = this.#gap;
    const own = mean / total + u * (origin - this.#x);
    const value = f(own, this.#more, (square - (mean * mean) / total) / total);
    return value * (density < 0 ? exp(peak - (gap * gap) / 2) * total : density);
  }

  /**
   * u(E_q[a|z] − E_p[a|z]). With weights x_k of p and y_k of q, both relative to the likeliest point of p, it is
   * (Σys·Σx − Σxs·Σy)/(Σx·Σy), computed from y − x, which keeps the digits of near laws.
   */
  #difference({ log, ratio, excess }: ComparedLaw, top: number, total: number, mean: number): number {
    const { points } = this.#laws;
    const u = this.#u;
    const weight = this.#weight;
    const exponent = this.#exponent;
    const own = log[top] + exponent[top];
    const best = this.#top(log);
    const most = log[best] + exponent[best];
    if (!(most - own <= MAX_NEAR_NATS)) {
      let all = 0;
      let sum = 0;
      for (let k = this.#low; k <= this.#high; k++) {
        const y = exp(log[k] + exponent[k] - most);
        all += y;
        sum += y * (u * (points[k] - points[top]));
      }
      return sum / all - mean / total;
    }
    const r = ratio[top];
    const plain = r > 1 / MAX_PLAIN_RATIO && r < MAX_PLAIN_RATIO;
    let moreTotal = 0;
    let moreMean = 0;
    for (let k = this.#low; k <= this.#high; k++) {
      if (k === top) continue;
      const q = ratio[k];
      let more: number;
      if (plain && q > 1 / MAX_PLAIN_RATIO && q < MAX_PLAIN_RATIO) {
        if (weight[k] === 0) continue;
        const change = q > 0.5 && q < 2 && r > 0.5 && r < 2 ? excess[k] - excess[top] : q - r;
        more = weight[k] * (change / r);
      } else more = exp(log[k] + exponent[k] - own) - weight[k];
      moreTotal += more;
      moreMean += more * (u * (points[k] - points[top]));
    }
    return (moreMean * total - mean * moreTotal) / (total * (total + moreTotal));
  }
}

/** |z − ua| of the nearest point of a law, z being `gap` from u times the nearest point of all. */
function distanceTo({ before, after }: PointLaw, points: Float64Array, near: number, u: number, gap: number): number {
  const left = before[near];
  if (left === near) return Math.abs(gap);
  const right = after[near];
  const toLeft = left < 0 ? Infinity : Math.abs(gap - u * (points[left] - points[near]));
  const toRight = right === points.length ? Infinity : Math.abs(gap - u * (points[right] - points[near]));
  return Math.min(toLeft, toRight);
}
