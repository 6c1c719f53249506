import { answerKey } from "../measure/support.js";
import { NON_NEGATIVE, outOfRange, requireArrayLike, requireNumber, wrongType } from "../numeric/check.js";
import { exponentOf, timesPowerOfTwo } from "../numeric/powerOfTwo.js";

/**
 * A counted win of one item over another.
 *
 * @typeParam A the type of an item
 */
export interface CountedWin<A> {
  /** The item that was preferred. */
  readonly winner: A;
  /** The item that it was preferred to. */
  readonly loser: A;
  /** How often it happened, 1 when left out; fractions are allowed, as weights are, and 0 declares the items. */
  readonly count?: number;
}

/**
 * A counted tie of two items: half a win to each.
 *
 * @typeParam A the type of an item
 */
export interface CountedTie<A> {
  /** The two items. */
  readonly tie: readonly [A, A];
  /** How often it happened, 1 when left out. */
  readonly count?: number;
}

/**
 * A counted outcome between two items: a win of one over the other, or a tie of both.
 *
 * @typeParam A the type of an item
 */
export type PairwiseComparison<A> = CountedWin<A> | CountedTie<A>;

/**
 * The comparisons of a matrix of wins: `wins[i][j]` is how often items[i] was preferred to items[j].
 *
 * The diagonal is left out, whatever it holds: an item compared with itself says nothing. Pairs never compared are
 * listed with count 0, so that every item of two or more is declared, in the order of `items`.
 *
 * @param items the items of the rows and of the columns, of any type
 * @param wins one row for each item, of one count for each item: finite numbers of at least 0
 * @returns a win of i over j for every i ≠ j, row by row
 * @throws TypeError when an argument is no array, a row has the wrong length, or a count is no number
 * @throws RangeError when a count is negative, NaN or infinite
 * @example
 * ```ts
 * import { comparisonsFromWins, fitBradleyTerry } from "exptilt";
 * const comparisons = comparisonsFromWins(["a", "b", "c"], [[0, 10, 6], [20, 0, 10], [24, 20, 0]]);
 * comparisons[2] // => { winner: "b", loser: "a", count: 20 }
 * fitBradleyTerry(comparisons, { reference: "a" }).ability.map(Math.exp) // => [1.00000000, 2.00000000, 4.00000000]
 * ```
 */
export function comparisonsFromWins<A>(
  items: readonly A[],
  wins: ArrayLike<ArrayLike<number>>,
): Required<CountedWin<A>>[] {
  const caller = "comparisonsFromWins";
  if (!Array.isArray(items)) throw wrongType(caller, "items", "be an array of items", items);
  const ofEachItem = (argument: string, value: unknown): ArrayLike<unknown> => {
    const array = requireArrayLike(caller, argument, value);
    if (array.length === items.length) return array;
    throw new TypeError(`${caller}: ${argument} must have one entry per item, ${items.length}, got ${array.length}`);
  };
  const rows = ofEachItem("wins", wins);
  const comparisons: { winner: A; loser: A; count: number }[] = [];
  for (let i = 0; i < items.length; i++) {
    const row = ofEachItem(`wins[${i}]`, rows[i]);
    for (let j = 0; j < items.length; j++) {
      if (i === j) continue;
      const count = requireNumber(caller, `wins[${i}][${j}]`, row[j], NON_NEGATIVE);
      comparisons.push({ winner: items[i], loser: items[j], count });
    }
  }
  return comparisons;
}

/** The comparisons by pair: what was compared at all, and how often each side won, ties being half a win to each. */
export interface Tournament<A> {
  readonly items: readonly A[];
  /** The place of an item, −1 when there is no such item. */
  indexOf(item: A): number;
  /** The two items of each compared pair, first < second. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** How often the first and the second won, times 2^exponent: all wins and the ridge together come to some 2¹⁰⁰⁰. */
  readonly firstWins: Float64Array;
  readonly secondWins: Float64Array;
  readonly exponent: number;
}

/**
 * The exponent of the total that wins are scaled to. Counts 10⁶⁰⁰ apart are then normal numbers, and the sum of all,
 * times the logarithm of the ratio of any two, is finite.
 */
const TOTAL_EXPONENT = 1000;

/**
 * Checks the comparisons and gathers them by pair; a ridge counts in the scale, as it is of the unit of the wins. Errors call
 * the list of items `list`.
 */
export function readTournament<A>(
  caller: string,
  comparisons: Iterable<PairwiseComparison<A>>,
  listed: readonly A[] | undefined,
  ridge: number,
  list = "options.items",
): Tournament<A> {
  const items: A[] = [];
  const places = new Map<unknown, number>();
  const indexOf = (item: A): number => places.get(answerKey(item)) ?? -1;
  const add = (item: A): number => {
    places.set(answerKey(item), items.length);
    return items.push(item) - 1;
  };
  if (listed !== undefined) {
    requireArrayLike(caller, list, listed);
    for (let i = 0; i < listed.length; i++) {
      const first = indexOf(listed[i]);
      if (first < 0) add(listed[i]);
      else {
        const condition = `differ from every other item (${list}[${first}] is the same)`;
        throw outOfRange(caller, `${list}[${i}]`, condition, listed[i]);
      }
    }
  }

  if (typeof (comparisons as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== "function") {
    throw wrongType(caller, "comparisons", "be an array of comparisons, or another iterable of them", comparisons);
  }
  // The columns of a table whose rows double when they are full. A tie has ~l for a loser.
  let winners = new Int32Array(1024);
  let losers = new Int32Array(1024);
  let counts = new Float64Array(1024);
  let rows = 0;
  let largest = ridge;
  /** The name of the comparison at hand, or of a field of it: made for errors alone. */
  const at = (field = "") => `comparisons[${rows}]${field}`;
  const place = (item: A, isTie: boolean, index: 0 | 1): number => {
    const known = indexOf(item);
    if (known >= 0) return known;
    if (listed === undefined) return add(item);
    throw outOfRange(caller, at(fieldOf(isTie, index)), `be one of ${list}`, item);
  };
  for (const comparison of comparisons as Iterable<unknown>) {
    const { winner, loser, count, tie } = outcome<A>(caller, at, comparison);
    const w = place(winner, tie, 0);
    const l = place(loser, tie, 1);
    if (w === l) {
      throw outOfRange(caller, at(fieldOf(tie, 1)), "be another item than the one it is compared with", loser);
    }
    if (rows === counts.length) {
      winners = doubled(winners);
      losers = doubled(losers);
      counts = doubled(counts);
    }
    winners[rows] = w;
    losers[rows] = tie ? ~l : l;
    counts[rows++] = count;
    if (count > largest) largest = count;
  }
  if (items.length === 0) throw outOfRange(caller, "comparisons", "hold at least one comparison", comparisons);

  counts = counts.subarray(0, rows);
  let exponent = 0;
  if (largest > 0) {
    const toOne = -exponentOf(largest);
    let total = timesPowerOfTwo(ridge, toOne);
    const inUnits = scaled(counts, toOne);
    for (let c = 0; c < rows; c++) total += inUnits[c];
    exponent = TOTAL_EXPONENT + toOne - exponentOf(total);
  }
  return { items, indexOf, exponent, ...byPair(items.length, winners, losers, counts, exponent) };
}

/** The field that holds the winner, or the first of a tie, and that of the other. */
const fieldOf = (tie: boolean, index: 0 | 1) => (tie ? `.tie[${index}]` : index === 0 ? ".winner" : ".loser");

/** An array of twice the length that begins with these numbers. */
function doubled<T extends Int32Array | Float64Array>(values: T): T {
  const out = new (values.constructor as new (length: number) => T)(2 * values.length);
  out.set(values);
  return out;
}

/** `timesPowerOfTwo` of each value. */
function scaled(values: Float64Array, k: number): Float64Array {
  const out = values.slice();
  for (let left = k; left !== 0; ) {
    const step = Math.max(-1000, Math.min(1000, left));
    const factor = 2 ** step;
    for (let i = 0; i < out.length; i++) out[i] *= factor;
    left -= step;
  }
  return out;
}

/** The parts of one comparison, in a common form. */
function outcome<A>(
  caller: string,
  at: (field?: string) => string,
  value: unknown,
): { winner: A; loser: A; count: number; tie: boolean } {
  if (typeof value !== "object" || value === null) {
    throw wrongType(caller, at(), "be an object { winner, loser, count } or { tie, count }", value);
  }
  const { count = 1 } = value as { count?: unknown };
  const isCount = typeof count === "number" && count >= 0 && count < Infinity;
  const known = isCount ? count : requireNumber(caller, at(".count"), count, NON_NEGATIVE);
  const hasTie = "tie" in value;
  const hasWinner = "winner" in value;
  const hasLoser = "loser" in value;
  if (hasWinner && hasLoser && !hasTie) {
    const { winner, loser } = value as { winner: A; loser: A };
    return { winner, loser, count: known, tie: false };
  }
  if (!hasTie || hasWinner || hasLoser) {
    throw new TypeError(`${caller}: ${at()} must have either a winner and a loser or a tie, got ${Object.keys(value)}`);
  }
  const { tie } = value as { tie: unknown };
  if (!Array.isArray(tie) || tie.length !== 2) throw wrongType(caller, at(".tie"), "be an array of two items", tie);
  return { winner: tie[0], loser: tie[1], count: known, tie: true };
}

/** Sums the counts of each pair, in two passes: by the lower item of the pair, then by the other within it. */
function byPair(
  n: number,
  winners: Int32Array,
  losers: Int32Array,
  counts: Float64Array,
  exponent: number,
): Pick<Tournament<unknown>, "first" | "second" | "firstWins" | "secondWins"> {
  const loser = (c: number) => (losers[c] < 0 ? ~losers[c] : losers[c]);
  const start = new Int32Array(n + 1);
  for (let c = 0; c < counts.length; c++) start[Math.min(winners[c], loser(c)) + 1]++;
  for (let i = 0; i < n; i++) start[i + 1] += start[i];
  const next = start.slice();
  const sorted = new Int32Array(counts.length);
  for (let c = 0; c < counts.length; c++) sorted[next[Math.min(winners[c], loser(c))]++] = c;

  const wins = scaled(counts, exponent);
  const [first, second] = [new Int32Array(counts.length), new Int32Array(counts.length)];
  const [firstWins, secondWins] = [new Float64Array(counts.length), new Float64Array(counts.length)];
  const pairOf = new Int32Array(n).fill(-1);
  let pairs = 0;
  for (let i = 0; i < n; i++) {
    const firstOfRow = pairs;
    for (let s = start[i]; s < start[i + 1]; s++) {
      const c = sorted[s];
      if (counts[c] === 0) continue;
      const j = Math.max(winners[c], loser(c));
      if (pairOf[j] < firstOfRow) {
        pairOf[j] = pairs;
        first[pairs] = i;
        second[pairs++] = j;
      }
      const tie = losers[c] < 0;
      const count = tie ? wins[c] / 2 : wins[c];
      if (tie || winners[c] === i) firstWins[pairOf[j]] += count;
      if (tie || winners[c] === j) secondWins[pairOf[j]] += count;
    }
  }
  return {
    first: first.slice(0, pairs),
    second: second.slice(0, pairs),
    firstWins: firstWins.slice(0, pairs),
    secondWins: secondWins.slice(0, pairs),
  };
}
