/**
 * The exact sum of doubles, as a list of doubles that do not overlap (Shewchuk 1997). The order of the terms does not
 * matter, and partial sums add up exactly: the rounded value has the same bits however the work is divided.
 */
export class ExactSum {
  readonly #parts: number[];

  /** Starts from finite doubles, such as the parts of another sum. */
  constructor(parts: Iterable<number> = []) {
    this.#parts = [];
    for (const x of parts) this.add(x);
  }

  /** The parts, increasing in size: plain numbers whose exact sum it is. */
  get parts(): readonly number[] {
    return this.#parts;
  }

  /** Adds a finite double; the sum must stay in the range of doubles. */
  add(x: number): void {
    const parts = this.#parts;
    let carried = x;
    let kept = 0;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i];
      const hi = carried + part;
      const back = hi - carried;
      const lo = carried - (hi - back) + (part - back);
      if (lo !== 0) parts[kept++] = lo;
      carried = hi;
    }
    if (carried !== 0) parts[kept++] = carried;
    if (parts.length > kept) parts.length = kept;
  }

  /** The double nearest to the sum, ties to even. */
  get value(): number {
    const parts = this.#parts;
    let n = parts.length;
    if (n === 0) return 0;
    let hi = parts[--n];
    let lo = 0;
    while (n > 0) {
      const x = hi;
      const y = parts[--n];
      hi = x + y;
      lo = y - (hi - x);
      if (lo !== 0) break;
    }
    // Half-way between two doubles, the next smaller part decides.
    if (n > 0 && ((lo < 0 && parts[n - 1] < 0) || (lo > 0 && parts[n - 1] > 0))) {
      const y = lo * 2;
      const x = hi + y;
      if (y === x - hi) return x;
    }
    return hi;
  }
}
