import type { Law } from "../measure/law.js";
import { outOfRange } from "../numeric/check.js";
import { sumError, twoSum } from "../numeric/doubleDouble.js";
import { floats } from "../numeric/floats.js";

/**
 * A reference law seen through the reward alone: its distinct reward levels, best first. Answers of equal reward share
 * every finite-N ratio P_N/ref, so all selection laws are computed by level.
 */
export interface Levels {
  /** The distinct rewards above −∞ on the support of ref, decreasing. */
  readonly reward: Float64Array;
  /** The probability of each level under ref. */
  readonly mass: Float64Array;
  /** The level of each answer; −1 off the support of ref and for a forbidden answer (reward −∞). */
  readonly levelOf: Int32Array;
  /** The probability under ref that a draw is forbidden. */
  readonly forbidden: number;
}

/** The levels of a law under scores that were checked: numbers below ∞. */
export function levelsOf(caller: string, law: Law, score: Float64Array): Levels {
  const kept = floats(score.length);
  let count = 0;
  for (let i = 0; i < score.length; i++) {
    // Adding 0 makes −0 and 0 one level.
    if (score[i] > -Infinity && law.supports(i)) kept[count++] = -score[i] + 0;
  }
  if (count === 0) throw outOfRange(caller, "reward", "be above -Infinity for some answer of the support", -Infinity);
  const sorted = sort(kept.subarray(0, count));
  let size = 0;
  for (let i = 0; i < count; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[size++] = sorted[i];
  const reward = floats(size);
  for (let i = 0; i < size; i++) reward[i] = -sorted[i] + 0;
  const mass = floats(size);
  const low = floats(size);
  const levelOf = new Int32Array(score.length).fill(-1);
  let forbidden = 0;
  let forbiddenLow = 0;
  for (let i = 0; i < score.length; i++) {
    if (!law.supports(i)) continue;
    const p = law.probability(i);
    if (score[i] === -Infinity) {
      const { hi, lo } = twoSum(forbidden, p);
      forbidden = hi;
      forbiddenLow += lo;
      continue;
    }
    const level = levelAt(reward, score[i]);
    levelOf[i] = level;
    const s = mass[level] + p;
    const t = s - mass[level];
    low[level] += mass[level] - (s - t) + (p - t);
    mass[level] = s;
  }
  for (let i = 0; i < size; i++) mass[i] += low[i];
  return { reward, mass, levelOf, forbidden: forbidden + forbiddenLow };
}

/** Sorts in place: a few entries by insertion, which is done before the engine's own sort has begun. */
function sort(values: Float64Array): Float64Array {
  if (values.length > 48) return values.sort();
  for (let i = 1; i < values.length; i++) {
    const x = values[i];
    let j = i - 1;
    for (; j >= 0 && values[j] > x; j--) values[j + 1] = values[j];
    values[j + 1] = x;
  }
  return values;
}

/** The first of the decreasing rewards that is at most r, or their number: the index of r itself where it is listed. */
export function levelAt(reward: Float64Array, r: number): number {
  let low = 0;
  let high = reward.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (reward[middle] > r) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What lies above each level: Σ of the masses of better levels, and above the last, of all; compensated. */
export function massAbove(mass: Float64Array): Float64Array {
  const above = floats(mass.length + 1);
  let hi = 0;
  let lo = 0;
  for (let i = 0; i < mass.length; i++) {
    const s = hi + mass[i];
    lo += sumError(hi, mass[i], s);
    hi = s;
    above[i + 1] = hi + lo;
  }
  return above;
}

/** What lies at each level and below: its mass, those of worse levels and `base`; the last entry is `base`. */
export function massFrom(mass: Float64Array, base: number): Float64Array {
  const from = floats(mass.length + 1);
  let hi = base;
  let lo = 0;
  from[mass.length] = base;
  for (let i = mass.length - 1; i >= 0; i--) {
    const s = hi + mass[i];
    lo += sumError(hi, mass[i], s);
    hi = s;
    from[i] = hi + lo;
  }
  return from;
}
