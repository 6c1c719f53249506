import { densitiesOf, type Law } from "../measure/law.js";
import { outOfRange } from "../numeric/check.js";
import { logRatio } from "../numeric/deviance.js";
import { type DoubleDouble, productError } from "../numeric/doubleDouble.js";
import { exp, expm1, log1p } from "../numeric/elementary.js";
import { logSumExp } from "../numeric/logSumExp.js";
import { exponentOf, timesPowerOfTwo } from "../numeric/powerOfTwo.js";
import type { AtomicData } from "./atoms.js";

/** The largest distance of two atoms over the smallest: up to here neither square leaves the doubles. */
const MAX_DISTANCE_RATIO = 1e290;

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
 * largest distance near 1, so that no square of a distance leaves the doubles.
 *
 * The other laws are kept as ratios to the first: rounded logarithms lose the difference of two near laws.
 */
export class LineLaws {
  /** Coordinates are those of the data times 2^power. */
  readonly power: number;
  readonly points: Float64Array;
  readonly first: PointLaw;
  readonly others: readonly ComparedLaw[];
  /** How many nats the heaviest point of a law has over its lightest, at most. */
  readonly logRange: number;
  /** The smallest and the largest distance of two points; both 0 where there is one point. */
  readonly nearest: number;
  readonly farthest: number;

  constructor(
    caller: string,
    { points, marginal }: AtomicData,
    laws: readonly Law[],
    logRatios: readonly LogRatio[] = laws.slice(1).map((law) => logRatioOfLaws(laws[0], law)),
  ) {
    const held = marginal.support.filter((i) => laws.some((law) => law.supports(i)));
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
    if (this.farthest > MAX_DISTANCE_RATIO * nearest)
      throw outOfRange(caller, "data.points", `have distances within a factor of ${MAX_DISTANCE_RATIO}`, places);

    const logs = laws.map((law) => logsOf(law, groups));
    const [first, ...others] = logs.map(pointLaw);
    this.first = first;
    this.others = others.map((law, l) => ({ ...law, ...ratiosOf(laws[0], laws[l + 1], groups, logRatios[l]) }));
    this.logRange = Math.max(...logs.map(logRangeOf));
  }
}

/** log p of each group of atoms at one point. */
function logsOf(law: Law, groups: readonly (readonly number[])[]): Float64Array {
  const log = law.logProbabilities();
  return Float64Array.from(groups, (atoms) =>
    atoms.length === 1 ? log[atoms[0]] : logSumExp(atoms.map((i) => log[i])),
  );
}

/** The largest logarithm less the smallest finite one. */
export function logRangeOf(logs: Float64Array): number {
  const finite = logs.filter((l) => l > -Infinity);
  return finite.reduce((a, b) => Math.max(a, b)) - finite.reduce((a, b) => Math.min(a, b));
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
    // Relative to the heaviest atom there, whose weight may be below the doubles.
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

/** Weights are multiplied by it, so that the errors of their products are normal doubles. */
const WEIGHT_UNIT = 2 ** 500;

/** A total as t·2^k with t.hi in [1, 2), and the factor 2^(500−k) of weights whose total becomes t. */
function unitTotal({ hi, lo }: DoubleDouble): { readonly factor: number; readonly t: DoubleDouble } {
  const power = 2 ** -exponentOf(hi);
  return { factor: power * WEIGHT_UNIT, t: { hi: hi * power, lo: lo * power } };
}

/** a·t in double-double. */
function times(a: number, t: DoubleDouble): DoubleDouble {
  const hi = a * t.hi;
  return { hi, lo: productError(a, t.hi, hi) + a * t.lo };
}

/**
 * log Q/P of an atom, to its own digits where the two are near. It comes from the log-densities where both are tilts of one
 * law, from the difference of the weights in double-double where these have all digits, and else from logarithms.
 */
export function logRatioOfLaws(p: Law, q: Law): LogRatio {
  const densities = densitiesOf(p, q);
  if (densities !== undefined) {
    const [x, y] = densities;
    const density = (i: number) => (y?.[i] ?? 0) - (x?.[i] ?? 0);
    // Its rounding is the same for all atoms, and cancels in their differences.
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
