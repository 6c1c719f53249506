import { exp, log1p } from "../../numeric/elementary.js";
import { addGram } from "../../numeric/gram.js";
import { peakOf } from "../../numeric/peak.js";

/** A softmax of base + Φθ over the answers of one query: Φ row by row, and log base, left out where it is 0. */
export interface LinearSoftmax {
  readonly features: Float64Array;
  readonly base: Float64Array | undefined;
}

/**
 * The queries of a log-linear policy in one matrix of features, with the answers of all in a row. A value with its gradient
 * takes one pass over the matrix, and nothing is allocated for a query.
 */
export class LogLinearQueries {
  readonly size: number;
  /** The answers of query q are those from starts[q] to before starts[q + 1]. */
  readonly starts: Int32Array;
  readonly #features: Float64Array;
  readonly #base: Float64Array;
  /** The parameters last seen, with log-probabilities and probabilities at them. */
  #at: Float64Array | undefined;
  readonly #log: Float64Array;
  readonly #p: Float64Array;
  /** Of one query: the weight of each row, the mean of the rows, and the rows less the mean, of `#width` numbers each. */
  readonly #weight: Float64Array;
  readonly #mean: Float64Array;
  readonly #centred: Float64Array;
  /** The size and some zeros: `addGram` takes four columns at a time. */
  readonly #width: number;

  /** @param unit what each feature is divided by, a power of two */
  constructor(size: number, queries: readonly LinearSoftmax[], unit: Float64Array) {
    this.size = size;
    this.starts = new Int32Array(queries.length + 1);
    let most = 0;
    for (let q = 0; q < queries.length; q++) {
      const rows = queries[q].features.length / size;
      this.starts[q + 1] = this.starts[q] + rows;
      most = Math.max(most, rows);
    }
    const rows = this.starts[queries.length];
    this.#features = new Float64Array(rows * size);
    this.#base = new Float64Array(rows);
    const features = this.#features;
    // Exact, but the reciprocals of the smallest doubles are none.
    const inverse = unit.map((u) => 1 / u);
    const invertible = inverse.every((v) => v < Infinity);
    let at = 0;
    for (let q = 0; q < queries.length; q++) {
      const { features: own, base } = queries[q];
      for (let i = 0; i < own.length; ) {
        for (let j = 0; j < size; j++, i++, at++) features[at] = invertible ? own[i] * inverse[j] : own[i] / unit[j];
      }
      if (base !== undefined) this.#base.set(base, this.starts[q]);
    }
    this.#log = new Float64Array(rows);
    this.#p = new Float64Array(rows);
    this.#weight = new Float64Array(most);
    this.#mean = new Float64Array(size);
    this.#width = 4 * Math.ceil(size / 4);
    this.#centred = new Float64Array(this.#width * most);
  }

  logProbabilities(parameters: Float64Array): Float64Array {
    if (this.#knows(parameters)) return this.#log;
    for (let q = 0; q + 1 < this.starts.length; q++) this.#softmax(parameters, this.starts[q], this.starts[q + 1]);
    this.#at = parameters.slice();
    return this.#log;
  }

  addGradient(parameters: Float64Array, coefficient: Float64Array, gradient: Float64Array): void {
    this.logProbabilities(parameters);
    for (let q = 0; q + 1 < this.starts.length; q++)
      this.#addScores(this.starts[q], this.starts[q + 1], coefficient, 1, gradient);
  }

  /** −Σ c(o) log π_θ(o), with its gradient added. */
  addLikelihood(parameters: Float64Array, coefficient: Float64Array, gradient: Float64Array): number {
    const known = this.#knows(parameters);
    const log = this.#log;
    let value = 0;
    for (let q = 0; q + 1 < this.starts.length; q++) {
      const from = this.starts[q];
      const to = this.starts[q + 1];
      if (!known) this.#softmax(parameters, from, to);
      for (let o = from; o < to; o++) if (coefficient[o] > 0) value -= coefficient[o] * log[o];
      this.#addScores(from, to, coefficient, -1, gradient);
    }
    if (!known) this.#at = parameters.slice();
    return value;
  }

  addInformation(parameters: Float64Array, coefficient: Float64Array, information: Float64Array): void {
    const n = this.size;
    const width = this.#width;
    const gram = new Float64Array(width * width);
    this.#forEachQuery(parameters, coefficient, (rows) => addGram(this.#centred, this.#weight, rows, width, gram));
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < j; k++) {
        information[j * n + k] += gram[j * width + k];
        information[k * n + j] += gram[j * width + k];
      }
      information[j * n + j] += gram[j * width + j];
    }
  }

  addCurvature(parameters: Float64Array, coefficient: Float64Array, diagonal: Float64Array): void {
    const n = this.size;
    const width = this.#width;
    const centred = this.#centred;
    const weight = this.#weight;
    this.#forEachQuery(parameters, coefficient, (rows) => {
      for (let i = 0; i < rows; i++)
        for (let j = 0, at = i * width; j < n; j++, at++) diagonal[j] += weight[i] * (centred[at] * centred[at]);
    });
  }

  #knows(parameters: Float64Array): boolean {
    const at = this.#at;
    if (at === undefined) return false;
    for (let j = 0; j < at.length; j++) if (at[j] !== parameters[j]) return false;
    return true;
  }

  /** log p and p of the rows of one query. The largest stays out of the sum, so that log p near 0 keeps its digits. */
  #softmax(parameters: Float64Array, from: number, to: number): void {
    const log = this.#log;
    const p = this.#p;
    const features = this.#features;
    const size = this.size;
    const whole = size - (size % 4);
    for (let i = from, at = from * size; i < to; i++) {
      let s = this.#base[i];
      let t = 0;
      let u = 0;
      let v = 0;
      let j = 0;
      for (; j < whole; j += 4, at += 4) {
        s += features[at] * parameters[j];
        t += features[at + 1] * parameters[j + 1];
        u += features[at + 2] * parameters[j + 2];
        v += features[at + 3] * parameters[j + 3];
      }
      for (; j < size; j++, at++) s += features[at] * parameters[j];
      log[i] = s + t + (u + v);
    }
    const peak = peakOf(log, from, to);
    const top = log[peak];
    let rest = 0;
    for (let i = from; i < to; i++) {
      log[i] -= top;
      p[i] = exp(log[i]);
      if (i !== peak) rest += p[i];
    }
    const shift = log1p(rest);
    const scale = 1 / (1 + rest);
    for (let i = from; i < to; i++) {
      log[i] -= shift;
      p[i] *= scale;
    }
  }

  /** gradient += sign·Σ c ∇ log p over the rows of one query. */
  #addScores(from: number, to: number, coefficient: Float64Array, sign: number, gradient: Float64Array): void {
    const p = this.#p;
    const log = this.#log;
    const weight = this.#weight;
    let total = 0;
    for (let i = from; i < to; i++) total += coefficient[i];
    const peak = peakOf(log, from, to);
    // The differences c − total·p add up to 0. Rounding spoils the one at p near 1, so it is taken from the others.
    let others = 0;
    for (let i = from; i < to; i++) {
      if (i === peak) continue;
      const w = sign * (coefficient[i] - total * p[i]);
      weight[i - from] = w;
      others += w;
    }
    weight[peak - from] = -others;
    addRows(this.#features, this.size, from, to - from, weight, gradient);
  }

  /** Centres the rows of each query that the coefficients count, with their weights, and visits it. */
  #forEachQuery(parameters: Float64Array, coefficient: Float64Array, visit: (rows: number) => void): void {
    this.logProbabilities(parameters);
    const features = this.#features;
    const size = this.size;
    const width = this.#width;
    const p = this.#p;
    const weight = this.#weight;
    const mean = this.#mean;
    const centred = this.#centred;
    for (let q = 0; q + 1 < this.starts.length; q++) {
      const from = this.starts[q];
      const rows = this.starts[q + 1] - from;
      let total = 0;
      for (let i = 0; i < rows; i++) total += coefficient[from + i];
      if (total === 0) continue;
      for (let i = 0; i < rows; i++) weight[i] = p[from + i];
      mean.fill(0);
      addRows(features, size, from, rows, weight, mean);
      for (let i = 0, at = from * size; i < rows; i++) {
        weight[i] *= total;
        for (let j = 0, to = i * width; j < size; j++, at++, to++) centred[to] = features[at] - mean[j];
      }
      visit(rows);
    }
  }
}

/** out += Σ_i weight[i]·(row first + i), over so many rows of a matrix of `size` columns. */
function addRows(
  matrix: Float64Array,
  size: number,
  first: number,
  rows: number,
  weight: Float64Array,
  out: Float64Array,
): void {
  const begin = first * size;
  let j = 0;
  for (; j + 4 <= size; j += 4) {
    let s = 0;
    let t = 0;
    let u = 0;
    let v = 0;
    for (let i = 0, at = begin + j; i < rows; i++, at += size) {
      const w = weight[i];
      s += w * matrix[at];
      t += w * matrix[at + 1];
      u += w * matrix[at + 2];
      v += w * matrix[at + 3];
    }
    out[j] += s;
    out[j + 1] += t;
    out[j + 2] += u;
    out[j + 3] += v;
  }
  for (; j < size; j++) {
    let s = 0;
    for (let i = 0, at = begin + j; i < rows; i++, at += size) s += weight[i] * matrix[at];
    out[j] += s;
  }
}
