/** H(l), the probability that l of m samples taken are of the `count` and not of the others, as far as that is possible. */
function hypergeometric(out: Float64Array, m: number, count: number, others: number): void {
  const [least, most] = [Math.max(0, m - others), Math.min(m, count)];
  const likeliest = Math.floor(((m + 1) * (count + 1)) / (count + others + 2));
  const peak = Math.min(most, Math.max(least, likeliest));
  const odds = (l: number) => ((m - l) / (l + 1)) * ((count - l) / (others - m + l + 1));
  let total = 1;
  out[peak] = 1;
  for (let l = peak; l < most; l++) total += out[l + 1] = out[l] * odds(l);
  for (let l = peak; l > least; l--) total += out[l - 1] = out[l] / odds(l - 1);
  for (let l = least; l <= most; l++) out[l] /= total;
}

/**
 * Means over the subsets of m of the samples added so far, m from 0 to `most`: A_m of Π b, with a factor b from 0 to 1 of each
 * sample, and for each mark f, D_m of f·Π b with f of one sample of the subset, any as likely, and b of the others. All terms
 * are non-negative, and none is above the largest f.
 */
export class MarkedSubsets {
  readonly a: Float64Array;
  readonly d: readonly Float64Array[];
  readonly #most: number;
  #taken = 0;
  readonly #share: Float64Array;
  readonly #power: Float64Array;

  constructor(most: number, marks: number) {
    this.#most = most;
    this.a = new Float64Array(most + 1);
    this.d = Array.from({ length: marks }, () => new Float64Array(most + 1));
    this.#share = new Float64Array(most + 1);
    this.#power = new Float64Array(most + 1);
  }

  /** Begins with so many samples of b = 1 and f = 0. */
  begin(samples: number): void {
    this.#taken = samples;
    this.a.fill(0).fill(1, 0, samples + 1);
    for (const d of this.d) d.fill(0);
  }

  /** Adds `count` samples alike. */
  add(count: number, b: number, marks: ArrayLike<number>): void {
    // Many at once cost as much as `most` one by one.
    if (count > this.#most) this.#addMany(count, b, marks);
    else for (let i = 0; i < count; i++) this.#addOne(b, marks);
  }

  #addOne(b: number, marks: ArrayLike<number>): void {
    const { a } = this;
    const size = ++this.#taken;
    const top = Math.min(size, this.#most);
    const each = b / size;
    for (let v = 0; v < this.d.length; v++) {
      const d = this.d[v];
      const f = marks[v] / size;
      for (let m = top; m >= 1; m--) d[m] = d[m] * ((size - m) / size) + d[m - 1] * ((m - 1) * each) + a[m - 1] * f;
    }
    for (let m = top; m >= 1; m--) a[m] = a[m] * ((size - m) / size) + a[m - 1] * (m * each);
  }

  #addMany(count: number, b: number, marks: ArrayLike<number>): void {
    const { a } = this;
    const [share, power] = [this.#share, this.#power];
    const others = this.#taken;
    this.#taken += count;
    power[0] = 1;
    for (let l = 1; l < power.length; l++) power[l] = power[l - 1] * b;
    for (let m = Math.min(this.#taken, this.#most); m >= 1; m--) {
      hypergeometric(share, m, count, others);
      const [least, most] = [Math.max(0, m - others), Math.min(m, count)];
      let marked = 0;
      for (let l = Math.max(1, least); l <= most; l++) marked += share[l] * l * power[l - 1] * a[m - l];
      for (let v = 0; v < this.d.length; v++) {
        const d = this.d[v];
        let sum = marked * marks[v];
        for (let l = least; l <= most && l < m; l++) sum += share[l] * (m - l) * power[l] * d[m - l];
        d[m] = sum / m;
      }
      let all = 0;
      for (let l = least; l <= most; l++) all += share[l] * power[l] * a[m - l];
      a[m] = all;
    }
  }
}
