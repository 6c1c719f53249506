import type { Law } from "../measure/law.js";
import { Multiplier } from "./multiplier.js";
import type { FDivergence } from "./regularizers.js";
import { sampleOf } from "./solveMultiplier.js";

/**
 * The multiplier for ½χ², where the density is (x + 1 − d)₊: over the answers that keep mass, x Σ p = Σ p d + what is
 * dropped. Each pass takes that x for the answers below the last x + 1, which is a step of Newton's method on a convex
 * function of pieces of lines, and it ends where no answer changes sides: after some passes, where sorting would take
 * K log K steps. Michelot (1986). Undefined where the masses of the best answers, or x, are beyond the doubles.
 */
export function chiSquaredMultiplier(law: Law, distance: Float64Array, f: FDivergence): Multiplier | undefined {
  const { weight } = law;
  const part = sampleOf(weight, distance);
  const ofPart = part && settled(part.weight, part.distance, undefined);
  const start = ofPart && part.nearest + ofPart.x;
  const found = settled(weight, distance, start);
  return found && Multiplier.at(f, found.x, found.low);
}

function settled(
  weight: Float64Array,
  distance: Float64Array,
  start: number | undefined,
): { x: number; low: number } | undefined {
  let x = start ?? 0;
  let threshold = start === undefined ? Infinity : x + 1;
  for (let kept = -1; ; ) {
    // Distances are summed from x: what is left where nothing changes sides is what x misses.
    let [count, mass, left] = [0, 0, 0];
    for (let i = 0; i < distance.length; i++) {
      const d = distance[i];
      const w = weight[i];
      if (d < threshold) {
        count++;
        mass += w;
        left += w * (d - x);
      } else left += w;
    }
    if (mass === 0) return undefined;
    const step = left / mass;
    if (count === kept) return Number.isFinite(x + step) ? { x, low: step } : undefined;
    kept = count;
    x += step;
    threshold = x + 1;
  }
}
