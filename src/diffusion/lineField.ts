import type { Law } from "../measure/law.js";
import { exp, log } from "../numeric/elementary.js";
import { expNormal } from "../numeric/expLog.js";
import type { AtomicData } from "./atoms.js";

/** Weights e^−45 below the largest leave a mean as it is. */
const NEGLIGIBLE = 45;

/**
 * The denoiser of a law of atoms on a line, in the coordinates z = x_t/σ and u = α/σ: E[a | z, u] with
 * q_i ∝ p_i exp(−(z − ua_i)²/2). Atoms are in order and coincident ones together, so that only those near z/u are looked at.
 */
export class LineField {
  /** The different points, increasing, and the log-probability of each. */
  readonly points: Float64Array;
  readonly logWeight: Float64Array;
  /** How many nats the heaviest point has over the lightest. */
  readonly room: number;
  readonly #exponents: Float64Array;

  constructor({ points, size }: AtomicData, law: Law) {
    const places = new Map<number, number>();
    const probability = law.probabilities();
    const logProbability = law.logProbabilities();
    for (let i = 0; i < size; i++) {
      if (!law.supports(i)) continue;
      const x = points[i] + 0;
      // Rarer than a double can hold an atom is alone at its point, or does not show there.
      places.set(x, Math.max(logProbability[i], log(exp(places.get(x) ?? -Infinity) + probability[i])));
    }
    this.points = Float64Array.from(places.keys()).sort();
    this.logWeight = this.points.map((x) => places.get(x) as number);
    this.#exponents = new Float64Array(this.points.length);
    this.room = this.logWeight.reduce((a, b) => Math.max(a, b)) - this.logWeight.reduce((a, b) => Math.min(a, b));
  }

  /** The index of the point nearest to y, the lower one of two. */
  nearest(y: number): number {
    const { points } = this;
    let [low, high] = [0, points.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (y - points[middle] <= points[middle + 1] - y) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** E[a | z, u], also in the limit u = 0. */
  mean(z: number, u: number): number {
    const { points, logWeight } = this;
    const exponents = this.#exponents;
    const from = this.nearest(z / u);
    const origin = points[from];
    const gap = z - u * origin;
    // Past this |z − ua| even the heaviest point is negligible beside the nearest.
    const far = Math.sqrt(gap * gap + 2 * (this.room + NEGLIGIBLE));
    let [low, high, top] = [from, from, -Infinity];
    while (low > 0 && Math.abs(gap - u * (points[low - 1] - origin)) <= far) low--;
    while (high < points.length - 1 && Math.abs(gap - u * (points[high + 1] - origin)) <= far) high++;
    for (let i = low; i <= high; i++) {
      const step = u * (points[i] - origin);
      exponents[i] = logWeight[i] - step * (step / 2 - gap);
      if (exponents[i] > top) top = exponents[i];
    }
    let [total, sum] = [0, 0];
    for (let i = low; i <= high; i++) {
      const t = exponents[i] - top;
      if (t <= -700) continue;
      const q = expNormal(t);
      total += q;
      sum += q * (points[i] - origin);
    }
    return origin + sum / total;
  }
}
