import type { Law } from "../measure/law.js";
import { outOfRange } from "../numeric/check.js";
import { twoSum } from "../numeric/doubleDouble.js";

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
  const kept = new Float64Array(score.length);
  let count = 0;
  for (let i = 0; i < score.length; i++) {
    // Adding 0 makes −0 and 0 one level.
    if (score[i] > -Infinity && law.supports(i)) kept[count++] = -score[i] + 0;
  }
  if (count === 0) throw outOfRange(caller, "reward", "be above -Infinity for some answer of the support", -Infinity);
  const sorted = kept.subarray(0, count).sort();
  let size = 0;
  for (let i = 0; i < count; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[size++] = sorted[i];
  const reward = sorted.slice(0, size).map((r) => -r + 0);
  const mass = new Float64Array(size);
  const low = new Float64Array(size);
  const levelOf = new Int32Array(score.length).fill(-1);
  const forbidden = [0, 0];
  for (let i = 0; i < score.length; i++) {
    if (!law.supports(i)) continue;
    const p = law.probability(i);
    if (score[i] === -Infinity) {
      const { hi, lo } = twoSum(forbidden[0], p);
      forbidden[0] = hi;
      forbidden[1] += lo;
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
  return { reward, mass, levelOf, forbidden: forbidden[0] + forbidden[1] };
}

/** The first of the decreasing rewards that is at most r, or their number: the index of r itself where it is listed. */
export function levelAt(reward: Float64Array, r: number): number {
  let [low, high] = [0, reward.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (reward[middle] > r) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What lies above each level: Σ of the masses of better levels, and above the last, of all; compensated. */
export function massAbove(mass: Float64Array): Float64Array {
  const above = new Float64Array(mass.length + 1);
  let [hi, lo] = [0, 0];
  for (let i = 0; i < mass.length; i++) {
    const s = twoSum(hi, mass[i]);
    hi = s.hi;
    lo += s.lo;
    above[i + 1] = hi + lo;
  }
  return above;
}

/** What lies at each level and below: its mass, those of worse levels and `base`; the last entry is `base`. */
export function massFrom(mass: Float64Array, base: number): Float64Array {
  const from = new Float64Array(mass.length + 1);
  let [hi, lo] = [base, 0];
  from[mass.length] = base;
  for (let i = mass.length - 1; i >= 0; i--) {
    const s = twoSum(hi, mass[i]);
    hi = s.hi;
    lo += s.lo;
    from[i] = hi + lo;
  }
  return from;
}
