/** So many rows of a matrix are worked on together: each number read serves several sums. */
const BLOCK = 4;

/**
 * Eliminates the vertices of a complete graph one by one, as `GroundedLaplacian` does: `c` holds the conductances to later
 * vertices, c[i·m + k] for i < k, and becomes the chances c_ik/d_i; `toGround` the conductances to the ground, which are
 * changed; `pivot` becomes the d_i. Only positive numbers are added.
 */
export function eliminateDense(m: number, c: Float64Array, toGround: Float64Array, pivot: Float64Array): void {
  for (let b = 0; b < m; b += BLOCK) {
    const end = Math.min(b + BLOCK, m);
    for (let i = b; i < end; i++) {
      for (let s = b; s < i; s++) eliminate(s, i);
      let total = toGround[i];
      for (let k = i + 1, at = i * m + k; k < m; k++, at++) total += c[at];
      pivot[i] = total;
    }
    let j = end;
    if (end - b === BLOCK) for (; j + 1 < m; j += 2) eliminateBlock(b, j);
    for (; j < m; j++) for (let s = b; s < end; s++) eliminate(s, j);
  }
  for (let i = 0; i < m; i++) for (let k = i + 1; k < m; k++) c[i * m + k] /= pivot[i];

  /** What row j gains when vertex s goes. */
  function eliminate(s: number, j: number): void {
    const chance = c[s * m + j] / pivot[s];
    toGround[j] += chance * toGround[s];
    for (let k = j + 1, to = j * m + k, from = s * m + k; k < m; k++, to++, from++) c[to] += chance * c[from];
  }

  /** What rows j and j + 1 gain when the four vertices from b on go. */
  function eliminateBlock(b: number, j: number): void {
    const b0 = b * m;
    const b1 = b0 + m;
    const b2 = b1 + m;
    const b3 = b2 + m;
    const u0 = c[b0 + j] / pivot[b];
    const u1 = c[b1 + j] / pivot[b + 1];
    const u2 = c[b2 + j] / pivot[b + 2];
    const u3 = c[b3 + j] / pivot[b + 3];
    const v0 = c[b0 + j + 1] / pivot[b];
    const v1 = c[b1 + j + 1] / pivot[b + 1];
    const v2 = c[b2 + j + 1] / pivot[b + 2];
    const v3 = c[b3 + j + 1] / pivot[b + 3];
    toGround[j] += u0 * toGround[b] + u1 * toGround[b + 1] + (u2 * toGround[b + 2] + u3 * toGround[b + 3]);
    toGround[j + 1] += v0 * toGround[b] + v1 * toGround[b + 1] + (v2 * toGround[b + 2] + v3 * toGround[b + 3]);
    const first = j * m;
    const second = first + m;
    c[first + j + 1] += u0 * c[b0 + j + 1] + u1 * c[b1 + j + 1] + (u2 * c[b2 + j + 1] + u3 * c[b3 + j + 1]);
    for (let k = j + 2; k < m; k++) {
      const x0 = c[b0 + k];
      const x1 = c[b1 + k];
      const x2 = c[b2 + k];
      const x3 = c[b3 + k];
      c[first + k] += u0 * x0 + u1 * x1 + (u2 * x2 + u3 * x3);
      c[second + k] += v0 * x0 + v1 * x1 + (v2 * x2 + v3 * x3);
    }
  }
}

/** The inverse of the grounded Laplacian that `eliminateDense` has factored, row by row: from the last row to the first. */
export function invertDense(m: number, chance: Float64Array, pivot: Float64Array): Float64Array {
  const z = new Float64Array(m * m);
  for (let end = m; end > 0; end -= BLOCK) {
    const begin = Math.max(0, end - BLOCK);
    // First what the rows have of those after the block.
    let j = end;
    if (end - begin === BLOCK) for (; j + 1 < m; j += 2) multiplyBlock(begin, end, j);
    for (; j < m; j++) for (let i = begin; i < end; i++) z[i * m + j] = product(i, j, end);
    for (let i = end - 1; i >= begin; i--) {
      for (let s = i + 1; s < end; s++) {
        const w = chance[i * m + s];
        for (let k = end; k < m; k++) z[i * m + k] += w * z[s * m + k];
      }
      for (let k = end; k < m; k++) z[k * m + i] = z[i * m + k];
      for (let s = i + 1; s < end; s++) z[i * m + s] = z[s * m + i] = product(i, s, i + 1);
      z[i * m + i] = 1 / pivot[i] + product(i, i, i + 1);
    }
  }
  return z;

  /** Σ_k chance[i, k] z[j, k] over k from `first` on. */
  function product(i: number, j: number, first: number): number {
    let s = 0;
    for (let k = first, a = i * m + k, b = j * m + k; k < m; k++, a++, b++) s += chance[a] * z[b];
    return s;
  }

  /** The same for the four rows from `begin` on, and columns j and j + 1. */
  function multiplyBlock(begin: number, first: number, j: number): void {
    const a0 = begin * m;
    const a1 = a0 + m;
    const a2 = a1 + m;
    const a3 = a2 + m;
    const b0 = j * m;
    const b1 = b0 + m;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let t0 = 0;
    let t1 = 0;
    let t2 = 0;
    let t3 = 0;
    for (let k = first; k < m; k++) {
      const x = z[b0 + k];
      const y = z[b1 + k];
      const u0 = chance[a0 + k];
      const u1 = chance[a1 + k];
      const u2 = chance[a2 + k];
      const u3 = chance[a3 + k];
      s0 += u0 * x;
      s1 += u1 * x;
      s2 += u2 * x;
      s3 += u3 * x;
      t0 += u0 * y;
      t1 += u1 * y;
      t2 += u2 * y;
      t3 += u3 * y;
    }
    z[a0 + j] = s0;
    z[a0 + j + 1] = t0;
    z[a1 + j] = s1;
    z[a1 + j + 1] = t1;
    z[a2 + j] = s2;
    z[a2 + j + 1] = t2;
    z[a3 + j] = s3;
    z[a3 + j + 1] = t3;
  }
}
