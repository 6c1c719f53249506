/**
 * The sums over atoms and coordinates that a posterior is made of. Their time is that of the additions, each of which waits
 * for the one before it: so several sums run side by side. (Sums made in a list, [s, t] = [0, 0], take eight times as long.)
 */

/** out[i] = |x − αa_i|² of the atoms from `first` to before `end`. */
export function squaredDistances(
  points: Float64Array,
  d: number,
  first: number,
  end: number,
  x: Float64Array,
  alpha: number,
  out: Float64Array,
): void {
  const whole = d - (d % 4);
  for (let i = first, at = first * d; i < end; i++) {
    let s = 0;
    let t = 0;
    let u = 0;
    let v = 0;
    let k = 0;
    for (; k < whole; k += 4, at += 4) {
      const a = x[k] - alpha * points[at];
      const b = x[k + 1] - alpha * points[at + 1];
      const c = x[k + 2] - alpha * points[at + 2];
      const e = x[k + 3] - alpha * points[at + 3];
      s += a * a;
      t += b * b;
      u += c * c;
      v += e * e;
    }
    for (; k < d; k++, at++) {
      const r = x[k] - alpha * points[at];
      s += r * r;
    }
    out[i] = s + t + (u + v);
  }
}

/** |x|². */
export function squaredNorm(x: Float64Array): number {
  let s = 0;
  for (let k = 0; k < x.length; k++) s += x[k] * x[k];
  return s;
}

/** So many atoms are summed at a time: 32 of 64 coordinates fit into the first cache. */
export const BLOCK = 32;

/** Σ q_i (a_i − a_j), a_j the atom whose coordinates begin at `from`. Atoms of weight 0 take no time. */
export function weightedSteps(points: Float64Array, d: number, weight: Float64Array, from: number): Float64Array {
  const out = new Float64Array(d);
  const counted = new Int32Array(weight.length);
  let count = 0;
  for (let i = 0; i < weight.length; i++) if (weight[i] > 0) counted[count++] = i;
  for (let n = 0; n < count; n += BLOCK) addSteps(points, d, counted, n, Math.min(n + BLOCK, count), weight, from, out);
  for (let k = 0; k < d; k++) {
    if (Number.isFinite(out[k])) continue;
    // A difference of two coordinates may overflow where its share does not.
    out[k] = 0;
    for (let i = 0; i < weight.length; i++)
      if (weight[i] > 0) out[k] += share(weight[i], points[i * d + k], points[from + k]);
  }
  return out;
}

/**
 * out += Σ q_i (a_i − a_j) over the atoms i = counted[first], …, counted[end − 1]: eight coordinates at a time, which a line
 * of the cache holds.
 */
export function addSteps(
  points: Float64Array,
  d: number,
  counted: Int32Array,
  first: number,
  end: number,
  weight: Float64Array,
  from: number,
  out: Float64Array,
): void {
  let k = 0;
  for (; k + 8 <= d; k += 8) {
    const c0 = points[from + k];
    const c1 = points[from + k + 1];
    const c2 = points[from + k + 2];
    const c3 = points[from + k + 3];
    const c4 = points[from + k + 4];
    const c5 = points[from + k + 5];
    const c6 = points[from + k + 6];
    const c7 = points[from + k + 7];
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let s4 = 0;
    let s5 = 0;
    let s6 = 0;
    let s7 = 0;
    for (let n = first; n < end; n++) {
      const i = counted[n];
      const at = i * d + k;
      const w = weight[i];
      s0 += w * (points[at] - c0);
      s1 += w * (points[at + 1] - c1);
      s2 += w * (points[at + 2] - c2);
      s3 += w * (points[at + 3] - c3);
      s4 += w * (points[at + 4] - c4);
      s5 += w * (points[at + 5] - c5);
      s6 += w * (points[at + 6] - c6);
      s7 += w * (points[at + 7] - c7);
    }
    out[k] += s0;
    out[k + 1] += s1;
    out[k + 2] += s2;
    out[k + 3] += s3;
    out[k + 4] += s4;
    out[k + 5] += s5;
    out[k + 6] += s6;
    out[k + 7] += s7;
  }
  for (; k < d; k++) {
    let s = 0;
    for (let n = first; n < end; n++) s += weight[counted[n]] * (points[counted[n] * d + k] - points[from + k]);
    out[k] += s;
  }
}

/** q(a − b), also where a − b overflows. */
export function share(q: number, a: number, b: number): number {
  const step = a - b;
  return Number.isFinite(step) ? q * step : q * a - q * b;
}
