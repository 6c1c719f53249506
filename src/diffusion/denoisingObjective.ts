import { Law } from "../measure/law.js";
import { square } from "../numeric/elementary.js";
import { exponentOf } from "../numeric/powerOfTwo.js";
import { maxNorm, pointAt } from "../optimize/lineSearch.js";
import type { Report, Smooth, Verdict } from "../optimize/smooth.js";
import type { AtomicData } from "./atoms.js";
import { weighInPlace } from "./posteriorWeights.js";

/** One atom under one noise at one level. */
export interface Node {
  /** The atom's share of the loss: its weight, the level's and the noise's, times u². */
  readonly weight: number;
  /** −s²/2 + s·ε of each atom of p_data. */
  readonly exponent: Float64Array;
  /** a_j − x of those atoms, shared by the nodes of one atom. */
  readonly step: Float64Array;
}

/** A Hessian of more multiplications than this takes longer than L-BFGS does without one. */
const MAX_HESSIAN_PRODUCTS = 1e9;

/**
 * The importance-weighted denoising loss of the predictor of p_data e^θ, as a function of θ. Its unit is about the posterior
 * variance at θ = 0, so that the scale of the atoms does not decide when its gradient has vanished.
 */
export class DenoisingLoss implements Smooth {
  readonly size: number;
  /** The unit of the loss. */
  readonly #unit: number;
  readonly #nodes: readonly Node[];
  readonly #atoms: readonly number[];
  readonly #log: Float64Array;
  readonly #dimension: number;
  readonly #ridge: number;
  /** Whether the target has mass on every atom of p_data. */
  readonly #hasAll: boolean;
  readonly #posterior: Float64Array;
  readonly #shift: Float64Array;

  constructor(data: AtomicData, nodes: readonly Node[], law: Law, target: Law, ridge: number) {
    const atoms = data.marginal.support.filter((i) => law.supports(i));
    this.size = data.size;
    this.#atoms = atoms;
    this.#log = Float64Array.from(atoms, (i) => law.logProbability(i));
    this.#hasAll = atoms.every((i) => target.supports(i));
    this.#dimension = data.dimension;
    this.#posterior = new Float64Array(atoms.length);
    this.#shift = new Float64Array(data.dimension);
    const variance = this.#variance(nodes);
    // A power of two costs no digit.
    this.#unit = variance > 0 ? 2 ** exponentOf(variance) : 1;
    this.#nodes = nodes.map((node) => ({ ...node, weight: node.weight / this.#unit }));
    this.#ridge = ridge / this.#unit;
  }

  /** The mean of the posterior variance at θ = 0. */
  #variance(nodes: readonly Node[]): number {
    const [q, shift, d, start] = [this.#posterior, this.#shift, this.#dimension, new Float64Array(this.size)];
    let total = 0;
    for (const node of nodes) {
      this.#read(node, start);
      for (let at = 0; at < q.length * d; at++) {
        total += node.weight * q[Math.floor(at / d)] * square(node.step[at] - shift[at % d]);
      }
    }
    return total;
  }

  /** The posterior of the node under θ, and E[a | x_t] − x, in place. */
  #read({ exponent, step }: Node, x: Float64Array): void {
    const [q, shift, d] = [this.#posterior, this.#shift, this.#dimension];
    for (let j = 0; j < q.length; j++) q[j] = exponent[j] + this.#log[j] + x[this.#atoms[j]];
    const total = weighInPlace(q);
    shift.fill(0);
    for (let j = 0; j < q.length; j++) {
      q[j] /= total;
      if (q[j] !== 0) for (let k = 0, at = j * d; k < d; k++, at++) shift[k] += q[j] * step[at];
    }
  }

  evaluate(x: Float64Array, gradient: Float64Array): number {
    const [q, shift, d] = [this.#posterior, this.#shift, this.#dimension];
    let value = 0;
    for (let i = 0; i < x.length; i++) {
      value += (this.#ridge / 2) * x[i] * x[i];
      gradient[i] = this.#ridge * x[i];
    }
    for (const node of this.#nodes) {
      this.#read(node, x);
      let square = 0;
      for (let k = 0; k < d; k++) square += shift[k] * shift[k];
      value += node.weight * square;
      // ∂|m − x|²/∂θ_j = 2 q_j (a_j − m)·(m − x), and (a_j − m)·(m − x) = (a_j − x)·(m − x) − |m − x|².
      for (let j = 0; j < q.length; j++) {
        if (q[j] === 0) continue;
        let along = 0;
        for (let k = 0, at = j * d; k < d; k++, at++) along += node.step[at] * shift[k];
        gradient[this.#atoms[j]] += 2 * node.weight * q[j] * (along - square);
      }
    }
    return value;
  }

  /**
   * The Gauss–Newton Hessian Σ 2c q_j q_k (a_j − m)·(a_k − m), which is the true one at a law that fits. The size of the
   * gradient is added to its diagonal, so that a step sends no atoms to infinity that the levels hardly tell apart.
   */
  hessian(x: Float64Array): Float64Array | undefined {
    const [q, shift, d, atoms] = [this.#posterior, this.#shift, this.#dimension, this.#atoms];
    if (this.#nodes.length * square(atoms.length) * d > MAX_HESSIAN_PRODUCTS) return undefined;
    const n = this.size;
    const out = new Float64Array(n * n);
    const damping = this.#ridge + maxNorm(pointAt(this, x).gradient);
    for (const i of atoms) out[i * (n + 1)] = damping;
    const part = new Float64Array(atoms.length * d);
    for (const node of this.#nodes) {
      this.#read(node, x);
      for (let j = 0; j < q.length; j++)
        for (let k = 0, at = j * d; k < d; k++, at++) part[at] = q[j] * (node.step[at] - shift[k]);
      for (let j = 0; j < q.length; j++) {
        if (q[j] === 0) continue;
        for (let i = 0; i < q.length; i++) {
          let s = 0;
          for (let k = 0; k < d; k++) s += part[j * d + k] * part[i * d + k];
          out[atoms[j] * n + atoms[i]] += 2 * node.weight * s;
        }
      }
    }
    return out;
  }

  curvature(): undefined {}

  report(value: number, gradient: Float64Array): Report {
    return { objective: -value * this.#unit, gradientNorm: maxNorm(gradient) * this.#unit };
  }

  /** As in maximum likelihood the optimum is at infinity where the target has nothing of an atom. */
  verdict(_: Float64Array, step: Float64Array | undefined): Verdict {
    return this.#ridge > 0 || this.#hasAll || step === undefined ? "gradient" : "unbounded";
  }

  change(x: Float64Array, step: Float64Array): number {
    const before = this.logLaw(x);
    const after = this.logLaw(x.map((v, i) => v + step[i]));
    return before.reduce((most, l, j) => Math.max(most, Math.abs(after[j] - l)), 0);
  }

  /** log p_θ on the atoms of p_data, in their order. */
  logLaw(x: Float64Array): Float64Array {
    return Law.fromLogMass(this.#log.map((l, j) => l + x[this.#atoms[j]])).logProbabilities();
  }
}
