import { normalInterval } from "../numeric/normal.js";
import { guidedMean, type LineField } from "./lineField.js";
import { crossings, firstAbove, turningPoints } from "./turningPoints.js";

/** The mass of N(0, 1) beyond this |x| is below 1e−330. */
const MAX_START = 39;

/** Stretches of starts that are followed at once. The least probable of more are each counted by one start. */
const MAX_STRETCHES = 4096;

/** Starts on which the walk down to the current level is monotone, and where the first and last of them lead. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly atStart: number;
  readonly atEnd: number;
}

/** The probability of each point, and the probability of stretches that one start stands for. */
export interface GridLaw {
  readonly reached: Float64Array;
  readonly unsure: number;
}

/**
 * Where DDIM on a grid leads x ~ N(0, 1): each step is z + (u_next − u)·mean(z, u), and the last mean is the output. Each level
 * has a strength w of its own.
 *
 * Guidance may fold a step. The line of starts is cut at the turning points of every step, into stretches on which the walk
 * is monotone. Each stretch reaches a point of the class from one interval of starts, whose ends bisection finds.
 */
export function gridLaw(own: LineField, all: LineField, w: Float64Array, sigma: number, u: Float64Array): GridLaw {
  const top = u.length - 1;
  const { points } = own;
  // Halfway between two points the lower one counts as the nearest.
  const borders = Array.from(points.subarray(1), (a, k) => points[k] + (a - points[k]) / 2);
  /** The guided mean at level k. */
  const means = Array.from(u, (at, k) => {
    const mean = guidedMean(own, all, w[k]);
    return (z: number) => mean(z, at);
  });
  /** Where a start is at level t; level −1 is data. */
  const walk = (x: number, t: number): number => {
    let z = x / sigma;
    for (let k = top; k > t; k--) z = k === 0 ? means[0](z) : z + (u[k - 1] - u[k]) * means[k](z);
    return z;
  };
  /** The cuts of the walk at level t: turning points of the step from there, or where the last mean crosses a border. */
  const cutsOf = (t: number, from: number, to: number): number[] => {
    const gain = t === 0 ? 1 : u[t - 1] / u[t] - 1;
    const constant = t === 0 ? 0 : 1;
    const slope = { own, all, u: u[t], constant, plus: gain * (1 + w[t]), minus: gain * w[t] };
    if (t === 0) {
      const values = borders.map((y) => u[0] * y);
      return crossings(slope, (z) => u[0] * means[0](z), values, from, to);
    }
    // A variance is at most a quarter of the squared spread.
    const spread = u[t] * (all.points[all.points.length - 1] - all.points[0]);
    return slope.minus * spread * spread < 4 ? [] : turningPoints(slope, from, to);
  };
  const reached = new Float64Array(points.length);
  let unsure = 0;
  /** Counts a stretch by its middle start. */
  const count = ({ start, end }: Stretch): number => {
    const mass = normalInterval(start, end);
    reached[own.nearest(walk(start + (end - start) / 2, -1))] += mass;
    return mass;
  };

  let stretches: Stretch[] = [
    { start: -MAX_START, end: MAX_START, atStart: -MAX_START / sigma, atEnd: MAX_START / sigma },
  ];
  for (let t = top; t >= 0; t--) {
    const level = t;
    const cuts = covered(stretches).flatMap(([from, to]) => cutsOf(level, from, to));
    stretches = stretches.flatMap((s) => cutAt(s, cuts, (x) => walk(x, level)));
    if (stretches.length > MAX_STRETCHES) {
      const order = stretches.map((s) => ({ s, mass: normalInterval(s.start, s.end) })).sort((a, b) => b.mass - a.mass);
      for (const { s } of order.slice(MAX_STRETCHES)) unsure += count(s);
      stretches = order.slice(0, MAX_STRETCHES).map(({ s }) => s);
    }
    if (level > 0) {
      const step = (z: number) => z + (u[level - 1] - u[level]) * means[level](z);
      stretches = stretches.map((s) => ({ ...s, atStart: step(s.atStart), atEnd: step(s.atEnd) }));
    }
  }
  for (const s of stretches) count(s);
  return { reached, unsure };
}

/** The intervals that stretches lead to at the current level. Intervals that overlap are joined. */
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

/** A stretch cut where its walk crosses one of the cuts, which increase. */
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
    // a and b are the doubles on both sides of the cut.
    pieces.push({ ...rest, end: b, atEnd: atA });
    rest = { ...rest, start: b, atStart: atB };
  }
  return [...pieces, rest];
}
