import type { Law } from "../measure/law.js";
import { floats } from "../numeric/floats.js";
import { Multiplier } from "./multiplier.js";
import type { FDivergence } from "./regularizers.js";

/**
 * The multiplier for ½χ², where the density is (s − d)₊ and the threshold s = x + 1 solves Σ p (s − d)₊ = 1: over the answers
 * that keep mass, x Σ p = Σ p d + what is dropped. It starts with all of them, and drops those at or above s until none is left to drop:
 * s only falls, and some passes over ever fewer answers do, where sorting would take K log K steps. Michelot (1986).
 */
export function chiSquaredMultiplier(law: Law, distance: Float64Array, f: FDivergence): Multiplier {
  const weights = floats(distance.length);
  const distances = floats(distance.length);
  let [kept, dropped] = [0, 0];
  for (let i = 0; i < distance.length; i++) {
    const w = law.weight[i];
    if (distance[i] === Infinity) dropped += w;
    else if (w > 0) {
      weights[kept] = w;
      distances[kept++] = distance[i];
    }
  }
  let [x, mass, threshold] = [0, 0, Infinity];
  // The first pass drops none.
  for (let pass = 0, before = 0; pass < 2 || kept < before; pass++) {
    before = kept;
    kept = 0;
    mass = 0;
    let moved = 0;
    for (let j = 0; j < before; j++) {
      const [w, d] = [weights[j], distances[j]];
      if (!(d < threshold)) {
        dropped += w;
        continue;
      }
      weights[kept] = w;
      distances[kept++] = d;
      mass += w;
      moved += w * d;
    }
    x = (dropped + moved) / mass;
    threshold = x + 1;
  }
  // What is left of Σ p d = dropped + x Σ p, from x − d, which keeps its digits where almost all mass is.
  let left = dropped;
  for (let j = 0; j < kept; j++) left -= weights[j] * (x - distances[j]);
  return Multiplier.at(f, x, left / mass);
}
