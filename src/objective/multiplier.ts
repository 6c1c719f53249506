import { log } from "../numeric/elementary.js";
import type { FDivergence } from "./regularizers.js";

/**
 * The multiplier ν of a regularised objective, in units of β and from the largest reward: answer i has the density
 * (f′)⁻¹(x − dᵢ), x = (max r − ν)/β ≥ 0, dᵢ = (max r − rᵢ)/β. Near a pole of (f′)⁻¹ the distance of x to it is kept instead,
 * and its logarithm.
 */
export class Multiplier {
  readonly #f: FDivergence;
  readonly #x: number;
  /** What x misses: x − d may be far smaller than x, at the answers that have almost all mass. */
  readonly #low: number;
  readonly #gap: number | undefined;
  readonly #logGap: number;
  /** What the best answers have together, where only the logarithm of the distance to the pole is known. */
  readonly best: RareBest | undefined;

  private constructor(
    f: FDivergence,
    x: number,
    low: number,
    gap: number | undefined,
    logGap: number,
    best: RareBest | undefined,
  ) {
    this.#f = f;
    this.#x = x;
    this.#low = low;
    this.#gap = gap;
    this.#logGap = logGap;
    this.best = best;
  }

  static at(f: FDivergence, x: number, low: number): Multiplier {
    return new Multiplier(f, x, low, undefined, Number.NaN, undefined);
  }

  /** At a distance below the pole, given by itself or, where that may be no double, by its logarithm. */
  static below(f: FDivergence, gap: number, logGap: number, best?: RareBest): Multiplier {
    return new Multiplier(f, f.pole - gap, 0, gap, logGap, best);
  }

  /** x − d. */
  argument(d: number): number {
    return this.#x - d + this.#low;
  }

  /** The density of each answer, 0 at a distance of ∞. */
  densities(distance: Float64Array): Float64Array {
    const f = this.#f;
    const gap = this.#gap;
    if (gap === undefined) return f.densities(distance, this.#x, this.#low);
    const out = new Float64Array(distance.length);
    for (let i = 0; i < out.length; i++) if (distance[i] < Infinity) out[i] = f.densityBelow(gap + distance[i]);
    return out;
  }

  logDensity(d: number): number {
    if (d === Infinity) return -Infinity;
    if (this.#gap === undefined) return this.#f.logDensity(this.#x - d + this.#low);
    return this.#f.logDensityBelow(d === 0 ? this.#logGap : log(this.#gap + d));
  }
}

/** The logarithms of the mass of the best answers under ref and under the optimum. */
export interface RareBest {
  readonly logRef: number;
  readonly logShare: number;
}
