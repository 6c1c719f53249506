import type { Law } from "../measure/law.js";
import type { AtomicData } from "./atoms.js";
import { NEGLIGIBLE_NATS, weighInPlace } from "./posteriorWeights.js";

/** A function to be averaged over noise, in any dimension: of E[a | x_t] − x under each law. */
export type OfShifts = (shifts: readonly Float64Array[]) => number;

/**
 * A point x of ℝ^d under noise. With u = α/σ, the root of the signal-to-noise ratio, x_t/σ = ux + ε, and the posterior of the
 * atoms is q_j ∝ p_j exp(−s_j²/2 + s_j·ε), s_j = u(a_j − x). Only differences to x occur, so nothing cancels where atoms are
 * close or noise is small.
 */
export class NoisedPoint {
  readonly dimension: number;
  /** a_j − x, for each atom that one of the laws has. */
  readonly step: Float64Array;
  /** |a_j − x|². */
  readonly square: Float64Array;
  /** log p_j of each law on those atoms, −∞ where it has none. */
  readonly logWeights: readonly Float64Array[];
  /** Those of the atoms that count at the level last set. */
  readonly #near: Int32Array;
  #count = 0;
  #u = 0;
  /** Room for the posterior weights of those. */
  readonly #weight: Float64Array;

  constructor({ points, marginal, dimension: d }: AtomicData, laws: readonly Law[], x: Float64Array) {
    this.dimension = d;
    const atoms = marginal.support.filter((i) => laws.some((law) => law.supports(i)));
    this.step = new Float64Array(atoms.length * d);
    this.square = new Float64Array(atoms.length);
    for (const [j, i] of atoms.entries()) {
      for (let k = 0; k < d; k++) {
        const s = points[i * d + k] - x[k];
        this.step[j * d + k] = s;
        this.square[j] += s * s;
      }
    }
    this.logWeights = laws.map((law) => Float64Array.from(atoms, (i) => law.logProbability(i)));
    this.#near = new Int32Array(atoms.length);
    this.#weight = new Float64Array(atoms.length);
  }

  /** How far the noise of each coordinate goes: to where its density is e^−40 of the mode's. */
  static readonly reach = 9;

  /**
   * Sets u, and finds the atoms that count at some noise within reach. Returns the spread max s − min s of these in the first
   * coordinate, on which the posterior's variation with ε depends in one dimension.
   */
  setLevel(u: number): number {
    this.#u = u;
    const { square, step, dimension, logWeights } = this;
    const radius = NoisedPoint.reach + Math.sqrt(dimension);
    const near = this.#near;
    // The log-weight that the best atom of each law keeps under all noise within the radius, less what is negligible.
    const floors = logWeights.map((logWeight) => {
      let floor = -Infinity;
      for (let j = 0; j < logWeight.length; j++) {
        const s = u * Math.sqrt(square[j]);
        const kept = logWeight[j] - s * (s / 2 + radius);
        if (kept > floor) floor = kept;
      }
      return floor - NEGLIGIBLE_NATS;
    });
    let count = 0;
    let [low, high] = [0, 0];
    for (let j = 0; j < square.length; j++) {
      const s = u * Math.sqrt(square[j]);
      const gained = s * (radius - s / 2);
      let counts = false;
      for (let l = 0; l < floors.length; l++) counts ||= logWeights[l][j] + gained >= floors[l];
      if (!counts) continue;
      near[count++] = j;
      const first = u * step[j * dimension];
      if (first < low) low = first;
      if (first > high) high = first;
    }
    this.#count = count;
    return high - low;
  }

  /**
   * The range of u² over which the posterior of an atom x depends on the noise: from the scale of the farthest other atom to
   * where the noise reaches none. Undefined where there is no other atom.
   */
  extent(): { readonly from: number; readonly to: number } | undefined {
    const { square, logWeights } = this;
    // How many nats the heaviest atom has over the one at x.
    let heavier = 0;
    let [nearest, farthest] = [Infinity, 0];
    for (const logWeight of logWeights) {
      const own = square.reduce((most, s, j) => (s === 0 ? Math.max(most, logWeight[j]) : most), -Infinity);
      for (let j = 0; j < square.length; j++) {
        if (square[j] === 0) continue;
        nearest = Math.min(nearest, square[j]);
        farthest = Math.max(farthest, square[j]);
        heavier = Math.max(heavier, logWeight[j] - own);
      }
    }
    if (farthest === 0) return undefined;
    // Beyond it s²/2 − rs exceeds all that counts. The noise along the line to an atom is one-dimensional.
    const r = NoisedPoint.reach;
    const reach = r + Math.sqrt(r * r + 2 * (heavier + NEGLIGIBLE_NATS));
    return { from: 0.25 / farthest, to: (reach * reach) / nearest };
  }

  /** E[a | ux + ε] − x under law number `l`, into `out`. */
  shift(l: number, noise: Float64Array, out: Float64Array): void {
    const { dimension: d, step, square } = this;
    const logWeight = this.logWeights[l];
    const weight = this.#weight;
    const near = this.#near;
    const u = this.#u;
    for (let n = 0; n < this.#count; n++) {
      const j = near[n];
      let along = 0;
      for (let k = 0, at = j * d; k < d; k++, at++) along += step[at] * noise[k];
      weight[n] = logWeight[j] + u * (along - (u * square[j]) / 2);
    }
    const total = weighInPlace(weight, this.#count);
    out.fill(0);
    for (let n = 0; n < this.#count; n++) {
      const q = weight[n];
      if (q === 0) continue;
      for (let k = 0, at = near[n] * d; k < d; k++, at++) out[k] += q * step[at];
    }
    for (let k = 0; k < d; k++) out[k] /= total;
  }
}
