import { twoProduct } from "../../numeric/doubleDouble.js";
import { ExactSum } from "../../numeric/exactSum.js";

/** A larger figure has a square that sums of many would carry past the range of doubles. */
const MAX_SQUARED = 1e145;

/** What figures may lack of the range that is theirs: the last digits of a divergence near 0, or of a probability near 1. */
const SLACK = 1e-9;

/** What a file keeps of a `Moments`: the number of figures, and the parts of the sums; no squares where one was too large. */
export type StoredMoments = readonly [queries: number, sum: readonly number[], squares: readonly number[] | null];

/** The exact sums of figures and of their squares, one figure a query: the order and the grouping do not matter. */
export class Moments {
  #queries = 0;
  readonly #sum = new ExactSum();
  #squares: ExactSum | undefined = new ExactSum();

  get queries(): number {
    return this.#queries;
  }

  get total(): number {
    return this.#sum.value;
  }

  get mean(): number {
    return this.total / this.#queries;
  }

  add(x: number): void {
    this.#queries++;
    this.#sum.add(x);
    if (!(Math.abs(x) <= MAX_SQUARED)) this.#squares = undefined;
    if (this.#squares === undefined) return;
    const { hi, lo } = twoProduct(x, x);
    this.#squares.add(hi);
    if (lo !== 0) this.#squares.add(lo);
  }

  /** Σ (x − mean)², without cancellation: Σx² − (Σx)²/Q from the exact sums. NaN where a square was too large. */
  get squaresAboutMean(): number {
    if (this.#squares === undefined) return Number.NaN;
    const total = this.#sum.value;
    const rest = new ExactSum([...this.#sum.parts, -total]).value;
    const about = new ExactSum();
    for (const part of this.#squares.parts) addProduct(about, part, this.#queries);
    addProduct(about, -total, total);
    addProduct(about, -2 * total, rest);
    return Math.max(0, about.value) / this.#queries;
  }

  get stored(): StoredMoments {
    return [
      this.#queries,
      canonicalParts(this.#sum),
      this.#squares === undefined ? null : canonicalParts(this.#squares),
    ];
  }

  /** Whether figures exist that have these sums, each from `least` to `most`: else nothing can have been added up to them. */
  isPossible(least: number, most: number): boolean {
    const [n, total] = [this.#queries, this.total];
    if (n === 0) return total === 0 && (this.#squares?.value ?? 0) === 0;
    if (!(total >= least * n - n * SLACK && total <= most * n + n * SLACK)) return false;
    if (this.#squares === undefined) return true;
    const squares = this.#squares.value;
    // Squares of figures below 1e−154 are subnormal, and lose digits.
    return squares >= 0 && squares * n * (1 + SLACK) >= total * total * (1 - SLACK) - Number.MIN_VALUE * n * n;
  }

  /** Whether these are the sums of all parts together. */
  isSumOf(parts: readonly Moments[]): boolean {
    const all = new Moments();
    for (const part of parts) all.merge(part.stored);
    return JSON.stringify(all.stored) === JSON.stringify(this.stored);
  }

  /** Adds the figures of another part of the data. */
  merge([queries, sum, squares]: StoredMoments): void {
    this.#queries += queries;
    for (const part of sum) this.#sum.add(part);
    if (squares === null) this.#squares = undefined;
    else for (const part of squares) this.#squares?.add(part);
  }
}

function addProduct(sum: ExactSum, x: number, y: number): void {
  const { hi, lo } = twoProduct(x, y);
  sum.add(hi);
  sum.add(lo);
}

/** The parts that depend on the sum alone, not on the order of its terms: its value, then the value of what that leaves, and on. */
function canonicalParts(sum: ExactSum): number[] {
  const rest = new ExactSum(sum.parts);
  const parts: number[] = [];
  for (let value = rest.value; value !== 0; value = rest.value) {
    parts.push(value);
    rest.add(-value);
  }
  return parts;
}
