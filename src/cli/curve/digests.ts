/** Room for so many digests at first, and for twice as many whenever it is full. */
const INITIAL_SIZE = 256;

/** Digits of base 64. The first half end a number, the others say that more of it follow. */
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const HALF = DIGITS.length / 2;

/** A multiset of digests, of which the order does not matter: what was read, however the data are cut. */
export class Digests {
  #all = new Float64Array(INITIAL_SIZE);
  #size = 0;
  #sorted = true;

  get size(): number {
    return this.#size;
  }

  add(digest: number): void {
    if (this.#size === this.#all.length) {
      const longer = new Float64Array(2 * this.#size);
      longer.set(this.#all);
      this.#all = longer;
    }
    this.#all[this.#size++] = digest;
    this.#sorted = false;
  }

  addAll(others: Digests): void {
    for (const digest of others.sorted) this.add(digest);
  }

  /** All digests, increasing. */
  get sorted(): Float64Array {
    const all = this.#all.subarray(0, this.#size);
    if (!this.#sorted) all.sort();
    this.#sorted = true;
    return all;
  }

  has(digest: number): boolean {
    const all = this.sorted;
    let [low, high] = [0, all.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (all[middle] < digest) low = middle + 1;
      else high = middle;
    }
    return all[low] === digest;
  }

  /** The digests by their differences, each in base 64: some 7 characters a digest where there are a million. */
  toText(): string {
    let before = 0;
    return [...this.sorted]
      .map((digest) => {
        let rest = digest - before;
        before = digest;
        let text = DIGITS[rest % HALF];
        for (rest = Math.floor(rest / HALF); rest > 0; rest = Math.floor(rest / HALF))
          text = DIGITS[HALF + (rest % HALF)] + text;
        return text;
      })
      .join("");
  }

  /** The digests of a text that `toText` made; undefined where it is none. */
  static fromText(text: string): Digests | undefined {
    const all = new Digests();
    let [digest, rest] = [0, 0];
    for (let i = 0; i < text.length; i++) {
      const digit = DIGITS.indexOf(text[i]);
      if (digit < 0) return undefined;
      rest = rest * HALF + (digit % HALF);
      if (!(digest + rest < 2 ** 52)) return undefined;
      if (digit >= HALF) continue;
      digest += rest;
      all.add(digest);
      rest = 0;
    }
    const whole = text === "" || DIGITS.indexOf(text[text.length - 1]) < HALF;
    return whole ? all : undefined;
  }
}

/** How many digests two multisets have in common, each as often as the one that has it less often. */
export function inCommon(a: Digests, b: Digests): number {
  const [s, t] = [a.sorted, b.sorted];
  let [i, j, common] = [0, 0, 0];
  while (i < s.length && j < t.length) {
    if (s[i] === t[j]) common++;
    const [x, y] = [s[i], t[j]];
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return common;
}

/** Which digests of a multiset another one has not, or less often. */
export function without(a: Digests, b: Digests): Digests {
  const [s, t] = [a.sorted, b.sorted];
  const rest = new Digests();
  let j = 0;
  for (const digest of s) {
    while (j < t.length && t[j] < digest) j++;
    if (j < t.length && t[j] === digest) j++;
    else rest.add(digest);
  }
  return rest;
}
