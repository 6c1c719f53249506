import { type Grid, splitOnGrid, TERMS } from "./grid.js";
import type { Nodes } from "./nodes.js";

/** 1/k. */
const inverse = Float64Array.from({ length: TERMS }, (_, k) => 1 / k);

/** A function f(t) ≥ 0 at the nodes, as log(t·f(t)), which may rise by a few nats a node at most. */
export interface Kernel {
  readonly logIntegrand: Float64Array;
  /** f grows like t^order before the first node. */
  readonly order: 0 | 2;
}

/** For each level, ∫₀^∞ e^{−tw} f(t) dt = value·e^{logScale}. */
export interface LaplaceTransform {
  readonly value: Float64Array;
  readonly logScale: Float64Array;
}

/** A kernel's nodes as doubles, rescaled where they outgrow the last scale by e²⁰⁰. */
class ScaledKernel implements LaplaceTransform {
  readonly weight: Float64Array;
  readonly scale: Float64Array;
  readonly kernel: Kernel;
  readonly value: Float64Array;
  readonly logScale: Float64Array;
  /** tail[k] = Σ over the nodes passed of weight·(t/t_last)^k: what a Taylor series in t·w is made of. */
  readonly tail: Float64Array = new Float64Array(TERMS);

  constructor(kernel: Kernel, step: number, size: number) {
    const { logIntegrand, order } = kernel;
    this.kernel = kernel;
    this.value = new Float64Array(size);
    this.logScale = new Float64Array(size);
    this.weight = new Float64Array(logIntegrand.length);
    this.scale = new Float64Array(logIntegrand.length);
    // The kernel of a constant reward is zero throughout: it has no scale.
    let scale = logIntegrand.find((l) => l > -Infinity) ?? 0;
    for (let n = 0; n < logIntegrand.length; n++) {
      if (logIntegrand[n] > scale + 200) scale = logIntegrand[n];
      this.weight[n] = Math.exp(logIntegrand[n] - scale);
      this.scale[n] = scale;
    }
    // All nodes left of the first, in closed form.
    for (let k = 0; k < TERMS; k++) this.tail[k] = this.weight[0] / -Math.expm1(-(k + 1 + order) * step);
  }

  /** Moves the tail from node n − 1 to node n. */
  advance(n: number, at: Float64Array, decay: Float64Array, step: number): void {
    const { tail, weight, scale } = this;
    if (scale[n] !== scale[n - 1]) {
      const shrink = Math.exp(scale[n - 1] - scale[n]);
      for (let k = 0; k < TERMS; k++) tail[k] *= shrink;
    }
    const skipped = at[n] - at[n - 1] - 1;
    if (skipped === 0) {
      const w = weight[n];
      for (let k = 0; k < TERMS; k++) tail[k] = tail[k] * decay[k] + w;
      return;
    }
    // f is flat from node n − 1 to node n: the nodes between are a geometric series.
    const last = Math.exp(this.kernel.logIntegrand[n - 1] + skipped * step - scale[n]);
    for (let k = 0; k < TERMS; k++) {
      const between = (last * Math.expm1(-(k + 1) * step * skipped)) / Math.expm1(-(k + 1) * step);
      tail[k] = (tail[k] * Math.exp(-k * step * skipped) + between) * decay[k] + weight[n];
    }
  }

  /** Σ over the nodes passed of weight·e^{−t·w}, z being t·w at the last. */
  lowSum(z: number): number {
    const { tail } = this;
    let s = tail[TERMS - 1];
    for (let k = TERMS - 1; k >= 1; k--) s = tail[k - 1] - s * z * inverse[k];
    return s;
  }
}

/**
 * The Laplace transforms of several kernels at every weight e^x of a decreasing list: the nodes from the first to the
 * last, each level meeting those in its own window one by one, and all earlier ones through their sums. The exponentials
 * are shared by the kernels.
 */
export function laplaceTransforms(
  grid: Grid,
  nodes: Nodes,
  x: Float64Array,
  kernels: readonly Kernel[],
): LaplaceTransform[] {
  const { step, low, far, power } = grid;
  const { at } = nodes;
  const { steps, factor } = splitOnGrid(grid, x);
  const decay = Float64Array.from({ length: TERMS }, (_, k) => Math.exp(-k * step));
  const scaled = kernels.map((kernel) => new ScaledKernel(kernel, step, x.length));
  const width = far - 1 - low;
  const window = new Float64Array(width);
  let n = 0; // the last node passed
  for (let i = 0; i < x.length; i++) {
    const lastLow = low - steps[i];
    if (lastLow < at[0]) continue;
    while (at[n] < lastLow) {
      n++;
      for (const s of scaled) s.advance(n, at, decay, step);
    }
    const w = factor[i];
    for (let j = 0; j < width; j++) window[j] = Math.exp(-power[j + 1] * w);
    for (const s of scaled) {
      let total = 0;
      if (s.scale[n + width] === s.scale[n]) {
        const { weight } = s;
        for (let j = 0; j < width; j++) total += window[j] * weight[n + 1 + j];
      } else {
        for (let j = 1; j <= width; j++)
          total += window[j - 1] * s.weight[n + j] * Math.exp(s.scale[n + j] - s.scale[n]);
      }
      s.value[i] = step * (total + s.lowSum(power[0] * w));
      s.logScale[i] = s.scale[n];
    }
  }
  return scaled;
}
