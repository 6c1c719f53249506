import { normalInterval } from "../numeric/normal.js";
import type { LineField } from "./lineField.js";
import { crossings, firstAbove, turningPoints } from "./turningPoints.js";

/** Past this |x| there is no mass of N(0, 1) that a double could show beside 1. */
const EDGE = 39;

/** So many stretches of starts are followed at once; of more the least probable are counted by one of their starts. */
const MAX_STRETCHES = 4096;

/** A stretch of starts on which the walk down to the current level is monotone, and where it leads there. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly atStart: number;
  readonly atEnd: number;
}

/** The probability of each point, and of the starts that were counted by one of them. */
export interface GridLaw {
  readonly reached: Float64Array;
  readonly unsure: number;
}

/**
 * Where DDIM on a grid leads x ~ N(0, 1): each step z + (u_next − u)·mean(z, u), and the last mean.
 *
 * Steps that guidance folds are cut at their turning points, so that the line of starts falls into stretches on which the
 * walk is monotone: between their ends each point of the class is reached from one interval of starts, whose ends are
 * found by bisection.
 */
export function gridLaw(own: LineField, all: LineField, w: number, sigma: number, u: Float64Array): GridLaw {
  const top = u.length - 1;
  const { points } = own;
  // Halfway between two points the lower one is the nearest.
  const borders = Array.from(points.subarray(1), (a, k) => points[k] + (a - points[k]) / 2);
  const mean = (z: number, at: number) => {
    const m = own.mean(z, at);
    return w === 0 ? m : m + w * (m - all.mean(z, at));
  };
  /** Where a start is at level t; at −1 it is data. */
  const walk = (x: number, t: number): number => {
    let z = x / sigma;
    for (let k = top; k > t; k--) z = k === 0 ? mean(z, u[0]) : z + (u[k - 1] - u[k]) * mean(z, u[k]);
    return z;
  };
  /** Where the walk is to be cut at level t: the turning points of the step from there, and where the last mean crosses a border. */
  const cutsOf = (t: number, from: number, to: number): number[] => {
    const gain = t === 0 ? 1 : u[t - 1] / u[t] - 1;
    const constant = t === 0 ? 0 : 1;
    const slope = { own, all, u: u[t], constant, plus: gain * (1 + w), minus: gain * w };
    if (t === 0) {
      const values = borders.map((y) => u[0] * y);
      return crossings(slope, (z) => u[0] * mean(z, u[0]), values, from, to);
    }
    // A variance is at most a quarter of the squared spread.
    const spread = u[t] * (all.points[all.points.length - 1] - all.points[0]);
    return slope.minus * spread * spread < 4 ? [] : turningPoints(slope, from, to);
  };
  const reached = new Float64Array(points.length);
  let unsure = 0;
  const guess = ({ start, end }: Stretch) => {
    const mass = normalInterval(start, end);
    reached[own.nearest(walk(start + (end - start) / 2, -1))] += mass;
    unsure += mass;
  };

  let stretches: Stretch[] = [{ start: -EDGE, end: EDGE, atStart: -EDGE / sigma, atEnd: EDGE / sigma }];
  for (let t = top; t >= 0; t--) {
    const level = t;
    const cuts = covered(stretches).flatMap(([from, to]) => cutsOf(level, from, to));
    stretches = stretches.flatMap((s) => cutAt(s, cuts, (x) => walk(x, level)));
    if (stretches.length > MAX_STRETCHES) {
      const order = stretches.map((s) => ({ s, mass: normalInterval(s.start, s.end) })).sort((a, b) => b.mass - a.mass);
      for (const { s } of order.slice(MAX_STRETCHES)) guess(s);
      stretches = order.slice(0, MAX_STRETCHES).map(({ s }) => s);
    }
    if (level > 0) {
      const step = (z: number) => z + (u[level - 1] - u[level]) * mean(z, u[level]);
      stretches = stretches.map((s) => ({ ...s, atStart: step(s.atStart), atEnd: step(s.atEnd) }));
    }
  }
  for (const { start, end } of stretches)
    reached[own.nearest(walk(start + (end - start) / 2, -1))] += normalInterval(start, end);
  return { reached, unsure };
}

/** The intervals that stretches lie on at the current level, those that overlap joined. */
function covered(stretches: readonly Stretch[]): [number, number][] {
  const intervals = stretches.map(({ atStart, atEnd }): [number, number] =>
    atStart < atEnd ? [atStart, atEnd] : [atEnd, atStart],
  );
  const joined: [number, number][] = [];
  for (const [from, to] of intervals.sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** A stretch in pieces that end where its walk crosses one of the cuts, which increase: on one side of it each. */
function cutAt(stretch: Stretch, cuts: readonly number[], walk: (x: number) => number): Stretch[] {
  const rising = stretch.atStart < stretch.atEnd;
  const [low, high] = rising ? [stretch.atStart, stretch.atEnd] : [stretch.atEnd, stretch.atStart];
  const inside = cuts.slice(firstAbove(cuts, low), firstAbove(cuts, high));
  if (!rising) inside.reverse();
  const pieces: Stretch[] = [];
  let rest = stretch;
  for (const cut of inside) {
    let [a, b, atA, atB] = [rest.start, rest.end, rest.atStart, rest.atEnd];
    if (atA > cut === atB > cut) continue;
    for (;;) {
      const middle = a + (b - a) / 2;
      if (!(middle > a && middle < b)) break;
      const at = walk(middle);
      if (at > cut === rising) [b, atB] = [middle, at];
      else [a, atA] = [middle, at];
    }
    // The two doubles about the cut: what lies between them is no start.
    pieces.push({ ...rest, end: b, atEnd: atA });
    rest = { ...rest, start: b, atStart: atB };
  }
  return [...pieces, rest];
}
