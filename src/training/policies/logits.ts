import { square } from "../../numeric/elementary.js";
import type { LinearSoftmax } from "./logLinearQueries.js";
import type { ContextTree, Logits } from "./softmaxTree.js";

/** Every row has its own parameter, its logit. */
export function tableLogits(rows: number): Logits {
  return {
    size: rows,
    fill: (parameters, out) => out.set(parameters),
    addTransposed(coefficient, gradient) {
      for (let i = 0; i < rows; i++) gradient[i] += coefficient[i];
    },
    addCovariance({ outcomes }, total, p, matrix) {
      for (let i = 0; i < rows; i++) {
        const c = Math.floor(i / outcomes);
        const scaled = total[c] * p[i];
        // p(1 − p) from the other probabilities: 1 − p loses digits where p is near 1.
        for (let j = c * outcomes; j < (c + 1) * outcomes; j++) {
          if (j === i) continue;
          matrix[i * rows + j] -= scaled * p[j];
          matrix[i * rows + i] += scaled * p[j];
        }
      }
    },
    // Model and target together: twice the information near the optimum, and never too little far from it.
    addVariance({ outcomes }, total, p, through, out) {
      for (let i = 0; i < rows; i++) out[i] += total[Math.floor(i / outcomes)] * p[i] + through[i];
    },
    invert: (logits) => logits,
  };
}

/**
 * Logits base + Φθ: `features` is Φ row by row, `outcomes` rows a context; `base` is left out where it is 0. A constant added
 * to a feature in every row of a context changes no probability, but costs digits of logits and gradients. So each feature is
 * measured from the middle of its range in the context: `features` is changed, and kept.
 */
export function linearLogits(size: number, features: Float64Array, outcomes: number, base?: Float64Array): Logits {
  const spread = centreInPlace(size, features, outcomes, base);
  return new CentredLogits(size, features, spread, base);
}

class CentredLogits implements Logits {
  readonly size: number;
  readonly spread: Float64Array;
  readonly linear: LinearSoftmax;

  constructor(size: number, features: Float64Array, spread: Float64Array, base: Float64Array | undefined) {
    this.size = size;
    this.spread = spread;
    this.linear = { features, base };
  }

  inUnits(unit: Float64Array): Logits {
    const { features, base } = this.linear;
    const scaled = features.map((x, at) => x / unit[at % this.size]);
    const range = this.spread.map((s, j) => s / unit[j]);
    return new CentredLogits(this.size, scaled, range, base);
  }

  fill(parameters: Float64Array, out: Float64Array): void {
    const { size } = this;
    const { features, base } = this.linear;
    for (let i = 0, at = 0; at < features.length; i++) {
      let s = base === undefined ? 0 : base[i];
      for (let j = 0; j < size; j++) s += features[at++] * parameters[j];
      out[i] = s;
    }
  }

  addTransposed(coefficient: Float64Array, gradient: Float64Array): void {
    const { size } = this;
    const { features } = this.linear;
    for (let i = 0; i * size < features.length; i++) {
      const c = coefficient[i];
      if (c === 0) continue;
      for (let j = 0, at = i * size; j < size; j++) gradient[j] += c * features[at++];
    }
  }

  addCovariance(tree: ContextTree, total: Float64Array, p: Float64Array, matrix: Float64Array): void {
    const { size } = this;
    const { features } = this.linear;
    const centred = new Float64Array(size);
    forEachContext(tree, total, p, size, features, (mean, row, weight) => {
      for (let j = 0; j < size; j++) centred[j] = features[row * size + j] - mean[j];
      for (let j = 0; j < size; j++) {
        const scaled = weight * centred[j];
        for (let k = 0; k <= j; k++) matrix[j * size + k] += scaled * centred[k];
      }
    });
    for (let j = 0; j < size; j++) for (let k = 0; k < j; k++) matrix[k * size + j] = matrix[j * size + k];
  }

  addVariance(tree: ContextTree, total: Float64Array, p: Float64Array, _: Float64Array, out: Float64Array): void {
    const { size } = this;
    const { features } = this.linear;
    forEachContext(tree, total, p, size, features, (mean, row, weight) => {
      for (let j = 0; j < size; j++) out[j] += weight * square(features[row * size + j] - mean[j]);
    });
  }
}

/** Measures features from the middle of their range in each context. Returns the widest range of each. */
function centreInPlace(size: number, features: Float64Array, outcomes: number, base?: Float64Array): Float64Array {
  const spread = new Float64Array(size);
  const rows = features.length / size;
  // A row that the base forbids has probability 0 at any θ: it counts in no range, and its features become 0.
  const forbidden = (row: number) => base !== undefined && base[row] === -Infinity;
  for (let first = 0; first < rows; first += outcomes) {
    const end = first + outcomes;
    let some = first;
    while (some < end && forbidden(some)) some++;
    if (some === end) {
      features.fill(0, first * size, end * size);
      continue;
    }
    for (let row = first; row < end; row++)
      if (forbidden(row)) features.copyWithin(row * size, some * size, (some + 1) * size);
    for (let j = 0; j < size; j++) {
      let least = features[first * size + j];
      let most = least;
      for (let at = (first + 1) * size + j; at < end * size; at += size) {
        const x = features[at];
        if (x < least) least = x;
        else if (x > most) most = x;
      }
      if (least < most) spread[j] = Math.max(spread[j], Math.min(most - least, Number.MAX_VALUE));
      const middle = least / 2 + most / 2;
      for (let at = first * size + j; at < end * size; at += size) features[at] -= middle;
    }
    for (let row = first; row < end; row++) if (forbidden(row)) features.fill(0, row * size, (row + 1) * size);
  }
  return spread;
}

/** Visits every row of positive probability, with the mean features of its context and its weight total·p. */
function forEachContext(
  { contexts, outcomes }: ContextTree,
  total: Float64Array,
  p: Float64Array,
  size: number,
  features: Float64Array,
  visit: (mean: Float64Array, row: number, weight: number) => void,
): void {
  const mean = new Float64Array(size);
  for (let c = 0; c < contexts; c++) {
    if (total[c] === 0) continue;
    const [from, to] = [c * outcomes, (c + 1) * outcomes];
    mean.fill(0);
    for (let row = from; row < to; row++) {
      for (let j = 0; j < size; j++) mean[j] += p[row] * features[row * size + j];
    }
    for (let row = from; row < to; row++) if (p[row] > 0) visit(mean, row, total[c] * p[row]);
  }
}
