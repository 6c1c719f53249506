/**
 * Solves Ax = b for a square matrix, row by row, and any number of right sides: Gaussian elimination with the largest pivot of
 * each column, done once.
 */
export function linearSystem(matrix: Float64Array, n: number): (b: ArrayLike<number>) => Float64Array {
  const lu = matrix.slice();
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let k = 0; k < n; k++) {
    let p = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(lu[i * n + k]) > Math.abs(lu[p * n + k])) p = i;
    if (p !== k) {
      const row = lu.slice(k * n, k * n + n);
      lu.copyWithin(k * n, p * n, p * n + n);
      lu.set(row, p * n);
      [order[k], order[p]] = [order[p], order[k]];
    }
    for (let i = k + 1; i < n; i++) {
      const factor = lu[i * n + k] / lu[k * n + k];
      lu[i * n + k] = factor;
      if (factor !== 0) for (let j = k + 1; j < n; j++) lu[i * n + j] -= factor * lu[k * n + j];
    }
  }
  return (b) => {
    const x = Float64Array.from(order, (i) => b[i]);
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) x[i] -= lu[i * n + j] * x[j];
    for (let i = n - 1; i >= 0; i--) {
      for (let j = i + 1; j < n; j++) x[i] -= lu[i * n + j] * x[j];
      x[i] /= lu[i * n + i];
    }
    return x;
  };
}
