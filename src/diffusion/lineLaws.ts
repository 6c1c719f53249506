import { densitiesOf, type Law } from "../measure/law.js";
import { outOfRange } from "../numeric/check.js";
import { logRatio } from "../numeric/deviance.js";
import { type DoubleDouble, productError } from "../numeric/doubleDouble.js";
import { exp, expm1, log1p } from "../numeric/elementary.js";
import { logSumExp } from "../numeric/logSumExp.js";
import { exponentOf, timesPowerOfTwo } from "../numeric/powerOfTwo.js";
import type { AtomicData } from "./atoms.js";

/** The largest distance of two atoms may be so many times the smallest: the square of neither leaves the doubles. */
const MAX_DISTANCES = 1e290;

/** A law of the different points of a line. */
export interface PointLaw {
  /** log p of each point, −∞ where the law has none. */
  readonly log: Float64Array;
  /** The index of the last point of the law at or before each point, −1 where there is none. */
  readonly before: Int32Array;
  /** The index of the first point of the law at or after each point, the number of points where there is none. */
  readonly after: Int32Array;
}

/** A law compared with the first one. */
export interface ComparedLaw extends PointLaw {
  /** q/p of each point; 0, infinite or NaN where a law has none. */
  readonly ratio: Float64Array;
  /** q/p − 1 of each point, to its own digits. */
  readonly excess: Float64Array;
}

/** log q(x)/p(x) of an atom, by its index. */
export type LogRatio = (i: number) => number;

/**
 * Laws of atoms on a line, by different points in order. Coordinates are multiplied by the power of two that brings the
 * largest distance near 1, so that no square of one leaves the doubles.
 *
 * The other laws are known by their ratio to the first: two near laws differ by what their rounded logarithms have lost.
 */
export class LineLaws {
  /** Coordinates are those of the data times 2^power. */
  readonly power: number;
  readonly points: Float64Array;
  readonly first: PointLaw;
  readonly others: readonly ComparedLaw[];
  /** How many nats the heaviest point of a law has over its lightest, at most. */
  readonly room: number;
  /** The smallest and the largest distance of two points; both 0 where there is one point. */
  readonly nearest: number;
  readonly farthest: number;

  constructor(
    caller: string,
    { points, size }: AtomicData,
    [first, ...others]: readonly Law[],
    logRatios: readonly LogRatio[] = others.map((law) => logRatioOfLaws(first, law)),
  ) {
    const held = Array.from({ length: size }, (_, i) => i).filter((i) =>
      [first, ...others].some((law) => law.supports(i)),
    );
    const places = [...new Set(held.map((i) => points[i] + 0))].sort((a, b) => a - b);
    const at = new Map(places.map((x, k) => [x, k]));
    const groups: number[][] = places.map(() => []);
    for (const i of held) groups[at.get(points[i] + 0) as number].push(i);

    const [least, most] = [places[0], places[places.length - 1]];
    const span = Math.min(Number.MAX_VALUE, most - least);
    this.power = span > 0 ? -exponentOf(span) - 1 : 0;
    this.points = Float64Array.from(places, (x) => timesPowerOfTwo(x, this.power));
    this.farthest = this.points[this.points.length - 1] - this.points[0];
    let nearest = this.farthest;
    for (let k = 1; k < this.points.length; k++) nearest = Math.min(nearest, this.points[k] - this.points[k - 1]);
    this.nearest = nearest;
    if (this.farthest > MAX_DISTANCES * nearest)
      throw outOfRange(caller, "data.points", `have distances within a factor of ${MAX_DISTANCES}`, places);

    const logs = [first, ...others].map((law) => logsOf(law, groups));
    this.first = pointLaw(logs[0]);
    this.others = others.map((law, l) => ({
      ...pointLaw(logs[l + 1]),
      ...ratiosOf(first, law, groups, logRatios[l]),
    }));
    this.room = Math.max(...logs.map(rangeOf));
  }
}

/** log p of each group of atoms at one point. */
function logsOf(law: Law, groups: readonly (readonly number[])[]): Float64Array {
  const log = law.logProbabilities();
  return Float64Array.from(groups, (atoms) =>
    atoms.length === 1 ? log[atoms[0]] : logSumExp(atoms.map((i) => log[i])),
  );
}

function rangeOf(logs: Float64Array): number {
  let [low, high] = [Infinity, -Infinity];
  for (const l of logs) {
    if (l === -Infinity) continue;
    low = Math.min(low, l);
    high = Math.max(high, l);
  }
  return high - low;
}

function pointLaw(log: Float64Array): PointLaw {
  const before = new Int32Array(log.length);
  const after = new Int32Array(log.length);
  for (let k = 0, last = -1; k < log.length; k++) before[k] = last = log[k] > -Infinity ? k : last;
  for (let k = log.length - 1, next = log.length; k >= 0; k--) after[k] = next = log[k] > -Infinity ? k : next;
  return { log, before, after };
}

/** q/p and q/p − 1 of each group of atoms: Σ(q − p)/Σp, each difference to its own digits. */
function ratiosOf(p: Law, q: Law, groups: readonly (readonly number[])[], ofAtom: LogRatio) {
  const ratio = new Float64Array(groups.length);
  const excess = new Float64Array(groups.length);
  for (const [k, atoms] of groups.entries()) {
    if (atoms.length === 1) {
      const rho = ofAtom(atoms[0]);
      ratio[k] = exp(rho);
      excess[k] = expm1(rho);
      continue;
    }
    // Relative to the heaviest atom there, whose weight may be as small as one likes.
    const log = atoms.map((i) => (p.supports(i) ? p.logProbability(i) : -Infinity));
    const top = Math.max(...log);
    let [own, more] = [0, 0];
    if (top === -Infinity) {
      ratio[k] = excess[k] = Infinity;
      continue;
    }
    for (const [j, i] of atoms.entries()) {
      const share = exp(log[j] - top);
      own += share;
      more += share > 0 ? share * expm1(ofAtom(i)) : exp(q.logProbability(i) - top);
    }
    excess[k] = more / own;
    ratio[k] = 1 + excess[k];
  }
  return { ratio, excess };
}

/** What weights are multiplied by, so that the errors of their products are normal doubles. */
const LIFT = 2 ** 500;

/** A total as t·2^k with t.hi in [1, 2), and what weights are multiplied by when it is divided by that. */
function unitTotal({ hi, lo }: DoubleDouble): { readonly factor: number; readonly t: DoubleDouble } {
  const power = 2 ** -exponentOf(hi);
  return { factor: power * LIFT, t: { hi: hi * power, lo: lo * power } };
}

/** a·t in double-double. */
function times(a: number, t: DoubleDouble): DoubleDouble {
  const hi = a * t.hi;
  return { hi, lo: productError(a, t.hi, hi) + a * t.lo };
}

/**
 * log Q/P of an atom, to its own digits where the two are near: from the log-densities where both are tilts of one law,
 * from the difference of their weights in double-double where these have all digits, and else from logarithms.
 */
function logRatioOfLaws(p: Law, q: Law): LogRatio {
  const densities = densitiesOf(p, q);
  if (densities !== undefined) {
    const [x, y] = densities;
    const density = (i: number) => (y?.[i] ?? 0) - (x?.[i] ?? 0);
    // Up to a constant, which no difference of two atoms shows.
    const constant = q.logProbability(p.peak) - p.logProbability(p.peak) - density(p.peak);
    return (i) => {
      if (p.supports(i) && q.supports(i) && constant > -Infinity) return density(i) + constant;
      return q.logProbability(i) - p.logProbability(i);
    };
  }
  const [{ factor: u, t: pTotal }, { factor: v, t: qTotal }] = [unitTotal(p.total), unitTotal(q.total)];
  return (i) => {
    if (p.hasTail || q.hasTail) return q.logProbability(i) - p.logProbability(i);
    const a = times(p.weight[i] * u, qTotal);
    const b = times(q.weight[i] * v, pTotal);
    const more = (b.hi - a.hi + (b.lo - a.lo)) / a.hi;
    return more > -0.5 && more < 1 ? log1p(more) : logRatio(b.hi, a.hi);
  };
}
