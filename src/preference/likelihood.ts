import { conjugateGradients } from "../numeric/conjugateGradients.js";
import { deviance, logRatio } from "../numeric/deviance.js";
import { exp, log, log1p } from "../numeric/elementary.js";
import { SMALLEST_NORMAL } from "../numeric/float64.js";
import { GroundedLaplacian } from "../numeric/laplacian.js";
import { sum } from "../numeric/sum.js";
import type { Tournament } from "./comparisons.js";

/** Up to this number of vertices, elimination costs less than a few passes over the edges. */
const MAX_ELIMINATED_VERTICES = 100;

/** From here on e^−x may underflow where its product with a count does not. */
const FAR_NATS = 700;

/**
 * The Bradley–Terry log-likelihood of a tournament as an electric network. An item is a vertex and its ability the
 * potential; a pair is an edge, whose current is the slope of the pair's log-likelihood in the difference d of its
 * abilities, and whose conductance is the negative of the curvature:
 *
 *   w₁ log σ(d) + w₂ log σ(−d),   current w₁σ(−d) − w₂σ(d),   conductance (w₁ + w₂)σ(d)σ(−d).
 *
 * The gradient is what flows in at each vertex, and Fisher's information is the Laplacian of the network. A ridge is
 * one vertex more, free like the others, and an edge of conductance `ridge` from it to each item: at the potential that
 * suits it best, the mean, these edges cost ½·ridge·Σ(ability − mean)².
 */
export class LikelihoodNetwork {
  readonly #pairs: Tournament<unknown>;
  readonly #ridge: number;
  readonly #vertices: number;
  /** The ends of each edge: the pairs first, then the edges of the ridge. */
  readonly #a: Int32Array;
  readonly #b: Int32Array;
  readonly #ground: number;
  #laplacian: GroundedLaplacian | undefined;
  /** Whether conjugate gradients are tried: among a few items elimination is done at once. */
  #iterative: boolean;
  readonly #current: Float64Array;
  readonly #conductance: Float64Array;

  /** @param ground the item whose ability stays 0 */
  constructor(pairs: Tournament<unknown>, ridge: number, ground: number) {
    const n = pairs.items.length;
    this.#pairs = pairs;
    this.#ridge = ridge;
    this.#vertices = ridge > 0 ? n + 1 : n;
    const spokes = ridge > 0 ? n : 0;
    const edges = pairs.first.length;
    this.#a = new Int32Array(edges + spokes);
    this.#b = new Int32Array(edges + spokes).fill(n);
    this.#a.set(pairs.first);
    this.#b.set(pairs.second);
    for (let i = 0; i < spokes; i++) this.#a[edges + i] = i;
    this.#ground = ground;
    this.#iterative = this.#vertices > MAX_ELIMINATED_VERTICES;
    this.#current = new Float64Array(this.#a.length);
    this.#conductance = new Float64Array(this.#a.length);
  }

  /** The network at no difference between the items. */
  zero(): Float64Array {
    return new Float64Array(this.#vertices);
  }

  /** Moves to these potentials: the slopes and steps below are then those there. */
  moveTo(potential: Float64Array): void {
    const { firstWins, secondWins } = this.#pairs;
    const a = this.#a;
    const b = this.#b;
    const current = this.#current;
    const conductance = this.#conductance;
    const pairs = firstWins.length;
    for (let e = 0; e < pairs; e++) {
      const d = potential[a[e]] - potential[b[e]];
      const distance = Math.abs(d);
      const w = d >= 0 ? firstWins[e] : secondWins[e]; // of the abler
      const v = d >= 0 ? secondWins[e] : firstWins[e]; // of the other
      const tail = exp(-distance);
      const likely = 1 / (1 + tail);
      const lost = distance < FAR_NATS ? w * likely * tail : exp(log(w) - distance);
      const gap = lost - v * likely;
      current[e] = d >= 0 ? gap : -gap;
      const spread = distance < FAR_NATS ? (w + v) * likely * likely * tail : exp(log(w + v) - distance);
      conductance[e] = Math.max(spread, SMALLEST_NORMAL);
    }
    for (let e = pairs; e < a.length; e++) {
      current[e] = this.#ridge * (potential[b[e]] - potential[a[e]]);
      conductance[e] = this.#ridge;
    }
  }

  /** The slope of the log-likelihood in a direction. */
  slope(direction: Float64Array): number {
    const a = this.#a;
    const b = this.#b;
    const current = this.#current;
    let s = 0;
    for (let e = 0; e < a.length; e++) s += current[e] * (direction[a[e]] - direction[b[e]]);
    return s;
  }

  /** The largest change of a difference between two compared items, along a direction. */
  span(direction: Float64Array): number {
    const a = this.#a;
    const b = this.#b;
    let largest = 0;
    for (let e = 0; e < a.length; e++) {
      const change = Math.abs(direction[a[e]] - direction[b[e]]);
      if (!(change <= largest)) largest = change;
    }
    return largest;
  }

  /** What flows in at each vertex: the observed minus the expected wins of an item, and the pull of the ridge. */
  gradient(): Float64Array {
    return this.#inflow(this.#current);
  }

  #inflow(current: Float64Array): Float64Array {
    const a = this.#a;
    const b = this.#b;
    const inflow = new Float64Array(this.#vertices);
    for (let e = 0; e < current.length; e++) {
      inflow[a[e]] += current[e];
      inflow[b[e]] -= current[e];
    }
    return inflow;
  }

  /** Fisher's information here, factored. */
  information(): GroundedLaplacian {
    return this.#factored(this.#conductance);
  }

  #factored(conductance: Float64Array): GroundedLaplacian {
    this.#laplacian ??= new GroundedLaplacian(this.#vertices, this.#a, this.#b, this.#ground);
    this.#laplacian.factor(conductance);
    return this.#laplacian;
  }

  /** The potentials, 0 at the ground, at which these conductances carry these currents, or all but a share of them. */
  #solve(conductance: Float64Array, current: Float64Array, share: number): Float64Array {
    if (this.#iterative) {
      const x = conjugateGradients(this.#a, this.#b, conductance, current, this.#ground, share);
      if (x !== undefined) return x;
      this.#iterative = false;
    }
    return this.#factored(conductance).solve(current);
  }

  /** The step of Newton's method, which may leave a share of the gradient. */
  newtonStep(share: number): Float64Array {
    return this.#solve(this.#conductance, this.gradient(), share);
  }

  /**
   * The potentials whose differences fit each pair's own log-odds by least squares: a start that is right at once where
   * the odds agree, however long they are. A pair that only one side won gives the first step of Newton's method. A share
   * of the currents may be left.
   */
  leastSquares(share: number): Float64Array {
    const { firstWins, secondWins } = this.#pairs;
    const conductance = new Float64Array(this.#a.length).fill(this.#ridge);
    const current = new Float64Array(this.#a.length);
    for (let e = 0; e < firstWins.length; e++) {
      const w = firstWins[e];
      const v = secondWins[e];
      const both = w > 0 && v > 0;
      conductance[e] = Math.max(both ? w * (v / (w + v)) : (w + v) / 4, SMALLEST_NORMAL);
      current[e] = conductance[e] * (both ? logRatio(w, v) : w > 0 ? 2 : -2);
    }
    return this.#solve(conductance, this.#inflow(current), share);
  }

  /** The log-likelihood at these potentials, and the deviance: twice its distance from its upper bound. */
  fit(potential: Float64Array): { logLikelihood: number; deviance: number } {
    const { first, second, firstWins, secondWins } = this.#pairs;
    const current = this.#current;
    this.moveTo(potential);
    const [logLikelihoods, deviances] = [new Float64Array(first.length), new Float64Array(first.length)];
    for (let e = 0; e < first.length; e++) {
      const d = potential[first[e]] - potential[second[e]];
      const distance = Math.abs(d);
      const w = d >= 0 ? firstWins[e] : secondWins[e];
      const v = d >= 0 ? secondWins[e] : firstWins[e];
      const tail = exp(-distance);
      const logLikely = 0 - log1p(tail);
      logLikelihoods[e] = w * logLikely + v * (logLikely - distance);
      // Expected minus observed wins are the current, which keeps its digits where the fit is good.
      const gap = d >= 0 ? current[e] : -current[e];
      const both = w + v;
      const likely = both / (1 + tail);
      const unlikely = distance < FAR_NATS ? likely * tail : exp(log(both) - distance);
      deviances[e] = 2 * (deviance(w, likely, -gap) + deviance(v, unlikely, gap));
    }
    return { logLikelihood: sum(logLikelihoods).hi, deviance: sum(deviances).hi };
  }
}
