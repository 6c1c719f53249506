import { exp, log1p } from "../../numeric/elementary.js";
import { addGram } from "../../numeric/gram.js";
import { peakOf } from "../../numeric/peak.js";

/** A softmax of base + Φθ over the answers of one query: Φ row by row, and log base, left out where it is 0. */
export interface LinearSoftmax {
  readonly features: Float64Array;
  readonly base: Float64Array | undefined;
}

/**
 * The queries of a log-linear policy, with the answers of all in a row. A value with its gradient takes one pass over the
 * features, and nothing is allocated for a query.
 */
export class LogLinearQueries {
  readonly size: number;
  /** The answers of query q are those from starts[q] to before starts[q + 1]. */
  readonly starts: Int32Array;
  readonly #queries: readonly LinearSoftmax[];
  /** The parameters are over these powers of two. */
  readonly #unit: Float64Array;
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

  constructor(queries: readonly LinearSoftmax[], unit: Float64Array) {
    this.size = unit.length;
    this.#queries = queries;
    this.#unit = unit;
    this.starts = new Int32Array(queries.length + 1);
    let most = 0;
    for (let q = 0; q < queries.length; q++) {
      const rows = queries[q].features.length / this.size;
      this.starts[q + 1] = this.starts[q] + rows;
      most = Math.max(most, rows);
    }
    this.#log = new Float64Array(this.starts[queries.length]);
    this.#p = new Float64Array(this.#log.length);
    this.#weight = new Float64Array(most);
    this.#mean = new Float64Array(this.size);
    this.#width = 4 * Math.ceil(this.size / 4);
    this.#centred = new Float64Array(this.#width * most);
  }

  logProbabilities(parameters: Float64Array): Float64Array {
    if (this.#knows(parameters)) return this.#log;
    const theta = this.#over(parameters);
    for (let q = 0; q < this.#queries.length; q++) this.#softmax(q, theta);
    this.#at = parameters.slice();
    return this.#log;
  }

  addGradient(parameters: Float64Array, coefficient: Float64Array, gradient: Float64Array): void {
    this.logProbabilities(parameters);
    const own = new Float64Array(this.size);
    for (let q = 0; q < this.#queries.length; q++) this.#addScores(q, coefficient, own);
    for (let j = 0; j < own.length; j++) gradient[j] += own[j] / this.#unit[j];
  }

  /** −Σ c(o) log π_θ(o), with its gradient added. */
  addLikelihood(parameters: Float64Array, coefficient: Float64Array, gradient: Float64Array): number {
    const known = this.#knows(parameters);
    const theta = this.#over(parameters);
    const log = this.#log;
    const own = new Float64Array(this.size);
    let value = 0;
    for (let q = 0; q < this.#queries.length; q++) {
      if (!known) this.#softmax(q, theta);
      for (let o = this.starts[q]; o < this.starts[q + 1]; o++)
        if (coefficient[o] > 0) value -= coefficient[o] * log[o];
      this.#addScores(q, coefficient, own);
    }
    if (!known) this.#at = parameters.slice();
    for (let j = 0; j < own.length; j++) gradient[j] -= own[j] / this.#unit[j];
    return value;
  }

  addInformation(parameters: Float64Array, coefficient: Float64Array, information: Float64Array): void {
    const n = this.size;
    const width = this.#width;
    const unit = this.#unit;
    const gram = new Float64Array(width * width);
    this.#forEachQuery(parameters, coefficient, (rows) => addGram(this.#centred, rows, width, gram));
    for (let j = 0; j < n; j++) {
      for (let k = 0; k <= j; k++) {
        const entry = gram[j * width + k] / unit[j] / unit[k];
        information[j * n + k] += entry;
        if (k < j) information[k * n + j] += entry;
      }
    }
  }

  addCurvature(parameters: Float64Array, coefficient: Float64Array, diagonal: Float64Array): void {
    const width = this.#width;
    const centred = this.#centred;
    const own = new Float64Array(width);
    this.#forEachQuery(parameters, coefficient, (rows) => {
      for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < width; j++, at++) own[j] += centred[at] * centred[at];
    });
    for (let j = 0; j < diagonal.length; j++) diagonal[j] += own[j] / this.#unit[j] / this.#unit[j];
  }

  #over(parameters: Float64Array): Float64Array {
    return parameters.map((x, j) => x / this.#unit[j]);
  }

  #knows(parameters: Float64Array): boolean {
    const at = this.#at;
    if (at === undefined) return false;
    for (let j = 0; j < at.length; j++) if (at[j] !== parameters[j]) return false;
    return true;
  }

  /** log p and p of the rows of one query. The largest stays out of the sum, so that log p near 0 keeps its digits. */
  #softmax(q: number, parameters: Float64Array): void {
    const { features, base } = this.#queries[q];
    const from = this.starts[q];
    const to = this.starts[q + 1];
    const log = this.#log;
    const p = this.#p;
    const size = this.size;
    const whole = size - (size % 4);
    for (let i = from, at = 0; i < to; i++) {
      let s = base === undefined ? 0 : base[i - from];
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

  /** gradient += Σ c ∇ log p over the rows of one query. */
  #addScores(q: number, coefficient: Float64Array, gradient: Float64Array): void {
    const from = this.starts[q];
    const to = this.starts[q + 1];
    const p = this.#p;
    const weight = this.#weight;
    let total = 0;
    for (let i = from; i < to; i++) total += coefficient[i];
    const peak = peakOf(this.#log, from, to);
    // The differences c − total·p add up to 0. Rounding spoils the one at p near 1, so it is taken from the others.
    let others = 0;
    for (let i = from; i < to; i++) {
      if (i === peak) continue;
      const w = coefficient[i] - total * p[i];
      weight[i - from] = w;
      others += w;
    }
    weight[peak - from] = -others;
    addRows(this.#queries[q].features, this.size, to - from, weight, gradient);
  }

  /** Centres the rows of each query that the coefficients count, times the roots of their weights, and visits it. */
  #forEachQuery(parameters: Float64Array, coefficient: Float64Array, visit: (rows: number) => void): void {
    this.logProbabilities(parameters);
    const size = this.size;
    const width = this.#width;
    const p = this.#p;
    const weight = this.#weight;
    const mean = this.#mean;
    const centred = this.#centred;
    for (let q = 0; q < this.#queries.length; q++) {
      const { features } = this.#queries[q];
      const from = this.starts[q];
      const rows = this.starts[q + 1] - from;
      let total = 0;
      for (let i = 0; i < rows; i++) total += coefficient[from + i];
      if (total === 0) continue;
      for (let i = 0; i < rows; i++) weight[i] = p[from + i];
      mean.fill(0);
      addRows(features, size, rows, weight, mean);
      for (let i = 0; i < rows; i++) {
        const root = Math.sqrt(total * weight[i]);
        const at = i * size;
        const to = i * width;
        let j = 0;
        for (; j + 4 <= size; j += 4) {
          centred[to + j] = root * (features[at + j] - mean[j]);
          centred[to + j + 1] = root * (features[at + j + 1] - mean[j + 1]);
          centred[to + j + 2] = root * (features[at + j + 2] - mean[j + 2]);
          centred[to + j + 3] = root * (features[at + j + 3] - mean[j + 3]);
        }
        for (; j < size; j++) centred[to + j] = root * (features[at + j] - mean[j]);
      }
      visit(rows);
    }
  }
}

/** out += Σ_i weight[i]·(row i), over so many rows of a matrix of `size` columns. */
function addRows(matrix: Float64Array, size: number, rows: number, weight: Float64Array, out: Float64Array): void {
  let j = 0;
  for (; j + 4 <= size; j += 4) {
    let s = 0;
    let t = 0;
    let u = 0;
    let v = 0;
    for (let i = 0, at = j; i < rows; i++, at += size) {
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
    for (let i = 0, at = j; i < rows; i++, at += size) s += weight[i] * matrix[at];
    out[j] += s;
  }
}
