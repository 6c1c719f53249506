/** A pivot this much smaller than its diagonal entry is rounding: its direction depends on the ones before it. */
const MIN_PIVOT_SHARE = 1e-13;

/**
 * A solution x of Ax = b for a symmetric positive semidefinite matrix A, row by row, and b in its range: Cholesky on the
 * matrix scaled to a unit diagonal. Directions that depend on those before them keep 0.
 */
export function solveSemidefinite(matrix: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const scale = new Float64Array(n);
  for (let i = 0; i < n; i++) scale[i] = matrix[i * n + i] > 0 ? 1 / Math.sqrt(matrix[i * n + i]) : 0;
  const factor = new Float64Array(n * n);
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j <= i; j++) {
      let s = matrix[row + j] * scale[i] * scale[j];
      for (let k = 0; k < j; k++) s -= factor[row + k] * factor[j * n + k];
      if (j < i) factor[row + j] = factor[j * n + j] > 0 ? s / factor[j * n + j] : 0;
      else factor[row + i] = s > MIN_PIVOT_SHARE ? Math.sqrt(s) : 0;
    }
    let s = b[i] * scale[i];
    for (let k = 0; k < i; k++) s -= factor[row + k] * x[k];
    x[i] = factor[row + i] > 0 ? s / factor[row + i] : 0;
  }
  for (let i = n - 1; i >= 0; i--) {
    let s = x[i];
    for (let k = i + 1; k < n; k++) s -= factor[k * n + i] * x[k];
    x[i] = factor[i * n + i] > 0 ? s / factor[i * n + i] : 0;
  }
  for (let i = 0; i < n; i++) x[i] *= scale[i];
  return x;
}

/** The matrix with a number added to each of its n diagonal entries. */
export function withDiagonal(matrix: Float64Array, n: number, added: number): Float64Array {
  const out = matrix.slice();
  for (let i = 0; i < n; i++) out[i * (n + 1)] += added;
  return out;
}
