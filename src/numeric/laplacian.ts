import { eliminateDense, invertDense } from "./denseElimination.js";
import { eliminationOrder } from "./elimination.js";

/**
 * Solves equations in the Laplacian of a weighted graph, L = Σ_e c_e (1_a − 1_b)(1_a − 1_b)ᵀ over the edges e = {a, b},
 * with one vertex held at 0: the equations of an electric network of conductances c, grounded there.
 *
 * The factor is found by eliminating vertices: without a vertex k of total conductance d_k, each two of its neighbours
 * i and j gain the conductance c_ik·c_kj/d_k. A pivot d_k is a sum of positive numbers where the textbook Cholesky
 * subtracts, so nothing cancels: the factor, the inverse and its diagonal keep their relative accuracy entry by entry,
 * however far the conductances are apart (Grassmann, Taksar and Heyman 1985), and no pivot can turn out negative.
 */
export class GroundedLaplacian {
  /** The place of each vertex in the elimination order; −1 for the ground. */
  readonly #place: Int32Array;
  /** From this place on, all vertices are joined to one another, and kept as a square matrix. */
  readonly #dense: number;
  /** Column k joins the vertex at place k to later ones: rows `row[start[k]]` … `row[start[k + 1] − 1]`, increasing. */
  readonly #start: Int32Array;
  readonly #row: Int32Array;
  /** Where the conductance of each edge goes: an entry of a column, or −1 − the place of a vertex next to the ground. */
  readonly #slot: Int32Array;
  /** c_ki/d_k of each entry: the chance that a random walk at k goes to i. The matrix stands after the columns. */
  readonly #chance: Float64Array;
  /** d_k. */
  readonly #pivot: Float64Array;

  /**
   * @param vertices the number of vertices
   * @param a one end of each edge; no two edges are the same, and none joins a vertex to itself
   * @param b the other end
   * @param ground the vertex held at 0, which every other must be linked to
   */
  constructor(vertices: number, a: Int32Array, b: Int32Array, ground: number) {
    const n = vertices - 1;
    const inner = (v: number): number => (v < ground ? v : v - 1);
    const kept = Int32Array.from(a.keys()).filter((e) => a[e] !== ground && b[e] !== ground);
    const { order, later, dense } = eliminationOrder(
      n,
      kept.map((e) => inner(a[e])),
      kept.map((e) => inner(b[e])),
    );
    this.#place = new Int32Array(vertices).fill(-1);
    for (let k = 0; k < n; k++) this.#place[order[k] < ground ? order[k] : order[k] + 1] = k;
    this.#dense = dense;
    this.#start = new Int32Array(dense + 1);
    for (let k = 0; k < dense; k++) this.#start[k + 1] = this.#start[k] + later[k].length;
    this.#row = new Int32Array(this.#start[dense]);
    for (let k = 0; k < dense; k++) this.#row.set(later[k], this.#start[k]);
    this.#pivot = new Float64Array(n);
    this.#slot = a.map((v, e) => this.#slotOf(this.#place[v], this.#place[b[e]]));
    this.#chance = new Float64Array(this.#row.length + (n - dense) * (n - dense));
  }

  #slotOf(i: number, j: number): number {
    const [k, r] = i < j ? [i, j] : [j, i];
    if (k < 0) return -1 - r;
    const dense = this.#dense;
    if (k >= dense) return this.#row.length + (k - dense) * (this.#pivot.length - dense) + (r - dense);
    let [low, high] = [this.#start[k], this.#start[k + 1] - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#row[middle] < r) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Factors the Laplacian of these conductances, one positive number for each edge; the solutions are then its own. */
  factor(conductance: Float64Array): void {
    const [start, row, entry, pivot, dense] = [this.#start, this.#row, this.#chance, this.#pivot, this.#dense];
    const n = pivot.length;
    const toGround = new Float64Array(n);
    entry.fill(0);
    for (let e = 0; e < conductance.length; e++) {
      const slot = this.#slot[e];
      if (slot < 0) toGround[-1 - slot] += conductance[e];
      else entry[slot] += conductance[e];
    }
    // Column i adds up the contributions of the earlier columns with a row i, which are in a linked list at i.
    const cursor = start.slice(0, dense);
    const first = new Int32Array(dense).fill(-1);
    const next = new Int32Array(dense);
    const hang = (k: number): void => {
      const i = cursor[k] === start[k + 1] ? dense : row[cursor[k]];
      if (i >= dense) return;
      next[k] = first[i];
      first[i] = k;
    };
    const column = new Float64Array(n);
    for (let i = 0; i < dense; i++) {
      const [from, to] = [start[i], start[i + 1]];
      for (let q = from; q < to; q++) column[row[q]] = entry[q];
      for (let k = first[i], after = -1; k >= 0; k = after) {
        after = next[k];
        let q = cursor[k]++;
        const chance = entry[q] / pivot[k];
        toGround[i] += chance * toGround[k];
        const end = start[k + 1];
        for (q++; q < end; q++) column[row[q]] += chance * entry[q];
        hang(k);
      }
      let total = toGround[i];
      for (let q = from; q < to; q++) {
        const r = row[q];
        entry[q] = column[r];
        total += column[r];
      }
      pivot[i] = total;
      hang(i);
    }
    // The cursor of each column is now at its first row in the matrix.
    const m = n - dense;
    const matrix = entry.subarray(row.length);
    for (let k = 0; k < dense; k++) {
      const end = start[k + 1];
      for (let p = cursor[k]; p < end; p++) {
        const chance = entry[p] / pivot[k];
        toGround[row[p]] += chance * toGround[k];
        const to = (row[p] - dense) * m - dense;
        for (let q = p + 1; q < end; q++) matrix[to + row[q]] += chance * entry[q];
      }
      for (let q = start[k]; q < end; q++) entry[q] /= pivot[k];
    }
    eliminateDense(m, matrix, toGround.subarray(dense), pivot.subarray(dense));
  }

  /** The potentials x with L x = current, and x = 0 at the ground, whose inflow brings the sum to 0. */
  solve(current: ArrayLike<number>): Float64Array {
    const [place, start, row, chance, pivot] = [this.#place, this.#start, this.#row, this.#chance, this.#pivot];
    const n = pivot.length;
    const dense = this.#dense;
    const x = new Float64Array(n);
    for (let v = 0; v < place.length; v++) if (place[v] >= 0) x[place[v]] = current[v];
    for (let k = 0; k < dense; k++) for (let q = start[k]; q < start[k + 1]; q++) x[row[q]] += chance[q] * x[k];
    const matrix = (k: number) => row.length + (k - dense) * (n - dense) - dense; // where row k of the matrix begins
    for (let k = dense; k < n; k++) for (let r = k + 1, at = matrix(k) + r; r < n; r++, at++) x[r] += chance[at] * x[k];
    for (let k = n - 1; k >= 0; k--) {
      let s = x[k] / pivot[k];
      if (k >= dense) for (let r = k + 1, at = matrix(k) + r; r < n; r++, at++) s += chance[at] * x[r];
      else for (let q = start[k]; q < start[k + 1]; q++) s += chance[q] * x[row[q]];
      x[k] = s;
    }
    return Float64Array.from(place, (k) => (k < 0 ? 0 : x[k]));
  }

  /**
   * The diagonal of the inverse, 0 at the ground, at about twice the cost of the factor: only the entries of the inverse that
   * the factor has are needed, from the last column to the first (Takahashi, Fagan and Chen 1973).
   */
  inverseDiagonal(): Float64Array {
    const [place, start, row, chance, pivot] = [this.#place, this.#start, this.#row, this.#chance, this.#pivot];
    const n = pivot.length;
    const dense = this.#dense;
    const m = n - dense;
    const matrix = invertDense(m, chance.subarray(row.length), pivot.subarray(dense));
    const inverse = new Float64Array(row.length);
    const diagonal = new Float64Array(n);
    for (let k = dense; k < n; k++) diagonal[k] = matrix[(k - dense) * (m + 1)];
    const weight = new Float64Array(n); // the chances of column i, by row
    const column = new Float64Array(n); // column i of the inverse, by row
    for (let i = dense - 1; i >= 0; i--) {
      const [from, to] = [start[i], start[i + 1]];
      for (let p = from; p < to; p++) weight[row[p]] = chance[p];
      for (let p = from; p < to; p++) {
        const k = row[p];
        const w = weight[k];
        let s = w * diagonal[k];
        if (k >= dense) {
          const at = (k - dense) * m - dense;
          for (let q = p + 1; q < to; q++) {
            const r = row[q];
            const z = matrix[at + r];
            s += weight[r] * z;
            column[r] += w * z;
          }
        } else {
          for (let q = start[k]; q < start[k + 1]; q++) {
            const r = row[q];
            s += weight[r] * inverse[q];
            column[r] += w * inverse[q];
          }
        }
        column[k] += s;
      }
      let d = 1 / pivot[i];
      for (let p = from; p < to; p++) {
        inverse[p] = column[row[p]];
        d += chance[p] * inverse[p];
      }
      diagonal[i] = d;
      for (let p = from; p < to; p++) {
        const k = row[p];
        weight[k] = column[k] = 0;
        if (k < dense) for (let q = start[k]; q < start[k + 1]; q++) column[row[q]] = 0;
      }
    }
    return Float64Array.from(place, (k) => (k < 0 ? 0 : diagonal[k]));
  }
}
