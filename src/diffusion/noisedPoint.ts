import type { Law } from "../measure/law.js";
import type { AtomicData } from "./atoms.js";
import { NEGLIGIBLE_NATS, weighInPlace } from "./posteriorWeights.js";

/** What is averaged in any dimension: a function of the posterior means less x, one for each law. */
export type OfShifts = (shifts: readonly Float64Array[]) => number;

/**
 * A point x of ℝ^d under noise, seen from itself. With u = α/σ, the root of the signal-to-noise ratio, x_t/σ = ux + ε, and
 * the posterior of the atoms is q_j ∝ p_j exp(−s_j²/2 + s_j·ε) with s_j = u(a_j − x): differences throughout, so that
 * nothing cancels where atoms are close or noise is small.
 */
export class NoisedPoint {
  readonly dimension: number;
  /** a_j − x, for each atom that one of the laws has. */
  readonly step: Float64Array;
  /** |a_j − x|². */
  readonly square: Float64Array;
  /** log p_j of each law on those atoms, −∞ where it has none. */
  readonly logWeights: readonly Float64Array[];
  /** The indices of those atoms. */
  readonly atoms: readonly number[];
  /** Of those atoms, the ones that count at the level last set. */
  readonly #near: Int32Array;
  #count = 0;
  #u = 0;
  /** Room for the posterior weights of those. */
  readonly #weight: Float64Array;

  constructor({ points, size, dimension: d }: AtomicData, laws: readonly Law[], x: Float64Array) {
    this.dimension = d;
    const atoms = Array.from({ length: size }, (_, i) => i).filter((i) => laws.some((law) => law.supports(i)));
    this.atoms = atoms;
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

  /** How far the noise of each coordinate may go: where it weighs e^−40 of its mode. */
  static readonly reach = 9;

  /**
   * Sets u, and keeps the atoms that count at some noise within reach. In one dimension it gives the spread max s − min s
   * of those: what the posterior's variation with ε comes from.
   */
  setLevel(u: number): number {
    this.#u = u;
    const { square, step, dimension, logWeights } = this;
    const radius = NoisedPoint.reach + Math.sqrt(dimension);
    const near = this.#near;
    // The log-weight that the best atom of each law keeps under any noise within the radius.
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
   * The range of u² over which the posterior of an atom x depends on the noise: up from the scale of the farthest other
   * atom, to where every one is out of the noise's reach. `room` is how many nats the heaviest atom has over the one at x.
   * Undefined where there is no other atom.
   */
  extent(): { readonly from: number; readonly to: number; readonly room: number } | undefined {
    const { square, logWeights } = this;
    let [nearest, farthest, room] = [Infinity, 0, 0];
    for (const logWeight of logWeights) {
      const own = square.reduce((most, s, j) => (s === 0 ? Math.max(most, logWeight[j]) : most), -Infinity);
      for (let j = 0; j < square.length; j++) {
        if (square[j] === 0) continue;
        nearest = Math.min(nearest, square[j]);
        farthest = Math.max(farthest, square[j]);
        room = Math.max(room, logWeight[j] - own);
      }
    }
    if (farthest === 0) return undefined;
    // s²/2 − rs exceeds the room and all that counts; along the line to an atom the noise is one-dimensional.
    const r = NoisedPoint.reach;
    const reach = r + Math.sqrt(r * r + 2 * (room + NEGLIGIBLE_NATS));
    return { from: 0.25 / farthest, to: (reach * reach) / nearest, room };
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
