import type { Law } from "../measure/law.js";
import { type DoubleDouble, productError } from "../numeric/doubleDouble.js";
import { exp, square } from "../numeric/elementary.js";
import { exponentOf, timesPowerOfTwo } from "../numeric/powerOfTwo.js";
import { addSteps, BLOCK, squaredDistances, squaredNorm, weightedSteps } from "./atomSums.js";
import type { AtomicData } from "./atoms.js";
import type { NoiseLevel } from "./noiseLevel.js";
import { NEGLIGIBLE_NATS, weighInPlace } from "./posteriorWeights.js";

/** The posterior of the atoms given a noisy point, read from one that is near. */
export interface Posterior {
  /** The index of that atom: the nearest of positive weight, or one of the likeliest where many count. */
  readonly near: number;
  /** x_t − α·(the near atom). */
  readonly residual: Float64Array;
  /** q_i: the probability that the point comes from atom i. */
  readonly weight: Float64Array;
  /** E[x₀ | x_t] − the near atom. */
  readonly shift: Float64Array;
}

/** Atoms are many where they have so many coordinates in all. */
const MIN_COORDINATES = 4096;

/** The near atom is found among so many. */
const SAMPLE = 64;

/** No atom is likelier than the near one by more than this factor. */
const MAX_LIKELIER = 20;

/** An exponent summed from larger terms is summed again where they cancel. One of smaller terms is right to 1e−14. */
const MAX_PLAIN_TERM = 64;

/** Atoms whose weight is below e^−800 of the largest have none in the doubles. */
const WEIGHTLESS_NATS = 800;

/** Squares between these keep their digits, and so do their sums. */
const MIN_SQUARE = 1e-280;
const MAX_SQUARE = 1e280;

/** Squares below the first, relative to σ² from here on, change no exponent. */
const MIN_PLAIN_SIGMA = 1e-100;

/** (|x − αa_i|² − |x − αa_j|²)/2σ². The coordinates of the atoms begin at places i and j of `points`. */
type Farther = (points: Float64Array, i: number, j: number, d: number, x: Float64Array, level: NoiseLevel) => number;

/**
 * q_i ∝ p_i exp(−|x − αa_i|²/2σ²), each distance less that to the nearest atom j. The distances themselves are subtracted
 * where they are short enough to keep the digits of the exponent. Else it is summed from its terms,
 * |x − αa_i|² − |x − αa_j|² = α Σ_k (a_ik − a_jk)(α(a_ik + a_jk) − 2x_k). Where these cancel and the atom counts, they
 * are summed again in double-double: neither σ near 0 nor a far-off x costs digits.
 */
export function posteriorOf(data: AtomicData, law: Law, x: Float64Array, level: NoiseLevel): Posterior {
  const { points, size, dimension: d } = data;
  const { sigma } = level;
  const alpha = level.alpha.hi;
  // Few atoms take little time: their exponents are all summed from their terms.
  const many = size * d >= MIN_COORDINATES;
  const longest = many ? maxPlainSquare(x, sigma) : -1;
  const inOnePass = many ? posteriorInOnePass(data, law, x, level, longest) : undefined;
  if (inOnePass !== undefined) return inOnePass;
  const distance = new Float64Array(size);
  squaredDistances(points, d, 0, size, x, alpha, distance);
  const nearest = nearestAtom(data, law, x, alpha, distance);
  const from = nearest * d;
  const residual = residualOf(points, from, x, level);
  let far = 0;
  for (let k = 0; k < d; k++) far += square(residual[k] / sigma);
  far = Math.sqrt(far);

  // farther[i] = (|x − αa_i|² − |x − αa_j|²)/2σ².
  const farther = new Float64Array(size).fill(Infinity);
  const scale = 0.5 / sigma / sigma;
  let [closest, plain] = [0, true];
  for (let i = 0; i < size; i++) {
    if (!law.supports(i)) continue;
    farther[i] = (distance[i] - distance[nearest]) * scale;
    if (!(distance[i] <= longest)) plain = false;
    if (farther[i] < closest) closest = farther[i];
  }
  if (!plain) closest = sumAgain();
  const weight = weights(law, farther, closest);
  return { near: nearest, residual, weight, shift: weightedSteps(points, d, weight, from) };

  /** Sums the exponents of far atoms from their terms. Returns the least exponent. */
  function sumAgain(): number {
    const { logWeight } = law;
    let most = -Infinity;
    for (let i = 0; i < size; i++) if (farther[i] < Infinity) most = Math.max(most, logWeight[i] - farther[i]);
    const terms = new Float64Array(size);
    const isLong = (term: number) => term > MAX_PLAIN_TERM && term < MAX_SQUARE;
    // Rounding moves a distance by so much of it at most, and of the product of its root and |x|.
    const rounding = (d + 4) * Number.EPSILON;
    const norm = Math.sqrt(squaredNorm(x));
    let long = false;
    for (let i = 0; i < size; i++) {
      if (distance[i] <= longest || !law.supports(i)) continue;
      const slack = rounding * (distance[i] + distance[nearest] + norm * Math.sqrt(distance[i])) * scale;
      if (most - (logWeight[i] - farther[i]) - 2 * slack > WEIGHTLESS_NATS) {
        farther[i] = Infinity;
        continue;
      }
      let square = 0;
      let cross = 0;
      for (let k = 0, at = i * d; k < d; k++, at++) {
        const step = (alpha * (points[at] - points[from + k])) / sigma;
        square += step * step;
        cross += step * (residual[k] / sigma);
      }
      farther[i] = square / 2 - cross;
      // Squares may overflow where their difference does not.
      if (!(square < MAX_SQUARE && far < MAX_SQUARE)) farther[i] = fartherScaled(points, i * d, from, d, x, level);
      terms[i] = square / 2 + Math.sqrt(square) * far;
      if (isLong(terms[i])) long = true;
    }
    if (long) {
      let likeliest = 0;
      most = -Infinity;
      for (let i = 0; i < size; i++) {
        const q = logWeight[i] - farther[i];
        if (q > most) [most, likeliest] = [q, i];
      }
      // Rounding moves exponents by some 1e−15 of their terms.
      const counts = 2 * NEGLIGIBLE_NATS + 1e-14 * terms[likeliest];
      for (let i = 0; i < size; i++) {
        const term = terms[i];
        if (isLong(term) && most - (logWeight[i] - farther[i]) <= counts + 1e-14 * term)
          farther[i] = fartherExactly(points, i * d, from, d, x, level);
      }
    }
    let least = 0;
    for (let i = 0; i < size; i++) if (farther[i] < least) least = farther[i];
    return least;
  }
}

/**
 * The posterior of many atoms whose distances keep the digits of all exponents. Each coordinate is brought into the cache
 * once, which is what takes the time. Differences are taken to an atom that is among the likeliest, so that neither it nor any
 * other decides alone. Undefined where there is no such atom, or a distance is too long.
 */
function posteriorInOnePass(
  { points, size, dimension: d }: AtomicData,
  law: Law,
  x: Float64Array,
  level: NoiseLevel,
  longest: number,
): Posterior | undefined {
  if (law.hasTail) return undefined;
  const alpha = level.alpha.hi;
  const scale = 0.5 / level.sigma / level.sigma;
  const weight = new Float64Array(size);
  let near = -1;
  let most = 0;
  let distance = 0;
  for (let i = 0; i < size; i += Math.ceil(size / SAMPLE)) {
    squaredDistances(points, d, i, i + 1, x, alpha, weight);
    if (!(weight[i] <= longest)) return undefined;
    const q = law.weight[i] * exp(-weight[i] * scale);
    if (q > most) [near, most, distance] = [i, q, weight[i]];
  }
  if (!(most > MIN_SQUARE)) return undefined;
  const shift = new Float64Array(d);
  const counted = new Int32Array(BLOCK);
  let total = 0;
  most = 0;
  for (let first = 0; first < size; first += BLOCK) {
    const end = Math.min(first + BLOCK, size);
    squaredDistances(points, d, first, end, x, alpha, weight);
    for (let i = first; i < end; i++) {
      if (!(weight[i] <= longest)) return undefined;
      const q = law.weight[i] * exp((distance - weight[i]) * scale);
      weight[i] = q;
      total += q;
      if (q > most) most = q;
      counted[i - first] = i;
    }
    addSteps(points, d, counted, 0, end - first, weight, near * d, shift);
  }
  if (!(most <= MAX_LIKELIER * law.weight[near])) return undefined;
  for (let i = 0; i < size; i++) weight[i] /= total;
  for (let k = 0; k < d; k++) shift[k] /= total;
  return { near, residual: residualOf(points, near * d, x, level), weight, shift };
}

/** x − αa, for the atom whose coordinates begin at `from`. */
function residualOf(points: Float64Array, from: number, x: Float64Array, { alpha }: NoiseLevel): Float64Array {
  return x.map((v, k) => lessProduct(v, alpha, points[from + k]));
}

/**
 * The largest |x − αa|² = r² whose quotient by 2σ² is right to 1e−14, as terms of size r(|x| + 2r)/2σ² are: the coordinates
 * of αa are of the size of |x| + r. NaN or −1 where there is none.
 */
function maxPlainSquare(x: Float64Array, sigma: number): number {
  if (sigma < MIN_PLAIN_SIGMA) return -1;
  const terms = 2 * MAX_PLAIN_TERM * sigma * sigma;
  const norm = squaredNorm(x);
  return square((4 * terms) / (Math.sqrt(norm) + Math.sqrt(norm + 16 * terms)));
}

function nearestAtom(
  { points, size, dimension: d }: AtomicData,
  law: Law,
  x: Float64Array,
  alpha: number,
  squares: Float64Array,
): number {
  let nearest = -1;
  let least = Infinity;
  for (let i = 0; i < size; i++) {
    if (!law.supports(i)) continue;
    const s = squares[i];
    const distance = s > MIN_SQUARE && s < MAX_SQUARE ? Math.sqrt(s) : norm(points, i * d, d, x, alpha);
    if (distance < least || nearest < 0) {
      least = distance;
      nearest = i;
    }
  }
  return nearest;
}

/** |x − αa| where its square is no normal double; the largest double where |x − αa| is none either. */
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

/** `Farther` from factors scaled by powers of two; ±∞ where it is beyond the doubles. */
const fartherScaled: Farther = (points, i, j, d, x, { sigma, alpha }) => {
  // An eighth of α(a − b) and of α(a + b)/2 − x. First their sizes, then the sum of their products in units of these.
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
};

/** p_i e^{−farther_i}, normalised: from weights, which have more digits, or from logarithms where weights underflow. */
function weights(law: Law, farther: Float64Array, closest: number): Float64Array {
  if (closest === -Infinity) {
    // Rounding took an atom for the nearest, and others are nearer by more than a double holds.
    const nearer = farther.map((f) => (f === -Infinity ? 0 : Infinity));
    return weights(law, nearer, 0);
  }
  const out = new Float64Array(farther.length);
  let total = 0;
  for (let i = 0; i < out.length; i++) {
    if (farther[i] === Infinity) continue;
    out[i] = law.weight[i] * exp(closest - farther[i]);
    total += out[i];
  }
  // The closest atom may be so rare that its weight underflows, and others with it.
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
  // Dekker's product splits its factors by a multiplication that overflows for larger ones.
  if (Math.abs(a) > MAX_SQUARE || Math.abs(x) > MAX_SQUARE)
    return lessProduct(x / 2 ** 64, alpha, a / 2 ** 64) * 2 ** 64;
  const p = alpha.hi * a;
  const rest = productError(alpha.hi, a, p) + alpha.lo * a;
  const s = x - p;
  const t = s - x;
  return s + (x - (s - t) + (-p - t) - rest);
}

/** `Farther` as (α/2σ²) Σ_k (a_ik − a_jk)(α(a_ik + a_jk) − 2x_k), each factor and the sum in double-double. */
const fartherExactly: Farther = (points, i, j, d, x, { sigma, alpha }) => {
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
};
