import { type Curves, type Point, pointOf } from "./curves.js";
import { type Method, readingsAlong } from "./methods.js";

/** So many N are read at a time where the best is looked for. */
const LOOKS = 8;

/** Where a method has the most gold: the best N, or the best β of the frontier; undefined without gold, or before votes are counted. */
export function bestPoint(curves: Curves, method: Method, beta: number, most: number): Point | undefined {
  if (curves.problem.gold === undefined) return undefined;
  if (method === "rlhf") return highest(curves.frontier);
  const along = curves.along(method, beta, most).filter(({ at }) => Number.isInteger(at));
  if (along.length === 0) return undefined;
  const top = highest(along);
  if (method === "vote") return top;
  // Between its neighbours on the curve, narrower and narrower.
  const place = along.indexOf(top);
  let [low, high] = [along[Math.max(0, place - 1)].at, along[Math.min(along.length - 1, place + 1)].at];
  let best = top;
  while (high - low > 1) {
    const step = Math.max(1, (high - low) / LOOKS);
    const ns = new Set<number>();
    for (let n = low; n <= high; n += step) ns.add(Math.round(n));
    const all = [...ns];
    best = highest([best, ...readingsAlong(method, curves.problem, all, beta).map((r, i) => pointOf(all[i], r))]);
    if (step === 1) break;
    [low, high] = [Math.max(low, Math.floor(best.at - step)), Math.min(high, Math.ceil(best.at + step))];
  }
  return best;
}

/** The first of the points with the most gold. */
function highest(points: readonly Point[]): Point {
  return points.reduce((a, b) => (b.gold > a.gold ? b : a));
}
