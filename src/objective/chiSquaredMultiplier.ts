import type { Law } from "../measure/law.js";
import { Multiplier, sampleOf } from "./multiplier.js";
import type { FDivergence } from "./regularizers.js";

/**
 * The multiplier for ½χ², where the density is (s − d)₊ and s = x + 1 solves Σ p (s − d)₊ = 1: over the answers that keep
 * mass, x Σ p = Σ p d + what is dropped. Each pass takes that x for the answers below the last s, which is a step of
 * Newton's method on a convex function of pieces of lines, and it ends where no answer changes sides: after some passes,
 * where sorting would take K log K steps. Michelot (1986).
 */
export function chiSquaredMultiplier(law: Law, distance: Float64Array, f: FDivergence): Multiplier {
  const { weight } = law;
  const part = sampleOf(weight, distance);
  const { x, mass, dropped } = settled(
    weight,
    distance,
    part ? settled(part.weight, part.distance, Infinity).x : Infinity,
  );
  // What is left of Σ p d + dropped = x Σ p, from x − d, which keeps its digits where almost all mass is.
  let left = dropped;
  for (let i = 0; i < distance.length; i++) {
    const d = distance[i];
    if (d < x + 1) left -= weight[i] * (x - d);
  }
  return Multiplier.at(f, x, left / mass);
}

/** x for the answers that keep mass, their weight and that of the others. */
interface Settled {
  readonly x: number;
  readonly mass: number;
  readonly dropped: number;
}

function settled(weight: Float64Array, distance: Float64Array, start: number): Settled {
  let x = start;
  for (let kept = -1; ; ) {
    const threshold = x + 1;
    let [count, mass, moved, dropped] = [0, 0, 0, 0];
    for (let i = 0; i < distance.length; i++) {
      const d = distance[i];
      const w = weight[i];
      if (d < threshold) {
        count++;
        mass += w;
        moved += w * d;
      } else dropped += w;
    }
    // A start below all distances of answers with mass.
    if (mass === 0) {
      x = Infinity;
      continue;
    }
    if (count === kept) return { x, mass, dropped };
    kept = count;
    x = (dropped + moved) / mass;
  }
}
