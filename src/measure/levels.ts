import { outOfRange } from "../numeric/check.js";
import { sumError } from "../numeric/doubleDouble.js";
import { exp, log, log1p } from "../numeric/elementary.js";
import { SMALLEST_NORMAL } from "../numeric/float64.js";
import { floats, integers } from "../numeric/floats.js";
import { sortDecreasing } from "../numeric/sortDecreasing.js";
import type { Law } from "./law.js";

/**
 * A reference law seen through the reward alone: its distinct reward levels, best first. Answers of equal reward share
 * every finite-N ratio P_N/ref, so all selection laws are computed by level.
 */
export interface Levels {
  /** The distinct rewards above −∞ on the support of ref, decreasing. */
  readonly reward: Float64Array;
  /** The probability of each level under ref, rounded to 0 or to a subnormal number where it is below the normal doubles. */
  readonly mass: Float64Array;
  /** The logarithm of each probability: it has all digits at every level. Made when first read. */
  readonly logMass: Float64Array;
  /** The level of each answer; −1 off the support of ref and for a forbidden answer (reward −∞). */
  readonly levelOf: Int32Array;
  /** The probability under ref that a draw is forbidden. */
  readonly forbidden: number;
  /** The logarithm of that probability: it has all digits also where the probability is rare. */
  readonly logForbidden: number;
}

class LevelsOfLaw implements Levels {
  readonly reward: Float64Array;
  readonly mass: Float64Array;
  readonly levelOf: Int32Array;
  readonly forbidden: number;
  readonly #law: Law;
  readonly #forbids: boolean;
  #logMass: Float64Array | undefined;

  constructor(
    law: Law,
    reward: Float64Array,
    mass: Float64Array,
    levelOf: Int32Array,
    forbidden: number,
    forbids: boolean,
  ) {
    this.#law = law;
    this.#forbids = forbids;
    this.reward = reward;
    this.mass = mass;
    this.levelOf = levelOf;
    this.forbidden = forbidden;
  }

  get logMass(): Float64Array {
    this.#logMass ??= logMassOf(this.#law, this.levelOf, this.mass);
    return this.#logMass;
  }

  get logForbidden(): number {
    if (!this.#forbids) return -Infinity;
    if (!isRounded(this.forbidden)) return log(this.forbidden);
    const own = this.levelOf.map((level, i) => (level < 0 && this.#law.supports(i) ? 0 : -1));
    return logMassOf(this.#law, own, Float64Array.of(0))[0];
  }
}

const MIN_UNROUNDED_MASS: number = 2 ** 12 * SMALLEST_NORMAL;

/** Whether a mass may be a sum of terms that were rounded below the normal doubles. Its logarithm then comes from theirs. */
export function isRounded(mass: number): boolean {
  return mass < MIN_UNROUNDED_MASS;
}

/** The logarithm of a level's probability. The logarithms of all levels are made only where one is below the normal doubles. */
export function logMassAt(levels: Levels, i: number): number {
  const p = levels.mass[i];
  return isRounded(p) ? levels.logMass[i] : log(p);
}

function logMassOf(law: Law, levelOf: Int32Array, mass: Float64Array): Float64Array {
  const out = mass.map(log);
  if (!mass.some(isRounded)) return out;
  const top = floats(mass.length).fill(-Infinity);
  const rest = floats(mass.length);
  for (let i = 0; i < levelOf.length; i++) {
    const level = levelOf[i];
    if (level < 0 || !isRounded(mass[level])) continue;
    const l = law.logProbability(i);
    if (l > top[level]) {
      rest[level] = (rest[level] + 1) * exp(top[level] - l);
      top[level] = l;
    } else rest[level] += exp(l - top[level]);
  }
  return out.map((l, i) => (!isRounded(mass[i]) || top[i] === -Infinity ? l : top[i] + log1p(rest[i])));
}

/** The levels of a law under scores that were checked: numbers below ∞. */
export function levelsOf(caller: string, law: Law, score: Float64Array): Levels {
  const levelOf = integers(score.length).fill(-1);
  const reward = score.length > INSERTION_SORT_LIMIT ? rankMany(law, score, levelOf) : rankFew(law, score, levelOf);
  const size = reward.length;
  if (size === 0) throw outOfRange(caller, "reward", "be above -Infinity for some answer of the support", -Infinity);
  const mass = floats(size);
  const low = floats(size);
  let forbidden = 0;
  let forbiddenLow = 0;
  let forbids = false;
  for (let i = 0; i < score.length; i++) {
    const level = levelOf[i];
    if (level < 0) {
      if (!law.supports(i)) continue;
      forbids = true;
      const p = law.probability(i);
      const s = forbidden + p;
      forbiddenLow += sumError(forbidden, p, s);
      forbidden = s;
      continue;
    }
    const p = law.probability(i);
    const s = mass[level] + p;
    low[level] += sumError(mass[level], p, s);
    mass[level] = s;
  }
  for (let i = 0; i < size; i++) mass[i] += low[i];
  return new LevelsOfLaw(law, reward, mass, levelOf, forbidden + forbiddenLow, forbids);
}

/** Up to so many answers are sorted by insertion. */
const INSERTION_SORT_LIMIT = 48;

/** The distinct rewards, and in `levelOf` which of them each answer has. */
function rankFew(law: Law, score: Float64Array, levelOf: Int32Array): Float64Array {
  const order = integers(score.length);
  let count = 0;
  for (let i = 0; i < score.length; i++) {
    const s = score[i];
    if (!(s > -Infinity && law.supports(i))) continue;
    let j = count++;
    for (; j > 0 && score[order[j - 1]] < s; j--) order[j] = order[j - 1];
    order[j] = i;
  }
  let size = 0;
  for (let j = 0; j < count; j++) {
    if (j === 0 || score[order[j]] !== score[order[j - 1]]) size++;
    levelOf[order[j]] = size - 1;
  }
  const reward = floats(size);
  // Adding 0 makes −0 and 0 one reward.
  for (let j = 0; j < count; j++) reward[levelOf[order[j]]] = score[order[j]] + 0;
  return reward;
}

/** The same for many answers, by the bits of the rewards. */
function rankMany(law: Law, score: Float64Array, levelOf: Int32Array): Float64Array {
  const places = integers(score.length);
  // Adding 0 makes −0 and 0 one reward.
  const values = floats(score.length);
  let count = 0;
  for (let i = 0; i < score.length; i++) {
    values[i] = score[i] + 0;
    if (score[i] > -Infinity && law.supports(i)) places[count++] = i;
  }
  sortDecreasing(places.subarray(0, count), values);
  const reward = floats(count);
  let size = 0;
  for (let j = 0; j < count; j++) {
    const r = values[places[j]];
    if (size === 0 || r !== reward[size - 1]) reward[size++] = r;
    levelOf[places[j]] = size - 1;
  }
  return size === count ? reward : reward.slice(0, size);
}

/** The index of the first of the decreasing rewards that is at most r; the number of rewards where none is. */
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

/** The mass above each level, by a compensated sum over the better levels. The last entry is the mass of all levels. */
export function massAbove(mass: Float64Array, above: Float64Array = floats(mass.length + 1)): Float64Array {
  let hi = 0;
  let lo = 0;
  above[0] = 0;
  for (let i = 0; i < mass.length; i++) {
    const s = hi + mass[i];
    lo += sumError(hi, mass[i], s);
    hi = s;
    above[i + 1] = hi + lo;
  }
  return above;
}

/** log(eᵃ + eᵇ), −∞ where both are. */
export function logAdd(a: number, b: number): number {
  const [large, small] = a > b ? [a, b] : [b, a];
  return small === -Infinity ? large : large + log1p(exp(small - large));
}

/** The logarithm of the mass at each level and below, with forbidden draws: it has all digits also below the normal doubles. */
export function logMassFrom(levels: Levels, from: Float64Array): Float64Array {
  const { mass } = levels;
  const out = from.map(log);
  let below = levels.logForbidden;
  out[mass.length] = below;
  for (let i = mass.length - 1; i >= 0 && isRounded(from[i]); i--) {
    below = logAdd(below, levels.logMass[i]);
    out[i] = below;
  }
  return out;
}

/** The mass at each level and below, added to `base`. The last entry is `base`. */
export function massFrom(mass: Float64Array, base: number, from: Float64Array = floats(mass.length + 1)): Float64Array {
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
