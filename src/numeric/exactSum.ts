/**
 * A sum of doubles that is exact: a list of doubles that do not overlap, whose sum it is (Shewchuk 1997). It does not
 * depend on the order of the terms, and sums made apart add up to the sum of all, so that the rounded value is the same
 * to the last bit however the work was divided.
 */
export class ExactSum {
  readonly #parts: number[];

  /** The sum of the given finite doubles: nothing, or the parts of another sum. */
  constructor(parts: Iterable<number> = []) {
    this.#parts = [];
    for (const x of parts) this.add(x);
  }

  /** The parts, increasing in size: plain numbers that say exactly what the sum is. */
  get parts(): readonly number[] {
    return this.#parts;
  }

  /** Adds a finite double; the sum must stay in the range of doubles. */
  add(x: number): void {
    const parts = this.#parts;
    let carried = x;
    let kept = 0;
    for (const part of parts) {
      const [large, small] = Math.abs(carried) < Math.abs(part) ? [part, carried] : [carried, part];
      const hi = large + small;
      const lo = small - (hi - large);
      if (lo !== 0) parts[kept++] = lo;
      carried = hi;
    }
    parts.length = kept;
    if (carried !== 0) parts.push(carried);
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
    // Half-way between two doubles, what lies below decides.
    if (n > 0 && ((lo < 0 && parts[n - 1] < 0) || (lo > 0 && parts[n - 1] > 0))) {
      const y = lo * 2;
      const x = hi + y;
      if (y === x - hi) return x;
    }
    return hi;
  }
}
