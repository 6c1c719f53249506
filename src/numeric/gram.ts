/**
 * out[j, k] += Σ_i c[i, j] c[i, k] for k ≤ j, and for some k beyond: the rows of c and of `out` have `width` numbers, a
 * multiple of 4. Eight sums run side by side, so that each number read serves several.
 */
export function addGram(c: Float64Array, rows: number, width: number, out: Float64Array): void {
  for (let j = 0; j < width; j += 4) {
    for (let k = 0; k < j + 4; k += 2) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let t0 = 0;
      let t1 = 0;
      let t2 = 0;
      let t3 = 0;
      for (let i = 0, a = j, b = k; i < rows; i++, a += width, b += width) {
        const x = c[b];
        const y = c[b + 1];
        const u0 = c[a];
        const u1 = c[a + 1];
        const u2 = c[a + 2];
        const u3 = c[a + 3];
        s0 += u0 * x;
        s1 += u1 * x;
        s2 += u2 * x;
        s3 += u3 * x;
        t0 += u0 * y;
        t1 += u1 * y;
        t2 += u2 * y;
        t3 += u3 * y;
      }
      let at = j * width + k;
      out[at] += s0;
      out[at + 1] += t0;
      at += width;
      out[at] += s1;
      out[at + 1] += t1;
      at += width;
      out[at] += s2;
      out[at + 1] += t2;
      at += width;
      out[at] += s3;
      out[at + 1] += t3;
    }
  }
}
