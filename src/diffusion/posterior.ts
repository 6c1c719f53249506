import type { Law } from "../measure/law.js";
import { type DoubleDouble, productError } from "../numeric/doubleDouble.js";
import { exp, square } from "../numeric/elementary.js";
import { exponentOf, timesPowerOfTwo } from "../numeric/powerOfTwo.js";
import type { AtomicData } from "./atoms.js";
import type { NoiseLevel } from "./noiseLevel.js";
import { NEGLIGIBLE_NATS, weighInPlace } from "./posteriorWeights.js";

/** The posterior of the atoms given a noisy point, read from the nearest of them. */
export interface Posterior {
  /** The index of the nearest atom of positive weight. */
  readonly nearest: number;
  /** x_t − α·(the nearest atom). */
  readonly residual: Float64Array;
  /** q_i: the probability that the point comes from atom i. */
  readonly weight: Float64Array;
  /** E[x₀ | x_t] − the nearest atom. */
  readonly shift: Float64Array;
}

/** Exponents summed from terms larger than this are worth their cancelled digits; below, they are right to 1e−14. */
const LARGE = 64;

/** Squares within these keep their digits, and sums of them. */
const SMALLEST = 1e-280;
const LARGEST = 1e280;

/**
 * q_i ∝ p_i exp(−|x − αa_i|²/2σ²), all distances as differences from that to the nearest atom j:
 * |x − αa_i|² − |x − αa_j|² = α Σ_k (a_ik − a_jk)(α(a_ik + a_jk) − 2x_k). Where its terms cancel, and the atom counts, it
 * is summed again in double-double: neither σ near 0 nor a far-off x costs digits.
 */
export function posteriorOf(data: AtomicData, law: Law, x: Float64Array, level: NoiseLevel): Posterior {
  const { points, size, dimension: d } = data;
  const { sigma } = level;
  const alpha = level.alpha.hi;
  const nearest = nearestAtom(data, law, x, alpha);
  const from = nearest * d;
  const residual = new Float64Array(d);
  let far = 0;
  for (let k = 0; k < d; k++) {
    residual[k] = lessProduct(x[k], level.alpha, points[from + k]);
    far += square(residual[k] / sigma);
  }
  far = Math.sqrt(far);

  // farther[i] = (|x − αa_i|² − |x − αa_j|²)/2σ², and the size of the terms it is a difference of.
  const farther = new Float64Array(size).fill(Infinity);
  const terms = new Float64Array(size);
  let least = 0;
  for (let i = 0; i < size; i++) {
    if (!law.supports(i)) continue;
    let square = 0;
    let cross = 0;
    for (let k = 0, at = i * d; k < d; k++, at++) {
      const step = (alpha * (points[at] - points[from + k])) / sigma;
      square += step * step;
      cross += step * (residual[k] / sigma);
    }
    farther[i] = square / 2 - cross;
    // Squares may leave the doubles where their difference does not, or both do.
    if (!(square < LARGEST && far < LARGEST)) farther[i] = fartherScaled(points, i * d, from, d, x, level);
    terms[i] = square / 2 + Math.sqrt(square) * far;
    if (farther[i] < least) least = farther[i];
  }
  let closest = 0;
  for (let i = 0; i < size; i++) {
    // Rounding may have moved an exponent by some 1e−15 of its terms.
    if (
      terms[i] > LARGE &&
      terms[i] < LARGEST &&
      farther[i] - least <= 2 * NEGLIGIBLE_NATS + logRoom(law, i) + 1e-14 * terms[i]
    )
      farther[i] = fartherExactly(points, i * d, from, d, x, level);
    if (farther[i] < closest) closest = farther[i];
  }
  const weight = weights(law, farther, closest);
  const shift = new Float64Array(d);
  for (let i = 0; i < size; i++) {
    const q = weight[i];
    if (q === 0) continue;
    for (let k = 0, at = i * d; k < d; k++, at++) shift[k] += share(q, points[at], points[from + k]);
  }
  return { nearest, residual, weight, shift };
}

function nearestAtom({ points, size, dimension: d }: AtomicData, law: Law, x: Float64Array, alpha: number): number {
  let nearest = -1;
  let least = Infinity;
  for (let i = 0; i < size; i++) {
    if (!law.supports(i)) continue;
    let distance = 0;
    for (let k = 0, at = i * d; k < d; k++, at++) {
      const r = x[k] - alpha * points[at];
      distance += r * r;
    }
    distance = distance > SMALLEST && distance < LARGEST ? Math.sqrt(distance) : norm(points, i * d, d, x, alpha);
    if (distance < least || nearest < 0) {
      least = distance;
      nearest = i;
    }
  }
  return nearest;
}

/** |x − αa|, whose square leaves the doubles, halved where it does itself: all of them then are compared halved. */
function norm(points: Float64Array, i: number, d: number, x: Float64Array, alpha: number): number {
  let most = 0;
  for (let k = 0; k < d; k++) most = Math.max(most, Math.abs(x[k] / 4 - alpha * (points[i + k] / 4)));
  if (most === 0) {
    for (let k = 0; k < d; k++) most = Math.max(most, Math.abs(x[k] - alpha * points[i + k]));
    return most;
  }
  let square = 0;
  for (let k = 0; k < d; k++) {
    const r = (x[k] / 4 - alpha * (points[i + k] / 4)) / most;
    square += r * r;
  }
  return Math.min(Number.MAX_VALUE, 4 * (most * Math.sqrt(square)));
}

/** q(a − b), also where the difference leaves the doubles. */
export function share(q: number, a: number, b: number): number {
  const step = a - b;
  return Number.isFinite(step) ? q * step : q * a - q * b;
}

/** (|x − αa_i|² − |x − αa_j|²)/2σ² from factors that are scaled by a power of two each; ±∞ where it is beyond the doubles. */
function fartherScaled(
  points: Float64Array,
  i: number,
  j: number,
  d: number,
  x: Float64Array,
  { sigma, alpha }: NoiseLevel,
): number {
  // α(a − b) and (α(a + b))/2 − x, an eighth of each: their sizes, and then the sum of their products beside these.
  const step = (k: number) => alpha.hi * (points[i + k] / 8 - points[j + k] / 8);
  const off = (k: number) => alpha.hi * (points[i + k] / 16 + points[j + k] / 16) - x[k] / 8;
  let [steps, offs] = [0, 0];
  for (let k = 0; k < d; k++) {
    steps = Math.max(steps, Math.abs(step(k)));
    offs = Math.max(offs, Math.abs(off(k)));
  }
  if (steps === 0 || offs === 0) return 0;
  let sum = 0;
  for (let k = 0; k < d; k++) sum += (step(k) / steps) * (off(k) / offs);
  const [a, b] = [exponentOf(steps), exponentOf(offs)];
  const unit = exponentOf(sigma);
  const s = timesPowerOfTwo(sigma, -unit);
  const product = sum * timesPowerOfTwo(steps, -a) * timesPowerOfTwo(offs, -b);
  return timesPowerOfTwo((64 * product) / (s * s), a + b - 2 * unit);
}

/** How many nats the heaviest atom has over this one: so much nearer must this one be to count as much. */
function logRoom(law: Law, i: number): number {
  return law.logWeight[law.peak] - law.logWeight[i];
}

/** p_i e^{−farther_i}, normalised: from the weights themselves, or from logarithms where those would underflow. */
function weights(law: Law, farther: Float64Array, closest: number): Float64Array {
  const out = new Float64Array(farther.length);
  let total = 0;
  // Rounding chose an atom as the nearest that others are nearer than by more than a double holds.
  if (closest === -Infinity)
    return weights(
      law,
      farther.map((f) => (f === -Infinity ? 0 : Infinity)),
      0,
    );
  for (let i = 0; i < out.length; i++) {
    if (farther[i] === Infinity) continue;
    out[i] = law.weight[i] * exp(closest - farther[i]);
    total += out[i];
  }
  // The atom at `closest` may be so rare that it left the range of a double, and others with it.
  if (!(total > 1e-250)) {
    for (let i = 0; i < out.length; i++)
      out[i] = farther[i] === Infinity ? -Infinity : law.logWeight[i] + (closest - farther[i]);
    total = weighInPlace(out);
  }
  for (let i = 0; i < out.length; i++) out[i] /= total;
  return out;
}

/** x − αa, rounded once. */
function lessProduct(x: number, alpha: DoubleDouble, a: number): number {
  // Dekker's product splits its factors by a multiplication that would overflow.
  if (Math.abs(a) > LARGEST || Math.abs(x) > LARGEST) return lessProduct(x / 2 ** 64, alpha, a / 2 ** 64) * 2 ** 64;
  const p = alpha.hi * a;
  const rest = productError(alpha.hi, a, p) + alpha.lo * a;
  const s = x - p;
  const t = s - x;
  return s + (x - (s - t) + (-p - t) - rest);
}

/** (α/2σ²) Σ_k (a_ik − a_jk)(α(a_ik + a_jk) − 2x_k), each factor and the sum in double-double. */
function fartherExactly(
  points: Float64Array,
  i: number,
  j: number,
  d: number,
  x: Float64Array,
  { sigma, alpha }: NoiseLevel,
): number {
  let hi = 0;
  let lo = 0;
  for (let k = 0; k < d; k++) {
    const a = points[i + k];
    const b = points[j + k];
    // a − b = u + v and a + b = p + q, exactly.
    const u = a - b;
    let t = u - a;
    const v = a - (u - t) + (-b - t);
    const p = a + b;
    t = p - a;
    const q = a - (p - t) + (b - t);
    // α(a + b) − 2x = r + e.
    const product = alpha.hi * p;
    const tail = productError(alpha.hi, p, product) + alpha.hi * q + alpha.lo * p;
    const r = product - 2 * x[k];
    t = r - product;
    const e = product - (r - t) + (-2 * x[k] - t) + tail;
    const term = u * r;
    const s = hi + term;
    t = s - hi;
    lo += hi - (s - t) + (term - t) + productError(u, r, term) + u * e + v * r;
    hi = s;
  }
  return (alpha.hi / (2 * sigma)) * ((hi + lo) / sigma);
}
